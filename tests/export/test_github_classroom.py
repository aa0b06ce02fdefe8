"""The runner's result, read as the autograding reporter reads it, and the example workflow."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path

import yaml
from click import Context

from grader.cli import main
from grader.export import ExportOptions, export, systems
from grader.model import Result, Status

Make = Callable[..., Result]
WORKFLOW = Path(__file__).parents[2] / "docs" / "github-classroom.yml"


def reported(encoded: bytes) -> tuple[float, float, str]:
    """Points, maximum and status, as the reporter's own source adds them up."""
    read = json.loads(base64.b64decode(encoded))
    assert all(
        isinstance(test["score"], float | int) and test["status"] in {"pass", "fail"}
        for test in read["tests"]
    )
    return sum(test["score"] for test in read["tests"]), read["max_score"], read["status"]


def test_points_are_reported(result: Make, tmp_path: Path) -> None:
    report = export("github-classroom", [result("submission", "annex123")], tmp_path, ExportOptions())
    assert report.files == (tmp_path / "classroom_result.json",)
    assert reported(base64.b64encode(report.files[0].read_bytes())) == (8.5, 10.0, "fail")
    assert "SECRET" not in report.files[0].read_text()
    full = export("github-classroom", [result("s", "a", points=10.0)], tmp_path, ExportOptions())
    assert reported(base64.b64encode(full.files[0].read_bytes()))[:2] == (10.0, 10.0)


def test_several_and_one_for_review(result: Make, tmp_path: Path) -> None:
    results = [result("a", "annex123"), result("b", "berbe456", status=Status.REVIEW)]
    assert export("github-classroom", results, tmp_path, ExportOptions()).withheld[0][0] == "b"
    report = export("github-classroom", results, tmp_path, ExportOptions(include_review=True))
    assert [file.parent.name for file in report.files] == ["a", "b"]
    assert "person" in json.loads(report.files[1].read_text())["tests"][1]["message"]


def test_the_example_workflow_is_what_the_reporter_asks_for() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    assert workflow["name"] == "Autograding Tests"
    (job,) = workflow["jobs"]
    assert job == "run-autograding-tests"
    steps = workflow["jobs"][job]["steps"]
    ids = {step.get("id") for step in steps}
    report = steps[-1]
    for runner in report["with"]["runners"].split(","):
        assert runner in ids
        assert f"{runner.upper()}_RESULTS" in report["env"]


def test_the_example_workflow_calls_commands_and_options_that_exist() -> None:
    text = WORKFLOW.read_text(encoding="utf-8")
    calls = re.findall(r"^\s+grader (\w+) (.*)$", text, re.MULTILINE)
    assert {name for name, _ in calls} == {"check", "grade", "export"}
    for name, rest in calls:
        command = main.get_command(Context(main), name)
        assert command is not None
        options = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= options
    assert re.search(r"--to ([\w-]+)", text)[1] in systems()  # type: ignore[index]  # it is there
