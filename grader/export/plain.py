"""``grades.csv`` and the same as JSON Lines: one line a student."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from grader import atomic_file
from grader.export.cells import UnsafeIdentifier, id_cell, number_cell, text_cell, to_csv
from grader.export.options import ExportOptions, ExportReport
from grader.export.plan import Plan
from grader.export.recipients import Recipient, recipients
from grader.lateness import points_before
from grader.model import Result


def write_grades_csv(
    results: Sequence[Result], path: Path, identities: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[str, ...]:
    """Writes every result, whatever its status, to `path`, and returns sentences about unsafe identifiers.

    Columns: ``student, submission``, one a question in the order of the results, ``total, max, status, late``, where late work
    loses points ``before_late, late_points`` (`total` is what is left), and ``name, email``. A submission without known students
    has one line, with its own identifier for the student's. `identities` is `ExportOptions.identities`: where addresses come from.
    """
    rows, problems = _rows(results, ExportOptions(identities=identities or {}))
    atomic_file.write(path, to_csv(rows, line_end="\n").encode("utf-8"))
    return problems


def export_csv(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``grades.csv`` in the folder `out`, of the selected results only."""
    plan = Plan(results, options)
    rows, problems = _rows(plan.results, options)
    _all_leave(plan)
    plan.write(out / "grades.csv", to_csv(rows, line_end="\n").encode("utf-8"))
    return plan.report(problems=problems)


def export_jsonl(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``grades.jsonl`` in the folder `out`: the fields of ``grades.csv``, numbers as numbers."""
    plan = Plan(results, options)
    lines = [
        {
            "student": person.student.id or person.result.submission,
            "submission": person.result.submission,
            **{question.id: question.points for question in person.result.questions},
            "total": person.result.points,
            "max": person.result.max,
            "status": str(person.result.status),
            "late": person.result.late,
            "before_late": points_before(person.result),
            "name": person.name,
            "email": _email(person, options),
        }
        for person in plan.people
    ]
    _all_leave(plan)
    plan.write(out / "grades.jsonl", b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    return plan.report()


def _all_leave(plan: Plan) -> None:
    for person in plan.people:
        plan.go(person, number_cell(person.result.points))


def _email(person: Recipient, options: ExportOptions) -> str:
    return person.lms(options, "email") or (person.student.id if "@" in person.student.id else "")


def _cost(result: Result) -> tuple[str, str]:
    """The points before what lateness costs, and what it costs, below nought."""
    before = points_before(result)
    return number_cell(before), number_cell(result.points - before)


def _rows(results: Sequence[Result], options: ExportOptions) -> tuple[list[list[str]], tuple[str, ...]]:
    questions = list(dict.fromkeys(question.id for result in results for question in result.questions))
    costs = any(result.late_points for result in results)
    rows = [
        [
            "student",
            "submission",
            *(text_cell(question) for question in questions),
            *("total", "max", "status", "late"),
            *(("before_late", "late_points") if costs else ()),
            *("name", "email"),
        ]
    ]
    problems: list[str] = []
    for person in recipients(results, options):
        result = person.result
        points = {question.id: number_cell(question.points) for question in result.questions}
        try:
            cell = id_cell(person.student.id or result.submission, f"submission {result.submission}")
        except UnsafeIdentifier as problem:
            problems.append(f"{problem} (its line stands under the submission's name)")
            cell = text_cell(result.submission)
        rows.append(
            [
                cell,
                text_cell(result.submission),
                *(points.get(question, "") for question in questions),
                number_cell(result.points),
                number_cell(result.max),
                str(result.status),
                "yes" if result.late else "no",
                *(_cost(result) if costs else ()),
                text_cell(person.name),
                text_cell(_email(person, options)),
            ]
        )
    return rows, tuple(problems)
