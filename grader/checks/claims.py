"""What a text claims: its clauses, each with the stance its writer takes to it. English and Swedish; knows no lab.

Asserted is what the writer says on their own account. Denied, supposed, another's, given or taken back is
what only stands there: ``It is not 12*7 + 7 but 7*13`` asserts the second product alone.
"We think", "I would choose", "vi skulle börja med" are the writer's own. Linear in the length of the text.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import pairwise
from typing import Final

from grader.checks.sentences import Edge, Sentence, sentences
from grader.checks.stance_cues import (
    COUNTERFACTUAL,
    CUES,
    PATTERN,
    REFERS_BACK,
    STRUCK,
    TURN,
    WORD_THAT_ENDS_A_PHRASE,
    Cue,
    Reach,
    Stance,
)
from grader.model import Value

__all__ = ["STRUCK_OUT", "Clause", "Stance", "clauses", "stance_at"]

STRUCK_OUT: Final = "struck out"
"""The cue of what is struck through."""
_PRECEDENCE: Final = (Stance.DENIED, Stance.SUPPOSED, Stance.OTHERS, Stance.GIVEN, Stance.TAKEN_BACK)
_LOOK_AHEAD: Final = 60  # characters of the next sentence in which a writer may turn away from this one
_PHRASE: Final = 80  # characters that a phrase may have
_CUE: Final = 60  # characters of a cue that are told


class Clause(Value, frozen=True):
    """A clause of a text: `start` and `end` are its place, `sentence` the number of its sentence, from 0.

    `cue` are the words that decided the stance; empty if it is asserted.
    """

    text: str
    start: int
    end: int
    sentence: int
    stance: Stance
    cue: str = ""


def clauses(text: str) -> tuple[Clause, ...]:
    """All clauses of a text, in order. A clause is split at what joins it to others, never inside brackets."""
    return _read(text).clauses


def stance_at(text: str, start: int, end: int) -> tuple[Stance, str]:
    """The stance that the writer takes to the passage from `start` to `end`, and the words that decided it."""
    return _read(text).at(start, end)


class _Scope(Value, frozen=True):
    stance: Stance
    start: int
    end: int
    cue: str
    weak: bool = False  # it ends inside its clause, which it does not decide


class _Reading:
    """A text read once: which scope, if any, decides each of its characters."""

    def __init__(self, text: str) -> None:
        self.scopes = [_Scope(Stance.ASSERTED, 0, 0, "")]
        self.painted = array("i", bytes(4 * len(text)))
        self.own_paint = array("i", bytes(4 * len(text)))  # the same, without what ends inside its clause
        found = sentences(text)
        per_stance: dict[Stance, list[_Scope]] = {stance: [] for stance in _PRECEDENCE}
        for scope in _scopes(text, found):
            per_stance[scope.stance].append(scope)
        for stance in _PRECEDENCE:
            self._paint(per_stance[stance])
        self.clauses = tuple(self._clauses(text, found))

    def _paint(self, scopes: list[_Scope]) -> None:
        """Scopes of one stance; where they overlap the first keeps the place, so that each place is painted once."""
        upto = weak_upto = 0
        for scope in sorted(scopes, key=lambda one: one.start):
            index = len(self.scopes)
            self.scopes.append(scope)
            start = max(scope.start, upto)
            if start < scope.end:
                self.painted[start : scope.end] = array("i", [index]) * (scope.end - start)
                upto = scope.end
            start = max(scope.start, weak_upto)
            if start < scope.end and not scope.weak:
                self.own_paint[start : scope.end] = array("i", [index]) * (scope.end - start)
                weak_upto = scope.end

    def at(self, start: int, end: int) -> tuple[Stance, str]:
        start, end = max(0, start), min(end, len(self.painted))
        if start >= end:
            return Stance.ASSERTED, ""
        counts: dict[int, int] = {}
        for index in self.painted[start:end]:
            counts[index] = counts.get(index, 0) + 1
        most = max(counts, key=lambda index: counts[index])
        return self.scopes[most].stance, self.scopes[most].cue

    def _clauses(self, text: str, found: tuple[Sentence, ...]) -> list[Clause]:
        result = []
        for number, sentence in enumerate(found):
            edges = sorted({sentence.span.start, sentence.span.end, *(place for place, _ in sentence.edges)})
            for start, end in pairwise(edges):
                part = text[start:end]
                left, right = start + len(part) - len(part.lstrip()), start + len(part.rstrip())
                if not any(char.isalnum() for char in part):
                    continue
                scope = self.scopes[self.own_paint[self._last(text, sentence, left, right)]]
                result.append(Clause(text[left:right], left, right, number, scope.stance, scope.cue))
        return result

    @staticmethod
    def _last(text: str, sentence: Sentence, start: int, end: int) -> int:
        """The last letter or digit of a clause that stands in no brackets within it."""
        place = end - 1
        while place > start:
            if text[place] == ")":
                pair = sentence.bracket_around(place)
                if pair and pair.end == place + 1 and pair.start > start:
                    place = pair.start - 1
                    continue
            if text[place].isalnum():
                return place
            place -= 1
        return end - 1


@lru_cache(maxsize=32)
def _read(text: str) -> _Reading:
    return _Reading(text)


def _scopes(text: str, found: tuple[Sentence, ...]) -> list[_Scope]:
    result: list[_Scope] = [
        _Scope(Stance.TAKEN_BACK, match.start(), match.end(), STRUCK_OUT) for match in STRUCK.finditer(text)
    ]
    negation: int | None = None  # where in `result` the last negation of this sentence is
    for number, sentence in enumerate(found):
        negation = None
        if sentence.asks:
            result.append(_Scope(Stance.SUPPOSED, sentence.span.start, sentence.span.end, "?"))
        edges = _Edges(sentence)
        for match in PATTERN.finditer(text, sentence.span.start, sentence.span.end):
            cue = CUES[int((match.lastgroup or "c0")[1:])]
            place = match.start(), match.end()
            if cue.reach is Reach.NOTHING or (cue.turns and not _turns(text, found, number, match.end())):
                continue
            if cue.reach is Reach.EARLIER:
                if number:
                    before = found[number - 1].span
                    result.append(_Scope(cue.stance, before.start, before.end, match[0][:_CUE]))
                continue
            if cue.exception and negation is not None and result[negation].end > match.start():
                old = result[negation]
                result[negation] = _Scope(old.stance, old.start, match.start(), old.cue, weak=True)
                continue
            scope = _scope(text, sentence, edges, cue, place, match[0][:_CUE])
            if cue.stance is Stance.DENIED and cue.reach in {Reach.AHEAD, Reach.ALL}:
                negation = len(result)
            result.append(scope)
    return result


class _Edges:
    """The edges of one sentence by strength, to find the next one from any place in no more than a few steps."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self._lists: dict[tuple[int, Edge], list[int]] = {}

    def around(self, place: int, least: Edge) -> tuple[int, int]:
        """The stretch between edges of at least this strength that a place lies in, inside its brackets."""
        pair = self.sentence.bracket_around(place)
        key, low, high = (-1, self.sentence.span.start, self.sentence.span.end)
        if pair is not None:
            key, low, high = pair.start, pair.start + 1, pair.end - 1
        places = self._lists.get((key, least))
        if places is None:
            own = self.sentence.edges if pair is None else self.sentence.inner_edges.get(pair.start, ())
            places = self._lists[key, least] = [edge for edge, strength in own if strength >= least]
        before, behind = bisect_right(places, place), bisect_left(places, place + 1)
        return (
            max(low, places[before - 1]) if before else low,
            min(high, places[behind]) if behind < len(places) else high,
        )


_LEAST: Final = {
    Reach.AHEAD: Edge.JOINT,
    Reach.ALL: Edge.SOFT,
    Reach.PHRASE: Edge.SOFT,
    Reach.AROUND: Edge.SOFT,
    Reach.BEHIND: Edge.SOFT,
    Reach.CONDITION: Edge.STRONG,
    Reach.FAR: Edge.STRONG,
    Reach.LISTED: Edge.COLON,
}


def _scope(
    text: str, sentence: Sentence, edges: _Edges, cue: Cue, place: tuple[int, int], words: str
) -> _Scope:
    """How far one cue reaches."""
    start, end = place
    if cue.reach is Reach.SENTENCE:
        return _Scope(cue.stance, sentence.span.start, sentence.span.end, words)
    if cue.stance is Stance.DENIED and text[end : end + 1] in {":", ";"}:  # "the one does not: 100"
        return _Scope(cue.stance, start, end, words, weak=True)
    clause = edges.around(start, Edge.SOFT)
    if cue.reach is Reach.BEHIND:
        first = clause[0]
        if first > sentence.span.start and REFERS_BACK.match(text, first, end):
            first = edges.around(first - 1, Edge.SOFT)[0]
        return _Scope(cue.stance, first, clause[1], words)
    least = _LEAST[cue.reach]
    if cue.reach is Reach.CONDITION:
        opens = not any(char.isalnum() for char in text[edges.around(start, Edge.COLON)[0] : start])
        least = Edge.STRONG if opens else Edge.SOFT
        start = max(clause[0], start)
    high = edges.around(max(start, end - 1), least)[1]
    if not text[end:high].strip(" ,:"):  # an edge right behind the cue: "not because", "if, however,"
        high = max(end, edges.around(min(high, sentence.span.end - 1), least)[1])
    if cue.reach is Reach.AROUND:
        return _Scope(cue.stance, clause[0], high, words)
    if cue.reach is Reach.CONDITION and COUNTERFACTUAL.search(text, end, high):
        words = f"{words} ... would"
    if cue.reach is Reach.PHRASE:
        verb = WORD_THAT_ENDS_A_PHRASE.search(text, end, min(high, end + _PHRASE))
        if verb:
            return _Scope(cue.stance, start, verb.start(), words, weak=True)
    return _Scope(cue.stance, start, high, words, weak=sentence.bracket_around(start) is not None)


def _turns(text: str, found: tuple[Sentence, ...], number: int, place: int) -> bool:
    """Whether the writer turns away from what begins at a place, in the same sentence or as the next one opens."""
    if TURN.search(text, place, found[number].span.end):
        return True
    if number + 1 == len(found):
        return False
    following = found[number + 1].span
    return bool(TURN.search(text, following.start, min(following.end, following.start + _LOOK_AHEAD)))
