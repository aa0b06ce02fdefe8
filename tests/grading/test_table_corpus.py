"""The five rows in every arrangement that students give them, one a line in ``tests/corpora/batch-tables.jsonl``.

Each is read as Markdown and as plain text, unless it is ``markdown_only``; the figures read are those that stand there.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from grader.checks.assignment import Assignment
from grader.checks.assignment_finding import load
from grader.grading.grading import grade
from grader.model import FileKind, Result, Submission, SubmittedFile

CORPUS = Path(__file__).parents[1] / "corpora" / "batch-tables.jsonl"
ENTRIES: list[dict[str, Any]] = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
SAMPLES = [
    (entry, name)
    for entry in ENTRIES
    for name in ("report.md", "report.txt")
    if name.endswith("md") or not entry.get("markdown_only")
]
CHOICE = "I would start with 100 since it is quick and its accuracy is nearly the best."


@cache
def lab() -> Assignment:
    return load()


def graded(text: str, path: Path) -> Result:
    sign = "# " if path.suffix == ".md" else ""
    path.write_text(
        f"{sign}Question 1\n\ntape.gradient(loss, parameters)\n\n{sign}Question 3\n\n{text}\n\n{CHOICE}\n",
        encoding="utf-8",
    )
    submission = Submission("stude001", (SubmittedFile(path.name, path, FileKind.REPORT),))
    return grade(submission, lab(), rubric="").result


@pytest.mark.parametrize(("entry", "name"), SAMPLES)
def test_table(entry: dict[str, Any], name: str, tmp_path: Path) -> None:
    result = graded(entry["text"], tmp_path / name)
    checks = {check.id: check for question in result.questions for check in question.checks}
    assert checks["q3.table"].verdict == entry["verdict"], checks["q3.table"].message
    if entry["verdict"] != "pass":
        return
    assert checks["q3.plausible"].verdict == "pass"
    assert checks["q3.choice"].verdict == "pass"
    charts = {chart.title: chart.series[-1] for question in result.questions for chart in question.charts}
    times, shares = (
        dict(zip(charts[title].x, charts[title].y, strict=True))
        for title in ("Training time", "Training accuracy")
    )
    for batch, (seconds, share) in (entry["rows"] or {}).items():
        assert times[float(batch)] == pytest.approx(seconds)
        assert shares[float(batch)] == pytest.approx(share)
