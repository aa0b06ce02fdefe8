"""OpenOLAT: ``<task>/<Last_First_login>/2_submissions/<file>``, with folders of the system's own beside.

Layout partly guessed, **not verified**: the login is what stands after the last underscore.
"""

from __future__ import annotations

import re
from collections import defaultdict

from grader.intake.entries import Entry, Placed, Placement, Source
from grader.intake.intake_types import Unplaced
from grader.model import Student

_STEP = re.compile(
    r"(?P<number>[0-9])_(?P<step>tasks?|submissions?|revisions?[_0-9]*|corrections?|reviews?|solutions?|sample_?solutions?)"
)
_WORK = ("submission", "revision")


def recognises(source: Source) -> bool:
    """Whether most files lie in a step of OpenOLAT's within a person's folder."""
    files = [entry for entry in source.entries if len(entry.parts) > 1]
    return bool(files) and 2 * sum(
        len(e.parts) > 2 and bool(_STEP.fullmatch(e.parts[1])) for e in files
    ) > len(files)


def place(source: Source) -> Placed:
    """One submission a person; a revision replaces what was handed in before, and what staff gave back is left out."""
    groups: dict[str, dict[str, list[tuple[str, Entry]]]] = defaultdict(lambda: defaultdict(list))
    unplaced: list[Unplaced] = []
    for entry in source.entries:
        match = _STEP.fullmatch(entry.parts[1]) if len(entry.parts) > 2 else None
        if match is None:
            unplaced.append(Unplaced(path=entry.name, reason="not in a folder of a student's step"))
        elif match["step"].startswith(_WORK):
            groups[entry.parts[0]][entry.parts[1]].append(("/".join(entry.parts[2:]), entry))
    made: list[Placement] = []
    for folder, steps in groups.items():
        name, _, login = folder.rpartition("_")
        for number, (_, files) in enumerate(sorted(steps.items()), 1):
            made.append(
                Placement(
                    label=login,
                    entries=tuple(files),
                    students=(Student(id=login, name=name.replace("_", ", ", 1).replace("_", " ")),),
                    same=folder,
                    attempt=number,
                    lms={"system": "openolat", "username": login, "folder": folder},
                )
            )
    return Placed(placements=tuple(made), unplaced=tuple(unplaced))
