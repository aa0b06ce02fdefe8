"""What goes wrong while one submission is graded: a sentence where it was foreseen, and the others go on."""

from __future__ import annotations

from pathlib import Path

import pytest

import grader.workers.grading_worker
from grader.batch import BatchSettings, grade_all
from grader.checks.assignment_finding import load
from grader.errors import GraderError
from grader.model import FileKind, Submission, SubmittedFile, Verdict
from grader.store import Ledger


@pytest.mark.parametrize(
    ("problem", "traced"), [(GraderError("The disk is full: free some of it."), False), (KeyError("x"), True)]
)
def test_staff_read_the_sentence_of_what_was_foreseen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: Exception, traced: bool
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise problem

    monkeypatch.setattr(grader.workers.grading_worker, "grade", broken)
    report = tmp_path / "report.md"
    report.write_text("# Question 1")
    submission = Submission("anna", (SubmittedFile("report.md", report, FileKind.REPORT),))
    with Ledger(tmp_path / "graded" / "grades.sqlite") as ledger:
        outcome = grade_all([submission], BatchSettings(load().id, execute=False), ledger)
        (result,) = ledger.results()
    assert outcome.errors == ("anna",)
    staff = {check.staff for question in result.questions for check in question.checks}
    assert {check.verdict for question in result.questions for check in question.checks} == {Verdict.ERROR}
    assert all(("Traceback" in text) == traced for text in staff)
    assert traced or staff == {str(problem)}
