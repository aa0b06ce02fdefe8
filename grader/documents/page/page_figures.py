"""Pictures on a PDF page: embedded images, and plots that are drawn as strokes with numbers beside them."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from grader.documents.blocks.line_kinds import LABEL
from grader.documents.core.curve import Curve
from grader.documents.core.document import FigureKind
from grader.documents.figures.drawn_paths import DrawnPath
from grader.documents.figures.path_curves import curves_among
from grader.documents.figures.plot_words import PlotWords, is_tick, plot_words
from grader.documents.page.page_glyphs import Glyph
from grader.documents.page.page_lines import TextLine, Word
from grader.documents.page.page_tables import Box4

_MIN_IMAGE: Final = 24.0  # points; smaller images are bullets and logos
_MIN_PLOT: Final = 60.0
_MARGIN: Final = 40.0  # points around the strokes of a plot in which its words stand
_CAPTION: Final = re.compile(r"(?:fig(?:ure|ur|\.)|bild|tab(?:le|ell)|diagram|graf)\b", re.I)
_MAX_STROKES: Final = 20_000
_MOST_CLUSTERED: Final = 3_000
_LEAST_STROKES: Final = 4  # that make a drawing
_LEAST_CORNERS: Final = 4  # of a line by which a drawing without numbers is a plot


class Region(NamedTuple):
    """A figure on the page and the words in it; `image` if it is an embedded image, `pixels` its own size.

    `lines` are the indices of the page's lines that belong to it and to nothing else, `curves` what its strokes show.
    """

    box: Box4
    kind: FigureKind
    words: PlotWords
    image: bool
    pixels: tuple[int, int]
    lines: frozenset[int] = frozenset()
    curves: tuple[Curve, ...] = ()


def image_regions(images: Sequence[Mapping[str, Any]], frame: Box4) -> list[Region]:
    """The embedded images within a frame, strips of one picture joined, bullets left out."""
    boxes: list[tuple[Box4, tuple[int, int]]] = []
    for image in images[:500]:
        box = (
            max(frame[0], float(image["x0"])),
            max(frame[1], float(image["top"])),
            min(frame[2], float(image["x1"])),
            min(frame[3], float(image["bottom"])),
        )
        size = image.get("srcsize") or (0, 0)
        pixels = (int(size[0] or 0), int(size[1] or 0))
        if box[2] - box[0] < 2 or box[3] - box[1] < 2:
            continue
        if boxes and _stacked(boxes[-1][0], box):
            last, before = boxes[-1]
            boxes[-1] = (_union(last, box), (max(before[0], pixels[0]), before[1] + pixels[1]))
        else:
            boxes.append((box, pixels))
    nothing = plot_words(())
    return [
        Region(box, FigureKind.UNKNOWN, nothing, True, pixels)
        for box, pixels in boxes
        if box[2] - box[0] >= _MIN_IMAGE and box[3] - box[1] >= _MIN_IMAGE / 2
    ]


def _stacked(one: Box4, other: Box4) -> bool:
    """Whether two images are strips of one: equally wide and touching."""
    return abs(one[0] - other[0]) < 1 and abs(one[2] - other[2]) < 1 and abs(one[3] - other[1]) < 1


def _union(one: Box4, other: Box4) -> Box4:
    return (min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3]))


def plot_regions(
    strokes: Sequence[Mapping[str, Any]],
    lines: Sequence[TextLine],
    turned: Sequence[Glyph],
    tables: Sequence[Box4],
    page: tuple[float, float],
) -> list[Region]:
    """The plots drawn as strokes: clusters with ticks or slanting lines, and at least four numbers beside them."""
    drawn: list[tuple[Box4, bool, bool, Mapping[str, Any]]] = []
    for stroke in strokes[:_MAX_STROKES]:
        box = tuple(float(stroke[key]) for key in ("x0", "top", "x1", "bottom"))
        x0, top, x1, bottom = box
        large = (x1 - x0) * (bottom - top) > 0.7 * page[0] * page[1] and not _slants(stroke)
        if large or any(_inside(((x0 + x1) / 2, (top + bottom) / 2), table) for table in tables):
            continue
        drawn.append(((x0, top, x1, bottom), *_character(stroke), stroke))
    regions = []
    for cluster in _clusters([entry[0] for entry in drawn]):
        members = [drawn[index] for index in cluster]
        box = members[0][0]
        for member in members[1:]:
            box = _union(box, member[0])
        if box[2] - box[0] < _MIN_PLOT or box[3] - box[1] < _MIN_PLOT * 0.6:
            continue
        slanting = sum(member[1] for member in members)
        ticks = sum(member[2] for member in members)
        wide = (box[0] - _MARGIN, box[1] - _MARGIN / 2, box[2] + _MARGIN, box[3] + _MARGIN)
        pieces, extent, taken = _pieces(lines, box, wide)
        numbers = sum(is_tick(piece) for piece in pieces)
        curves: tuple[Curve, ...] = ()
        if slanting or ticks >= 6 or numbers >= 4:
            paths = [_path(member[3]) for member in members]
            curves = curves_among(paths, box[2] - box[0])
        if numbers >= 4 and (slanting or ticks >= 6 or curves):
            words = plot_words([*pieces, *_turned_words(turned, wide)])
            regions.append(Region(extent, FigureKind.PLOT, words, False, (0, 0), taken, curves))
        elif slanting and any(len(curve.points) >= _LEAST_CORNERS for curve in curves):
            # its letters are paths as well: whoever looks at the picture reads them
            regions.append(
                Region(wide, FigureKind.UNKNOWN, plot_words(()), False, (0, 0), frozenset(), curves)
            )
    return _merged(regions)


def _path(stroke: Mapping[str, Any]) -> DrawnPath:
    points = stroke.get("pts") or ()
    places = tuple((float(point[0]), -float(point[1])) for point in points)
    if not places:
        x0, top, x1, bottom = (float(stroke[key]) for key in ("x0", "top", "x1", "bottom"))
        places = ((x0, -top), (x1, -top), (x1, -bottom), (x0, -bottom))
    filled = bool(stroke.get("fill"))
    line = stroke.get("stroking_color") if stroke.get("stroke") else "none"
    colour = f"{stroke.get('non_stroking_color') if filled else ''}/{line}"
    return DrawnPath(places, filled, colour)


def _character(stroke: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether a stroke slants over some distance, and whether it is short enough to be a tick."""
    width, height = float(stroke["x1"]) - float(stroke["x0"]), float(stroke["bottom"]) - float(stroke["top"])
    is_line = stroke.get("object_type") in {"line", "curve"}
    tick = is_line and max(width, height) < 8 and min(width, height) < 1
    return width > 8 and height > 3 and _slants(stroke), tick


def _slants(stroke: Mapping[str, Any]) -> bool:
    """Whether a stroke is a line that runs neither level nor upright all the way."""
    is_line = stroke.get("object_type") in {"line", "curve"}
    drawn = bool(stroke.get("stroke")) and not stroke.get("fill")
    return is_line and drawn and not _axis_parallel(stroke.get("pts") or ())


def _axis_parallel(points: Sequence[Sequence[float]]) -> bool:
    return all(
        abs(float(a[0]) - float(b[0])) < 0.5 or abs(float(a[1]) - float(b[1])) < 0.5
        for a, b in itertools.pairwise(points)
    )


def _inside(point: tuple[float, float], box: Box4) -> bool:
    return box[0] - 1 <= point[0] <= box[2] + 1 and box[1] - 1 <= point[1] <= box[3] + 1


def pictures_on(
    strokes: Sequence[Mapping[str, Any]], images: Sequence[Mapping[str, Any]], width: float
) -> list[Box4]:
    """Where images and drawings of several strokes stand on a page, as far as they are larger than an ornament.

    Surfaces that lie behind text are none.
    """
    drawn = [
        box
        for stroke in strokes[:_MOST_CLUSTERED]
        if not (
            (box := _box(stroke))[2] - box[0] > 0.3 * width
            and stroke.get("fill")
            and not stroke.get("stroke")
        )
    ]
    found = [_box(image) for image in images]
    for cluster in _clusters(drawn):
        if len(cluster) >= _LEAST_STROKES:
            box = drawn[cluster[0]]
            for at in cluster[1:]:
                box = _union(box, drawn[at])
            found.append(box)
    return [box for box in found if box[2] - box[0] >= _MIN_PLOT and box[3] - box[1] >= 0.6 * _MIN_PLOT]


def _box(thing: Mapping[str, Any]) -> Box4:
    return float(thing["x0"]), float(thing["top"]), float(thing["x1"]), float(thing["bottom"])


def _clusters(boxes: Sequence[Box4]) -> list[list[int]]:
    """Boxes that lie within 12 points of each other, by sweeping from the top."""
    clusters: list[tuple[Box4, list[int]]] = []
    for index in sorted(range(len(boxes)), key=lambda at: boxes[at][1]):
        box, members = boxes[index], [index]
        near = [cluster for cluster in clusters if _near(cluster[0], box, 12)]
        for cluster in near:
            box = _union(box, cluster[0])
            members = cluster[1] + members if len(cluster[1]) >= len(members) else members + cluster[1]
            clusters.remove(cluster)
        clusters.append((box, members))
    return [members for _, members in clusters]


def _near(one: Box4, other: Box4, gap: float) -> bool:
    return (
        one[0] - gap <= other[2]
        and other[0] - gap <= one[2]
        and one[1] - gap <= other[3]
        and other[1] - gap <= one[3]
    )


def _pieces(lines: Sequence[TextLine], box: Box4, wide: Box4) -> tuple[list[str], Box4, frozenset[int]]:
    """The pieces of text that belong to a plot, the box around them, and the lines they take up whole.

    Outside the axes stand only words of about the ticks' size; sentences, captions and headings stay out.
    """
    groups = [
        (index, group)
        for index, line in enumerate(lines)
        if wide[1] < (line.top + line.bottom) / 2 < wide[3] and not _is_sentence(line.text)
        for group in _groups(line)
        if wide[0] - 4 < group[0].x0 and group[-1].x1 < wide[2] + 4
    ]
    sizes = sorted(lines[index].size for index, group in groups if is_tick(_joined(group)))
    usual = sizes[len(sizes) // 2] if sizes else 10.0
    pieces: list[str] = []
    used: Counter[int] = Counter()
    extent = box
    for index, group in groups[:400]:
        line, text = lines[index], _joined(group)
        outside = line.bottom < box[1] - 2 or line.top > box[3] + 2
        if outside and (line.size > 1.45 * usual or LABEL.match(line.text) or _CAPTION.match(line.text)):
            continue
        pieces.append(text)
        used[index] += len(group)
        extent = _union(extent, (group[0].x0, line.top, group[-1].x1, line.bottom))
    return (
        pieces,
        extent,
        frozenset(index for index, count in used.items() if count == len(lines[index].words)),
    )


def _groups(line: TextLine) -> Iterator[list[Word]]:
    """The words of a line in groups that stand apart."""
    group: list[Word] = []
    for word in line.words:
        if group and word.x0 - group[-1].x1 > 0.6 * line.size:
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def _joined(group: Sequence[Word]) -> str:
    return " ".join(word.text for word in group)


def _is_sentence(text: str) -> bool:
    return len(re.findall(r"[^\W\d_]{2,}", text)) > 8


def _turned_words(turned: Sequence[Glyph], wide: Box4) -> list[str]:
    """The words written along an axis, read upwards."""
    columns: dict[int, list[Glyph]] = {}
    for glyph in turned[:2_000]:
        if _inside(((glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2), wide):
            columns.setdefault(round(glyph.x1 / 3), []).append(glyph)
    return [
        "".join(glyph.text for glyph in sorted(column, key=lambda entry: -entry.top))
        for column in columns.values()
    ]


def _merged(regions: list[Region]) -> list[Region]:
    """Panels side by side are one figure."""
    merged: list[Region] = []
    for region in sorted(regions, key=lambda entry: (entry.box[0], entry.box[1])):
        last = merged[-1] if merged else None
        if last is not None and _level(last.box, region.box):
            words = PlotWords(
                f"{last.words.words} {region.words.words}",
                last.words.ticks + region.words.ticks,
                last.words.labelled or region.words.labelled,
            )
            lines = last.lines | region.lines
            merged[-1] = Region(
                _union(last.box, region.box),
                last.kind if last.kind is region.kind else FigureKind.PLOT,
                words,
                False,
                (0, 0),
                lines,
                last.curves + region.curves,
            )
        else:
            merged.append(region)
    return merged


def _level(one: Box4, other: Box4) -> bool:
    """Whether two panels stand side by side: close, and at the same height."""
    shared = min(one[3], other[3]) - max(one[1], other[1])
    return shared > 0.6 * min(one[3] - one[1], other[3] - other[1]) and other[0] - one[2] < _MARGIN
