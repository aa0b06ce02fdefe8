"""Text in two columns: where the white between them runs, so that each is read by itself.

A table's columns hold short cells and a listing's remarks stand in a fixed pitch; columns of a page are lines of prose, and
pictures beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final, NamedTuple

from grader.documents.page.page_glyphs import Glyph, Rule
from grader.documents.page.page_tables import Box4

_BIN: Final = 2.0  # points
_CLEAR: Final = 7.0  # points between columns at least
_LEAST_LINES: Final = 5  # of prose on either side
_PROSE: Final = 18  # characters without blanks from which a line is prose
_STEP: Final = 4.0
_MOST_BANDS: Final = 4
_MOST_ROWS: Final = 400
_MOST_PICTURES: Final = 40


class _Row(NamedTuple):
    """Glyphs on one baseline; `bins` has a bit for each two points of the page that they cover."""

    base: float
    size: float
    glyphs: tuple[Glyph, ...]
    bins: int
    pictures: tuple[Box4, ...] = ()


class _Band(NamedTuple):
    first: int
    last: int
    gutter: float
    lines: int


def column_boxes(
    glyphs: Sequence[Glyph],
    fixed_fonts: frozenset[str],
    rules: Sequence[Rule],
    frame: Box4,
    pictures: Sequence[Box4] = (),
) -> list[Box4]:
    """The parts of a page in reading order: what runs over both columns, the left one, the right one, and so on.

    The page's own box alone if its text stands in one column. `rules` that cross the white are those of a table; a picture
    counts as the lines that it stands beside.
    """
    rows = _rows([glyph for glyph in glyphs if not glyph.text.isspace()], frame, pictures[:_MOST_PICTURES])
    boxes: list[Box4] = []
    top = frame[1]
    while len(boxes) < 3 * _MOST_BANDS and (band := _best_band(rows, fixed_fonts, rules)) is not None:
        first, last = rows[band.first], rows[band.last]
        upper, lower = first.base - first.size, last.base + 0.4 * last.size
        if band.first:
            boxes.append((frame[0], top, frame[2], upper))
        else:
            upper = top
        boxes.append((frame[0], upper, band.gutter, lower))
        boxes.append((band.gutter, upper, frame[2], lower))
        top, rows = lower, rows[band.last + 1 :]
    if boxes:
        boxes.append((frame[0], top, frame[2], frame[3]))
    return boxes or [frame]


def _bins(x0: float, x1: float, frame: Box4) -> int:
    start = max(0, int((x0 - frame[0]) / _BIN))
    stop = min(5_000, max(start, int((x1 - frame[0]) / _BIN)))
    return ((1 << (stop - start + 1)) - 1) << start if stop >= start else 0


def _rows(glyphs: Sequence[Glyph], frame: Box4, pictures: Sequence[Box4]) -> list[_Row]:
    groups: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda entry: entry.base):
        last = groups[-1] if groups else None
        if last is not None and glyph.base - last[0].base < 0.35 * max(glyph.size, last[0].size):
            last.append(glyph)
        else:
            groups.append([glyph])
    rows = []
    for group in groups[:_MOST_ROWS]:
        bins = 0
        for glyph in group:
            bins |= _bins(glyph.x0, glyph.x1, frame)
        beside = tuple(box for box in pictures if box[1] <= group[0].base <= box[3])
        for box in beside:
            bins |= _bins(box[0], box[2], frame)
        rows.append(_Row(group[0].base, median(glyph.size for glyph in group), tuple(group), bins, beside))
    return rows


def _best_band(rows: Sequence[_Row], fixed_fonts: frozenset[str], rules: Sequence[Rule]) -> _Band | None:
    """The first tall run of rows that some white strip parts into prose on its left and prose on its right."""
    if len(rows) < _LEAST_LINES:
        return None
    left = min(glyph.x0 for row in rows for glyph in row.glyphs)
    right = max(glyph.x1 for row in rows for glyph in row.glyphs)
    offset = min(row.bins & -row.bins for row in rows).bit_length() - 1
    best: _Band | None = None
    x = left + 0.25 * (right - left)
    while x < left + 0.75 * (right - left):
        start = offset + int((x - left) / _BIN)
        strip = ((1 << int(_CLEAR / _BIN + 0.5)) - 1) << start
        first = 0
        for at in range(len(rows) + 1):
            if at < len(rows) and not rows[at].bins & strip:
                continue
            if at - first >= _LEAST_LINES and (best is None or at - first > best.lines):
                found = _band(rows, first, at - 1, x + _CLEAR / 2, fixed_fonts)
                if found is not None and not _is_ruled(rows, found, rules):
                    best = found
            first = at + 1
        x += _STEP
    return best


def _band(
    rows: Sequence[_Row], first: int, last: int, gutter: float, fixed_fonts: frozenset[str]
) -> _Band | None:
    sides: tuple[list[int], list[int]] = ([], [])
    prose = [0, 0]
    fixed = total = 0
    for index in range(first, last + 1):
        counts = [0, 0]
        for glyph in rows[index].glyphs:
            counts[glyph.x0 > gutter] += 1
            fixed += glyph.font in fixed_fonts
            total += 1
        pictured = {box[0] > gutter for box in rows[index].pictures}
        for at, (side, count) in enumerate(zip(sides, counts, strict=True)):
            prose[at] += count >= _PROSE
            if count >= _PROSE or bool(at) in pictured:
                side.append(index)
    if min(map(len, sides)) < _LEAST_LINES or max(prose) < _LEAST_LINES or fixed * 2 > total:
        return None
    begins, ends = max(side[0] for side in sides), min(side[-1] for side in sides)
    beside = [sum(begins <= index <= ends for index in side) for side in sides]
    return _Band(first, last, gutter, last - first + 1) if min(beside) >= _LEAST_LINES else None


def _is_ruled(rows: Sequence[_Row], band: _Band, rules: Sequence[Rule]) -> bool:
    return any(
        rule.x0 < band.gutter - 20
        and rule.x1 > band.gutter + 20
        and rows[band.first].base < rule.y < rows[band.last].base - 1
        for rule in rules
    )
