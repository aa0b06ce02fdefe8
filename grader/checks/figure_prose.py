"""Figures in lines, lists and sentences: a key, and what was found for it, each figure with words or a unit of its own.

The text is read as one stream of keys and figures. A line or sentence with one key is that key's, on both sides;
in one with several, figures follow their key or stand before it, whichever goes for all of them. A line without a key
goes on with the last one. What a figure is called in one row, the figure in the same place is in the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from grader.checks.column_roles import Name, name_of, names_in
from grader.checks.figure_lists import NumberList, lists_of, of_lists, parted
from grader.checks.numerals import NUMBER, numeral
from grader.checks.quantities import Quantity, Unit, has_decimal_commas, prepared, quantity_spans, with_points
from grader.checks.record_types import Arrangement, Column, Reading, Series, Table
from grader.checks.written_keys import in_digits
from grader.documents.core.document import Block, BlockKind
from grader.model import Value

MAX_TEXT: Final = 40_000  # characters of one block
MAX_BELOW: Final = 12  # lines under a key that belong to its row
_FEWEST: Final = 3  # keys from which rows with a single figure count as well
_MAX_FIGURES: Final = 12  # of one row
_SHORT: Final = 130  # characters of a line or sentence that goes on with a row that has figures
_TEXTUAL: Final = frozenset(
    {BlockKind.HEADING, BlockKind.PROSE, BlockKind.OUTPUT, BlockKind.MATHS, BlockKind.TABLE}
)


class Figure(Value, frozen=True):
    """A number with its unit, the words before and behind it, and the passage that it stands in."""

    quantity: Quantity
    before: str
    behind: str
    evidence_text: str
    block: Block
    unit_number: int


class Token(Value, frozen=True):
    """A key (`key` is set) or a figure, with its place in a line or sentence."""

    start: int
    end: int
    quantity: Quantity
    key: int | None = None


class Sentence(Value, frozen=True):
    """A line or sentence: its text, its keys and figures in order, and the block it stands in."""

    text: str
    tokens: tuple[Token, ...]
    block: Block
    whole_line: bool
    quoted: str

    @property
    def keys(self) -> int:
        """How many keys there are."""
        return sum(token.key is not None for token in self.tokens)


def of_text(blocks: Sequence[Block], table: Table, *, rank: int) -> list[Arrangement]:
    """What lines, lists and sentences hold."""
    lists: list[NumberList] = []
    units: list[Sentence] = []
    ordinals = _are_ordinals(blocks, table)
    for block in blocks:
        if (block.kind not in _TEXTUAL and block.kind is not BlockKind.CODE) or block.rows:
            continue
        text = block.text[:MAX_TEXT]
        if block.kind is BlockKind.CODE:
            text = "\n".join(found[1] for line in text.split("\n") if (found := _COMMENT.match(line)))
        shown = parted(in_digits(_prepared(text), table), table)
        own = lists_of(shown, block, table)
        lists += own
        units += _units(shown, text, block, table, own, ordinals)
    found = list(of_lists(lists, table, rank=rank))
    found += [arrangement for group in _groups(units, table) for arrangement in _arrangement(group, table, rank)]
    return found


def _prepared(text: str) -> str:
    return prepared(with_points(text) if has_decimal_commas(text) else text)


_COMMENT: Final = re.compile(r"\s{0,40}#{1,4}\s?(.*)")
_ORDINAL: Final = re.compile(r"^[ \t>*+-]{0,8}(?P<number>\d{1,5})\s?[.)](?=\s)", re.M)


def _are_ordinals(blocks: Sequence[Block], table: Table) -> bool:
    """Whether ``1.`` at the head of a line counts the lines. It is a key where others are keys too."""
    heads = [
        int(match["number"])
        for block in blocks
        if block.kind in _TEXTUAL
        for match in _ORDINAL.finditer(block.text[:MAX_TEXT])
    ]
    return len(set(heads) & set(table.keys)) < _FEWEST


_SENTENCE_END: Final = re.compile(r"[.!?]\s+(?=[A-ZÅÄÖ\d(*_-])|\n")
_NUMBERED: Final = re.compile(r"[ \t>*+(-]{0,8}\w{1,5}")  # what counts the items of a list
_LOG: Final = re.compile(r"\d/\d+\s?(?:\[|\(=|━|-\s|\d)|━━")


def _units(
    shown: str, text: str, block: Block, table: Table, lists: Sequence[NumberList], ordinals: bool
) -> Iterator[Sentence]:
    written = text.split("\n")
    taken = [(one.start, one.end) for one in lists if len(one.values) > _FEWEST or one.keys]
    at = number = 0
    cuts = [(match.start(), match.end()) for match in _SENTENCE_END.finditer(shown)]
    # "Acc. 0.81" is no end: what follows a stop begins a sentence, or is a number behind a whole one
    for start, end in (*cuts, (len(shown), len(shown))):
        if start < end and shown[start] == "." and re.search(r"\b(?:acc|ca|approx|nogg|sek|sec|min|resp|tr)$", shown[max(at, start - 8) : start], re.I):
            continue
        if start < end and shown[start] == "." and _NUMBERED.fullmatch(shown, shown.rfind("\n", 0, start) + 1, start):
            continue
        said = shown[at:start]
        if said.strip() and len(said) <= 2_000 and not _LOG.search(said):
            inner = [(begin - at, stop - at) for begin, stop in taken if begin < start and stop > at]
            whole = (at == 0 or shown[at - 1] == "\n") and (start == len(shown) or shown[start] == "\n")
            line = written[number] if whole and number < len(written) else said
            yield Sentence(said, tuple(_tokens(said, table, inner, ordinals)), block, whole, _quoted(line))
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
        re.compile(rf"[\s-]{{0,2}}(?:\w{{2,12}}\s(?:per|in|i|each)\s(?:a\s|each\s|every\s|varje\s)?)?(?:{key})", re.I),
        re.compile(rf"\s{{0,2}}-?(?:{table.counted})", re.I),
    )


_HEAD: Final = re.compile(r"[\s>*+#_(\"'=~-]{0,12}(?:(?:\d|[a-zA-Z])[.)]\s{1,3})?[\s*_(\"']{0,4}")
_PREPOSITION: Final = re.compile(r"(?:\b(?:for|with|at|using|vid|för|med|when|när)\s{1,2}|@\s?)$", re.I)
_COMES_TO: Final = re.compile(r"\b(?:was|is|var|är|to|till|of|på)\s{1,2}$", re.I)
_THEN: Final = re.compile(
    r"\s{1,2}(?:it|tog|took|det|gave|gav|blev|needed|we|vi|jag|i|brought|led|resulted|reduced|cut|ledde|sänkte|the\s(?:training|time|accuracy))\b", re.I
)
_SUBJECT: Final = re.compile(
    r"\s?\(\s?[~<]?\d|\s?:\s[~<]?\d|\s{1,2}(?:took|tog|gave|gav|got|fick|needed|behövde|required|krävde|reached|nådde|finished|ran)\b",
    re.I,
)
_BEHIND_HEAD: Final = re.compile(r"\s{0,3}(?:[:=)(|,-]|\*|$|\s|(?:it|the|took|tog)\b)")
_BEHIND_PREPOSITION: Final = re.compile(
    r"\s{0,2}(?:[:=)(,.;!-]|$|\d|~|(?:it|the|this|that|we|i|is|was|were|took|tog|gave|gav|har|had|have|var|blev|and|och|got|fick|det|den|vi|jag|reached|needed|only|about|around|bara|cirka|ca|samples?|resulted|ended|finished|training|accuracy|time|as|images)\b)",
    re.I,
)


def _tokens(
    text: str, table: Table, taken: Sequence[tuple[int, int]], ordinals: bool
) -> Iterator[Token]:
    introduced, followed, counted = _key_patterns(table)
    allowed = frozenset(table.keys)
    head = _HEAD.match(text)
    first = head.end() if head else 0
    ordinal = _ORDINAL.match(text) if ordinals else None
    for span in quantity_spans(text):
        if any(start <= span.start < end for start, end in taken):
            continue
        if ordinal is not None and span.start < ordinal.end():
            continue
        if text[span.end : span.end + 1] == "/" and text[span.end + 1 : span.end + 2].isdigit():
            continue
        key = _key(text, span.start, span.end, allowed) if span.quantity.unit is Unit.NONE else None
        before, behind = text[max(0, span.start - 60) : span.start], text[span.end : span.end + 60]
        if key is not None and not (
            introduced.search(before)
            or followed.match(behind)
            or (
                not counted.match(behind)
                and (
                    (span.start <= first and _BEHIND_HEAD.match(behind))
                    or (_PREPOSITION.search(before) and _BEHIND_PREPOSITION.match(behind))
                    or _SUBJECT.match(behind)
                    or (_COMES_TO.search(before) and _THEN.match(behind))
                    or (before.rstrip().endswith(("(", ",")) and re.match(r"\s?:\s?[\d(]", behind))
                    or (before.endswith("(") and behind.startswith(")"))
                )
            )
        ):
            key = None
        if key is None and counted.match(behind) and span.quantity.unit is Unit.NONE:
            continue
        yield Token(span.start, span.end, span.quantity, key)


def _key(text: str, start: int, end: int, allowed: frozenset[int]) -> int | None:
    match = NUMBER.match(text, start)
    number = numeral(match) if match is not None and match.end() == end else None
    if number is None:
        return None
    fitting = [int(value) for value in number.readings if value in allowed]
    return max(fitting, default=None)  # nobody writes 1.000 or 1,000 for one


@dataclass(slots=True)
class _Row:
    key: int
    figures: list[Figure]


@dataclass(slots=True)
class _Group:
    """Rows that stand together. `lead` is what was said just before the first;"""

    lead: str
    rows: list[_Row]


def _groups(units: Sequence[Sentence], table: Table) -> Iterator[_Group]:
    """The rows of the text; a key that comes again begins another group, as does a heading."""
    group = _Group("", [])
    lead = ""
    below = 0
    for number, unit in enumerate(units):
        keys = unit.keys
        figures = [token for token in unit.tokens if token.key is None]
        if not keys:
            row = group.rows[-1] if group.rows else None
            more = _more(unit, row, _figures(unit, figures, number), table) if row and below > 0 else []
            if row is not None and more:
                row.figures += more[: _MAX_FIGURES - len(row.figures)]
                below -= 1
                continue
            below -= 1
            if unit.block.kind is BlockKind.HEADING and group.rows:
                yield group
                group = _Group("", [])
            lead = unit.text if len(unit.text) <= 160 else ""
            continue
        for key, own in _rows_of(unit):
            if not own and keys > 1:
                continue  # a list of sizes, or a comparison
            last = group.rows[-1] if group.rows else None
            if last is not None and last.key == key and len(last.figures) + len(own) <= _MAX_FIGURES:
                last.figures += _figures(unit, own, number)
                continue
            if any(row.key == key for row in group.rows):
                yield group
                group = _Group("", [])
            if not group.rows:
                first = next(token for token in unit.tokens if token.key is not None)
                group.lead = lead if keys == 1 or not first.start else f"{lead} {unit.text[: first.start]}"
                lead = ""
            group.rows.append(_Row(key, _figures(unit, own, number)))
            below = MAX_BELOW
    yield group


def _more(unit: Sentence, row: _Row, figures: list[Figure], table: Table) -> list[Figure]:
    """The figures of a line without a key that belong to the row before it: its first ones, or more of a list."""
    if unit.block.kind is BlockKind.HEADING or len(unit.text) > (_SHORT if row.figures else 400):
        return []
    if unit.whole_line and not re.search(r"[^\W\d]{2}", unit.text):
        return figures
    return [one for one in figures if one.quantity.unit is not Unit.NONE or _name(one, table) is not None]


def _rows_of(unit: Sentence) -> list[tuple[int, list[Token]]]:
    """The keys of a line or sentence with their figures."""
    keys = [token for token in unit.tokens if token.key is not None]
    figures = [token for token in unit.tokens if token.key is None]
    if len({token.key for token in keys}) == 1:
        assert keys[0].key is not None
        return [(keys[0].key, figures)]
    before = unit.tokens[0].key is None
    if before == (unit.tokens[-1].key is None):
        return []  # figures on both sides of the keys: whose is which cannot be told
    rows: list[tuple[int, list[Token]]] = []
    pending: list[Token] = []
    for token in unit.tokens:
        if token.key is None:
            if before:
                pending.append(token)
            elif rows:
                rows[-1][1].append(token)
            continue
        rows.append((token.key, pending if before else []))
        pending = []
    return rows


_CUT_BEFORE: Final = re.compile(
    r"[,;()|\n]|\b(?:and|och|with|med|but|men|while|medan|samt|whereas|then)\b|\s-\s", re.I
)
_CUT_BEHIND: Final = re.compile(
    r"[,;:|=\n(]|\b(?:and|och|with|med|but|men|while|medan|samt|whereas|then)\b|\s-\s|[.](?:\s|$)", re.I
)
_IN_BRACKETS: Final = re.compile(r"\s?\(([^()\d]{1,40})\)")


def _figures(unit: Sentence, own: Sequence[Token], number: int) -> list[Figure]:
    found: list[Figure] = []
    places = [token.start for token in unit.tokens] + [len(unit.text)]
    ends = [0] + [token.end for token in unit.tokens]
    at_place = {place: index for index, place in enumerate(places)}
    for token in own[:_MAX_FIGURES]:
        at = at_place[token.start]
        gap = unit.text[ends[at] : token.start]
        pieces = [piece for piece in _CUT_BEFORE.split(gap)]
        follows = at > 0 and unit.tokens[at - 1].key is None
        own_words = follows or len(pieces) == 1 or re.search(r"[^\W\d]", pieces[-1])
        before = pieces[-1] if own_words else " ".join(pieces[-2:])
        behind = unit.text[token.end : places[at + 1]]
        bracket = _IN_BRACKETS.match(behind)
        if bracket is not None:
            behind = bracket[1]
        else:
            cut = _CUT_BEHIND.search(behind)
            last = at + 2 == len(places)
            behind = behind[: cut.start()] if cut else behind if last else ""
        found.append(
            Figure(token.quantity, before[-80:], behind[:80], unit.quoted, unit.block, number)
        )
    return found


def _arrangement(group: _Group, table: Table, rank: int) -> Iterator[Arrangement]:
    rows = [row for row in group.rows if row.figures]
    if not rows:
        return
    bare = len(rows) >= _FEWEST and len({_shape(row) for row in rows}) == 1
    cells = [cell for row in rows for cell in _cells(row, bare=bare, table=table)]
    ordered = _names_by_order(group.lead, rows, table) if bare else None
    named: dict[str, dict[int, list[Figure]]] = {}
    left: dict[tuple[str, int], dict[int, Reading]] = {}
    alike = {
        (slot, shape): {cell.name for cell in cells if cell.slot == slot and shape in {cell.shape, None}}
        for slot in {cell.slot for cell in cells}
        for shape in {None, *(cell.shape for cell in cells)}
    }
    for cell in cells:
        others = alike[cell.slot, cell.shape] - {None}
        if cell.figure.quantity.unit is not Unit.NONE:
            others = others or alike[cell.slot, None] - {None}
        name = cell.name
        if name is None and len(others) == 1:
            (name,) = others
        elif name is None and not others and ordered is not None:
            name = ordered[cell.slot[1]].name
        if name is None and not others:
            figure = cell.figure
            reading = Reading(figure.quantity, figure.block.evidence(figure.evidence_text))
            left.setdefault(cell.slot, {}).setdefault(cell.key, reading)
        elif name:
            named.setdefault(name, {}).setdefault(cell.key, []).append(cell.figure)
    series = [Series(_lead_labels(group.lead, own, table), own) for own in left.values()]
    columns = {column.name: column for column in table.columns}
    for name, by_key in named.items():
        series += _series_of(columns[name], by_key, group.lead)
    told = [one for one in series if one.column is not None or _kinds(one) != {Unit.NONE} or bare]
    of_each = [sum(row.key in one.readings for one in told) for row in rows]
    if sum(count > 0 for count in of_each) < _FEWEST:  # one size with one figure is a remark
        rows = [row for row, count in zip(rows, of_each, strict=True) if count >= 2]
        series = [_of_rows(one, rows) for one in series]
    if rows:
        told = tuple(one for one in series if one.readings)
        yield Arrangement(rank, told, bare=bare, remark=len(rows) < _FEWEST)


def _of_rows(series: Series, rows: Sequence[_Row]) -> Series:
    kept = {row.key: series.readings[row.key] for row in rows if row.key in series.readings}
    return Series(series.labels, kept, series.column, series.above)


def _kinds(series: Series) -> set[Unit]:
    return {reading.quantity.unit for reading in series.readings.values()} - {Unit.NONE} or {Unit.NONE}


class _Cell(Value, frozen=True):
    """A figure of a row: the place among those of its unit, the units of its row, and the column that it names.

    `name` is None where it names none, and empty where it names two.
    """

    key: int
    figure: Figure
    slot: tuple[str, int]
    shape: tuple[Unit, ...]
    name: str | None


def _cells(row: _Row, *, bare: bool, table: Table) -> Iterator[_Cell]:
    seen: dict[str, int] = {}
    for figure in row.figures:
        unit = "any" if bare else str(figure.quantity.unit)
        name = _name(figure, table)
        said = None if name is None else name.column.name if name.column else ""
        yield _Cell(row.key, figure, (unit, seen.get(unit, 0)), _shape(row), said)
        seen[unit] = seen.get(unit, 0) + 1


def _shape(row: _Row) -> tuple[Unit, ...]:
    return tuple(figure.quantity.unit for figure in row.figures)


def _name(figure: Figure, table: Table) -> Name | None:
    """What a figure's own words say that it is; those before it weigh more where both name a column."""
    units = {figure.quantity.unit}
    before, behind = figure.before, f"{figure.quantity.text if figure.quantity.unit is Unit.PER_SAMPLE else ''} {figure.behind}"
    if figure.quantity.unit is Unit.NONE and not figure.quantity.value % 1 and not _AT_ONCE.search(before):
        before, behind = " ".join(_COPULA.sub("", before).split()[-1:]), ""  # "the same accuracy as 10" gives none
    both = name_of(f"{before} {behind}", units, table)
    if both is not None and both.column is not None:
        return both
    for words in (before, behind):
        name = name_of(words, units, table)
        if name is not None and name.column is not None:
            return name
    return both


_AT_ONCE: Final = re.compile(r"[:=]\s{0,2}['\"(]{0,2}$")
_COPULA: Final = re.compile(r"(?:\b(?:is|was|were|of|at|about|approximately|är|var|på|ca)\b\s{0,2}){1,4}$", re.I)


def _names_by_order(lead: str, rows: Sequence[_Row], table: Table) -> list[Column] | None:
    """The columns that a line before the rows names in their order: ``(batch size - time - accuracy)``."""
    named = names_in(lead, table)
    return named if len(named) == len(rows[0].figures) > 1 else None


def _lead_labels(lead: str, readings: dict[int, Reading], table: Table) -> tuple[str, ...]:
    """What leads in names figures without words, if it names one column only that they can be."""
    name = name_of(lead, _kinds(Series((), readings)), table)
    if name is None or name.column is None or (name.column.surest and not name.sure and not name.column.required):
        return ("",)  # "we tested all of them" says nothing of a test set
    return "", lead


def _series_of(column: Column, by_key: dict[int, list[Figure]], lead: str) -> Iterator[Series]:
    """A column's figures; where a key has two in one sentence that differ, neither counts."""
    readings: dict[int, Reading] = {}
    labels = ""
    surest = re.compile(column.surest, re.I) if column.surest else None
    for key, figures in by_key.items():
        first = [figure for figure in figures if figure.unit_number == figures[0].unit_number]
        if surest is not None:
            first = [one for one in first if surest.search(f"{one.before} {one.behind}")] or first
        if len({figure.quantity.value for figure in first}) > 1:
            continue
        labels = labels or f"{first[0].before} {first[0].behind}".strip()
        readings[key] = Reading(first[0].quantity, first[0].block.evidence(first[0].evidence_text))
    if readings:
        yield Series((labels, lead), readings, column)
