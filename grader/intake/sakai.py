"""Sakai: ``<assignment>/<Last, First(eid)>/Submission attachment(s)/<file>``, ``grades.csv`` and sheets of its own beside.

Layout from documents and third parties' scripts, **not verified** against a server. ``timestamp.txt`` is empty where nothing was handed in.
"""

from __future__ import annotations

import re

from grader.intake.entries import Entry, Placed, Placement, Source
from grader.intake.intake_types import Unplaced
from grader.model import Student, Value

_FOLDER = re.compile(r"(?P<name>.*)\((?P<eid>[^()]+)\)")
_ATTACHMENTS = "Submission attachment(s)"
_MOMENT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})[0-9]{0,3}")
_OWN = frozenset(("timestamp.txt", "comments.txt", "feedbackText.html", "feedbacktext.html"))
_TABLES = frozenset(("grades.csv", "grades.xls", "grades.xlsx"))
_MOST = 64 * 1024  # bytes of a sheet of Sakai's own


class _Folder(Value, frozen=True):
    """What lies in one student's folder."""

    files: list[tuple[str, Entry]]
    sheets: dict[str, Entry]


def recognises(source: Source) -> bool:
    """Whether the top folders end in an identifier in brackets, and hold what Sakai puts there."""
    tops = {entry.parts[0] for entry in source.entries if len(entry.parts) > 1}
    named = [top for top in tops if _FOLDER.fullmatch(top)]
    marked = any(
        len(entry.parts) > 1 and (entry.parts[1] == "timestamp.txt" or entry.parts[1] == _ATTACHMENTS)
        for entry in source.entries
    )
    return bool(named) and 2 * len(named) > len(tops) and marked


def place(source: Source) -> Placed:
    """One submission a student who handed something in; the others are told."""
    folders: dict[str, _Folder] = {}
    unplaced: list[Unplaced] = []
    for entry in source.entries:
        top, _, inside = entry.name.partition("/")
        if not inside:
            if entry.name not in _TABLES:
                unplaced.append(Unplaced(path=entry.name, reason="beside the students' folders"))
            continue
        folder = folders.setdefault(top, _Folder([], {}))
        first, _, rest = inside.partition("/")
        if rest and first.startswith("Feedback"):
            continue  # what a teacher gave back before
        if not rest and first in _OWN:
            folder.sheets[first] = entry
        elif not rest and first.endswith("_submissionText.html"):
            if entry.size:
                folder.files.append(("submissionText.html", entry))
        else:
            folder.files.append((rest if first == _ATTACHMENTS else inside, entry))
    placements: list[Placement] = []
    problems: list[str] = []
    for top, folder in folders.items():
        match = _FOLDER.fullmatch(top)
        moment = _MOMENT.match(_text(folder.sheets.get("timestamp.txt")))
        if not folder.files and moment is None:
            problems.append(f"{top}: nothing was handed in")
            continue
        lms = {"system": "sakai", "folder": top, "title": source.label}
        if comment := _text(folder.sheets.get("comments.txt")):
            lms["comment"] = comment
        if match is not None:
            lms["username"] = match["eid"].strip()
        when = "{}-{}-{}T{}:{}:{}+00:00".format(*moment.groups()) if moment is not None else ""
        placements.append(
            Placement(
                label=match["eid"].strip() if match is not None else top,
                entries=tuple(folder.files),
                students=(Student(id=match["eid"].strip(), name=match["name"].strip()),)
                if match is not None
                else (),
                submitted_at=when,
                lms=lms,
            )
        )
    return Placed(placements=tuple(placements), unplaced=tuple(unplaced), problems=tuple(problems))


def _text(entry: Entry | None) -> str:
    if entry is None or entry.refused or not entry.size:
        return ""
    with entry.path.open("rb") as file:
        return file.read(_MOST).decode("utf-8-sig", errors="replace").strip()
