"""Moodle: ``Full Name_<participantid>_assignsubmission_file/...``, and ``_onlinetext/`` beside it.

Layout from Moodle's own source (mod/assign), 4.1 and before. The number is the participant of this assignment, not the user:
it joins to the grading worksheet's ``Identifier``. Where teams hand in, name and number are the *group's*, and the default
group has no number; nothing else tells a group from a person, so a name is taken for a group's only where it says so.
"""

from __future__ import annotations

import re

from grader.class_tables import DEFAULT_GROUP, HIDDEN, matching_key
from grader.intake.entries import Entry, Placed, Placement, Source
from grader.intake.intake_types import Unplaced
from grader.model import Student

_FOLDER = re.compile(
    r"(?P<name>.+?)(?:_(?P<number>[0-9]+))?_assignsubmission_(?P<plugin>[a-z]+)_?", re.DOTALL
)
_FLAT = re.compile(
    r"(?P<name>.+?)(?:_(?P<number>[0-9]+))?_assignsubmission_(?P<plugin>[a-z]+)_(?P<file>.+)", re.DOTALL
)
# A group's name as most are; others are told from a person's only by the worksheet's column of groups.
_GROUP = re.compile(
    r"(?:.*\W)?\w*(?:grupp|gruppe|group|groupe|groep|team|lag|par|pair|equipe|équipe)[ -]*(?:[0-9]{1,4}[a-z]?|(?<=[ -])[a-zåäö])",
    re.IGNORECASE,
)
_GROUP_WORDS = frozenset(("group", "grupp", "gruppe", "groupe", "groep"))  # of a group whose name is hidden
_TABLES = (".csv", ".tsv", ".xlsx", ".ods")


def recognises(source: Source) -> bool:
    """Whether most top names are Moodle's; a worksheet that lies beside them tells nothing."""
    tops = {
        entry.parts[0]
        for entry in source.entries
        if len(entry.parts) > 1 or not entry.name.lower().endswith(_TABLES)
    } | {folder.split("/")[0] for folder in source.empty_folders}
    return bool(tops) and 2 * sum("_assignsubmission_" in top for top in tops) > len(tops)


def place(source: Source) -> Placed:
    """One submission a participant or group: files and online text together. Blind marking leaves no student."""
    groups: dict[tuple[str, str], list[tuple[str, Entry]]] = {}
    folders: dict[tuple[str, str], list[str]] = {}
    unplaced: list[Unplaced] = []
    for top, inside, entry in _tops(source):
        match = _FOLDER.fullmatch(top) if inside or entry is None else _FLAT.fullmatch(top)
        if match is None:
            unplaced.append(
                Unplaced(
                    path=entry.name if entry else top,
                    reason="not named as Moodle names what students hand in",
                )
            )
            continue
        key = (match["name"].replace("_", " "), match["number"] or "")
        names = folders.setdefault(key, [])
        place_in_zip = top if inside or entry is None else top.removesuffix(f"_{match['file']}")
        if place_in_zip not in names:
            names.append(place_in_zip)
        files = groups.setdefault(key, [])
        if entry is not None:
            files.append((inside or match["file"], entry))
    flat = all(len(entry.parts) == 1 for entry in source.entries)
    teams = any(not number for _, number in groups) or (
        len(groups) > 1 and all(_GROUP.fullmatch(name) for name, _ in groups)
    )
    return Placed(
        placements=tuple(
            _placement(name, number, sorted(folders[name, number])[0], files, flat=flat, teams=teams)
            for (name, number), files in groups.items()
        ),
        unplaced=tuple(unplaced),
    )


def _tops(source: Source) -> list[tuple[str, str, Entry | None]]:
    files: list[tuple[str, str, Entry | None]] = []
    for entry in source.entries:
        top, _, inside = entry.name.partition("/")
        files.append((top, inside, entry))
    return files + [(folder, "", None) for folder in source.empty_folders if "/" not in folder]


def _placement(
    name: str, number: str, folder: str, files: list[tuple[str, Entry]], *, flat: bool, teams: bool
) -> Placement:
    lms = {"system": "moodle", "flat" if flat else "folder": folder}
    students: tuple[Student, ...] = ()
    if teams or _GROUP.fullmatch(name) or matching_key(name) in _GROUP_WORDS | DEFAULT_GROUP:
        lms |= {"group": name, "group_id": number}
    elif matching_key(name) in HIDDEN:
        lms["participant"] = number
    else:
        lms |= {"participant": number, "name": name}
        students = (Student(id=number, name=name),)
    return Placement(
        label=f"{name}_{number}" if number else name, entries=tuple(files), students=students, lms=lms
    )
