"""Canvas: ``sortablename[_LATE]_<userid>_<attachmentid>_<file>``, one flat folder.

Layout from Canvas's own source. A ``-1`` before the extension marks a name used twice, not an attempt; a download holds the
latest attempt only. The name of a group may hold numbers of its own (``grupp_12_1102_60002_report.pdf``): which two are the
user's and the attachment's is read from the whole download, and where it does not tell, the user is left open.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from grader.intake.entries import Entry, Placed, Placement, Source
from grader.intake.intake_types import Unplaced
from grader.model import Student, Value

_ANONYMOUS = re.compile(
    r"(?P<late>LATE_)?anon(?P<late2>_LATE)?_(?P<user>[0-9A-Za-z]+)_"
    r"(?:(?P<attachment>[0-9]+)_(?P<file>.+)|(?P<entry>text|link)\.html)",
    re.DOTALL,
)
_ENTRY = re.compile(r"(text|link)\.html")
_NOT_OF_NAMES = re.compile(
    r"[\s.,;:/\\()'\"]"
)  # what Canvas takes out of a name; letters of all scripts and marks stay
_GROUP_WORD = re.compile(r"\w*(?:grupp|gruppe|group|groupe|groep|team|lag|pair|par)", re.IGNORECASE)
_LINK = "handed in as a link: the page it leads to was not fetched"


class _Name(Value, frozen=True):
    """A file's name read in one way; `attachment` is empty for what was typed in or linked."""

    user: str
    name: str
    late: bool
    file: str
    attachment: str = ""
    link: bool = False


def recognises(source: Source) -> bool:
    """Whether there are no folders and most names are Canvas's."""
    names = [entry.name for entry in source.entries]
    if not names or any("/" in name for name in names) or source.empty_folders:
        return False
    return 2 * sum(bool(_readings(name)) for name in names) > len(names)


def place(source: Source) -> Placed:
    """One submission a user; with anonymous grading, one an anonymous id and no student."""
    readings = {entry.name: _readings(entry.name) for entry in source.entries}
    evidence = _Evidence(readings)
    groups: dict[tuple[str, str], list[tuple[_Name, Entry]]] = {}
    unplaced: list[Unplaced] = []
    problems: list[str] = []
    candidates: dict[str, str] = {}
    for entry in source.entries:
        found = readings[entry.name]
        if not found:
            unplaced.append(
                Unplaced(path=entry.name, reason="not named as Canvas names what students hand in")
            )
            continue
        read = found[0] if len(found) == 1 else evidence.chosen(found)
        if read is None:
            read = _Name("", entry.name, any(one.late for one in found), entry.name)
            candidates[entry.name] = ",".join(one.user for one in found)
            problems.append(
                f"{entry.name}: which of its numbers is the user's is not certain; its student is left open"
            )
        key = (read.user or entry.name, "" if read.name else "anonymous")
        groups.setdefault(key, []).append((read, entry))
    return Placed(
        placements=tuple(
            _placement(user, files, candidates.get(user, "")) for (user, _), files in groups.items()
        ),
        unplaced=tuple(unplaced),
        problems=tuple(problems),
    )


def _placement(user: str, files: list[tuple[_Name, Entry]], candidates: str) -> Placement:
    first, _ = files[0]
    lms = {
        "system": "canvas",
        "entry": next((e.name for one, e in files if one.attachment), files[0][1].name),
    }
    if candidates:
        lms = {"system": "canvas", "candidates": candidates}
    if first.user:
        lms["user_id" if first.name else "anonymous_id"] = user
    return Placement(
        label=f"{first.name or 'anon'}_{user}" if first.user else user.rpartition(".")[0] or user,
        entries=tuple((read.file, entry) for read, entry in files),
        students=(Student(id=user, name=first.name),) if first.name and first.user else (),
        late=any(read.late for read, _ in files),
        lms=lms,
        notes=(_LINK,) if any(read.link for read, _ in files) else (),
    )


def _readings(name: str) -> list[_Name]:
    """Every way to read a name; the likeliest first: Canvas itself takes the first two numbers."""
    anonymous = _ANONYMOUS.fullmatch(name)
    if anonymous is not None:
        late = anonymous["late"] is not None or anonymous["late2"] is not None
        file = anonymous["file"] or f"{anonymous['entry']}.html"
        link = anonymous["entry"] == "link"
        return [_Name(anonymous["user"], "", late, file, anonymous["attachment"] or "", link)]
    tokens = name.split("_")
    found: list[_Name] = []
    for at in range(1, min(len(tokens), 64)):
        if not _is_number(tokens[at]):
            continue
        late = tokens[at - 1] == "LATE" and at > 1
        own = "_".join(tokens[: at - 1] if late else tokens[:at])
        if not own.strip("_") or _NOT_OF_NAMES.search(own):
            break
        rest = tokens[at + 1 :]
        read: _Name | None = None
        if len(rest) > 1 and _is_number(rest[0]) and "_".join(rest[1:]):
            read = _Name(tokens[at], own, late, "_".join(rest[1:]), rest[0])
        elif len(rest) == 1 and (entry := _ENTRY.fullmatch(rest[0])) is not None:
            read = _Name(tokens[at], own, late, rest[0], link=entry[1] == "link")
        if read is not None and late:
            return [read]  # LATE stands right before the user's number
        if read is not None:
            found.append(read)
        elif found:
            break
    return found


def _is_number(token: str) -> bool:
    return token.isascii() and token.isdigit()


class _Evidence:
    """What the other names of a download tell of one that can be read in several ways."""

    def __init__(self, readings: Mapping[str, list[_Name]]) -> None:
        sure = [found[0] for found in readings.values() if len(found) == 1 and found[0].name]
        self._users = {one.user for one in sure}
        self._lengths = {len(one.user) for one in sure}
        self._attachments = {len(one.attachment) for one in sure if one.attachment}
        doubtful = [found for found in readings.values() if len(found) > 1]
        every = [one for found in doubtful for one in found] + sure
        self._bearers = Counter(name for name, _ in {(one.name, one.user) for one in every})
        self._taken = Counter(one.attachment for one in every if one.attachment)

    def chosen(self, found: list[_Name]) -> _Name | None:
        """The only reading that fits, or None."""
        known = [one for one in found if one.user in self._users]
        if len(known) == 1:
            return known[0]
        if self._lengths:  # a system counts on from where it is: its numbers are about as long as each other
            ranked = sorted(found, key=self._distance)
            if self._distance(ranked[1]) - self._distance(ranked[0]) > 1:
                return ranked[0]
        possible = [
            one
            for one in found
            if self._bearers[one.name] == 1
            and not _GROUP_WORD.fullmatch(one.name)
            and (not one.attachment or (self._taken[one.attachment] == 1 and _follows(one)))
        ]
        return possible[0] if len(possible) == 1 else None

    def _distance(self, one: _Name) -> int:
        far = min(abs(len(one.user) - length) for length in self._lengths)
        if one.attachment and self._attachments:
            far += min(abs(len(one.attachment) - length) for length in self._attachments)
        return far


def _follows(one: _Name) -> bool:
    """Whether the attachment's number is above the user's: files are made faster than people."""
    return int(one.attachment[:18]) > int(one.user[:18]) or len(one.attachment) > len(one.user)
