"""What a student reads about question 1: true and kind, with a question, and without the answer in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.checks.assignment_finding import load
from grader.grading.grading import grade
from grader.model import CheckResult, FileKind, Submission, SubmittedFile, Verdict
from reference.gradient import code_evidence, gradient_answers
from reference.gradient.gradient_call import GradientReading, told
from reference.gradient.gradient_messages import MESSAGES, GradientMistake

# What would give the answer away: the two nodes, and that the order alone is wrong.
ANSWER = re.compile(
    r"\bloss\b|training_loss|\bparameters?\b|swapp|wrong way|way round|other way|revers|exchang|order", re.I
)


@pytest.mark.parametrize("mistake", sorted(set(GradientMistake) - {GradientMistake.NONE}))
def test_every_mistake_has_a_message_and_a_question_without_the_answer(mistake: GradientMistake) -> None:
    message, hint = MESSAGES[mistake]
    assert not ANSWER.search(message), message
    assert not ANSWER.search(hint), hint
    assert "?" in message + hint
    assert "{call}" in message or "{function}" in message
    assert "blank_left_in" not in message


@pytest.mark.parametrize("module", [gradient_answers, code_evidence])
def test_no_other_message_holds_it(module: object) -> None:
    for name, value in vars(module).items():
        texts = value.values() if isinstance(value, dict) else [value]
        for text in texts:
            if type(text) is str and " " in text and not name.startswith("__"):
                assert not ANSWER.search(text), text


def test_what_was_found_is_quoted_as_it_stands() -> None:
    reading = GradientReading(right=False, mistake=GradientMistake.DATA, culprit="examples_x")
    message, _ = told(reading, "tape.gradient(a,  examples_x)", "a", "examples_x")
    assert "`tape.gradient(a, examples_x)`" in message
    assert "`examples_x`" in message


def judged(tmp_path: Path, text: str) -> CheckResult:
    path = tmp_path / "report.md"
    path.write_text(f"# Question 1\n\n{text}\n\n# Question 2\n\n28*28*128 + 128\n", encoding="utf-8")
    submission = Submission("s", (SubmittedFile(path.name, path, FileKind.REPORT),))
    result = grade(submission, load(), rubric="").result
    return next(check for part in result.questions for check in part.checks if check.id == "q1.expression")


def code(line: str) -> str:
    return f"```python\n{line}\n```"


def test_a_blank_reaches_the_student_as_they_left_it(tmp_path: Path) -> None:
    found = judged(tmp_path, code("gradient = tape.gradient(???, ???)"))
    assert found.verdict is Verdict.FAIL
    shown = found.message + found.hint + "".join(one.excerpt for one in found.evidence)
    assert "tape.gradient(???, ???)" in shown
    assert "blank_left_in" not in shown


def test_the_argument_that_is_a_function_is_named(tmp_path: Path) -> None:
    first = judged(tmp_path, code("gradient = tape.gradient(training_loss, parameters)"))
    assert "`training_loss` is a function" in first.message
    second = judged(tmp_path, code("gradient = tape.gradient(loss, training_loss)"))
    assert "`training_loss` is a function" in second.message
    assert "first" not in second.message


def test_whoever_answered_in_words_is_not_told_that_nothing_was_found(tmp_path: Path) -> None:
    for words in (
        "The gradient of the model with respect to the inputs.",
        "It is the derivative of the parameters.",
    ):
        found = judged(tmp_path, words)
        assert found.verdict is Verdict.REVIEW
        assert "No gradient computation" not in found.message
        assert not ANSWER.search(found.message)


def test_two_answers_that_differ_are_shown_side_by_side(tmp_path: Path) -> None:
    text = (
        code("gradient = tape.gradient(loss, parameters)")
        + "\n\n"
        + code("gradient = tape.gradient(loss, model)")
    )
    found = judged(tmp_path, text)
    assert found.verdict is Verdict.REVIEW
    assert len(found.evidence) == 2
