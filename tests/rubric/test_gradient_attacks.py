"""The notebooks of ``tests/hostile/gradient-*``, read without being run: no attack passes, each honest twin does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.checks.assignment_finding import load
from grader.grading.grading import grade
from grader.model import FileKind, Submission, SubmittedFile

HOSTILE = Path(__file__).parents[1] / "hostile"
# What only shows when it is run; all of them are run in tests/grading/test_hostile_batch.py.
NEEDS_A_RUN = {"gradient-hangs"}
SAMPLES = {
    path.parent.name: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted(HOSTILE.glob("gradient-*/expected.yaml"))
}


@pytest.mark.parametrize("name", sorted(SAMPLES.keys() - NEEDS_A_RUN))
def test_what_is_declared_is_read(name: str) -> None:
    declared: dict[str, Any] = SAMPLES[name]
    path = HOSTILE / name / "submission" / "notebook.ipynb"
    submission = Submission(name, (SubmittedFile(path.name, path, FileKind.NOTEBOOK),))
    result = grade(submission, load(), rubric="").result
    (found,) = [check for part in result.questions for check in part.checks if check.id == "q1.expression"]
    wanted = declared["verdicts"]["q1.expression"]
    assert (found.verdict == "pass") == (wanted == "pass"), (found.verdict, found.message, found.staff)
    if found.verdict == "fail":
        assert found.evidence
        assert found.hint
