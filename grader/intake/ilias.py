"""ILIAS: ``<exercise>/<Last>_<First>_<login>_<usr_id>/<yyyymmddhhmmss>_<file>``, for teams one folder more.

Layout from ILIAS's multi-feedback download and plug-ins that make the same, **not verified** against a server. Each file has a time
stamp of its own: a name that occurs again replaces the one before, and all names together are the submission.
"""

from __future__ import annotations

import re
from collections import defaultdict

from grader.intake.entries import Entry, Placed, Placement, Source
from grader.intake.intake_types import Unplaced
from grader.model import Student

_PERSON = re.compile(r"(?P<rest>[^/]+)_(?P<number>[0-9]+)")
_TEAM = re.compile(r"Team[ _](?P<number>[0-9]+)", re.IGNORECASE)
_STAMPED = re.compile(r"(?P<when>[0-9]{14})_(?P<file>.+)", re.DOTALL)
_STATUS = frozenset(("status.csv", "status.xlsx", "status.xls", "readme.md", "readme.txt"))
_SHELVES = frozenset(("abgaben", "submissions"))
_SIMPLE = 4  # parts of last name, first name, login, number: with more of them none can be told apart


def recognises(source: Source) -> bool:
    """Whether the folders are named as ILIAS names them, and files have its time stamps or its status file lies beside."""
    folders = {entry.parts[0] for entry in source.entries if len(entry.parts) > 1}
    folders |= {folder.split("/")[0] for folder in source.empty_folders}
    if not folders or folders <= _SHELVES:
        return False
    named = sum(_named(folder) for folder in folders)
    files = [entry for entry in source.entries if len(entry.parts) > 1]
    stamped = sum(_STAMPED.fullmatch(entry.parts[-1]) is not None for entry in files)
    status = any(entry.name.lower().startswith("status.") for entry in source.entries)
    return 2 * named > len(folders) and (status or (bool(files) and 2 * stamped > len(files)))


def _named(folder: str) -> bool:
    return _TEAM.fullmatch(folder) is not None or (
        folder.count("_") > 1 and _PERSON.fullmatch(folder) is not None
    )


def place(source: Source) -> Placed:
    """One submission a person or team; what was handed in before under the same name is an earlier attempt."""
    groups: dict[str, list[tuple[str, str, Entry]]] = defaultdict(list)
    unplaced: list[Unplaced] = []
    for entry in source.entries:
        top, _, inside = entry.name.partition("/")
        if not inside or not _named(top):
            if entry.name.lower() not in _STATUS:
                unplaced.append(Unplaced(path=entry.name, reason="not in a folder that ILIAS named"))
            continue
        folder, _, file = inside.rpartition("/")
        match = _STAMPED.fullmatch(file)
        shown = match["file"] if match is not None else file
        person = top
        if _TEAM.fullmatch(top):  # the members' folders tell who uploaded; the submission is the team's
            folder = "/".join(folder.split("/")[1:])
        groups[person].append(
            (match["when"] if match is not None else "", f"{folder}/{shown}".lstrip("/"), entry)
        )
    for folder in source.empty_folders:
        if _named(folder.split("/")[0]):
            groups.setdefault(folder.split("/")[0], [])
    members = {top: _members(top, source) for top in groups}
    made = [one for top, files in groups.items() for one in _placements(top, files, members[top])]
    return Placed(placements=tuple(made), unplaced=tuple(unplaced))


def _members(top: str, source: Source) -> list[str]:
    if not _TEAM.fullmatch(top):
        return [top]
    inside = {entry.parts[1] for entry in source.entries if len(entry.parts) > 2 and entry.parts[0] == top}
    inside |= {folder.split("/")[1] for folder in source.empty_folders if folder.startswith(f"{top}/")}
    return sorted(folder for folder in inside if _named(folder))


def _placements(top: str, files: list[tuple[str, str, Entry]], members: list[str]) -> list[Placement]:
    latest: dict[str, tuple[str, Entry]] = {}
    earlier: list[tuple[str, str, Entry]] = []
    for when, name, entry in sorted(files, key=lambda one: one[0]):
        if name in latest:
            before, replaced = latest[name]
            earlier.append((before, name, replaced))
        latest[name] = (when, entry)
    lms = {"system": "ilias", "folder": top}
    students: list[Student] = []
    for member in members:
        parts = member.split("_")
        login = parts[-2] if len(parts) == _SIMPLE else parts[-1]
        name = f"{parts[1]} {parts[0]}" if len(parts) == _SIMPLE else " ".join(parts[:-1])
        students.append(Student(id=login, name=name))
        lms[f"usr_id:{login}"] = parts[-1]
        if len(parts) == _SIMPLE:
            lms[f"username:{login}"] = login
    if team := _TEAM.fullmatch(top):
        lms["team_id"] = team["number"]
    now = Placement(
        label=students[0].id if len(students) == 1 and not team else top,
        entries=tuple((name, entry) for name, (_, entry) in latest.items()),
        students=tuple(students),
        same=top,
        submitted_at=max((_iso(when) for when, _ in latest.values()), default=""),
        lms=lms,
    )
    if not earlier:
        return [now]
    when = max(_iso(stamp) for stamp, _, _ in earlier)
    names: dict[str, Entry] = {}
    for stamp, name, entry in earlier:
        names[name if name not in names else f"{stamp}_{name}"] = entry
    return [
        Placement(
            label=now.label, entries=tuple(names.items()), students=now.students, same=top, submitted_at=when, attempt=0,
            lms=lms,
        ),
        now,
    ]  # fmt: skip


def _iso(when: str) -> str:
    return f"{when[:4]}-{when[4:6]}-{when[6:8]}T{when[8:10]}:{when[10:12]}:{when[12:14]}" if when else ""
