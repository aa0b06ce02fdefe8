"""``grader check --watch``, shell completion, and a check where a POSIX system's modules are not there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

GRADER = (sys.executable, "-c", "from grader.cli import run; run()")
ABSENT = """
import os, sys
absent = ("resource", "fcntl", "pwd", "grp", "termios", "pty", "tty", "syslog")
sys.modules.update(dict.fromkeys(absent))
for name in ("getuid", "geteuid", "getgid", "fork", "memfd_create", "sched_getaffinity", "setsid", "killpg"):
    if hasattr(os, name):
        delattr(os, name)
from grader.cli import run
run()
"""

# Whoever runs the tests in the background has Ctrl-C ignored.
INTERRUPTIBLE = (
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from grader.cli import run; run()",
)


def until(path: Path, text: str, count: int) -> None:
    """Waits until `text` stands in the file so many times."""
    for _ in range(600):
        if path.read_text("utf-8").count(text) >= count:
            return
        time.sleep(0.1)
    raise AssertionError(path.read_text("utf-8")[-2000:])


def test_watch_checks_again_after_a_change_and_ends_with_0(tmp_path: Path) -> None:
    report, said = tmp_path / "report.md", tmp_path / "said.txt"
    report.write_text("Question 2\n\n784 * 128 = 100352\n", encoding="utf-8")
    with said.open("wb") as stream:
        watching = subprocess.Popen(
            (*INTERRUPTIBLE, "check", "report.md", "--no-execute", "--watch"), cwd=tmp_path, stdout=stream
        )
        try:
            until(said, "In all", 1)
            assert "✗ not right yet" in said.read_text("utf-8")
            report.unlink()  # as editors do that put a new file in the old one's place
            report.write_text("Question 2\n\n784 * 128 + 128 = 100480\n", encoding="utf-8")
            until(said, "In all", 2)
            assert "3 of 3 points" in said.read_text("utf-8")
            watching.send_signal(signal.SIGINT)
            assert watching.wait(60) == 0
        finally:
            watching.kill()
            watching.wait(60)


def test_watch_that_tells_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("Question 2\n", encoding="utf-8")
    done = subprocess.run(
        (*GRADER, "check", "report.md", "--watch", "--quiet"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "--html" in done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_are_told_how_to_complete(shell: str) -> None:
    done = subprocess.run((*GRADER, "completion", shell), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "_GRADER_COMPLETE" in done.stdout


def test_commands_are_completed() -> None:
    environment = {
        **os.environ,
        "_GRADER_COMPLETE": "bash_complete",
        "COMP_WORDS": "grader ch",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(GRADER, capture_output=True, text=True, check=False, env=environment)
    assert "plain,check" in done.stdout, done.stderr


def test_a_check_without_running_needs_no_posix(tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("Question 2\n\n784 * 128 = 100352\n", encoding="utf-8")
    done = subprocess.run(
        (sys.executable, "-c", ABSENT, "check", "report.md", "--no-execute", "--html", "page.html"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "not right yet" in done.stdout
    assert "counts a weight" in (tmp_path / "page.html").read_text("utf-8")
