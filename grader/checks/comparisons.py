"""Comparisons that no adjective tells alone: with all others ("no other is as fast"), by verbs ("beats 10 in time")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from grader.checks.aspects import Aspect
from grader.checks.claims import Clause
from grader.checks.degrees import Degree, Side
from grader.checks.option_mentions import Options, mentions
from grader.checks.relation_words import BEATS, BESIDE, CONJUNCTION, KEPT, QUALIFIED
from grader.checks.relations import Kind, Relation

_QUALIFIER: Final = 24  # characters before an adjective that may qualify it
_BEHIND: Final = 40  # characters between "below" and the option that it measures by
_REACH: Final = 60  # characters between an adjective and those that it is compared with
_OTHERS: Final = r"(?:others?|rest|remaining|else|övriga|andra|annan|annat|resten)"
_THAN_ALL: Final = (
    r"(?:\s(?!than\b|än\b|and\b|och\b)\w+){0,3}?\s(?:than|än)\s(?:(?:in|for|with|på|för|med|that\sof)\s)?"
    r"(?:(?:every|any|all|each|varje|alla|någon|något|samtliga)(?:\s(?:of|av))?(?:\s(?:the|de|dem))?"
    r"(?:\s(?:four|fyra))?\s(?:OTHERS|CALLED)\b|(?:every|any)(?:thing|one)\selse\b|allt\sannat\b)(?!\s(?:below|above|under|over|with|that|som|med))"
)
_THAN_OTHERS: Final = (
    r"(?:\s(?!than\b|än\b|and\b|och\b)\w+){0,3}?\s(?:than|än)\s(?:the|de)\s(?:\w+\s)?OTHERS\b"
)
_NO_OTHER: Final = (
    r"\b(?:(?:no|none|nothing|ingen|inget|inga|ingenting)\s(?:of\s(?:the|them)\s?|av\s(?:de|dem)\s?)?(?:OTHERS|(?:of\s(?:the\s)?)?CALLED)"
    r"|nothing(?=\s(?:is|was|gets|runs|comes|trains))|ingenting(?=\s(?:är|var)))\b"
)
_LIMITED: Final = re.compile(
    r"\b(?:with|above|over|below|under|that|which|those|such|med|över|som|sådan\w*|both|både|small\w*|larg\w*|bigg\w*|mindre|större|nearly|almost|nästan|clearly|much|significantly|noticeably|mycket|markant)\b",
    re.I,
)
_EVERYONE: Final = re.compile(
    r"\b(?:all|any|every|everything|alla|allt|samtliga)\b|\bthe\s(?:others|rest)\b|\bde\sandra\b", re.I
)
_UNRIVALLED: Final = (
    r"\b(?:(?:nothing|none|no\s\w+|inget|ingen)(?:\sOTHERS)?(?:\sCALLED)?(?:\sof\sthe\s\w+)?\s(?:can\s|kan\s)?(?:beats?|reach(?:es)?|match(?:es)?|tops?|surpass(?:es)?|exceeds?|slår|når|överträffar)\s"
    r"(?:upp\still\s)?(?:its|the|that|this|dess|den)\s(?:\w+\s)?"
    r"|(?:unbeat\w+|unmatched|unrivall?ed|oslagbar\w*|oöverträffad\w*)\s(?:\w+\s)?)(?=(?:NOUNS)\b)"
)


class Comparisons:
    """The patterns of one text's options and aspects."""

    def __init__(self, options: Options, aspects: Sequence[Aspect]) -> None:
        called = rf"(?:{options.called})"

        def compiled(pattern: str, nouns: str = "") -> re.Pattern[str]:
            filled = pattern.replace("OTHERS", _OTHERS).replace("CALLED", called).replace("NOUNS", nouns)
            return re.compile(filled, re.I)

        self._all, self._others, self._none = map(compiled, (_THAN_ALL, _THAN_OTHERS, _NO_OTHER))
        self._options = options
        self._nouns = [(aspect, re.compile(rf"(?:{aspect.nouns})", re.I)) for aspect in aspects]
        self._unrivalled = [(aspect, compiled(_UNRIVALLED, aspect.nouns)) for aspect in aspects]

    def compared_with_all(self, text: str, clause: Clause, found: Relation) -> Relation:
        """A comparison with all other options as the superlative that it is; others as they are."""
        if found.kind is not Kind.DEGREE or found.degree is not Degree.MORE:
            return found
        behind = text[found.end : min(clause.end, found.end + _REACH)]
        if (match := self._all.match(behind)) is not None:
            rest = CONJUNCTION.split(behind[match.end() :], maxsplit=1)[0]
            if not (KEPT.search(rest) or _LIMITED.search(rest)):
                before = text[max(clause.start, found.start - _QUALIFIER) : found.end]
                return replace(found, degree=Degree.MOST, hedged=bool(QUALIFIED.search(before)))
            return replace(found, degree=Degree.MOST, faint=True)
        if self._others.match(behind):  # perhaps only those that were spoken of
            return replace(found, degree=Degree.MOST, faint=True)
        return found

    def without_rival(
        self, text: str, clause: Clause, found: Relation, degrees: Sequence[Relation]
    ) -> Relation | None:
        """What "no other is faster" says of the one that is meant; None where a negation says something else."""
        match = self._none.search(text, clause.start, found.start)
        if match is None or found.kind is not Kind.DEGREE or found.side is Side.NONE or len(degrees) > 1:
            return None
        if found.degree is Degree.LEVEL and not re.search(r"\b(?:as|so|lika|så)\s$", text[: found.start]):
            return None
        if _LIMITED.search(text, match.end(), found.start):
            return None
        return replace(found, degree=Degree.MOST, hedged=False)

    def unrivalled(self, clause: Clause) -> list[Relation]:
        """Superlatives without an adjective: "nothing beats its accuracy"."""
        found = []
        for aspect, pattern in self._unrivalled:
            if match := pattern.search(clause.text):
                start, end = clause.start + match.start(), clause.start + match.end()
                side = Side.SMALL if aspect.less_is_better else Side.LARGE
                found.append(
                    Relation(
                        aspect.name,
                        Kind.DEGREE,
                        start,
                        end,
                        clause.sentence,
                        side=side,
                        degree=Degree.MOST,
                        faint=True,
                    )
                )
        return found

    def beaten(self, text: str, clause: Clause) -> Iterator[Relation]:
        """What verbs and places say: "beats 10 in time and accuracy", "accuracy a bit below that of 10"."""
        beats = BEATS.search(clause.text)
        beside = None if beats else BESIDE.search(clause.text)
        for aspect, nouns in self._nouns:
            if beats and nouns.search(beats["what"]):
                side = Side.SMALL if aspect.less_is_better else Side.LARGE
                start, end = clause.start + beats.start(), clause.start + beats.start("whom")
                degree = Degree.MOST if _EVERYONE.search(beats["whom"]) else Degree.MORE
                yield self._by_verb(aspect, clause, (start, end), side, degree)
            elif beside and nouns.search(clause.text, 0, beside.start()):
                side = Side.SMALL if beside["small"] else Side.LARGE
                start, end = clause.start + beside.start(), clause.start + beside.end()
                if any(one.start - end <= _BEHIND for one in mentions(text, self._options, end, clause.end)):
                    yield replace(self._by_verb(aspect, clause, (start, end), side, Degree.MORE), faint=True)

    @staticmethod
    def _by_verb(
        aspect: Aspect, clause: Clause, place: tuple[int, int], side: Side, degree: Degree
    ) -> Relation:
        return Relation(aspect.name, Kind.DEGREE, *place, clause.sentence, side=side, degree=degree)
