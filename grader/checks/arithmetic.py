"""Reads the arithmetic in an answer: chains such as ``6*4 + 6 = 24 + 6 = 30``.

Normalise (`notation`), tokenise, then recursive descent to an exact tree over `Fraction`. It reads words
around formulas, in English and Swedish, labels after numbers (``6 rows * 4 seats``) and several
chains in one answer. It evaluates nothing but ``+ - * / ^`` on numbers, and every size is bounded: a
passage, the tokens in it, digits, bits of a value, depth, exponents. What goes past a bound is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeAlias

from grader.checks.notation import plain
from grader.checks.numerals import NUMBER, Numeral, numeral
from grader.model import Value

MAX_TOKENS: Final = 4_000
MAX_DEPTH: Final = 24  # of brackets and of signs before an operand
MAX_OPERATIONS: Final = 200  # in one side of a chain
MAX_BITS: Final = 256  # of a numerator or denominator
MAX_EXPONENT: Final = 32
MAX_LABEL_WORDS: Final = 5  # words that may stand between a number and the next operator


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


class Side(Value, frozen=True):
    """One side of a chain. `worded`: an operator was a word. `broken`: two numbers stand with no operator between."""

    text: str
    tree: Expression
    value: Fraction
    worded: bool = False
    broken: bool = False

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
    def values(self) -> tuple[Fraction, ...]:
        """The value of each side."""
        return tuple(side.value for side in self.sides)

    @property
    def doubtful(self) -> bool:
        """Whether the text may have lost signs on its way here, so that a mismatch proves nothing."""
        spaced = any(leaf.numeral.spaced for side in self.sides for leaf in leaves(side.tree))
        return any(side.broken for side in self.sides) or (spaced and Step.FALSE in self.steps())

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


def read_chains(text: str) -> list[Chain]:
    """All arithmetic in a passage, in order.

    A chain has an operator in it or at least two numeric sides; numbers that merely stand in a sentence
    are none. Of ambiguous numerals (``100.480``) the reading is taken that makes its chain true, if one does.
    """
    return list(_Reader(plain(text)).chains())


class _Token(Value, frozen=True):
    kind: str  # number, sign, open, close, equals, word, line, stop
    text: str
    start: int
    end: int
    number: Numeral | None = None


_WORD_SIGNS: Final = {
    "times": "*",
    "gånger": "*",
    "ganger": "*",
    "multiplied by": "*",
    "multiplicerat med": "*",
    "multiplicerad med": "*",
    "multiplicerade med": "*",
    "plus": "+",
    "adderat med": "+",
    "minus": "-",
    "divided by": "/",
    "delat med": "/",
    "dividerat med": "/",
    "equals": "=",
    "is equal to": "=",
    "are equal to": "=",
    "är lika med": "=",
    "lika med": "=",
    "gives": "=",
    "ger": "=",
    "blir": "=",
}
_WORD_SIGN: Final = re.compile(
    "(?:" + "|".join(rf"{words}" for words in sorted(_WORD_SIGNS, key=len, reverse=True)) + r")\b", re.I
)
_WORD: Final = re.compile(r"[^\W\d]\w*(?:['-][^\W\d]\w*)*")


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(text) and len(found) < MAX_TOKENS:
        char = text[at]
        if char in " \u2009":
            at += 1
            continue
        start = at
        match = NUMBER.match(text, at) if char.isdigit() or char == "." else None
        if match is not None:
            at = match.end()
            number = numeral(match)
            found.append(_Token("number" if number else "stop", match[0], start, at, number))
            continue
        if char.isalpha() or char == "_":
            signs = _WORD_SIGN.match(text, at)
            if signs is not None:
                at = signs.end()
                sign = _WORD_SIGNS[signs[0].lower()]
                found.append(_Token("equals" if sign == "=" else "sign", sign, start, at))
                continue
            word = _WORD.match(text, at)
            at = word.end() if word else at + 1
            found.append(_Token("word", text[start:at], start, at))
            continue
        at += 1
        if char == "\n" and found and found[-1].kind == "line":
            continue
        kind = {"(": "open", ")": "close", "=": "equals", "\n": "line"}.get(char)
        if kind is None:
            kind = "sign" if char in "+-*/^" else "word" if char in "#%_\"'" else "stop"
        if char.isdigit():  # a digit glued to what stands before it: part of no numeral
            while at < len(text) and (text[at].isdigit() or text[at] in ".,"):
                at += 1
            kind = "stop"
        found.append(_Token(kind, text[start:at], start, at))
    return found


class _UnreadableError(Exception):
    """This position starts no expression."""


class _BoundError(Exception):
    """An expression past `MAX_DEPTH` or `MAX_OPERATIONS`: none of it is read."""


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _without_bullets(_tokens(text))
        self.at = 0
        self.worded = self.broken = False
        self.operations = self.skip_to = 0

    def chains(self) -> Iterator[Chain]:
        sides: list[tuple[Side, int, int]] = []
        equals = False  # an equals sign stands between the last side and here
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.kind in {"number", "open"} or (token.kind == "sign" and token.text in "+-"):
                if sides and not equals:
                    yield from _chain(self.text, sides)
                    sides = []
                start = self.at
                side = self._side()
                if side is None:
                    self.at = max(start + 1, self.skip_to)
                    continue
                sides.append((side, token.start, self.tokens[self.at - 1].end))
                equals = False
                self._skip_label({"equals"})
            elif token.kind == "equals":
                equals = True
                self.at += 1
            else:
                if token.kind == "stop" or (token.kind == "line" and not self._continues()):
                    yield from _chain(self.text, sides)
                    sides, equals = [], False
                self.at += 1
        yield from _chain(self.text, sides)

    def _continues(self) -> bool:
        """Whether the line break here stands inside a chain: an equals sign before or behind it."""
        before = self.tokens[self.at - 1].kind if self.at else ""
        behind = self.tokens[self.at + 1].kind if self.at + 1 < len(self.tokens) else ""
        return "equals" in (before, behind)

    def _side(self) -> Side | None:
        start, self.worded, self.broken, self.operations = self.at, False, False, 0
        try:
            tree = self._sum(0)
            value = evaluate(tree)
        except _BoundError:
            self.skip_to = self.at
            return None
        except (_UnreadableError, TooLargeError):
            return None
        after = self.tokens[self.at] if self.at < len(self.tokens) else None
        if after is not None and after.kind == "number":
            self.broken = True
        text = self.text[self.tokens[start].start : self.tokens[self.at - 1].end]
        return Side(text.strip(), tree, value, self.worded, self.broken)

    def _sign(self, signs: str) -> str | None:
        """Consumes the sign that follows here, after labels and one line break, if it is one of `signs`."""
        start = self.at
        self._skip_label({"sign"})
        if (
            self.at < len(self.tokens)
            and self.tokens[self.at].kind == "line"
            and self._peek(1, "sign", signs)
        ):
            self.at += 1
        if self._peek(0, "sign", signs):
            token = self.tokens[self.at]
            self.worded |= len(self.text[token.start : token.end]) > 1
            self.at += 1
            if self._peek(0, "line"):
                self.at += 1
            return token.text
        self.at = start
        return None

    def _peek(self, ahead: int, kind: str, texts: str = "") -> bool:
        if self.at + ahead >= len(self.tokens):
            return False
        token = self.tokens[self.at + ahead]
        return token.kind == kind and (not texts or token.text in texts)

    def _skip_label(self, wanted: set[str]) -> None:
        """Skips words (``6 rows * ...``, ``6 (aisles) + ...``) if what follows them is `wanted` or a bracket's end."""
        at, words = self.at, 0
        while at < len(self.tokens) and words <= MAX_LABEL_WORDS:
            token = self.tokens[at]
            if token.kind == "word":
                words += 1
            elif token.kind == "open" and _only_words(self.tokens, at):
                while self.tokens[at].kind != "close":
                    at += 1
            else:
                break
            at += 1
        if at > self.at and at < len(self.tokens) and self.tokens[at].kind in wanted | {"close"}:
            self.at = at

    def _operation(self, sign: str, left: Expression, right: Expression) -> Operation:
        self.operations += 1
        if self.operations > MAX_OPERATIONS:
            raise _BoundError
        return Operation(sign, left, right)

    def _sum(self, depth: int) -> Expression:
        tree = self._product(depth)
        while sign := self._sign("+-"):
            before = self.at
            try:
                tree = self._operation(sign, tree, self._product(depth))
            except _UnreadableError:
                self.at = before - 1  # a sign with nothing readable behind it ends the expression
                break
        return tree

    def _product(self, depth: int) -> Expression:
        tree = self._power(depth)
        while True:
            before = self.at
            sign = self._sign("*/")
            if sign is None and not (self._peek(0, "open") and not _only_words(self.tokens, self.at)):
                return tree  # not even juxtaposed: 6(4+1)
            try:
                tree = self._operation(sign or "*", tree, self._power(depth))
            except _UnreadableError:
                self.at = before
                return tree

    def _power(self, depth: int) -> Expression:
        base = self._operand(depth)
        before = self.at
        if self._peek(0, "sign", "^"):
            self.at += 1
            try:
                return self._operation("^", base, self._operand(depth + 1))
            except _UnreadableError:
                self.at = before
        return base

    def _operand(self, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise _BoundError
        if self.at >= len(self.tokens):
            raise _UnreadableError
        token = self.tokens[self.at]
        if token.kind == "number" and token.number is not None:
            self.at += 1
            return Literal(token.number)
        if token.kind == "sign" and token.text in "+-":
            self.at += 1
            inner = self._operand(depth + 1)
            zero = Literal(Numeral("0", (Fraction(0),)))
            return Operation("-", zero, inner) if token.text == "-" else inner
        if token.kind == "open":
            self.at += 1
            tree = self._sum(depth + 1)
            self._skip_label(set())
            if not self._peek(0, "close"):
                if self._peek(0, "number"):
                    self.broken = True
                raise _UnreadableError
            self.at += 1
            return tree
        raise _UnreadableError


def _only_words(tokens: list[_Token], at: int) -> bool:
    """Whether the bracket that opens here holds nothing but a few words: ``(bias)``."""
    for token in tokens[at + 1 : at + 2 + MAX_LABEL_WORDS]:
        if token.kind == "close":
            return True
        if token.kind != "word":
            return False
    return False


def _without_bullets(tokens: list[_Token]) -> list[_Token]:
    """Drops the dash, star or number that begins a list item."""
    kept: list[_Token] = []
    for index, token in enumerate(tokens):
        starts_line = index == 0 or tokens[index - 1].kind == "line"
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        gap = following is not None and following.start > token.end
        if starts_line and token.kind == "sign" and token.text in "-*+" and gap:
            continue
        kept.append(token)
    return kept


def _chain(text: str, found: list[tuple[Side, int, int]]) -> Iterator[Chain]:
    sides = [side for side, _, _ in found]
    if not sides or not (len(sides) > 1 or sides[0].has_working):
        return
    shown = text[found[0][1] : found[-1][2]].strip()
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
                sides.append(Side(side.text, tree, evaluate(tree), side.worded, side.broken))
            except TooLargeError:
                sides.append(side)
        yield Chain(chain.text, tuple(sides))


def _reread(tree: Expression) -> Expression:
    if isinstance(tree, Operation):
        return Operation(tree.sign, _reread(tree.left), _reread(tree.right))
    written = tree.numeral
    return Literal(Numeral(written.text, (*written.readings[1:], written.readings[0]), written.spaced))
