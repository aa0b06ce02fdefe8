"""Moodle's offline grading worksheet, filled in.

The worksheet is never made up: Moodle checks ``Identifier`` and skips rows that were graded after the download. Its import reads
UTF-8 with commas unless its form is told otherwise, so that is what is written, whatever a spreadsheet made of the file.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path

from grader.export.cells import number_cell, text_cell
from grader.export.gradebook import read_gradebook
from grader.export.grades import grade_of, scaled
from grader.export.maximum import number_in, other_maximum
from grader.export.moodle_rows import Target, Worksheet, targets
from grader.export.options import ExportOptions, ExportReport
from grader.export.plan import AGAIN, Plan
from grader.model import Result

_NO_COMMENTS = (
    "the worksheet has no column for comments: turn on Feedback comments in the assignment's settings"
)


def export_moodle(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``moodle_grading.csv`` in the folder `out`: the worksheet with grades and comments in their columns.

    Uses `gradebook` (the worksheet), `identities` (``participant``, ``group``, ``email``), `comments`, and of
    `settings` ``identifier_column``, ``grade_column`` and ``comment_column`` where the headings are not
    known. Cells it does not fill stay as they are, ``Last modified (grade)`` above all.
    """
    plan = Plan(results, options)
    book = read_gradebook(options.gradebook, "the grading worksheet of Moodle (Download grading worksheet)")
    sheet = Worksheet(book, options)
    done: set[int] = set()
    now: dict[int, str] = {}
    standing = [row[sheet.grade] for row in sheet.rows]
    for target in targets(plan.everybody, sheet, options):
        if target.row is not None:
            now[id(target.person)] = standing[target.row]
    plan.show_standing(lambda one: now.get(id(one), ""))
    for target in targets(plan.people, sheet, options):
        _fill(plan, sheet, target, done)
    plan.write(out / "moodle_grading.csv", book.by_default(sheet.rows))
    maxima = [most for at in range(1, len(sheet.rows)) if (most := _maximum(sheet, at, options)) is not None]
    problems = list(other_maximum("worksheet", maxima, plan.results, options))
    if sheet.comments is None and options.comments:
        problems.append(_NO_COMMENTS)
    if told := book.difference():
        problems.append(
            f"{told}: it goes back in UTF-8 with commas, as Moodle's form reads it by default; choose nothing else there"
        )
    absent = [
        sheet.shown(at) for at in range(1, len(sheet.rows)) if at not in done and at not in sheet.wanted
    ]
    return plan.report(absent=absent, problems=problems)


def _fill(plan: Plan, sheet: Worksheet, target: Target, done: set[int]) -> None:
    person, at, options = target.person, target.row, plan.options
    if at is None:
        plan.hold(person, target.reason)
        return
    row = sheet.rows[at]
    now = row[sheet.grade]
    if at in done:
        plan.hold(person, AGAIN, now=now)
        return
    if sheet.is_closed(at):
        plan.hold(person, "Moodle says that this grade cannot be changed", now=now)
        return
    if reason := _over_maximum(person.result, sheet, at, options):
        plan.hold(person, reason, now=now)
        return
    grade = grade_of(person.result, options)
    if sheet.maximum is not None and "," in row[sheet.maximum] and not options.letters:
        grade = grade.replace(".", ",")
    if reason := plan.needs_yes(now, grade):
        done.add(at)
        plan.hold(person, reason, now=now, to_come=grade)
        return
    done.add(at)
    row[sheet.grade] = grade
    comment, state = person.comment(options), ""
    if comment and sheet.comments is not None:
        text = _as_html(comment)
        state = plan.comment_state(row[sheet.comments], text)
        if state != "kept":
            row[sheet.comments] = text
    plan.go(person, grade, now=now, comment=state)


def _maximum(sheet: Worksheet, at: int, options: ExportOptions) -> float | None:
    """The maximum of a row's grade; None where the worksheet does not say, or grades are no points."""
    if sheet.maximum is None or options.letters or options.pass_letters is not None:
        return None
    return number_in(sheet.rows[at][sheet.maximum])


def _over_maximum(result: Result, sheet: Worksheet, at: int, options: ExportOptions) -> str:
    most = _maximum(sheet, at, options)
    points = scaled(result, options) if most is not None else 0.0
    if most is None or points <= most:
        return ""
    return (
        f"{number_cell(points)} points are over the worksheet's maximum of {number_cell(most)}; "
        f"give that as the points possible, and they are rescaled"
    )


def _as_html(comment: str) -> str:
    paragraphs = (part.strip() for part in re.split(r"\n\s*\n", comment))
    text = "".join(f"<p>{html.escape(part).replace(chr(10), '<br>')}</p>" for part in paragraphs if part)
    return text_cell(text)
