"""One page of a PDF as it is read: which of its characters are seen, and which way up its text stands."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from grader.documents.core.document import FigureKind
from grader.documents.core.limits import Budget
from grader.documents.figures.plot_words import plot_words
from grader.documents.page.page_columns import column_boxes
from grader.documents.page.page_content import PageContent, covers
from grader.documents.page.page_figures import Region, image_regions, pictures_on, plot_regions
from grader.documents.page.page_glyphs import Glyph, Rule, direction, fixed_pitch_fonts, glyphs_of
from grader.documents.page.page_lines import TextLine, lines_of
from grader.documents.page.page_tables import Box4, PlacedTable, ruled_table
from grader.documents.pdf.pdf_fonts import drawn_fonts, misnamed_signs
from grader.documents.pdf.pdf_ink import OTHER_SIGNS, TINY, unseen_characters
from grader.documents.pdf.pdf_overprint import Char
from grader.documents.pdf.pdf_render import Renderer

_ASIDE: Final = (
    24  # letters that are turned otherwise than the page, outside its plots, from which they are read too
)
_READABLE: Final = 10.0  # points that tiny type is set anew in

_SHORTEST_RULE: Final = (
    5.0  # points of a cell's edge; the ticks of a plot are shorter, and would draw a table's rules to them
)


class Frame(NamedTuple):
    """The part of a page that is displayed, in the reader's coordinates; `turn` as in `PageContent`."""

    box: Box4
    turn: int

    def displayed(self, box: Box4) -> Box4:
        """A box as it lies on the displayed page, from its upper left corner."""
        x0, top, x1, bottom = self.box
        width, height = x1 - x0, bottom - top
        left, up, right, down = box[0] - x0, box[1] - top, box[2] - x0, box[3] - top
        match self.turn:
            case 90:
                return up, width - right, down, width - left
            case 180:
                return width - right, height - down, width - left, height - up
            case 270:
                return height - down, left, height - up, right
        return left, up, right, down

    def own(self, box: Box4) -> Box4:
        """A box on the turned page, from the upper left corner of what is displayed."""
        return box[0] - self.box[0], box[1] - self.box[1], box[2] - self.box[0], box[3] - self.box[1]

    def filled_by(self, box: Box4) -> bool:
        """Whether a box takes most of what is displayed."""
        x0, top, x1, bottom = self.box
        return (box[2] - box[0]) * (box[3] - box[1]) > 0.7 * (x1 - x0) * (bottom - top)


class View(NamedTuple):
    """What a page holds when it is turned so that this text stands upright."""

    content: PageContent
    frame: Frame


def views_of(page: Any, budget: Budget, renderer: Renderer | None = None) -> list[View]:
    """A `BoundedPage` as it is read, most of its text first. Without a `renderer` all that is in place is seen."""
    chars = _limited(page.chars, f"page {page.page_number}", "characters; the rest was not read", budget)
    unseen = _unseen(page, chars, renderer)
    main = _main_turn(chars, unseen)
    views, rest = _views(page, unseen, main, budget)
    for turn in (0, 90, 270, 180):
        aside = [index for index in rest if direction(chars[index]) == turn and not unseen[index]]
        least = _ASIDE if turn else 2  # a heading that stands as the page is displayed is read however short
        if turn != main and sum(chars[index]["text"].isalpha() for index in aside) >= least:
            views.insert(len(views) if turn else 0, _text_aside(page, aside, turn, budget))
    return views


def _main_turn(chars: Sequence[Char], unseen: Sequence[str]) -> int:
    """By how many degrees to the right most of the text that is seen is to be turned, or, without any, what is unseen."""
    directions = [
        (direction(char), reason)
        for char, reason in zip(chars, unseen, strict=True)
        if char["text"].isalnum()
    ]
    seen = Counter(turn for turn, reason in directions if not reason)
    return (seen or Counter(turn for turn, _ in directions) or Counter([0])).most_common(1)[0][0]


def _limited(things: list[Any], where: str, left_out: str, budget: Budget) -> list[Any]:
    limit = budget.limits.page_objects
    if len(things) > limit:
        budget.cut(f"{where} holds more than {limit} {left_out}")
    return things[:limit]


def _frame(page: Any, turn: int) -> Frame:
    crop, media = page.cropbox, page.mediabox
    x0, top, x1, bottom = (
        *(float(max(one, other)) for one, other in zip(crop[:2], media[:2], strict=True)),
        *(float(min(one, other)) for one, other in zip(crop[2:], media[2:], strict=True)),
    )
    if x1 - x0 < 1 or bottom - top < 1:
        x0, top, x1, bottom = (float(edge) for edge in media)
    return Frame((x0, top, x1, bottom), turn)


def _unseen(page: Any, chars: Sequence[Char], renderer: Renderer | None) -> list[str]:
    if renderer is None or not chars:
        return [""] * len(chars)
    import pypdfium2  # noqa: PLC0415 - loaded only for PDF

    try:
        sheet = renderer.sheet(int(page.page_number) - 1)
    except (pypdfium2.PdfiumError, OSError, ValueError, IndexError):
        return [""] * len(chars)  # nobody else can draw it either
    try:
        reasons = unseen_characters(sheet, chars, _frame(page, 0).box, drawn_fonts(page))
    finally:
        sheet.close()
    untrue = misnamed_signs(page)
    if untrue:
        reasons = [
            reason or (OTHER_SIGNS if (char["fontname"], char["text"]) in untrue else "")
            for char, reason in zip(chars, reasons, strict=True)
        ]
    return reasons


def _turned(page: Any, turn: int) -> Any:
    """The page read anew with its text turned to the right."""
    return page.turned(turn) if turn else page


def _views(page: Any, unseen: Sequence[str], turn: int, budget: Budget) -> tuple[list[View], list[int]]:
    """The page turned, column by column, and the indices of its characters that stand otherwise and belong to no plot."""
    seen_as = _turned(page, turn)
    chars = seen_as.chars[: len(unseen)]
    frame = _frame(seen_as, turn)
    upright, turned = glyphs_of(char for char, reason in zip(chars, unseen, strict=True) if not reason)
    strokes = _limited(
        [*seen_as.lines, *seen_as.rects, *seen_as.curves],
        f"page {page.page_number}",
        "strokes; the rest was not looked at",
        budget,
    )
    fixed = fixed_pitch_fonts(upright)
    if _is_garbled(
        upright
    ):  # a font that does not say which letters its signs are: the page is looked at instead
        upright, turned, strokes = [], [], []
    drawn = _Drawn(seen_as, strokes, turned, fixed, frame)
    hidden = _unseen_lines(chars, unseen)
    width = float(seen_as.width)
    pictures = pictures_on(strokes, seen_as.images, width)
    boxes = column_boxes(upright, fixed, _rules(strokes, width), frame.box, pictures)
    if len(boxes) == 1:
        contents = [_content(drawn, upright, None, 0)._replace(unseen=hidden)]
    else:
        contents = [
            _content(drawn, [glyph for glyph in upright if _stands_in(glyph, box)], box, part)._replace(
                unseen=[(reason, line) for reason, line in hidden if _belongs(line, part, boxes)]
            )
            for part, box in enumerate(boxes, start=1)
        ]
    if not any(content.lines or content.regions for content in contents):
        whole = Region(frame.box, FigureKind.UNKNOWN, plot_words(()), True, (0, 0))
        contents[0] = contents[0]._replace(regions=[whole])
    plots = [region for content in contents for region in content.regions if not region.image]
    rest = [
        index
        for index, char in enumerate(chars)
        if direction(char)
        and not char["text"].isspace()
        and not any(_near(region.box, char) for region in plots)
    ]
    return [View(content, frame) for content in contents], rest


class _Drawn(NamedTuple):
    """A page and what all of its parts are read with."""

    page: Any
    strokes: list[Any]
    turned: list[Glyph]
    fixed_fonts: frozenset[str]
    frame: Frame


def _content(drawn: _Drawn, glyphs: Sequence[Glyph], box: Box4 | None, part: int) -> PageContent:
    """What stands in a part of a page; `box` is None for all of it."""
    page, frame = drawn.page, drawn.frame
    width, height = float(page.width), float(page.height)
    strokes, images = drawn.strokes, page.images
    if box is not None:
        strokes, images = ([entry for entry in found if _holds(box, entry)] for found in (strokes, images))
    lines = lines_of(glyphs, _rules(strokes, width), drawn.fixed_fonts)
    tables = _tables(page, strokes, lines)
    regions = plot_regions(strokes, lines, drawn.turned, [table.box for table in tables], (width, height))
    regions = [region for region in regions if not any(covers(region.box, table.box) for table in tables)]
    regions += image_regions(images, frame.box)
    return PageContent(int(page.page_number), width, height, lines, tables, regions, (), frame.turn, part)


def _tables(page: Any, strokes: Sequence[Any], lines: Sequence[TextLine]) -> list[PlacedTable]:
    if not 4 <= len(strokes) <= 3_000:
        return []
    drawn = page.find_tables({"edge_min_length_prefilter": _SHORTEST_RULE})
    found = (ruled_table([row.cells for row in table.rows], lines) for table in drawn)
    return [table for table in found if table is not None]


def _holds(box: Box4, thing: Mapping[str, Any]) -> bool:
    x, y = (thing["x0"] + thing["x1"]) / 2, (thing["top"] + thing["bottom"]) / 2
    return bool(box[0] <= x < box[2] and box[1] <= y < box[3])


def _stands_in(glyph: Glyph, box: Box4) -> bool:
    x, y = (glyph.x0 + glyph.x1) / 2, glyph.base - 0.25 * glyph.size
    return box[0] <= x < box[2] and box[1] <= y < box[3]


def _belongs(line: TextLine, part: int, boxes: Sequence[Box4]) -> bool:
    """Whether a line that is not seen goes with a part of the page; what stands in none goes with the last."""
    inside = [
        other[0] <= line.x0 < other[2] and other[1] <= (line.top + line.bottom) / 2 < other[3]
        for other in boxes
    ]
    return inside.index(True) + 1 == part if any(inside) else part == len(boxes)


def _is_garbled(glyphs: Sequence[Glyph]) -> bool:
    printed = [glyph.text for glyph in glyphs if not glyph.text.isspace()]
    return sum(text == "\ufffd" or not text.isprintable() for text in printed) * 2 > len(printed)


def _near(box: Box4, char: Char) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] - 40 <= x <= box[2] + 40 and box[1] - 40 <= y <= box[3] + 40)


def _text_aside(page: Any, indices: Sequence[int], turn: int, budget: Budget) -> View:
    """Only the text of a page that is turned in another way than most: a table that was set sideways."""
    seen_as = _turned(page, turn)
    chars = seen_as.chars
    upright, _ = glyphs_of(chars[index] for index in indices)
    strokes = [*seen_as.lines, *seen_as.rects, *seen_as.curves][: budget.limits.page_objects]
    width, height = float(seen_as.width), float(seen_as.height)
    lines = lines_of(upright, _rules(strokes, width), fixed_pitch_fonts(upright))
    tables = _tables(seen_as, strokes, lines)
    content = PageContent(int(page.page_number), width, height, lines, tables, [], turn=turn)
    return View(content, _frame(seen_as, turn))


def _unseen_lines(chars: Sequence[Char], unseen: Sequence[str]) -> list[tuple[str, TextLine]]:
    """What is not seen as lines, each reason and direction by itself."""
    groups: dict[tuple[str, int], list[Char]] = {}
    for char, reason in zip(chars, unseen, strict=True):
        if reason:
            groups.setdefault((reason, direction(char)), []).append(char)
    found: list[tuple[str, TextLine]] = []
    for (reason, turn), hidden in sorted(groups.items(), key=lambda group: group[0]):
        for row in _rows_in_order(hidden) if reason == TINY else [hidden]:
            glyphs, _ = glyphs_of({**char, "matrix": (1, 0, 0, 1, *char["matrix"][4:])} for char in row)
            highest = min((glyph.top for glyph in glyphs), default=0.0)
            if reason == TINY:
                glyphs = [_in_place(glyph, at) for at, glyph in enumerate(glyphs)]
            else:
                glyphs = [_laid_level(glyph, turn) for glyph in glyphs]
            for line in lines_of(glyphs, (), fixed_pitch_fonts(glyphs)):
                moved = turn or reason == TINY
                edges = (
                    (highest, highest + line.size, highest) if moved else (line.top, line.bottom, line.base)
                )
                found.append((reason, line._replace(top=edges[0], bottom=edges[1], base=edges[2])))
    return found


def _rows_in_order(chars: Sequence[Char]) -> Iterator[list[Char]]:
    """Characters too small to be told apart by their places: line by line as the file has them."""
    for _, row in itertools.groupby(chars, key=lambda char: round(char["matrix"][5], 1)):
        yield list(row)


def _in_place(glyph: Glyph, at: int) -> Glyph:
    left = at * _READABLE * 0.6
    return Glyph(glyph.text, left, left + _READABLE * 0.6, 0.0, _READABLE, _READABLE, _READABLE, glyph.font)


def _laid_level(glyph: Glyph, turn: int) -> Glyph:
    """A turned glyph where it stands once its line lies level."""
    match turn:
        case 90:
            x0, x1, top, bottom = -glyph.bottom, -glyph.top, glyph.x0, glyph.x1
        case 180:
            x0, x1, top, bottom = -glyph.x1, -glyph.x0, -glyph.bottom, -glyph.top
        case 270:
            x0, x1, top, bottom = glyph.top, glyph.bottom, -glyph.x1, -glyph.x0
        case _:
            return glyph
    return Glyph(glyph.text, x0, x1, top, bottom, bottom, bottom - top, glyph.font)


def _rules(strokes: Sequence[dict[str, Any]], width: float) -> list[Rule]:
    return [
        Rule(float(stroke["x0"]), float(stroke["x1"]), (float(stroke["top"]) + float(stroke["bottom"])) / 2)
        for stroke in strokes
        if float(stroke["bottom"]) - float(stroke["top"]) < 1.6
        and 1.5 < float(stroke["x1"]) - float(stroke["x0"]) < width
    ]
