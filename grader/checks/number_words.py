"""Whole numbers in words, English and Swedish: ``seven hundred and eighty-four``, ``sjuhundraåttiofyra``.

A lone *one*, *en* or *ett* is a number only to whoever knows what stands beside it (`ONE`): it is an article and a
pronoun as often.
"""

from __future__ import annotations

import re
from typing import Final

MAX_WORDS: Final = 10  # of one number
ONE: Final = frozenset(("one", "en", "ett", "single", "enda"))

_UNITS: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
    "en": 1, "ett": 1, "två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "åtta": 8, "nio": 9, "tio": 10,
    "elva": 11, "tolv": 12, "tretton": 13, "fjorton": 14, "femton": 15, "sexton": 16, "sjutton": 17, "arton": 18,
    "nitton": 19, "tjugo": 20, "trettio": 30, "fyrtio": 40, "femtio": 50, "sextio": 60, "sjuttio": 70, "åttio": 80,
    "nittio": 90,
}  # fmt: skip
_SCALES: Final = {"hundred": 100, "hundra": 100, "thousand": 1000, "tusen": 1000}
_ATOMS: Final = "|".join(sorted((*_UNITS, *_SCALES), key=len, reverse=True))
_JOINT: Final = r"(?:-|[ ](?:and[ ]|och[ ])?|)"
_NUMBER: Final = re.compile(rf"(?:{_ATOMS})(?:{_JOINT}(?:{_ATOMS})){{0,{MAX_WORDS}}}(?![^\W\d_])", re.I)
_ATOM: Final = re.compile(_ATOMS, re.I)


def number_in_words(text: str, at: int) -> tuple[int, int] | None:
    """The number whose words start at `at`, and where they end; None for other words, and for a lone *one*."""
    match = _NUMBER.match(text, at)
    if match is None or match[0].lower() in ONE:
        return None
    total = current = 0
    previous = 0
    for atom in _ATOM.finditer(match[0]):
        word = atom[0].lower()
        scale = _SCALES.get(word)
        if scale is None:
            unit = _UNITS[word]
            if previous and not (previous >= 100 or (previous >= 20 and unit < 10)):
                return None  # two numbers beside each other, or none at all
            current += unit
            previous = unit
        elif scale == 1000:
            total += max(current, 1) * 1000
            current, previous = 0, 1000
        else:
            current = max(current, 1) * 100
            previous = 100
    return total + current, match.end()
