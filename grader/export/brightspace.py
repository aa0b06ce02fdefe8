"""Brightspace's grade file: ``OrgDefinedId, Username, <Item> Points Grade, End-of-Line Indicator``.

Brightspace writes identifiers with a leading ``#``, so that a spreadsheet takes them for text, and reads
them so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from grader.errors import ExportError
from grader.export.cells import UnsafeIdentifier, id_cell, to_csv
from grader.export.gradebook import Gradebook, read_gradebook
from grader.export.grades import grade_of
from grader.export.maximum import other_maximum
from grader.export.options import ExportOptions, ExportReport
from grader.export.plan import AGAIN, Plan
from grader.export.recipients import Recipient
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
    plan = Plan(results, options)
    book = (
        read_gradebook(options.gradebook, "the grades export of Brightspace") if options.gradebook else None
    )
    heading = _heading(book, options)
    known = _Students(book, heading, plan.everybody, options) if book is not None else None
    rows = [[*_IDS, heading, _END]]
    done: set[tuple[str, str]] = set()
    for person in plan.people:
        ids, reason = known.of(person) if known is not None else _ids(person, options)
        now = known.mark(ids) if known is not None else ""
        if not reason and ids in done:
            reason = f"{ids[1] or ids[0]}: {AGAIN}"
        if reason:
            plan.hold(person, reason, now=now, said=reason)
            continue
        done.add(ids)
        grade = grade_of(person.result, options)
        if reason := plan.needs_yes(now, grade):
            plan.hold(person, reason, now=now, to_come=grade)
            continue
        rows.append([*(f"#{cell}" if cell else "" for cell in ids), grade, "#"])
        plan.go(person, grade, now=now)
    if known is not None:
        plan.show_standing(lambda one: known.mark(known.of(one)[0]))
    plan.write(out / "brightspace_grades.csv", to_csv(rows).encode("utf-8"))
    match = _ITEM.fullmatch(heading)
    maxima = [float(most.replace(",", ".")) for most in _MAXIMUM.findall((match and match["rest"]) or "")]
    problems = list(other_maximum("grade item", maxima, plan.results, options))
    if options.comments:
        problems.append("Brightspace imports no comments: they were left out")
    if options.preview and known is None:
        problems.append("which marks stand there now is not known: give the grades export with --gradebook")
    return plan.report(absent=known.absent() if known is not None else (), problems=problems)


def _ids(person: Recipient, options: ExportOptions) -> tuple[tuple[str, str], str]:
    identifier = person.known_id(options)
    if not identifier:
        return ("", ""), "its student's username is not known; give the class list"
    try:
        id_cell(identifier, f"submission {person.result.submission}")
    except UnsafeIdentifier as problem:
        return ("", ""), str(problem)
    return (person.lms(options, "org_id") or identifier, identifier), ""


class _Students:
    """The students of Brightspace's own export, by identifier and, where nothing else is known, by a name that is one student's."""

    def __init__(
        self, book: Gradebook, heading: str, people: Sequence[Recipient], options: ExportOptions
    ) -> None:
        org, user = (book.column(name) for name in _IDS)
        if org is None and user is None:
            raise ExportError(
                f"{book.path}: not an export of Brightspace: no column OrgDefinedId or Username"
            )
        self._book, self._options, self._people = book, options, people
        self._column = book.headings.index(heading)
        self._by_id = [book.unique(at, strip="#") for at in (user, org) if at is not None]
        self._ids = {
            at: (book.cell(row, org).lstrip("#").strip(), book.cell(row, user).lstrip("#").strip())
            for at, row in enumerate(book.rows)
        }
        self._rows = {ids: at for at, ids in self._ids.items() if at}
        self._names: dict[str, list[int]] = {}
        given, family = book.column_of("first"), book.column_of("last")
        for at, row in enumerate(book.rows[1:], 1):
            if (
                given is not None
                and family is not None
                and (key := _name_key(f"{book.cell(row, given)} {book.cell(row, family)}"))
            ):
                self._names.setdefault(key, []).append(at)
        self._bearers: dict[str, set[str]] = {}
        for person in people:
            self._bearers.setdefault(_name_key(person.name), set()).add(person.student.id)

    def of(self, person: Recipient) -> tuple[tuple[str, str], str]:
        """Both identifiers of a person, or why there are none."""
        identifier = person.known_id(self._options)
        if not identifier:
            key = _name_key(person.name)
            rows = self._names.get(key, [])
            if len(rows) == 1 and len(self._bearers[key]) == 1:
                return self._ids[rows[0]], ""
            several = "several students have this name" if rows else "its student's username is not known"
            return ("", ""), f"{person.name or person.shown}: {several}; give the class list"
        found = {at for ids in self._by_id if (at := ids.get(identifier.casefold())) is not None}
        if len(found) != 1:
            return ("", ""), f"{identifier}: no such student in the export of Brightspace"
        return self._ids[found.pop()], ""

    def mark(self, ids: tuple[str, str]) -> str:
        """The mark that stands there."""
        at = self._rows.get(ids)
        return self._book.cell(self._book.rows[at], self._column) if at is not None else ""

    def absent(self) -> list[str]:
        """Those who handed in nothing."""
        here = {self.of(one)[0] for one in self._people}
        return [
            " / ".join(filter(None, ids))
            for at, ids in self._ids.items()
            if at and any(ids) and ids not in here
        ]


def _name_key(name: str) -> str:
    return " ".join(name.split()).casefold()


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
