"""Brightspace's grade file: ``OrgDefinedId, Username, <Item> Points Grade, End-of-Line Indicator``.

Brightspace writes identifiers with a leading ``#``, so that a spreadsheet takes them for text, and reads
them so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from grader import atomic_file
from grader.errors import ExportError
from grader.export.cells import UnsafeIdentifier, id_cell, to_csv
from grader.export.gradebook import Gradebook, read_gradebook
from grader.export.grades import grade_of
from grader.export.maximum import other_maximum
from grader.export.options import ExportOptions, ExportReport
from grader.export.recipients import Recipient, recipients
from grader.export.selection import select
from grader.model import Result

_END = "End-of-Line Indicator"
_ITEM = re.compile(r"(?P<item>.+) Points Grade(?P<rest> <.*>)?", re.DOTALL)
_MAXIMUM = re.compile(r" MaxPoints:([0-9]+(?:[.,][0-9]+)?)")
_IDS = ("OrgDefinedId", "Username")


def export_brightspace(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``brightspace_grades.csv`` in the folder `out`, for *Grades: Import*. It cannot carry comments.

    Uses `assignment` (the grade item's name) and, where it is given, `gradebook`: then both identifiers of
    each student are taken from it, and the item's heading.
    """
    selection = select(results, options)
    book = (
        read_gradebook(options.gradebook, "the grades export of Brightspace") if options.gradebook else None
    )
    heading = _heading(book, options)
    known = _identifiers(book) if book is not None else None
    rows = [[*_IDS, heading, _END]]
    withheld = list(selection.withheld)
    done: set[tuple[str, str]] = set()
    for person in recipients(selection.chosen):
        ids, reason = _ids(person, known, options)
        if not reason and ids in done:
            reason = f"{ids[1]}: another submission has given this student a grade already"
        if reason:
            withheld.append((person.result.submission, reason))
            continue
        done.add(ids)
        rows.append([*(f"#{cell}" if cell else "" for cell in ids), grade_of(person.result, options), "#"])
    file = out / "brightspace_grades.csv"
    atomic_file.write(file, to_csv(rows).encode("utf-8"))
    match = _ITEM.fullmatch(heading)
    maxima = [float(most.replace(",", ".")) for most in _MAXIMUM.findall((match and match["rest"]) or "")]
    problems = other_maximum("grade item", maxima, selection.chosen, options)
    if options.comments:
        problems += ("Brightspace imports no comments: they were left out",)
    return ExportReport(files=(file,), rows=len(rows) - 1, withheld=tuple(withheld), problems=problems)


def _ids(
    person: Recipient, known: dict[str, tuple[str, str]] | None, options: ExportOptions
) -> tuple[tuple[str, str], str]:
    identifier = person.known_id(options)
    if not identifier and known is not None and (named := known.get(_name_key(person.student.name))):
        return named, ""
    if not identifier:
        return ("", ""), "its student's username is not known; give the class list"
    if known is not None:
        found = known.get(identifier.casefold())
        return found or (
            "",
            "",
        ), "" if found else f"{identifier}: no such student in the export of Brightspace"
    try:
        id_cell(identifier, f"submission {person.result.submission}")
    except UnsafeIdentifier as problem:
        return ("", ""), str(problem)
    return (identifier, identifier), ""


def _identifiers(book: Gradebook) -> dict[str, tuple[str, str]]:
    columns = [book.column(name) for name in _IDS]
    if columns == [None, None]:
        raise ExportError(f"{book.path}: not an export of Brightspace: no column OrgDefinedId or Username")
    known: dict[str, tuple[str, str]] = {}
    for row in book.rows[1:]:
        first, second = (
            row[at].lstrip("#").strip() if at is not None and at < len(row) else "" for at in columns
        )
        for key in (second, first):
            if key:
                known.setdefault(key.casefold(), (first, second))
    return _names(book, known, columns) | known


def _names(
    book: Gradebook, known: dict[str, tuple[str, str]], columns: list[int | None]
) -> dict[str, tuple[str, str]]:
    """The identifiers of students by their names, where a name is only one student's: all a download has."""
    given, family = book.column("First Name"), book.column("Last Name")
    id_at = next(at for at in reversed(columns) if at is not None)
    if given is None or family is None:
        return {}
    found: dict[str, set[tuple[str, str]]] = {}
    for row in book.rows[1:]:
        if max(given, family, id_at) < len(row):
            own = known.get(row[id_at].lstrip("#").strip().casefold())
            if own is not None:
                found.setdefault(_name_key(f"{row[given]} {row[family]}"), set()).add(own)
    return {name: owners.pop() for name, owners in found.items() if name and len(owners) == 1}


def _name_key(name: str) -> str:
    """A name as a key, apart from identifiers: no username has blanks around it."""
    return f" {' '.join(name.split()).casefold()} " if name.strip() else ""


def _heading(book: Gradebook | None, options: ExportOptions) -> str:
    if book is None:
        if not options.assignment:
            raise ExportError("Brightspace needs the name of the grade item, or its own grades export")
        heading = f"{options.assignment} Points Grade"
    else:
        found = {head: match["item"] for head in book.headings if (match := _ITEM.fullmatch(head))}
        fitting = [head for head, item in found.items() if options.assignment in {"", item}]
        if len(fitting) != 1:
            items = ", ".join(map(repr, found.values())) or "none"
            raise ExportError(f"{book.path}: which grade item? There are: {items}")
        heading = fitting[0]
    try:
        return id_cell(heading, "the grade item's heading")
    except UnsafeIdentifier as problem:
        raise ExportError(str(problem)) from problem
