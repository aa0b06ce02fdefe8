"""Every golden sample and the sample class get the verdicts that an experienced assistant gives.

A new sample is a new folder under ``tests/golden/reports`` with its own ``expected.yaml``; no code.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.checks.assignment_finding import load
from grader.grading.grading import grade
from grader.intake import collect
from grader.model import Result, Verdict

GOLDEN = Path(__file__).parents[1] / "golden"
CLASS = Path(__file__).parents[2] / "submissions"
REPORTS = sorted(folder.name for folder in (GOLDEN / "reports").iterdir())
DECLARED: dict[str, Any] = yaml.safe_load((GOLDEN / "sample_class.yaml").read_text(encoding="utf-8"))[
    "submissions"
]


def verdicts(said: Any) -> list[str]:
    said = said["verdict"] if isinstance(said, dict) else said
    return [said] if isinstance(said, str) else list(said)


def compare(result: Result, expected: dict[str, Any]) -> list[str]:
    """What differs from the declaration, in words."""
    checks = {check.id: check for question in result.questions for check in question.checks}
    questions = {question.id: question for question in result.questions}
    wrong = [
        f"{check.id} broke: {check.staff}" for check in checks.values() if check.verdict is Verdict.ERROR
    ]
    for key, said in (expected.get("questions") or {}).items():
        if questions[key].verdict not in verdicts(said):
            wrong.append(f"{key}: {questions[key].verdict}, expected {verdicts(said)}")
    for key, said in (expected.get("checks") or {}).items():
        if checks[key].verdict not in verdicts(said):
            wrong.append(
                f"{key}: {checks[key].verdict}, expected {verdicts(said)} ({checks[key].message} {checks[key].staff})"
            )
    raised = {flag.id for flag in result.flags}
    wrong += [f"flag {flag} was not raised" for flag in expected.get("flags") or () if flag not in raised]
    for key, figures in (expected.get("values") or {}).items():
        if key == "q3.rows":
            wrong += _rows(result, figures)
    return wrong


def _rows(result: Result, figures: dict[int, list[float | None]]) -> list[str]:
    """The figures read, as the charts show them, against the declared ones."""
    charts = {chart.title: chart.series[-1] for question in result.questions for chart in question.charts}
    read = {title: dict(zip(series.x, series.y, strict=True)) for title, series in charts.items()}
    wrong = []
    for batch, (seconds, share) in figures.items():
        for title, value in (("Training time", seconds), ("Training accuracy", share)):
            found = read.get(title, {}).get(float(batch))
            if value is not None and (found is None or abs(found - value) > 1e-6):
                wrong.append(f"{title} at {batch}: read {found}, stands {value}")
    return wrong


@cache
def rubric() -> str:
    return load().rubric()


@pytest.mark.parametrize("name", REPORTS)
def test_report(name: str, tmp_path: Path) -> None:
    folder = GOLDEN / "reports" / name
    files = [path for path in folder.iterdir() if path.name != "expected.yaml"]
    (tmp_path / "in" / "sample").mkdir(parents=True)
    for path in files:
        (tmp_path / "in" / "sample" / path.name).write_bytes(path.read_bytes())
    (submission,) = collect([tmp_path / "in"], tmp_path / "work", accounts=load().accounts).submissions
    expected = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    assert compare(grade(submission, load(), rubric=rubric()).result, expected) == []


@pytest.fixture(scope="module")
def sample_class(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    intake = collect([CLASS], tmp_path_factory.mktemp("class"), accounts=load().accounts)
    return {submission.id: submission for submission in intake.submissions}


def test_the_whole_class_is_found(sample_class: dict[str, Any]) -> None:
    assert sorted(sample_class) == sorted(DECLARED)


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_sample_class(name: str, sample_class: dict[str, Any]) -> None:
    result = grade(sample_class[name], load(), rubric=rubric()).result
    assert compare(result, DECLARED[name]) == []
    if students := DECLARED[name].get("students"):
        assert sorted(student.id for student in sample_class[name].students) == sorted(students)
