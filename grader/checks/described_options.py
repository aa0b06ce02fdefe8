"""Options named by a description: by their order ("the middle one"), or by what figures say of them ("the most accurate one")."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from grader.checks.aspects import Aspect
from grader.checks.degrees import Degree, Side
from grader.checks.option_mentions import Option
from grader.checks.relations import Kind, RelationReader

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
_ONE: Final = r"(?:one|size|batch|batch\s?-?size|option|value|alternative|choice|row|storleken|batchstorleken|alternativet|raden|värdet)"
_MIDDLE: Final = re.compile(
    rf"\b(?:the|den|det)\s(?:middle|median|medium|mellersta|mittersta)(?:\s{_ONE}\b|(?=\W*$))|\b(?:one|size|value)\sin\sthe\smiddle\b|\bden\si\smitten\b",
    re.I,
)
_NTH: Final = re.compile(
    rf"\b(?:the|den|det)\s(\w+)(?:\s(?:{_ONE}|of\sthe\s(?:five|three|four|options|sizes))\b|(?=\s?(?:$|[.,;!]|is|är|seems|would)))",
    re.I,
)
_RANKED: Final = re.compile(
    rf"\b(?:the|den|det)\s(?:(\w+)[\s-]?)?(smallest|largest|biggest|lowest|highest|minsta|största|lägsta|högsta)(?:\s(?:batch\s?-?)?(?:{_ONE}|storlek\w*))?(\sbut\s(?:one|two))?(?=\W|$)",
    re.I,
)
_SWEDISH_NEXT: Final = re.compile(r"\bden\snäst\s(minsta|största|lägsta|högsta)\b", re.I)
_THE_ONE: Final = re.compile(
    rf"\b(?:the|that|den)\s(?:{_ONE})\s(?:with|that|which|of|med|som)\b|\b(?:the|den)\s\w+(?:\s\w+)?\s(?:{_ONE})\b",
    re.I,
)


class Descriptions:
    """Finds options by description, among options in their own order, with figures by aspect if there are any."""

    def __init__(
        self,
        options: Sequence[Option],
        aspects: Sequence[Aspect],
        figures: Mapping[str, Mapping[Option, float]],
    ) -> None:
        self.options = tuple(options)
        self.aspects = {aspect.name: aspect for aspect in aspects}
        self.figures = figures

    def option(self, text: str) -> Option | None:
        """The option that a clause describes, None if it describes none or could mean several."""
        count = len(self.options)
        if _MIDDLE.search(text) and count % 2:
            return self.options[count // 2]
        if (match := _SWEDISH_NEXT.search(text)) is not None:
            return self.options[1 if match[1].lower() in {"minsta", "lägsta"} else -2]
        match = _RANKED.search(text)
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
        for match in _NTH.finditer(text):
            place = _ORDINALS.get(match[1].lower(), 0)
            if place and 2 * place == count + 1:  # the middle, from whichever end one counts
                return self.options[place - 1]
        return self._by_figures(text) if _THE_ONE.search(text) else None

    def _by_figures(self, text: str) -> Option | None:
        """The only option of which all that is said of "the one" is true."""
        fits = set(self.options)
        told = 0
        for one in RelationReader(text, self.options, tuple(self.aspects.values()), None).read():
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
