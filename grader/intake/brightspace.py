"""Brightspace: ``<n>-<n> - Name - Sep 24, 2024 926 PM/<file>``, and an ``index.html`` of its own.

Layout from third parties' scripts; not verified. The format of the date is the site's: where it cannot be
read, all attempts of a student stay and the TA is told.
"""

from __future__ import annotations

import re

from grader.intake.dates import read_day
from grader.intake.entries import Entry, Placed, Placement, Source
from grader.intake.intake_types import Unplaced
from grader.model import Student

_FOLDER = re.compile(r"(?P<user>[0-9]+)-(?P<box>[0-9]+) - (?P<name>.+) - (?P<when>.+)")
_FLAT = re.compile(
    r"(?P<user>[0-9]+)-(?P<box>[0-9]+) ?- (?P<name>.+?) ?- "
    r"(?P<when>[^-]*[0-9]{4},? [0-9]{3,4}(?: [AP]M)?) ?- (?P<file>.+)"
)
_INDEX = "index.html"
_CLOCK = re.compile(
    r"(?P<day>.+?),? (?P<hour>[0-9]{1,2})[:.]?(?P<minute>[0-9]{2})(?: ?(?P<half>[AP]M))?", re.IGNORECASE
)


def recognises(source: Source) -> bool:
    """Whether most top names, the index aside, are Brightspace's."""
    tops = {entry.parts[0] for entry in source.entries if entry.name != _INDEX}
    tops |= {folder.split("/")[0] for folder in source.empty_folders}
    return bool(tops) and 2 * sum(_match(top) is not None for top in tops) > len(tops)


def place(source: Source) -> Placed:
    """One submission a folder; the latest of a student's counts."""
    groups: dict[tuple[str, str, str], tuple[str, list[tuple[str, Entry]]]] = {}
    unplaced: list[Unplaced] = []
    tops: list[tuple[str, str, Entry | None]] = [(*_split(entry.name), entry) for entry in source.entries]
    tops += [(folder, "", None) for folder in source.empty_folders if "/" not in folder]
    for top, inside, entry in tops:
        if entry is not None and entry.name == _INDEX:
            continue
        match = (_FOLDER if inside or entry is None else _FLAT).fullmatch(top)
        if match is None:
            unplaced.append(
                Unplaced(
                    path=entry.name if entry else top,
                    reason="not named as Brightspace names what students hand in",
                )
            )
            continue
        key = (match["user"], match["name"], match["when"])
        _, files = groups.setdefault(key, (f"{match['user']}-{match['box']}", []))
        if entry is not None:
            files.append((inside or match["file"], entry))
    placements = [_placement(key, ids, files) for key, (ids, files) in groups.items()]
    unread = {placement.same for placement in placements if not placement.submitted_at}
    problems: list[str] = []
    for same in sorted(unread):
        several = [placement for placement in placements if placement.same == same]
        if len(several) > 1:
            problems.append(
                f"{several[0].students[0].name}: the dates of {len(several)} attempts cannot be read; "
                "all are graded"
            )
    return Placed(
        placements=tuple(
            placement if placement.same not in unread else _on_its_own(placement) for placement in placements
        ),
        unplaced=tuple(unplaced),
        problems=tuple(problems),
    )


def read_date(text: str) -> str:
    """A date such as ``Sep 24, 2024 926 PM`` in ISO form without a zone, or nothing if it cannot be read."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return ""
    hour, minute, half = int(match["hour"]), int(match["minute"]), (match["half"] or "").upper()
    if half:
        if not 1 <= hour <= 12:
            return ""
        hour = hour % 12 + (12 if half == "PM" else 0)
    if hour > 23 or minute > 59:
        return ""
    day = read_day(match["day"])
    return f"{day.isoformat()}T{hour:02}:{minute:02}" if day is not None else ""


def _placement(key: tuple[str, str, str], ids: str, files: list[tuple[str, Entry]]) -> Placement:
    user, name, when = key
    return Placement(
        label=f"{name}_{user}",
        entries=tuple(files),
        students=(Student(id=user, name=name),),
        same=f"{user} {name}",
        submitted_at=read_date(when),
        lms={"system": "brightspace", "folder": f"{ids} - {name} - {when}", "brightspace_id": user},
    )


def _on_its_own(placement: Placement) -> Placement:
    return Placement(
        label=placement.label, entries=placement.entries, students=placement.students, lms=placement.lms
    )


def _match(top: str) -> re.Match[str] | None:
    return _FLAT.fullmatch(top) or _FOLDER.fullmatch(top)


def _split(name: str) -> tuple[str, str]:
    top, _, inside = name.partition("/")
    return top, inside
