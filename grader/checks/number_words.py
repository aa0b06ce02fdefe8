"""Numbers spelled out in English and Swedish: "sixty thousand", "a hundred", "etthundratjugo". Computed, not listed.

Bounded: a run of number words is at most as long as the longest name of a number below `LIMIT`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from grader.model import Value

LIMIT: Final = 10**12  # no report names a number as large as this

_SMALL: Final = {
    word: value
    for value, words in enumerate(
        [
            "zero|noll",
            "one|en|ett",
            "two|två",
            "three|tre",
            "four|fyra",
            "five|fem",
            "six|sex",
            "seven|sju",
            "eight|åtta",
            "nine|nio",
            "ten|tio",
            "eleven|elva",
            "twelve|tolv",
            "thirteen|tretton",
            "fourteen|fjorton",
            "fifteen|femton",
            "sixteen|sexton",
            "seventeen|sjutton",
            "eighteen|arton|aderton",
            "nineteen|nitton",
        ]
    )
    for word in words.split("|")
}
_TENS: Final = {
    word: 10 * value
    for value, words in enumerate(
        [
            "twenty|tjugo",
            "thirty|trettio",
            "forty|fourty|fyrtio",
            "fifty|femtio",
            "sixty|sextio",
            "seventy|sjuttio",
            "eighty|åttio",
            "ninety|nittio",
        ],
        start=2,
    )
    for word in words.split("|")
}
_POWERS: Final = {
    "hundred": 100,
    "hundra": 100,
    "thousand": 1000,
    "tusen": 1000,
    "million": 10**6,
    "miljon": 10**6,
    "miljoner": 10**6,
}
_VALUES: Final = _SMALL | _TENS
_MORPHEME: Final = "|".join(sorted([*_VALUES, *_POWERS], key=len, reverse=True)) + "|et(?=tusen)"  # ettusen
MORPHEME: Final = f"(?:{_MORPHEME})"
"""A pattern for one word of a number."""
_RUN: Final = re.compile(
    rf"\b(?:(?:a|an)\s(?=(?:hundred|thousand|million)\b))?(?:{_MORPHEME})(?:[\s-]?(?:and\s|och\s)?(?:{_MORPHEME})){{0,11}}\b",
    re.I,
)
_PART: Final = re.compile(_MORPHEME, re.I)


class SpelledNumber(Value, frozen=True):
    """A number in words and where it stands. `article`: it is "one", "en" or "ett", which is oftener no number."""

    value: int
    start: int
    end: int
    article: bool = False


def spelled_numbers(text: str) -> Iterator[SpelledNumber]:
    """All numbers in words, in order. A run of words that is no one number is passed over."""
    for match in _RUN.finditer(text):
        value = _value([part[0].lower() for part in _PART.finditer(match[0])])
        if value is not None:
            yield SpelledNumber(value, match.start(), match.end(), match[0].lower() in {"one", "en", "ett"})


def _value(parts: list[str]) -> int | None:
    """The number that a run of words names, None if they name none ("ten one", "två tre")."""
    total, current, smallest = 0, 0, LIMIT
    for part in parts:
        if part in _POWERS:
            power = _POWERS[part]
            if power == 100:
                if current >= power:
                    return None
                current = (current or 1) * power
                smallest = power
            else:
                if total and total % (power * 1000) and total < power:
                    return None
                total += (current or 1) * power
                current, smallest = 0, power
            continue
        value = _VALUES.get(part, 1)
        if current % 100 and not (current % 100 >= 20 and current % 10 == 0 and value < 10):
            return None
        if value >= smallest:
            return None
        current += value
    return total + current if total + current < LIMIT else None
