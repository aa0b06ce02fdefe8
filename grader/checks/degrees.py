"""Words of degree in English and Swedish: "higher", "best", "too slow", "lika", and forms of adjectives, computed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from typing import Final

from grader.model import Value


class Degree(StrEnum):
    """How something is compared."""

    LEVEL = "level"  # "high"
    MORE = "more"  # "higher"
    MOST = "most"  # "highest"
    EQUAL = "equal"  # "as high", "the same"


class Side(StrEnum):
    """To which side: much or little of an aspect, or that which is good or bad of it."""

    LARGE = "large"
    SMALL = "small"
    GOOD = "good"
    BAD = "bad"
    NONE = "none"

    @property
    def other(self) -> Side:
        """The opposite side."""
        return _OPPOSITE[self]


_OPPOSITE: Final = {
    Side.LARGE: Side.SMALL,
    Side.SMALL: Side.LARGE,
    Side.GOOD: Side.BAD,
    Side.BAD: Side.GOOD,
    Side.NONE: Side.NONE,
}


class Word(Value, frozen=True):
    """What a word of degree says."""

    side: Side
    degree: Degree


_L, _S, _G, _B = Side.LARGE, Side.SMALL, Side.GOOD, Side.BAD
_IRREGULAR: Final = (
    (_L, "high great large hög högt höga stor stort stora", "higher greater larger bigger more mer mera högre större", "highest greatest largest most maximum max maximal peak peaks peaked högst högsta störst största mest"),
    (_S, "low small little few låg lågt låga liten litet lite få", "lower smaller less fewer lägre mindre färre", "lowest smallest least minimum min minimal lägst lägsta minst minsta"),
    (_G, "good great nice fine decent ok okay acceptable reasonable excellent sufficient satisfying satisfactory solid respectable manageable tolerable affordable perfect bra god goda gott hyfsad hyfsat rimlig rimligt acceptabel acceptabelt godtagbar okej utmärkt", "better bättre superior", "best top bäst bästa topp"),
    (_B, "bad poor terrible awful horrible useless unacceptable mediocre unreasonable dålig dåligt dåliga usel uselt värdelös värdelöst orimlig oacceptabel", "worse inferior sämre", "worst sämst sämsta"),
)  # fmt: skip
_PLAIN: Final = {
    word: Word(side, degree)
    for side, level, more, most in _IRREGULAR
    for degree, words in ((Degree.LEVEL, level), (Degree.MORE, more), (Degree.MOST, most))
    for word in words.split()
}
_EQUAL: Final = frozenset(
    [
        "same",
        "similar",
        "similarly",
        "comparable",
        "comparably",
        "equal",
        "equally",
        "identical",
        "close",
        "nära",
        "samma",
        "densamma",
        "detsamma",
        "likvärdig",
        "likvärdigt",
        "jämförbar",
        "jämförbart",
        "liknande",
        "motsvarande",
    ]
)
MORE: Final = {"more": 1, "mer": 1, "mera": 1, "less": -1, "mindre": -1}
MOST: Final = {"most": 1, "mest": 1, "least": -1, "minst": -1}
NEARLY: Final = frozenset(
    ("nearly", "almost", "about", "roughly", "practically", "essentially", "nästan", "ungefär", "praktiskt")
)
AS: Final = frozenset(("as", "lika"))
_ENDINGS: Final = (
    (Degree.MOST, r"(?:e?st|ast|aste|iest)"),
    (Degree.MORE, r"(?:e?r|are|re|ier)"),
    (Degree.LEVEL, r"(?:|t|a|ly|en|et|na)"),
)


def plain_word(word: str) -> Word | None:
    """What a word of degree says that fits any aspect ("higher"); None for any other word. `word` in lower case."""
    if word in _EQUAL:
        return Word(Side.NONE, Degree.EQUAL)
    return _PLAIN.get(word)


@cache
def _forms(stems: tuple[str, ...]) -> tuple[tuple[Degree, re.Pattern[str]], ...]:
    alternatives = "|".join(
        f"{re.escape(stem[:-1])}(?:y|i)"
        if stem.endswith("y")
        else re.escape(stem) + ("m?" if stem.endswith("am") else "")
        for stem in sorted(stems, key=len, reverse=True)
    )
    return tuple((degree, re.compile(f"(?:{alternatives}){ending}")) for degree, ending in _ENDINGS)


def form_of(word: str, stems: Sequence[str]) -> Degree | None:
    """In which degree a word is one of some adjectives ("fast", "snabb"); None if it is none of them. Lower case."""
    return next((degree for degree, pattern in _forms(tuple(stems)) if pattern.fullmatch(word)), None)
