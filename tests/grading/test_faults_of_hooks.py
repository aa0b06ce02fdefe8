"""Whatever an assignment's hooks do while a submission is graded is that submission's status, and never ends the batch."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from grader.checks import Answer, Assignment, Finding
from grader.checks.finding import passed
from grader.grading.grading import grade
from grader.grading.notebook_runner import NotebookRunner, RunSettings
from grader.model import ExecutionStatus, FileKind, Status, Submission, SubmittedFile, Verdict

CELL = {"cell_type": "code", "metadata": {}, "source": "print(6 * 7)", "outputs": [], "execution_count": None}
NOTEBOOK = json.dumps({"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def raises(*_: object) -> Any:
    """A hook with a bug."""
    raise KeyError("a bug of the assignment's")


def exits(*_: object) -> Any:
    """A hook that ends its program."""
    raise SystemExit(3)


def runs_deep(*_: object) -> Any:
    """A hook that never comes back to its caller."""
    return runs_deep()


def gives_nonsense(*_: object) -> Any:
    """A hook that gives what none gives."""
    return 42


def assignment(**hooks: Callable[..., Any]) -> Assignment:
    """An assignment of one check that passes."""
    made = Assignment("hooks", title="Hooks", **hooks)  # type: ignore[arg-type] # broken on purpose
    question = made.question("q", "Question", number=1, cues=(r"print",))

    @question.check("q.one", points=1)
    def one(_: Answer) -> Finding:
        """It is there."""
        return passed("It is there.")

    return made


@pytest.fixture
def submission(tmp_path: Path) -> Submission:
    """A submission of one notebook."""
    path = tmp_path / "lab.ipynb"
    path.write_text(NOTEBOOK)
    return Submission("one", (SubmittedFile("lab.ipynb", path, FileKind.NOTEBOOK),))


@pytest.mark.parametrize("hook", ["handouts", "editions", "notebook"])
@pytest.mark.parametrize("does", [raises, exits, runs_deep, gives_nonsense])
def test_a_broken_hook_is_the_submissions_error(
    hook: str, does: Callable[..., Any], submission: Submission
) -> None:
    broken = assignment(**{hook: does})
    with NotebookRunner(broken, RunSettings()) as runner:
        judged = grade(submission, broken, rubric="", run=runner.run)
    result = judged.result
    assert result.status is Status.ERROR
    assert result.execution.status is ExecutionStatus.ERROR
    assert [check.verdict for question in result.questions for check in question.checks] == [Verdict.ERROR]
    assert result.points == 0
    check = result.questions[0].checks[0]
    assert "not your fault" in check.message
    assert "Traceback" not in check.message
    assert check.staff


def test_hooks_that_work_change_nothing(submission: Submission) -> None:
    def none_handed_out() -> Sequence[Any]:
        return ()

    result = grade(
        submission, assignment(handouts=none_handed_out, editions=none_handed_out), rubric=""
    ).result
    assert result.status is Status.GRADED


def test_a_file_that_is_gone_meanwhile(submission: Submission) -> None:
    submission.files[0].path.unlink()
    result = grade(submission, assignment(), rubric="").result
    assert result.status in {Status.GRADED, Status.REVIEW}
    assert result.files[0].sha256 == ""
