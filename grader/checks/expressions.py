"""Expressions of numbers as trees, and their exact value; every size is bounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final, TypeAlias

from grader.checks.numerals import Numeral
from grader.model import Value

MAX_BITS: Final = 256  # of a numerator or denominator
MAX_EXPONENT: Final = 32


class Literal(Value, frozen=True):
    """A number as written."""

    numeral: Numeral

    @property
    def value(self) -> Fraction:
        """The number's likeliest reading."""
        return self.numeral.value


class Operation(Value, frozen=True):
    """`sign` is one of ``+ - * / ^``; a leading minus is ``0 - x``."""

    sign: str
    left: Expression
    right: Expression


Expression: TypeAlias = Literal | Operation


class TooLargeError(ArithmeticError):
    """A value past `MAX_BITS` or `MAX_EXPONENT`, or a division by zero."""


def evaluate(tree: Expression, numbers: dict[Literal, Fraction] | None = None) -> Fraction:
    """The exact value; `numbers` may give other values to the leaves. Raises `TooLargeError`."""
    if isinstance(tree, Literal):
        return tree.value if numbers is None else numbers.get(tree, tree.value)
    return apply(tree.sign, evaluate(tree.left, numbers), evaluate(tree.right, numbers))


def apply(sign: str, left: Fraction, right: Fraction) -> Fraction:
    """One operation on exact numbers, bounded. Raises `TooLargeError`."""
    if sign == "^":
        if right.denominator != 1 or abs(right) > MAX_EXPONENT or (left == 0 and right < 0):
            raise TooLargeError("an exponent that no report needs")
        result = Fraction(left) ** int(right)
    elif sign == "/":
        if right == 0:
            raise TooLargeError("a division by zero")
        result = left / right
    else:
        result = left + right if sign == "+" else left - right if sign == "-" else left * right
    if max(result.numerator.bit_length(), result.denominator.bit_length()) > MAX_BITS:
        raise TooLargeError("a value that no report needs")
    return result


def leaves(tree: Expression) -> Iterator[Literal]:
    """The numbers of an expression, left to right."""
    if isinstance(tree, Literal):
        yield tree
    else:
        yield from leaves(tree.left)
        yield from leaves(tree.right)


def whole(value: Fraction, text: str = "") -> Literal:
    """A number that stands for something written otherwise: a name, a word, what came out of the line before."""
    return Literal(Numeral(text or str(value), (value,)))


def replaced(tree: Expression, by: Mapping[Literal, Expression]) -> Expression:
    """The expression with some of its numbers replaced."""
    if isinstance(tree, Literal):
        return by.get(tree, tree)
    return Operation(tree.sign, replaced(tree.left, by), replaced(tree.right, by))
