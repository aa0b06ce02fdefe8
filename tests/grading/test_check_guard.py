"""A check that is broken is an error by itself, named with its file; the others are judged all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.checks import Answer, Assignment, Finding
from grader.checks.finding import passed
from grader.grading.grading import grade
from grader.model import FileKind, Status, Submission, SubmittedFile, Verdict


def raises(_: Answer) -> Finding:
    """It raises."""
    raise KeyError("a key of ours")


def returns_nothing(_: Answer) -> Any:
    """It returns nothing."""


def returns_a_word(_: Answer) -> Any:
    """It returns a word."""
    return "pass"


def gives_too_much(_: Answer) -> Finding:
    """It gives three times the points."""
    return Finding(Verdict.PASS, "much", 3.0)


def is_sound(_: Answer) -> Finding:
    """It is sound."""
    return passed("sound")


@pytest.mark.parametrize("broken", [raises, returns_nothing, returns_a_word, gives_too_much])
def test_a_broken_check_costs_itself_alone(broken: Any, tmp_path: Path) -> None:
    lab = Assignment("lab", title="A lab")
    question = lab.question("q1", "One", number=1)
    question.check("q1.sound", points=1)(is_sound)
    question.check("q1.broken", points=1)(broken)
    question.check("q1.last", points=1)(is_sound)
    report = tmp_path / "report.md"
    report.write_text("# Question 1\n\nforty-two\n", encoding="utf-8")
    submission = Submission("anna", (SubmittedFile("report.md", report, FileKind.REPORT),))
    result = grade(submission, lab, rubric="").result
    first, second, third = result.questions[0].checks
    assert (first.verdict, third.verdict) == (Verdict.PASS, Verdict.PASS)
    assert second.verdict is Verdict.ERROR
    assert "q1.broken in test_check_guard.py" in second.staff
    assert "test_check_guard" not in second.message
    assert second.points == 0
    assert result.status is Status.ERROR
