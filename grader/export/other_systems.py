"""Sheets of Sakai, ILIAS, OpenOLAT, A+ and Microsoft Teams; none has been tried against a server of theirs.

Sakai and ILIAS: headings as their own exports have them, which are filled in. OpenOLAT: what its bulk assessment takes as pasted
rows. A+: the JSON of its batch assessment. Teams imports nothing: its sheet is for typing from.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from grader.errors import ExportError
from grader.export.cells import UnsafeIdentifier, id_cell, number_cell, text_cell, to_csv
from grader.export.feedback_zips import pack
from grader.export.gradebook import Gradebook, read_gradebook
from grader.export.grades import grade_of, has_passed, scaled
from grader.export.options import ExportOptions, ExportReport
from grader.export.plan import AGAIN, Plan
from grader.export.recipients import Recipient
from grader.model import Result

_STATUS = ("update", "usr_id", "login", "status", "mark", "comment")
_TEAM_STATUS = ("update", "team_id", "status", "mark", "comment")


def export_sakai(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``sakai_upload.zip`` in the folder `out`, for *Upload All*: ``grades.csv``, and ``comments.txt`` and feedback by student.

    Uses `gradebook` (``grades.csv`` of *Download All*), `identities` (``username``, ``folder``, ``title``, ``comment``: what a
    teacher wrote before), `comments` and `feedback`. **Not verified.**
    """
    plan = Plan(results, options)
    book = read_gradebook(options.gradebook, "grades.csv of Sakai's Download All")
    head = next((at for at, row in enumerate(book.rows[:5]) if "Display ID" in row and "grade" in row), None)
    if head is None:
        raise ExportError(
            f"{book.path}: not Sakai's grades.csv: no row with Display ID and grade; name the one of its download"
        )
    headings = list(book.rows[head])
    rows = [list(row) + [""] * (len(headings) - len(row)) for row in book.rows]
    column = headings.index("grade")
    keys = [name for name in ("Display ID", "ID") if name in headings]
    people = {name: _unique(rows[head + 1 :], headings.index(name), head + 1) for name in keys}
    title = (
        rows[0][0] or next((one.get("title", "") for one in options.identities.values()), "") or "assignment"
    )
    files: dict[str, bytes] = {}
    done: set[int] = set()
    for person in plan.people:
        user = (person.lms(options, "username") or person.known_id(options)).casefold()
        found = {at for ids in people.values() if (at := ids.get(user)) is not None}
        if len(found) != 1 or not user:
            plan.hold(person, "no such student in grades.csv")
            continue
        (at,) = found
        now, grade = rows[at][column], grade_of(person.result, options)
        if reason := AGAIN if at in done else plan.needs_yes(now, grade):
            done.add(at)
            plan.hold(person, reason, now=now, to_come=grade)
            continue
        done.add(at)
        rows[at][column] = grade
        plan.go(person, grade, now=now, comment=_sakai_comment(plan, person, title, files))
    safe = [[text_cell(cell) if number > 1 and at > head and number != column else cell
             for number, cell in enumerate(row)] for at, row in enumerate(rows)]  # fmt: skip
    if head >= 1 and len(safe[:head]) == 1:
        safe.insert(1, [""])  # the blank row that Sakai counts
    files[f"{title}/grades.csv"] = to_csv(safe, quote_all=True).encode("utf-8")
    plan.write(out / "sakai_upload.zip", pack(files))
    here = {(one.lms(options, "username") or one.known_id(options)).casefold() for one in plan.everybody}
    absent = [
        " ".join(filter(None, rows[at][:4]))
        for at in range(head + 1, len(rows))
        if at not in done and not any(row_key in here for row_key in map(str.casefold, rows[at][:2]))
    ]
    return plan.report(
        absent=absent, problems=("Sakai's import was not tried by us: look at one student's mark after it",)
    )


def _sakai_comment(plan: Plan, person: Recipient, title: str, files: dict[str, bytes]) -> str:
    known = plan.options.identities.get(person.result.submission, {})
    folder = known.get("folder", "") if known.get("system") == "sakai" and person.alone else ""
    if not folder:
        return ""
    comment = person.comment(plan.options)
    state = plan.comment_state(known.get("comment", ""), comment)
    if comment and state != "kept":
        files[f"{title}/{folder}/comments.txt"] = comment.encode("utf-8")
    feedback = plan.options.feedback.get(person.result.submission)
    if feedback is not None and feedback.is_file():
        files[f"{title}/{folder}/Feedback Attachment(s)/feedback{feedback.suffix}"] = feedback.read_bytes()
    return state


def export_ilias(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``status.csv`` in the folder `out`: ILIAS's own status file with marks and comments, ``update`` set where there is one.

    Uses `gradebook` (``status.csv`` of the multi-feedback download; save ``status.xlsx`` as CSV), `identities` (``usr_id``,
    ``team_id``, ``username``), `comments`, and `pass_mark` for ``passed`` and ``failed``. **Not verified.**
    """
    plan = Plan(results, options)
    book = read_gradebook(options.gradebook, "status.csv of ILIAS's multi-feedback download")
    teams = "team_id" in book.headings
    missing = [name for name in (_TEAM_STATUS if teams else _STATUS) if name not in book.headings]
    if missing:
        raise ExportError(
            f"{book.path}: not ILIAS's status file: no column {', '.join(missing)}; name the one of its download"
        )
    at_of = {name: book.headings.index(name) for name in book.headings}
    rows = [[*row, *[""] * (len(book.headings) - len(row))] for row in book.rows]
    numbers = book.unique(at_of["team_id" if teams else "usr_id"])
    logins = {} if teams else book.unique(at_of["login"])
    done: set[int] = set()
    for person in plan.people:
        known = options.identities.get(person.result.submission, {})
        number = known.get("team_id", "") if teams else person.lms(options, "usr_id")
        login = person.lms(options, "username") or person.known_id(options)
        at = numbers.get(number) if number else logins.get(login.casefold())
        if at is None:
            plan.hold(person, "no such row in the status file")
            continue
        row = rows[at]
        now, grade = row[at_of["mark"]], grade_of(person.result, options)
        if teams and at in done and row[at_of["mark"]] == grade:
            plan.go(person, grade)
            continue
        if reason := AGAIN if at in done else plan.needs_yes(now, grade):
            done.add(at)
            plan.hold(person, reason, now=now, to_come=grade)
            continue
        done.add(at)
        comment = person.comment(options)
        state = plan.comment_state(row[at_of["comment"]], comment)
        if comment and state != "kept":
            row[at_of["comment"]] = text_cell(comment)
        row[at_of["mark"]], row[at_of["update"]] = grade, "1"
        if options.pass_mark is not None:
            row[at_of["status"]] = "passed" if has_passed(person.result, options) else "failed"
        plan.go(person, grade, now=now, comment=state)
    plan.write(out / "status.csv", book.by_default(rows))
    here = {one.lms(options, "usr_id") for one in plan.everybody} | {
        options.identities.get(one.result.submission, {}).get("team_id", "") for one in plan.everybody
    }
    own = at_of["team_id" if teams else "usr_id"]
    absent = [
        _shown(book, row)
        for at, row in enumerate(book.rows)
        if at and at not in done and book.cell(row, own) not in here
    ]
    return plan.report(
        absent=absent, problems=("ILIAS's import was not tried by us: look at one student's mark after it",)
    )


def _shown(book: Gradebook, row: Sequence[str]) -> str:
    return " ".join(
        cell
        for name in ("firstname", "lastname", "login", "logins")
        if (cell := book.cell(row, book.column(name)))
    )


def export_openolat(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``openolat_bulk.csv`` in the folder `out`: user name, score, passed (y or n with `pass_mark`), comment, for *Bulk assessment*.

    Uses `identities` (``username``) and `comments`. **Not verified.**
    """
    rows = [["Username", "Score", "Passed", "Comment"]]
    plan = Plan(results, options)
    for person, user in _by_username(plan):
        passed = "" if options.pass_mark is None else "y" if has_passed(person.result, options) else "n"
        comment = " ".join(person.comment(options).split())
        grade = grade_of(person.result, options)
        rows.append([user, grade, passed, text_cell(comment)])
        plan.go(person, grade, comment="new" if comment else "")
    plan.write(out / "openolat_bulk.csv", to_csv(rows).encode("utf-8"))
    return plan.report(
        problems=("OpenOLAT's import was not tried by us: look at one student's mark after it",)
    )


def export_aplus(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``aplus_batch.json`` in the folder `out`, for A+'s batch assessment: students by their number, points, feedback.

    Uses `assignment_id` (A+'s number of the exercise) and `comments`. **Not verified.**
    """
    if not options.assignment_id.isdecimal():
        raise ExportError("A+ needs its number of the exercise: give it with --assignment-id")
    plan = Plan(results, options)
    objects = []
    for person, user in _by_username(plan):
        comment = person.comment(options)
        points = round(scaled(person.result, options))
        one = {
            "students_by_student_id": [user],
            "exercise_id": int(options.assignment_id),
            "points": points,
            "feedback": comment,
        }
        objects.append(one)
        plan.go(person, str(points), comment="new" if comment else "")
    content = msgspec.json.format(msgspec.json.encode({"objects": objects}), indent=1)
    plan.write(out / "aplus_batch.json", content)
    return plan.report(
        problems=(
            "A+ takes whole points, and makes a new submission of each: its import was not tried by us",
        )
    )


def export_teams(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``teams_grades.csv`` in the folder `out`: name, address, points, maximum, comment. Teams imports no marks: type from it.

    Uses `identities` (``email``) and `comments`.
    """
    rows = [["Name", "Email Address", "Points", "Max Points", "Feedback"]]
    plan = Plan(results, options)
    for person in plan.people:
        if not person.name:
            plan.hold(person, "its student's name is not known")
            continue
        grade, comment = grade_of(person.result, options), person.comment(options)
        most = number_cell(options.points_possible or person.result.max)
        rows.append(
            [text_cell(person.name), text_cell(person.lms(options, "email")), grade, most, text_cell(comment)]
        )
        plan.go(person, grade, comment="new" if comment else "")
    plan.write(out / "teams_grades.csv", to_csv(rows).encode("utf-8-sig"))
    return plan.report(problems=("Microsoft Teams imports no marks: this sheet is for typing from",))


def _by_username(plan: Plan) -> list[tuple[Recipient, str]]:
    """Those whose user name is known, each once; the others are held."""
    found: list[tuple[Recipient, str]] = []
    done: set[str] = set()
    for person in plan.people:
        user = person.lms(plan.options, "username") or person.known_id(plan.options)
        try:
            id_cell(user, f"submission {person.result.submission}")
        except UnsafeIdentifier as problem:
            plan.hold(person, str(problem), said=str(problem))
            continue
        if not user:
            plan.hold(person, "its student's username is not known; give the class list")
        elif user.casefold() in done:
            plan.hold(person, AGAIN)
        else:
            done.add(user.casefold())
            found.append((person, user))
    return found


def _unique(rows: Sequence[Sequence[str]], column: int, offset: int) -> dict[str, int]:
    """Rows by a column's content; what stands in several rows identifies none of them."""
    found: dict[str, list[int]] = {}
    for at, row in enumerate(rows, offset):
        if row[column].strip():
            found.setdefault(row[column].strip().casefold(), []).append(at)
    return {key: ats[0] for key, ats in found.items() if len(ats) == 1}
