"""Runs the notebooks of submissions by an assignment's plan; the executor behind it starts when first needed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal, Self

import msgspec

from grader.checks.assignment import Assignment
from grader.execution.shared.limits import COMMAND_SECONDS, Limits
from grader.model import Execution, ExecutionStatus, SubmittedFile, Value
from grader.stopwatch import moved

if TYPE_CHECKING:
    from grader.execution import Executor, NotebookRun


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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the executor, if one was started."""
        if self._executor is not None:
            self._executor.close()
            self._executor = None

    def executor(self) -> Executor:
        """The executor, started when first asked for."""
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
        plan = self._assignment.notebook
        if plan is None:
            return None, Execution(ExecutionStatus.SKIPPED, note="This assignment's notebooks are not run.")
        began = time.perf_counter()
        found = self.executor().run_notebook(file.path.read_bytes(), plan(self._settings.dataset))
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
