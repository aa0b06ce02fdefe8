"""Columns written as lists of numbers: ``times: 118, 13, 3, 1 and 1 s``, ``acc = [0.81, ...]``, "respectively".

One list is the keys'; others of the same length are series in its order.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from grader.checks.quantities import Quantity, Span, Unit, quantity_spans
from grader.checks.record_types import Arrangement, Reading, Series, Table
from grader.documents.core.document import Block
from grader.model import Value

FEWEST: Final = 3  # numbers that make a list
_MAX_LENGTH: Final = 24
_MAX_LISTS: Final = 60  # of one arrangement
_BETWEEN: Final = re.compile(
    r"[\s'\"]{0,3}(?:[,;/|&]|\b(?:and|och|samt|resp\.?|respektive|then|sen)\b)?[\s'\"]{0,3}(?:(?:and|och|samt|then|finally|slutligen)\b\s{0,2})?"
    r"(?:(?:about|roughly|around|ca\.?|cirka|only|just|bara|endast)\s)?[~<=≈$]{0,2}\s{0,2}"
)
_COMPACT: Final = re.compile(
    r"(?<![\w.,])\d{1,8}(?:\.\d{1,18})?(?:,\d{1,8}(?:\.\d{1,18})?){2,24}(?![\w.,]?\d)"
)
_ARRAY: Final = re.compile(
    r"\([ \t]{0,8}((?:\d{1,8}\.?\d{0,18}(?:e[+-]?\d{1,3})?[ \t]{1,12}){2,24}\d{1,8}\.?\d{0,18}(?:e[+-]?\d{1,3})?)[ \t]{0,8}\)"
)
_LABEL_END: Final = re.compile(r"[.;!?]\s|\n|,\s|\b(?:and|och|while|medan|whereas|samt)\b")
_LABEL_STOP: Final = re.compile(r"[.;!?](?:\s|$)|\n|,|\b(?:and|och|while|medan|whereas|samt|for|för)\b")
_IN_ORDER: Final = re.compile(
    r"\W*(?:(?:in|i)\s)?(?:the\s)?(?:(?:same|that|this)\sorder|samma\sordning|denna\sordning|order|ordning)\W*",
    re.I,
)
MAX_LABEL: Final = 90


class NumberList(Value, frozen=True):
    """Numbers in a row and what is said of them. `keys` holds them as keys, if they are the table's."""

    start: int
    end: int
    label: str
    behind: str
    values: tuple[Quantity, ...]
    block: Block
    passage: str
    keys: tuple[int, ...] = ()


def parted(shown: str, table: Table) -> str:
    """A text with a blank behind each comma that parts numbers, and with runs of keys parted by commas."""
    shown = _ARRAY.sub(lambda array: f"({', '.join(one.rstrip('.') for one in array[1].split())})", shown)
    shown = _COMPACT.sub(_parted_commas, shown)
    shown = _key_and_figure(table).sub(r"\1: ", shown)
    return _key_run(table).sub(lambda run: ", ".join(re.findall(r"\d+", _ungrouped(run[0]))), shown)


def _ungrouped(run: str) -> str:
    return re.sub(r"(?<=\d)[ ,.'\u2009]000(?!\d)", "000", run)


def _parted_commas(run: re.Match[str]) -> str:
    pieces = run[0].split(",")
    if all(len(piece) == 3 for piece in pieces[1:]):
        return run[0]  # 1,234,567 is one number
    return ", ".join(pieces)


@cache
def _key_and_figure(table: Table) -> re.Pattern[str]:
    """A key behind its name with a figure right behind it: ``Width 1 131 s``."""
    keys = "|".join(str(key) for key in sorted(table.keys, reverse=True) if key < 1000)
    return re.compile(
        rf"((?:{table.key_heading})[^\d\n]{{0,12}}(?<![\d.,])(?:{keys}))[ \t](?=\d)(?!000(?!\d))", re.I
    )


@cache
def _key_run(table: Table) -> re.Pattern[str]:
    """All keys in their order, or in the opposite one, with anything between that parts a list."""
    written = [
        str(key) if key < 1000 else rf"{str(key)[:-3]}[ ,.'\u2009]?{str(key)[-3:]}"
        for key in sorted(table.keys)
    ]
    gap = r"[ \t]{0,2}[,;/|& \t][ \t]{0,2}(?:(?:and|och|samt)[ \t]{1,2})?"
    ways = "|".join(gap.join(order) for order in (written, written[::-1]))
    return re.compile(rf"(?<![\w.,])(?:{ways})(?![\w%]|[.,]\d)")


def lists_of(shown: str, block: Block, table: Table) -> list[NumberList]:
    """The lists of numbers of a `prepared` and `parted` text."""
    found: list[NumberList] = []
    run: list[Span] = []
    spans = quantity_spans(shown)
    for span in (*spans, None):
        if run and span is not None and len(run) < _MAX_LENGTH and _continues(shown, run[-1].end, span):
            run.append(span)
            continue
        for part in _parts(shown, run):
            found.append(_list(shown, part, found[-1] if found else None, block, table))
        run = [span] if span is not None else []
    return found


def _parts(shown: str, run: list[Span]) -> list[list[Span]]:
    """Numbers in a row as the lists that they are: none, one, or two where the unit changes once."""
    if _is_list(shown, run):
        return [run]
    changes = [
        at
        for at, (one, other) in enumerate(itertools.pairwise(run), start=1)
        if one.quantity.unit is not other.quantity.unit
    ]
    if len(changes) != 1 or min(changes[0], len(run) - changes[0]) < FEWEST:
        return []
    return [run[: changes[0]], run[changes[0] :]]


def _continues(shown: str, end: int, span: Span) -> bool:
    start = span.start - 1 if span.quantity.value < 0 else span.start
    gap = shown[end:start]
    if not 0 < len(gap) <= 24 or ("\n" in gap and not re.fullmatch(r"\s?[,;]\s{0,22}", gap)):
        return False
    return _BETWEEN.fullmatch(gap) is not None


def _is_list(shown: str, run: Sequence[Span]) -> bool:
    """Whether numbers in a row are of one kind: a row of a table, parted by commas, is of several.

    The unit may stand behind the last number only.
    """
    units = [span.quantity.unit for span in run]
    if len(run) < FEWEST or len(set(units)) == 1:
        return len(run) >= FEWEST
    last = re.search(r"\b(?:and|och|samt|resp)", shown[run[-2].end : run[-1].start]) is not None
    return set(units[:-1]) == {Unit.NONE} and (len(run) > FEWEST or last)


def _list(shown: str, run: Sequence[Span], last: NumberList | None, block: Block, table: Table) -> NumberList:
    start, end = run[0].start, run[-1].end
    after = last.end if last is not None else 0
    before = shown[max(after, start - MAX_LABEL) : start]
    cuts = [match.end() for match in _LABEL_END.finditer(before)]
    label = before[cuts[-1] :] if cuts else before
    if cuts and (_IN_ORDER.fullmatch(label) or not re.search(r"[^\W\d]", label)):
        label = before[cuts[-2] if len(cuts) > 1 else 0 :]
    if last is not None and last.keys and not re.search(r"\w|\n", shown[after:start]):
        label = last.label  # "the accuracies were (for 1, 10, 100) 0.81, 0.83, 0.82"
    tail = shown[end : end + MAX_LABEL]
    stop = _LABEL_STOP.search(tail)
    behind = tail[: stop.start()] if stop else tail
    values = _with_unit([span.quantity for span in run])
    allowed = frozenset(table.keys)
    numbers = [int(value.value) for value in values if value.unit is Unit.NONE and value.value in allowed]
    keys = tuple(numbers) if len(set(numbers)) == len(values) else ()
    passage = " ".join((label + shown[start:end] + behind).split())
    return NumberList(start, end, label, behind, values, block, passage, keys)


def _with_unit(values: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """The unit behind the last number of a list is all numbers' where they have none of their own."""
    last = values[-1]
    if last.unit is Unit.NONE or any(value.unit is not Unit.NONE for value in values[:-1]):
        return tuple(values)
    plain_number = re.match(r"\d+(?:[.,]\d+)?", last.text)
    as_written = float(plain_number[0].replace(",", ".")) if plain_number else 0.0
    scale = last.value / as_written if as_written and last.unit is not Unit.PER_CENT else 1.0
    return (*(Quantity(value.value * scale, last.unit, value.text) for value in values[:-1]), last)


def of_lists(lists: Sequence[NumberList], table: Table, *, rank: int) -> Iterator[Arrangement]:
    """The lists in the order of the keys' list that stands nearest before them, or else behind them."""
    orders = [one for one in lists if one.keys]
    groups: dict[int, list[NumberList]] = {}
    current = next(iter(orders), None)
    for one in lists[:_MAX_LISTS]:
        if one.keys:
            if current is None or one.keys != current.keys:
                current = one
        elif current is not None and len(one.values) == len(current.keys):
            groups.setdefault(orders.index(current), []).append(one)
        elif current is None and len(one.values) == len(table.keys):
            groups.setdefault(-1, []).append(one)  # in the order of the question
    for at, own in groups.items():
        keys = orders[at].keys if at >= 0 else tuple(sorted(table.keys))
        series = tuple(
            Series(
                (one.label, one.behind),
                {
                    key: Reading(value, one.block.evidence(one.passage))
                    for key, value in zip(keys, one.values, strict=True)
                },
            )
            for one in own
        )
        yield Arrangement(rank, series)
