"""The autograder zip: its scripts run as in Gradescope's container, and a fault of ours is no zero."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.export import ExportError
from grader.export.gradescope_autograder import build_autograder
from grader.model import Result, Status

Make = Callable[..., Result]


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "report_grader-0.1.0-py3-none-any.whl"
    path.write_bytes(b"wheel")
    return path


@pytest.fixture
def container(tmp_path: Path, wheel: Path) -> Path:
    """A folder laid out as ``/autograder``, with an environment whose grader copies the results it is given."""
    root = tmp_path / "autograder"
    source = root / "source"
    (root / "submission").mkdir(parents=True)
    (root / "results").mkdir()
    (root / "venv" / "bin").mkdir(parents=True)
    with zipfile.ZipFile(build_autograder(tmp_path / "autograder.zip", wheel)) as archive:
        archive.extractall(source)
    grader = root / "venv" / "bin" / "grader"
    grader.write_text(
        '#!/usr/bin/env bash\necho "$@" > "$AUTOGRADER_ROOT/arguments"\n'
        'cp "$AUTOGRADER_ROOT/given.jsonl" "$6/results.jsonl"; exit "$(cat "$AUTOGRADER_ROOT/status")"\n'
    )
    python = root / "venv" / "bin" / "python"
    python.write_text(f'#!/usr/bin/env bash\nexec "{sys.executable}" "$@"\n')
    for script in (grader, python):
        script.chmod(0o755)
    return root


def run(root: Path, *results: Result, status: int = 0) -> subprocess.CompletedProcess[str]:
    (root / "given.jsonl").write_bytes(b"".join(made.to_json() + b"\n" for made in results))
    (root / "status").write_text(str(status))
    environment = {**os.environ, "AUTOGRADER_ROOT": str(root), "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        ["bash", str(root / "source" / "run_autograder")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_what_the_zip_holds(tmp_path: Path, wheel: Path) -> None:
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("click==8.1.7 --hash=sha256:00\n")
    path = build_autograder(
        tmp_path / "a.zip", wheel, constraints=constraints, arguments=["--assignment", "my lab"]
    )
    with zipfile.ZipFile(path) as archive:
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in archive.infolist()}
        files = {name: archive.read(name) for name in modes}
    assert modes == {
        "setup.sh": 0o755,
        "run_autograder": 0o755,
        "requirements.txt": 0o644,
        "constraints.txt": 0o644,
        wheel.name: 0o644,
    }
    assert b"--hash=sha256:" in files["requirements.txt"]
    assert b"--assignment 'my lab'" in files["run_autograder"]
    for script in ("setup.sh", "run_autograder"):
        subprocess.run(["bash", "-n"], input=files[script], check=True)
    assert (
        path.read_bytes()
        == build_autograder(
            tmp_path / "b.zip", wheel, constraints=constraints, arguments=["--assignment", "my lab"]
        ).read_bytes()
    )


@pytest.fixture
def image(tmp_path: Path) -> Callable[..., str]:
    """What ``setup.sh`` calls where `pythons` can make an environment and the others are there but cannot."""

    def build(pythons: set[str], zipped: Path) -> str:
        root, path = tmp_path / "image", tmp_path / "path"
        path.mkdir()
        calls = tmp_path / "calls"
        calls.write_text("")
        making = 'mkdir -p "$3/bin"; printf \'#!/bin/sh\\necho pip "$@" >> "$CALLS"\\n\' > "$3/bin/pip"; chmod +x "$3/bin/pip"'
        for name in ("python3.12", "python3.11"):
            marker = path / f"{name}-can"
            if name in pythons:
                marker.touch()
            (path / name).write_text(
                f'#!/bin/sh\n[ -e "{marker}" ] || exit 1\n[ "$1" = -c ] && exit 0\n'
                f'echo {name} "$@" >> "$CALLS"\n{making}\n'
            )
        (path / "apt-get").write_text(
            f'#!/bin/sh\necho apt-get "$@" >> "$CALLS"\ncase "$*" in *python3.12*) exit 100;; *3.11*) touch "{path}/python3.11-can";; esac\n'
        )
        for script in path.iterdir():
            script.chmod(0o755)
        with zipfile.ZipFile(zipped) as archive:
            archive.extractall(root / "source")
        environment = {"PATH": f"{path}:{os.defpath}", "AUTOGRADER_ROOT": str(root), "CALLS": str(calls)}
        subprocess.run(["bash", str(root / "source" / "setup.sh")], env=environment, check=True, timeout=60)
        return calls.read_text().replace(str(root), "ROOT")

    return build


def test_setup_takes_a_python_that_can_make_an_environment(
    image: Callable[..., str], tmp_path: Path, wheel: Path
) -> None:
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("click==8.1.7\n")
    calls = image({"python3.11"}, build_autograder(tmp_path / "a.zip", wheel, constraints=constraints))
    assert calls.splitlines() == [
        "python3.11 -m venv ROOT/venv",
        "pip install --no-cache-dir -r requirements.txt -c constraints.txt",
    ]


def test_setup_installs_a_python_where_none_can(
    image: Callable[..., str], tmp_path: Path, wheel: Path
) -> None:
    calls = image(set(), build_autograder(tmp_path / "a.zip", wheel)).splitlines()
    assert calls[:2] == ["apt-get update", "apt-get install -y python3.12 python3.12-venv"]
    assert calls[-2:] == [
        "python3.11 -m venv ROOT/venv",
        "pip install --no-cache-dir -r requirements.txt",
    ]


def test_pins_with_hashes_are_requirements(image: Callable[..., str], tmp_path: Path, wheel: Path) -> None:
    """With hashes pip refuses a dependency whose pin is only a constraint."""
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("click==8.1.7 --hash=sha256:00\n")
    calls = image({"python3.12"}, build_autograder(tmp_path / "a.zip", wheel, constraints=constraints))
    assert calls.splitlines()[-1].endswith("-r requirements.txt -r constraints.txt")


def test_the_outcome_of_one_submission(container: Path, result: Make) -> None:
    done = run(container, result("submission", "annex123"))
    assert done.returncode == 0, done.stderr
    written = json.loads((container / "results" / "results.json").read_text())
    assert written["score"] == 8.5
    assert written["visibility"] == "after_published"
    assert written["stdout_visibility"] == "hidden"
    arguments = (container / "arguments").read_text().split()
    assert arguments[:4] == ["grade", str(container / "submission"), "--from", "single"]
    assert "--no-execute" in arguments


def test_a_submission_for_review_says_so(container: Path, result: Make) -> None:
    assert run(container, result("submission", status=Status.REVIEW)).returncode == 0
    assert "person" in json.loads((container / "results" / "results.json").read_text())["output"]


@pytest.mark.parametrize("case", ["error", "nothing", "several"])
def test_a_fault_of_ours_writes_no_result(container: Path, result: Make, case: str) -> None:
    results = {
        "error": [result("submission", status=Status.ERROR)],
        "nothing": [],
        "several": [result("a"), result("b")],
    }[case]
    done = run(container, *results, status=1 if case == "error" else 0)
    assert done.returncode != 0
    assert not (container / "results" / "results.json").exists()
    assert "Traceback" not in done.stderr


def test_missing_files_are_explained(tmp_path: Path, wheel: Path) -> None:
    with pytest.raises(ExportError, match="not a wheel"):
        build_autograder(tmp_path / "a.zip", tmp_path / "missing.whl")
    with pytest.raises(ExportError, match="no such file of constraints"):
        build_autograder(tmp_path / "a.zip", wheel, constraints=tmp_path / "missing.txt")
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\xdc")
    with pytest.raises(ExportError, match="cannot be read"):
        build_autograder(tmp_path / "a.zip", wheel, constraints=tmp_path / "binary.txt")
    with pytest.raises(ExportError, match="cannot be written"):
        build_autograder(wheel / "a.zip", wheel)
