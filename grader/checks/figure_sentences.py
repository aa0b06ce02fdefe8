"""Text as sentences of keys and figures: each line or sentence with the numbers in it, and which of them are keys.

A number is a key where its name stands before or behind it (``size 10``), where it heads a line, or where the
words around it leave nothing else (``with 10 it took``). Any other number is a figure.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from grader.checks.figure_lists import NumberList
from grader.checks.numerals import NUMBER, numeral
from grader.checks.quantities import Quantity, Unit, quantity_spans
from grader.checks.record_types import Table
from grader.documents.core.document import Block
from grader.model import Value

FEWEST_KEYS: Final = 3  # that make rows, or numbered lines, a table's
_MAX_SENTENCE: Final = 2_000  # characters; a longer one is not read
_MAX_TOKENS: Final = 80  # keys and figures of one sentence


class Token(Value, frozen=True):
    """A key (`key` is set) or a figure, with its place in a line or sentence."""

    start: int
    end: int
    quantity: Quantity
    key: int | None = None


class Sentence(Value, frozen=True):
    """A line or sentence: its text, its keys and figures in order, and the block it stands in.

    `quoted` is how it stands in the document.
    """

    text: str
    tokens: tuple[Token, ...]
    block: Block
    whole_line: bool
    quoted: str

    @property
    def keys(self) -> int:
        """How many keys there are."""
        return sum(token.key is not None for token in self.tokens)

    @property
    def figures(self) -> tuple[Token, ...]:
        """The tokens that are no keys."""
        return tuple(token for token in self.tokens if token.key is None)


_ORDINAL: Final = re.compile(r"^[ \t>*+-]{0,8}(?P<number>\d{1,5})\s?[.)](?=\s)", re.M)


def are_ordinals(texts: Sequence[str], table: Table) -> bool:
    """Whether ``1.`` at the head of a line counts the lines. It is a key where others are keys too."""
    heads = {int(match["number"]) for text in texts for match in _ORDINAL.finditer(text)}
    return len(heads & set(table.keys)) < FEWEST_KEYS


_SENTENCE_END: Final = re.compile(r"[.!?]\s+(?=[A-ZÅÄÖ\d(*_-])|\n")
_NO_END: Final = re.compile(
    r"(?:^|\n)[ \t>*+(-]{0,8}\w{1,5}$|\b(?:acc|ca|approx|nogg|sek|sec|min|resp|tr)$", re.I
)  # what counts the items of a list, or is cut short
_LOG: Final = re.compile(r"\d/\d+\s?(?:\[|\(=|━|-\s|\d)|━━")


def sentences_of(
    shown: str, text: str, block: Block, table: Table, lists: Sequence[NumberList], *, ordinals: bool
) -> Iterator[Sentence]:
    """The lines and sentences of a block: `shown` is its text as prepared, line for line.

    Numbers that stand in `lists` are no tokens; `ordinals` says whether numbers at the head of lines count them.
    """
    written = text.split("\n")
    taken = [(one.start, one.end) for one in lists if len(one.values) > FEWEST_KEYS or one.keys]
    starts = [start for start, _ in taken]
    at = number = 0
    cuts = [(match.start(), match.end()) for match in _SENTENCE_END.finditer(shown)]
    for start, end in (*cuts, (len(shown), len(shown))):
        if start < end and shown[start] == "." and _NO_END.search(shown[max(at, start - 16, 0) : start]):
            continue
        said = shown[at:start]
        if said.strip() and len(said) <= _MAX_SENTENCE and not _LOG.search(said):
            near = taken[max(0, bisect_left(starts, at) - 1) : bisect_left(starts, start)]
            inner = [(begin - at, stop - at) for begin, stop in near if stop > at]
            whole = (at == 0 or shown[at - 1] == "\n") and (start == len(shown) or shown[start] == "\n")
            line = written[number] if whole and number < len(written) else said
            tokens = tuple(_tokens(said, table, inner, ordinals=ordinals)[:_MAX_TOKENS])
            yield Sentence(said, tokens, block, whole, _quoted(line))
        number += shown.count("\n", at, end)
        at = end


def _quoted(line: str) -> str:
    """A line or sentence without what marks it as an item of a list."""
    return re.sub(r"^[\s>*+•·–-]{1,12}", "", line).strip()


@cache
def _key_patterns(table: Table) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    key = table.key_heading
    return (
        re.compile(rf"(?:{key})[^\d\n.;,]{{0,16}}$", re.I),
        re.compile(
            rf"[\s-]{{0,2}}(?:\w{{2,12}}\s(?:per|in|i|each)\s(?:(?:a|each|every|varje|one|single|en|ett)\s){{0,2}})?(?:{key})"
            r"|\s\w{2,12}\s(?:at\s(?:a\stime|once)|each\stime|åt\sgången|i\staget)\b",
            re.I,
        ),
        re.compile(rf"\s{{0,2}}-?(?:{table.counted})", re.I),
    )


_HEAD: Final = re.compile(r"[\s>*+#_(\"'=~-]{0,12}(?:(?:\d|[a-zA-Z])[.)]\s{1,3})?[\s*_(\"']{0,4}")
_PREPOSITION: Final = re.compile(
    r"(?:\b(?:for|with|at|using|vid|för|med|when|när|tested|tried|ran|testade|provade|prövade|körde)\s{1,2}(?:both\s|både\s)?|@\s?)$",
    re.I,
)
_JOINED: Final = re.compile(r"\s?(?:and|och|&|or|eller)\s", re.I)
_COMES_TO: Final = re.compile(r"\b(?:was|is|var|är|to|till|of|på)\s{1,2}$", re.I)
_THEN: Final = re.compile(
    r"\s{1,2}(?:it|tog|took|det|gave|gav|blev|needed|we|vi|jag|i|brought|led|resulted|reduced|cut|ledde|sänkte|the)\b",
    re.I,
)
_SUBJECT: Final = re.compile(
    r"\s?\(\s?[~<]?\d|\s?(?:->|→|=>|⇒)\s?[~<]?\d|\s?:\s[~<]?\d|\s{1,2}(?:took|takes|tog|tar|gave|gives|gav|ger|got|gets|fick|får|needed|needs|behövde|behöver|required|krävde|kräver|reached|nådde|finished|ran)\b",
    re.I,
)
_RANGE: Final = re.compile(r"-|\s(?:to|till)\s")  # "3-5 s" is no figure
_BEHIND_HEAD: Final = re.compile(r"\s{0,3}(?:[:=)(|,-]|\*|$|\s|(?:it|the|took|tog)\b)")
_BEHIND_PREPOSITION: Final = re.compile(
    r"\s{0,2}(?:[:=)(,.;!-]|$|\d|~|(?:it|the|this|that|we|i|is|was|were|took|tog|gave|gav|har|had|have|var|blev|blir|gick|går|behövde\w*|krävde\w*|nådde|hamnade|and|och|got|fick|det|den|vi|jag|reached|needed|only|about|around|also|again|just|nearly|almost|roughly|bara|cirka|ca|också|likaså|nästan|ungefär|knappt|drygt|omkring|runt|which|vilket|samples?|resulted|ended|finished|training|accuracy|time|as|images|\w{2,12}(?:ades|tes))\b)",
    re.I,
)


def _tokens(text: str, table: Table, taken: Sequence[tuple[int, int]], *, ordinals: bool) -> list[Token]:
    introduced, followed, counted = _key_patterns(table)
    allowed = frozenset(table.keys)
    head = _HEAD.match(text)
    first = head.end() if head else 0
    ordinal = _ORDINAL.match(text) if ordinals else None
    found: list[Token] = []
    for span in quantity_spans(text):
        if any(start <= span.start < end for start, end in taken):
            continue
        if ordinal is not None and span.start < ordinal.end():
            continue
        if text[span.end : span.end + 1] == "/" and text[span.end + 1 : span.end + 2].isdigit():
            continue
        before, behind = text[max(0, span.start - 60) : span.start], text[span.end : span.end + 60]
        counts = span.quantity.unit is Unit.NONE and counted.match(behind) is not None
        key = _key(text, span.start, span.end, allowed) if span.quantity.unit is Unit.NONE else None
        if key is not None and not (introduced.search(before) or followed.match(behind)):
            heads = span.start <= first and _BEHIND_HEAD.match(behind) is not None
            key = key if not counts and (heads or _stands_as_key(before, behind)) else None
            if (
                key is None
                and not counts
                and found
                and found[-1].key is not None
                and _key(text, span.start, span.end, allowed)
            ):
                joined = _JOINED.fullmatch(text, found[-1].end, span.start) is not None
                last = _BEHIND_PREPOSITION.match(behind) is not None
                key = (
                    _key(text, span.start, span.end, allowed) if joined and last else None
                )  # "with both 1000 and 60000"
        if key is not None or not counts:
            found.append(Token(span.start, span.end, span.quantity, key))
    ranged = {
        at
        for at, (one, other) in enumerate(itertools.pairwise(found))
        if one.key is None
        and other.key is None
        and _RANGE.fullmatch(text, one.end, other.start)
        and one.quantity.unit in {Unit.NONE, other.quantity.unit}
    }
    return [token for at, token in enumerate(found) if at not in ranged and at - 1 not in ranged]


def _stands_as_key(before: str, behind: str) -> bool:
    """Whether what stands around a number leaves nothing but a key, without a name: ``with 10 it took``."""
    return bool(
        (_PREPOSITION.search(before) and _BEHIND_PREPOSITION.match(behind))
        or _SUBJECT.match(behind)
        or (_COMES_TO.search(before) and _THEN.match(behind))
        or (before.rstrip().endswith(("(", ",")) and re.match(r"\s?:\s?[\d(]", behind))
        or (before.endswith("(") and behind.startswith(")"))
    )


def _key(text: str, start: int, end: int, allowed: frozenset[int]) -> int | None:
    match = NUMBER.match(text, start)
    number = numeral(match) if match is not None and match.end() == end else None
    if number is None:
        return None
    fitting = [int(value) for value in number.readings if value in allowed]
    return max(fitting, default=None)  # nobody writes 1.000 or 1,000 for one
