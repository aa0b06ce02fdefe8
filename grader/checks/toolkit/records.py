"""`table`: figures for each of a few keys, in any columns, however they are laid out.

A table of a report, lines, sentences, two lists, code: the readers of `grader.checks.tables` find the same records in all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from grader.checks.answer import Answer
from grader.checks.assignment import CheckFunction
from grader.checks.finding import Finding, failed, partial, passed, review
from grader.checks.quantities import Unit
from grader.checks.tables import Column, Measure, Record, Table, read_records
from grader.checks.toolkit.places import nothing, possible_blocks
from grader.documents.core.document import Block
from grader.model import Evidence

_LONGEST: Final = 40_000  # characters of a block that are looked through for figures that were not read
_LINE: Final = 400  # and of a line
_FIGURE: Final = re.compile(r"(?<![\w.,])\d{1,12}(?:[.,]\d{1,12})?(?:[eE][-+]?\d{1,3})?(?![\w])")


def table(
    keys: Sequence[int],
    columns: Mapping[str, Mapping[str, Any]],
    *,
    key: str,
    within: float = 0.01,
) -> CheckFunction:
    """A check that each of the `keys` (whole numbers) has a figure in every column.

    `columns` are told by heading: ``{time = { heading = "time|seconds", measure = "duration" }}``; `measure` is duration,
    share, number or anything, and ``expected = [...]`` gives what must stand there, one a key, `within` that share of it.
    `key` is the heading of the keys, a pattern. Raises `ValueError` for settings that make no sense.
    """
    if len(set(keys)) < 2 or not all(isinstance(one, int) for one in keys):
        raise ValueError("takes at least two whole numbers as keys")
    if not columns:
        raise ValueError("takes at least one column")
    looked_for, expected = [], {}
    for name, settings in columns.items():
        if unknown := set(settings) - {"heading", "measure", "expected"}:
            raise ValueError(f"takes heading, measure and expected for a column, not {sorted(unknown)[0]!r}")
        try:
            measure = Measure(settings.get("measure", "anything"))
        except ValueError:
            raise ValueError(f"takes {', '.join(Measure)} as measure, not {settings['measure']!r}") from None
        looked_for.append(Column(name, str(settings.get("heading", re.escape(name))), measure))
        if "expected" in settings:
            values = settings["expected"]
            if not isinstance(values, list) or len(values) != len(keys):
                raise ValueError(f"takes one expected value a key for {name!r}")
            expected[name] = dict(zip(keys, values, strict=True))
    layout = Table(key, tuple(keys), tuple(looked_for))
    wanted = len(keys) * len(looked_for)

    def judge(answer: Answer) -> Finding:
        blocks = possible_blocks(answer)
        records = read_records(blocks, layout)
        count = sum(len(record.readings) for record in records)
        left = _left_unread(blocks, records, keys, len(looked_for)) if count < wanted else None
        if not count and left is None:
            return nothing(answer, "table of figures")
        shown = _shown(records)
        wrong = [
            reading
            for record in records
            for name, reading in record.readings.items()
            if name in expected
            and not _fits(reading.quantity.value, reading.quantity.unit, expected[name][record.key], within)
        ]
        if wrong:
            if any(reading.remark for reading in wrong):
                return review(
                    "A person will look at your figures.",
                    [reading.evidence for reading in wrong[:3]],
                    staff="A remark holds another figure.",
                )
            return failed(
                "Not every figure is what it should be.", [reading.evidence for reading in wrong[:3]]
            )
        if left is not None:
            return review(
                "A person will look at your figures.",
                [left],
                staff="More figures stand there than were read.",
            )
        if count < wanted:
            lacking = [
                f"{column.name} for {one}"
                for one in keys
                for column in looked_for
                if not _has(records, one, column.name)
            ]
            return partial(
                f"{count} of {wanted} figures are there; what about {', '.join(lacking[:3])}?",
                count / wanted,
                shown,
            )
        return passed("All figures are there.", shown)

    return judge


def _left_unread(
    blocks: Sequence[Block], records: Sequence[Record], keys: Sequence[int], columns: int
) -> Evidence | None:
    """A line that begins with a key of which figures are lacking, and holds more figures than were read: nobody can say what they are."""
    read = {record.key: len(record.readings) for record in records}
    for block in blocks:
        for line in block.text[:_LONGEST].splitlines():
            first, *others = _FIGURE.findall(line[:_LINE]) or [""]
            if first.isdigit() and int(first) in keys and len(others) > read.get(int(first), 0) < columns:
                return block.evidence(line.strip())
    return None


def _has(records: Sequence[Record], key: int, column: str) -> bool:
    return any(record.key == key and column in record.readings for record in records)


def _shown(records: Sequence[Record]) -> list[Any]:
    return list(
        dict.fromkeys(reading.evidence for record in records[:2] for reading in record.readings.values())
    )[:3]


def _fits(value: float, unit: Unit, wanted: float, within: float) -> bool:
    readings = [value, value / 100] if unit is Unit.PER_CENT or abs(value) > 1 >= abs(wanted) else [value]
    return any(math.isclose(one, wanted, rel_tol=within, abs_tol=within * 1e-3) for one in readings)
