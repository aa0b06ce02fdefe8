"""Whole submissions by somebody who had seen nothing of the grader, each a folder that says what a careful assistant accepts.

Right answers do not fail and wrong ones do not pass, read as a class is, without running notebooks. How many are left to a
person is bounded. What is in the folders is made up: people, figures and texts.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from grader.checks.assignment_finding import load
from grader.grading.grading import grade
from grader.intake import collect

FOLDERS = sorted(path for path in (Path(__file__).parent / "submissions").iterdir() if path.is_dir())
EXPECTED = "expected.json"
MOST_LEFT = 0.06

pytestmark = pytest.mark.slow


class Judged(NamedTuple):
    submission: str
    check: str
    verdict: str
    accepted: list[str]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> list[Judged]:
    handed_in, work = tmp_path_factory.mktemp("class"), tmp_path_factory.mktemp("work")
    for folder in FOLDERS:
        shutil.copytree(folder, handed_in / folder.name, ignore=shutil.ignore_patterns(EXPECTED))
    lab = load()
    submissions = collect([handed_in], work, accounts=lab.accounts).submissions
    assert len(submissions) == len(FOLDERS)
    found = []
    for submission in submissions:
        name = next(folder.name for folder in FOLDERS if folder.name == submission.id)
        declared = json.loads((FOLDERS[0].parent / name / EXPECTED).read_text(encoding="utf-8"))
        assert declared["why"]
        result = grade(submission, lab, rubric="").result
        verdicts = {check.id: check.verdict.value for one in result.questions for check in one.checks}
        found += [
            Judged(name, check, verdicts[check], accepted) for check, accepted in declared["accept"].items()
        ]
    return found


def test_no_right_answer_fails_and_no_wrong_one_passes(judged: list[Judged]) -> None:
    assert [one for one in judged if one.verdict not in {*one.accepted, "review"}] == []


def test_what_is_left_to_a_person_is_bounded(judged: list[Judged]) -> None:
    left = [one for one in judged if one.verdict == "review" and "review" not in one.accepted]
    assert len(left) <= MOST_LEFT * len(judged), left
