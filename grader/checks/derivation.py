"""Tells whether an expression derives a number from the right quantities, or only happens to equal it.

``320*314`` and ``(28*28 + 1)*128`` have the same value. To tell them apart every number of an expression
that is a known quantity (28 pixels a side, 128 neurons) is given other values, and the expression must
still agree with the formula: an identity test by evaluation at chosen points (Schwartz 1980, Zippel 1979).
What a number stands for may be the outcome of a line before: it then carries that line's meaning.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final, TypeAlias

from grader.checks.expressions import (
    Expression,
    Literal,
    Operation,
    TooLargeError,
    evaluate,
    leaves,
    replaced,
    whole,
)
from grader.model import Value

Formula: TypeAlias = Callable[[Mapping[str, Fraction]], Fraction]

MAX_ASSIGNMENTS: Final = 64  # ways to give a meaning to each number of an expression
MAX_GLUED: Final = 16  # digits of a number that may be several
MAX_MEANINGS: Final = 4  # of one number
ANSWER: Final = "answer"  # what a meaning rests on that takes the result itself for granted
_POINTS: Final = ((101, 37, 53, 71), (211, 89, 13, 29), (17, 307, 97, 41))  # primes; one row an evaluation


class Meaning(Value, frozen=True):
    """What a number stands for: the value it would have at each of the points, were the quantities others.

    `grounds` names what it takes for granted: results that nothing has derived, the answer itself.
    """

    values: tuple[Fraction, ...]
    grounds: frozenset[str] = frozenset()


Known: TypeAlias = Mapping[Fraction, tuple[Meaning, ...]]
"""What the numbers of an answer have been shown to stand for so far."""


class Recognition(Value, frozen=True):
    """What an expression was recognised as: the right formula, a known mistake, or neither.

    `quantities` stand in it; `grounds` is what it takes for granted; `strange` are its numbers that stand for nothing.
    """

    right: bool
    mistake: str
    quantities: frozenset[str]
    grounds: frozenset[str] = frozenset()
    strange: tuple[Literal, ...] = ()


@dataclass(frozen=True)
class Derivation:
    """What is to be derived.

    `free` names the quantities and their values; `derived` gives further quantities as formulas of the
    free ones; `steps` are those of them that need a derivation themselves; `target` is the right formula and
    `mistakes` are wrong ones that teach something, by id, the likelier first.
    """

    free: Mapping[str, int]
    derived: Mapping[str, Formula]
    target: Formula
    mistakes: Mapping[str, Formula]
    steps: frozenset[str] = frozenset()

    @cached_property
    def value(self) -> Fraction:
        """The number to be derived."""
        return self.target(self._at(None))

    @cached_property
    def quantities(self) -> dict[Fraction, list[str]]:
        """Which quantities have a given value."""
        point = self._at(None)
        found: dict[Fraction, list[str]] = {}
        for name in (*self.free, *self.derived):
            found.setdefault(point[name], []).append(name)
        return found

    def meaning(self, formula: Formula) -> Meaning:
        """The meaning of a formula."""
        return Meaning(tuple(formula(point) for point in self._points))

    @cached_property
    def _formulas(self) -> dict[str, tuple[Fraction, ...]]:
        """The values of the right formula, under no name, and of the mistakes."""
        named = {"": self.target, **self.mistakes}
        return {identity: self.meaning(formula).values for identity, formula in named.items()}

    def meanings(self, tree: Expression, known: Known) -> list[Meaning]:
        """All that an expression may stand for, with its numbers' known meanings; the likeliest first."""
        literals = list(dict.fromkeys(leaves(tree)))
        points = self._points
        choices = [self._of_number(literal.value, known) for literal in literals]
        found: dict[Meaning, None] = {}
        for assignment in itertools.islice(itertools.product(*choices), MAX_ASSIGNMENTS):
            named = list(zip(literals, assignment, strict=True))
            try:
                values = tuple(
                    evaluate(tree, {literal: meaning.values[row] for literal, meaning in named})
                    for row in range(len(points))
                )
            except TooLargeError:
                continue
            found.setdefault(Meaning(values, frozenset().union(*(one.grounds for one in assignment))))
        return list(found)

    def recognise(self, tree: Expression, known: Known | None = None) -> Recognition:
        """Which formula an expression is, and which quantities stand in it."""
        quantities = self.quantities
        literals = list(dict.fromkeys(leaves(tree)))
        used = frozenset(name for literal in literals for name in quantities.get(literal.value, ()))
        strange = tuple(
            literal
            for literal in literals
            if literal.value not in quantities and literal.value not in (known or {})
        )
        found = self.meanings(tree, known or {})
        target = self._formulas[""]
        right = min(
            (one for one in found if one.values == target), key=lambda one: len(one.grounds), default=None
        )
        if right is not None:
            return Recognition(True, "", used, right.grounds, strange)
        for identity, mistaken in self._formulas.items():
            if any(one.values == mistaken for one in found):
                return Recognition(False, identity, used, frozenset(), strange)
        grounds = min((one.grounds for one in found), key=len, default=frozenset())
        return Recognition(False, "", used, grounds, strange)

    def turned_round(self, left: Expression, right: Expression, known: Known | None = None) -> bool:
        """Whether ``left = right`` is the formula turned round: the answer itself stands in one side.

        ``37 - 7 = 5*6`` derives what ``5*6 + 7 = 37`` does: the equation holds
        wherever the quantities have other values, the answer being what the formula gives.
        """
        shown = self.meanings(left, known or {})
        others = self.meanings(right, known or {})
        return any(
            one.values == other.values
            and one.grounds | other.grounds == {ANSWER}
            and one.grounds != other.grounds
            for one in shown
            for other in others
        )

    def near(self, literal: Literal) -> Sequence[Literal]:
        """The quantities that a number may be a slip for: one digit other, two exchanged, a superscript fallen down."""
        digits = literal.numeral.text
        wanted = [str(value) for value in self.quantities if value.denominator == 1]
        return [whole(Fraction(one)) for one in wanted if _is_slip(digits, one)]

    def is_slip(self, tree: Expression, known: Known | None = None) -> bool:
        """Whether an expression is right but for one number that is a slip of the pen."""
        strange = self.recognise(tree, known).strange
        written = [one for one in strange if one.value not in (0, 1, 2)]
        if len(written) != 1:
            return False
        return any(
            self.recognise(replaced(tree, {written[0]: meant}), known).right
            for meant in self.near(written[0])
        )

    def glued(self, tree: Expression) -> bool:
        """Whether a number of an expression is quantities with nothing between them (28*28 that reads 2828)."""
        digits = [str(value) for value in self.free.values()]
        digits += [str(value) for value in self.quantities if value.denominator == 1]
        parts = re.compile(rf"(?:{'|'.join(digits)}){{2,6}}")
        return any(
            len(literal.numeral.text) <= MAX_GLUED
            and literal.value not in self.quantities
            and parts.fullmatch(literal.numeral.text) is not None
            for literal in leaves(tree)
        )

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
                base, power = (whole(Fraction(part)) for part in (digits[:-1], digits[-1]))
                repaired[literal] = Operation("^", base, power)
        return bool(repaired) and self.recognise(replaced(tree, repaired)).right

    def _at(self, row: tuple[int, ...] | None) -> dict[str, Fraction]:
        values = dict(zip(self.free, row, strict=False)) if row else dict(self.free)
        point = {name: Fraction(value) for name, value in values.items()}
        return point | {name: formula(point) for name, formula in self.derived.items()}

    @cached_property
    def _points(self) -> list[dict[str, Fraction]]:
        return [self._at(row) for row in _POINTS]

    def _of_number(self, value: Fraction, known: Known) -> list[Meaning]:
        """What a number may stand for; only where nothing fits is it a mere constant."""
        found = list(known.get(value, ()))
        points = self._points
        for name in self.quantities.get(value, ()):
            values = tuple(point[name] for point in points)
            derived = any(one.values == values and not one.grounds for one in found)
            if not derived:
                found.append(Meaning(values, frozenset((name,)) if name in self.steps else frozenset()))
        if value == self.value:
            found.append(Meaning(self._formulas[""], frozenset((ANSWER,))))
        return found[:MAX_MEANINGS] or [Meaning((value,) * len(points))]


def _is_slip(written: str, meant: str) -> bool:
    """Whether two numbers of the same length differ in one digit or in two that changed places."""
    if len(written) != len(meant) or len(meant) < 2:
        return False
    other = [at for at, (one, two) in enumerate(zip(written, meant, strict=True)) if one != two]
    if len(other) == 1:
        return True
    return (
        len(other) == 2
        and other[1] == other[0] + 1
        and written[other[0]] == meant[other[1]]
        and written[other[1]] == meant[other[0]]
    )
