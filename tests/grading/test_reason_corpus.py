"""Choices with their reasons as students phrase them: no contradiction, and hardly one that is left to a person.

``tests/corpora/choice-reasons.jsonl``: the verdicts that an assistant would give of both checks, the table being the
one below. A new way to say something is a new line there; no code.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.checks.assignment import Assignment
from grader.checks.assignment_finding import load
from grader.grading.grading import grade
from grader.model import FileKind, Submission, SubmittedFile

CORPUS = Path(__file__).parents[1] / "corpora" / "choice-reasons.jsonl"
LINES = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
LAB: Assignment = load()
REPORT = """# Question 3

| Batch size | Time (s) | Accuracy |
|---|---|---|
| 1 | 118 | 0.8124 |
| 10 | 13 | 0.8251 |
| 100 | 3 | 0.8185 |
| 1000 | 1 | 0.7097 |
| 60000 | 1 | 0.1000 |

{}
"""
MOST_LEFT = 0.03


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, list[str], str, str]]:
    """Text, wanted verdicts, verdict and message, for both checks of every line."""
    path = tmp_path_factory.mktemp("reasons") / "report.md"
    found = []
    for line in LINES:
        path.write_text(REPORT.format(line["text"]), encoding="utf-8")
        submission = Submission("stude001", (SubmittedFile(path.name, path, FileKind.REPORT),))
        result = grade(submission, LAB, rubric="").result
        checks = {check.id: check for question in result.questions for check in question.checks}
        for name in ("choice", "reasoning"):
            check = checks[f"q3.{name}"]
            found.append((line["text"], line[name], check.verdict.value, f"{check.message} {check.staff}"))
    return found


def test_no_verdict_contradicts_an_assistant(judged: list[tuple[str, list[str], str, str]]) -> None:
    assert [entry for entry in judged if entry[2] not in {*entry[1], "review"}] == []


def test_hardly_any_is_left_to_a_person(judged: list[tuple[str, list[str], str, str]]) -> None:
    left = [entry for entry in judged if entry[2] == "review" and "review" not in entry[1]]
    assert len(left) <= MOST_LEFT * len(judged), left
