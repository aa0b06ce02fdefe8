"""An answer's arithmetic as statements in order, and what the numbers in them stand for.

``12*7 = 84. Adding 7 gives 91``: the first statement makes 84 known as what 12*7 stands for, and
the second goes on from it. What is worked out anywhere in an answer is known everywhere in it: a reader looks back,
and the words *where weights = inputs * neurons* look ahead. Names that are given values stand for them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from grader.checks.arithmetic import Arithmetic, read_arithmetic
from grader.checks.arithmetic_tokens import TokenKind
from grader.checks.claims import Stance, stance_at
from grader.checks.counted_things import Vocabulary
from grader.checks.derivation import ANSWER, MAX_MEANINGS, Derivation, Known, Meaning, Recognition
from grader.checks.equations import Chain, Side, Step
from grader.checks.notation import columns_joined, plain
from grader.checks.quotation import as_written
from grader.model import Value

MAX_CLAUSE: Final = 80  # characters before and behind a side in which its condition stands
MAX_NAMES: Final = 60  # of an answer
MAX_WORKINGS: Final = 600  # sides with working of an answer
MAX_SAME: Final = 8  # sides of one value that are compared
ROUNDS: Final = 3  # names given by names given by names
SLIP: Final = "slip"  # what a meaning rests on whose number was written wrongly behind its equals sign


class Passage(Value, frozen=True):
    """A piece of an answer: its text in plain notation, its place among the answer's pieces, and as it was written."""

    index: int
    text: str
    arithmetic: Arithmetic
    source: str

    def quote(self, start: int, end: int) -> str:
        """What stands between two places of the plain text, as its author wrote it."""
        return as_written(self.source, self.text, start, end)


class Worked(Value, frozen=True):
    """A side with something calculated in it: where it stands, what it is, and whether its writer stands by it."""

    passage: Passage
    chain: Chain
    at: int  # the side's place in the chain
    seen: Recognition
    stance: Stance
    cue: str = ""

    @property
    def side(self) -> Side:
        """The side itself."""
        return self.chain.sides[self.at]

    @property
    def stated(self) -> Fraction | None:
        """The number that the chain says this comes to, the first behind it if several; None if none is said."""
        sides, steps = self.chain.sides, self.chain.steps()
        for step, side in zip(steps[self.at :], sides[self.at + 1 :], strict=True):
            if step is Step.RUN_ON:
                break
            if not side.has_working:
                return side.value
        return next((side.value for side in sides[: self.at] if not side.has_working), None)


class Account(Value, frozen=True):
    """All statements of an answer, with what is known of its numbers."""

    passages: tuple[Passage, ...]
    worked: tuple[Worked, ...]
    known: Known
    names: Mapping[str, Fraction]

    @property
    def turned_round(self) -> tuple[tuple[Worked, Worked], ...]:
        """Pairs of sides of one value of which one has the answer in it."""
        found = []
        by_value: dict[Fraction, list[Worked]] = {}
        for one in {one.side.text: one for one in self.worked}.values():
            by_value.setdefault(one.side.value, []).append(one)
        for same in by_value.values():
            few = same[:MAX_SAME]
            found += [(one, other) for one in few for other in few if one is not other]
        return tuple(found)


def read_account(texts: Sequence[str], derivation: Derivation, vocabulary: Vocabulary) -> Account:
    """The statements in the pieces of an answer, in order, judged together; `vocabulary` has the nouns that are names."""
    written = [columns_joined(plain(text)) for text in texts]
    names: dict[str, Fraction] = {}
    read: list[Arithmetic] = []
    for _ in range(ROUNDS):
        read, result = [], None
        for text in written:
            read.append(read_arithmetic(text, names, result))
            result = read[-1].result
        found = _names(read, vocabulary)
        if found == names:
            break
        names = found
    passages = tuple(
        Passage(index, text, arithmetic, source)
        for index, (text, arithmetic, source) in enumerate(zip(written, read, texts, strict=True))
    )
    known: dict[Fraction, tuple[Meaning, ...]] = {}
    for _ in range(ROUNDS):
        before = dict(known)
        for passage in passages:
            for chain in passage.arithmetic.chains:
                _learn(chain, derivation, known)
        if known == before:
            break
    worked = [
        Worked(passage, chain, at, derivation.recognise(side.tree, known), *_stance(passage, side))
        for passage in passages
        for chain in passage.arithmetic.chains
        for at, side in enumerate(chain.sides)
        if side.has_working
    ]
    return Account(passages, tuple(worked[:MAX_WORKINGS]), known, names)


def _stance(passage: Passage, side: Side) -> tuple[Stance, str]:
    stance, cue = stance_at(passage.text, side.start, side.end)
    if stance is not Stance.ASSERTED:
        return stance, cue
    before = passage.text[max(0, side.start - MAX_CLAUSE) : side.start]
    wishful = _WOULD.search(before)
    behind = _IF.match(passage.text, side.end, side.end + MAX_CLAUSE) if wishful else None
    return (Stance.SUPPOSED, behind[0]) if behind else (stance, cue)


# "It would be 12*7 + 7 if there were lamps", in one sentence.
_WOULD: Final = re.compile(r"\b(?:would|skulle|hade)\b[^.;!?\n]*\Z", re.I)
_IF: Final = re.compile(r"[^.;!?\n,]{0,60}?,?[ ]\b(?:if|om|had|unless)\b", re.I)


def _names(read: Sequence[Arithmetic], vocabulary: Vocabulary) -> dict[str, Fraction]:
    """The words that stand for one number each: given one by an equals sign, or counted (``12 seats``)."""
    counted: dict[str, set[Fraction]] = {}
    for arithmetic in read:
        for number, word in zip(arithmetic.tokens, arithmetic.tokens[1:], strict=False):
            if number.number is not None and number.kind is TokenKind.NUMBER and vocabulary.thing(word):
                counted.setdefault(word.text, set()).add(number.number.count)
    found = {word: values.pop() for word, values in counted.items() if len(values) == 1}
    given: dict[str, set[Fraction]] = {}
    for arithmetic in read:
        for named in arithmetic.named:
            given.setdefault(named.word, set()).add(named.value)
    found |= {name: next(iter(values)) for name, values in given.items() if len(values) == 1}
    for name, values in given.items():
        if len(values) > 1:
            found.pop(name, None)
    return dict(list(found.items())[:MAX_NAMES])


def _learn(chain: Chain, derivation: Derivation, known: dict[Fraction, tuple[Meaning, ...]]) -> None:
    """What a chain says of its numbers: each value stands for what is calculated beside it."""
    steps = chain.steps()
    answer = derivation.value
    for at, side in enumerate(chain.sides):
        if not side.has_working or side.broken:
            continue
        meanings = derivation.meanings(side.tree, known)
        following = chain.sides[at + 1] if at + 1 < len(chain.sides) else None
        slipped = (
            following is not None
            and not side.unfinished
            and steps[at] is Step.FALSE
            and not following.has_working
            and at + 2 >= len(chain.sides)
            and following.value != answer
        )
        if slipped and following is not None:
            _add(known, following.value, [Meaning(one.values, one.grounds | {SLIP}) for one in meanings])
        if side.value != answer:
            _add(known, side.value, meanings)


def _add(known: dict[Fraction, tuple[Meaning, ...]], value: Fraction, meanings: Sequence[Meaning]) -> None:
    """Adds meanings to a number's own: what takes least for granted first, and what is only a number never."""
    told = [one for one in meanings if any(point != value for point in one.values)]
    own = known.get(value, ())
    best: dict[tuple[Fraction, ...], Meaning] = {}
    for one in (*own, *told):
        if one.values not in best or len(one.grounds) < len(best[one.values].grounds):
            best[one.values] = one
    ordered = sorted(best.values(), key=lambda one: (ANSWER in one.grounds, len(one.grounds)))
    if ordered:
        known[value] = tuple(ordered[:MAX_MEANINGS])
