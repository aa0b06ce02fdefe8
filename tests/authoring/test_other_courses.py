"""Two courses' own assignments, written with nothing but the toolkit and the documentation: judged as they declare."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.authoring.samples import read_samples
from grader.authoring.verifying import verify
from grader.checks.assignment_folder import read_assignment
from tests.authoring.conftest import Grader

COURSES = Path(__file__).parents[1] / "assignments"
OF_THE_LAB = re.compile(
    r"batch size|fashion|mnist|tensorflow|keras|100.?480|\b784 ?[*·] ?128|TDDC17|parameters of the first|gradient computation",
    re.I,
)


@pytest.mark.slow
@pytest.mark.parametrize("course", ["confusion-matrix", "autograd"])
def test_every_sample_is_judged_as_it_declares(course: str, tmp_path: Path) -> None:
    samples = read_samples(COURSES / course)
    assert len(samples) >= 30
    found = verify(read_assignment(COURSES / course), samples, tmp_path)
    assert found.misjudged == ()
    assert found.given_away == ()
    assert {one.check for one in found.survivors} <= {
        "measure.choice",
        "q3.rate",
        "q3.table",
    }  # reasons and figures are free
    assert found.unpassed == ()
    assert found.unfailed == ()


@pytest.mark.parametrize("course", ["confusion-matrix", "autograd"])
def test_no_word_of_another_lab_stands_on_its_pages(course: str, tmp_path: Path, grader: Grader) -> None:
    work = tmp_path / "in"
    for sample in read_samples(COURSES / course)[:4]:
        (work / sample.name).mkdir(parents=True)
        (work / sample.name / "report.md").write_text(sample.text or "")
    done = grader(
        "grade",
        work,
        "--out",
        tmp_path / "out",
        "--assignment",
        COURSES / course,
        "--no-execute",
        "--jobs",
        "1",
    )
    assert done.status == 0, done.out
    pages = [path for path in (tmp_path / "out").rglob("*") if path.suffix in {".html", ".csv", ".jsonl"}]
    assert len(pages) > 8
    for page in pages:
        text = page.read_text("utf-8")
        met = OF_THE_LAB.search(text)
        assert met is None, f"{page.name}: {text[max(0, met.start() - 80) : met.end() + 40]!r}"
