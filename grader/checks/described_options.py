"""Options named by a description: by their order ("the middle one"), or by what figures say of them ("the most accurate one")."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from grader.checks.aspects import Aspect
from grader.checks.degrees import Degree, Side, form_of
from grader.checks.option_mentions import Option, Options
from grader.checks.relation_reader import RelationReader
from grader.checks.relations import Kind

_ORDINALS: Final = {
    word: place
    for place, words in enumerate(
        (
            "first första",
            "second andra",
            "third tredje",
            "fourth fjärde",
            "fifth femte",
            "sixth sjätte",
            "seventh sjunde",
        ),
        start=1,
    )
    for word in words.split()
}
_ONE: Final = r"(?:one|row|raden|CALLED)"
_MIDDLE: Final = r"\b(?:the|den|det)\s(?:middle|median|medium|mellersta|mittersta)(?:\sONE\b|(?=\W*$))|\bONE\sin\sthe\smiddle\b|\bden\si\smitten\b"
_NTH: Final = r"\b(?:the|den|det)\s(\w+)(?:\s(?:ONE|of\sthe\s(?:five|three|four))\b|(?=\s?(?:$|[.,;!]|is|är|seems|would)))"
_RANKED: Final = r"\b(?:the|den|det)\s(?:(\w+)[\s-]?)?(smallest|largest|biggest|lowest|highest|minsta|största|lägsta|högsta)(?:\sONE)?(\sbut\s(?:one|two))?(?=\W|$)"
_SWEDISH_NEXT: Final = re.compile(r"\bden\snäst\s(minsta|största|lägsta|högsta)\b", re.I)
_OF_THEM: Final = re.compile(
    r"\b(?:the|den)\s((?:more\s|most\s|mer\s|mest\s)?\w+)\s(?:one\s)?(?:of|av)\s(?:them|those|these|the\s(?:two|both)|dem|dessa|de\s(?:två|båda))\b",
    re.I,
)
_THE_ONE: Final = (
    r"\b(?:the|that|den)\sONE\s(?:with|that|which|of|med|som)\b|\b(?:the|den)\s\w+(?:\s\w+)?\sONE\b"
)


class Descriptions:
    """Finds options by description, among options in their own order, with figures by aspect if there are any."""

    def __init__(
        self,
        options: Options,
        aspects: Sequence[Aspect],
        figures: Mapping[str, Mapping[Option, float]],
    ) -> None:
        self.given = options
        self.options = options.values
        one = _ONE.replace("CALLED", options.called)
        self._middle, self._nth, self._ranked, self._the_one = (
            re.compile(pattern.replace("ONE", one), re.I) for pattern in (_MIDDLE, _NTH, _RANKED, _THE_ONE)
        )
        self.aspects = {aspect.name: aspect for aspect in aspects}
        self.figures = figures

    def option(self, text: str, of: Sequence[Option] = ()) -> Option | None:
        """The option that a clause describes, None if it describes none or could mean several.

        `of` are the two that "the faster of them" is one of.
        """
        if of and (match := _OF_THEM.search(text)) is not None:
            return self._by_degree(match[1].lower(), of)
        count = len(self.options)
        if self._middle.search(text) and count % 2:
            return self.options[count // 2]
        if (match := _SWEDISH_NEXT.search(text)) is not None:
            return self.options[1 if match[1].lower() in {"minsta", "lägsta"} else -2]
        match = self._ranked.search(text)
        if match and not any(
            re.search(aspect.nouns, text[match.end() : match.end() + 20], re.I)
            for aspect in self.aspects.values()
        ):
            steps = (
                _ORDINALS.get((match[1] or "").lower(), 1)
                - 1
                + {None: 0, "one": 1, "two": 2}[(match[3] or "").lower().split()[-1] if match[3] else None]
            )
            if steps < count and (match[1] is None or match[1].lower() in _ORDINALS):
                return self.options[
                    steps if match[2].lower() in {"smallest", "lowest", "minsta", "lägsta"} else -1 - steps
                ]
        for match in self._nth.finditer(text):
            place = _ORDINALS.get(match[1].lower(), 0)
            if place and 2 * place == count + 1:  # the middle, from whichever end one counts
                return self.options[place - 1]
        return self._by_figures(text) if self._the_one.search(text) else None

    def _by_degree(self, word: str, of: Sequence[Option]) -> Option | None:
        """The one of some options that is "faster" or "more accurate" than the others, by its figures."""
        for aspect in self.aspects.values():
            values = self.figures.get(aspect.name, {})
            if any(option not in values for option in of):
                continue
            for side, stems in ((Side.SMALL, aspect.little), (Side.LARGE, aspect.much)):
                if form_of(word.rsplit(maxsplit=1)[-1], stems) is not None:
                    chosen = (min if side is Side.SMALL else max)(of, key=lambda option: values[option])
                    return chosen if len({values[option] for option in of}) == len(of) else None
        return None

    def _by_figures(self, text: str) -> Option | None:
        """The only option of which all that is said of "the one" is true."""
        fits = set(self.options)
        told = 0
        for one in RelationReader(text, self.given, tuple(self.aspects.values()), None).read():
            values = self.figures.get(one.aspect, {})
            if one.hedged or one.denied or not values:
                continue
            if one.kind is Kind.DEGREE and one.degree is Degree.MOST and one.side is not Side.NONE:
                best = (min if one.side is Side.SMALL else max)(values.values())
                fits &= {option for option, value in values.items() if value == best}
                told += 1
            elif one.kind is Kind.VALUE and one.value is not None:
                aspect = self.aspects[one.aspect]
                near = {
                    option
                    for option, value in values.items()
                    if abs(value - one.value) <= (0.5 if aspect.ratio else aspect.clear)
                }
                fits &= near
                told += 1
        return next(iter(fits)) if told and len(fits) == 1 else None
