"""The cells between two restart points, run one after another on one kernel."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from grader.execution.host.live_kernel import LiveKernel
from grader.execution.host.zygote_process import ChildEnd
from grader.execution.notebook import cell_view
from grader.execution.notebook.cell_client import CellClient
from grader.execution.notebook.cell_output import CellOutput, OutputBudget, Shown
from grader.execution.notebook.jupyter_libraries import DeadKernelError
from grader.execution.notebook.notebook_file import SourceCell
from grader.execution.notebook.withheld import Withheld
from grader.execution.shared.limits import Limits
from grader.execution.shared.plan import NotebookPlan, Profile
from grader.execution.shared.run_types import CellRun, CellStatus
from grader.model import ExecutionStatus

StartKernel = Callable[[Profile, float], Awaitable[LiveKernel]]
"""Gives a fresh kernel of a profile that may live for so many seconds."""

MEMORY_ERRORS = ("MemoryError", "_ArrayMemoryError", "ResourceExhaustedError")
_MEGABYTE = 1 << 20
_NEARLY = 0.9  # of the memory limit: a crash there is for want of memory
_CLAIM_SECONDS = 10.0


@dataclass
class Progress:
    """What has come of a notebook so far; one for all its segments."""

    cells: Sequence[SourceCell]
    plan: NotebookPlan
    profile: Profile
    limits: Limits
    deadline: float
    budget: OutputBudget
    runs: dict[int, CellRun] = field(default_factory=dict)
    outputs: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    statuses: list[ExecutionStatus] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    memory_peak: int = 0

    def left(self) -> float:
        """Seconds left for the whole notebook."""
        return self.deadline - time.monotonic()

    def ended(self, status: ExecutionStatus, reason: str = "") -> None:
        """Notes how a cell or a segment ended."""
        self.statuses.append(status)
        if reason:
            self.reasons.append(reason)

    def not_run(self, index: int, segment: int, status: CellStatus, reason: str) -> None:
        """Notes a cell that was not run."""
        self.runs[index] = CellRun(index, self.cells[index].source, status, segment, reason=reason)


async def run_segment(number: int, part: Sequence[int], start: StartKernel, progress: Progress) -> None:
    """Runs the cells `part` as segment `number`. Raises `ZygoteError` if no kernel comes up."""
    waiting: list[int] = []
    left_out: list[int] = []
    for index in part:
        reason = progress.plan.skip(progress.cells[index].source)
        if reason is None:
            waiting.append(index)
        else:
            left_out.append(index)
            progress.not_run(index, number, CellStatus.SKIPPED, reason)
            progress.notes.append(f"cell {index} was not run: {reason}")
    if not waiting:
        return
    why = "the time for the whole notebook was up"
    if progress.left() > 0:
        kernel = await start(progress.profile, progress.left())
        runner = _Runner(number, kernel, progress, left_out)
        try:
            while waiting and await runner.run(waiting[0]):
                waiting.pop(0)
        finally:
            end = await kernel.close()
            progress.memory_peak = max(progress.memory_peak, end.memory_peak)
            if end.out_of_memory and not waiting:
                limit = f"{progress.limits.memory_mb} MB"
                progress.ended(ExecutionStatus.MEMORY, f"The notebook's processes used more than {limit}.")
        if waiting:
            runner.broke_at(waiting.pop(0), end)
            why = "its kernel had ended before it"
    for index in waiting:
        progress.not_run(index, number, CellStatus.NOT_REACHED, why)


class _Runner:
    """Runs cells on one kernel until it is of no more use."""

    def __init__(self, number: int, kernel: LiveKernel, progress: Progress, left_out: Sequence[int]) -> None:
        self._number = number
        self._left_out = list(left_out)
        self._withheld = Withheld()
        self._progress = progress
        self._client = CellClient(kernel, progress.limits)
        self._displays: dict[str, Shown] = {}

    async def run(self, index: int) -> bool:
        """Runs one cell and notes its outcome; false if the kernel is gone, or to be given up."""
        progress, client = self._progress, self._client
        while self._left_out and self._left_out[0] < index:
            self._withheld.leave_out(progress.cells[self._left_out.pop(0)].source)
        source = progress.cells[index].source
        output = CellOutput(index, progress.limits, progress.budget, self._displays)
        began = time.monotonic()
        seconds = min(progress.limits.cell_seconds, progress.left())
        try:
            succeeded = await client.run_cell(source, output, max(0.0, seconds))
            lost = client.output_lost or (client.timed_out and progress.left() <= 0)
        except DeadKernelError:
            succeeded, lost = False, True
        taken = time.monotonic() - began
        if succeeded and not lost and not client.timed_out:
            lost = not await self._ask_for_claims(source, output)
        self._note(output, taken, CellStatus.OK if succeeded else CellStatus.ERROR)
        if not lost:
            self._judge(index)
        return not lost

    async def _ask_for_claims(self, source: str, output: CellOutput) -> bool:
        expressions = self._progress.plan.claims(source)
        if not expressions:
            return True
        answer = CellOutput(output.index, self._progress.limits, OutputBudget(_MEGABYTE), {})
        seconds = min(_CLAIM_SECONDS, max(0.1, self._progress.left()))
        try:
            await self._client.claim(expressions, answer, seconds)
        except DeadKernelError:
            return False
        output.claims = answer.claims
        self._client.timed_out = False  # the cell itself was in time
        return True

    def _note(self, output: CellOutput, taken: float, status: CellStatus) -> None:
        progress, index = self._progress, output.index
        name, message, trace = cell_view.error(output)
        if output.malformed:
            progress.flags.append(f"cell {index}: the kernel sent {output.malformed} malformed messages")
        if output.cut:
            progress.notes.append(f"cell {index}: part of its output was left out, it is too long")
        progress.outputs[index] = cell_view.as_notebook(output)
        source = progress.cells[index].source
        failed = bool(name) or status is CellStatus.ERROR
        run = CellRun(
            index=index,
            source=source,
            status=CellStatus.ERROR if failed else CellStatus.OK,
            segment=self._number,
            seconds=taken,
            stdout=cell_view.streams(output, "stdout"),
            stderr=cell_view.streams(output, "stderr"),
            result=cell_view.result(output),
            ename=name,
            evalue=message,
            traceback=trace,
            images=cell_view.images(output),
            html=cell_view.html(output),
            figures=cell_view.figures(output),
            claims=output.claims,
            cut=output.cut,
            allowed_to_fail=failed and progress.plan.may_fail(source, f"{name}: {message}"),
        )
        progress.runs[index] = self._withheld.settle(run, progress.cells[index].saved)

    def _judge(self, index: int) -> None:
        """What a cell that left its kernel alive means for the notebook."""
        progress = self._progress
        run = progress.runs[index]
        if self._client.timed_out:
            reason = f"did not finish within {progress.limits.cell_seconds:g} s"
            self._replace(index, CellStatus.TIMEOUT, f"it {reason}")
            progress.ended(ExecutionStatus.TIMEOUT, f"Cell {index} {reason}.")
        elif run.status is CellStatus.OK or run.allowed_to_fail or run.ours:
            progress.ended(ExecutionStatus.OK)
        elif run.ename in MEMORY_ERRORS:
            progress.ended(ExecutionStatus.MEMORY, f"Cell {index} ran out of memory.")
        else:
            with_error = f" with {run.ename}" if run.ename else ""
            progress.ended(ExecutionStatus.FAILED, f"Cell {index} failed{with_error}.")

    def broke_at(self, index: int, end: ChildEnd) -> None:
        """Notes what the end of the kernel in cell `index` means, from what the supervisor saw."""
        status, reason = self._diagnosis(index, end)
        self._progress.ended(status, reason)
        timeout = status is ExecutionStatus.TIMEOUT
        self._replace(index, CellStatus.TIMEOUT if timeout else CellStatus.DIED, reason)

    def _replace(self, index: int, status: CellStatus, reason: str) -> None:
        run = self._progress.runs[index]
        self._progress.runs[index] = msgspec.structs.replace(run, status=status, reason=reason)

    def _diagnosis(self, index: int, end: ChildEnd) -> tuple[ExecutionStatus, str]:
        limits, client = self._progress.limits, self._client
        where = f"In cell {index} the notebook"
        if client.flooded or client.output_lost:
            return ExecutionStatus.FLOOD, f"{where} sent more output than can be read; it was stopped."
        full = end.memory_peak >= _NEARLY * limits.memory_mb * _MEGABYTE
        by_itself = end.how == "exit" and end.code not in {0, 1}
        if end.how == "memory" or (by_itself and (end.out_of_memory or full)):
            return ExecutionStatus.MEMORY, f"{where} used more than {limits.memory_mb} MB of memory."
        if self._progress.left() <= 0 or end.how == "time":
            whole = f"the {limits.notebook_seconds:g} s for the whole notebook were up"
            return ExecutionStatus.TIMEOUT, f"{where} was stopped: {whole}."
        if client.timed_out:
            cell = f"it did not finish within {limits.cell_seconds:g} s and could not be interrupted"
            return ExecutionStatus.TIMEOUT, f"{where} was stopped: {cell}."
        if end.how == "disk":
            return (
                ExecutionStatus.DIED,
                f"{where} used more than {limits.disk_mb} MB of disk; it was stopped.",
            )
        if end.how == "supervisor lost" or end.how.endswith("gone"):
            return ExecutionStatus.ERROR, "The grader lost the notebook's kernel: it will be run again."
        how = f"exit code {end.code}" if end.code >= 0 else f"signal {-end.code}"
        return ExecutionStatus.DIED, f"{where} ended its own kernel ({how})."
