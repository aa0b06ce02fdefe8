"""Figures in lines, lists and sentences: a key, and what was found for it, each figure with words or a unit of its own.

What a figure is called in one row, the figure in the same place is in the others; what is called nothing anywhere is
left to units and contents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from grader.checks.column_roles import fits, kinds, name_of, names_in
from grader.checks.figure_lists import NumberList, lists_of, of_lists, parted
from grader.checks.figure_rows import Figure, Group, Row, groups_of, named_by_words
from grader.checks.figure_sentences import FEWEST_KEYS, Sentence, are_ordinals, sentences_of
from grader.checks.quantities import Unit, has_decimal_commas, prepared, with_points
from grader.checks.record_types import Arrangement, Column, Measure, Reading, Series, Table
from grader.checks.written_keys import in_digits
from grader.documents.core.document import Block, BlockKind
from grader.model import Value

MAX_TEXT: Final = 40_000  # characters of one block
_TEXTUAL: Final = frozenset(
    {BlockKind.HEADING, BlockKind.PROSE, BlockKind.OUTPUT, BlockKind.MATHS, BlockKind.TABLE, BlockKind.CODE}
)
_ALIGNED: Final = re.compile(r"&|\\[,;:! ]|\\(?:quad|qquad|text|mathrm|textrm)\b|(?<=text)\{|[{}]|\\(?=%)")
_PAIR: Final = 2  # columns that have an order
_WHOLE: Final = 100  # per cent; what is more is no share
_COMMENT: Final = re.compile(r"\s{0,40}#{1,4}\s?(.*)")


def of_text(blocks: Sequence[Block], table: Table, *, rank: int) -> list[Arrangement]:
    """What lines, lists and sentences hold; of code, its comments."""
    texts = [(block, _text(block)) for block in blocks if block.kind in _TEXTUAL and not block.rows]
    ordinals = are_ordinals([text for _, text in texts], table)
    lists: list[NumberList] = []
    sentences: list[Sentence] = []
    for block, text in texts:
        shown = with_points(text) if has_decimal_commas(text) else text
        shown = parted(in_digits(prepared(shown), table), table)
        own = lists_of(shown, block, table)
        lists += own
        sentences += sentences_of(shown, text, block, table, own, ordinals=ordinals)
    found = list(of_lists(lists, table, rank=rank))
    for group in groups_of(sentences, table):
        found += _arrangement(group, table, rank)
    return found


def _text(block: Block) -> str:
    text = block.text[:MAX_TEXT]
    if block.kind is BlockKind.MATHS and "\\\\" in text:  # an aligned formula is a table without rules
        return re.sub(r"[^\S\n]{2,}", " ", _ALIGNED.sub(" ", text.replace("\\\\", "\n")))
    if block.kind is not BlockKind.CODE:
        return text
    return "\n".join(found[1] for line in text.split("\n") if (found := _COMMENT.match(line)))


class _Cell(Value, frozen=True):
    """A figure of a row: the place among those of its unit, the units of its row, and the column that it names.

    `name` is None where it names none, and empty where it names two.
    """

    key: int
    figure: Figure
    slot: tuple[str, int]
    shape: tuple[Unit, ...]
    name: str | None


def _cells(row: Row, *, bare: bool, table: Table) -> Iterator[_Cell]:
    seen: dict[str, int] = {}
    for figure in row.figures:
        unit = "any" if bare else str(figure.quantity.unit)
        name = named_by_words(figure, table)
        said = None if name is None else name.column.name if name.column else ""
        yield _Cell(row.key, figure, (unit, seen.get(unit, 0)), row.shape, said)
        seen[unit] = seen.get(unit, 0) + 1


def _arrangement(group: Group, table: Table, rank: int) -> Iterator[Arrangement]:
    rows = [row for row in group.rows if row.figures]
    if not rows:
        return
    bare = len(rows) >= FEWEST_KEYS and len({row.shape for row in rows}) == 1
    cells = [cell for row in rows for cell in _cells(row, bare=bare, table=table)]
    ordered = _names_by_order(group.lead, rows, table) if bare else None
    named: dict[str, dict[int, list[Figure]]] = {}
    unnamed: dict[tuple[str, int], dict[int, Reading]] = {}
    for cell in cells:
        others = _names_alike(cell, cells)
        name = cell.name
        if name is None and len(others) == 1:
            (name,) = others
        elif name is None and not others and ordered is not None:
            name = ordered[cell.slot[1]].name
        if name is None and not others:
            reading = Reading(cell.figure.quantity, cell.figure.block.evidence(cell.figure.quoted))
            unnamed.setdefault(cell.slot, {}).setdefault(cell.key, reading)
        elif name:
            named.setdefault(name, {}).setdefault(cell.key, []).append(cell.figure)
    series = [_led(own, group.lead, table) for own in unnamed.values()]
    series += [
        _named(column, named[column.name], group.lead) for column in table.columns if column.name in named
    ]
    told = [one for one in series if one.column is not None or kinds(one) != {Unit.NONE} or bare]
    counts = {row.key: sum(row.key in one.readings for one in told) for row in rows}
    kept = set(counts)
    if sum(map(bool, counts.values())) < FEWEST_KEYS:  # one size with one figure is a remark
        kept = {key for key, count in counts.items() if count >= 2}
    left = tuple(shown for one in series if (shown := _of_keys(one, kept)).readings)
    if left:
        yield Arrangement(rank, left, bare=bare, remark=len(kept) < FEWEST_KEYS)


def _names_alike(cell: _Cell, cells: Sequence[_Cell]) -> set[str]:
    """What figures in the same place are called, in rows of the same shape; where none is, in any row, if it has a unit."""
    alike = [one for one in cells if one.slot == cell.slot and one.name is not None]
    same = {one.name for one in alike if one.name is not None and one.shape == cell.shape}
    if same or cell.figure.quantity.unit is Unit.NONE:
        return same
    return {one.name for one in alike if one.name is not None}


def _of_keys(series: Series, keys: set[int]) -> Series:
    readings = {key: reading for key, reading in series.readings.items() if key in keys}
    return Series(series.labels, readings, series.column, series.above)


def _names_by_order(lead: str, rows: Sequence[Row], table: Table) -> list[Column] | None:
    """The columns that a line before the rows names in their order: ``(width - time - share)``."""
    named = names_in(lead, table)
    shape = rows[0].shape
    apart = [  # "time / accuracy" over two figures are two columns, no ratio
        column
        for part in re.split(r"\s?[/|]\s?", lead)
        for column in names_in(part, table)
        if column.required
    ]
    for columns in (named, apart):
        if len(columns) != len(shape) or len(shape) < _PAIR:
            continue
        if all(map(fits, columns, ({unit} for unit in shape))) and not any(
            column.measure is Measure.SHARE and row.figures[at].quantity.value > _WHOLE
            for at, column in enumerate(columns)
            for row in rows
        ):
            return columns
    return None


def _led(readings: dict[int, Reading], lead: str, table: Table) -> Series:
    """Figures without words, with what leads in where that can be meant of them."""
    name = name_of(lead, kinds(Series((), readings)), table)
    if (
        name is None
        or name.column is None
        or (name.column.surest and not name.sure and not name.column.required)
    ):
        return Series(("",), readings)  # "we tested all of them" says nothing of a test set
    return Series(("", lead), readings)


def _named(column: Column, by_key: Mapping[int, Sequence[Figure]], lead: str) -> Series:
    """A column's figures; where a key has two in one sentence that differ, neither counts."""
    readings: dict[int, Reading] = {}
    labels = ""
    surest = re.compile(column.surest, re.I) if column.surest else None
    for key, figures in by_key.items():
        first = [figure for figure in figures if figure.sentence == figures[0].sentence]
        if surest is not None:
            first = [one for one in first if surest.search(f"{one.before} {one.behind}")] or first
        if len({figure.quantity.value for figure in first}) > 1:
            continue
        labels = labels or f"{first[0].before} {first[0].behind}".strip()
        readings[key] = Reading(first[0].quantity, first[0].block.evidence(first[0].quoted))
    return Series((labels, lead), readings, column)
