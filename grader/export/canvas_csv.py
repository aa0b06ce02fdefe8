"""Canvas's gradebook CSV: a new one, or the TA's own export with one assignment filled in.

The rules are those of Canvas's importer: ``Section`` is the last student column, and an assignment's column
matches ``\\A(.*)\\s\\((\\d+)\\)\\z``, or a new assignment is made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from grader import atomic_file
from grader.errors import ExportError
from grader.export.cells import UnsafeIdentifier, id_cell, number_cell, text_cell, to_csv
from grader.export.gradebook import Gradebook, read_gradebook
from grader.export.grades import grade_of
from grader.export.maximum import number_in, other_maximum
from grader.export.options import ExportOptions, ExportReport
from grader.export.recipients import Recipient, recipients
from grader.export.selection import select
from grader.model import Result

_ASSIGNMENT = re.compile(r"(.*)\s\(([0-9]+)\)", re.DOTALL)
_HEADINGS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_POINTS = "Points Possible"


def export_canvas(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``canvas_grades.csv`` in the folder `out`.

    Uses `gradebook` (only its students' columns and the one of the assignment are kept, and only rows that
    get a grade: Canvas may take an empty cell for a removed one), `assignment` and `assignment_id`,
    `identities` (``user_id``). Without a gradebook a new file is made, for which title and id of the
    assignment are needed.
    """
    selection = select(results, options)
    sheet = _filled if options.gradebook is not None else _new
    header, rows, withheld, problems = sheet(tuple(recipients(selection.chosen)), options)
    file = out / "canvas_grades.csv"
    atomic_file.write(file, to_csv([*header, *rows]).encode("utf-8"))
    return ExportReport(
        files=(file,),
        rows=len(rows),
        withheld=(*selection.withheld, *withheld),
        problems=tuple(problems),
    )


_Sheet = tuple[list[list[str]], list[list[str]], list[tuple[str, str]], list[str]]


def _new(people: Sequence[Recipient], options: ExportOptions) -> _Sheet:
    title = options.assignment.strip()
    if not title or not re.fullmatch("[0-9]+", options.assignment_id):
        raise ExportError(
            "Canvas needs the assignment's title and its number (in its address: .../assignments/4242), "
            "or the gradebook you exported; otherwise its import makes a new assignment"
        )
    heading = _safe_heading(f"{title} ({options.assignment_id})")
    possible = options.points_possible or max((person.result.max for person in people), default=0.0)
    header = [[*_HEADINGS, heading], [f"    {_POINTS}", "", "", "", "", number_cell(possible)]]
    rows: list[list[str]] = []
    withheld: list[tuple[str, str]] = []
    done: set[str] = set()
    for person in people:
        user, login = person.lms(options, "user_id"), person.known_id(options)
        reason = "" if user or login else "neither Canvas's number of the student nor a login is known"
        keys = {key for key in (f"number {user}" if user else "", login.casefold()) if key}
        if keys & done:
            reason = f"{login or user}: another submission has given this student a grade already"
        if reason:
            withheld.append((person.result.submission, reason))
            continue
        done |= keys
        try:
            cells = [id_cell(cell, f"submission {person.result.submission}") for cell in (user, login)]
        except UnsafeIdentifier as problem:
            withheld.append((person.result.submission, str(problem)))
            continue
        name = text_cell(person.student.name or login)
        rows.append([name, cells[0], "", cells[1], "", grade_of(person.result, options)])
    return header, rows, withheld, []


def _filled(people: Sequence[Recipient], options: ExportOptions) -> _Sheet:
    book = read_gradebook(options.gradebook, "the gradebook exported from Canvas")
    section, column = book.column("Section"), _assignment_column(book, options)
    if section is None or book.column("ID") is None:
        raise ExportError(f"{book.path}: not a gradebook of Canvas: it has no columns ID and Section")
    kept = [*range(section + 1), column]
    keys = _keys(book)
    header = [[book.headings[at] for at in kept]]
    rows: list[list[str]] = []
    problems: list[str] = []
    for row in book.rows[1:]:
        if _is_header(row, book):
            header.append([row[at] if at < len(row) else "" for at in kept])
            problems += _maximum_problem(row, column, people, options)
    withheld: list[tuple[str, str]] = []
    done: set[int] = set()
    for person in people:
        wanted = [person.lms(options, "user_id"), person.student.id]
        found = next((keys[key.casefold()] for key in wanted if key and key.casefold() in keys), None)
        reason = _why_not(found, column, book, done)
        if found is None or reason:
            withheld.append((person.result.submission, f"{person.student.id or 'its student'}: {reason}"))
            continue
        done.add(found)
        row = book.rows[found]
        try:
            cells = [_kept_cell(at, row, section, found + 1) for at in kept[:-1]]
        except UnsafeIdentifier as problem:
            withheld.append((person.result.submission, str(problem)))
            continue
        rows.append([*cells, grade_of(person.result, options)])
    return header, rows, withheld, problems


def _why_not(found: int | None, column: int, book: Gradebook, done: set[int]) -> str:
    if found is None:
        return "no such student in the gradebook"
    if found in done:
        return "another submission has given this student a grade already"
    row = book.rows[found]
    if column < len(row) and row[column].strip().upper() == "EX":
        return "excused in the gradebook (EX)"
    return ""


def _kept_cell(at: int, row: Sequence[str], section: int, line: int) -> str:
    cell = row[at] if at < len(row) else ""
    return text_cell(cell) if at in {0, section} else id_cell(cell, f"line {line} of the gradebook")


def _assignment_column(book: Gradebook, options: ExportOptions) -> int:
    """The column of the assignment: by number, else by title, else the only one there is."""
    found = {
        at: match for at, heading in enumerate(book.headings) if (match := _ASSIGNMENT.fullmatch(heading))
    }
    if options.assignment_id:
        fitting = [at for at, match in found.items() if match[2] == options.assignment_id]
    elif options.assignment:
        fitting = [at for at, match in found.items() if match[1].strip() == options.assignment.strip()]
    else:
        fitting = list(found)
    if len(fitting) != 1:
        titles = ", ".join(repr(book.headings[at]) for at in list(found)[:20]) or "none"
        raise ExportError(f"{book.path}: which assignment? Name one by title or number; there are: {titles}")
    _safe_heading(book.headings[fitting[0]])
    return fitting[0]


def _safe_heading(heading: str) -> str:
    try:
        id_cell(heading, "the assignment's heading")
    except UnsafeIdentifier as problem:
        raise ExportError(str(problem)) from problem
    return heading


def _keys(book: Gradebook) -> dict[str, int]:
    """Rows by ``ID``, ``SIS Login ID`` and ``SIS User ID``, in this order of preference."""
    keys: dict[str, int] = {}
    for heading in ("ID", "SIS Login ID", "SIS User ID"):
        at = book.column(heading)
        for number, row in enumerate(book.rows):
            if at is not None and number and at < len(row) and row[at].strip():
                keys.setdefault(row[at].strip().casefold(), number)
    return keys


def _is_header(row: Sequence[str], book: Gradebook) -> bool:
    """``Points Possible`` and, above it, ``Manual Posting``: rows without a student's ID."""
    at = book.column("ID")
    return at is None or at >= len(row) or not row[at].strip()


def _maximum_problem(
    row: Sequence[str], column: int, people: Sequence[Recipient], options: ExportOptions
) -> tuple[str, ...]:
    theirs = number_in(row[column]) if row[0].strip() == _POINTS and column < len(row) else None
    maxima = [] if theirs is None else [theirs]
    return other_maximum("gradebook", maxima, [person.result for person in people], options)
