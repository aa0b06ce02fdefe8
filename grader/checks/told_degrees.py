"""Adjectives in a clause as relations: "faster", "the highest accuracy", "nearly as accurate", "time is low".

Which aspect an adjective speaks of is told by its own word ("fast"), by the noun close behind it, or by that before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from grader.checks.aspects import Aspect
from grader.checks.choice_words import REASON
from grader.checks.claims import Clause
from grader.checks.degrees import AS, MORE, MOST, NEARLY, Degree, Side, Word, form_of, plain_word
from grader.checks.number_words import MORPHEME
from grader.checks.relation_words import BALANCE, CONJUNCTION, QUALIFIED, TOKEN
from grader.checks.relations import Kind, Relation

_REACH: Final = 5  # words between an adjective and the noun behind it
_REACH_BACK: Final = 9  # and the noun before it
_COPULAS: Final = frozenset(["is", "are", "was", "were", "be", "gets", "stays", "är", "var", "blir"])
_ADVERBS: Final = frozenset(
    [
        "the",
        "a",
        "also",
        "still",
        "by",
        "far",
        "clearly",
        "definitely",
        "even",
        "much",
        "slightly",
        "little",
        "bit",
        "lot",
        "only",
        "just",
        "very",
        "quite",
        "nearly",
        "almost",
        "somewhat",
        "det",
        "den",
        "som",
        "allra",
        "då",
        "ju",
        "klart",
        "lite",
        "mycket",
        "något",
        "bara",
        "nästan",
        "också",
        "ännu",
    ]
)
_GOES_ON: Final = re.compile(r"\W*(?:which|that|vilken|vilket|som|den)\s(?:is|was|are|är|var)\b", re.I)
_BOTH: Final = frozenset(["both", "både", "båda", "are", "were"])
_TIMES_AS: Final = frozenset(("as", "så", "lika"))
_TIMES: Final = frozenset(("times", "gånger", "twice"))
_WINS: Final = frozenset(("wins", "won", "leads", "vinner", "vann", "leder", "toppar"))
_ON: Final = frozenset(("on", "in", "at", "på", "i"))
_PLOT: Final = frozenset(("plot", "curve", "graph", "plotten", "kurvan", "grafen", "diagrammet", "kurva"))
_WITHIN: Final = frozenset(
    ["training", "train", "test", "overall", "possible", "resulting", "classification", "final"]
)
_JOINS: Final = frozenset(("and", "och", "the", "training", "its", "test"))
_MEASURING_WORDS: Final = "than to of from below under behind near as än av från bakom nära "
_MEASURING: Final = frozenset(_MEASURING_WORDS.split())
_IN: Final = frozenset(["enough", "in", "terms", "of", "the", "its", "training", "nog", "i", "fråga", "om"])
_COUNT: Final = re.compile(
    rf"\s(?:than|än)\s(?:\d|(?:an?\s|en\s|ett\s)?(?:twice|half|double|dubbelt|hälften|{MORPHEME}))[\w.,]*\s?(?:times|gånger|x\b|fold|as\b|så\b|lika|%|percent|procent|points?|secs?|seconds?|s\b|sek\w*|minute?\w*|minut\w*)",
    re.I,
)
_ARTICLES: Final = frozenset(["the", "den", "det", "de", "very", "all"])
_STOPS_WORDS: Final = (
    "and or but as since because due when than is are was were that which between for per at with to "
    "by from while if so , ( ) ; : one choice och eller men som eftersom då för att är var blir "
    "mellan med på till från än när om val valet of in av i "
)
_STOPS: Final = frozenset(_STOPS_WORDS.split())


class DegreeReader:
    """Reads the adjectives of a text's clauses. `loose` are those that belong to no aspect.

    `called` is a pattern of what an option is called: "the best size" speaks of no aspect.
    """

    def __init__(self, text: str, aspects: Sequence[Aspect], called: str) -> None:
        self.text = text
        self.aspects = aspects
        self.loose: list[str] = []
        self._nouns = {aspect.name: re.compile(rf"(?:{aspect.nouns})", re.I) for aspect in aspects}
        self._called = re.compile(called, re.I)

    def read(self, clause: Clause, *, spent: bool, carried: str = "") -> Iterator[Relation]:
        """The relations of a clause's adjectives. `spent`: its sentence weighs one aspect by another.

        `carried` is the aspect that it goes on about: "accuracy, which is the highest here".
        """
        tokens = list(TOKEN.finditer(self.text, clause.start, clause.end))
        words = [token[0].lower() for token in tokens]
        nouns = {
            aspect.name: [
                index
                for index, word in enumerate(words)
                if self._nouns[aspect.name].fullmatch(word) and not _multiplies(words, index)
            ]
            for aspect in self.aspects
        }
        for index, word in enumerate(words):
            own = self._own_adjective(word)
            if own is not None:
                aspect, side, degree = own
                side, degree = self._modified(words, index, side, degree)
                yield self._degree(clause, aspect, side, degree, tokens[index], spent=spent)
                continue
            plain = plain_word(word)
            if word in _WINS and words[index + 1 : index + 2] and words[index + 1] in _ON:
                plain = Word(Side.GOOD, Degree.MOST)
            if word in NEARLY and any(
                at < len(words) and self._names(words[at]) and not _multiplies(words, at)
                for at in (index + 1, index + 2)
            ):
                plain = Word(Side.NONE, Degree.EQUAL)  # "nearly the accuracy of 10"
            if (
                word in NEARLY
                and index
                and self._names(words[index - 1])
                and words[index + 1 : index + 2] in (["as"], ["som"], ["like"])
            ):
                plain = Word(Side.NONE, Degree.EQUAL)  # "accuracy almost as for 10"
            if plain is None:
                continue
            if word in MORE | MOST and index + 1 < len(words) and self._own_adjective(words[index + 1]):
                continue
            if plain.degree is Degree.MOST and _is_yardstick(words, index):
                continue
            if word in MORE and _is_count(self.text[tokens[index].end() : clause.end]):
                continue  # "more than four times"
            bound = self._bound_to(index, words, nouns)
            if not bound and carried and not any(nouns.values()) and _GOES_ON.match(clause.text):
                bound = (carried,)
            if (
                plain.side in {Side.GOOD, Side.BAD}
                and plain.degree is Degree.MOST
                and BALANCE.search(clause.text)
            ):
                continue  # the compromise is best
            if not bound and plain.side is not Side.NONE:
                _, degree = self._modified(words, index, plain.side, plain.degree)
                if degree is Degree.EQUAL and plain.side in {Side.GOOD, Side.BAD}:
                    bound = tuple(aspect.name for aspect in self.aspects if aspect.quality)
                elif (
                    (degree is not Degree.MOST and plain.side is not Side.GOOD)
                    or degree is Degree.MORE
                    or self._beside_own(words, index)
                    or (degree is Degree.MOST and self._of_a_figure(words, index, plain.side))
                    or (degree is Degree.MOST and plain.side is Side.GOOD and REASON.match(clause.text))
                ):
                    self.loose.append(tokens[index][0])
            for name in bound:
                aspect = next(one for one in self.aspects if one.name == name)
                side = plain.side
                if side in {Side.GOOD, Side.BAD}:
                    side = Side.SMALL if (side is Side.GOOD) == aspect.less_is_better else Side.LARGE
                side, degree = self._modified(words, index, side, plain.degree)
                found = self._degree(clause, aspect, side, degree, tokens[index], spent=spent)
                yield found if self._beside(index, words, nouns[name]) else replace(found, faint=True)

    def _of_a_figure(self, words: Sequence[str], index: int, side: Side) -> bool:
        """Whether a superlative says how large something is that has no name here: "the highest number"."""
        if side not in {Side.LARGE, Side.SMALL} or words[index] in MORE | MOST:
            return False
        return not any(self._called.fullmatch(word) for word in words[index + 1 : index + 4])

    def _beside_own(self, words: Sequence[str], index: int) -> bool:
        """Whether a word of praise is joined to an adjective of one aspect, and may be meant of another: "fast and good"."""
        joined = {"and", "och", "&", "+", ","}
        near = [
            words[at + step]
            for at, step in ((index - 1, -1), (index + 1, 1))
            if 0 <= at < len(words) and words[at] in joined and 0 <= at + step < len(words)
        ]
        return any(self._own_adjective(word) is not None for word in near)

    def _beside(self, index: int, words: Sequence[str], places: Sequence[int]) -> bool:
        """Whether a noun stands right beside an adjective: "highest training accuracy", "accuracy is a bit lower"."""
        return any(
            set(words[index + 1 : place]) <= _WITHIN
            if place > index
            else set(words[place + 1 : index]) <= _COPULAS | _ADVERBS
            for place in places
        )

    def _names(self, word: str) -> bool:
        return any(pattern.fullmatch(word) for pattern in self._nouns.values())

    def _own_adjective(self, word: str) -> tuple[Aspect, Side, Degree] | None:
        for aspect in self.aspects:
            for side, stems in ((Side.SMALL, aspect.little), (Side.LARGE, aspect.much)):
                degree = form_of(word, stems)
                if degree is not None:
                    return aspect, side, degree
        return None

    def _modified(self, words: Sequence[str], index: int, side: Side, degree: Degree) -> tuple[Side, Degree]:
        """An adjective with what stands before it: "more accurate", "least accurate", "as accurate as"."""
        before = words[index - 1] if index else ""
        if degree is Degree.LEVEL:
            if before in MORE:
                return (side if MORE[before] > 0 else side.other), Degree.MORE
            if before in MOST:
                return (side if MOST[before] > 0 else side.other), Degree.MOST
            if before in _TIMES_AS and _TIMES & set(words[max(0, index - 3) : index]):
                return side, Degree.MORE  # "four times as long"
            if before in AS and (before == "lika" or "as" in words[index + 1 : index + 6]):
                return side, Degree.EQUAL
        return side, degree

    def _bound_to(self, index: int, words: Sequence[str], nouns: dict[str, list[int]]) -> tuple[str, ...]:
        """The aspects that an adjective speaks of: the noun close behind it, else those before it."""
        behind = [
            (place - index, name)
            for name, places in nouns.items()
            for place in places
            if 0 < place - index <= _REACH
        ]
        stop = next(
            (at for at in range(index + 1, min(len(words), index + _REACH + 1)) if self._stops(words[at])),
            len(words),
        )
        close = [(gap, name) for gap, name in behind if index + gap < stop]
        close += [(gap, name) for gap, name in behind if _IN.issuperset(words[index + 1 : index + gap])]
        own = plain_word(words[index])
        best = words[index] in _WINS or (
            own is not None and own.side is Side.GOOD and own.degree is Degree.MOST
        )
        if best or words[index] in MORE | MOST:  # "best" and "most" go with many words: only right beside it
            within = _WITHIN | _ON | _ARTICLES if best else _WITHIN
            close = [(gap, name) for gap, name in behind if set(words[index + 1 : index + gap]) <= within]
        if close:
            return (min(close)[1],)
        before = [
            (index - place, name)
            for name, places in nouns.items()
            for place in places
            if 0 < index - place <= _REACH_BACK
        ]
        if before:
            gap, nearest = min(before)
            between = set(words[index - gap + 1 : index])
            drawn = between & _PLOT  # "in the accuracy plot the top is at 10"
            if (best and not (drawn or between & _COPULAS)) or (
                best and not between <= _COPULAS | _ADVERBS | _PLOT
            ):
                return ()
            joined = [
                name
                for other, name in before
                if other > gap and set(words[index - other + 1 : index - gap]) <= _JOINS
            ]
            plural = bool(_BOTH & set(words[:index]))
            return (nearest, *joined) if plural else (nearest,)
        return ()

    def _degree(
        self,
        clause: Clause,
        aspect: Aspect,
        side: Side,
        degree: Degree,
        token: re.Match[str],
        *,
        spent: bool,
    ) -> Relation:
        """The relation of one adjective. `spent`: its sentence weighs one aspect by another."""
        behind = CONJUNCTION.split(self.text[token.end() : min(clause.end, token.end() + 60)], maxsplit=1)[0]
        near = self.text[max(clause.start, token.start() - 24) : token.end()] + behind
        hedged = bool(
            QUALIFIED.search(near)
            or (degree is not Degree.LEVEL and spent)
            or (aspect.unlike and re.search(aspect.unlike, near, re.I))
        )
        return Relation(
            aspect.name,
            Kind.DEGREE,
            token.start(),
            token.end(),
            clause.sentence,
            side=side,
            degree=degree,
            hedged=hedged,
        )

    def _stops(self, word: str) -> bool:
        return word in _STOPS or bool(self._called.fullmatch(word))


def _is_yardstick(words: Sequence[str], index: int) -> bool:
    """Whether a superlative is what something is measured by: "than the best", "close to the highest"."""
    before = [word for word in words[max(0, index - 3) : index] if word not in _ARTICLES]
    return bool(before) and before[-1] in _MEASURING


def _is_count(behind: str) -> bool:
    """Whether a "more" counts what follows it: "more than four times", "less than five seconds"."""
    return _COUNT.match(behind) is not None


def _multiplies(words: Sequence[str], index: int) -> bool:
    """Whether a word is the "times" of "40 times"."""
    before = words[index - 1] if index else ""
    return words[index] in _TIMES and (
        before[:1].isdigit()
        or before in {"many", "several", "few", "många", "flera"}
        or re.fullmatch(rf"(?:{MORPHEME})+", before) is not None
    )
