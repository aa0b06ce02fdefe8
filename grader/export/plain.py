"""``grades.csv`` and the same as JSON Lines: one line a student."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from grader import atomic_file
from grader.export.cells import UnsafeIdentifier, id_cell, number_cell, text_cell, to_csv
from grader.export.options import ExportOptions, ExportReport
from grader.export.selection import select
from grader.lateness import points_before
from grader.model import Result


def write_grades_csv(results: Sequence[Result], path: Path) -> tuple[str, ...]:
    """Writes every result, whatever its status, to `path`, and returns sentences about unsafe identifiers.

    Columns: ``student, submission``, one a question in the order of the results, ``total, max, status, late``, and where
    late work loses points ``before_late, late_points``: `total` is what is left. A submission without known students has one line, with its own identifier for the student's.
    """
    rows, problems = _rows(results)
    atomic_file.write(path, to_csv(rows, line_end="\n").encode("utf-8"))
    return problems


def export_csv(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``grades.csv`` in the folder `out`, of the selected results only."""
    selection = select(results, options)
    rows, problems = _rows(selection.chosen)
    file = out / "grades.csv"
    atomic_file.write(file, to_csv(rows, line_end="\n").encode("utf-8"))
    return ExportReport(files=(file,), rows=len(rows) - 1, withheld=selection.withheld, problems=problems)


def export_jsonl(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``grades.jsonl`` in the folder `out`: the fields of ``grades.csv``, numbers as numbers."""
    selection = select(results, options)
    lines = [
        {
            "student": student,
            "submission": result.submission,
            **{question.id: question.points for question in result.questions},
            "total": result.points,
            "max": result.max,
            "status": str(result.status),
            "late": result.late,
            "before_late": points_before(result),
        }
        for result in selection.chosen
        for student in _students(result)
    ]
    content = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
    file = out / "grades.jsonl"
    atomic_file.write(file, content)
    return ExportReport(files=(file,), rows=len(lines), withheld=selection.withheld)


def _students(result: Result) -> tuple[str, ...]:
    return tuple(student.id for student in result.students) or (result.submission,)


def _cost(result: Result) -> tuple[str, str]:
    """The points before what lateness costs, and what it costs, below nought."""
    before = points_before(result)
    return number_cell(before), number_cell(result.points - before)


def _rows(results: Sequence[Result]) -> tuple[list[list[str]], tuple[str, ...]]:
    questions = list(dict.fromkeys(question.id for result in results for question in result.questions))
    costs = any(result.late_points for result in results)
    rows = [
        [
            "student",
            "submission",
            *(text_cell(question) for question in questions),
            *("total", "max", "status", "late"),
            *(("before_late", "late_points") if costs else ()),
        ]
    ]
    problems: list[str] = []
    for result in results:
        points = {question.id: number_cell(question.points) for question in result.questions}
        for student in _students(result):
            try:
                cell = id_cell(student, f"submission {result.submission}")
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
                ]
            )
    return rows, tuple(problems)
