"""What leaves a graded folder: its results as they stand with people's decisions, under the identities that intake saw."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from grader.export import ExportOptions, ExportReport, export
from grader.export.comments import comment
from grader.folder_names import FEEDBACK
from grader.graded_folder import class_results
from grader.late_terms import late_terms
from grader.lateness import uncounted
from grader.marks import by_student
from grader.model import Result
from grader.store import Ledger


def marks_of(ledger: Ledger) -> tuple[list[Result], frozenset[str]]:
    """Every mark, a student's own where something was decided for one of a group alone; and what has been released.

    What was released leaves as it was released: the LMS has what the student reads.
    """
    out_now = ledger.log.released()
    whole = [
        out_now[one.submission].result or one if one.submission in out_now else one
        for one in class_results(ledger)
    ]
    released = frozenset(result.submission for result in whole if result.released)
    return [mark for result in whole for mark in by_student(result)], released


def export_folder(
    folder: Path,
    ledger: Ledger,
    system: str,
    out: Path,
    *,
    released: frozenset[str] | None = None,
    comments: bool = True,
    **chosen: Any,
) -> ExportReport:
    """Exports a graded folder to `system`; `chosen` are fields of `ExportOptions`. Raises `ExportError`.

    Once something is released, only what is released leaves; `released` names others.
    """
    results, released_here = marks_of(ledger)
    options = ExportOptions(
        identities=ledger.identities(),
        feedback={path.stem: path for path in (folder / FEEDBACK).glob("*.html")},
        comments=_comments(results) if comments else {},
        released=released or released_here or None,
    )
    report = export(system, results, out, msgspec.structs.replace(options, **chosen))
    rule = late_terms(ledger).rule
    if unknown := [one.submission for one in results if uncounted(one, rule)]:
        sentence = (
            f"it is not known how late these are, so they lose no points ({rule}): {', '.join(unknown)}"
        )
        report = msgspec.structs.replace(report, problems=(*report.problems, sentence))
    return report


def _comments(results: Sequence[Result]) -> dict[str, str]:
    """A comment a submission, and one of their own for those of a group whose marks differ."""
    found = {result.submission: comment(result) for result in results}
    for result in results:
        for student in result.students:
            found[f"{result.submission}:{student.id}"] = comment(result)
    return found
