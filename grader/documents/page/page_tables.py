"""Tables on a PDF page: ruled ones by their cells, others by words that stand in columns."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from statistics import median
from typing import Final, NamedTuple

from grader.documents.blocks.line_kinds import Look, look
from grader.documents.blocks.text_tables import Rows
from grader.documents.page.page_lines import TextLine, Word

_MAX_CELL: Final = 60  # characters; longer cells are prose that happens to stand beside something
Box4 = tuple[float, float, float, float]


class PlacedTable(NamedTuple):
    """A table, its box (left, top, right, bottom), and the lines that went into it by their index."""

    rows: Rows
    box: Box4
    lines: frozenset[int]


def ruled_table(cells: Sequence[Sequence[Box4 | None]], lines: Sequence[TextLine]) -> PlacedTable | None:
    """The table whose cells were drawn; None if it is a frame around something else."""
    boxes = [cell for row in cells for cell in row if cell is not None]
    if len(cells) < 2 or max(len(row) for row in cells) < 2 or not boxes:
        return None
    outer = (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )
    inside = [
        (index, word)
        for index, line in enumerate(lines)
        if outer[1] - 2 < (line.top + line.bottom) / 2 < outer[3] + 2
        for word in line.words
        if outer[0] - 2 < (word.x0 + word.x1) / 2 < outer[2] + 2
    ]
    columns = max(cells, key=lambda row: sum(cell is not None for cell in row))
    rows = tuple(
        part
        for row in cells
        for part in _piled(row, inside)
        or (_parted(row, columns, inside) or tuple(_inside(cell, inside) if cell else "" for cell in row),)
    )
    filled = sum(bool(cell) for row in rows for cell in row)
    if filled < 4 or filled * 3 < sum(len(row) for row in rows):
        return None
    taken = {index for index, _ in inside}
    rows = tuple(row for row in rows if any(row))
    heading = _heading_above(rows, min(taken), lines)
    if heading is not None:
        rows, taken = (heading, *rows), taken | {min(taken) - 1}
    return PlacedTable(rows, outer, frozenset(taken))


def _heading_above(rows: Rows, first: int, lines: Sequence[TextLine]) -> tuple[str, ...] | None:
    """The headings that stand above the drawn part of a table, if that begins with figures."""
    if first == 0 or not all(re.match(r"[-−+~<≈(]?[\d.,]*\d|$", cell) for cell in rows[0]):
        return None
    line = lines[first - 1]
    if lines[first].top - line.bottom > 2 * line.size:
        return None
    for share in (0.8, 0.5):
        cells = _split(line, 0, share * line.size).cells
        if len(cells) == len(rows[0]):
            return tuple(cell.text for cell in cells)
    return None


def _parted(
    row: Sequence[Box4 | None], columns: Sequence[Box4 | None], words: Sequence[tuple[int, Word]]
) -> tuple[str, ...] | None:
    """A row of figures without rules of its own, by the columns of another row; None where it has them, or is no such row.

    Tables with shaded bands have rules around every second row alone.
    """
    whole = [cell for cell in row if cell is not None]
    if len(row) != len(columns) or len(whole) != 1 or any(cell is None for cell in columns):
        return None
    _, top, _, bottom = whole[0]
    own = [(index, word) for index, word in words if top <= (word.top + word.bottom) / 2 <= bottom]
    parts = [
        tuple((index, word) for index, word in own if cell[0] - 0.5 <= word.x0 and word.x1 <= cell[2] + 0.5)
        for cell in columns
        if cell is not None
    ]
    if sum(map(len, parts)) != len(own) or not all(parts):
        return None
    cells = tuple(" ".join(word.text for _, word in part) for part in parts)
    return cells if sum(map(_is_quantity, cells)) * 2 > len(cells) else None


def _piled(row: Sequence[Box4 | None], words: Sequence[tuple[int, Word]]) -> list[tuple[str, ...]]:
    """The rows that a drawn row holds where no rule parts them: in two columns at least a figure stands on every line."""
    by_cell = [
        [(line, word) for line, word in words if cell is not None and _is_in(word, cell)] for cell in row
    ]
    lines = sorted({line for own in by_cell for line, _ in own})
    if len(lines) < 2:
        return []
    rows = [tuple(" ".join(word.text for at, word in own if at == line) for own in by_cell) for line in lines]
    full = sum(all(_is_quantity(cell) for cell in column) for column in zip(*rows, strict=True))
    return rows if full >= 2 else []


def _is_in(word: Word, cell: Box4) -> bool:
    x0, top, x1, bottom = cell
    return (
        x0 - 0.5 <= (word.x0 + word.x1) / 2 <= x1 + 0.5
        and top - 0.5 <= (word.top + word.bottom) / 2 <= bottom + 0.5
    )


def joined_tables(tables: Sequence[PlacedTable]) -> list[PlacedTable]:
    """Tables of one page, those joined of which the lower one goes on with the upper: its first row has figures only.

    A table whose rows are parted by shades may be drawn for its head alone.
    """
    found: list[PlacedTable] = []
    for table in sorted(tables, key=lambda one: one.box[1]):
        last = found[-1] if found else None
        if last is not None and _goes_on(last, table):
            box = (
                min(last.box[0], table.box[0]),
                last.box[1],
                max(last.box[2], table.box[2]),
                max(last.box[3], table.box[3]),
            )
            found[-1] = PlacedTable((*last.rows, *table.rows), box, last.lines | table.lines)
        else:
            found.append(table)
    return found


def _goes_on(upper: PlacedTable, lower: PlacedTable) -> bool:
    if not upper.lines or not lower.lines or max(upper.lines) + 1 != min(lower.lines):
        return False
    overlap = min(upper.box[2], lower.box[2]) - max(upper.box[0], lower.box[0])
    headed = not all(_is_quantity(cell) for cell in upper.rows[0])
    return (
        len(upper.rows[0]) == len(lower.rows[0])
        and headed
        and all(_is_quantity(cell) for cell in lower.rows[0])
        and overlap > 0.6 * (lower.box[2] - lower.box[0])
    )


def _inside(cell: Box4, words: Sequence[tuple[int, Word]]) -> str:
    return " ".join(word.text for _, word in words if _is_in(word, cell))


class _Cells(NamedTuple):
    """A line split at its wide gaps."""

    number: int
    cells: tuple[Word, ...]
    words: tuple[Word, ...]


def unruled_tables(lines: Sequence[TextLine], candidates: Sequence[int]) -> list[PlacedTable]:
    """Runs of lines that stand in columns. `candidates` are the indices of lines that are neither code nor taken."""
    tables: list[PlacedTable] = []
    run: list[int] = []
    for index in candidates:
        line = lines[index]
        near = not run or (run[-1] == index - 1 and line.top - lines[run[-1]].bottom < 2.2 * line.size)
        if near and _may_be_row(line):
            run.append(index)
            continue
        tables += _tables_in(lines, run)
        run = [index] if _may_be_row(line) else []
    tables += _tables_in(lines, run)
    return tables


def _may_be_row(line: TextLine) -> bool:
    return len(line.words) > 1 and len(line.text) < 200 and look(line.text) is not Look.MATHS


def _split(line: TextLine, index: int, width: float) -> _Cells:
    cells = [line.words[0]]
    for word in line.words[1:]:
        last = cells[-1]
        if word.x0 - last.x1 > width:
            cells.append(word)
        else:
            cells[-1] = _joined(last, word)
    return _Cells(index, tuple(cells), line.words)


def _joined(one: Word, other: Word) -> Word:
    return Word(
        f"{one.text} {other.text}", one.x0, other.x1, min(one.top, other.top), max(one.bottom, other.bottom)
    )


def _tables_in(lines: Sequence[TextLine], run: Sequence[int]) -> list[PlacedTable]:
    """The tables in a run of lines: the longest stretches in which most lines have as many cells."""
    found: list[PlacedTable] = []
    start = 0
    while start < len(run) - 1:
        best: tuple[int, PlacedTable] | None = None
        for share in (0.8, 0.5):
            splits = [_split(lines[index], index, share * lines[index].size) for index in run[start:]]
            best = _first_table(splits)
            if best is not None:
                break
        if best is None:
            start += 1
            continue
        found.append(best[1])
        start += best[0]
    return found


def _first_table(splits: Sequence[_Cells]) -> tuple[int, PlacedTable] | None:
    """The table that begins with the first line, and how many lines it takes."""
    counts = [len(split.cells) for split in splits[:40]]
    usual = max((count for count in counts if count > 1), key=counts.count, default=0)
    if usual < 2 or counts.count(usual) < 2:
        return None
    columns = _columns([split.cells for split in splits if len(split.cells) == usual])
    rows: list[tuple[Word, ...]] = []
    for split in splits:
        row = split.cells if len(split.cells) == usual else _fitted(split.words, columns, usual)
        if row is None or any(len(cell.text) > _MAX_CELL for cell in row):
            break
        if rows and not _aligned(row, columns):
            break
        rows.append(row)
    numbers = sum(any(_is_quantity(cell.text) for cell in row) for row in rows)
    if len(rows) < 2 or numbers * 2 < len(rows) or not _is_table(rows):
        return None
    cells = [cell for row in rows for cell in row]
    box = (
        min(c.x0 for c in cells),
        min(c.top for c in cells),
        max(c.x1 for c in cells),
        max(c.bottom for c in cells),
    )
    taken = frozenset(split.number for split in splits[: len(rows)])
    return len(rows), PlacedTable(tuple(tuple(cell.text for cell in row) for row in rows), box, taken)


def _is_quantity(text: str) -> bool:
    """Whether a cell is a number, perhaps with its unit; a sentence that begins with one is not."""
    return re.match(r"[-−+~<≈(]?[\d.,]*\d", text) is not None and len(text.split()) <= 3


class _Column(NamedTuple):
    left: float
    right: float
    lefts: float  # spread of the left edges: near 0 in a column that is set flush left
    rights: float
    middles: float


def _columns(rows: Sequence[Sequence[Word]]) -> list[_Column]:
    body = rows[1:] if len(rows) > 2 else rows  # headings stand where they like
    columns = []
    for cells in zip(*body, strict=True):
        lefts, rights = [cell.x0 for cell in cells], [cell.x1 for cell in cells]
        middles = [(cell.x0 + cell.x1) / 2 for cell in cells]
        columns.append(
            _Column(min(lefts), max(rights), *(_spread(edges) for edges in (lefts, rights, middles)))
        )
    return columns


def _spread(edges: Sequence[float]) -> float:
    centre = median(edges)
    return median(abs(edge - centre) for edge in edges)


def _aligned(row: Sequence[Word], columns: Sequence[_Column]) -> bool:
    """Whether every cell stands in or near its own column and in no other one's middle."""
    for index, cell in enumerate(row):
        middle = (cell.x0 + cell.x1) / 2
        nearest = min(
            range(len(columns)), key=lambda at: abs((columns[at].left + columns[at].right) / 2 - middle)
        )
        overlaps = cell.x1 > columns[index].left - 30 and cell.x0 < columns[index].right + 30
        if nearest != index and not overlaps:
            return False
    return True


def _is_table(rows: Sequence[Sequence[Word]]) -> bool:
    """Whether columns are set flush on one side: words of prose with wide gaps are not."""
    columns = _columns(rows)
    flush = sum(min(column.lefts, column.rights, column.middles) < 3.0 for column in columns)
    parted = all(one.left < other.left for one, other in itertools.pairwise(columns))
    return flush >= len(columns) - 1 and parted


def _fitted(words: Sequence[Word], columns: Sequence[_Column], usual: int) -> tuple[Word, ...] | None:
    """A line with narrow gaps split where the other lines' columns part; None if it does not fit."""
    if len(words) < usual:
        return None
    usual_gap = median(after.x0 - before.x1 for before, after in itertools.pairwise(words))
    cuts: list[int] = []
    for one, other in itertools.pairwise(columns):
        best, widest = 0, -1.0
        for at in range(1, len(words)):
            middle = (words[at - 1].x1 + words[at].x0) / 2
            gap = words[at].x0 - words[at - 1].x1
            between = min(one.right, other.left) - 40 < middle < other.left + 2 and middle > one.left
            begins = abs(words[at].x0 - other.left) < 1.0 and other.lefts < 1.0
            wide = gap > 1.4 * usual_gap or len(words) == usual
            if between and (wide or begins) and (gap + (20 if begins else 0)) > widest and at not in cuts:
                best, widest = at, gap + (20 if begins else 0)
        if not best:
            return None
        cuts.append(best)
    if cuts != sorted(set(cuts)):
        return None
    bounds = [0, *cuts, len(words)]
    cells = []
    for start, end in itertools.pairwise(bounds):
        cell = words[start]
        for word in words[start + 1 : end]:
            cell = _joined(cell, word)
        cells.append(cell)
    return tuple(cells)


def continued(table: Rows, line: TextLine) -> tuple[str, ...] | None:
    """The cells of a line that goes on with a table from the page before; None if it does not."""
    for share in (0.8, 0.5, 0.25):
        cells = _split(line, 0, share * line.size).cells
        if len(cells) == len(table[-1]) and all(len(cell.text) <= _MAX_CELL for cell in cells):
            return tuple(cell.text for cell in cells)
    return None
