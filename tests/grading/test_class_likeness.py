"""The class is compared once: pairs that stand are left alone, those that fell away go, one added is compared with the old ones."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.batch import BatchSettings, grade_all
from grader.checks.assignment_finding import load
from grader.grading.class_likeness import compare_class
from grader.intake import collect
from grader.store import Ledger

WORDS = [
    "gradient",
    "loss",
    "weights",
    "neuron",
    "training",
    "batch",
    "time",
    "accuracy",
    "network",
    "image",
    "layer",
    "bias",
    "step",
    "size",
    "noise",
    "curve",
    "plot",
    "table",
    "run",
]
Grade = Callable[[], None]


def prose(seed: int) -> str:
    chance = random.Random(seed)
    return "# Question 3\n\n" + "\n\n".join(
        " ".join(chance.choice(WORDS) + str(chance.randrange(40)) for _ in range(40)) + "." for _ in range(6)
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "grades.sqlite")


@pytest.fixture
def grade(tmp_path: Path, ledger: Ledger) -> Grade:
    (tmp_path / "in").mkdir()
    lab = load()

    def grades() -> None:
        work = tmp_path / f"work {random.random()}"
        work.mkdir()
        submissions = collect([tmp_path / "in"], work, accounts=lab.accounts).submissions
        grade_all(submissions, BatchSettings(lab.id, jobs=1, execute=False), ledger)

    return grades


def pairs(ledger: Ledger) -> set[tuple[str, str]]:
    return {(pair.one, pair.other) for pair in ledger.pairs()}


def test_pairs_stand_fall_away_and_are_added(tmp_path: Path, ledger: Ledger, grade: Grade) -> None:
    folder, coincidence = tmp_path / "in", load().coincidence
    for name, seed in (("stude001", 1), ("stude002", 1), ("stude003", 2)):
        (folder / f"{name}.md").write_text(prose(seed), encoding="utf-8")
    grade()
    assert pairs(ledger) == {("stude001", "stude002")}
    assert compare_class(ledger, coincidence) == 0  # nothing changed, nothing is found anew
    (folder / "stude004.md").write_text(prose(2), encoding="utf-8")
    grade()
    assert pairs(ledger) == {("stude001", "stude002"), ("stude003", "stude004")}
    (folder / "stude002.md").write_text(prose(5), encoding="utf-8")
    grade()
    assert pairs(ledger) == {("stude003", "stude004")}
    (folder / "stude003.md").unlink()
    grade()
    assert pairs(ledger) == set()
    ledger.close()
