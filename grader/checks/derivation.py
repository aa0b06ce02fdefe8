"""Tells whether an expression derives a number from the right quantities, or only happens to equal it.

``320*314`` and ``(28*28 + 1)*128`` have the same value. To tell them apart every number of an expression
that is a known quantity (28 pixels a side, 128 neurons) is given other values, and the expression must
still agree with the formula: an identity test by evaluation at chosen points (Schwartz 1980, Zippel 1979).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Final, TypeAlias

from grader.checks.expressions import Expression, Literal, Operation, TooLargeError, evaluate, leaves
from grader.checks.numerals import Numeral
from grader.model import Value

Formula: TypeAlias = Callable[[Mapping[str, Fraction]], Fraction]

MAX_ASSIGNMENTS: Final = 64  # ways to give a meaning to each number of an expression
_POINTS: Final = ((101, 37, 53, 71), (211, 89, 13, 29), (17, 307, 97, 41))  # primes; one row an evaluation


class Derivation(Value, frozen=True):
    """What is to be derived.

    `free` names the quantities and their values; `derived` gives further quantities as formulas of the
    free ones; `target` is the right formula and `mistakes` are wrong ones that teach something, by id.
    """

    free: Mapping[str, int]
    derived: Mapping[str, Formula]
    target: Formula
    mistakes: Mapping[str, Formula]

    def value(self) -> Fraction:
        """The number to be derived."""
        return self.target(self._at(None))

    def quantities(self) -> dict[Fraction, list[str]]:
        """Which quantities have a given value."""
        point = self._at(None)
        found: dict[Fraction, list[str]] = {}
        for name in (*self.free, *self.derived):
            found.setdefault(point[name], []).append(name)
        return found

    def _at(self, row: tuple[int, ...] | None) -> dict[str, Fraction]:
        values = dict(zip(self.free, row, strict=False)) if row else dict(self.free)
        point = {name: Fraction(value) for name, value in values.items()}
        return point | {name: formula(point) for name, formula in self.derived.items()}

    def recognise(self, tree: Expression) -> Recognition:
        """Which formula an expression is, and which quantities stand in it."""
        meanings = self.quantities()
        literals = list(dict.fromkeys(leaves(tree)))
        used = frozenset(name for literal in literals for name in meanings.get(literal.value, ()))
        # Each number is what it may mean; only where no meaning fits is it a mere constant.
        choices: list[list[str | None]] = [
            [*meanings.get(literal.value, ())] or [None] for literal in literals
        ]
        formulas: dict[str, Formula] = {"": self.target, **self.mistakes}
        points = [self._at(row) for row in _POINTS]
        for assignment in itertools.islice(itertools.product(*choices), MAX_ASSIGNMENTS):
            named = list(zip(literals, assignment, strict=True))
            try:
                values = [evaluate(tree, {n: point[name] for n, name in named if name}) for point in points]
            except TooLargeError:
                continue
            for identity, formula in formulas.items():
                if all(formula(point) == value for point, value in zip(points, values, strict=True)):
                    return Recognition(right=not identity, mistake=identity, quantities=used)
        return Recognition(right=False, mistake="", quantities=used)

    def turned_round(self, left: Expression, right: Expression) -> bool:
        """Whether ``left = right`` is the formula turned round: the answer itself stands in one side.

        ``100480 - 128 = 28*28*128`` derives what ``28*28*128 + 128 = 100480`` does. As in `recognise` the
        equation must hold wherever the quantities have other values, the answer being what the formula gives.
        """
        result = self.value()
        meanings = self.quantities()
        literals = list(dict.fromkeys([*leaves(left), *leaves(right)]))
        if sum(literal.value == result for literal in literals) != 1:
            return False
        points = [self._at(row) for row in _POINTS]
        choices: list[list[str | None]] = [
            [*meanings.get(literal.value, ())] or [None] for literal in literals
        ]
        for assignment in itertools.islice(itertools.product(*choices), MAX_ASSIGNMENTS):
            named = list(zip(literals, assignment, strict=True))
            try:
                if all(self._holds(left, right, named, point) for point in points):
                    return True
            except TooLargeError:
                continue
        return False

    def _holds(
        self,
        left: Expression,
        right: Expression,
        named: Sequence[tuple[Literal, str | None]],
        point: Mapping[str, Fraction],
    ) -> bool:
        numbers = {literal: point[name] for literal, name in named if name}
        numbers |= {literal: self.target(point) for literal, _ in named if literal.value == self.value()}
        return evaluate(left, numbers) == evaluate(right, numbers)

    def lost_superscript(self, tree: Expression) -> bool:
        """Whether a power lost its height on the way here (28² that reads 282), and that is all that is wrong."""
        repaired: dict[Literal, Expression] = {}
        for literal in leaves(tree):
            digits = literal.numeral.text
            if (
                len(digits) > 2
                and digits.isdigit()
                and digits[-1] in "23"
                and int(digits[:-1]) in self.free.values()
            ):
                base, power = (
                    Literal(Numeral(part, (Fraction(part),))) for part in (digits[:-1], digits[-1])
                )
                repaired[literal] = Operation("^", base, power)
        if not repaired:
            return False
        return self.recognise(_replaced(tree, repaired)).right


class Recognition(Value, frozen=True):
    """What an expression was recognised as: the right formula, a known mistake, or neither."""

    right: bool
    mistake: str
    quantities: frozenset[str]


def _replaced(tree: Expression, by: Mapping[Literal, Expression]) -> Expression:
    if isinstance(tree, Literal):
        return by.get(tree, tree)
    return Operation(tree.sign, _replaced(tree.left, by), _replaced(tree.right, by))
