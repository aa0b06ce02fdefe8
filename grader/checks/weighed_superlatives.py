"""Superlatives in one aspect that are measured by another: "the best accuracy for the time", "the fastest to reach 0.8".

Such a phrase praises a compromise. It is no claim that nothing is more accurate, and must not be refuted as one. If the
other aspect is told as a superlative too ("the best accuracy in the shortest time") it may be meant either way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from grader.checks.aspects import Aspect
from grader.checks.degrees import MOST, Degree, Side, form_of, plain_word
from grader.checks.number_words import MORPHEME
from grader.model import Value

_TOKEN: Final = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[a-z]+)?|%|[^\s\w]")
_LINK: Final = re.compile(
    r"for|per|given|in|within|under|below|relative|relation|proportion|respect|regards?|wrt|vs|versus|against|compar(?:ed|ison)|divided|considering"
    r"|on|at|with|without|to|that|which|reach(?:ing|es)?|over|ratio|of|among(?:st)?|/"
    r"|för|på|i|inom|förhållande|hänsyn|tanke|jämför(?:t|else)|mot|sett|relativt|med|utan|delat|som|vid|kvot|av|bland",
)
_EDGE: Final = frozenset(
    (
        "and",
        "och",
        "but",
        "men",
        "while",
        "medan",
        "because",
        "since",
        "eftersom",
        "all",
        "alla",
        ",",
        ";",
        ":",
        "(",
        ")",
    )
)
_ABOUT: Final = 4  # words between "best" and what it is best in
_FAR: Final = 9  # words between the superlative and what it is measured by
_PERFORMS: Final = re.compile(
    r"performs?|performed|does|did|works?|presterar|presterade|fungerar|går|gick", re.I
)


class WeighedSuperlative(Value, frozen=True):
    """From `start` to before `end` in the text: the superlative with what it is measured by.

    `twice`: that is a superlative, too. `at` are the places of the words of degree.
    """

    start: int
    end: int
    twice: bool
    at: tuple[int, ...]


class WeighedSuperlatives:
    """Finds those in any two of a few aspects."""

    def __init__(self, aspects: Sequence[Aspect]) -> None:
        self._aspects = aspects
        self._nouns = [re.compile(rf"(?:{aspect.nouns})", re.I) for aspect in aspects]
        self._units = [
            re.compile("|".join(f"(?:{unit.words})" for unit in aspect.units) or "(?!)", re.I)
            for aspect in aspects
        ]

    def find(self, text: str, start: int, end: int) -> Iterator[WeighedSuperlative]:
        """Those between two places in a text."""
        tokens = list(_TOKEN.finditer(text, start, end))
        words = [token[0].lower() for token in tokens]
        for index, token in enumerate(tokens):
            about = self._superlative(words, index)
            for aspect in about:
                met = self._measure(words, index, aspect)
                if met is not None:
                    last, twice = met
                    places = (token.start(), tokens[twice].start()) if twice is not None else (token.start(),)
                    yield WeighedSuperlative(token.start(), tokens[last].end(), twice is not None, places)
                    break

    def _superlative(self, words: Sequence[str], index: int) -> list[int]:
        """The aspects in which a word may be a superlative."""
        word = words[index]
        for at, aspect in enumerate(self._aspects):
            stems = aspect.little + aspect.much
            if form_of(word, stems) is Degree.MOST:
                return [at]
            following = words[index + 1] if index + 1 < len(words) else ""
            if word in MOST and form_of(following, stems) is not None:
                return [at]
        plain = plain_word(word)
        if plain is None or plain.degree is not Degree.MOST:
            return []
        if plain.side is Side.GOOD and index and _PERFORMS.fullmatch(words[index - 1]):
            return [at for at, aspect in enumerate(self._aspects) if aspect.quality]
        near = words[index + 1 : index + 1 + _ABOUT]
        found = [at for at, noun in enumerate(self._nouns) if any(noun.fullmatch(one) for one in near)]
        if len(found) > 1:  # "the best accuracy/time": the nearer one
            nearest = {
                at: next(place for place, one in enumerate(near) if self._nouns[at].fullmatch(one))
                for at in found
            }
            found.sort(key=lambda at: nearest[at])
        return found[:1]

    def _measure(self, words: Sequence[str], index: int, aspect: int) -> tuple[int, int | None] | None:
        """The last word of what a superlative is measured by, and the place of a superlative in that; None if by nothing."""
        linked = False
        twice: int | None = None
        for place in range(index + 1, min(len(words), index + 1 + _FAR)):
            word = words[place]
            if word in _EDGE:
                return None
            plain = plain_word(word)
            if linked and (word in MOST or (plain is not None and plain.degree is Degree.MOST)):
                twice = place
            for other, kind in enumerate(self._aspects):
                if other == aspect or not linked:
                    continue
                form = form_of(word, kind.little + kind.much)
                if form is Degree.MOST:
                    return place, place
                if (
                    form is not None
                    or self._nouns[other].fullmatch(word)
                    or self._is_amount(words, place, other)
                ):
                    return place, twice
            linked = linked or bool(_LINK.fullmatch(word))
        return None

    def _is_amount(self, words: Sequence[str], place: int, aspect: int) -> bool:
        """Whether a word is a unit behind a number, or a bare figure, of an aspect."""
        if self._units[aspect].fullmatch(words[place]):
            before = words[place - 1]
            return before[0].isdigit() or bool(
                re.fullmatch(rf"few|couple|of|några|par|{MORPHEME}", before, re.I)
            )
        return self._aspects[aspect].fraction and bool(re.fullmatch(r"0?[.,]\d+", words[place]))
