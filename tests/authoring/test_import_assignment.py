"""Notebooks of nbgrader and Otter become an assignment: tests run, a person's answers stay a person's, the rest is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grader.checks.assignment_folder import read_assignment
from tests.authoring.conftest import Grader

TEST = "assert double(2) == 4\n### BEGIN HIDDEN TESTS\nassert double(5) == 10\n### END HIDDEN TESTS"


def cell(kind: str, source: str, **metadata: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"cell_type": kind, "metadata": metadata, "source": source}
    return found | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def nb(*cells: dict[str, Any]) -> str:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def marked(id_: str, **settings: Any) -> dict[str, Any]:
    return {"nbgrader": {"grade": False, "solution": False, "grade_id": id_, "schema_version": 3} | settings}


NBGRADER = nb(
    cell("markdown", "## Part A\n\nWrite a function that doubles."),
    cell(
        "code",
        "def double(n):\n    ### BEGIN SOLUTION\n    return 2 * n\n    ### END SOLUTION",
        **marked("double", solution=True),
    ),
    cell("code", TEST, **marked("doubles", grade=True, points=2)),
    cell("markdown", "## Part B\n\nWhy does it work?"),
    cell(
        "markdown", "Since twice is once and once more.", **marked("why", grade=True, solution=True, points=3)
    ),
    cell("code", "### AUTOTEST double(3)", **marked("auto", grade=True, points="many")),
)
OTTER = nb(
    cell("raw", "# ASSIGNMENT CONFIG\ninit_cell: true"),
    cell("raw", "# BEGIN QUESTION\nname: q1\npoints: 4"),
    cell("markdown", "**Question 1.** Assign the answer."),
    cell("raw", "# BEGIN SOLUTION"),
    cell("code", "answer = 42  # SOLUTION"),
    cell("raw", "# END SOLUTION"),
    cell("raw", "# BEGIN TESTS"),
    cell("code", "assert answer > 0"),
    cell("code", "assert answer == 42"),
    cell("raw", "# END TESTS"),
    cell("raw", "# END QUESTION"),
    cell("raw", "# BEGIN QUESTION\nname: q2\nmanual: true\npoints: 1"),
    cell("markdown", "Explain it."),
    cell("raw", "# END QUESTION"),
)


@pytest.fixture
def made(tmp_path: Path, grader: Grader) -> Path:
    (tmp_path / "ps1.ipynb").write_text(NBGRADER)
    done = grader("import-assignment", tmp_path / "ps1.ipynb", "--out", tmp_path / "made")
    assert done.status == 0, done.out
    assert "1 tests, 2 answers for a person, 5 points" in done.out
    assert "made by nbgrader when it is released" in done.out
    assert "no points that are a number" in done.out
    return tmp_path / "made"


def test_points_tests_and_what_a_person_reads(made: Path) -> None:
    lab = read_assignment(made)
    assert [question.title for question in lab.questions] == ["Part A", "Part B"]
    assert [(check.id, check.points) for question in lab.questions for check in question.checks] == [
        ("q1.doubles", 2.0),
        ("q2.why", 3.0),
        ("q2.auto", 0.0),
    ]


def test_students_get_no_solutions_and_no_hidden_tests(made: Path) -> None:
    handed = (made / "handout" / "ps1.ipynb").read_text()
    assert "return 2" not in handed
    assert "double(5)" not in handed
    assert "once more" not in handed
    assert "double(2)" in handed
    assert "nbgrader" not in handed


@pytest.mark.slow
def test_the_solved_notebook_passes_and_the_untouched_one_does_not(made: Path, grader: Grader) -> None:
    done = grader("verify-assignment", made)
    assert done.status == 0, done.out
    broken = made / "samples" / "solved" / "ps1.ipynb"
    broken.write_text(broken.read_text().replace("2 * n", "n + 2"))
    done = grader("verify-assignment", made, "--json")
    found = json.loads(done.out[done.out.index("{") :])
    assert [(one["check"], one["given"]) for one in found["misjudged"]] == [("q1.doubles", "fail")]


def test_otters_questions(tmp_path: Path, grader: Grader) -> None:
    (tmp_path / "lab.ipynb").write_text(OTTER)
    done = grader("import-assignment", tmp_path / "lab.ipynb", "--out", tmp_path / "made")
    assert "2 tests, 1 answers for a person, 5 points" in done.out
    lab = read_assignment(tmp_path / "made")
    assert [(check.id, check.points) for question in lab.questions for check in question.checks] == [
        ("q1.q1-1", 2.0),
        ("q1.q1-2", 2.0),
        ("q2.q2", 1.0),
    ]
    handed = (tmp_path / "made" / "handout" / "lab.ipynb").read_text()
    assert "42" not in handed
    assert "answer = ..." in handed


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "no notebook"), (nb(cell("code", "x = 1")), "neither nbgrader's"), ("[]", "no notebook")],
)
def test_what_is_no_such_notebook(tmp_path: Path, grader: Grader, text: str, said: str) -> None:
    (tmp_path / "x.ipynb").write_text(text)
    done = grader("import-assignment", tmp_path / "x.ipynb", "--out", tmp_path / "made")
    assert done.status == 2
    assert said in done.out
    assert not (tmp_path / "made").exists()
