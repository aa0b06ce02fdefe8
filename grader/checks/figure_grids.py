"""Tables as people make them, in cells: pipes, tabs, aligned text, commas, upright or turned on their side.

`read_grid` makes rows of cells of a text. `of_grid` finds the keys of a table in a row or a column of cells, and makes
a series of every other column: its headings, with those of the group that it stands in, and its figures.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from grader.checks.quantities import Quantity, Unit, has_decimal_commas, quantities, with_points
from grader.checks.record_types import Arrangement, Reading, Series, Table
from grader.checks.written_keys import grouped_by_key, keys_of_cells, without_noise
from grader.documents.blocks.text_tables import split_row
from grader.documents.core.document import Block

MAX_ROWS: Final = 400
MAX_CELLS: Final = 60  # in a row
MAX_TEXT: Final = 40_000  # characters of one block
_FEWEST_BRACKETS: Final = 2  # more of them one after another are rows
_MAX_CANDIDATES: Final = 3  # columns that are tried as the keys' column

Grid: TypeAlias = tuple[tuple[str, ...], ...]


def read_grid(text: str) -> list[Grid]:
    """Tables in plain text: runs of at least two lines that are split by pipes, tabs, commas or wide gaps."""
    grids: list[Grid] = []
    run: list[tuple[str, ...]] = []
    style = ""
    for line in text[:MAX_TEXT].split("\n")[:4_000]:
        cells, this = _split(line)
        if this == "rule" and run:
            continue
        if len(cells) > 1 and len(run) < MAX_ROWS and (not style or this == style):
            run.append(cells[:MAX_CELLS])
            style = this
            continue
        if len(run) > 1:
            grids.append(tuple(run))
        run, style = ([cells[:MAX_CELLS]], this) if len(cells) > 1 else ([], "")
    if len(run) > 1:
        grids.append(tuple(run))
    return grids + list(_bracketed(text[:MAX_TEXT]))


_BRACKETED: Final = re.compile(r"[(\[]([^()\[\]\n]{3,80})[)\]]")
_BETWEEN: Final = re.compile(r"\s{0,4}(?:[,;.→>-]|->|and|och)?\s{0,4}", re.I)
_MAX_PARTS: Final = 6  # of one pair of brackets


def _bracketed(text: str) -> Iterator[Grid]:
    """Rows that are written as tuples one after another: ``(1, 118 s, 0.81), (10, 13 s, 0.83)``."""
    run: list[tuple[str, ...]] = []
    end = -1
    for match in itertools.islice(_BRACKETED.finditer(text), MAX_ROWS):
        parts = tuple(part.strip(" \"'") for part in re.split(r"[;]|,(?=\s)", match[1]))
        parts = parts if len(parts) > 1 else tuple(part.strip(" \"'") for part in match[1].split(","))
        goes_on = (
            bool(run) and len(parts) == len(run[0]) and bool(_BETWEEN.fullmatch(text, end, match.start()))
        )
        if not goes_on:
            if len(run) > _FEWEST_BRACKETS:
                yield tuple(run)
            run = []
        if 1 < len(parts) <= _MAX_PARTS:
            run.append(parts)
        end = match.end()
    if len(run) > _FEWEST_BRACKETS:
        yield tuple(run)


_NUMBER_WORD: Final = re.compile(r"[~<≈]?\d[\d.,]*(?:e[-+]?\d+)?(?:%|s|ms|sek|secs?|seconds?|min)?")
_UNIT_APART: Final = re.compile(r"(\d)\s(%|s|ms|sek|secs?|seconds?|min)(?!\w)")
_ZEROS: Final = re.compile(r"(?<![\d.,])(\d{1,3})\s000(?!\d)")
_ARRAY: Final = re.compile(r"\[\s{0,8}\d[\d.]*(?:\s{1,12}\d[\d.]*){2,24}\s{0,8}\]")  # as NumPy prints one
_SEMICOLONS: Final = re.compile(r"[^;]{1,60}(?:;[^;]{0,60}){1,12}")
_COMMAS: Final = re.compile(r"[^,]{0,60}(?:,[^,]{0,60}){1,12}")
_CSV_CELL: Final = re.compile(
    r"\s?[\"']?(?:[~<≈]?-?\d[\d.:^*]*(?:\s\d{3})?(?:e[-+]?\d+)?\s?(?:%|[^\W\d]\w{0,7}(?:\s\d{1,2}\s?[^\W\d]\w{0,7})?)?|[^\d\W][\w /()%\[\]#.-]{0,40}|#)[\"']?"
)


def _split(line: str) -> tuple[tuple[str, ...], str]:
    """The cells of a line, as every reader splits it, and what else splits a row in an answer."""
    bare = line.strip().rstrip("\\").strip()
    if _ARRAY.search(bare):
        return (bare,), ""
    cells, style = split_row(bare)
    if style == "tab":  # several in a row only move the next cell to its column
        return tuple(cell for cell in cells if cell), style
    if style in {"gap", ""} and ";" in bare and _SEMICOLONS.fullmatch(bare):
        return tuple(cell.strip() for cell in bare.split(";")), "semicolon"
    if style == "" and "," in bare and len(bare) <= 300 and _COMMAS.fullmatch(bare):
        parts = bare.split(",")
        if _are_commas_of_csv(parts):
            return tuple(part.strip(" \"'") for part in parts), "comma"
    if style or not cells:
        return cells, style
    # Single blanks: only where every word is a number is it a row; a unit, and three zeros, belong to what is before.
    words = _ZEROS.sub(r"\1000", _UNIT_APART.sub(r"\1\2", bare)).split()
    if len(words) > 1 and all(_NUMBER_WORD.fullmatch(word) for word in words):
        return tuple(words), "gap"
    label = next((at for at, word in enumerate(words) if _NUMBER_WORD.fullmatch(word)), 0)
    if (
        0 < label <= 5
        and len(words) - label >= 3
        and all(_NUMBER_WORD.fullmatch(word) for word in words[label:])
    ):
        return (" ".join(words[:label]), *words[label:]), "gap"  # Time 118 13 3 1 1
    return (bare,), ""


def _are_commas_of_csv(parts: Sequence[str]) -> bool:
    """Whether commas part cells: a row of numbers with at most a label, or a row of words that is no sentence."""
    if not all(_CSV_CELL.fullmatch(part) for part in parts) or len(parts) < 2:
        return False
    numbers = [part for part in parts if re.match(r"\s?[\"'~<≈]?\d", part)]
    if not numbers:
        return all(len(part.split()) <= 4 for part in parts) and not parts[-1].endswith(".")
    # 1,5 alone is a decimal comma, and 60,000 a thousand: only three cells or a decimal point tell
    return len(numbers) >= len(parts) - 1 and (len(parts) >= 3 or any("." in part for part in numbers))


def of_grid(grid: Grid, table: Table, block: Block, *, rank: int, above: str = "") -> Iterator[Arrangement]:
    """What the rows and what the columns of a grid may be: the keys in one of them, and a series of every other."""
    grid = _stacked(grid, table)
    width = max((len(row) for row in grid), default=0)
    if not 1 < width <= MAX_CELLS or len(grid) > MAX_ROWS:
        return
    padded = _even(_with_points(grid), width, table)
    for turned in (padded, tuple(zip(*padded, strict=True))):
        yield from _upright(turned, table, block, rank, above)


def _stacked(grid: Grid, table: Table) -> Grid:
    """A table that was set in two halves side by side, under the same headings, as one."""
    head = grid[0] if grid else ()
    starts = [at for at, cell in enumerate(head) if cell and cell == head[0]]
    if len(starts) < 2 or not re.search(table.key_heading, head[0], re.I):
        return grid
    parts = list(zip(starts, (*starts[1:], len(head)), strict=True))
    headings = {tuple(cell for cell in head[start:end] if cell) for start, end in parts}
    if len(headings) != 1:
        return grid
    return (head[: starts[1]], *(row[start:end] for start, end in parts for row in grid[1:]))


def _with_points(grid: Grid) -> Grid:
    """The cells with decimal points where their author writes decimal commas, even before three decimals."""
    if not any(has_decimal_commas(cell) for row in grid for cell in row):
        return grid
    return tuple(tuple(with_points(cell) for cell in row) for row in grid)


def _even(grid: Grid, width: int, table: Table) -> Grid:
    """All rows with as many cells: a heading that is one short stands over the columns behind an index."""
    body = [row for row in grid[1:] if len(row) == width]
    first = grid[0]
    if len(grid) > 2 and len(first) == width - 1 and sum(map(bool, grid[1])) == 1 and grid[1][0]:
        grid = ((grid[1][0], *first), *grid[2:])  # the index has a name, on a line of its own
        return tuple(row + ("",) * (width - len(row)) for row in grid)
    indexed = (
        len(first) == width - 1
        and len(body) == len(grid) - 1
        and not any(re.search(r"\d", cell) for cell in first)
        and [row[0].strip() for row in body]
        in ([str(at) for at in range(len(body))], [str(at + 1) for at in range(len(body))])
    )
    keyed = (
        len(first) == width - 1
        and len(body) == len(grid) - 1
        and not re.search(table.key_heading, first[0], re.I)
        and len(keys_of_cells([row[0] for row in body], table)) >= 2
    )
    if indexed or keyed:
        grid = (("", *first), *grid[1:])
    elif (
        len(first) < width and len(body) == len(grid) - 1 and not re.search(table.key_heading, first[0], re.I)
    ):
        grid = grid[1:]  # it cannot be told which columns these headings stand over
    return tuple(row + ("",) * (width - len(row)) for row in grid)


def _upright(grid: Grid, table: Table, block: Block, rank: int, above: str) -> Iterator[Arrangement]:
    candidates: list[tuple[bool, int, int, dict[int, int]]] = []
    for index, column in enumerate(zip(*grid, strict=True)):
        keys = keys_of_cells(column, table)
        if not keys:
            continue
        headed = any(re.search(table.key_heading, cell, re.I) for cell in column[: min(keys) + 1])
        candidates.append((headed, len(set(keys.values())), -index, keys))
    candidates.sort(key=lambda entry: entry[:3], reverse=True)
    for headed, distinct, negative, keys in candidates[:_MAX_CANDIDATES]:
        if distinct < 2 and not headed:  # one number that happens to be a key makes no table
            continue
        series = tuple(_series(grid, keys, -negative, block, above))
        if series:
            yield Arrangement(rank, series, bare=True)


def _series(
    grid: Grid, keys: Mapping[int, int], key_column: int, block: Block, above: str
) -> Iterator[Series]:
    first = min(keys)
    places = grouped_by_key(_filled_down(grid, keys, key_column))
    names = _row_names(grid, places, key_column)
    for index in range(len(grid[0])):
        if index == key_column:
            continue
        headings = _headings(grid, first, index, key_column)
        rows = {key: own[0] for key, own in places.items()}
        if names is None:
            yield from _column(grid, rows, index, headings, block, above)
            continue
        for name in dict.fromkeys(names.values()):
            own = {key: row for key, all_rows in places.items() for row in all_rows if names.get(row) == name}
            yield from _column(grid, own, index, (name, *headings), block, above)


def _filled_down(grid: Grid, keys: Mapping[int, int], key_column: int) -> dict[int, int]:
    """The keys of all rows: a cell that is left empty below a key, or spanned by it, is the same key's."""
    filled: dict[int, int] = {}
    current: int | None = None
    for row in range(len(grid)):
        if row in keys:
            current = keys[row]
        elif grid[row][key_column].strip():
            current = None
        if current is not None and any(grid[row]):
            filled[row] = current
    return filled


def _row_names(grid: Grid, places: Mapping[int, Sequence[int]], key_column: int) -> dict[int, str] | None:
    """What each row of a key is called where keys have several rows: ``10 | time | 15``, ``10 | accuracy | 0.83``."""
    if not any(len(rows) > 1 for rows in places.values()):
        return None
    for index in range(len(grid[0])):
        names = {row: grid[row][index].strip() for rows in places.values() for row in rows}
        if (
            index != key_column
            and all(name and not re.match(r"[~<≈]?\d", name) for name in names.values())
            and all(len({names[row] for row in rows}) == len(rows) for rows in places.values())
            and len(set(names.values())) <= max(len(rows) for rows in places.values()) + 1
        ):
            return names
    return None


def _headings(grid: Grid, first: int, index: int, key_column: int) -> tuple[str, ...]:
    """The heading of a column, and those of the groups above it; a group reaches over the empty cells behind it."""
    headings: list[str] = []
    for row in range(first - 1, -1, -1):
        cell = grid[row][index].strip()
        if not cell and row < first - 1:
            before = [grid[row][at].strip() for at in range(index) if at != key_column]
            cell = next((one for one in reversed(before) if one), "")
        headings.append(cell)
    if not headings:
        return ("",)
    return headings[0], *(group for group in headings[1:] if group and group != headings[0])


_MARGIN: Final = re.compile(r"(?:±|\+\s?/\s?-|\+-|\\pm)\s?[\d.,]+\s?(?:%|s\b)?")
_RANGE: Final = re.compile(r"\d\s?(?:-|–|\bto\b|\btill\b)\s?[~<≈]?\d")


def figures(cell: str) -> tuple[Quantity, ...]:
    """The figures of a cell. None of a range, which is no figure, nor of a progress bar, which is a log's."""
    if "[=" in cell or "━" in cell:
        return ()
    shown = _MARGIN.sub("", without_noise(cell))
    if _RANGE.search(re.sub(r"\d[eE]-\d", "0", shown)):
        return ()
    return without_repeats(quantities(shown))


def without_repeats(found: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """Figures without those that say another one again, coarser or in another unit: ``118 s (about 2 min)``."""
    kept: list[Quantity] = []
    for quantity in found:
        same = next((at for at, other in enumerate(kept) if _same(quantity, other)), None)
        if same is None:
            kept.append(quantity)
        elif _digits(quantity) > _digits(kept[same]):
            kept[same] = quantity
    return tuple(kept)


def _digits(quantity: Quantity) -> int:
    return len(re.sub(r"\D", "", quantity.text).lstrip("0"))


def _same(one: Quantity, other: Quantity) -> bool:
    """Whether two figures of a cell are one, in seconds and minutes, or as a fraction and per cent."""
    units = {one.unit, other.unit}
    if units == {Unit.SECONDS}:
        minutes = any(
            re.search(r"[a-z:]", figure.text, re.I) and figure.value >= 45 for figure in (one, other)
        )
        close = 30.0 if minutes and one.value >= 45 and other.value >= 45 else 0.5
        of_different = re.sub(r"[\d.,\s]", "", one.text) != re.sub(r"[\d.,\s]", "", other.text)
        return one.value == other.value or (of_different and abs(one.value - other.value) <= close)
    if units == {Unit.PER_CENT, Unit.NONE}:
        percent, fraction = (one, other) if one.unit is Unit.PER_CENT else (other, one)
        return 0 <= fraction.value <= 1 and abs(percent.value / 100 - fraction.value) <= 0.0051
    return len(units) == 1 and one.value == other.value


def _column(
    grid: Grid, rows: Mapping[int, int], index: int, labels: tuple[str, ...], block: Block, above: str
) -> Iterator[Series]:
    """A column as a series; one whose cells hold several figures each as several."""
    cells = {key: figures(grid[row][index]) for key, row in rows.items()}
    cells = {key: found for key, found in cells.items() if found}
    if not cells:
        return
    evidence = {
        key: block.evidence("\t".join(cell for cell in grid[row] if cell)) for key, row in rows.items()
    }
    counts = {len(found) for found in cells.values()}
    if counts == {1}:
        yield Series(
            labels, {key: Reading(found[0], evidence[key]) for key, found in cells.items()}, above=above
        )
        return
    if len(counts) == 1:
        several = counts.pop()
        parts = split_label(labels[0], several)
        for at in range(several):
            own = {key: Reading(found[at], evidence[key]) for key, found in cells.items()}
            yield Series((parts[at], *labels[1:]), own, above=above)
        return
    for unit in Unit:
        own = {
            key: Reading(fitting[0], evidence[key])
            for key, found in cells.items()
            if len(fitting := [quantity for quantity in found if quantity.unit is unit]) == 1
        }
        if own:
            yield Series(labels, own, above=above)


_PARTS: Final = re.compile(r"\s?[/,;&|+]\s?|\s(?:and|och|resp\.?)\s")


def split_label(label: str, several: int) -> tuple[str, ...]:
    """The parts of a heading over so many figures: ``Accuracy (train/test)`` is two accuracies, ``Time / Acc`` two columns."""
    inner = re.search(r"\(([^()]{1,60})\)", label)
    if inner is not None:
        parts = [part for part in _PARTS.split(inner[1]) if part]
        if len(parts) == several:
            outer = label[: inner.start()] + label[inner.end() :]
            names = [part for part in _PARTS.split(outer.strip()) if part]
            if len(names) == several:  # Time / Acc (s / %)
                return tuple(f"{name} ({part})" for name, part in zip(names, parts, strict=True))
            return tuple(f"{outer.strip()} ({part})" for part in parts)
    parts = [part for part in _PARTS.split(label.strip()) if part]
    return tuple(parts) if len(parts) == several else (label,) * several
