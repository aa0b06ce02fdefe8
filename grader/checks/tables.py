"""The figures of a table in whatever form they stand: grids, lists, lines, sentences, code.

`read_records` finds the rows by their key (the five widths, say). Every form gives the same thing, series of
figures with the words that stand with them (`grader.checks.record_types`), and one judge says which series is which
column (`grader.checks.column_roles`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from grader.checks.column_roles import filled, roles
from grader.checks.figure_grids import Grid, of_grid, read_grid
from grader.checks.figure_literals import of_code
from grader.checks.figure_prose import of_text
from grader.checks.record_types import Arrangement, Column, Measure, Reading, Record, Table
from grader.checks.written_keys import keys_of_cells
from grader.documents.core.document import Block, BlockKind

__all__ = ["Column", "Measure", "Reading", "Record", "Table", "read_grid", "read_records"]

_TYPED: Final = frozenset(
    {BlockKind.TABLE, BlockKind.PROSE, BlockKind.OUTPUT, BlockKind.CODE, BlockKind.MATHS}
)
_FEWEST_LETTERS: Final = 2
_OF_DOCUMENT, _OF_TEXT, _OF_LINES, _OF_CODE = 0, 1, 2, 3


def read_records(blocks: Sequence[Block], table: Table) -> list[Record]:
    """The rows for the table's keys, gathered from every block that holds some; tables before loose lines.

    Two tables (times in one, accuracies in another) are joined by key. Where a cell is given twice the first
    in the fullest table counts. Nothing is converted but durations to seconds.
    """
    found: list[tuple[int, bool, dict[str, dict[int, Reading]]]] = []
    loose: list[Block] = []
    for before, block, after in zip((None, *blocks), blocks, (*blocks[1:], None), strict=False):
        count = len(found)
        for rank, grid in _grids(block):
            headed = _with_heading(grid, before, table)
            above = f"{_above(before)} {_caption(after)}" if headed is grid else ""
            best = _best(of_grid(headed, table, block, rank=rank, above=above), table)
            if best is not None:
                found.append((rank, False, best))
        ragged = (
            len({len(row) for row in block.rows}) > 1
        )  # wide gaps in some lines may have been taken for cells
        loose.append(_in_lines(block) if block.rows and (ragged or len(found) == count) else block)
    for arrangement in (
        *of_text(loose, table, rank=_OF_LINES),
        *of_code([block for block in blocks if _is_literal(block)], table, rank=_OF_CODE),
    ):
        columns = roles(arrangement, table)
        if columns:
            found.append((arrangement.rank, arrangement.remark, columns))
    found.sort(key=lambda entry: (entry[1], entry[0], -filled(entry[2], table)))
    joined: dict[int, dict[str, Reading]] = {}
    for _, remark, columns in found:
        for name, readings in columns.items():
            for key, reading in readings.items():
                shown = Reading(reading.quantity, reading.evidence, remark)
                joined.setdefault(key, {}).setdefault(name, shown)
    return [Record(key, joined[key]) for key in table.keys if joined.get(key)]


def _above(before: Block | None) -> str:
    """What stands right over a table: a heading, or a short line."""
    return before.text if before is not None and not before.rows and len(before.text) <= 90 else ""


def _caption(after: Block | None) -> str:
    """The caption that stands under a table."""
    text = after.text if after is not None and not after.rows else ""
    return text[:160] if re.match(r"\W{0,3}tab(?:le|ell)?\b", text, re.I) else ""


def _is_literal(block: Block) -> bool:
    """Whether a block is code, or what code prints of a list or a dictionary."""
    if block.kind is BlockKind.CODE:
        return True
    return not block.rows and block.text.lstrip()[:1] in {"[", "{", "("} and "," in block.text


def _is_torn(block: Block) -> bool:
    """Whether cells were made of the inside of brackets: arrays, as they are printed."""
    return any(cell.count("[") != cell.count("]") for row in block.rows for cell in row)


def _in_lines(block: Block) -> Block:
    """A table that is none of figures, as lines: signs between its cells were a sentence's own."""
    between = " " if _is_torn(block) else " | "
    text = "\n".join(between.join(row) for row in block.rows)
    return Block(BlockKind.PROSE, text, block.place, ocr=block.ocr)


def _best(arrangements: Iterator[Arrangement], table: Table) -> dict[str, dict[int, Reading]] | None:
    """What the best way to look at a grid gives; the first of those that are as good."""
    best: dict[str, dict[int, Reading]] | None = None
    for arrangement in arrangements:
        columns = roles(arrangement, table)
        if columns and (best is None or filled(columns, table) > filled(best, table)):
            best = columns
    return best


def _with_heading(grid: Grid, before: Block | None, table: Table) -> Grid:
    """A grid with the keys over its columns, where they were left outside: their row has no first cell."""
    if before is None or before.rows or len(before.text) > 100:
        return grid
    numbers = before.text.split()
    if len(numbers) == len(grid[0]) and not re.search(r"\d", before.text):
        for own in (
            numbers,
            [numbers[-1], *numbers[:-1]],
        ):  # the index of a data frame has its name below the others
            if re.search(table.key_heading, own[0].replace("_", " "), re.I):
                return (tuple(own), *grid)
    found = keys_of_cells(numbers, table)
    if len(found) != len(numbers) or len(set(found.values())) != len(table.keys):
        return grid
    if len(grid[0]) not in {len(found), len(found) + 1}:
        return grid
    return (("",) * (len(grid[0]) - len(found)) + tuple(numbers), *grid)


def _without_frame(rows: Grid) -> Grid:
    """A picture of a spreadsheet without the letters over its columns and the numbers before its rows."""
    letters = [cell for cell in rows[0] if cell.strip()]
    numbers = [row[0].strip() for row in rows[1:] if row]
    framed = (
        len(letters) >= _FEWEST_LETTERS
        and "".join(letters) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(letters)]
        and numbers == [str(at) for at in range(1, len(numbers) + 1)]
    )
    return tuple(row[1:] for row in rows[1:]) if framed and len(numbers) >= _FEWEST_LETTERS else rows


def _grids(block: Block) -> Iterator[tuple[int, Grid]]:
    if _is_torn(block):
        return
    if block.rows:
        yield _OF_DOCUMENT, _without_frame(block.rows)
    elif block.kind in _TYPED:
        for grid in read_grid(block.text):
            yield _OF_TEXT, grid
