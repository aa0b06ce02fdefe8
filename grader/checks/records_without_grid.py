"""Tables that are none: a row spread over lines under its key, and columns written as lists of numbers.

``Batch size: 10`` with ``Time: 13 s`` and ``Accuracy: 0.8251`` below it is a row; ``times = [118, 13, 3, 1, 1]``
beside ``batch_sizes = [1, 10, 100, 1000, 60000]`` is a column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from grader.checks.notation import plain
from grader.checks.quantities import Quantity, Unit, count, quantities
from grader.checks.record_types import Column, Measure, Reading, Record, Table
from grader.documents.core.document import Block, BlockKind

MAX_TEXT: Final = 40_000  # characters of one block
MAX_LINE: Final = 100  # characters of a line of figures; more is a sentence
MAX_BEFORE_HEADING: Final = 12  # characters before the first heading: "Training time", "The time"
MAX_BELOW: Final = 12  # lines under a key that belong to its row
_FEWEST: Final = 3  # keys from which spread rows, or the numbers of a list, make a table
_TEXTUAL: Final = frozenset(
    {BlockKind.HEADING, BlockKind.PROSE, BlockKind.OUTPUT, BlockKind.CODE, BlockKind.MATHS}
)


def spread_records(blocks: Sequence[Block], table: Table) -> list[Record]:
    """Rows whose key stands on a line of its own, with the figures, each named, on the lines below."""
    keys = frozenset(table.keys)
    found: dict[int, dict[str, Reading]] = {}
    row: dict[str, Reading] | None = None
    left = 0
    for block, line in _lines(blocks):
        key = _key_alone(line, table, keys)
        if key is not None:
            row, left = found.setdefault(key, {}), MAX_BELOW
            continue
        if row is None or left <= 0:
            continue
        left -= 1
        for name, quantity in _named(line, table):
            row.setdefault(name, Reading(quantity, block.evidence(line.strip())))
    rows = [Record(key, found[key]) for key in table.keys if found.get(key)]
    return rows if len(rows) >= _FEWEST else []


def _lines(blocks: Sequence[Block]) -> Iterator[tuple[Block, str]]:
    for block in blocks:
        if block.kind in _TEXTUAL:
            for line in block.text[:MAX_TEXT].split("\n")[:2_000]:
                if line.strip() and len(line) <= 300:
                    yield block, line


_MARKS: Final = re.compile(r"^[\s#>*_`•·\-–(\[]*(?:[a-zA-Z1-9][.)]\s+)?")


def _key_alone(line: str, table: Table, keys: frozenset[int]) -> int | None:
    """The key of a line that says nothing else: ``### Batch size = 10``, ``**Batch size: 10**``, ``Test 2: batch size 10``."""
    bare = _MARKS.sub("", plain(line)).strip(" *_`:.)]")
    if len(bare) > 60 or not re.search(table.key_heading, bare, re.I):
        return None
    number = re.search(r"\d[\d ,.]{0,9}$", bare)
    if number is None or any(
        re.search(column.heading, bare, re.I) for column in table.columns if column.required
    ):
        return None
    return count(number[0], keys)


def _named(line: str, table: Table) -> Iterator[tuple[str, Quantity]]:
    """The figures of a line, each by the column whose heading stands before it: ``Time: 13 s, accuracy: 0.8251``.

    The line begins with a heading and is short: a sentence that speaks of times is no row, nor is a progress bar.
    """
    shown = _MARKS.sub("", plain(line)).strip()
    if len(shown) > MAX_LINE or "[=" in shown:
        return
    headings = sorted(
        (
            (match.start(), match.end(), column)
            for column in table.columns
            for match in _matches(column, shown)
        ),
        key=lambda entry: entry[:2],
    )
    if not headings or headings[0][0] > MAX_BEFORE_HEADING:
        return
    taken: set[str] = set()
    covered = -1
    for number, (start, end, column) in enumerate(headings):
        if start < covered or column.name in taken:
            continue
        covered = end
        until = next((other for other, _, _ in headings[number + 1 :] if other >= end), len(shown))
        quantity = _fitting(shown[end:until], column)
        if quantity is not None:
            taken.add(column.name)
            yield column.name, quantity


def _matches(column: Column, text: str) -> list[re.Match[str]]:
    return [match for match in re.finditer(column.heading, text, re.I) if match.end() > match.start()]


def _fitting(text: str, column: Column) -> Quantity | None:
    wanted = (Unit.SECONDS, Unit.NONE) if column.measure is Measure.DURATION else (Unit.PER_CENT, Unit.NONE)
    for quantity in quantities(text):
        if quantity.unit in wanted:
            if column.measure is Measure.DURATION and quantity.unit is Unit.NONE:
                return Quantity(quantity.value, Unit.SECONDS, quantity.text)
            return quantity
    return None


_LIST: Final = re.compile(
    r"(?P<label>[A-Za-zÅÄÖåäö][\w \t()/%-]{0,60}?)\s{0,3}[=:]?\s{0,3}(?:(?:is|are|was|were|är|var|for|of)\s{1,2})?"
    r"[\[({]?\s{0,3}(?P<numbers>[~<]?\d[\d.]{0,9}\s?(?:%|s|sec)?(?:\s{0,2}(?:,|;|och|and)\s{0,2}(?:and\s|och\s)?[~<]?[\d.]{1,10}\s?(?:%|s\b|sec\w*|seconds)?){2,9})"
)


def list_records(blocks: Sequence[Block], table: Table) -> list[Record]:
    """Columns given as lists of numbers, one of them the keys; the others are told by what stands before them."""
    keys = frozenset(table.keys)
    lists: list[tuple[Block, str, str, list[Quantity]]] = []
    for block in blocks:
        if block.kind in _TEXTUAL:
            for match in _LIST.finditer(plain(block.text[:MAX_TEXT])):
                numbers = [
                    _single(part)
                    for part in re.split(r"[,;]|\band\b|\boch\b", match["numbers"])
                    if part.strip()
                ]
                if len(numbers) >= _FEWEST and all(numbers):
                    lists.append((block, match["label"], match[0], [number for number in numbers if number]))
    order = next((values for *_, values in lists if _are_keys(values, keys)), None)
    if order is None:
        return []
    rows: dict[int, dict[str, Reading]] = {int(quantity.value): {} for quantity in order}
    for block, label, passage, values in lists:
        if len(values) != len(order) or _are_keys(values, keys):
            continue
        column = _column(label, table)
        if column is None:
            continue
        for key, quantity in zip(rows, values, strict=True):
            unit = Unit.SECONDS if column.measure is Measure.DURATION else quantity.unit
            rows[key].setdefault(
                column.name,
                Reading(
                    Quantity(quantity.value, unit, quantity.text), block.evidence(" ".join(passage.split()))
                ),
            )
    return [Record(key, rows[key]) for key in table.keys if rows.get(key)]


def _single(part: str) -> Quantity | None:
    found = quantities(part)
    return found[0] if len(found) == 1 else None


def _are_keys(values: Sequence[Quantity], keys: frozenset[int]) -> bool:
    own = {value.value for value in values}
    return len(own) == len(values) and own <= {float(key) for key in keys}


def _column(label: str, table: Table) -> Column | None:
    """The column whose heading stands last in a label: ``batch_sizes, times`` names the times."""
    found = [
        (match.end(), column)
        for column in table.columns
        for match in re.finditer(column.heading, label.replace("_", " "), re.I)
    ]
    return max(found, key=lambda entry: entry[0])[1] if found else None
