"""Counts in prose: ``12 seats per row``, ``each of the 6 rows has 4 seats and one lamp``.

What is counted, how many, and of what each has so many. The words for things come from the assignment; this reads
the grammar around them, in English and Swedish: articles, *each*, *per*, *varje*, *for every*, and a number behind its
noun (``lamps: 6``). A count whose share cannot be told has no `per`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from grader.checks.arithmetic import Arithmetic
from grader.checks.arithmetic_tokens import Token, TokenKind
from grader.model import Value

MAX_PHRASE: Final = 6  # tokens between a count and its noun's company


class Vocabulary(Value, frozen=True):
    """The things that an assignment's answers count.

    `nouns` are patterns for whole words by thing; `owners` are the things that have others; `sizes` says which owner a
    number tells of by itself (``each of the 6``). `fillers` may stand between a number and its noun: ``6 upper rows``.
    """

    nouns: Mapping[str, re.Pattern[str]]
    owners: frozenset[str]
    sizes: Mapping[Fraction, str]
    fillers: frozenset[str] = frozenset()

    def thing(self, token: Token) -> str | None:
        """What a word stands for."""
        if token.kind is not TokenKind.WORD:
            return None
        word = token.text.lower()
        parts = word.split("_")
        for part in dict.fromkeys((word, parts[-1], parts[0])):  # n_lamps, lamp_count
            found = next((thing for thing, noun in self.nouns.items() if noun.fullmatch(part)), None)
            if found is not None:
                return found
        return None


class CountedThing(Value, frozen=True):
    """So many of a thing (None: no number is said), for each `per` (None: in all, or not said); offsets in the text."""

    thing: str
    number: Fraction | None
    per: str | None
    start: int
    end: int


_EACH: Final = frozenset((
    "each", "every", "per", "varje", "var", "vardera", "varsin", "varsitt", "respective", "respektive",
))  # fmt: skip
_ARTICLES: Final = frozenset((
    "a", "an", "its", "own", "another", "additional", "extra", "ett", "en", "sin", "sitt", "eget", "egen",
))  # fmt: skip
_PREPOSITIONS: Final = frozenset((
    "for", "per", "to", "in", "of", "at", "on", "för", "till", "i", "på", "av", "from", "från",
))  # fmt: skip
_HAS: Final = frozenset((
    "has", "have", "had", "having", "gets", "get", "needs", "need", "holds", "contains", "receives",
    "with", "uses", "owns", "har", "ha", "får", "behöver", "med", "innehåller", "there", "finns",
))  # fmt: skip
_FILLERS: Final = frozenset((
    "one", "of", "the", "all", "a", "an", "single", "en", "ett", "av", "och", "de", "den", "hela",
    "whole", "entire", "these", "those", "our", "dessa", "alla", "each", "every", "varje", "individual",
    "first", "enskild", "enskilda",
))  # fmt: skip
_BETWEEN: Final = frozenset((
    "is", "are", "has", "have", "är", "har", "of", "with", "size", "length", "shape", "dimension",
    "dimensions", "vector", "vektor", "med", "längd", "storlek", "in", "r", "mathbb", "term", "terms",
    "entries", "parameters",
))  # fmt: skip
_JOINTS: Final = frozenset((
    "and", "och", "or", "eller", "with", "med", "is", "are", "är", "has", "have", "har", "where", "där",
    "so", "så", "then", "sedan", "which", "that", "som", "for", "för", "in", "i", "plus", "but", "men",
    "we", "vi", "of",
))  # fmt: skip
_ALLOTTING: Final = frozenset(("for", "för"))
_ENDS: Final = frozenset((
    ".", ";", "!", "?",
))  # fmt: skip


def counted_things(
    arithmetic: Arithmetic, vocabulary: Vocabulary, names: Mapping[str, Fraction]
) -> list[CountedThing]:
    """All counts of things that a passage speaks of, in order; `names` are words that stand for numbers."""
    found: list[CountedThing] = []
    given = {one.start: one.value for one in arithmetic.named}
    for sentence in _sentences(arithmetic.tokens):
        things = [vocabulary.thing(token) for token in sentence]
        shares = list(_shares(sentence, things, vocabulary))
        for at, thing in enumerate(things):
            if thing is not None:
                number, first = _number_of(sentence, things, at, names)
                number = given.get(sentence[at].start, number)
                per = _per_behind(sentence, things, at, vocabulary) or _per_of_sentence(shares, at)
                per = None if per == thing else per
                first, last = min(first, at), max(first, at)
                found.append(CountedThing(thing, number, per, sentence[first].start, sentence[last].end))
    return found


def _sentences(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    start = 0
    for at, token in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        new_line = token.kind is TokenKind.LINE and (
            following is None or following.kind is not TokenKind.WORD or following.text[0].isupper()
        )
        if new_line or (token.kind is TokenKind.STOP and token.text in _ENDS):
            yield tokens[start:at]
            start = at + 1
    yield tokens[start:]


def _number_of(
    sentence: Sequence[Token], things: Sequence[str | None], at: int, names: Mapping[str, Fraction]
) -> tuple[Fraction | None, int]:
    """How many are said of the thing at `at`, and the token where that is said."""
    for before in range(at - 1, max(-1, at - 4), -1):
        token = sentence[before]
        if token.number is not None:
            return token.number.count, before
        if token.kind is TokenKind.OPEN and before == at - 1:
            continue  # 6 (lamps)
        if token.text in names and things[before] is None:
            return names[token.text], before
        allots = token.text.lower() in _ALLOTTING or token.said
        if allots and before and sentence[before - 1].number is not None:
            continue  # 6 for the lamps, 6 are lamps
        if token.kind is not TokenKind.WORD or things[before] is not None or token.text.lower() in _JOINTS:
            break
        if token.text.lower() in _ARTICLES:
            return Fraction(1), before
    linked = False
    for behind in range(at + 1, min(len(sentence), at + 1 + MAX_PHRASE)):
        token = sentence[behind]
        if token.kind is TokenKind.NUMBER and token.number is not None:
            follower = things[behind + 1] if behind + 1 < len(things) else None
            after = sentence[behind + 1].kind if behind + 1 < len(sentence) else TokenKind.STOP
            alone = after in {TokenKind.STOP, TokenKind.LINE, TokenKind.EQUALS, TokenKind.CLOSE}
            shared = any(one.text.lower() in _EACH for one in sentence[at:behind])
            direct = (
                (linked or not shared)
                and (behind > at + 1 or alone)
                and (follower is None or follower == things[at])
            )
            return (token.number.count, behind) if direct else (None, at)
        linking = token.kind in {TokenKind.EQUALS, TokenKind.OPEN, TokenKind.CLOSE} or token.text in ":^"
        linked = linked or token.kind is TokenKind.EQUALS or token.text == ":"
        if not linking and token.text.lower() not in _BETWEEN | _EACH and things[behind] is None:
            break
    return None, at


def _shares(
    sentence: Sequence[Token], things: Sequence[str | None], vocabulary: Vocabulary
) -> Iterator[tuple[int, str, bool]]:
    """The owners that a sentence shares things out to: where, which, and whether it is the owner that *has* them."""
    owners: list[tuple[int, str]] = []
    meant: str | None = None  # by an "each" without a noun
    for at, token in enumerate(sentence):
        thing = things[at]
        if thing is not None and thing in vocabulary.owners:
            owners.append((at, thing))
            lone = at and sentence[at - 1].text.lower() in {"a", "an", "one", "single", "en", "ett", "enda"}
            if lone and _has(sentence, at + 1):
                yield at, thing or "", True
        if token.kind is not TokenKind.WORD or token.text.lower() not in _EACH:
            continue
        owner, end = _owner_ahead(sentence, things, at + 1, vocabulary)
        if owner is not None:
            yield at, owner, _has(sentence, end)
        elif (meant := meant or _meant_by_each(sentence, owners)) is not None:
            yield at, meant, True


def _meant_by_each(sentence: Sequence[Token], owners: Sequence[tuple[int, str]]) -> str | None:
    """The owner that an ``each`` without a noun speaks of: the last one, unless that is one of a list."""
    if not owners:
        return None
    place, last = owners[-1]
    behind = sentence[place + 1].text.lower() if place + 1 < len(sentence) else ""
    listed = behind in {"and", "och", ","} and len({owner for _, owner in owners}) > 1
    return None if listed else last


def _has(sentence: Sequence[Token], at: int) -> bool:
    """Whether a verb of having stands here or a word on."""
    return any(token.text.lower() in _HAS for token in sentence[at : at + 3]) or (
        at < len(sentence) and sentence[at].text == ":"
    )


def _owner_ahead(
    sentence: Sequence[Token], things: Sequence[str | None], at: int, vocabulary: Vocabulary
) -> tuple[str | None, int]:
    """The owner that ``each`` before `at` speaks of, and where its words end."""
    by_number: str | None = None
    for ahead in range(at, min(len(sentence), at + MAX_PHRASE)):
        token = sentence[ahead]
        if things[ahead] is not None:
            owner = things[ahead]
            companion = things[ahead + 1] if ahead + 1 < len(things) else None
            if companion in vocabulary.owners:  # input neuron
                ahead += 1  # noqa: PLW2901 - the walk goes on behind what was just read
            return (owner if owner in vocabulary.owners else None), ahead + 1
        if token.kind is TokenKind.NUMBER and token.number is not None:
            by_number = vocabulary.sizes.get(token.number.count)
            following = sentence[ahead + 1].kind if ahead + 1 < len(sentence) else TokenKind.STOP
            if by_number is None or following in {TokenKind.SIGN, TokenKind.OPEN, TokenKind.EQUALS}:
                return None, at
        elif token.text.lower() not in _FILLERS | vocabulary.fillers:
            if (
                by_number is None
                and token.kind is TokenKind.WORD
                and ahead == at
                and token.text.lower() not in _HAS
            ):
                continue  # one adjective
            break
    return by_number, min(len(sentence), at + 1)


def _per_behind(
    sentence: Sequence[Token], things: Sequence[str | None], at: int, vocabulary: Vocabulary
) -> str | None:
    """The owner in ``weights per neuron``, ``a bias for each of the 6``, ``weights/neuron``."""
    ahead = at + 1
    word = sentence[ahead] if ahead < len(sentence) and things[ahead] is None else None
    if word is not None and word.kind is TokenKind.WORD and word.text.lower() not in _PREPOSITIONS | _EACH:
        ahead += 1  # a bias term for ...
    if ahead >= len(sentence):
        return None
    if sentence[ahead].text.lower() not in _PREPOSITIONS | {"/"}:
        return None
    owner, _ = _owner_ahead(sentence, things, ahead + 1, vocabulary)
    return owner


def _per_of_sentence(shares: Sequence[tuple[int, str, bool]], at: int) -> str | None:
    """The owner that the rest of the sentence gives the thing at `at` to, if it is clear which."""
    before = [share for share in shares if share[0] < at]
    having = [owner for _, owner, has in before if has]
    if having:
        return having[-1]
    owners = {owner for _, owner, _ in before}
    if len(owners) == 1:
        return owners.pop()
    behind = [owner for place, owner, _ in shares if place > at and place - at <= MAX_PHRASE]
    return behind[0] if behind and not before else None
