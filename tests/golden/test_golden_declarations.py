"""The golden samples declare what they should, so that a test that grades them tests something."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from grader.model import Verdict

HERE = Path(__file__).parent
SUBMISSIONS = HERE.parent.parent / "submissions"
REPORTS = sorted(path for path in (HERE / "reports").iterdir() if path.is_dir())
CLASS: dict[str, Any] = yaml.safe_load((HERE / "sample_class.yaml").read_text(encoding="utf-8"))[
    "submissions"
]
BATCH_SIZES = {1, 10, 100, 1000, 60000}
CHECKS = {
    "q1.expression",
    "q2.derivation",
    "q3.table",
    "q3.plausible",
    "q3.plot",
    "q3.choice",
    "q3.reasoning",
}
MAX_BYTES = 150_000


def verdicts(expected: Any) -> list[str]:
    """The verdicts that an expectation allows, the TA's first."""
    if isinstance(expected, dict):
        assert expected["why"]
        expected = expected["verdict"]
    return [expected] if isinstance(expected, str) else list(expected)


def assert_sound(declared: dict[str, Any]) -> None:
    """An expectation that can be tested: known words, no answer both right and wrong, no prose failed."""
    assert declared["why"]
    assert set(declared) <= {"why", "students", "questions", "checks", "flags", "values"}
    assert set(declared["questions"]) == {"q1", "q2", "q3"}
    assert set(declared.get("checks", {})) <= CHECKS
    for name, expected in (declared["questions"] | declared.get("checks", {})).items():
        allowed = verdicts(expected)
        assert allowed
        assert set(allowed) <= {verdict.value for verdict in Verdict} - {"error"}
        assert not {"pass", "fail"} <= set(allowed), f"{name}: right and wrong at once"
        if name in {"q3.choice", "q3.reasoning"}:
            assert "fail" not in allowed
    values = declared.get("values", {})
    assert set(values) <= {"q3.rows", "q3.named"}
    assert values.get("q3.named", 100) in BATCH_SIZES
    if "q3.rows" in values:
        assert set(values["q3.rows"]) == BATCH_SIZES
        for seconds, accuracy in values["q3.rows"].values():
            assert seconds > 0
            assert 0 <= accuracy <= 1


def question_follows(declared: dict[str, Any], question: str, checks: set[str]) -> None:
    """The TA's verdict of a question agrees with the TA's verdicts of all its checks."""
    own = {
        name: verdicts(expected)[0] for name, expected in declared.get("checks", {}).items() if name in checks
    }
    if set(own) != checks:
        return
    verdict = verdicts(declared["questions"][question])[0]
    found = set(own.values())
    if "review" in found:
        assert "review" in verdicts(declared["questions"][question])
    elif found == {"pass"}:
        assert verdict == "pass"
    elif "pass" in found or "partial" in found:
        assert verdict == "partial"
    else:
        assert verdict in {"fail", "missing"}


@pytest.mark.parametrize("folder", REPORTS, ids=lambda folder: folder.name)
def test_every_report_declares_a_sound_expectation(folder: Path) -> None:
    declared = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    assert_sound(declared)
    for question, checks in (
        ("q1", {"q1.expression"}),
        ("q2", {"q2.derivation"}),
        ("q3", {name for name in CHECKS if name.startswith("q3")}),
    ):
        question_follows(declared, question, checks)
    files = [path for path in folder.iterdir() if path.name != "expected.yaml"]
    assert [path for path in files if path.stem == "report"]
    assert all(path.stat().st_size < MAX_BYTES for path in files)


def test_the_sample_class_is_declared_in_full_and_lies_apart() -> None:
    assert {path.stem if path.is_file() else path.name for path in SUBMISSIONS.iterdir()} == set(CLASS)
    assert not list(SUBMISSIONS.rglob("*.y*ml"))


@pytest.mark.parametrize("name", sorted(CLASS))
def test_every_submission_of_the_sample_class_declares_a_sound_expectation(name: str) -> None:
    assert_sound(CLASS[name])
    for question, checks in (
        ("q1", {"q1.expression"}),
        ("q2", {"q2.derivation"}),
        ("q3", {check for check in CHECKS if check.startswith("q3")}),
    ):
        question_follows(CLASS[name], question, checks)


def test_the_files_of_the_sample_class_are_small() -> None:
    files = [path for path in SUBMISSIONS.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {
        ".md",
        ".txt",
        ".pdf",
        ".docx",
        ".odt",
        ".tex",
        ".html",
        ".ipynb",
    }
    assert all(path.stat().st_size < MAX_BYTES for path in files)


@pytest.mark.parametrize(
    "path", sorted([*SUBMISSIONS.rglob("*.ipynb"), *HERE.rglob("*.ipynb")]), ids=lambda path: path.name
)
def test_every_notebook_is_valid(path: Path) -> None:
    nbformat.validate(json.loads(path.read_text(encoding="utf-8")))
