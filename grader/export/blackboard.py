"""Blackboard's grade file: tab-delimited, quoted, UTF-16, with the column's exact heading.

Without its ``|<number>`` the heading would make a new column of text with 0 points.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from grader import atomic_file
from grader.errors import ExportError
from grader.export.cells import UnsafeIdentifier, id_cell, number_cell, text_cell, to_csv
from grader.export.gradebook import read_gradebook
from grader.export.grades import grade_of
from grader.export.maximum import other_maximum
from grader.export.options import ExportOptions, ExportReport
from grader.export.recipients import Recipient, recipients
from grader.export.selection import select
from grader.model import Result

_COLUMN = re.compile(r"(?P<title>.+) \[(?P<scale>[^\]]*)\] ?\|(?P<number>[0-9]+)", re.DOTALL)
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_USERNAME = ("Username", "Användarnamn", "Benutzername", "Nom d'utilisateur", "Nombre de usuario")


def export_blackboard(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``blackboard_grades.txt`` in the folder `out`, for *Work Offline: Upload Grades*.

    The heading is taken from `gradebook` (the column with the number `assignment_id`, or the title
    `assignment`), else from the setting ``column``, else built from both: ``Lab 6 [Total Pts: 10 Score]
    |664617``. Uses `identities` (``username``).
    """
    selection = select(results, options)
    heading = _heading(results, options)
    rows = [["Last Name", "First Name", "Username", "Student ID", heading]]
    withheld = list(selection.withheld)
    done: set[str] = set()
    for person in recipients(selection.chosen):
        username = _username(person, options)
        reason = ""
        try:
            id_cell(username, f"submission {person.result.submission}")
        except UnsafeIdentifier as problem:
            reason = str(problem)
        if not username:
            reason = "its student's username is not known; give the class list"
        elif username.casefold() in done:
            reason = f"{username}: another submission has given this student a grade already"
        if reason:
            withheld.append((person.result.submission, reason))
            continue
        done.add(username.casefold())
        first, _, last = person.student.name.rpartition(" ")
        rows.append([text_cell(last), text_cell(first), username, "", grade_of(person.result, options)])
    content = to_csv(rows, delimiter="\t", quote_all=True).encode("utf-16")
    file = out / "blackboard_grades.txt"
    atomic_file.write(file, content)
    match = _COLUMN.fullmatch(heading)
    maxima = [float(most.replace(",", ".")) for most in _NUMBER.findall(match["scale"] if match else "")]
    problems = other_maximum("column", maxima[:1], selection.chosen, options)
    return ExportReport(files=(file,), rows=len(rows) - 1, withheld=tuple(withheld), problems=problems)


def _username(person: Recipient, options: ExportOptions) -> str:
    return person.lms(options, "username") or person.student.id


def _heading(results: Sequence[Result], options: ExportOptions) -> str:
    if options.gradebook is not None:
        return _heading_of_gradebook(options)
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


def _heading_of_gradebook(options: ExportOptions) -> str:
    book = read_gradebook(options.gradebook, "the Grade Center download of Blackboard")
    if book.column(*_USERNAME) is None:
        raise ExportError(f"{book.path}: not a Grade Center download: it has no column Username")
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
