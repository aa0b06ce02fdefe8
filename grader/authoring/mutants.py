"""Right answers made wrong: what passes all the same is a check that does not look where its author thinks.

Each mutant changes one thing in a passage that a passing check rested on: a number, an operation, a call's two arguments,
a statement denied, the passage left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from grader.model import Value

MOST: Final = 12  # mutants of one passage
_NUMBER: Final = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)?")
_OPERATION: Final = re.compile(r"(?<=[\w)\]])\s*([+*/×·⋅]|(?<=\s)-(?=\s))\s*(?=[\w(\[])")
_OTHER: Final = {"+": "*", "*": "+", "/": "*", "×": "+", "·": "+", "⋅": "+", "-": "+"}
_ARGUMENTS: Final = re.compile(r"\(\s*([^(),]{1,60}?)\s*,\s*([^(),]{1,60}?)\s*\)")
_STATED: Final = re.compile(r"\b(is|are|was|choose|chose|pick|prefer|use|är|väljer|valde|använder)\b", re.I)


class Mutant(Value, frozen=True):
    """A changed text; `was` became `now`."""

    text: str
    was: str
    now: str


def mutants(text: str, passage: str) -> Iterator[Mutant]:
    """At most `MOST` changed texts; none where the passage does not stand in the text as it is quoted."""
    start = text.find(passage)
    if start < 0 or not passage.strip():
        return
    for number, (at, end, now) in enumerate(_changes(passage)):
        if number >= MOST:
            return
        changed = passage[:at] + now + passage[end:]
        yield Mutant(text[:start] + changed + text[start + len(passage) :], passage.strip(), changed.strip())


def _changes(passage: str) -> Iterator[tuple[int, int, str]]:
    yield 0, len(passage), ""
    for match in _ARGUMENTS.finditer(passage):
        if match[1] != match[2]:
            yield match.start(), match.end(), f"({match[2]}, {match[1]})"
    for match in _NUMBER.finditer(passage):
        yield match.start(), match.end(), _other_number(match[0])
    for match in _OPERATION.finditer(passage):
        yield match.start(1), match.end(1), _OTHER[match[1]]
    for match in _STATED.finditer(passage):
        yield (
            match.end(),
            match.end(),
            " not" if match[1].lower() not in {"är", "väljer", "valde", "använder"} else " inte",
        )


def _other_number(number: str) -> str:
    """Another number with as many digits: its first digit other than 0 is changed."""
    for at, digit in enumerate(number):
        if digit in "123456789":
            return number[:at] + str(int(digit) % 9 + 1) + number[at + 1 :]
    return "7" + number[1:]
