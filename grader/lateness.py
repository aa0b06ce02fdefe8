"""Late or not, by how much, and what that costs: as the deadline or the LMS says. Costs nothing unless somebody says so.

A deadline has a time zone: the one it is written with, or else this computer's. Times that an LMS writes without a zone
are taken to be in the deadline's. A deadline to the minute ends with that minute, one to the day with that day.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from grader.errors import DeadlineError
from grader.model import Result, Value

_DIGITS: Final = 2  # of points
_DEADLINE: Final = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[T ]+(?P<clock>\d\d?:\d\d)(?P<seconds>:\d\d)?)?\s*"
    r"(?P<zone>Z|[+-]\d\d:?\d\d|[A-Za-z][A-Za-z_]+(?:/[A-Za-z0-9_+-]+)*)?"
)
_OFFSET: Final = re.compile(r"([+-]\d\d):?(\d\d)")
_SHARE: Final = re.compile(r"[+-]?(\d+(?:[.,]\d+)?)\s*(%?)")
LMS_SAYS: Final = "The LMS marks it as late."


class Deadline(Value, frozen=True):
    """The last moment that is in time, in ISO 8601 with its offset from UTC; `assumed`: the zone is this computer's."""

    moment: str
    assumed: bool = False

    @property
    def at(self) -> datetime:
        """The moment itself."""
        return datetime.fromisoformat(self.moment)

    def __str__(self) -> str:
        whole = self.at.strftime("%Y-%m-%d %H:%M" if self.at.second in {0, 59} else "%Y-%m-%d %H:%M:%S")
        return f"{whole} {_offset(self.at)}"


class Per(StrEnum):
    """What a rule counts."""

    ONCE = "once"
    DAY = "day"
    HOUR = "hour"


class LateRule(Value, frozen=True):
    """Points that late work loses: so many (or, as a `share`, per cent of the maximum) for each begun day or hour, or once.

    `at_most` bounds the whole, in the same unit. `by` and `at` say who made it the rule, and when.
    """

    points: float
    share: bool = False
    per: Per = Per.DAY
    at_most: float | None = None
    by: str = ""
    at: str = ""

    def __str__(self) -> str:
        unit = "% of the maximum" if self.share else " points" if self.points != 1 else " point"
        often = "" if self.per is Per.ONCE else f" for each begun {self.per}"
        most = f", {self.at_most:g}{'%' if self.share else ''} at most" if self.at_most is not None else ""
        return f"{self.points:g}{unit} off{often}{most}"


def read_deadline(text: str, *, zone: tzinfo | None = None) -> Deadline:
    """A deadline as people write it; `zone` stands in for this computer's. Raises `DeadlineError`."""
    found = _DEADLINE.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError("it is no date")
        clock, seconds = found["clock"], found["seconds"] or ":59"
        hour, _, minute = (clock or "23:59").partition(":")
        naive = datetime.combine(
            date.fromisoformat(found["day"]), time(int(hour), int(minute), int(seconds[1:]))
        )
        own = _zone(found["zone"])
        moment = naive.replace(tzinfo=own or zone) if own or zone else naive.astimezone()
    except (ValueError, OverflowError) as problem:
        raise DeadlineError(
            f"{text!r} is no deadline ({problem}): write 2026-11-20T23:59+01:00, or '2026-11-20 23:59 Europe/Stockholm'"
        ) from problem
    return Deadline(moment.isoformat(timespec="seconds"), own is None)


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text in {"Z", "UTC"}:
        return UTC
    if offset := _OFFSET.fullmatch(text):
        zone = datetime.fromisoformat(f"2000-01-01T00:00{offset[1]}:{offset[2]}").tzinfo
        assert zone is not None, "an offset was written"
        return zone
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise ValueError(f"there is no time zone {text!r}") from problem


def _offset(moment: datetime) -> str:
    text = moment.strftime("%z")
    return f"{text[:3]}:{text[3:5]}" if text not in {"", "+0000"} else "UTC"


def handed_in_at(text: str, zone: tzinfo | None) -> datetime | None:
    """When something was handed in, as an LMS wrote it; None where that is no day with a time."""
    try:
        moment = datetime.fromisoformat(text) if len(text) > len("2026-11-20") else None
    except ValueError:
        return None
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=zone)


def dated(result: Result, *, lms_late: bool, submitted_at: str, deadline: Deadline | None) -> Result:
    """The result with whether it is late and what says so: the deadline where the time is known, else the LMS."""
    moment = handed_in_at(submitted_at, deadline.at.tzinfo) if deadline is not None else None
    late, reason = lms_late, LMS_SAYS if lms_late else ""
    if deadline is not None and moment is not None:
        late = moment > deadline.at
        reason = f"Handed in {_span(moment - deadline.at)} after the deadline ({deadline})." if late else ""
    return msgspec.structs.replace(result, late=late, late_reason=reason, submitted_at=submitted_at)


def penalised(result: Result, deadline: Deadline | None, rule: LateRule | None) -> Result:
    """The result with the points that its lateness costs by a rule; none where the rule counts time and that is unknown."""
    return msgspec.structs.replace(result, late_points=-round(_lost(result, deadline, rule), _DIGITS) or 0.0)


def _lost(result: Result, deadline: Deadline | None, rule: LateRule | None) -> float:
    if rule is None or not result.late:
        return 0.0
    times = 1
    if rule.per is not Per.ONCE:
        moment = handed_in_at(result.submitted_at, deadline.at.tzinfo) if deadline is not None else None
        if deadline is None or moment is None:
            return 0.0
        unit = timedelta(days=1) if rule.per is Per.DAY else timedelta(hours=1)
        times = max(1, ceil((moment - deadline.at) / unit))
    whole = rule.points * times if rule.at_most is None else min(rule.points * times, rule.at_most)
    return min(result.max, whole * result.max / 100 if rule.share else whole)


def uncounted(result: Result, rule: LateRule | None) -> bool:
    """Whether a rule could not be applied to late work, since nobody knows how late it is."""
    return rule is not None and result.late and not result.late_points and rule.points > 0


def points_before(result: Result) -> float:
    """The points of a result that has its decisions in it, without what its lateness costs."""
    return round(sum(question.points for question in result.questions), _DIGITS)


def late_words(result: Result) -> str:
    """Of late work: what says so, and the points before and after; nothing of what is in time."""
    if not result.late:
        return ""
    reason = result.late_reason or "Handed in late."
    if not result.late_points:
        return reason
    before, after = points_before(result), result.points
    return f"{reason} Late work loses points: {before:g} - {round(before - after, _DIGITS):g} = {after:g}."


def late_mark(result: Result) -> str:
    """The same for a cell of a table."""
    if not result.late_points:
        return "late" if result.late else ""
    before = points_before(result)
    return f"late: {before:g} - {round(before - result.points, _DIGITS):g} = {result.points:g}"


def read_rule(points: str, per: Per, at_most: float | None, *, by: str, at: str) -> LateRule | None:
    """A rule as it is said: ``1``, ``-1`` or ``10%``; nothing for ``0``. Raises `DeadlineError`."""
    found = _SHARE.fullmatch(points.strip())
    if found is None:
        raise DeadlineError(f"{points!r} is no number of points: write 1, or 10% for a share of the maximum")
    number, share = float(found[1].replace(",", ".")), bool(found[2])
    if share and number > 100:
        raise DeadlineError(f"{points} is more than all: write a share up to 100%")
    return LateRule(number, share, per, at_most, by, at) if number else None


def _span(time_over: timedelta) -> str:
    """So much time, in the two largest units; seconds only below a minute."""
    seconds = max(1, int(time_over.total_seconds()))
    if seconds < 60:
        return _counted(seconds, "second")
    parts = [(seconds // 86_400, "day"), (seconds // 3_600 % 24, "hour"), (seconds // 60 % 60, "minute")]
    first = next(place for place, (count, _) in enumerate(parts) if count)
    return " ".join(_counted(count, unit) for count, unit in parts[first : first + 2] if count)


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"
