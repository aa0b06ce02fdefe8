"""Every file of a graded folder is made from its ledger: at any time, again and the same."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CLASS = Path(__file__).parents[2] / "submissions"


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from grader.cli import run; run()"
    top = str(Path(__file__).parents[2])
    return subprocess.run(
        [sys.executable, "-c", code, top, *map(str, arguments)], capture_output=True, text=True, check=False
    )


def run(*arguments: str | Path) -> str:
    done = command(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def contents(folder: Path) -> dict[str, str]:
    """Every file that is made from the ledger, with its digest."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "grades.sqlite"
    }


@pytest.mark.slow
def test_pages_of_notebooks_and_page_pictures_are_made_again(tmp_path: Path) -> None:
    """One with a notebook that ran, one with a page that a person must look at: deleted, and made again byte for byte."""
    out = tmp_path / "graded"
    run("grade", CLASS / "gusup081", CLASS / "petmo594.md", CLASS / "idafa905", "--out", out, "--quiet")
    first = contents(out)
    assert "notebooks/gusup081.ipynb" in first
    assert sum(name.startswith("blobs/") for name in first) >= 2, "a notebook and a page's picture"

    for folder in ("feedback", "staff", "notebooks"):
        shutil.rmtree(out / folder)
    for name in ("index.html", "results.jsonl", "grades.csv"):
        (out / name).unlink()
    run("render", out)
    assert contents(out) == first

    (out / "staff" / "gusup081.html").write_text("altered", encoding="utf-8")
    run("render", out)
    assert contents(out) == first


@pytest.mark.slow
def test_a_submission_that_was_absent_once_has_lost_nothing(tmp_path: Path) -> None:
    out = tmp_path / "graded"
    both = (CLASS / "gusup081", CLASS / "petmo594.md")
    run("grade", *both, "--out", out, "--quiet")
    first = contents(out)
    run("grade", CLASS / "petmo594.md", "--out", out, "--quiet")
    assert not (out / "notebooks" / "gusup081.ipynb").exists()
    assert "0 graded, 2 unchanged" in " ".join(run("grade", *both, "--out", out).split())
    assert contents(out) == first


def test_a_page_that_was_deleted_comes_back_with_the_next_run(tmp_path: Path) -> None:
    out = tmp_path / "graded"
    run("grade", CLASS / "petmo594.md", "--out", out, "--quiet", "--no-execute")
    first = contents(out)
    (out / "staff" / "petmo594.html").unlink()
    run("grade", CLASS / "petmo594.md", "--out", out, "--quiet", "--no-execute")
    assert contents(out) == first


def test_many_pages_are_rendered_by_several_processes_as_by_one(tmp_path: Path) -> None:
    handed_in = tmp_path / "in"
    handed_in.mkdir()
    text = (CLASS / "petmo594.md").read_text(encoding="utf-8")
    for number in range(45):
        (handed_in / f"stude{number:03d}.md").write_text(f"{text}\n\nStudent {number}.\n", encoding="utf-8")
    out = tmp_path / "graded"
    run("grade", handed_in, "--out", out, "--quiet", "--no-execute")
    first = contents(out)
    assert sum(name.startswith("staff/") for name in first) == 45
    run("render", out, "--jobs", "1")
    assert contents(out) == first
    run("render", out, "--jobs", "2")
    assert contents(out) == first


def test_what_is_no_graded_folder_is_said(tmp_path: Path) -> None:
    done = command("render", tmp_path / "none")
    assert done.returncode == 2
    assert "no graded folder" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "none").exists()
