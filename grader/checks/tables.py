"""Tables as people make them: pipes, tabs, aligned text, one line a row, turned on their side, or split in two.

`read_grid` makes rows of cells of a text; `read_records` finds the rows of a table by their key (the five
batch sizes, say) and the columns by their headings, or by what stands in them where headings are missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from grader.checks.numerals import WHOLE
from grader.checks.quantities import Quantity, Unit, count, quantities
from grader.checks.record_types import Column, Measure, Reading, Record, Table
from grader.checks.records_without_grid import list_records, spread_records
from grader.documents.blocks.text_tables import split_row
from grader.documents.core.document import Block, BlockKind

__all__ = ["Column", "Measure", "Reading", "Record", "Table", "read_grid", "read_records"]

MAX_ROWS: Final = 400
MAX_CELLS: Final = 60  # in a row
MAX_TEXT: Final = 40_000  # characters of one block

Grid: TypeAlias = tuple[tuple[str, ...], ...]


def read_grid(text: str) -> list[Grid]:
    """Tables in plain text: runs of at least two lines that are split by pipes, tabs or wide gaps."""
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
    return grids


_NUMBER_WORD: Final = re.compile(r"[~<≈]?\d[\d.,]*(?:%|s|ms|sek|secs?|seconds?|min)?")
_UNIT_APART: Final = re.compile(r"(\d)\s(%|s|ms|sek|secs?|seconds?|min)(?!\w)")
_ZEROS: Final = re.compile(r"(?<![\d.,])(\d{1,3})\s000(?!\d)")
_SEMICOLONS: Final = re.compile(r"[^;]{1,40}(?:;[^;]{0,40}){1,8}")


def _split(line: str) -> tuple[tuple[str, ...], str]:
    """The cells of a line, as every reader splits it, and what else splits a row in an answer."""
    bare = line.strip()
    cells, style = split_row(bare)
    if style == "tab":  # several in a row only move the next cell to its column
        return tuple(cell for cell in cells if cell), style
    if style in {"gap", ""} and ";" in bare and _SEMICOLONS.fullmatch(bare):
        return tuple(cell.strip() for cell in bare.split(";")), "semicolon"
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
    if len(words) == 1 and "," in bare and re.fullmatch(r"[\d.]+(?:,[\d.]+){2,}", bare):
        return tuple(bare.split(",")), "comma"
    return (bare,), ""


def read_records(blocks: Sequence[Block], table: Table) -> list[Record]:
    """The rows for the table's keys, gathered from every block that holds some; tables before loose lines.

    Two tables (times in one, accuracies in another) are joined by key. Where a cell is given twice the first
    in the fullest table counts. Nothing is converted but durations to seconds.
    """
    found: list[tuple[int, list[Record]]] = []
    for before, block in zip((None, *blocks), blocks, strict=False):
        for rank, grid in _grids(block):
            records = _from_grid(_with_heading(grid, before, table), table, block)
            if records:
                found.append((rank, records))
        if block.kind in {
            BlockKind.PROSE,
            BlockKind.OUTPUT,
            BlockKind.MATHS,
            BlockKind.CODE,
            BlockKind.TABLE,
        }:
            records = list(_from_lines(block, table))
            if records:
                found.append((2, records))
    found += [
        (3, records) for records in (spread_records(blocks, table), list_records(blocks, table)) if records
    ]
    found.sort(key=lambda entry: (entry[0], -sum(len(record.readings) for record in entry[1])))
    joined: dict[int, dict[str, Reading]] = {}
    for _, records in found:
        for record in records:
            row = joined.setdefault(record.key, {})
            for name, reading in record.readings.items():
                row.setdefault(name, reading)
    return [Record(key, joined[key]) for key in table.keys if joined.get(key)]


def _with_heading(grid: Grid, before: Block | None, table: Table) -> Grid:
    """A grid with the keys over its columns, where they were left outside: their row has no first cell."""
    if before is None or before.rows or len(before.text) > 100:
        return grid
    numbers = before.text.split()
    keys = frozenset(table.keys)
    found = [count(number, keys) for number in numbers]
    if len(found) != len(keys) or set(found) != keys or len(grid[0]) not in {len(found), len(found) + 1}:
        return grid
    return (("",) * (len(grid[0]) - len(found)) + tuple(numbers), *grid)


def _grids(block: Block) -> Iterator[tuple[int, Grid]]:
    if block.rows:
        yield 0, block.rows
    elif block.kind in {BlockKind.TABLE, BlockKind.PROSE, BlockKind.OUTPUT, BlockKind.CODE, BlockKind.MATHS}:
        for grid in read_grid(block.text):
            yield 1, grid


def _from_grid(grid: Grid, table: Table, block: Block) -> list[Record]:
    width = max((len(row) for row in grid), default=0)
    if not 1 < width <= MAX_CELLS or len(grid) > MAX_ROWS:
        return []
    padded = tuple(row + ("",) * (width - len(row)) for row in grid)
    sideways = tuple(zip(*padded, strict=True))
    best: list[Record] = []
    for candidate in (padded, sideways):
        records = _upright(candidate, table, block)
        if sum(len(record.readings) for record in records) > sum(len(record.readings) for record in best):
            best = records
    return best


def _upright(grid: Grid, table: Table, block: Block) -> list[Record]:
    keys = frozenset(table.keys)
    candidates: list[tuple[bool, int, int, list[tuple[int, int]]]] = []
    for index, column in enumerate(zip(*grid, strict=True)):
        rows = [(row, key) for row, cell in enumerate(column) if (key := count(cell, keys)) is not None]
        distinct = {key for _, key in rows}
        headed = (
            any(re.search(table.key_heading, cell, re.I) for cell in column[: rows[0][0] + 1])
            if rows
            else False
        )
        if distinct:
            candidates.append((headed, len(distinct), -index, rows))
    if not candidates:
        return []
    headed, distinct_keys, negative, rows = max(candidates)
    if distinct_keys < 2 and not headed:  # one number that happens to be a key makes no table
        return []
    key_column = -negative
    if len(rows) != distinct_keys:  # a key that stands twice: the first time counts
        rows = list({key: (row, key) for row, key in reversed(rows)}.values())[::-1]
    first = min(row for row, _ in rows)
    columns = _columns(grid, first, rows, key_column, table)
    records = []
    for row, key in rows:
        readings = {}
        for name, index in columns.items():
            measure = next(column.measure for column in table.columns if column.name == name)
            heading = " ".join(grid[above][index] for above in range(first))
            quantity = _reading(grid[row][index], measure, heading)
            if quantity is not None:
                readings[name] = Reading(
                    quantity, block.evidence("\t".join(cell for cell in grid[row] if cell))
                )
        records.append(Record(key, readings))
    return [record for record in records if record.readings]


def _columns(
    grid: Grid, first: int, rows: list[tuple[int, int]], key_column: int, table: Table
) -> dict[str, int]:
    """Which column holds what: by heading; a lone column left over goes to the lone role left over, by content."""
    chosen: dict[str, int] = {}
    others = [index for index in range(len(grid[0])) if index != key_column]
    for column in table.columns:
        for index in others:
            heading = " ".join(grid[row][index] for row in range(first))
            if index not in chosen.values() and heading.strip() and re.search(column.heading, heading, re.I):
                chosen[column.name] = index
                break
    for column in table.columns:
        if column.name in chosen or not column.required:
            continue
        for index in others:
            if index in chosen.values():
                continue
            heading = " ".join(grid[row][index] for row in range(first)).strip()
            if heading and any(re.search(other.heading, heading, re.I) for other in table.columns):
                continue
            cells = [
                quantity
                for row, _ in rows
                if (quantity := _first(grid[row][index], column.measure)) is not None
            ]
            if len(cells) >= max(2, len(rows) - 1) and _fits(cells, column.measure):
                chosen[column.name] = index
                break
    return chosen


def _fits(cells: Sequence[Quantity], measure: Measure) -> bool:
    """Whether a column without a telling heading can hold this measure."""
    if measure is Measure.SHARE:
        return all(
            cell.unit is Unit.PER_CENT or (cell.unit is Unit.NONE and 0 <= cell.value <= 1) for cell in cells
        ) and any(cell.unit is Unit.PER_CENT or cell.value % 1 for cell in cells)
    if measure is Measure.DURATION:
        return all(cell.unit in {Unit.NONE, Unit.SECONDS, Unit.PER_SAMPLE} for cell in cells)
    return False


_HEADING_UNIT: Final = (
    (re.compile(r"µs|μs|\bus\b|micro|mikro", re.I), 1e-6),
    (re.compile(r"\(ms\)|\bms\b|milli", re.I), 1e-3),
    (re.compile(r"\(?\bmin(?:utes?|uter)?\b\)?", re.I), 60.0),
)


def _reading(cell: str, measure: Measure, heading: str) -> Quantity | None:
    quantity = _first(cell, measure)
    if quantity is None:
        return None
    if measure is Measure.DURATION and quantity.unit is Unit.NONE:
        scale = next((factor for pattern, factor in _HEADING_UNIT if pattern.search(heading)), 1.0)
        return Quantity(quantity.value * scale, Unit.SECONDS, quantity.text)
    if measure is Measure.SHARE and quantity.unit is Unit.NONE and "%" in heading:
        return Quantity(quantity.value, Unit.PER_CENT, quantity.text)
    return quantity


def _first(cell: str, measure: Measure) -> Quantity | None:
    """The number of a cell that its column asks for: of ``118s 2ms/step`` the whole time, of ``0.81 (3 s)`` the share."""
    found = quantities(cell)
    if measure is Measure.DURATION:
        order: tuple[Unit, ...] = (Unit.SECONDS, Unit.NONE, Unit.PER_SAMPLE)
    else:
        order = (Unit.NONE, Unit.PER_CENT)
    return next((quantity for unit in order for quantity in found if quantity.unit is unit), None)


_SIZE: Final = re.compile(
    r"(?:^|[\s(*_\-•·])(?:(?:mini[\s-]?)?batch\w*(?:[\s_-]?size\w*)?|size|storlek\w*|bs|b)?\s{0,2}[=:]?\s{0,2}"
    rf"({WHOLE})(?![.,]?\d)",
    re.I,
)
_SHARE_NEAR: Final = re.compile(
    r"(?:acc\w*|noggrannhet\w*|träffsäkerhet\w*|precision\w*)\W{0,4}(?:\w+\W+){0,3}?(\d*[.,]\d+\s?%?|\d{1,3}\s?%)|(?<![\w.,])(0?[.,]\d{2,8})(?![\d%])|(\d{1,3}(?:[.,]\d+)?\s?%)",
    re.I,
)


_CLAUSES: Final = re.compile(
    r"\n|\s{1,4}(?=(?:mini)?batch[\s_-]?(?:size|storlek)\w*\s?[=:]?\s?\d)|(?:[,;.]\s{1,4}(?:and\s{1,4}|och\s{1,4})?|\s{1,4}and\s{1,4}|\s{1,4}och\s{1,4})(?=(?:with|for|med|för|using|(?:a\s)?batch)\b)",
    re.I,
)
_BEHIND_SIZE: Final = re.compile(
    r"[*_`]{0,3}\s{0,3}(?:[:;\-–—→=>)|(]|,\s?\d|is\b|it\b|the\b|took|tog|gave|gav|har\b|samples?|with|med|training|takes)",
    re.I,
)
_ENOUGH_LINES: Final = 3  # keys in one block from which lines with a single figure count as well


def _from_lines(block: Block, table: Table) -> Iterator[Record]:
    """Lines and clauses such as ``Batch size 10: 13 s, accuracy 0.8251``: a key in front, then figures with units."""
    shares = [column.name for column in table.columns if column.measure is Measure.SHARE and column.required]
    durations = [
        column.name for column in table.columns if column.measure is Measure.DURATION and column.required
    ]
    keys = frozenset(table.keys)
    found: dict[int, Record] = {}
    for line in _CLAUSES.split(block.text[:MAX_TEXT])[:2_000]:
        if not line or len(line) > 400 or "|" in line or "\t" in line:
            continue
        size = _SIZE.search(line[:80])
        key = count(size[1], keys) if size is not None else None
        if size is None or key is None or key in found or not _BEHIND_SIZE.match(line[size.end() :]):
            continue
        rest = line[size.end() :]
        readings: dict[str, Reading] = {}
        evidence = block.evidence(line)
        times = [quantity for quantity in quantities(rest) if quantity.unit is Unit.SECONDS]
        if durations and times:
            readings[durations[0]] = Reading(times[0], evidence)
        near = _SHARE_NEAR.search(_LOSS_FIGURE.sub("", rest))
        if shares and near is not None:
            share = quantities(near[1] or near[2] or near[3])
            if share and share[0].value <= 100:
                readings[shares[0]] = Reading(share[0], evidence)
        if readings:
            found[key] = Record(key, readings)
    for record in found.values():
        if len(record.readings) > 1 or len(found) >= _ENOUGH_LINES:
            yield record


_LOSS_FIGURE: Final = re.compile(r"(?:loss|förlust)\W{0,4}[\d.,]+", re.I)
