"""Microsoft Teams: ``Submitted files/<Name>/<Assignment>/Version <n>/<file>``; the last version counts.

Layout of the class's document library as Microsoft's documents describe it, **not verified** against a download. Nothing but the name
identifies a student: two of one name have one folder there, or cannot be told apart here.
"""

from __future__ import annotations

import re
from collections import defaultdict

from grader.intake.entries import Entry, Placed, Placement, Source
from grader.intake.intake_types import Unplaced
from grader.model import Student

_VERSION = re.compile(r"(?:Version|Versie|Versjon) (?P<number>[0-9]{1,6})", re.IGNORECASE)
_SHELVES = frozenset(
    ("submitted files", "working files", "inlämnade filer", "student work", "eingereichte dateien")
)


def recognises(source: Source) -> bool:
    """Whether most files lie in a folder of a version, three below a name."""
    files = [entry for entry in source.entries if len(entry.parts) > 3]
    return bool(files) and 2 * sum(_split(entry) is not None for entry in files) > len(source.entries)


def place(source: Source) -> Placed:
    """One submission a name, of each assignment; earlier versions stay beside."""
    groups: dict[tuple[str, str], dict[int, list[tuple[str, Entry]]]] = defaultdict(lambda: defaultdict(list))
    unplaced: list[Unplaced] = []
    for entry in source.entries:
        found = _split(entry)
        if found is None:
            unplaced.append(Unplaced(path=entry.name, reason="not in a student's version"))
            continue
        name, assignment, version, file = found
        groups[name, assignment][version].append((file, entry))
    several = len({assignment for _, assignment in groups}) > 1
    made = [
        Placement(
            label=f"{name} {assignment}" if several else name,
            entries=tuple(files),
            students=(Student(id=name, name=name),),
            same=f"{name}\0{assignment}",
            attempt=version,
            lms={"system": "teams", "name": name, "item": assignment},
        )
        for (name, assignment), versions in groups.items()
        for version, files in versions.items()
    ]
    problems = (
        ("several assignments are in this download: each was taken as a submission of its own",)
        if several
        else ()
    )
    return Placed(placements=tuple(made), unplaced=tuple(unplaced), problems=problems)


def _split(entry: Entry) -> tuple[str, str, int, str] | None:
    parts = entry.parts[1:] if entry.parts[0].casefold() in _SHELVES else entry.parts
    if len(parts) < 4 or (match := _VERSION.fullmatch(parts[2])) is None:
        return None
    return parts[0], parts[1], int(match["number"]), "/".join(parts[3:])
