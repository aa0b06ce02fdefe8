"""Quantities in cells and sentences: durations, shares of one, counts, each with its unit as written."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from grader.checks.notation import plain
from grader.checks.numerals import NUMBER, numeral
from grader.model import Value


class Unit(StrEnum):
    """The unit that stands with a number; durations are always given in seconds whatever the unit."""

    NONE = ""
    SECONDS = "s"
    PER_SAMPLE = "s/sample"  # what Keras prints behind the duration: 16us/sample, 2ms/step
    PER_CENT = "%"


class Quantity(Value, frozen=True):
    """`value` in seconds for durations, as written else; `text` as it stands."""

    value: float
    unit: Unit
    text: str


_SCALE: Final = {
    **dict.fromkeys(("h", "hour", "hours", "hr", "hrs", "tim", "timme", "timmar"), 3600.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minut", "minuter"), 60.0),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sek", "sekund", "sekunder"), 1.0),
    **dict.fromkeys(("ms", "millisecond", "milliseconds", "msec", "millisekunder"), 1e-3),
    **dict.fromkeys(("us", "μs", "µs", "microsecond", "microseconds", "usec", "mikrosekunder"), 1e-6),
}
_UNIT: Final = re.compile(
    rf"\s?({'|'.join(sorted(_SCALE, key=len, reverse=True))})\b(?![-])(\s?/\s?[^\W\d]\w*|\s?per\s[^\W\d]\w*)?\.?",
    re.I,
)
_CLOCK: Final = re.compile(r"(?<![\d:])(?:(\d{1,2}):)?(\d{1,3}):(\d{2})(?:[.,](\d+))?(?![\d:])")
_OF_A_RUN: Final = re.compile(r"epoch|epok|run\b|körning|batch\s?size", re.I)  # 4s/epoch is a whole time
_PRIMES: Final = re.compile(r"(?<![\d:])()(\d{1,3})\s?'\s?(\d{1,2})\s?(?:''|\")()")  # 1'58"
_START: Final = re.compile(r"(?<![\w.])\.?\d")
_JOINING: Final = re.compile(r"(?:\s|,|and|och){0,5}")
_GLUED: Final = re.compile(r"(?<=\d)(h|m|min|s)(?=\d)")  # 1m58s
_SHARE: Final = re.compile(r"\s?(?:%|percent\b|per cent\b|procent\b)", re.I)
_LARGER_UNIT: Final = re.compile(r"\d\s?(?:h|m|min|hour|minut|tim)\w*\.?$", re.I)
MAX_CELL: Final = 200  # characters of a cell that are read


class Span(Value, frozen=True):
    """A quantity and where it stands in the text that `prepared` gave."""

    start: int
    end: int
    quantity: Quantity


_DECIMAL_COMMA: Final = re.compile(r"(?<![\d.,])0,\d|(?<![\d.,])\d{1,3},\d{1,2}\s?(?:%|s\b|sek|procent)")
_THREE_DECIMALS: Final = re.compile(r"(?<![\d.,\w])(\d{1,3}),(?=\d{3}(?![\d,.]|\s000\b))")


def has_decimal_commas(text: str) -> bool:
    """Whether the author of a text writes decimal commas: ``0,81``, ``81,5 %``."""
    return _DECIMAL_COMMA.search(text) is not None


def with_points(text: str) -> str:
    """A text of such an author with points before three decimals, where a comma could set off thousands."""
    return _THREE_DECIMALS.sub(r"\1.", text)


_COUNTED: Final = re.compile(r"\b\d{1,5}\s?/\s?\d{2}[ ,]?\d{3}\s?[=≈]\s?(?=0?[.,]\d|\d{1,2}(?:[.,]\d+)?\s?%)")
"""So many of all, before the share that it comes to: ``49152/60000 = 0.8192``."""


def prepared(text: str) -> str:
    """A text in the form that `quantity_spans` reads: plain notation, line by line."""
    return "\n".join(
        _GLUED.sub(r"\1 ", _COUNTED.sub("", plain(line).replace("\n", " ").replace("µ", "μ")))
        for line in text.split("\n")
    )


def quantities(text: str) -> list[Quantity]:
    """All numbers of a short text with their units, in order; ``1 min 58 s`` and ``1:58`` are one each."""
    return [span.quantity for span in quantity_spans(prepared(text[:MAX_CELL]).strip())]


def quantity_spans(shown: str) -> list[Span]:
    """All numbers of a `prepared` text with their units and places, in order."""
    found: list[Span] = []
    at = 0
    while (match := _START.search(shown, at)) is not None:
        at = match.start()
        clock = _CLOCK.match(shown, at) or _PRIMES.match(shown, at)
        if clock is not None:
            hours, minutes, seconds = int(clock[1] or 0), int(clock[2]), int(clock[3])
            value = hours * 3600.0 + minutes * 60.0 + seconds + float(f"0.{clock[4] or 0}")
            found.append(Span(at, clock.end(), Quantity(value, Unit.SECONDS, clock[0])))
            at = clock.end()
            continue
        number_match = NUMBER.match(shown, at)
        if number_match is None:
            at += 1
            continue
        number, start, at = numeral(number_match), number_match.start(), number_match.end()
        if number is None:
            continue
        value = float(number.value)
        if start and shown[start - 1] == "-" and not (start > 1 and (shown[start - 2].isalnum())):
            value = -value
        unit = _UNIT.match(shown, at)
        if unit is not None:
            at = unit.end()
            scaled = value * _SCALE[unit[1].lower()]
            kind = Unit.PER_SAMPLE if unit[2] and not _OF_A_RUN.search(unit[2]) else Unit.SECONDS
            before = found[-1] if found else None
            if (
                before is not None
                and kind is Unit.SECONDS
                and before.quantity.unit is Unit.SECONDS
                and scaled < 60
                and start - before.end <= 5
                and _JOINING.fullmatch(shown, before.end, start)
                and before.quantity.value % 60 == 0
                and _LARGER_UNIT.search(before.quantity.text)
            ):  # 1 min 58 s, 0m 13s
                whole = Quantity(before.quantity.value + scaled, kind, shown[before.start : at])
                found[-1] = Span(before.start, at, whole)
                continue
            found.append(Span(start, at, Quantity(scaled, kind, shown[start:at].strip())))
            continue
        share = _SHARE.match(shown, at)
        if share is not None:
            at = share.end()
            found.append(Span(start, at, Quantity(value, Unit.PER_CENT, shown[start:at])))
            continue
        found.append(Span(start, at, Quantity(value, Unit.NONE, number_match[0])))
    return found


def count(text: str, allowed: frozenset[int]) -> int | None:
    """The one allowed whole number that a cell states (``60 000``, ``60,000``, ``Width: 10``), or None."""
    shown = plain(text[:MAX_CELL])
    named = set()
    for match in NUMBER.finditer(shown):
        number = numeral(match)
        if number is None:
            return None
        fitting = [int(value) for value in number.readings if value in allowed]
        if not fitting:
            return None
        named.add(fitting[0])
    return named.pop() if len(named) == 1 else None
