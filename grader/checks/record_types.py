"""What is looked for in a table and what is found: keys, columns and what they hold, figures, rows as records."""

from __future__ import annotations

from enum import StrEnum

from grader.checks.quantities import Quantity
from grader.model import Evidence, Value


class Measure(StrEnum):
    """What sort of number stands in a column."""

    DURATION = "duration"
    SHARE = "share"
    NUMBER = "number"
    ANYTHING = "anything"  # in whatever unit: what is none of the others


class Column(Value, frozen=True):
    """A column that is looked for: the pattern of its heading (any language) and what it holds.

    `required` columns make a table one; the others are recognised so that they are not taken for these. `surest`
    is a pattern of headings that are this column rather than another with the same name (``training accuracy``
    beside ``accuracy``). Columns are tried in their order: ``accuracy per second`` has to come before ``accuracy``.
    """

    name: str
    heading: str
    measure: Measure
    required: bool = True
    surest: str = ""


class Table(Value, frozen=True):
    """What is looked for: the key's heading, the keys themselves, and the columns.

    `key_names` are patterns for keys that have a name (``full batch``). `counted` is a pattern of words that make
    the number in front of them another count than a key (``10 epochs``).
    """

    key_heading: str
    keys: tuple[int, ...]
    columns: tuple[Column, ...]
    key_names: tuple[tuple[int, str], ...] = ()
    counted: str = r"(?!)"


class Reading(Value, frozen=True):
    """One cell: its quantity, and where it stands.

    `remark`: it stands in a sentence of its own, in no table, list or row of sentences.
    """

    quantity: Quantity
    evidence: Evidence
    remark: bool = False


class Record(Value, frozen=True):
    """One row: the key and what was read for it, by column name."""

    key: int
    readings: dict[str, Reading]


class Series(Value, frozen=True):
    """Figures that belong together, one a key, before it is known what they are.

    `labels` are the words that stand with them, the nearest first: a heading, a group of headings, what leads in.
    `column` is set where each figure said by itself what it is. `above` is the line or heading over a table: it says
    only of which kind all of it is, where it does so surely (``Results on the test set``).
    """

    labels: tuple[str, ...]
    readings: dict[int, Reading]
    column: Column | None = None
    above: str = ""


class Arrangement(Value, frozen=True):
    """Series that stand side by side, in whatever form.

    `rank` says how much the form is worth: 0 is a table of the document, more is looser. `bare`: numbers without
    unit or heading may be taken for what is lacking, since the form itself says that they are figures. `remark`: there
    are figures for a key or two only, such as a sentence holds that speaks of a table.
    """

    rank: int
    series: tuple[Series, ...]
    bare: bool = False
    remark: bool = False
