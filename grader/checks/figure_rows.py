"""Sentences as rows: to which key each figure belongs, and the words that stand with it.

A line or sentence with one key is that key's, on both sides. In one with several, figures follow their key or stand
before it, whichever goes for all of them. A line without a key goes on with the row before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from grader.checks.column_roles import Name, name_of
from grader.checks.figure_grids import without_repeats
from grader.checks.figure_sentences import Sentence, Token
from grader.checks.quantities import Quantity, Unit
from grader.checks.record_types import Table
from grader.documents.core.document import Block, BlockKind
from grader.model import Value

_MAX_BELOW: Final = 12  # lines under a key that belong to its row
_MAX_FIGURES: Final = 12  # of one row
_SHORT: Final = 130  # characters of a line or sentence that goes on with a row that has figures
_LONG: Final = 400  # and with one that has none yet
_ALIKE: Final = 2  # rows of one shape; more of them are a table that is whole
_MAX_LEAD: Final = 160


class Figure(Value, frozen=True):
    """A number with its unit, the words before and behind it, and the passage that it stands in.

    `sentence` numbers the sentence, so that two figures of one can be told from those of two.
    """

    quantity: Quantity
    before: str
    behind: str
    quoted: str
    block: Block
    sentence: int


@dataclass(slots=True)
class Row:
    """A key and its figures, in order; more are added as the text goes on."""

    key: int
    figures: list[Figure]

    @property
    def shape(self) -> tuple[Unit, ...]:
        """The sentences of its figures, in order."""
        return tuple(figure.quantity.unit for figure in self.figures)


@dataclass(slots=True)
class Group:
    """Rows that stand together, each key once. `lead` is what was said just before the first."""

    lead: str
    rows: list[Row]


def groups_of(sentences: Sequence[Sentence], table: Table) -> Iterator[Group]:
    """The rows of the text; a key that comes again begins another group, as does a heading."""
    group = Group("", [])
    lead = ""
    below = 0
    for number, sentence in enumerate(sentences):
        keys = sentence.keys
        if not keys:
            row = group.rows[-1] if group.rows and not _is_whole(group, sentence) else None
            more = (
                _more(sentence, row, figures_of(sentence, sentence.figures, number), table)
                if row and below > 0
                else []
            )
            if row is not None and more:
                row.figures += more[: _MAX_FIGURES - len(row.figures)]
                below -= 1
                continue
            below -= 1
            if sentence.block.kind is BlockKind.HEADING and group.rows:
                yield group
                group = Group("", [])
            lead = sentence.text if len(sentence.text) <= _MAX_LEAD else ""
            continue
        for key, own in _rows_of(sentence):
            if not own and keys > 1:
                continue  # a list of sizes, or a comparison
            last = group.rows[-1] if group.rows else None
            goes_on = last is not None and last.key == key and not _is_whole(group, sentence)
            if last is not None and goes_on and len(last.figures) + len(own) <= _MAX_FIGURES:
                last.figures += figures_of(sentence, own, number)
                continue
            if any(row.key == key for row in group.rows):
                yield group
                group = Group("", [])
            if not group.rows:
                first = next(token for token in sentence.tokens if token.key is not None)
                group.lead = (
                    lead if keys == 1 or not first.start else f"{lead} {sentence.text[: first.start]}"
                )
                lead = ""
            group.rows.append(Row(key, figures_of(sentence, own, number)))
            below = _MAX_BELOW
    yield group


def _is_whole(group: Group, sentence: Sentence) -> bool:
    """Whether the rows before a paragraph are alike, the last one too: what follows speaks of them, and is no figure of the last."""
    shapes = [row.shape for row in group.rows]
    usual = shapes.count(shapes[-1])
    return (
        usual > _ALIKE
        and usual >= len(shapes) - 1
        and len(shapes[-1]) > 1
        and bool(re.search(r"[^\W\d]{2}.*\s[^\W\d]{2}", sentence.text))
    )


def _more(sentence: Sentence, row: Row, figures: list[Figure], table: Table) -> list[Figure]:
    """The figures of a line without a key that belong to the row before it: its first ones, or more of a list."""
    if sentence.block.kind is BlockKind.HEADING or len(sentence.text) > (_SHORT if row.figures else _LONG):
        return []
    if sentence.whole_line and not re.search(r"[^\W\d]{2}", sentence.text):
        return figures
    had = frozenset() if sentence.whole_line else frozenset(row.shape) - {Unit.NONE}
    return [  # in running text a second figure of one kind is more often another key's, which was not understood
        one
        for one in figures
        if one.quantity.unit not in had
        and (one.quantity.unit is not Unit.NONE or named_by_words(one, table) is not None)
    ]


def _rows_of(sentence: Sentence) -> list[tuple[int, list[Token]]]:
    """The keys of a line or sentence with their figures."""
    keys = [token for token in sentence.tokens if token.key is not None]
    if len({token.key for token in keys}) == 1:
        assert keys[0].key is not None
        return [(keys[0].key, list(sentence.figures))]
    before = sentence.tokens[0].key is None
    if before == (sentence.tokens[-1].key is None):
        return []  # figures on both sides of the keys: whose is which cannot be told
    rows: list[tuple[int, list[Token]]] = []
    pending: list[Token] = []
    end = -1
    for token in sentence.tokens:
        if token.key is None:
            if before:
                pending.append(token)
            elif rows:
                rows[-1][1].append(token)
            continue
        shared = before and not pending and bool(rows) and _BOTH.fullmatch(sentence.text, end, token.start)
        rows.append((token.key, list(rows[-1][1]) if shared else pending if before else []))
        pending, end = [], token.end
    return rows


_OPENS_BRACKET: Final = re.compile(r"\s?\(\s?(?:(?:about|around|ca\.?|i\.e\.|that\sis|=|~|≈)\s?)?", re.I)
_BOTH: Final = re.compile(r"\s?(?:and|och|&)\s", re.I)
_CUT_BEFORE: Final = re.compile(
    r"[,;()|\n]|\b(?:and|och|with|med|but|men|while|medan|samt|whereas|then)\b|\s-\s", re.I
)
_CUT_BEHIND: Final = re.compile(
    r"[,;:|=\n(]|\b(?:and|och|with|med|but|men|while|medan|samt|whereas|then)\b|\s-\s|[.](?:\s|$)", re.I
)
_IN_BRACKETS: Final = re.compile(r"\s?\(([^()\d]{1,40})\)")


def figures_of(sentence: Sentence, own: Sequence[Token], number: int) -> list[Figure]:
    """Tokens of a sentence with the words that stand with each: up to a comma, a bracket, an ``and``."""
    found: list[Figure] = []
    places = [token.start for token in sentence.tokens] + [len(sentence.text)]
    ends = [0] + [token.end for token in sentence.tokens]
    at_place = {place: index for index, place in enumerate(places)}
    for token in _without_repeats(sentence, own[:_MAX_FIGURES]):
        at = at_place[token.start]
        gap = sentence.text[ends[at] : token.start]
        pieces = _CUT_BEFORE.split(gap)
        follows = at > 0 and sentence.tokens[at - 1].key is None
        own_words = follows or len(pieces) == 1 or re.search(r"[^\W\d]", pieces[-1])
        before = pieces[-1] if own_words else " ".join(pieces[-2:])
        behind = sentence.text[token.end : places[at + 1]]
        bracket = _IN_BRACKETS.match(behind)
        if bracket is not None:
            behind = bracket[1]
        else:
            cut = _CUT_BEHIND.search(behind)
            last = at + 2 == len(places)
            behind = behind[: cut.start()] if cut else behind if last else ""
        found.append(
            Figure(token.quantity, before[-80:], behind[:80], sentence.quoted, sentence.block, number)
        )
    return found


def _without_repeats(sentence: Sentence, own: Sequence[Token]) -> list[Token]:
    """Figures without those that say one again in brackets: ``almost 2 minutes (118 s)``."""
    kept: list[Token] = []
    for token in own:
        if kept and _OPENS_BRACKET.fullmatch(sentence.text, kept[-1].end, token.start):
            left = without_repeats((kept[-1].quantity, token.quantity))
            if len(left) == 1:
                kept[-1] = _with_its_unit(token, kept[-1]) if left[0] == token.quantity else kept[-1]
                continue
        kept.append(token)
    return kept


def _with_its_unit(token: Token, other: Token) -> Token:
    """The finer of two figures that are one, in the unit of the row: ``82 % (0.8168)`` is 81.68 %."""
    if token.quantity.unit is Unit.NONE and other.quantity.unit is Unit.PER_CENT:
        quantity = Quantity(100 * token.quantity.value, Unit.PER_CENT, token.quantity.text)
        return Token(token.start, token.end, quantity)
    return token


def named_by_words(figure: Figure, table: Table) -> Name | None:
    """What a figure's own words say that it is; those before it weigh more where both name a column."""
    units = {figure.quantity.unit}
    before, behind = (
        figure.before,
        f"{figure.quantity.text if figure.quantity.unit is Unit.PER_SAMPLE else ''} {figure.behind}",
    )
    if figure.quantity.unit is Unit.NONE and not figure.quantity.value % 1 and not _AT_ONCE.search(before):
        before, behind = (
            " ".join(_COPULA.sub("", before).split()[-1:]),
            "",
        )  # "the same accuracy as 10" gives none
    both = name_of(f"{before} {behind}", units, table)
    if both is not None and both.column is not None:
        return both
    for words in (before, behind):
        name = name_of(words, units, table)
        if name is not None and name.column is not None:
            return name
    return both


_AT_ONCE: Final = re.compile(r"[:=]\s{0,2}['\"(]{0,2}$")
_COPULA: Final = re.compile(
    r"(?:\b(?:is|was|were|of|at|about|approximately|är|var|på|ca)\b\s{0,2}){1,4}$", re.I
)
