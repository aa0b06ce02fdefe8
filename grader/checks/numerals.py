"""Numbers as people write them: thousands groups, decimal commas, exponents. Bounded, exact, no floats.

A separator can be ambiguous (``100.250`` is a hundred thousand to a Swede, a hundred to others), so a
numeral carries all its readings, the likelier first; whoever knows the context chooses.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from grader.checks.notation import THIN_SPACE
from grader.model import Value

MAX_DIGITS: Final = 30  # a longer run of digits is no number of a report

_SEPARATORS: Final = ("'", THIN_SPACE, " ", "_", ",", r"\.")
NUMBER: Final = re.compile(
    r"(?<![\w.])(?:"
    + "|".join(
        rf"(?P<whole{i}>[1-9]\d{{0,2}}(?:{mark}\d{{3}})+)(?P<tail{i}>[.,]\d+)?(?!\d|[eE][+-]?\d)"
        for i, mark in enumerate(_SEPARATORS)
    )
    + r"|(?P<plain>\d+(?:[.,]\d+)?|\.\d+)(?:[eE](?P<exponent>[+-]?\d{1,3})(?!\w))?)"
)
"""One numeral in plain notation. Group separators may not change within a numeral."""
WHOLE: Final = r"(?:\d{1,3}(?:[ ,.\u00a0\u2009\u202f]\d{3})+|\d+)"
"""A whole number with or without groups, in any notation, for patterns that only look for where one stands."""


class Numeral(Value, frozen=True):
    """A number as written and all it may mean, the likeliest first. `spaced`: groups were set off by blanks."""

    text: str
    readings: tuple[Fraction, ...]
    spaced: bool = False

    @property
    def value(self) -> Fraction:
        """The likeliest reading."""
        return self.readings[0]

    @property
    def count(self) -> Fraction:
        """The likeliest reading as a count of things: whole, if one is."""
        return next((value for value in self.readings if value.denominator == 1), self.value)


def numeral(match: re.Match[str]) -> Numeral | None:
    """The numeral of a match of `NUMBER`; None if it has more digits than any number of a report."""
    text = match[0]
    if sum(char.isdigit() for char in text) > MAX_DIGITS:
        return None
    if match["plain"] is not None:
        value = Fraction(match["plain"].replace(",", "."))
        if match["exponent"]:
            exponent = int(match["exponent"])
            if abs(exponent) > MAX_DIGITS:
                return None
            value *= Fraction(10) ** exponent
        return Numeral(text, (value,))
    which = next(i for i in range(len(_SEPARATORS)) if match[f"whole{i}"] is not None)
    whole, tail, mark = match[f"whole{which}"], match[f"tail{which}"], _SEPARATORS[which][-1]
    if tail and tail[0] == mark:  # 1,234,56: no grouping that anybody writes
        return None
    grouped = Fraction(re.sub(r"\D", "", whole)) + (Fraction("0." + tail[1:]) if tail else 0)
    if mark in ",." and not tail and whole.count(mark) == 1:
        decimal = Fraction(whole.replace(",", "."))
        return Numeral(text, (grouped, decimal) if mark == "," else (decimal, grouped))
    return Numeral(text, (grouped,), spaced=mark == " ")
