"""Chains of equalities as values: their sides, and how each side follows from the one before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from fractions import Fraction

import msgspec

from grader.checks.expressions import Expression, Literal, Operation, TooLargeError, evaluate, leaves
from grader.checks.numerals import Numeral
from grader.model import Value


class Side(Value, frozen=True):
    """One side of a chain.

    `worded`: an operator was a word. `broken`: two numbers stand with no operator between, or letters for digits;
    `followed`: so does the number behind it.
    `unfinished`: a sign follows with something behind it that is no number (``12*7 + rest``). `carried`: its first
    number is the result before it. `start` and `end` are offsets in the plain text.
    """

    text: str
    tree: Expression
    value: Fraction
    worded: bool = False
    broken: bool = False
    followed: bool = False
    unfinished: bool = False
    carried: bool = False
    start: int = 0
    end: int = 0

    @property
    def has_working(self) -> bool:
        """Whether anything is calculated here, or only a number stated."""
        return isinstance(self.tree, Operation)


class Step(StrEnum):
    """How a side of a chain follows from the one before."""

    EQUAL = "equal"
    RUN_ON = "run-on"  # 6*4 = 24 + 6: the side before is equal to the first term only
    FALSE = "false"


class Chain(Value, frozen=True):
    """Numeric sides joined by equals signs; symbolic sides between them are left out."""

    text: str
    sides: tuple[Side, ...]

    @property
    def start(self) -> int:
        """Where it starts in the plain text."""
        return self.sides[0].start

    @property
    def end(self) -> int:
        """Where it ends in the plain text."""
        return self.sides[-1].end

    @property
    def values(self) -> tuple[Fraction, ...]:
        """The value of each side."""
        return tuple(side.value for side in self.sides)

    @property
    def doubtful(self) -> bool:
        """Whether the text may have lost signs on its way here, so that a mismatch proves nothing."""
        spaced = any(leaf.numeral.spaced for side in self.sides for leaf in leaves(side.tree))
        return any(side.broken or side.followed for side in self.sides) or (
            spaced and Step.FALSE in self.steps()
        )

    def steps(self) -> tuple[Step, ...]:
        """How each side but the first follows from the one before."""
        found = []
        for before, after in zip(self.sides, self.sides[1:], strict=False):
            if before.value == after.value:
                found.append(Step.EQUAL)
            elif any(before.value == term for term in _leading_terms(after.tree)):
                found.append(Step.RUN_ON)
            else:
                found.append(Step.FALSE)
        return tuple(found)


def _leading_terms(tree: Expression) -> Iterator[Fraction]:
    while isinstance(tree, Operation):
        tree = tree.left
        try:
            yield evaluate(tree)
        except TooLargeError:  # cannot be larger than the whole, but an unused branch may
            return


def chain_of(text: str, sides: Sequence[Side]) -> Iterator[Chain]:
    """The chain of these sides, if there is one in them: an operator, or two sides. Of ambiguous numerals the truer reading."""
    if not sides or not (len(sides) > 1 or sides[0].has_working):
        return
    shown = text[sides[0].start : sides[-1].end].strip()
    chain = Chain(shown, tuple(sides))
    if any(len(leaf.numeral.readings) > 1 for side in sides for leaf in leaves(side.tree)):
        chain = max((chain, *_other_readings(chain)), key=_agreement)
    yield chain


def _agreement(chain: Chain) -> int:
    """How many sides follow from the one before: of two readings of a chain the truer is meant."""
    return sum(step is not Step.FALSE for step in chain.steps())


def _other_readings(chain: Chain) -> Iterator[Chain]:
    """The chain with its ambiguous numerals all read the other way, and with only the stated results so."""
    for everywhere in (True, False):
        sides = []
        for side in chain.sides:
            try:
                tree = _reread(side.tree) if everywhere or not side.has_working else side.tree
                sides.append(msgspec.structs.replace(side, tree=tree, value=evaluate(tree)))
            except TooLargeError:
                sides.append(side)
        yield Chain(chain.text, tuple(sides))


def _reread(tree: Expression) -> Expression:
    if isinstance(tree, Operation):
        return Operation(tree.sign, _reread(tree.left), _reread(tree.right))
    written = tree.numeral
    return Literal(Numeral(written.text, (*written.readings[1:], written.readings[0]), written.spaced))
