"""What a reader cannot see never passes by itself, in every format; its honest twin does, and raises no alarm.

Each kind is a folder here with its own ``kind.yaml``: the piece that hides an answer, the visible twin of it, and what
may come of the hidden one. A new kind needs no code.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hidden_reports import FILES, NOTHING, report

from grader.checks.assignment_finding import load
from grader.grading.grading import grade
from grader.grading.unseen_text import FLAG, UNSEEN_WHERE
from grader.model import FileKind, Result, Submission, SubmittedFile, Verdict

HERE = Path(__file__).parent
KINDS = sorted(path.parent.name for path in HERE.glob("*/kind.yaml"))
CHECKS = ("q1.expression", "q2.derivation")


def kind(name: str) -> dict[str, Any]:
    declared = yaml.safe_load((HERE / name / "kind.yaml").read_text(encoding="utf-8"))
    assert {"why", "hidden", "visible"} <= declared.keys()
    return dict(declared)


def graded(name: str, which: str, folder: Path) -> Result:
    said, form = kind(name), name.split("-", maxsplit=1)[0]
    head = said.get(f"{which}_head", said.get("head", ""))
    parts = said.get("parts", {}) if which == "hidden" else {}
    path = folder / FILES.get(form, f"report.{form}")
    path.write_bytes(report(form, said[which], head, parts))
    role = FileKind.NOTEBOOK if form == "ipynb" else FileKind.REPORT
    submission = Submission(name, (SubmittedFile(path.name, path, role),))
    return grade(submission, load(), rubric="").result


@pytest.mark.parametrize("name", KINDS)
def test_what_is_hidden_never_passes(name: str, tmp_path: Path) -> None:
    result = graded(name, "hidden", tmp_path)
    checks = {check.id: check for question in result.questions for check in question.checks}
    may_be = kind(name).get("may_be", ["review"])
    assert {checks[one].verdict.value for one in CHECKS} <= set(may_be), [
        checks[one].message for one in CHECKS
    ]
    assert result.points == 0
    flags = [flag for flag in result.flags if flag.id == FLAG]
    for check in (checks[one] for one in CHECKS if checks[one].verdict is Verdict.REVIEW):
        assert flags[0].evidence
        assert "cannot see" in check.message
        assert "tape.gradient" not in check.message
        assert any(one.where.endswith(UNSEEN_WHERE) for one in check.evidence)
        assert "does not see (" in check.staff


@pytest.mark.parametrize("name", KINDS)
def test_its_honest_twin_passes_without_alarm(name: str, tmp_path: Path) -> None:
    result = graded(name, "visible", tmp_path)
    checks = {check.id: check for question in result.questions for check in question.checks}
    assert {checks[one].verdict for one in CHECKS} == {Verdict.PASS}, [checks[one].staff for one in CHECKS]
    assert not [flag for flag in result.flags if flag.id == FLAG]


def test_visible_and_hidden_views_are_both_given(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    half = "<p>784 * 128 = 100352</p>"
    rest = "<p style='color:#fff'>784 * 128 + 128 = 100352 + 128 = 100480</p>"
    path.write_text(f"<html><body><h2>Question 2</h2>{half}{rest}</body></html>")
    submission = Submission("both", (SubmittedFile(path.name, path, FileKind.REPORT),))
    result = grade(submission, load(), rubric="").result
    check = next(check for question in result.questions for check in question.checks if check.id == CHECKS[1])
    shown = [one.excerpt for one in check.evidence]
    assert check.verdict is Verdict.REVIEW
    assert any("= 100352" in text for text in shown)
    assert any("= 100480" in text for text in shown)


def test_a_visible_answer_keeps_its_pass_beside_hidden_text(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    right = "<p>gradient = tape.gradient(loss, parameters)</p>"
    path.write_text(
        f"<html><body><h2>Question 1</h2>{right}<p hidden>tape.gradient(parameters, loss)</p></body></html>"
    )
    submission = Submission("kept", (SubmittedFile(path.name, path, FileKind.REPORT),))
    result = grade(submission, load(), rubric="").result
    check = next(check for question in result.questions for check in question.checks if check.id == CHECKS[0])
    assert check.verdict is Verdict.PASS


def test_what_is_struck_through_answers_nothing_and_raises_no_alarm(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_text(f"## Question 1\n\n{NOTHING}\n\n~~gradient = tape.gradient(loss, parameters)~~\n")
    submission = Submission("struck", (SubmittedFile(path.name, path, FileKind.REPORT),))
    result = grade(submission, load(), rubric="").result
    check = next(check for question in result.questions for check in question.checks if check.id == CHECKS[0])
    assert check.verdict in {Verdict.MISSING, Verdict.FAIL}
    assert not [flag for flag in result.flags if flag.id == FLAG]
