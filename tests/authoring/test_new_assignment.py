"""A new assignment works at once: verified, graded by path, checked by a student, found beside the work."""

from __future__ import annotations

import json
from pathlib import Path

from tests.authoring.conftest import Grader

RIGHT = "# Question 1\n\nIt takes 6 * 7 = 42 minutes. We choose all at once.\n"
WRONG = "# Question 1\n\nIt takes 6 + 7 = 13 minutes. We choose all at once.\n"


def handed_in(folder: Path) -> Path:
    for name, text in (("anna", RIGHT), ("bo", WRONG)):
        (folder / name).mkdir(parents=True)
        (folder / name / "report.md").write_text(text)
    return folder


def points(out: Path) -> dict[str, float]:
    lines = map(json.loads, (out / "results.jsonl").read_text().splitlines())
    return {line["submission"]: line["points"] for line in lines}


def test_it_judges_its_samples_as_declared(ovens: Path, grader: Grader) -> None:
    done = grader("verify-assignment", ovens)
    assert done.status == 0, done.out
    assert "All is as declared" in done.out


def test_it_is_no_place_for_what_is_there_already(ovens: Path, grader: Grader) -> None:
    done = grader("new-assignment", ovens)
    assert done.status == 2
    assert "there already" in done.out


def test_grading_by_path_and_by_the_settings_beside_the_work(
    ovens: Path, tmp_path: Path, grader: Grader
) -> None:
    work = handed_in(tmp_path / "in")
    done = grader("grade", work, "--out", tmp_path / "by-path", "--assignment", ovens, "--jobs", "1")
    assert done.status == 0, done.out
    assert points(tmp_path / "by-path") == {"anna": 3.0, "bo": 1.0}
    (work / "grader.toml").write_text('assignment = "../ovens"\n')
    done = grader("grade", work, "--out", tmp_path / "beside", "--jobs", "1")
    assert points(tmp_path / "beside") == {"anna": 3.0, "bo": 1.0}
    assert "Not placed" not in done.out


def test_a_student_cannot_choose_what_is_run(ovens: Path, tmp_path: Path, grader: Grader) -> None:
    work = handed_in(tmp_path / "in")
    ovens.rename(work / "ovens")
    (work / "grader.toml").write_text('assignment = "ovens"\n')
    done = grader("grade", work, "--out", tmp_path / "out", "--jobs", "1")
    assert done.status == 2
    assert "a student may have put it" in done.out


def test_a_students_own_check(ovens: Path, tmp_path: Path, grader: Grader) -> None:
    report = handed_in(tmp_path / "in") / "bo" / "report.md"
    done = grader("check", report, "--assignment", ovens)
    assert done.status == 1
    assert "6 + 7 = 13" in done.out
    assert "42" not in done.out
