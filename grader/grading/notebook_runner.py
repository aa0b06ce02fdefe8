"""Runs the notebooks of submissions by an assignment's plan; the executor behind it starts when first needed."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

import msgspec

from grader.checks.assignment import Assignment
from grader.execution.shared.limits import COMMAND_SECONDS, Limits
from grader.model import Execution, ExecutionStatus, FileKind, SubmittedFile, Value
from grader.stopwatch import moved

if TYPE_CHECKING:
    from grader.execution import Executor, NotebookPlan, NotebookRun


class RunSettings(Value, frozen=True):
    """How notebooks are run: seconds and megabytes of each, the data set they find, whether isolation may be missing.

    `wall`, `unsafe` and `throwaway_machine` are those of `grader.execution.Settings`. `limits` are further ones by their names in `grader.execution.Limits`; they go before the others.
    """

    seconds: float = COMMAND_SECONDS
    memory_mb: int = Limits().memory_mb
    dataset: str = "auto"
    wall: Literal["bubblewrap", "gvisor", ""] = ""
    unsafe: bool = False
    throwaway_machine: bool = False
    limits: tuple[tuple[str, float], ...] = ()


class NotebookRunner:
    """A context manager; on exit nothing of what was run is left."""

    def __init__(self, assignment: Assignment, settings: RunSettings) -> None:
        self._assignment = assignment
        self._settings = settings
        self._executor: Executor | None = None
        self._plan: NotebookPlan | None = None
        self._closed = False
        self._guard = threading.RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the executor, if one was started."""
        with self._guard:
            self._closed = True
            executor, self._executor = self._executor, None
        if executor is not None:
            executor.close()

    def prepare(self, files: Sequence[SubmittedFile]) -> None:
        """Begins to start what the first notebook among `files` will need, while the caller does something else.

        Whatever is wrong is said when it is run.
        """
        notebook = next((file for file in files if file.kind is FileKind.NOTEBOOK), None)
        if notebook is not None and self._assignment.notebook is not None:
            threading.Thread(target=self._prepare, args=(notebook.path,), daemon=True).start()

    def _prepare(self, path: Path) -> None:
        with contextlib.suppress(Exception):  # of the assignment's own, too: `run` meets it again
            plan = self._planned()
            with self._guard:
                executor = None if self._closed else self.executor()
            if plan is not None and executor is not None:
                executor.prepare(path.read_bytes(), plan)

    def _planned(self) -> NotebookPlan | None:
        """The assignment's plan, made once: that may fetch a data set."""
        with self._guard:
            if self._plan is None and self._assignment.notebook is not None:
                self._plan = self._assignment.notebook(self._settings.dataset)
            return self._plan

    def executor(self) -> Executor:
        """The executor, started when first asked for."""
        with self._guard:
            return self._made()

    def _made(self) -> Executor:
        if self._executor is None:
            from grader.execution import Executor, Settings  # noqa: PLC0415 - only where notebooks run

            defaults = Limits()
            limits = Limits(
                notebook_seconds=self._settings.seconds,
                cell_seconds=min(defaults.cell_seconds, self._settings.seconds),
                memory_mb=self._settings.memory_mb,
            )
            for name, value in self._settings.limits:
                kind = type(getattr(defaults, name))  # whole numbers stay whole
                limits = msgspec.structs.replace(limits, **{name: kind(value)})
            self._executor = Executor(
                Settings(
                    limits=limits,
                    wall=self._settings.wall,
                    allow_unsafe=self._settings.unsafe,
                    throwaway_machine=self._settings.throwaway_machine,
                    kernels_at_once=1,
                )
            )
        return self._executor

    def run(self, file: SubmittedFile) -> tuple[NotebookRun | None, Execution]:
        """Runs one notebook; what kept it from being run stands in the execution's note."""
        plan = self._planned()
        if plan is None:
            return None, Execution(ExecutionStatus.SKIPPED, note="This assignment's notebooks are not run.")
        began = time.perf_counter()
        found = self.executor().run_notebook(file.path.read_bytes(), plan)
        moved("libraries", time.perf_counter() - began - found.seconds)
        moved("cells", sum(cell.seconds for cell in found.cells))
        execution = Execution(
            found.status,
            round(found.seconds, 2),
            found.segments,
            found.profile,
            found.isolation,
            " ".join((found.note, *found.notes)).strip(),
            found.lacks,
        )
        return found, execution
