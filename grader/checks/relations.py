"""What reasons say of options: each a relation in one aspect ("faster than 10", "only 3 s", "the most accurate").

A relation is what the text says, not whether it is so; `grader.checks.reasons` holds it against figures. What is
denied is kept as denied ("not slower"), what is supposed or another's is left out.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum

from grader.checks.degrees import Degree, Side
from grader.checks.option_mentions import Option
from grader.model import Value


class Kind(StrEnum):
    """What a relation rests on."""

    DEGREE = "degree"  # an adjective
    VALUE = "value"  # a figure
    DIFFERENCE = "difference"  # "0.7 points less", "a quarter of the time"
    CHANGE = "change"  # "starts to fall after"
    NAMED = "named"  # the aspect is given as the reason, no more: "is out because of the time"
    BALANCE = "balance"  # "the best compromise between time and accuracy"
    WEIGHED = "weighed"  # "as the time counts too"
    TREND = "trend"  # of all options: "larger ones take longer"; `Relation.side` is whether it rises or falls with them


class Sure(IntEnum):
    """How sure it is which option a relation is about."""

    GUESSED = 0
    ELIDED = 1  # it goes without saying: only one was spoken of
    REFERRED = 2  # "it", and there is only one that it can be
    NAMED = 3


class Relation(Value, frozen=True):
    """One relation: of `subject` (None if of none), against `objects`, from `start` to before `end` in the text.

    `value` is a figure in the aspect's own unit; `bound` is -1 for "under", 1 for "over", 0 for the figure itself.
    `faint`: which aspect is meant, or how strictly, is not plain enough to hold the writer to it.
    `hedged`: a qualifier stands beside it ("second", "almost", "among those") and it cannot be held to the letter.
    """

    aspect: str
    kind: Kind
    start: int
    end: int
    sentence: int
    subject: Option | None = None
    sure: Sure = Sure.GUESSED
    objects: tuple[Option, ...] = ()
    side: Side = Side.NONE
    degree: Degree = Degree.LEVEL
    denied: bool = False
    hedged: bool = False
    faint: bool = False
    value: float | None = None
    bound: int = 0
    supposed: bool = False  # "if only accuracy counted"
    turned_from: bool = False  # said of what the writer has turned away from
    listed: bool = False  # one of a list of figures of several options
