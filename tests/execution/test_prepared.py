"""What a notebook will need is started ahead of it, once, and goes with its executor."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from grader.checks.assignment import Assignment
from grader.execution import Executor, NotebookPlan, Profile, Settings
from grader.grading.notebook_runner import NotebookRunner, RunSettings
from grader.model import ExecutionStatus, FileKind, SubmittedFile

pytestmark = pytest.mark.slow

PROFILE = Profile("plain", preload=("numpy",))
SECONDS = 20.0


def _plan(profile: Callable[[Any], str] = lambda _: "plain") -> NotebookPlan:
    return NotebookPlan(profile=profile, profiles={"plain": PROFILE})


def _zygotes(directory: Path) -> list[int]:
    found = []
    for process in psutil.process_iter():
        try:
            if "child.zygote" in " ".join(process.cmdline()) and process.cwd().startswith(str(directory)):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def _gone(directory: Path) -> bool:
    """Whether nothing runs there any more, a moment after all was ended."""
    until = time.monotonic() + SECONDS
    while _zygotes(directory) and time.monotonic() < until:
        time.sleep(0.02)
    return not _zygotes(directory)


def _own_zygotes() -> set[int]:
    found = set()
    for one in psutil.Process().children():
        with contextlib.suppress(psutil.Error):  # it may end while it is looked at
            if "child.zygote" in " ".join(one.cmdline()):
                found.add(one.pid)
    return found


def _appeared(directory: Path) -> list[int]:
    until = time.monotonic() + SECONDS
    while not (found := _zygotes(directory)) and time.monotonic() < until:
        time.sleep(0.02)
    return found


@pytest.fixture
def prepared(tmp_path: Path) -> Executor:
    executor = Executor(Settings(runtime_directory=tmp_path))
    if refusal := executor.refusal():
        executor.close()
        pytest.skip(refusal)
    return executor


def test_a_notebook_runs_in_what_was_prepared_for_it(
    prepared: Executor, notebook: Callable[..., bytes], tmp_path: Path
) -> None:
    data = notebook("print(6 * 7)")
    with prepared:
        prepared.prepare(data, _plan())
        before = _appeared(tmp_path)
        run = prepared.run_notebook(data, _plan())
        assert run.status is ExecutionStatus.OK
        assert len(before) == 1
        assert _zygotes(tmp_path) == before
    assert _gone(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["lock"]  # of the directory itself


def test_what_was_prepared_in_vain_goes_with_its_executor(
    prepared: Executor, notebook: Callable[..., bytes], tmp_path: Path
) -> None:
    with prepared:
        prepared.prepare(notebook("1"), _plan())
    assert _gone(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["lock"]  # of the directory itself


@pytest.mark.parametrize(
    ("data", "plan"),
    [(b"no notebook", _plan()), (None, _plan(lambda _: "unknown")), (None, _plan(lambda _: str(1 // 0)))],
    ids=["no notebook", "a profile that is not there", "a plan that breaks"],
)
def test_what_is_wrong_is_said_by_the_run_and_not_before(
    prepared: Executor, notebook: Callable[..., bytes], data: bytes | None, plan: NotebookPlan
) -> None:
    with prepared:
        prepared.prepare(data or notebook("1"), plan)
        assert prepared.run_notebook(notebook("print(1)"), _plan()).status is ExecutionStatus.OK


def test_a_runner_that_is_closed_at_once_prepares_nothing_any_more(
    notebook: Callable[..., bytes], tmp_path: Path
) -> None:
    made: list[str] = []

    def plan(dataset: str) -> NotebookPlan:
        time.sleep(0.2)  # as one that looks for its data set
        made.append(dataset)
        return _plan()

    others = _own_zygotes()  # of executors that all tests share
    path = tmp_path / "lab.ipynb"
    path.write_bytes(notebook("1"))
    assignment = Assignment("cooking", title="Cooking", notebook=plan)
    runner = NotebookRunner(assignment, RunSettings())
    runner.prepare([SubmittedFile(path.name, path, FileKind.NOTEBOOK)])
    runner.close()
    until = time.monotonic() + SECONDS
    while not made and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.1)
    assert made == ["auto"]
    assert _own_zygotes() <= others
