"""A graded folder that cannot take what is written is said before anything is graded, in a sentence with the way out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPORT = "# Question 1\n\ngradient = tape.gradient(loss, parameters)\n"
TIGHT = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
from grader.cli import run
run()
"""


def grade(
    tmp_path: Path, out: Path, program: str = "from grader.cli import run; run()", **how: object
) -> str:
    """What the command says; the assertion is that it ends with status 2 and has graded nothing."""
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    (folder / "alfbe123.md").write_text(REPORT)
    done = subprocess.run(  # type: ignore[call-overload] # further arguments
        [sys.executable, "-c", program, "grade", str(folder), "--out", str(out), "--no-execute"],
        capture_output=True, text=True, check=False, timeout=200, **how,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert "graded" not in done.stdout
    said = str(done.stderr).strip()
    assert said.startswith("grader: ")
    assert "--out" in said
    return said


@pytest.mark.parametrize("name", ["feedback", "staff", "similar", "notebooks", "blobs"])
def test_a_file_where_a_folder_belongs(tmp_path: Path, name: str) -> None:
    out = tmp_path / "graded"
    out.mkdir()
    (out / name).write_text("mine")
    assert f"{out / name} is a file" in grade(tmp_path, out)
    assert (out / name).read_text() == "mine"
    assert not (out / "grades.sqlite").exists()


@pytest.mark.parametrize("name", ["grades.sqlite", "results.jsonl", "grades.csv", "index.html"])
def test_a_folder_where_a_file_belongs(tmp_path: Path, name: str) -> None:
    out = tmp_path / "graded"
    (out / name).mkdir(parents=True)
    assert f"{out / name} is a folder" in grade(tmp_path, out)


def test_a_file_in_the_folders_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    assert "cannot be made" in grade(tmp_path, tmp_path / "file" / "graded")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_disk_that_takes_nothing(tmp_path: Path) -> None:
    """A file may hold 1,000 bytes: as on a full disk, the folder can be made and nothing be written in it."""
    assert "cannot be written" in grade(tmp_path, tmp_path / "graded", TIGHT)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind the superuser"
)
def test_a_folder_of_somebody_elses(tmp_path: Path) -> None:
    out = tmp_path / "graded"
    out.mkdir()
    out.chmod(0o555)
    try:
        assert "cannot be written" in grade(tmp_path, out)
    finally:
        out.chmod(0o755)


def test_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.errors import FileWriteError
    from grader.graded_folder import make_ready

    full = shutil.disk_usage(tmp_path)._replace(free=1_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(FileWriteError, match="less than 8 MB left"):
        make_ready(tmp_path / "graded")
