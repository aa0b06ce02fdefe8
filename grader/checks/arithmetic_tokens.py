"""A passage in plain notation as tokens: numbers, signs, brackets, words, equality; words of arithmetic as signs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Final

from grader.checks.number_words import SpelledNumber, spelled_numbers
from grader.checks.numerals import NUMBER, Numeral, numeral
from grader.model import Value

MAX_TOKENS: Final = 4_000
ONE: Final = frozenset(("one", "en", "ett", "single", "enda"))  # numbers only beside a sign


class TokenKind(StrEnum):
    """What a token does in an expression."""

    NUMBER = "number"
    SIGN = "sign"
    OPEN = "open"
    CLOSE = "close"
    EQUALS = "equals"
    PREFIX = "prefix"  # "the product of A and B", "adding B to A": the sign stands before both
    WORD = "word"
    LINE = "line"
    STOP = "stop"


class Token(Value, frozen=True):
    """`text` is the sign that is meant, or the words as written; `garbled`: letters stand for digits in a number.

    `said`: the sign is a word (``gives``), and may mean something else.
    """

    kind: TokenKind
    text: str
    start: int
    end: int
    number: Numeral | None = None
    garbled: bool = False
    said: bool = False


_WORD_SIGNS: Final = {
    "times": "*",
    "gånger": "*",
    "ganger": "*",
    "multiplied by": "*",
    "multiplied with": "*",
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
    "makes": "=",
    "yields": "=",
    "comes to": "=",
    "becomes": "=",
    "results in": "=",
    "resulting in": "=",
    "resulterar i": "=",
    "we get": "=",
    "you get": "=",
    "one gets": "=",
    "to get": "=",
    "to end up at": "=",
    "to end up with": "=",
    "ending up at": "=",
    "ending up with": "=",
    "to arrive at": "=",
    "arriving at": "=",
    "to reach": "=",
    "reaching": "=",
    "to obtain": "=",
    "we obtain": "=",
    "we reach": "=",
    "we arrive at": "=",
    "we end up at": "=",
    "we end up with": "=",
    "and end up at": "=",
    "and end up with": "=",
    "brings us to": "=",
    "leads to": "=",
    "och hamnar på": "=",
    "hamnar vi på": "=",
    "kommer vi till": "=",
    "landar på": "=",
    "and get": "=",
    "getting": "=",
    "giving": "=",
    "making": "=",
    "gives us": "=",
    "totals": "=",
    "in total": "=",
    "får vi": "=",
    "vi får": "=",
    "får man": "=",
    "man får": "=",
    "och får": "=",
    "för att få": "=",
    "ger oss": "=",
    "totalt": "=",
}
_PREFIXES: Final = {
    "product of": "*",
    "produkten av": "*",
    "multiply": "*",
    "multiplying": "*",
    "multiplicera": "*",
    "multiplicerar": "*",
    "multiplicerar vi": "*",
    "multiplicerar man": "*",
    "multiplies": "*",
    "sum of": "+",
    "summan av": "+",
    "add": "+",
    "adding": "+",
    "adds": "+",
    "we added": "+",
    "addera": "+",
    "adderar": "+",
    "adderar vi": "+",
    "adderar man": "+",
    "lägg till": "+",
    "lägger till": "+",
    "lägger vi till": "+",
    "lägger man till": "+",
    "lägger vi på": "+",
    "lägga till": "+",
}


def _one_of(words: dict[str, str]) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(sorted(words, key=len, reverse=True)) + r")\b", re.I)


_WORD_SIGN: Final = _one_of(_WORD_SIGNS)
_PREFIX: Final = _one_of(_PREFIXES)
_LINKED: Final = re.compile(  # 12*7, which is 84
    r"[,.;]?[ \n]?\b(?:and[ ]|och[ ])?(?:which|that|this|it|det|vilket|detta|som)[ ]"
    r"(?:is|gives|makes|equals|becomes|comes[ ]to|är|ger|blir)\b(?:[ ](?:in[ ]total|totalt))?",
    re.I,
)
_ADDED: Final = re.compile(  # 12*7 and 12 added
    r"(?:and|with|och|med)[ ](?=(?:(?:another|the|a)[ ])?\d[\d.,]{0,8}[ ](?:\w+[ ]){0,2}(?:added|adderat|adderade|tillagd\w*|more|on[ ]top|därtill)\b)",
    re.I,
)
_IS: Final = re.compile(r"(?:is|are|be|är|vara)\b", re.I)
_WORD: Final = re.compile(r"[^\W\d]\w*(?:['-][^\W\d]\w*)*")
_GARBLED: Final = re.compile(r"(?=[IlO|o]*\d)(?=\d*[IlO|o])[\dIlO|o]{2,12}(?![\w|])")
_DIGITS: Final = str.maketrans("IlO|o", "11010")
_THOUSANDS: Final = re.compile(r"[kK](?!\w)")
_SHAPE: Final = re.compile(r"\([ ]?(\d{1,5})[ ]?,(?:([ ]?)(\d{1,5}))?[ ]?\)")
_SHAPED: Final = re.compile(r"(?:shape|size|matri[xs]|form|dim\w*|\bw\w?|kernel)\W{0,4}\Z", re.I)
_KINDS: Final = {
    "(": TokenKind.OPEN,
    ")": TokenKind.CLOSE,
    "=": TokenKind.EQUALS,
    "\n": TokenKind.LINE,
    **dict.fromkeys("+-*/^", TokenKind.SIGN),
    **dict.fromkeys("#%_\"'", TokenKind.WORD),
}


def tokens(text: str) -> list[Token]:
    """The tokens of a passage in plain notation, at most `MAX_TOKENS`; bullets of lists are left out."""
    return _without_bullets(_tokens(text))


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    spelled = {number.start: number for number in spelled_numbers(text) if not number.article}
    at = 0
    while at < len(text) and len(found) < MAX_TOKENS:
        char = text[at]
        if char in " \u2009":
            at += 1
            continue
        start = at
        read = _number(text, at, spelled) or _words(text, at, found, spelled) or _shape(text, at)
        if read:
            found += read
            at = read[-1].end
            continue
        at += 1
        if char == "\n" and found and found[-1].kind is TokenKind.LINE:
            continue
        kind = _KINDS.get(char, TokenKind.STOP)
        if char.isdigit():  # a digit glued to what stands before it: part of no numeral
            while at < len(text) and (text[at].isdigit() or text[at] in ".,"):
                at += 1
            kind = TokenKind.STOP
        found.append(Token(kind, text[start:at], start, at))
    return found


def _number(text: str, at: int, spelled: Mapping[int, SpelledNumber]) -> list[Token]:
    """The numeral that starts here, in digits, in letters that look like digits, or in words."""
    char = text[at]
    if (char.isdigit() or char in "IlO|") and not (at and (text[at - 1].isalnum() or text[at - 1] == "_")):
        garbled = _GARBLED.match(text, at)
        if garbled is not None and any(letter.isdigit() for letter in garbled[0]):
            value = Fraction(garbled[0].translate(_DIGITS))
            written = Numeral(garbled[0], (value,))
            return [Token(TokenKind.NUMBER, garbled[0], at, garbled.end(), written, garbled=True)]
    match = NUMBER.match(text, at) if char.isdigit() or char == "." else None
    if match is not None:
        number = numeral(match)
        thousands = _THOUSANDS.match(text, match.end())
        if number is not None and thousands is not None:
            written = Numeral(match[0] + thousands[0], (number.value * 1000,))
            return [Token(TokenKind.NUMBER, written.text, at, thousands.end(), written)]
        kind = TokenKind.NUMBER if number else TokenKind.STOP
        return [Token(kind, match[0], at, match.end(), number)]
    said = spelled.get(at)
    if said is not None:
        words = text[at : said.end]
        return [Token(TokenKind.NUMBER, words, at, said.end, Numeral(words, (Fraction(said.value),)))]
    return []


def _words(text: str, at: int, found: list[Token], spelled: Mapping[int, SpelledNumber]) -> list[Token]:
    """The word that starts here, as a sign if it is one."""
    char = text[at]
    linked = _LINKED.match(text, at) if char in ",.;" or char.isalpha() else None
    if linked is not None:
        return [Token(TokenKind.EQUALS, "=", at, linked.end(), said=True)]
    if not (char.isalpha() or char == "_"):
        return []
    added = _ADDED.match(text, at)
    if added is not None and found and found[-1].kind in {TokenKind.NUMBER, TokenKind.CLOSE}:
        return [Token(TokenKind.SIGN, "+", at, added.end(), said=True)]
    signs = _WORD_SIGN.match(text, at)
    if signs is not None:
        sign = _WORD_SIGNS[signs[0].lower()]
        kind = TokenKind.EQUALS if sign == "=" else TokenKind.SIGN
        return [Token(kind, sign, at, signs.end(), said=True)]
    if char in "xX" and found and _is_times(text, at, found[-1], spelled):
        return [Token(TokenKind.SIGN, "*", at, at + 1)]
    prefix = _PREFIX.match(text, at)
    if prefix is not None:
        return [Token(TokenKind.PREFIX, _PREFIXES[prefix[0].lower()], at, prefix.end())]
    copula = _IS.match(text, at)
    if copula is not None and _is_equated(found):
        return [Token(TokenKind.EQUALS, "=", at, copula.end(), said=True)]
    word = _WORD.match(text, at)
    end = word.end() if word else at + 1
    written = text[at:end]
    one = Numeral(written, (Fraction(1),)) if written.lower() in ONE else None
    return [Token(TokenKind.WORD, written, at, end, one)]


def _is_times(text: str, at: int, before: Token, spelled: Mapping[int, SpelledNumber]) -> bool:
    """Whether the letter x is a product here: between a number and one in words (digits are `notation`'s)."""
    behind = at + 1
    if text[behind : behind + 1] != " " or before.kind not in {
        TokenKind.NUMBER,
        TokenKind.CLOSE,
        TokenKind.WORD,
    }:
        return False
    return behind + 1 in spelled


def _is_equated(found: list[Token]) -> bool:
    """Whether *is* behind these tokens says an equality: ``12 times 7 is 84``, ``A is 12x7``."""
    if not found:
        return False
    last = found[-1]
    if last.kind in {TokenKind.NUMBER, TokenKind.CLOSE}:
        return True
    if last.kind is not TokenKind.WORD:
        return False
    return len(last.text) == 1 or (len(found) > 1 and found[-2].kind is TokenKind.NUMBER)


def _shape(text: str, at: int) -> list[Token]:
    """The shape of a matrix or a vector, ``(12, 7)`` or ``(7,)``, as the number of its entries."""
    match = _SHAPE.match(text, at) if text[at] == "(" else None
    if match is None:
        return []
    rows, gap, columns = match.groups()
    grouped = columns is not None and len(columns) == 3 and not gap and len(rows) <= 3
    called = at > 0 and (text[at - 1].isalnum() or text[at - 1] == "_")
    if (grouped or called) and not _SHAPED.search(text[max(0, at - 24) : at]):
        return []  # (100,250): one number with its thousands; f(6, 4): a call
    first = Token(TokenKind.NUMBER, rows, at, match.end(1), Numeral(rows, (Fraction(rows),)))
    opening = Token(TokenKind.OPEN, "(", at, at + 1)
    closing = Token(TokenKind.CLOSE, ")", match.end() - 1, match.end())
    if columns is None:
        return [opening, first, closing]
    sign = Token(TokenKind.SIGN, "*", match.end(1), match.start(3))
    second = Token(
        TokenKind.NUMBER, columns, match.start(3), match.end(3), Numeral(columns, (Fraction(columns),))
    )
    return [opening, first, sign, second, closing]


def _without_bullets(found: list[Token]) -> list[Token]:
    """Drops the dash, star or plus that begins a list item; a plus behind a number goes on with it."""
    kept: list[Token] = []
    for index, token in enumerate(found):
        starts_line = index == 0 or found[index - 1].kind is TokenKind.LINE
        following = found[index + 1] if index + 1 < len(found) else None
        gap = following is not None and following.start > token.end
        written = token.end - token.start == 1
        goes_on = token.text == "+" and following is not None and following.kind is TokenKind.NUMBER
        bullet = starts_line and token.kind is TokenKind.SIGN and written and token.text in "-*+" and gap
        if bullet and not goes_on:
            continue
        kept.append(token)
    return kept
