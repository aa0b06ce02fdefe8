"""The rubric says its criteria: what stands there decides, and nothing of the kind stands anywhere else."""

from __future__ import annotations

import ast
from pathlib import Path

import msgspec
import pytest

import reference.assignment as rubric
from grader.grading.grading import grade
from grader.model import CheckResult, FileKind, Submission, SubmittedFile, Value, Verdict
from reference.plausibility.plausible_figures import DOUBT

SOURCE = Path(rubric.__file__)
ROWS = (
    "| 1 | 118 | 0.8124 |",
    "| 10 | 13 | 0.8251 |",
    "| 100 | 3 | 0.8185 |",
    "| 1000 | 1 | 0.7097 |",
    "| 60000 | 1 | 0.1000 |",
)


def judged(tmp_path: Path, text: str, name: str) -> CheckResult:
    path = tmp_path / "report.md"
    path.write_text(f"# Question 3\n\n{text}\n", encoding="utf-8")
    submission = Submission("one", (SubmittedFile("report.md", path, FileKind.REPORT),))
    result = grade(submission, rubric.assignment, rubric="").result
    return next(check for question in result.questions for check in question.checks if check.id == name)


def change(monkeypatch: pytest.MonkeyPatch, name: str, **fields: object) -> None:
    """Another value for some fields of one of the rubric's criteria."""
    value: Value = getattr(rubric, name)
    monkeypatch.setattr(rubric, name, msgspec.structs.replace(value, **fields))


def table(rows: tuple[str, ...] = ROWS, accuracy: str = "Training accuracy") -> str:
    return "\n".join((f"| Batch size | Time (s) | {accuracy} |", "|---|---|---|", *rows))


@pytest.mark.parametrize("rows", range(2, 5))
def test_a_figure_is_worth_what_the_rubric_says(
    rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = table(ROWS[:rows])
    assert judged(tmp_path, text, "q3.table").points == pytest.approx(1.5 * 0.1 * 2 * rows)
    change(monkeypatch, "TABLE", share_a_figure=0.05)
    assert judged(tmp_path, text, "q3.table").points == pytest.approx(1.5 * 0.05 * 2 * rows, abs=0.01)


def test_test_accuracies_are_worth_what_the_rubric_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = table(accuracy="Test accuracy")
    assert judged(tmp_path, text, "q3.table").points == 0.75
    change(monkeypatch, "TABLE", share_with_test_accuracies=0.25)
    assert judged(tmp_path, text, "q3.table").points == pytest.approx(0.375, abs=0.01)


def test_the_doubt_of_the_rubric_is_the_one_that_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rubric.PLAUSIBLE.doubt == DOUBT
    assert judged(tmp_path, table(), "q3.plausible").verdict is Verdict.PASS
    change(monkeypatch, "PLAUSIBLE", doubt=1.01)
    assert judged(tmp_path, table(), "q3.plausible").verdict is Verdict.REVIEW


def test_the_file_begins_with_the_assignment() -> None:
    statements = ast.parse(SOURCE.read_text("utf-8")).body
    first = next(node for node in statements[1:] if not isinstance(node, ast.Import | ast.ImportFrom))
    assert isinstance(first, ast.Assign)
    assert ast.unparse(first.targets[0]) == "assignment"


def test_no_share_of_points_stands_outside_the_rubric() -> None:
    """`partial` is given a share by name, in every file of the lab."""
    for path in SOURCE.parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func).endswith("partial")
                and len(node.args) > 1
            ):
                numbers = [part for part in ast.walk(node.args[1]) if isinstance(part, ast.Constant)]
                assert numbers == [], f"{path}, line {node.lineno}"
