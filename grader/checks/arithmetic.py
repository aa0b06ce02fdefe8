"""Reads the arithmetic in an answer: chains such as ``6*4 + 6 = 24 + 6 = 30``.

Normalise (`notation`), tokenise (`arithmetic_tokens`), then recursive descent to an exact tree over `Fraction`. It
reads words around formulas, in English and Swedish, labels after numbers (``6 rows * 4 seats``), steps that go on from
the number before (``24, plus 6 is 30``), words that stand for numbers (`names`) and several chains in one answer. It
evaluates nothing but ``+ - * / ^`` on numbers, and every size is bounded: a passage, the tokens in it, digits, bits of
a value, depth, exponents. What goes past a bound is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Final

import msgspec

from grader.checks.arithmetic_tokens import Token, TokenKind, tokens
from grader.checks.expressions import (
    Expression,
    Literal,
    Operation,
    TooLargeError,
    evaluate,
    leaves,
    whole,
)
from grader.checks.notation import plain
from grader.checks.numerals import Numeral
from grader.model import Value

MAX_DEPTH: Final = 24  # of brackets and of signs before an operand
MAX_OPERATIONS: Final = 200  # in one side of a chain
MAX_LABEL_WORDS: Final = 5  # words that may stand between a number and the next operator
MAX_GAP: Final = 8  # tokens between a result and the sign that goes on from it
MAX_WORDY_GAP: Final = 40  # the same where words say that it does: "so we add 6"


class Side(Value, frozen=True):
    """One side of a chain.

    `worded`: an operator was a word. `broken`: two numbers stand with no operator between, or letters for digits;
    `followed`: so does the number behind it.
    `unfinished`: a sign follows with something behind it that is no number (``784*128 + bias``). `carried`: its first
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


def read_chains(text: str, names: Mapping[str, Fraction] | None = None) -> list[Chain]:
    """All arithmetic in a passage, in order; `names` are words that stand for numbers.

    A chain has an operator in it or at least two numeric sides; numbers that merely stand in a sentence
    are none. Of ambiguous numerals (``100.480``) the reading is taken that makes its chain true, if one does.
    """
    return read_arithmetic(plain(text), names).chains


class NamedNumber(Value, frozen=True):
    """A word that is given a number (``rows = 6``); offsets of the word in the plain text."""

    word: str
    value: Fraction
    start: int
    end: int


class Arithmetic(Value, frozen=True):
    """What a passage in plain notation holds. `result` is what its last chain comes to."""

    tokens: list[Token]
    chains: list[Chain]
    named: list[NamedNumber]
    result: Fraction | None


def read_arithmetic(
    text: str, names: Mapping[str, Fraction] | None = None, result: Fraction | None = None
) -> Arithmetic:
    """The arithmetic of a passage that is in plain notation (`notation.plain`).

    `names` are words that stand for numbers; `result` is what came out of the passage before, from which this may go on.
    """
    reader = _Reader(text, names or {}, result)
    chains = list(reader.chains())
    return Arithmetic(reader.tokens, chains, reader.named, reader.result)


class _UnreadableError(Exception):
    """This position starts no expression."""


class _BoundError(Exception):
    """An expression past `MAX_DEPTH` or `MAX_OPERATIONS`: none of it is read."""


class _Reader:
    def __init__(self, text: str, names: Mapping[str, Fraction], result: Fraction | None) -> None:
        self.text = text
        self.names = names
        self.tokens = tokens(text)
        self.named: list[NamedNumber] = []
        self.at = 0
        self.operations = self.skip_to = 0
        self.worded = self.broken = self.unfinished = False
        self.result = result  # of the last chain, from which a step may go on
        self.result_at = 0

    def chains(self) -> Iterator[Chain]:
        sides: list[Side] = []
        equals = False  # an equals sign stands between the last side and here
        soft = False  # and it is a word
        defining: Token | None = None  # the word before it
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if self._starts():
                goes_on = self._goes_on()
                if sides and not equals:
                    yield from _chain(self.text, sides)
                    sides = []
                start = self.at
                side = self._side(goes_on=goes_on)
                if side is None:
                    self.at = max(start + 1, self.skip_to)
                    continue
                if soft and sides and side.has_working and sides[-1].value != side.value:
                    yield from _chain(self.text, sides)  # "that is" may begin another thought
                    sides = []
                sides.append(side)
                if side.has_working or len(sides) > 1 or self._stands_alone():
                    self.result, self.result_at = side.value, self.at
                if defining is not None:
                    value = side.tree.numeral.count if isinstance(side.tree, Literal) else side.value
                    self.named.append(NamedNumber(defining.text, value, defining.start, defining.end))
                equals, defining = False, None
                self._skip_label({TokenKind.EQUALS})
            elif token.kind is TokenKind.EQUALS:
                defining = self._defined() or defining
                if sides and defining is not None and self._is_introduced():
                    yield from _chain(self.text, sides)
                    sides = []
                equals, soft = True, token.said
                self.at += 1
            else:
                if token.text == ":" and defining is None:
                    defining = self._defined()
                elif token.kind is not TokenKind.WORD or self.at and self.tokens[self.at - 1].text == ":":
                    defining = None
                if token.kind is TokenKind.STOP or (token.kind is TokenKind.LINE and not self._continues()):
                    yield from _chain(self.text, sides)
                    sides, equals = [], False
                self.at += 1
        yield from _chain(self.text, sides)

    def _starts(self) -> bool:
        """Whether a side may start at this token."""
        token = self.tokens[self.at]
        if token.kind in {TokenKind.NUMBER, TokenKind.OPEN, TokenKind.PREFIX}:
            return True
        if token.kind is TokenKind.SIGN:
            return token.text in "+-" or (token.text == "*" and self._goes_on())
        if token.kind is not TokenKind.WORD:
            return False
        if token.text in self.names or all(letter in self.names for letter in token.text[:4]):
            behind = self.at and self.tokens[self.at - 1].kind is TokenKind.EQUALS
            return bool(behind) or self._peek(1, TokenKind.SIGN) or self._touches(1, TokenKind.OPEN)
        return token.number is not None and self._sign_after_label()

    def _goes_on(self) -> bool:
        """Whether the sign here goes on from the result before it: ``24, plus 6``, ``24. Adding 6``."""
        token = self.tokens[self.at]
        if token.kind not in {TokenKind.SIGN, TokenKind.PREFIX} or self.result is None:
            return False
        most = MAX_WORDY_GAP if token.kind is TokenKind.PREFIX else MAX_GAP
        if self.at - self.result_at > most or (token.text == "-" and token.end - token.start == 1):
            return False
        between = self.tokens[self.result_at : self.at]
        if token.kind is TokenKind.PREFIX or not any(one.kind is TokenKind.EQUALS for one in between):
            return True
        return between[-1].kind is TokenKind.EQUALS and not any(one.kind is TokenKind.WORD for one in between)

    def _stands_alone(self) -> bool:
        """Whether the number just read stands by itself, with a sign to come: ``6,`` and then ``*4``."""
        behind = self.at
        while behind < len(self.tokens) and self.tokens[behind].kind in {TokenKind.STOP, TokenKind.LINE}:
            behind += 1
            if behind - self.at > 2:
                return False
        return behind < len(self.tokens) and self.tokens[behind].kind in {TokenKind.SIGN, TokenKind.PREFIX}

    def _defined(self) -> Token | None:
        """The word that is given a value at this equals sign or colon; None for a part of a formula."""
        at = self.at - 1
        if at >= 0 and self.tokens[at].kind is TokenKind.CLOSE:
            while at >= 0 and self.tokens[at].kind is not TokenKind.OPEN:
                at -= 1
                if self.at - at > MAX_LABEL_WORDS + 2:
                    return None
            at -= 1
        if at < 0 or self.tokens[at].kind is not TokenKind.WORD:
            return None
        before = self.tokens[at - 1] if at else None
        if before is not None and before.kind in {TokenKind.SIGN, TokenKind.CLOSE, TokenKind.NUMBER}:
            return None
        if before is not None and before.text == "," and self._is_tuple(at - 2):
            return None
        return self.tokens[at]

    def _is_introduced(self) -> bool:
        """Whether the word before this equals sign begins a statement of its own: ``where n = 6``, ``and m = 4``."""
        before = self.tokens[self.at - 2] if self.at > 1 else None
        return before is not None and before.kind is TokenKind.WORD and before.text.lower() in _INTRODUCING

    def _is_tuple(self, at: int) -> bool:
        """Whether the word at `at` begins its line: ``a, b = 1, 2`` gives no single name a value."""
        return at >= 0 and (at == 0 or self.tokens[at - 1].kind is TokenKind.LINE)

    def _continues(self) -> bool:
        """Whether the line break here stands inside a chain: an equals sign before or behind it."""
        before = self.tokens[self.at - 1].kind if self.at else ""
        behind = self.tokens[self.at + 1].kind if self.at + 1 < len(self.tokens) else ""
        return TokenKind.EQUALS in (before, behind)

    def _side(self, *, goes_on: bool) -> Side | None:
        start, self.operations = self.at, 0
        self.worded = self.broken = self.unfinished = False
        carried = False
        try:
            if goes_on and self.result is not None:
                tree, carried = self._step(self.result)
            else:
                tree = self._sum(0)
            value = evaluate(tree)
        except _BoundError:
            self.skip_to = self.at
            return None
        except (_UnreadableError, TooLargeError):
            return None
        behind = self.tokens[self.at].number if self._peek(0, TokenKind.NUMBER) else None
        followed = behind is not None and value not in behind.readings
        first, last = self.tokens[start].start, self.tokens[self.at - 1].end
        text = self.text[first:last].strip()
        return Side(
            text, tree, value, self.worded, self.broken, followed, self.unfinished, carried, first, last
        )

    def _step(self, result: Fraction) -> tuple[Expression, bool]:
        """A step from the result before, and whether it is one: ``adding 6 to 24`` names both of its numbers."""
        token = self.tokens[self.at]
        if token.kind is TokenKind.PREFIX:
            start = self.at
            try:
                return self._prefixed(0), False
            except _UnreadableError:
                self.at = start
        self.at += 1
        self._skip_words(3)
        tree = self._product(0) if token.text in "+-" else self._power(0)
        self.worded = True
        tree = self._operation(token.text, whole(result), tree)
        return self._more_terms(tree, 0), True

    def _sign(self, signs: str) -> str | None:
        """Consumes the sign that follows here, after labels and one line break, if it is one of `signs`."""
        start = self.at
        self._skip_label({TokenKind.SIGN})
        if self._peek(0, TokenKind.LINE) and self._peek(1, TokenKind.SIGN, signs):
            self.at += 1
        if self._peek(0, TokenKind.SIGN, signs):
            token = self.tokens[self.at]
            self.worded |= token.end - token.start > 1
            self.at += 1
            if self._peek(0, TokenKind.LINE):
                self.at += 1
            return token.text
        self.at = start
        return None

    def _peek(self, ahead: int, kind: TokenKind, texts: str = "") -> bool:
        if self.at + ahead >= len(self.tokens):
            return False
        token = self.tokens[self.at + ahead]
        return token.kind is kind and (not texts or token.text in texts)

    def _touches(self, ahead: int, kind: TokenKind) -> bool:
        """Whether a token of this kind stands there with no gap before it."""
        return (
            self._peek(ahead, kind)
            and self.tokens[self.at + ahead].start == self.tokens[self.at + ahead - 1].end
        )

    def _after_label(self) -> int:
        """The token behind the words that may label what stands before: ``6 rows``, ``6 (aisles)``, ``6 seats/row``."""
        at, words = self.at, 0
        while at < len(self.tokens) and words <= MAX_LABEL_WORDS:
            token = self.tokens[at]
            if token.kind is TokenKind.WORD:
                words += 1
            elif token.kind is TokenKind.OPEN and _only_words(self.tokens, at):
                while self.tokens[at].kind is not TokenKind.CLOSE:
                    at += 1
            elif token.text == "/" and at > self.at and self._is_word(at + 1):
                words += 1
            else:
                break
            at += 1
        return at

    def _is_word(self, at: int) -> bool:
        return at < len(self.tokens) and self.tokens[at].kind is TokenKind.WORD and not self.tokens[at].number

    def _skip_label(self, wanted: set[TokenKind]) -> None:
        """Skips a label if what follows it is `wanted` or a bracket's end."""
        at = self._after_label()
        if at > self.at and at < len(self.tokens) and self.tokens[at].kind in wanted | {TokenKind.CLOSE}:
            self.at = at

    def _skip_words(self, most: int) -> None:
        """Skips words up to a number, if there is one: ``adding the 6``."""
        at = self.at
        while at < len(self.tokens) and at - self.at <= most and self._is_word(at):
            at += 1
        if at < len(self.tokens) and self.tokens[at].kind in {TokenKind.NUMBER, TokenKind.OPEN}:
            self.at = at

    def _sign_after_label(self) -> bool:
        start = self.at
        self.at += 1
        at = self._after_label()
        self.at = start
        return at < len(self.tokens) and self.tokens[at].kind is TokenKind.SIGN

    def _operation(self, sign: str, left: Expression, right: Expression) -> Operation:
        self.operations += 1
        if self.operations > MAX_OPERATIONS:
            raise _BoundError
        return Operation(sign, left, right)

    def _sum(self, depth: int) -> Expression:
        return self._more_terms(self._product(depth), depth)

    def _more_terms(self, tree: Expression, depth: int) -> Expression:
        while True:
            if self._peek(0, TokenKind.OPEN) and self._peek(1, TokenKind.SIGN, "+"):  # 24 (+6)
                tree = self._operation("+", tree, self._operand(depth))
                continue
            sign = self._sign("+-")
            if not sign:
                return tree
            before = self.at
            try:
                tree = self._operation(sign, tree, self._product(depth))
            except _UnreadableError:
                self.at = before - 1  # a sign with nothing readable behind it ends the expression
                self.unfinished |= self._is_word(before)
                return tree

    def _product(self, depth: int) -> Expression:
        tree = self._power(depth)
        last = tree
        while True:
            before, broken = self.at, self.broken
            sign = self._sign("*/")
            if sign is None and not self._juxtaposed(depth):
                return tree
            try:
                factor = self._power(depth)
            except _UnreadableError:
                self.unfinished |= sign == "*" and self._is_word(self.at)
                self.at = before
                return tree
            said = None if sign else _said_again(tree, last, factor)
            if said is not None:
                tree, last, self.broken = said, said, broken
                continue
            tree, last = self._operation(sign or "*", tree, factor), factor

    def _juxtaposed(self, depth: int) -> bool:
        """Whether a factor follows with no sign before it: ``6(4+1)``, ``(4+1)n``; in brackets one may be lost."""
        if self._peek(0, TokenKind.OPEN):
            return not _only_words(self.tokens, self.at) and not self._peek(1, TokenKind.SIGN, "+")
        closed = self.tokens[self.at - 1].kind is TokenKind.CLOSE
        if closed and self._touches(0, TokenKind.WORD):
            self.unfinished |= self.tokens[self.at].text not in self.names
            return self.tokens[self.at].text in self.names
        if self._peek(0, TokenKind.NUMBER) and (depth or closed):
            self.broken |= not (closed and self._touches(0, TokenKind.NUMBER))
            return True
        return False

    def _power(self, depth: int) -> Expression:
        base = self._operand(depth)
        before = self.at
        if self._peek(0, TokenKind.SIGN, "^"):
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
        if token.number is not None and (token.kind is TokenKind.NUMBER or self._is_counting(token)):
            self.broken |= token.garbled
            self.at += 1
            return Literal(token.number)
        if token.kind is TokenKind.WORD and token.text in self.names:
            self.at += 1
            return whole(self.names[token.text], token.text)
        if (
            token.kind is TokenKind.WORD
            and 1 < len(token.text) <= 3
            and all(c in self.names for c in token.text)
        ):
            self.at += 1
            first, *others = (whole(self.names[letter], letter) for letter in token.text)
            tree: Expression = first
            for factor in others:
                tree = self._operation("*", tree, factor)
            return tree
        if token.kind is TokenKind.PREFIX:
            return self._prefixed(depth)
        if token.kind is TokenKind.SIGN and token.text in "+-":
            self.at += 1
            inner = self._operand(depth + 1)
            zero = Literal(Numeral("0", (Fraction(0),)))
            return Operation("-", zero, inner) if token.text == "-" else inner
        if token.kind is TokenKind.OPEN:
            self.at += 1
            tree = self._sum(depth + 1)
            self._skip_label(set())
            if not self._peek(0, TokenKind.CLOSE):
                if self._peek(0, TokenKind.NUMBER):
                    self.broken = True
                raise _UnreadableError
            self.at += 1
            return tree
        raise _UnreadableError

    def _is_counting(self, token: Token) -> bool:
        """Whether *one* is a number here: behind a sign, or with one to come."""
        return token.kind is TokenKind.WORD

    def _prefixed(self, depth: int) -> Expression:
        """``the product of A and B``, ``adding B to A``."""
        if depth > MAX_DEPTH:
            raise _BoundError
        token = self.tokens[self.at]
        self.at += 1
        self.worded = True
        self._skip_words(3)
        first = self._product(depth + 1)
        at = self._after_label()
        joined = at > self.at and any(
            one.text.lower() in _JOINERS[token.text]
            for one in self.tokens[self.at : at]
            if one.kind is TokenKind.WORD
        )
        if not joined or at >= len(self.tokens) or self.tokens[at].kind not in _OPERANDS:
            raise _UnreadableError
        self.at = at
        second = self._product(depth + 1)
        return self._operation(token.text, second, first)


_JOINERS: Final = {
    "+": frozenset(("and", "to", "och", "till")),
    "*": frozenset(("and", "by", "with", "och", "med")),
}
_INTRODUCING: Final = frozenset(
    "where with when if let for given and since as here med där då när om låt och eftersom här".split()
)
_OPERANDS: Final = frozenset((TokenKind.NUMBER, TokenKind.OPEN))


def _said_again(tree: Expression, last: Expression, beside: Expression) -> Expression | None:
    """What is left where the factor with no sign before it only says again what it stands beside.

    ``24 (6*4)`` and ``6*4 (24)``, but not ``6(6)``.
    """
    try:
        value = evaluate(beside)
        if isinstance(beside, Operation) and isinstance(last, Literal) and last.value == value:
            return _with_last(tree, last, beside)
        if isinstance(beside, Literal) and isinstance(tree, Operation) and evaluate(tree) == value:
            return tree
    except TooLargeError:
        return None
    return None


def _with_last(tree: Expression, last: Literal, by: Expression) -> Expression:
    """A product with its last factor written otherwise."""
    if isinstance(tree, Operation):
        return Operation(tree.sign, tree.left, by)
    return by if tree == last else tree


def _only_words(tokens: list[Token], at: int) -> bool:
    """Whether the bracket that opens here holds nothing but a few words: ``(bias)``."""
    for token in tokens[at + 1 : at + 2 + MAX_LABEL_WORDS]:
        if token.kind is TokenKind.CLOSE:
            return True
        if token.kind is not TokenKind.WORD:
            return False
    return False


def _chain(text: str, sides: list[Side]) -> Iterator[Chain]:
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
