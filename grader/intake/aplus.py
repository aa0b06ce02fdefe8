"""A+: ``<id>[+<id>...]_file<n>_submission<k>``, flat, without extensions, and an ``info.csv`` beside.

Layout partly guessed, **not verified**. The last submission counts; several identifiers are a group.
"""

from __future__ import annotations

import re
from collections import defaultdict

from grader.intake.entries import Entry, Placed, Placement, Source
from grader.intake.intake_types import Unplaced
from grader.model import Student

_NAME = re.compile(
    r"(?P<people>[^_+]+(?:\+[^_+]+)*)_(?P<file>.+)_submission(?P<number>[0-9]{1,6})(?P<end>\.[A-Za-z0-9]{1,8})?"
)
_INFO = "info.csv"
_PROBE = 4_096
_KINDS = ((b"%PDF", ".pdf"), (b"PK\x03\x04", ".docx"), (b"{\\rtf", ".rtf"))


def recognises(source: Source) -> bool:
    """Whether most names are A+'s."""
    names = [entry.name for entry in source.entries if entry.name != _INFO]
    return bool(names) and 2 * sum(_NAME.fullmatch(name) is not None for name in names) > len(names)


def place(source: Source) -> Placed:
    """One submission a person or group and number; the last one counts."""
    groups: dict[tuple[str, int], list[tuple[str, Entry]]] = defaultdict(list)
    unplaced: list[Unplaced] = []
    for entry in source.entries:
        match = _NAME.fullmatch(entry.name)
        if match is not None:
            end = match["end"] or _extension(entry)
            file = match["file"] if match["file"].endswith(end) else f"{match['file']}{end}"
            groups[match["people"], int(match["number"])].append((file, entry))
        elif entry.name != _INFO:
            unplaced.append(Unplaced(path=entry.name, reason="not named as A+ names what students hand in"))
    return Placed(
        placements=tuple(
            Placement(
                label=people,
                entries=tuple(files),
                students=tuple(Student(id=one) for one in people.split("+")),
                same=people,
                attempt=number,
                lms={"system": "aplus"},
            )
            for (people, number), files in groups.items()
        ),
        unplaced=tuple(unplaced),
    )


def _extension(entry: Entry) -> str:
    """An extension by what the file begins with: its name has none."""
    if entry.refused:
        return ""
    with entry.path.open("rb") as file:
        probe = file.read(_PROBE)
    for start, extension in _KINDS:
        if probe.startswith(start):
            return extension
    if probe.lstrip().startswith(b"{") and (b'"cells"' in probe or b'"nbformat"' in probe):
        return ".ipynb"
    if probe.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        return ".html"
    return "" if b"\0" in probe else ".md"
