"""What was handed out answers nothing, and what is no report is called what it is: by the public grading function."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from grader.checks.assignment_finding import load
from grader.documents.given.edition import Edition
from grader.documents.given.making import editions_in
from grader.grading.grading import grade
from grader.intake.entries import kind_of
from grader.model import Result, Status, Submission, SubmittedFile, Verdict

HANDOUTS = Path(__file__).parents[2] / "reference" / "lab" / "handout"
ERAS = (2019, 2023, 2026)


def handout(era: int) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((HANDOUTS / f"handout_{era}.ipynb").read_text("utf-8"))
    return made


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def written(folder: Path, name: str, text: str | dict[str, Any]) -> Path:
    path = folder / name
    path.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
    return path


def as_markdown(notebook: dict[str, Any]) -> str:
    return "\n\n".join(
        source(cell) if cell["cell_type"] == "markdown" else f"```python\n{source(cell)}\n```"
        for cell in notebook["cells"]
    )


def as_text(notebook: dict[str, Any]) -> str:
    return "\n\n".join(map(source, notebook["cells"]))


def result(*files: Path, editions: tuple[Edition, ...] = ()) -> Result:
    handed_in = tuple(SubmittedFile(path.name, path, kind_of(path.name)) for path in files)
    return grade(Submission("s", handed_in), load().with_editions(editions), rubric="test").result


def verdict(found: Result, check: str) -> Verdict:
    return next(one.verdict for question in found.questions for one in question.checks if one.id == check)


def assert_answers_nothing(found: Result) -> None:
    checks = [check for question in found.questions for check in question.checks]
    assert {check.verdict for check in checks} <= {Verdict.MISSING, Verdict.NOT_RUN}
    assert found.status is Status.GRADED
    assert found.points == 0


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("form", ["ipynb", "md", "txt"])
def test_an_unfilled_handout_needs_no_person(era: int, form: str, tmp_path: Path) -> None:
    notebook = handout(era)
    text: str | dict[str, Any] = {"ipynb": notebook, "md": as_markdown(notebook), "txt": as_text(notebook)}[
        form
    ]
    found = result(written(tmp_path, f"lab.{form}", text))
    assert_answers_nothing(found)
    assert [flag.id for flag in found.flags] == ["untouched"]
    assert "as it was handed out" in found.files[0].note
    assert "as it was handed out" in found.questions[0].checks[0].message


def test_names_and_a_badge_fill_nothing_in(tmp_path: Path) -> None:
    notebook = handout(2023)
    notebook["cells"][0]["source"] = "Anna Exempel (annex123)\n\n" + source(notebook["cells"][0])
    badge = '<a href="https://colab.research.google.com/x"><img src="https://colab.research.google.com/assets/colab-badge.svg" alt="Open In Colab"/></a>'
    notebook["cells"].insert(0, {"cell_type": "markdown", "metadata": {}, "source": badge})
    found = result(written(tmp_path, "lab.ipynb", notebook))
    assert_answers_nothing(found)
    assert [flag.id for flag in found.flags] == ["untouched"]


@pytest.mark.parametrize("joint", ["\n\n", " ", "\n\nSvar: ", " **", "\n- "])
def test_answers_in_the_questions_own_cells_count(joint: str, tmp_path: Path) -> None:
    notebook = handout(2019)
    answers = {"question:q1": "tape.gradient(loss, parameters)", "question:q2": "784 * 128 + 128 = 100480"}
    for cell in notebook["cells"]:
        for tag in cell["metadata"].get("tags", ()):
            if tag in answers:
                cell["source"] = source(cell) + joint + answers[tag]
    found = result(written(tmp_path, "lab.ipynb", notebook))
    assert verdict(found, "q1.expression") is Verdict.PASS
    assert verdict(found, "q2.derivation") is Verdict.PASS
    assert verdict(found, "q3.choice") is Verdict.MISSING
    assert found.status is Status.GRADED


def test_a_comment_in_a_given_cell_is_an_answer(tmp_path: Path) -> None:
    notebook = handout(2026)
    cell = next(cell for cell in notebook["cells"] if "network.summary" in source(cell))
    cell["source"] = source(cell) + "\n# Question 2: 784*128 + 128 = 100480"
    assert verdict(result(written(tmp_path, "lab.ipynb", notebook)), "q2.derivation") is Verdict.PASS


def test_an_unfilled_notebook_says_nothing_against_the_report(tmp_path: Path) -> None:
    report = written(
        tmp_path, "report.md", "## Question 1\n\nThe gradient of the loss with respect to the parameters.\n"
    )
    found = result(report, HANDOUTS / "handout_2023.ipynb")
    assert verdict(found, "q1.expression") in {Verdict.PASS, Verdict.REVIEW}
    notes = {file.name: file.note for file in found.files}
    assert "as it was handed out" in notes["handout_2023.ipynb"]
    assert not notes["report.md"]


def course_edition(tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """A handout of another year, of which the assignment knows nothing."""
    notebook = copy.deepcopy(handout(2023))
    notebook["cells"] += [
        {"cell_type": "markdown", "metadata": {}, "source": text}
        for text in (
            "Some teachers of earlier courses always went for ten images in every batch, since that was the best compromise they knew for"
            " accuracy and time on their slow machines.",
        )
    ]
    return written(tmp_path, "course.ipynb", notebook), notebook


def test_the_courses_own_handout_of_this_year_is_given(tmp_path: Path) -> None:
    path, notebook = course_edition(tmp_path)
    handed_in = written(tmp_path, "lab.ipynb", notebook)
    assert "untouched" not in {flag.id for flag in result(handed_in).flags}
    found = result(handed_in, editions=editions_in(path))
    assert_answers_nothing(found)
    assert [flag.id for flag in found.flags] == ["untouched"]


LINK = "https://colab.research.google.com/drive/1AbCdEf?usp=sharing"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("report.txt", LINK),
        (
            "report.md",
            f"# Lab report\n\nAnna Exempel (annex123), Bo Prov (bopro456)\n\nSee our colab: {LINK}",
        ),
        ("rapport.txt", f"Här är länken till vår rapport: {LINK}"),
        ("report.html", f'<html><body><p><a href="{LINK}">{LINK}</a></p></body></html>'),
        (
            "report.md",
            f"Question 1: see {LINK}\n\nQuestion 2: see the notebook\n\nQuestion 3: see the notebook",
        ),
        ("lab.url", f"[InternetShortcut]\nURL={LINK}\n"),
        (
            "lab.webloc",
            f"<?xml version='1.0'?><plist><dict><key>URL</key><string>{LINK}</string></dict></plist>",
        ),
        ("lab.gdoc", '{"doc_id": "1abc", "email": ""}'),
    ],
)
def test_a_link_is_no_report(name: str, text: str, tmp_path: Path) -> None:
    found = result(written(tmp_path, name, text))
    assert_answers_nothing(found)
    assert [flag.id for flag in found.flags] == ["link-not-report"]
    assert "A link was handed in, not a report" in found.files[0].note
    assert "A link was handed in, not a report" in found.questions[0].checks[0].message


@pytest.mark.parametrize(
    "text",
    [
        f"{LINK}\n\nQ1: loss and parameters",
        f"{LINK}\n\nQ1: Loss, Parameters",
        f"Our notebook: {LINK}\n\n## Question 1\n\n`tape.gradient(loss, parameters)`",
    ],
)
def test_an_answer_beside_a_link_is_an_answer(text: str, tmp_path: Path) -> None:
    assert verdict(result(written(tmp_path, "report.md", text)), "q1.expression") is Verdict.PASS


def notebook_of(*cells: tuple[str, str]) -> dict[str, Any]:
    return {
        "cells": [
            {"cell_type": kind, "metadata": {}, "source": text} | ({"outputs": []} if kind == "code" else {})
            for kind, text in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


@pytest.mark.parametrize(
    "cells",
    [
        (
            ("markdown", "# Lab 3"),
            ("code", "import torch\nfrom torch import nn"),
            ("markdown", "Batch size 8 is best: 0.84 in 2.4 s."),
        ),
        (
            ("code", "from sklearn.tree import DecisionTreeClassifier"),
            ("markdown", "## Question 3\n\nThe tree with 100 leaves is best."),
        ),
    ],
)
def test_another_labs_notebook_is_said_to_be_that(cells: tuple[tuple[str, str], ...], tmp_path: Path) -> None:
    found = result(written(tmp_path, "lab.ipynb", notebook_of(*cells)))
    assert_answers_nothing(found)
    assert [flag.id for flag in found.flags] == ["another-lab"]
    assert "not this lab's handout" in found.files[0].note


@pytest.mark.parametrize(
    "cells",
    [
        (
            ("code", "import torch  # we know it better"),
            ("code", "gradient = tape.gradient(loss, parameters)"),
        ),
        (("code", "import torch"), ("markdown", "## Question 2\n\n784*128 + 128 = 100 480")),
        (
            ("code", "import sklearn"),
            (
                "markdown",
                "| Batch size | s | accuracy |\n|---|---|---|\n| 1000 | 1 | 0.71 |\n| 60000 | 1 | 0.1 |",
            ),
        ),
        (
            (
                "code",
                "import matplotlib.pyplot as plt\nplt.plot([1, 10, 100, 1000, 60000], [118, 13, 3, 1, 1])",
            ),
        ),
        (("markdown", "In PyTorch one would `import torch`; here `tape.gradient(loss, parameters)`"),),
    ],
)
def test_this_labs_notebook_is_never_taken_for_anothers(
    cells: tuple[tuple[str, str], ...], tmp_path: Path
) -> None:
    found = result(written(tmp_path, "lab.ipynb", notebook_of(*cells)))
    assert "another-lab" not in {flag.id for flag in found.flags}
