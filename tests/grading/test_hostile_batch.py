"""All hostile samples in one batch with honest ones, through the public command: each comes to what it declares,
the honest results are what they are without them, and nothing of the attacks reaches a page."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from grader.execution import Executor
from grader.execution.shared import cgroups

HOSTILE = Path(__file__).parents[1] / "hostile"
HONEST = ("annex123", "idafa905", "seeda001")
CLASS = Path(__file__).parents[2] / "submissions"
SECONDS = 14  # of one notebook; the samples that never end take all of it

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_200)]


def declared() -> dict[str, dict[str, Any]]:
    found = {}
    for folder in sorted(HOSTILE.iterdir()):
        file = folder / "expected.yaml"
        if file.is_file():
            found[folder.name] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def left_running() -> set[str]:
    """What executors keep on this host: their directories for sockets, their control groups, their processes."""
    places = [Path("/run/report-grader"), *Path(tempfile.gettempdir()).glob("report-grader-*")]
    if "XDG_RUNTIME_DIR" in os.environ:
        places.append(Path(os.environ["XDG_RUNTIME_DIR"], "report-grader"))
    found = {str(path) for place in places if place.is_dir() for path in place.iterdir() if path.is_dir()}
    found |= {str(path) for path in cgroups.find(cgroups.PREFIX)}
    for process in psutil.process_iter(["cmdline"]):
        if "grader.execution.child.zygote" in " ".join(process.info["cmdline"] or ()):
            found.add(f"process {process.pid}")
    return found


def for_good(left: set[str]) -> set[str]:
    """What of `left` is still there after a while: what another process's tests have running meanwhile goes, what was forgotten stays."""
    until = time.monotonic() + 120
    while left and time.monotonic() < until:
        time.sleep(0.2)
        left &= left_running()
    return left


def grade(folder: Path, out: Path) -> dict[str, dict[str, Any]]:
    before = left_running()
    command = [
        sys.executable,
        "-c",
        "from grader.cli import run; run()",
        "grade",
        str(folder),
        "--out",
        str(out),
    ]
    done = subprocess.run(
        [*command, "--quiet", "--timeout", str(SECONDS), "--memory", "600M", "--dataset", "sample"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SECRET_FOR_TESTS": "a secret of the grader's"},
    )
    assert for_good(left_running() - before) == set()
    assert done.returncode in {0, 1}, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    lines = (out / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return {line["submission"]: line for line in map(json.loads, lines)}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any], Path]:
    with Executor() as executor:
        if executor.refusal():
            pytest.skip(executor.refusal())
    base = tmp_path_factory.mktemp("hostile")
    for name in HONEST:
        shutil.copytree(CLASS / name, base / "alone" / name)
        shutil.copytree(CLASS / name, base / "in" / name)
    for name in declared():
        shutil.copytree(HOSTILE / name / "submission", base / "in" / name, symlinks=True)
    return grade(base / "alone", base / "alone-out"), grade(base / "in", base / "out"), base / "out"


def test_the_batch_finishes_with_one_result_each(graded: tuple[dict[str, Any], dict[str, Any], Path]) -> None:
    _, together, _ = graded
    assert set(together) == set(declared()) | set(HONEST)
    assert [name for name, line in together.items() if line["status"] == "error"] == []


def test_honest_results_are_not_changed(graded: tuple[dict[str, Any], dict[str, Any], Path]) -> None:
    alone, together, _ = graded
    for name in HONEST:
        one, other = alone[name], together[name]
        assert one["execution"]["status"] == other["execution"]["status"]
        assert one["points"] == other["points"]
        for question, same in zip(one["questions"], other["questions"], strict=True):
            assert [check["verdict"] for check in question["checks"]] == [
                check["verdict"] for check in same["checks"]
            ]


def test_each_sample_comes_to_what_it_declares(graded: tuple[dict[str, Any], dict[str, Any], Path]) -> None:
    _, together, _ = graded
    wrong = []
    for name, expected in declared().items():
        line = together[name]
        checks = {
            check["id"]: check["verdict"] for question in line["questions"] for check in question["checks"]
        }
        questions = {question["id"]: question["verdict"] for question in line["questions"]}
        for key, verdict in (expected.get("verdicts") or {}).items():
            found = (checks | questions).get(key)
            if found == verdict[4:] if verdict.startswith("not ") else found != verdict:
                wrong.append(f"{name}: {key} is {found}, declared {verdict}")
        if not expected.get("limits"):  # those were measured with limits of their own
            wanted = [expected.get("execution", ""), *(expected.get("execution_any") or ())]
            wanted = ["skipped" if status == "none" else status for status in wanted]
            if any(wanted) and line["execution"]["status"] not in wanted:
                wrong.append(
                    f"{name}: {line['execution']['status']}, not {wanted}: {line['execution']['note']}"
                )
    assert wrong == []


def test_no_attack_earns_a_point(graded: tuple[dict[str, Any], dict[str, Any], Path]) -> None:
    """Points only where the sample's own answer is right: forged outputs, files and replies are worth nothing."""
    _, together, _ = graded
    allowed = {name for name, expected in declared().items() if "pass" in str(expected.get("verdicts"))}
    for name in set(declared()) - allowed:
        for question in together[name]["questions"]:
            for check in question["checks"]:
                if check["verdict"] == "pass" and check["max"]:
                    evidence = json.dumps(check["evidence"])
                    assert "tape.gradient(loss, parameters)" in evidence, (name, check)


def test_no_secret_and_no_script_reaches_a_page(graded: tuple[dict[str, Any], dict[str, Any], Path]) -> None:
    _, _, out = graded
    for name, expected in declared().items():
        for folder in ("feedback", "staff"):
            page = (out / folder / f"{name}.html").read_text(encoding="utf-8")
            assert "a secret of the grader's" not in page
            assert "Content-Security-Policy" in page
            assert "<script>alert" not in page
            for text in expected.get("feedback_must_not_contain") or ():
                assert text not in page, (name, text)
