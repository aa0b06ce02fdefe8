"""A check that is broken is an error by itself, named with its file; the others are judged all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.checks import Answer, Assignment, Finding
from grader.checks.finding import passed
from grader.grading.grading import grade
from grader.model import FileKind, Result, Status, Submission, SubmittedFile, Verdict


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


def gives_no_share(_: Answer) -> Any:
    """It gives no share."""
    return Finding(Verdict.PASS, "none", None)  # type: ignore[arg-type]


def gives_no_number(_: Answer) -> Finding:
    """It gives no number."""
    return Finding(Verdict.PASS, "not a number", float("nan"))


def has_no_message(_: Answer) -> Any:
    """It has no message."""
    return Finding(Verdict.PASS, None, 1.0)  # type: ignore[arg-type]


def shows_words(_: Answer) -> Any:
    """It shows words in place of evidence."""
    return Finding(Verdict.PASS, "words", 1.0, evidence=("words",))  # type: ignore[arg-type]


def draws_nothing(_: Answer) -> Any:
    """It draws what is no chart."""
    return Finding(Verdict.PASS, "chart", 1.0, charts=None)  # type: ignore[arg-type]


def flags_lists(_: Answer) -> Any:
    """It flags what is no flag."""
    return Finding(Verdict.PASS, "flags", 1.0, flags=(["x"],))  # type: ignore[arg-type]


def quotes_half_a_letter(_: Answer) -> Finding:
    """It quotes what is no text."""
    return passed("half a letter: \udcff")


def exits(_: Answer) -> Finding:
    """It ends the program."""
    raise SystemExit(3)


def is_sound(_: Answer) -> Finding:
    """It is sound."""
    return passed("sound")


BROKEN = [
    raises,
    exits,
    returns_nothing,
    returns_a_word,
    gives_too_much,
    gives_no_share,
    gives_no_number,
    has_no_message,
    shows_words,
    draws_nothing,
    flags_lists,
    quotes_half_a_letter,
]


@pytest.mark.parametrize("broken", BROKEN)
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
    assert Result.from_json(result.to_json()) == result
