"""Blackboard's grade file: tab-delimited, quoted, UTF-16, with the column's exact heading.

Without its ``|<number>`` the heading would make a new column of text with 0 points.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.errors import ExportError
from grader.export.cells import UnsafeIdentifier, id_cell, number_cell, text_cell, to_csv
from grader.export.gradebook import Gradebook, read_gradebook
from grader.export.grades import grade_of
from grader.export.maximum import other_maximum
from grader.export.options import ExportOptions, ExportReport
from grader.export.plan import AGAIN, Plan
from grader.export.recipients import Recipient
from grader.model import Result

_COLUMN = re.compile(r"(?P<title>.+) \[(?P<scale>[^\]]*)\] ?\|(?P<number>[0-9]+)", re.DOTALL)
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_USERNAME = (
    "Username",
    "Användarnamn",
    "Benutzername",
    "Nom d'utilisateur",
    "Gebruikersnaam",
    "Brukernavn",
    "Nombre de usuario",
)
_LAST = ("Last Name", "Efternamn", "Nachname", "Nom", "Achternaam", "Etternavn", "Apellidos")
_FIRST = ("First Name", "Förnamn", "Vorname", "Prénom", "Voornaam", "Fornavn", "Nombre")
_PREVIEW = "_previewuser"  # what Blackboard makes for teachers who look at their course


def export_blackboard(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``blackboard_grades.txt`` in the folder `out`, for *Work Offline: Upload Grades*.

    The heading is taken from `gradebook` (the column with the number `assignment_id`, or the title
    `assignment`), else from the setting ``column``, else built from both: ``Lab 6 [Total Pts: 10 Score]
    |664617``. With a gradebook only user names that it has get a mark. Uses `identities` (``username``).
    """
    plan = Plan(results, options)
    book = (
        read_gradebook(options.gradebook, "the Grade Center download of Blackboard")
        if options.gradebook
        else None
    )
    heading = _heading_of_gradebook(book, options) if book is not None else _heading(results, options)
    users = book.unique(book.column(*_USERNAME)) if book is not None else {}
    column = book.headings.index(heading) if book is not None else None
    rows = [["Last Name", "First Name", "Username", "Student ID", heading]]
    done: set[str] = set()
    for person in plan.people:
        username = person.lms(options, "username") or person.known_id(options)
        at = users.get(username.casefold())
        now = book.cell(book.rows[at], column) if book is not None and at is not None else ""
        if reason := _why_not(person, username, at, done, with_book=book is not None):
            plan.hold(person, reason, now=now, said=reason)
            continue
        grade = grade_of(person.result, options)
        done.add(username.casefold())
        if reason := plan.needs_yes(now, grade):
            plan.hold(person, reason, now=now, to_come=grade)
            continue
        if book is not None and at is not None:
            row = book.rows[at]
            username = book.cell(row, book.column(*_USERNAME))
            last, first = book.cell(row, book.column(*_LAST)), book.cell(row, book.column(*_FIRST))
        else:
            first, _, last = person.name.rpartition(" ")
        rows.append([text_cell(last), text_cell(first), username, "", grade])
        plan.go(person, grade, now=now)
    plan.show_standing(lambda one: _standing(book, users, column, one, options))
    plan.write(out / "blackboard_grades.txt", to_csv(rows, delimiter="\t", quote_all=True).encode("utf-16"))
    match = _COLUMN.fullmatch(heading)
    maxima = [float(most.replace(",", ".")) for most in _NUMBER.findall(match["scale"] if match else "")]
    problems = other_maximum("column", maxima[:1], plan.results, options)
    if options.preview and book is None:
        problems = (
            *problems,
            "which marks stand there now is not known: give the Grade Center with --gradebook",
        )
    return plan.report(absent=_absent(book, plan, done), problems=problems)


def _standing(
    book: Gradebook | None,
    users: Mapping[str, int],
    column: int | None,
    person: Recipient,
    options: ExportOptions,
) -> str:
    at = users.get((person.lms(options, "username") or person.known_id(options)).casefold())
    return book.cell(book.rows[at], column) if book is not None and at is not None else ""


def _why_not(person: Recipient, username: str, at: int | None, done: set[str], *, with_book: bool) -> str:
    if not username:
        return "its student's username is not known; give the class list"
    try:
        id_cell(username, f"submission {person.result.submission}")
    except UnsafeIdentifier as problem:
        return str(problem)
    if with_book and (at is None or username.casefold().endswith(_PREVIEW)):
        return f"{username}: no such username in the Grade Center"
    return f"{username}: {AGAIN}" if username.casefold() in done else ""


def _absent(book: Gradebook | None, plan: Plan, done: set[str]) -> list[str]:
    if book is None:
        return []
    here = done | {person.lms(plan.options, "username").casefold() for person in plan.everybody}
    here |= {person.known_id(plan.options).casefold() for person in plan.everybody}
    rows = [row for row in book.rows[1:] if (user := book.cell(row, book.column(*_USERNAME)))
            and user.casefold() not in here and not user.casefold().endswith(_PREVIEW)]  # fmt: skip
    return [
        f"{book.cell(row, book.column(*_FIRST))} {book.cell(row, book.column(*_LAST))} "
        f"({book.cell(row, book.column(*_USERNAME))})".strip()
        for row in rows
    ]


def _heading(results: Sequence[Result], options: ExportOptions) -> str:
    heading = options.settings.get("column", "")
    if not heading and options.assignment and options.assignment_id:
        possible = options.points_possible or max((result.max for result in results), default=0.0)
        heading = f"{options.assignment} [Total Pts: {number_cell(possible)} Score] |{options.assignment_id}"
    if not _COLUMN.fullmatch(heading):
        raise ExportError(
            "Blackboard needs the column's exact heading, such as 'Lab 6 [Total Pts: 10 Score] |664617': "
            "download the Grade Center and name that file, or give the heading as the setting column"
        )
    return _safe(heading)


def _heading_of_gradebook(book: Gradebook, options: ExportOptions) -> str:
    if book.column(*_USERNAME) is None:
        raise ExportError(
            f"{book.path}: not a Grade Center download: it has no column Username; download it under Work Offline, and name that"
        )
    found = {heading: match for heading in book.headings if (match := _COLUMN.fullmatch(heading))}
    if options.assignment_id:
        fitting = [heading for heading, match in found.items() if match["number"] == options.assignment_id]
    elif options.assignment:
        fitting = [
            heading for heading, match in found.items() if match["title"].strip() == options.assignment
        ]
    else:
        fitting = list(found)
    if len(fitting) != 1:
        titles = ", ".join(map(repr, list(found)[:20])) or "none"
        raise ExportError(f"{book.path}: which column? Name one by title or number; there are: {titles}")
    return _safe(fitting[0])


def _safe(heading: str) -> str:
    try:
        return id_cell(heading, "the column's heading")
    except UnsafeIdentifier as problem:
        raise ExportError(str(problem)) from problem
