"""Answers by people who had seen nothing of the grader: no right one fails, no wrong one passes.

``tests/corpora/answers-written-apart*.jsonl`` have the verdicts that a careful assistant would accept, the best first, and the
figures as they are meant (null where none is given). What is left to a person is bounded; what is read is read as it stands.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from grader.checks.assignment_finding import load
from grader.grading.grading import grade
from grader.model import FileKind, QuestionResult, Submission, SubmittedFile

CORPORA = sorted((Path(__file__).parents[1] / "corpora").glob("answers-written-apart*.jsonl"))
CASES: list[dict[str, Any]] = [
    json.loads(line) | {"corpus": corpus.stem}
    for corpus in CORPORA
    for line in corpus.read_text(encoding="utf-8").splitlines()
]
HEADINGS = {
    "md": "## Question {}",
    "txt": "Question {}",
    "html": "<h2>Question {}</h2>",
    "tex": r"\section*{{Question {}}}",
}
MOST_LEFT = {  # share of the verdicts; the last of them was mended by in what failed wrongly alone
    "answers-written-apart": 0.15,
    "answers-written-apart-2": 0.1,
    "answers-written-apart-3": 0.08,
    "answers-written-apart-4": 0.37,
}


class Judged(NamedTuple):
    case: dict[str, Any]
    question: QuestionResult

    @property
    def verdicts(self) -> dict[str, str]:
        return {check.id: check.verdict.value for check in self.question.checks}

    @property
    def figures(self) -> dict[str, dict[str, float]]:
        """What was read, as the class's charts show it, in seconds and shares."""
        found: dict[str, dict[str, float]] = {"times": {}, "accuracies": {}}
        for chart in self.question.charts:
            column = "times" if chart.y_label == "seconds" else "accuracies"
            own = chart.series[-1]
            found[column].update({f"{x:g}": y for x, y in zip(own.x, own.y, strict=True)})
        return found


def _report(text: str, form: str, question: int) -> str:
    parts = {1: "tape.gradient(loss, parameters)", 2: "784*128 + 128", question: text}
    body = "\n\n".join(f"{HEADINGS[form].format(one)}\n\n{parts[one]}" for one in range(1, question + 1))
    if form == "html":
        return f"<!doctype html><html><body>{body}</body></html>"
    if form == "tex":
        packages = r"\usepackage{booktabs,siunitx,amsmath}"
        return (
            rf"\documentclass{{article}}{packages}\begin{{document}}{chr(10)}{body}{chr(10)}\end{{document}}"
        )
    return body


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> list[Judged]:
    folder = tmp_path_factory.mktemp("apart")
    lab = load()
    found = []
    for case in CASES:
        path = folder / f"report.{case['format']}"
        question = case.get("question", 3)
        path.write_text(_report(case["text"], case["format"], question), encoding="utf-8")
        submission = Submission("stude001", (SubmittedFile(path.name, path, FileKind.REPORT),))
        found.append(Judged(case, grade(submission, lab, rubric="").result.questions[question - 1]))
    return found


def test_no_right_answer_fails_and_no_wrong_one_passes(judged: list[Judged]) -> None:
    astray = [
        (one.case["name"], check, one.verdicts[check])
        for one in judged
        for check, accepted in one.case["accept"].items()
        if one.verdicts[check] not in {*accepted, "review"}
    ]
    assert astray == []


@pytest.mark.parametrize("corpus", MOST_LEFT)
def test_what_is_left_to_a_person_is_bounded(judged: list[Judged], corpus: str) -> None:
    own = [one for one in judged if one.case["corpus"] == corpus]
    left = [
        (one.case["name"], check)
        for one in own
        for check, accepted in one.case["accept"].items()
        if one.verdicts[check] == "review" and "review" not in accepted
    ]
    assert len(left) <= MOST_LEFT[corpus] * sum(len(one.case["accept"]) for one in own), left


def test_figures_are_read_as_they_stand_or_not_at_all(judged: list[Judged]) -> None:
    wrong = [
        (one.case["name"], column, size, one.figures[column][size], value)
        for one in judged
        for column, values in (one.case.get("figures") or {}).items()
        for size, value in values.items()
        if value is not None
        and size in one.figures[column]
        and one.figures[column][size] != pytest.approx(value)
    ]
    assert wrong == []
