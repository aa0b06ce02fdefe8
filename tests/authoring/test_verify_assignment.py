"""What is not as declared is shown with the passage; so is what passes without an answer, or although it was made wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.authoring.conftest import Grader


def change(file: Path, was: str, now: str) -> None:
    text = file.read_text()
    assert was in text
    file.write_text(text.replace(was, now))


def test_a_rubric_that_judges_wrongly(ovens: Path, grader: Grader) -> None:
    change(ovens / "assignment.toml", "expected = 42", "expected = 13")
    done = grader("verify-assignment", ovens, "--json")
    assert done.status == 1
    found = json.loads(done.out[done.out.index("{") :])
    wrong = {(one["sample"], one["given"]): one for one in found["misjudged"]}
    assert set(wrong) == {("short-right", "fail"), ("short-sum", "pass")}
    assert wrong["short-right", "fail"]["passage"] == "6 * 7 = 42"
    shown = grader("verify-assignment", ovens).out
    assert "Not as declared: 2" in shown


def test_a_check_that_passes_whatever_stands_there(ovens: Path, grader: Grader) -> None:
    change(ovens / "rubric.py", "return missing(", "return passed(")
    done = grader("verify-assignment", ovens)
    assert done.status == 1
    assert "Passes without an answer" in done.out


def test_a_right_answer_made_wrong(ovens: Path, grader: Grader) -> None:
    done = grader("verify-assignment", ovens)
    assert done.status == 0
    assert "right answers made wrong still pass" in done.out
    assert grader("verify-assignment", ovens, "--strict").status == 1


def test_samples_in_folders_and_what_no_sample_fails(ovens: Path, grader: Grader) -> None:
    (ovens / "samples" / "short.toml").unlink()
    folder = ovens / "samples" / "anna"
    folder.mkdir()
    (folder / "report.md").write_text("# Question 1\n\n6*7 = 42. We choose all at once.\n")
    (folder / "expected.toml").write_text('label = "right"\n')
    done = grader("verify-assignment", ovens, "--json")
    found = json.loads(done.out[done.out.index("{") :])
    assert found["graded"] == {"right": 1}
    assert found["unfailed"] == ["q1.time", "q1.order"]


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('label = "right"', 'label = "good"', "label"),
        ('verdicts = { "q1.time" = "fail"', 'verdicts = { "q1.time" = "bad"', "'bad' is no verdict"),
        ('verdicts = { "q1.time" = "fail"', 'verdicts = { "q1.tim" = "fail"', "no check 'q1.tim'"),
        ("[sample.right]", "[sample.'a/b']", "its name"),
        ('text = """', 'txet = """', "txet"),
        ("[sample.right]", "[sample.right", "no valid TOML"),
    ],
)
def test_a_mistake_in_the_samples_is_named(
    ovens: Path, grader: Grader, was: str, now: str, said: str
) -> None:
    file = ovens / "samples" / "short.toml"
    file.write_text(file.read_text().replace(was, now, 1))
    done = grader("verify-assignment", ovens)
    assert done.status in {1, 2}
    assert said in " ".join(done.out.split())
