"""Reads one expression out of tokens, by recursive descent: signs, brackets, powers, factors side by side, words.

Labels may stand behind numbers (``6 rows * 4 seats``), names for them, and what is read may be imperfect: the reader
says whether a sign was a word, was lost, or has nothing readable behind it. Depth and size are bounded.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from grader.checks.arithmetic_tokens import Token, TokenKind
from grader.checks.expressions import Expression, Literal, Operation, TooLargeError, evaluate, leaves, whole
from grader.checks.numerals import Numeral

MAX_DEPTH: Final = 24  # of brackets and of signs before an operand
MAX_OPERATIONS: Final = 200  # in one side of a chain
MAX_LABEL_WORDS: Final = 5  # words that may stand between a number and the next operator
MAX_SAID_AGAIN: Final = 12  # numbers in what a bracket may say again
MAX_LETTERS: Final = 3  # of names that are multiplied by standing side by side


class UnreadableError(Exception):
    """This position starts no expression."""


class BoundError(Exception):
    """An expression past `MAX_DEPTH` or `MAX_OPERATIONS`: none of it is read."""


class ExpressionReader:
    """A place in a run of tokens, and what was noticed of the expression that is read from there.

    `worded`: a sign was a word. `broken`: a sign was lost, or letters stand for digits. `unfinished`: a sign has
    something behind it that is no number.
    """

    def __init__(self, tokens: Sequence[Token], names: Mapping[str, Fraction]) -> None:
        self.tokens = tokens
        self.names = names
        self.at = 0
        self.begin()

    def begin(self) -> None:
        """Forgets what was noticed: another expression begins here."""
        self.operations = 0
        self.worded = self.broken = self.unfinished = False

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

    def _operation(self, sign: str, left: Expression, right: Expression) -> Operation:
        self.operations += 1
        if self.operations > MAX_OPERATIONS:
            raise BoundError
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
            except UnreadableError:
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
            except UnreadableError:
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
            named = self._is_named(self.tokens[self.at])
            self.unfinished |= not named
            return named
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
            except UnreadableError:
                self.at = before
        return base

    def _operand(self, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise BoundError
        if self.at >= len(self.tokens):
            raise UnreadableError
        token = self.tokens[self.at]
        if token.number is not None and token.kind in {TokenKind.NUMBER, TokenKind.WORD}:
            self.broken |= token.garbled
            self.at += 1
            return Literal(token.number)
        if self._is_named(token):
            self.at += 1
            return self._named(token.text)
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
                raise UnreadableError
            self.at += 1
            return tree
        raise UnreadableError

    def _is_named(self, token: Token) -> bool:
        """Whether a word stands for a number: a name, or letters that are names each (``nm``)."""
        if token.kind is not TokenKind.WORD:
            return False
        letters = 1 < len(token.text) <= MAX_LETTERS
        return token.text in self.names or (letters and all(one in self.names for one in token.text))

    def _named(self, word: str) -> Expression:
        parts = [word] if word in self.names else list(word)
        tree: Expression = whole(self.names[parts[0]], parts[0])
        for letter in parts[1:]:
            tree = self._operation("*", tree, whole(self.names[letter], letter))
        return tree

    def _prefixed(self, depth: int) -> Expression:
        """``the product of A and B``, ``adding B to A``."""
        if depth > MAX_DEPTH:
            raise BoundError
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
            raise UnreadableError
        self.at = at
        second = self._product(depth + 1)
        return self._operation(token.text, second, first)


_JOINERS: Final = {
    "+": frozenset(("and", "to", "och", "till")),
    "*": frozenset(("and", "by", "with", "och", "med")),
}
_OPERANDS: Final = frozenset((TokenKind.NUMBER, TokenKind.OPEN, TokenKind.PREFIX))


def _said_again(tree: Expression, last: Expression, beside: Expression) -> Expression | None:
    """What is left where the factor with no sign before it only says again what it stands beside.

    ``24 (6*4)`` and ``6*4 (24)``, but not ``6(6)``.
    """
    try:
        if isinstance(beside, Operation):
            again = isinstance(last, Literal) and last.value == evaluate(beside)
            return _with_last(tree, last, beside) if again and isinstance(last, Literal) else None
        short = (
            isinstance(tree, Operation)
            and len(list(itertools.islice(leaves(tree), MAX_SAID_AGAIN + 1))) <= MAX_SAID_AGAIN
        )
        return tree if short and evaluate(tree) == beside.value else None
    except TooLargeError:
        return None


def _with_last(tree: Expression, last: Literal, by: Expression) -> Expression:
    """A product with its last factor written otherwise."""
    if isinstance(tree, Operation):
        return Operation(tree.sign, tree.left, by)
    return by if tree == last else tree


def _only_words(tokens: Sequence[Token], at: int) -> bool:
    """Whether the bracket that opens here holds nothing but a few words: ``(bias)``."""
    for token in tokens[at + 1 : at + 2 + MAX_LABEL_WORDS]:
        if token.kind is TokenKind.CLOSE:
            return True
        if token.kind is not TokenKind.WORD:
            return False
    return False
