"""Moodle: ``Full Name_<participantid>_assignsubmission_file/...``, and ``_onlinetext/`` beside it.

Layout from Moodle's own source (mod/assign), 4.1 and before. The number is the participant of this
assignment, not the user: it joins to the grading worksheet's ``Identifier``.
"""

from __future__ import annotations

import re

from grader.intake.entries import Entry, Placed, Placement, Source
from grader.intake.intake_types import Unplaced
from grader.model import Student

_FOLDER = re.compile(r"(?P<name>.+)_(?P<participant>[0-9]+)_assignsubmission_(?P<plugin>[a-z]+)_?")
_FLAT = re.compile(r"(?P<name>.+?)_(?P<participant>[0-9]+)_assignsubmission_(?P<plugin>[a-z]+)_(?P<file>.+)")

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
    """One submission a participant: files and online text together. Blind marking leaves no student."""
    groups: dict[str, list[tuple[str, Entry]]] = {}
    folders: dict[str, tuple[str, list[str]]] = {}
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
        participant = match["participant"]
        _, names = folders.setdefault(participant, (match["name"].replace("_", " "), []))
        if (inside or entry is None) and top not in names:
            names.append(top)
        files = groups.setdefault(participant, [])
        if entry is not None:
            files.append((inside or match["file"], entry))
    return Placed(
        placements=tuple(
            _placement(participant, *folders[participant], files) for participant, files in groups.items()
        ),
        unplaced=tuple(unplaced),
    )


def _tops(source: Source) -> list[tuple[str, str, Entry | None]]:
    files: list[tuple[str, str, Entry | None]] = []
    for entry in source.entries:
        top, _, inside = entry.name.partition("/")
        files.append((top, inside, entry))
    return files + [(folder, "", None) for folder in source.empty_folders if "/" not in folder]


def _placement(participant: str, name: str, folders: list[str], files: list[tuple[str, Entry]]) -> Placement:
    blind = name == "Participant"
    lms = {"system": "moodle", "participant": participant, "folder": (sorted(folders) or [""])[0]}
    return Placement(
        label=f"{name}_{participant}",
        entries=tuple(files),
        students=() if blind else (Student(id=participant, name=name),),
        lms=lms,
    )
