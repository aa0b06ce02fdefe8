"""Answers as students phrase them, one a line, with the verdicts that an assistant would accept.

``tests/corpora/*-answers.jsonl``: more than one verdict stands where doubt is as good as certainty. A new way to say
something is a new line there; no code.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from grader.checks.assignment import Assignment
from grader.checks.assignment_finding import load
from grader.grading.grading import grade
from grader.model import FileKind, Submission, SubmittedFile

CORPORA = Path(__file__).parents[1] / "corpora"
GRADIENT = "`tape.gradient(loss, parameters)`"
COUNT = "28*28*128 + 128 = 100480"
TABLE = """
| Batch size | Time (s) | Accuracy |
|---|---|---|
| 1 | 118 | 0.8124 |
| 10 | 13 | 0.8251 |
| 100 | 3 | 0.8185 |
| 1000 | 1 | 0.7097 |
| 60000 | 1 | 0.1000 |
"""
REPORTS = {  # the check that a corpus is about, and the report that its answers stand in
    "gradient": ("q1.expression", "# Question 1\n\n{}\n\n# Question 2\n\n" + COUNT),
    "parameter": ("q2.derivation", f"# Question 1\n\n{GRADIENT}\n\n# Question 2\n\n{{}}\n\n# Question 3\n"),
    "choice": ("q3.choice", f"# Question 1\n\n{GRADIENT}\n\n# Question 3\n{TABLE}\n{{}}\n"),
}


def answers() -> list[tuple[str, str, list[str]]]:
    found = []
    for corpus in REPORTS:
        for line in (CORPORA / f"{corpus}-answers.jsonl").read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            found.append((corpus, entry["text"], entry["verdicts"]))
    return found


@cache
def lab() -> Assignment:
    return load()


@pytest.mark.parametrize(("corpus", "text", "verdicts"), answers())
def test_answer(corpus: str, text: str, verdicts: list[str], tmp_path: Path) -> None:
    wanted, report = REPORTS[corpus]
    path = tmp_path / "report.md"
    path.write_text(report.format(text), encoding="utf-8")
    submission = Submission("stude001", (SubmittedFile(path.name, path, FileKind.REPORT),))
    result = grade(submission, lab(), rubric="").result
    (found,) = [check for question in result.questions for check in question.checks if check.id == wanted]
    assert found.verdict in verdicts, f"{found.message} {found.staff}"
