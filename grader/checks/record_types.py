"""What is looked for in a table and what is found: keys, columns and what they hold, rows as records."""

from __future__ import annotations

from enum import StrEnum

from grader.checks.quantities import Quantity
from grader.model import Evidence, Value


class Measure(StrEnum):
    """What sort of number stands in a column."""

    DURATION = "duration"
    SHARE = "share"
    NUMBER = "number"


class Column(Value, frozen=True):
    """A column that is looked for: the pattern of its heading (any language) and what it holds.

    `required` columns make a table one; the others are recognised so that they are not taken for these.
    """

    name: str
    heading: str
    measure: Measure
    required: bool = True


class Table(Value, frozen=True):
    """What is looked for: the key's heading, the keys themselves, and the columns."""

    key_heading: str
    keys: tuple[int, ...]
    columns: tuple[Column, ...]


class Reading(Value, frozen=True):
    """One cell: its quantity, and where it stands."""

    quantity: Quantity
    evidence: Evidence


class Record(Value, frozen=True):
    """One row: the key and what was read for it, by column name."""

    key: int
    readings: dict[str, Reading]
