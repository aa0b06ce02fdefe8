"""Question 2 from files to a finding: several files and places, and what is said to the student."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

from grader.checks.assignment import Assignment
from grader.checks.assignment_finding import load
from grader.grading.grading import grade
from grader.model import CheckResult, FileKind, Submission, SubmittedFile, Verdict
from reference.parameters.count_formulas import DERIVATION
from reference.parameters.count_messages import MISTAKES
from reference.parameters.parameter_answers import DOUBTS, WITHDRAWN

RIGHT = "784*128 + 128 = 100480"
WRONG = "784*129 = 100480"
# The answer's own numbers, and its formula in words, English and Swedish.
ANSWER = re.compile(
    r"784|785|128|100\W?352|100\W?480|\+ ?(?:1|one)\b|plus (?:1|one|a)\b|inputs? (?:times|by|[*×·]) |"
    r"(?:one|a) (?:bias|constant) (?:for each|for every|per|each)|bias(?:es)? per neuron|bias for (?:each|every)|"
    r"en bias (?:per|för)|gånger|every neuron has|each neuron has",
    re.I,
)


@cache
def lab() -> Assignment:
    return load()


def judged(tmp_path: Path, **files: str) -> CheckResult:
    handed_in = []
    for name, text in files.items():
        stem, _, suffix = name.rpartition("_")
        path = tmp_path / f"{stem}.{suffix}"
        path.write_text(text, encoding="utf-8")
        kind = FileKind.NOTEBOOK if suffix == "ipynb" else FileKind.REPORT
        handed_in.append(SubmittedFile(path.name, path, kind))
    result = grade(Submission("stude001", tuple(handed_in)), lab(), rubric="").result
    (found,) = [one for question in result.questions for one in question.checks if one.id == "q2.derivation"]
    return found


def report(second: str, third: str = "Batch size 100.") -> str:
    return f"# Question 1\n\nNone.\n\n# Question 2\n\n{second}\n\n# Question 3\n\n{third}\n"


def notebook(*cells: tuple[str, str]) -> str:
    made = [
        {"cell_type": kind, "metadata": {}, "source": source, "id": f"c{number}"}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for number, (kind, source) in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_an_answer_beats_a_blank(tmp_path: Path) -> None:
    blank = notebook(("markdown", "## Question 2"), ("markdown", "## Question 3"))
    assert judged(tmp_path, lab_ipynb=blank, report_md=report(RIGHT)).verdict is Verdict.PASS
    assert judged(tmp_path, a_md=report(""), b_md=report(RIGHT)).verdict is Verdict.PASS
    assert judged(tmp_path, a_md=report("100480"), b_md=report(RIGHT)).verdict is Verdict.PASS


@pytest.mark.parametrize(("first", "second"), [(RIGHT, WRONG), (WRONG, RIGHT), (RIGHT, "784*128 = 100352")])
def test_two_versions_that_differ_are_for_a_person(first: str, second: str, tmp_path: Path) -> None:
    found = judged(tmp_path, v1_md=report(first), v2_md=report(second))
    assert found.verdict is Verdict.REVIEW
    assert {one.source for one in found.evidence} == {"v1.md", "v2.md"}


def test_two_versions_that_say_the_same_are_one_answer(tmp_path: Path) -> None:
    assert judged(tmp_path, v1_md=report(RIGHT), v2_md=report("(784+1)*128 = 100480")).verdict is Verdict.PASS
    assert judged(tmp_path, v1_md=report(WRONG), v2_md=report(WRONG)).verdict is Verdict.FAIL


def test_the_section_beats_a_stray_line(tmp_path: Path) -> None:
    stray = "We wondered about 784*129 = 101136 first."
    assert judged(tmp_path, report_md=report(RIGHT, stray)).verdict is Verdict.PASS
    assert judged(tmp_path, report_md=report(WRONG, RIGHT)).verdict is Verdict.REVIEW
    assert judged(tmp_path, report_md=report("", RIGHT)).verdict is Verdict.PASS


def test_a_calculation_on_the_side_is_no_second_answer(tmp_path: Path) -> None:
    cells = notebook(("markdown", "## Question 2"), ("code", "28*28*128"), ("markdown", "## Question 3"))
    assert judged(tmp_path, lab_ipynb=cells, report_md=report(RIGHT)).verdict is Verdict.PASS


def test_steps_may_stand_in_two_files(tmp_path: Path) -> None:
    cells = notebook(("markdown", "## Question 2"), ("code", "w = 784*128\nb = 128\nw + b"))
    assert judged(tmp_path, lab_ipynb=cells, report_md=report("See the notebook.")).verdict is Verdict.PASS


def test_every_mistake_has_its_words() -> None:
    assert set(MISTAKES) == {*DERIVATION.mistakes, "from-the-answer", "from-the-total", "other-formula"}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_no_message_holds_the_answer(mistake: str) -> None:
    words = MISTAKES[mistake]
    assert ANSWER.search(words.found) is None
    assert ANSWER.search(words.question) is None
    assert words.question.endswith(("?", "for itself?"))


def test_no_doubt_holds_the_answer() -> None:
    for message, hint, _staff in DOUBTS.values():
        assert ANSWER.search(message + hint) is None
        assert hint
    for words in WITHDRAWN.values():
        assert ANSWER.search(words) is None


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("784*128 = 100480", "no-bias"),
        ("784*129 = 100480", "bias-per-input"),
        ("784*128 + 1 = 100480", "one-bias"),
        ("784 + 128 = 912", "added"),
        ("785*129 = 100480", "both-and-one"),
        ("784*128 + 10 = 100480", "bias-per-class"),
        ("128*128 + 128 = 16512", "next-layer"),
        ("128*10 + 10 = 1290", "last-layer"),
        ("100480/128 = 785, so 785*128 = 100480", "from-the-answer"),
        ("118282 - 16512 - 1290 = 100480", "from-the-total"),
        ("56*128 + 128 = 100480", "sides-added"),
        ("784*128*128 + 128 = 100480", "other-formula"),
        ("Each of the 784 pixels has 128 weights and a bias.", "bias-per-input"),
        ("784*128 = 100352 weights and one bias for the whole layer", "one-bias"),
        ("It is not 784*128 + 128 but 784*129 = 100480.", "bias-per-input"),
    ],
)
def test_a_mistake_is_named_quoted_and_asked_about(text: str, mistake: str, tmp_path: Path) -> None:
    found = judged(tmp_path, report_md=report(text))
    assert found.verdict is Verdict.FAIL
    assert found.staff == f"Mistake: {mistake}."
    quoted = re.match("“(.*)” ", found.message)
    assert quoted is not None
    assert quoted[1] in text  # as it stands there
    assert found.hint.endswith("?")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It is not 784*128 + 128.", "not to be the answer"),
        ("Perhaps it is 784*128 + 128?", "possibility"),
        ("Some people say it is 784*128 + 128.", "somebody else"),
    ],
)
def test_what_its_writer_does_not_stand_by_is_for_a_person(text: str, words: str, tmp_path: Path) -> None:
    found = judged(tmp_path, report_md=report(text))
    assert found.verdict is Verdict.REVIEW
    assert words in found.message


def test_the_biases_are_not_missed_where_they_were_added(tmp_path: Path) -> None:
    for text in ("784*128 = 100352. Adding 128 gives 100480.", "784*128 = 100352\n\n128\n\n100480"):
        found = judged(tmp_path, report_md=report(text))
        assert found.verdict in {Verdict.PASS, Verdict.REVIEW}
