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
    rf"\s?({'|'.join(sorted(_SCALE, key=len, reverse=True))})\b(?![-])(\s?/\s?\w+|\s?per\s\w+)?\.?", re.I
)
_CLOCK: Final = re.compile(r"(?<![\d:])(?:(\d{1,2}):)?(\d{1,3}):(\d{2})(?:[.,](\d+))?(?![\d:])")
_GLUED: Final = re.compile(r"(?<=\d)(h|m|min|s)(?=\d)")  # 1m58s
_SHARE: Final = re.compile(r"\s?(?:%|percent\b|per cent\b|procent\b)", re.I)
_LARGER_UNIT: Final = re.compile(r"\d\s?(?:h|m|min|hour|minut|tim)\w*\.?$", re.I)
MAX_CELL: Final = 200  # characters of a cell that are read


def quantities(text: str) -> list[Quantity]:
    """All numbers of a short text with their units, in order; ``1 min 58 s`` and ``1:58`` are one each."""
    shown = _GLUED.sub(r"\1 ", plain(text[:MAX_CELL]).replace("µ", "μ").strip())
    found: list[Quantity] = []
    at, previous_end = 0, -9
    clocks = {match.start(): match for match in _CLOCK.finditer(shown)}
    while at < len(shown):
        clock = clocks.get(at)
        if clock is not None:
            hours, minutes, seconds = int(clock[1] or 0), int(clock[2]), int(clock[3])
            value = hours * 3600.0 + minutes * 60.0 + seconds + float(f"0.{clock[4] or 0}")
            found.append(Quantity(value, Unit.SECONDS, clock[0]))
            at = previous_end = clock.end()
            continue
        match = NUMBER.match(shown, at)
        if match is None:
            at += 1
            continue
        number, start, at = numeral(match), match.start(), match.end()
        if number is None:
            continue
        value = float(number.value)
        if start and shown[start - 1] == "-" and not (start > 1 and (shown[start - 2].isalnum())):
            value = -value
        unit = _UNIT.match(shown, at)
        if unit is not None:
            at = unit.end()
            scaled = value * _SCALE[unit[1].lower()]
            kind = Unit.PER_SAMPLE if unit[2] else Unit.SECONDS
            joined = shown[previous_end:start].strip(" ,andoch") == "" and start - previous_end <= 5
            if joined and kind is Unit.SECONDS and found and found[-1].unit is Unit.SECONDS and scaled < 60:
                before = found.pop()
                if before.value % 60 == 0 and _LARGER_UNIT.search(before.text):  # 1 min 58 s, 0m 13s
                    found.append(Quantity(before.value + scaled, kind, f"{before.text} {shown[start:at]}"))
                    previous_end = at
                    continue
                found.append(before)
            found.append(Quantity(scaled, kind, shown[start:at].strip()))
            previous_end = at
            continue
        share = _SHARE.match(shown, at)
        if share is not None:
            at = share.end()
            found.append(Quantity(value, Unit.PER_CENT, shown[start:at]))
            continue
        found.append(Quantity(value, Unit.NONE, match[0]))
    return found


def count(text: str, allowed: frozenset[int]) -> int | None:
    """The one allowed whole number that a cell states (``60 000``, ``60,000``, ``Batch size: 10``), or None."""
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
