"""Canvas's gradebook CSV: a new one, or the TA's own export with one assignment filled in.

The rules are those of Canvas's importer: ``Section`` is the last student column, and an assignment's column
matches ``\\A(.*)\\s\\((\\d+)\\)\\z``, or a new assignment is made. Columns with *Final Grade* and its like in the title, or marked
``(read only)``, are dropped without a word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from grader.errors import ExportError
from grader.export.cells import UnsafeIdentifier, id_cell, number_cell, text_cell, to_csv
from grader.export.gradebook import Gradebook, read_gradebook
from grader.export.grades import grade_of
from grader.export.maximum import number_in, other_maximum
from grader.export.options import ExportOptions, ExportReport
from grader.export.plan import AGAIN, Plan
from grader.export.recipients import Recipient
from grader.model import Result

_ASSIGNMENT = re.compile(r"(.*)\s\(([0-9]+)\)", re.DOTALL)
_DROPPED = re.compile(
    "Current Score|Current Points|Current Grade|Final Score|Final Points|Final Grade|Override Score|Override Grade|Override Status"
)
_HEADINGS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_POINTS = "Points Possible"
_UNSEEN = "without the gradebook nobody can say which marks stand there now: give it with --gradebook"


def export_canvas(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``canvas_grades.csv`` in the folder `out`.

    Uses `gradebook` (only its students' columns and the one of the assignment are kept, and only rows that
    get a grade: Canvas may take an empty cell for a removed one), `assignment` and `assignment_id`,
    `identities` (``user_id``). Without a gradebook a new file is made, for which title and id of the
    assignment are needed.
    """
    plan = Plan(results, options)
    if options.gradebook is None:
        return _new(plan, out)
    return _filled(plan, out, read_gradebook(options.gradebook, "the gradebook exported from Canvas"))


def _new(plan: Plan, out: Path) -> ExportReport:
    options = plan.options
    title = options.assignment.strip()
    if not title or not re.fullmatch("[0-9]+", options.assignment_id):
        raise ExportError(
            "Canvas needs the assignment's title and its number (in its address: .../assignments/4242), "
            "or the gradebook you exported; otherwise its import makes a new assignment"
        )
    heading = _safe_heading(f"{title} ({options.assignment_id})")
    possible = options.points_possible or max((person.result.max for person in plan.people), default=0.0)
    rows = [[*_HEADINGS, heading], [f"    {_POINTS}", "", "", "", "", number_cell(possible)]]
    done: set[str] = set()
    for person in plan.people:
        user, login = person.lms(options, "user_id"), person.known_id(options)
        if not user and not login:
            reason = "neither Canvas's number of the student nor a login is known"
            plan.hold(person, reason, said=reason)
            continue
        keys = {key for key in (f"number {user}" if user else "", login.casefold()) if key}
        if keys & done:
            plan.hold(person, AGAIN, said=f"{login or user}: {AGAIN}")
            continue
        try:
            cells = [id_cell(cell, f"submission {person.result.submission}") for cell in (user, login)]
        except UnsafeIdentifier as problem:
            plan.hold(person, str(problem), said=str(problem))
            continue
        done |= keys
        grade = grade_of(person.result, options)
        rows.append([text_cell(person.name or login), cells[0], "", cells[1], "", grade])
        plan.go(person, grade)
    plan.write(out / "canvas_grades.csv", to_csv(rows).encode("utf-8"))
    return plan.report(problems=(_UNSEEN,) if options.preview else ())


def _filled(plan: Plan, out: Path, book: Gradebook) -> ExportReport:
    options = plan.options
    column = _assignment_column(book, options)
    section, at_id = book.column("Section"), book.column("ID")
    if section is None or at_id is None:
        raise ExportError(
            f"{book.path}: not a gradebook of Canvas: it has no columns ID and Section; export it under Grades, and name that"
        )
    heads = [row for row in book.rows[1:] if not book.cell(row, at_id)]
    if any("(read only)" in book.cell(row, column).casefold() for row in heads):
        raise ExportError(
            f"{book.path}: Canvas takes no marks for {book.headings[column]!r}: its column is (read only)"
        )
    kept = [*range(section + 1), column]
    names = {at for at in kept[:-1] if book.headings[at] in {"Student", "LastName", "FirstName"}} | {section}
    rows = [[book.headings[at] for at in kept]]
    for head in heads:
        cells = [head[at] if at < len(head) else "" for at in kept]
        if cells[0].strip() == _POINTS:
            cells[-1] = cells[-1].replace(",", ".")
        rows.append(cells)
    keys = _Keys(book, at_id)
    done: set[int] = set()
    for person in plan.people:
        found = keys.row_of(person, options)
        reason = _why_not(found, column, book, done)
        if found is None or reason:
            plan.hold(person, reason, now=book.cell(book.rows[found], column) if found is not None else "")
            continue
        row = book.rows[found]
        now, grade = book.cell(row, column), grade_of(person.result, options)
        if reason := plan.needs_yes(now, grade):
            done.add(found)
            plan.hold(person, reason, now=now, to_come=grade)
            continue
        try:
            cells = [_kept_cell(at, row, at in names, found + 1) for at in kept[:-1]]
        except UnsafeIdentifier as problem:
            plan.hold(person, str(problem), said=str(problem))
            continue
        done.add(found)
        rows.append([*cells, grade])
        plan.go(person, grade, now=now)
        if _is_test_student(book, row):
            plan.problems.append(f"{book.cell(row, 0)} is Canvas's own Test Student: it gets a mark as well")
    plan.write(out / "canvas_grades.csv", to_csv(rows).encode("utf-8"))
    rows_of = {id(one): keys.row_of(one, options) for one in plan.everybody}
    plan.show_standing(lambda one: _mark(book, rows_of[id(one)], column))
    here = set(rows_of.values())
    absent = [
        f"{book.cell(row, 0)} ({book.cell(row, at_id)})"
        for at, row in enumerate(book.rows)
        if at and at not in done and book.cell(row, at_id) and not _is_test_student(book, row)
        and book.cell(row, column).upper() != "EX" and at not in here
    ]  # fmt: skip
    return plan.report(absent=absent, problems=_maximum_problem(heads, column, plan.results, options))


def _mark(book: Gradebook, at: int | None, column: int) -> str:
    return book.cell(book.rows[at], column) if at is not None else ""


def _why_not(found: int | None, column: int, book: Gradebook, done: set[int]) -> str:
    if found is None:
        return "no such student in the gradebook"
    if found in done:
        return AGAIN
    if book.cell(book.rows[found], column).upper() == "EX":
        return "excused in the gradebook (EX)"
    return ""


def _kept_cell(at: int, row: Sequence[str], text: bool, line: int) -> str:
    cell = row[at] if at < len(row) else ""
    return text_cell(cell) if text else id_cell(cell, f"line {line} of the gradebook")


def _is_test_student(book: Gradebook, row: Sequence[str]) -> bool:
    names = " ".join(book.cell(row, book.column(name)) for name in ("LastName", "FirstName")).strip()
    login = book.cell(row, book.column("SIS Login ID"))
    hexadecimal = re.fullmatch("[0-9a-f]{12,40}", login) is not None
    named = book.cell(row, book.column("Student")).casefold() == "student, test" or names == "Student Test"
    return named and (hexadecimal or not login)


def _assignment_column(book: Gradebook, options: ExportOptions) -> int:
    """The column of the assignment: by number, else by title, else the only one there is."""
    every = {
        at: match for at, heading in enumerate(book.headings) if (match := _ASSIGNMENT.fullmatch(heading))
    }
    found = {at: match for at, match in every.items() if not _DROPPED.search(match[0])}
    if options.assignment_id:
        fitting = [at for at, match in every.items() if match[2] == options.assignment_id]
    elif options.assignment:
        fitting = [at for at, match in every.items() if match[1].strip() == options.assignment.strip()]
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
    if match := _DROPPED.search(heading):
        raise ExportError(
            f"{heading!r}: Canvas drops a column with {match[0]!r} in its title without a word, marks and all; "
            "rename the assignment there, or use --to canvas-api"
        )
    return heading


class _Keys:
    """The rows of a gradebook by each kind of identifier; Canvas's number is never compared with another kind."""

    def __init__(self, book: Gradebook, at_id: int) -> None:
        self._numbers = book.unique(at_id)
        self._logins = book.unique(book.column("SIS Login ID"))
        self._sis = book.unique(book.column("SIS User ID"))
        locals_: dict[str, list[int]] = {}
        for login, at in self._logins.items():
            if "@" in login:
                locals_.setdefault(login.partition("@")[0], []).append(at)
        self._locals = {local: rows[0] for local, rows in locals_.items() if len(rows) == 1}

    def row_of(self, person: Recipient, options: ExportOptions) -> int | None:
        """The row, by Canvas's own number where it is known, else by login, else by SIS id."""
        if number := person.lms(options, "user_id"):
            return self._numbers.get(number)
        login = person.known_id(options).casefold()
        if not login:
            return None
        address = person.lms(options, "email").casefold()
        wanted = (
            self._logins.get(login),
            self._sis.get(login),
            self._logins.get(address),
            self._locals.get(login),
        )
        found = {row for row in wanted if row is not None}
        return found.pop() if len(found) == 1 else None


def _maximum_problem(
    heads: Sequence[Sequence[str]], column: int, results: Sequence[Result], options: ExportOptions
) -> tuple[str, ...]:
    maxima = [
        theirs
        for row in heads
        if row[0].strip() == _POINTS and column < len(row) and (theirs := number_in(row[column])) is not None
    ]
    return other_maximum("gradebook", maxima, results, options)
