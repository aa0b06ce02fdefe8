"""Ctrl-C while many pages are rendered: it goes to every process of the terminal, and ends in one line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from grader.model import Execution, ExecutionStatus, GraderInfo, Result, Status
from grader.store import Ledger

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is no signal to Windows")]

PROGRAM = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from grader.cli import run; run()"


def result(name: str) -> Result:
    info = GraderInfo("1", "lab", "r")
    skipped = Execution(ExecutionStatus.SKIPPED)
    return Result(1, name, (), (), Status.GRADED, 1.0, 1.0, (), (), skipped, info)


def test_workers_that_are_just_beginning_say_nothing(tmp_path: Path) -> None:
    with Ledger(tmp_path / "graded" / "grades.sqlite") as ledger:
        for number in range(120):
            ledger.record(result(f"s{number:03d}"), content=str(number), settings="")
    rendering = subprocess.Popen(
        (sys.executable, "-c", PROGRAM, "render", "graded"),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    until = time.monotonic() + 60
    while not workers(rendering.pid) and rendering.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    assert rendering.poll() is None, "it was over before its workers were seen"
    os.killpg(rendering.pid, signal.SIGINT)
    _, told = rendering.communicate(timeout=60)
    assert rendering.returncode not in {0, None}
    assert "Traceback" not in told
    assert "KeyboardInterrupt" not in told


def workers(parent: int) -> list[psutil.Process]:
    """Those that are in the middle of their imports, or beyond."""
    found = []
    for child in psutil.Process(parent).children():
        try:
            importing = child.cpu_times().user > 0.1
            if importing and "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
        except psutil.Error:
            continue
    return found
