"""The executor: runs notebooks and probes, for any thread, with all that they need shared."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from grader.errors import ExecutorClosedError
from grader.execution.host.isolation import HostIsolation, audit, layer_names, refusal
from grader.execution.shared.limits import Isolation, Limits, Settings
from grader.execution.shared.plan import DataFile, NotebookPlan, Profile
from grader.execution.shared.run_types import NotebookRun, ProbeRun
from grader.model import ExecutionStatus
from grader.stopwatch import timed

if TYPE_CHECKING:
    from grader.execution.executor_loop import ExecutorLoop


class Executor:
    """Runs notebooks and probes, several at once, from any number of threads or from any asyncio loop.

    A context manager. Nothing is started before the first run: then the host is audited, what a killed
    executor left behind is cleared up, and one zygote a profile is started when that profile is first asked
    for. On exit every process, directory and control group of it is gone.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self._guard = threading.Lock()
        self._loop: ExecutorLoop | None = None
        self._refusal: str | None = None
        self._found = HostIsolation()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def isolation(self) -> tuple[str, ...]:
        """The layers that hold a notebook here, as they stand in a result. Audits the host if need be."""
        self._start()
        return layer_names(self._found, self.settings)

    def refusal(self) -> str:
        """Why notebooks are not run on this host, in plain words; empty if they are."""
        self._start()
        return self._refusal or ""

    def prepare(self, data: bytes, plan: NotebookPlan) -> None:
        """Begins to start what `run_notebook` of the same notebook will need, and returns before that is there.

        What is wrong with the notebook or the host is said by `run_notebook`.
        """
        with self._guard:  # nobody closes it in between
            loop = self._started()
            if loop is not None:
                loop.submit(loop.prepare(data, plan, self.settings.limits))

    def run_notebook(self, data: bytes, plan: NotebookPlan, limits: Limits | None = None) -> NotebookRun:
        """Runs the notebook whose file holds `data`. Never raises for anything that is in it.

        `limits` take the place of the settings' for this notebook. A notebook that cannot be read has the
        status ``failed`` and a note for the student; where running is refused the status is ``skipped``.
        """
        loop = self._start()
        if loop is None:
            return NotebookRun(ExecutionStatus.SKIPPED, note=self._refusal or "")
        return loop.call(loop.run_notebook(data, plan, limits or self.settings.limits))

    async def run_notebook_async(
        self, data: bytes, plan: NotebookPlan, limits: Limits | None = None
    ) -> NotebookRun:
        """`run_notebook` for callers in an asyncio loop."""
        loop = await asyncio.to_thread(self._start)
        if loop is None:
            return NotebookRun(ExecutionStatus.SKIPPED, note=self._refusal or "")
        work = loop.run_notebook(data, plan, limits or self.settings.limits)
        return await asyncio.wrap_future(loop.submit(work))

    def run_code(
        self,
        cells: Sequence[str],
        probe: str | None,
        profile: Profile,
        *,
        inputs: Mapping[str, Any] | None = None,
        seconds: float | None = None,
        data_files: tuple[DataFile, ...] = (),
    ) -> ProbeRun:
        """Runs trusted code, with one answer grafted into it, in a child that runs nothing else.

        The cells run one after another in one namespace, in which `inputs` (JSON values) stand under the
        name ``inputs``. `probe` is code whose last statement is an expression: its value comes back as
        JSON. Whatever comes back is to be checked by the caller, against what it knows of the inputs.
        `seconds` bounds it, as ``Limits.cell_seconds`` does if not given.
        """
        loop = self._start()
        if loop is None:
            return ProbeRun(ExecutionStatus.SKIPPED, note=self._refusal or "")
        job = {"cells": list(cells), "probe": probe, "inputs": dict(inputs or {})}
        limit = self.settings.limits.cell_seconds if seconds is None else seconds
        with timed("probe"):
            return loop.call(loop.run_code(job, profile, limit, data_files))

    def close(self) -> None:
        """Ends all that runs and removes all that was made. May be called again."""
        with self._guard:
            self._closed = True
            loop, self._loop = self._loop, None
        if loop is not None:
            loop.stop()

    def _start(self) -> ExecutorLoop | None:
        with self._guard:
            return self._started()

    def _started(self) -> ExecutorLoop | None:
        """The loop, started if need be; None where running is refused. The guard is the caller's."""
        if self._closed:
            raise ExecutorClosedError("this executor was closed")
        if self._refusal is None:
            if self.settings.isolation is not Isolation.NONE:
                self._found = audit(own_filter=self.settings.own_filter, wall=self.settings.wall)
            self._refusal = refusal(self._found, self.settings)
            if not self._refusal:
                from grader.execution.executor_loop import ExecutorLoop  # noqa: PLC0415 - only where something is run

                self._loop = ExecutorLoop(self._found, self.settings)
        return self._loop


def run_notebook(data: bytes, plan: NotebookPlan, settings: Settings | None = None) -> NotebookRun:
    """Runs one notebook with an executor of its own; for many, share an `Executor`."""
    with Executor(settings) as executor:
        return executor.run_notebook(data, plan)


def run_code(
    cells: Sequence[str],
    probe: str | None,
    profile: Profile,
    settings: Settings | None = None,
    inputs: Mapping[str, Any] | None = None,
) -> ProbeRun:
    """Runs one probe with an executor of its own; for many, share an `Executor`."""
    with Executor(settings) as executor:
        return executor.run_code(cells, probe, profile, inputs=inputs)
