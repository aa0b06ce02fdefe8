"""Reads the arithmetic in an answer: chains such as ``6*4 + 6 = 24 + 6 = 30``.

Normalise (`notation`), tokenise (`arithmetic_tokens`), then recursive descent to an exact tree over `Fraction`. It
reads words around formulas, in English and Swedish, labels after numbers (``6 rows * 4 seats``), steps that go on from
the number before (``24, plus 6 is 30``), words that stand for numbers (`names`) and several chains in one answer. It
evaluates nothing but ``+ - * / ^`` on numbers, and every size is bounded: a passage, the tokens in it, digits, bits of
a value, depth, exponents. What goes past a bound is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from grader.checks.arithmetic_tokens import Token, TokenKind, tokens
from grader.checks.equations import Chain, Side, chain_of
from grader.checks.expression_reader import (
    MAX_LABEL_WORDS,
    BoundError,
    ExpressionReader,
    UnreadableError,
)
from grader.checks.expressions import Expression, Literal, Operation, TooLargeError, evaluate, whole
from grader.checks.notation import plain
from grader.model import Value

MAX_CHAIN: Final = 60  # sides; a longer chain is read as several
MAX_TUPLE: Final = 6  # names that are given values at once
MAX_GAP: Final = 8  # tokens between a result and the sign that goes on from it
MAX_WORDY_GAP: Final = 40  # the same where words say that it does: "so we add 6"


def read_chains(text: str, names: Mapping[str, Fraction] | None = None) -> list[Chain]:
    """All arithmetic in a passage, in order; `names` are words that stand for numbers.

    A chain has an operator in it or at least two numeric sides; numbers that merely stand in a sentence
    are none. Of ambiguous numerals (``12.480``) the reading is taken that makes its chain true, if one does.
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

    tokens: Sequence[Token]
    chains: list[Chain]
    named: list[NamedNumber]
    result: Fraction | None


def read_arithmetic(
    text: str, names: Mapping[str, Fraction] | None = None, result: Fraction | None = None
) -> Arithmetic:
    """The arithmetic of a passage that is in plain notation (`notation.plain`).

    `names` are words that stand for numbers; `result` is what came out of the passage before, from which this may go on.
    """
    reader = _ChainReader(text, names or {}, result)
    chains = list(reader.chains())
    return Arithmetic(reader.tokens, chains, reader.named, reader.result)


class _ChainReader(ExpressionReader):
    def __init__(self, text: str, names: Mapping[str, Fraction], result: Fraction | None) -> None:
        super().__init__(tokens(text), names)
        self.text = text
        self.named: list[NamedNumber] = []
        self.skip_to = 0
        self.result = result  # of the last chain, from which a step may go on
        self.result_at = 0

    def chains(self) -> Iterator[Chain]:
        sides: list[Side] = []
        equals = False  # an equals sign stands between the last side and here
        soft = False  # and it is a word
        defining: list[Token] = []  # the words before it
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if self._starts():
                goes_on = self._goes_on()
                if sides and not equals:
                    yield from chain_of(self.text, sides)
                    sides = []
                start = self.at
                side = self._side(goes_on=goes_on)
                if side is None:
                    self.at = max(start + 1, self.skip_to)
                    continue
                if len(sides) >= MAX_CHAIN or (
                    soft and sides and side.has_working and sides[-1].value != side.value
                ):
                    yield from chain_of(self.text, sides)  # "that is" may begin another thought
                    sides = []
                sides.append(side)
                if side.has_working or len(sides) > 1 or self._stands_alone():
                    self.result, self.result_at = side.value, self.at
                if defining:
                    word, *defining = defining
                    value = side.tree.numeral.count if isinstance(side.tree, Literal) else side.value
                    self.named.append(NamedNumber(word.text, value, word.start, word.end))
                equals = False
                self._skip_label({TokenKind.EQUALS})
            elif token.kind is TokenKind.EQUALS:
                defining = self._defined() or defining
                if sides and defining and self._is_introduced():
                    yield from chain_of(self.text, sides)
                    sides = []
                equals, soft = True, token.said
                self.at += 1
            else:
                if token.text == ":" and not defining:
                    defining = self._defined()
                elif token.text != "," and (token.kind is not TokenKind.WORD or self._behind_colon()):
                    defining = []
                if token.kind is TokenKind.STOP or (token.kind is TokenKind.LINE and not self._continues()):
                    yield from chain_of(self.text, sides)
                    sides, equals = [], False
                self.at += 1
        yield from chain_of(self.text, sides)

    def _starts(self) -> bool:
        """Whether a side may start at this token."""
        token = self.tokens[self.at]
        if token.kind in {TokenKind.NUMBER, TokenKind.OPEN, TokenKind.PREFIX}:
            return True
        if token.kind is TokenKind.SIGN:
            return token.text in "+-" or (token.text == "*" and self._goes_on())
        if token.kind is not TokenKind.WORD:
            return False
        if self._is_named(token):
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

    def _is_listed(self, step: Operation) -> bool:
        """Whether the plus of a step is but a bullet: ``+ 6*4 = 24`` is true by itself."""
        if step.sign != "+" or not isinstance(step.right, Operation) or not self._peek(0, TokenKind.EQUALS):
            return False
        stated = self.tokens[self.at + 1].number if self._peek(1, TokenKind.NUMBER) else None
        try:
            return stated is not None and evaluate(step.right) in stated.readings
        except TooLargeError:
            return False

    def _stands_alone(self) -> bool:
        """Whether the number just read stands by itself, with a sign to come: ``6,`` and then ``*4``."""
        behind = self.at
        while behind < len(self.tokens) and self.tokens[behind].kind in {TokenKind.STOP, TokenKind.LINE}:
            behind += 1
            if behind - self.at > 2:
                return False
        return behind < len(self.tokens) and self.tokens[behind].kind in {TokenKind.SIGN, TokenKind.PREFIX}

    def _behind_colon(self) -> bool:
        return self.at > 0 and self.tokens[self.at - 1].text == ":"

    def _defined(self) -> list[Token]:
        """The words that are given values at this equals sign or colon; none for a part of a formula."""
        at = self.at - 1
        if at >= 0 and self.tokens[at].kind is TokenKind.CLOSE:
            while at >= 0 and self.tokens[at].kind is not TokenKind.OPEN:
                at -= 1
                if self.at - at > MAX_LABEL_WORDS + 2:
                    return []
            at -= 1
        if at < 0 or self.tokens[at].kind is not TokenKind.WORD:
            return []
        words = [self.tokens[at]]
        while at > 1 and self.tokens[at - 1].text == "," and self.tokens[at - 2].kind is TokenKind.WORD:
            at -= 2
            words.insert(0, self.tokens[at])
        if len(words) > 1:  # a, b = 1, 2 is a line of its own
            alone = at == 0 or self.tokens[at - 1].kind is TokenKind.LINE
            return words[:MAX_TUPLE] if alone else words[-1:]
        before = self.tokens[at - 1] if at else None
        of_formula = {TokenKind.SIGN, TokenKind.CLOSE, TokenKind.NUMBER}
        return [] if before is not None and before.kind in of_formula else words

    def _is_introduced(self) -> bool:
        """Whether the word before this equals sign begins a statement of its own: ``where n = 6``, ``and m = 4``."""
        before = self.tokens[self.at - 2] if self.at > 1 else None
        return before is not None and before.kind is TokenKind.WORD and before.text.lower() in _INTRODUCING

    def _continues(self) -> bool:
        """Whether the line break here stands inside a chain: an equals sign before or behind it."""
        before = self.tokens[self.at - 1].kind if self.at else ""
        behind = self.tokens[self.at + 1].kind if self.at + 1 < len(self.tokens) else ""
        return TokenKind.EQUALS in (before, behind)

    def _side(self, *, goes_on: bool) -> Side | None:
        start, carried = self.at, False
        self.begin()
        try:
            if goes_on and self.result is not None:
                tree, carried = self._step(self.result)
                if carried and isinstance(tree, Operation) and self._is_listed(tree):
                    tree, carried = tree.right, False
            else:
                tree = self._sum(0)
            value = evaluate(tree)
        except BoundError:
            self.skip_to = self.at
            return None
        except (UnreadableError, TooLargeError):
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
            except UnreadableError:
                self.at = start
        self.at += 1
        self._skip_words(3)
        tree = self._product(0) if token.text in "+-" else self._power(0)
        self.worded = True
        tree = self._operation(token.text, whole(result), tree)
        return self._more_terms(tree, 0), True

    def _sign_after_label(self) -> bool:
        start = self.at
        self.at += 1
        at = self._after_label()
        self.at = start
        return at < len(self.tokens) and self.tokens[at].kind is TokenKind.SIGN


_INTRODUCING: Final = frozenset(
    [
        "where",
        "with",
        "when",
        "if",
        "let",
        "for",
        "given",
        "and",
        "since",
        "as",
        "here",
        "med",
        "där",
        "då",
        "när",
        "om",
        "låt",
        "och",
        "eftersom",
        "här",
    ]
)
