"""What a run unpacks is gone when it ends, however it ended."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from grader.workspace import workspace


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_it_is_gone_afterwards(temporary: Path) -> None:
    with workspace() as directory:
        (directory / "a").write_text("x")
        assert directory.parent == temporary
    assert not list(temporary.iterdir())


def test_the_next_run_sweeps_what_a_killed_one_left(temporary: Path) -> None:
    killed = (
        "import os, signal\nfrom grader.workspace import workspace\n"
        "with workspace() as directory:\n    (directory / 'a').write_text('x')\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", killed], check=False, env={**os.environ, "TMPDIR": str(temporary)})
    (left,) = temporary.iterdir()
    with workspace() as directory:
        assert not left.exists()
        with workspace() as another:  # what a living process uses stays
            assert directory.exists()
            assert another != directory


def test_links_and_other_names_are_left_alone(temporary: Path) -> None:
    (temporary / "precious").mkdir()
    (temporary / "grader-work-999999999-link").symlink_to("precious")
    (temporary / "grader-work-mine").mkdir()
    with workspace():
        assert (temporary / "precious").is_dir()
        assert (temporary / "grader-work-mine").is_dir()
