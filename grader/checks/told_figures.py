"""Figures in a clause as relations: "only 3 s", "82 % accuracy", "0.7 points less", "a few seconds more"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from grader.checks.aspects import Aspect, Unit
from grader.checks.claims import Clause
from grader.checks.number_words import spelled_numbers
from grader.checks.numerals import NUMBER, numeral
from grader.checks.relation_words import BOUND, DIFFERS, FEW_UNITS, LOSES, OTHER_FIGURE, SAVED
from grader.checks.relations import Kind, Relation

_MANY: Final = 3  # figures in one clause, beyond which they are a list
_MORE: Final = re.compile(r"\s(?:more|extra|fewer|less|additional|mer|fler)\s", re.I)
_ADDED: Final = r"(?:more|extra|fewer|whole|additional|percentage|fler|extra|mere)"
_SIGNED: Final = re.compile(r"(?:^|[\s(,:])[+±−-]\s?$")  # "+3 s"
_DELTA: Final = re.compile(r"(?:\bdelta\b|Δ)\s?\w{0,8}\s?[=:]?\s?$", re.I)
_SET_AGAINST: Final = re.compile(  # what comes behind it belongs to another, or was so before
    r"(?:\b(?:instead\sof|rather\sthan|i\s?stället\sför|istället\sför|against|mot|vs\.?|versus|compared\s(?:to|with)|jämfört\smed|from|från)|(?<!more)(?<!less)(?<!mer)(?<!mindre)\s(?:than|än))"
    r"\s(?:(?:the|over|almost|nearly|about|around|more\sthan|över|nästan|cirka|ungefär|drygt|knappt|mer\sän)\s){0,2}$",
    re.I,
)
_WITH_MINUTES: Final = re.compile(
    r"\d\s?(?:m|min\w*|h|tim\w*|hours?)\.?\s?(?:and\s|och\s)?$", re.I
)  # of one figure in two units
_WITH_SECONDS: Final = re.compile(r"\.?\s?(?:and\s|och\s)?\d{1,2}\s?(?:s|sec\w*|sek\w*)\b", re.I)
_ARTICLE: Final = re.compile(r"\b(?:an?|en|ett|one)(?=\s(\w+)(?:\s(\w+))?)", re.I)


def told_figures(text: str, clause: Clause, aspects: Sequence[Aspect], options: int) -> Iterator[Relation]:
    """All figures of a clause that have a unit of one of the aspects. `options` of its numbers name options."""
    numbers = _numbers(text, clause, aspects)
    for value, start, end in numbers:
        for one in _figure(text, clause, aspects, value, (start, end)):
            yield replace(one, listed=len(numbers) - options > _MANY)
    for aspect in aspects:
        for unit in aspect.units:
            for match in re.finditer(rf"(?<=\s)(?:{unit.words})(?!\w)", clause.text, re.I):
                start = clause.start + match.start()
                if FEW_UNITS.search(text[max(clause.start, start - 16) : start]):
                    yield Relation(
                        aspect.name, Kind.DIFFERENCE, start, clause.start + match.end(), clause.sentence
                    )


def _numbers(text: str, clause: Clause, aspects: Sequence[Aspect]) -> list[tuple[float, int, int]]:
    """Value, start and end of all numbers in figures and words; "a" before a unit is one of it."""
    found: list[tuple[float, int, int]] = []
    for match in NUMBER.finditer(text, clause.start, clause.end):
        number = numeral(match)
        if number is not None:
            found.append((float(number.value), match.start(), match.end()))
    for one in spelled_numbers(clause.text):
        if not one.article:
            found.append((float(one.value), clause.start + one.start, clause.start + one.end))
    units = re.compile("|".join(unit.words for aspect in aspects for unit in aspect.units), re.I)
    for match in _ARTICLE.finditer(clause.text):
        if any(word and units.fullmatch(word) for word in match.groups()):
            found.append((1.0, clause.start + match.start(), clause.start + match.end()))
    return sorted(found, key=lambda one: one[1])


def _figure(
    text: str, clause: Clause, aspects: Sequence[Aspect], value: float, place: tuple[int, int]
) -> Iterator[Relation]:
    start, end = place
    behind = text[end : min(clause.end, end + 40)]
    before = text[max(clause.start, start - 40) : start]
    for aspect in aspects:
        unit, length = _unit(aspect, behind)
        if unit is None and aspect.fraction and 0 < value < 1 and not behind[:1].isalpha():
            unit, length = Unit("", 1.0), 0
        if unit is None:
            continue
        wide = text[max(clause.start, start - 50) : min(clause.end, end + length + 40)]
        rest = text[end + length : clause.end]
        differs = (
            unit.difference
            or bool(DIFFERS.match(rest) or LOSES.search(before) or _MORE.match(behind))
            or bool(
                SAVED.search(text, clause.start, start) or _DELTA.search(before) or _SIGNED.search(before)
            )
        )
        other = bool(
            (aspect.unlike and re.search(aspect.unlike, wide, re.I))
            or (not aspect.ratio and OTHER_FIGURE.search(wide))
            or _share_of(aspects, rest)
            or _SET_AGAINST.search(before)
            or _WITH_MINUTES.search(before)
            or (aspect.ratio and _WITH_SECONDS.match(rest))
        )
        bound = next((side for side, pattern in BOUND if pattern.search(before)), 0)
        yield Relation(
            aspect.name,
            Kind.DIFFERENCE if differs or other else Kind.VALUE,
            start,
            end + length,
            clause.sentence,
            value=value * unit.factor,
            bound=bound,
            hedged=other,
        )


def _share_of(aspects: Sequence[Aspect], behind: str) -> bool:
    """Whether a figure is a share of another: "95 % of the time"."""
    nouns = "|".join(aspect.nouns for aspect in aspects)
    of = rf"\s?(?:of|av)\s(?:(?:the|its|that|den|det|dess)\s)?(?:{nouns}|best|bästa|max\w*|top\w*|original|what|vad|highest|högsta|images|bilder\w*|data|epoch)"
    return bool(re.match(of, behind[:60], re.I))


def _unit(aspect: Aspect, behind: str) -> tuple[Unit | None, int]:
    for unit in aspect.units:
        match = re.match(rf"[\s-]?(?:{_ADDED}\s)?(?:{unit.words})(?!\w)", behind, re.I)
        if match:
            return unit, match.end()
    return None, 0
