"""What running a notebook or a probe came to. Frozen values; all text in them is bounded, none is trusted.

Only what the supervisor saw (that a process ended, ran out of time or memory) is a fact. Whatever a kernel
sent (output, errors, figures, claims, which cell succeeded) is what the student's code let it send.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from grader.model import Execution, ExecutionStatus, Value


class CellStatus(StrEnum):
    """What became of one code cell."""

    OK = "ok"
    ERROR = "error"
    TIMEOUT = "timeout"
    DIED = "died"  # the kernel ended in it: exit, crash, memory or flood, see the notebook's status
    SKIPPED = "skipped"  # by the assignment's plan
    NOT_REACHED = "not reached"  # the kernel had gone or time was up before it


class CellImage(Value, frozen=True):
    """A picture that a cell showed. Untrusted bytes: decode them only with limits."""

    media_type: str
    data: bytes


class DrawnSeries(Value, frozen=True):
    """One series of a plot: `kind` is line, points or bars; None stands for a value that is not finite."""

    kind: str
    label: str
    x: tuple[float | None, ...]
    y: tuple[float | None, ...]


class DrawnAxes(Value, frozen=True):
    """One coordinate system of a figure. `images` counts the pictures shown in it."""

    title: str
    x_label: str
    y_label: str
    x_scale: str
    y_scale: str
    legend: tuple[str, ...]
    series: tuple[DrawnSeries, ...]
    images: int
    x_ticks: tuple[str, ...] = ()


class DrawnFigure(Value, frozen=True):
    """A matplotlib figure as data. `cell` is its cell's index; `cut` says that some of it was left out."""

    cell: int
    title: str
    axes: tuple[DrawnAxes, ...]
    cut: bool = False


class CellRun(Value, frozen=True):
    """One code cell after the run.

    `index` counts all cells of the notebook from 0, as does the lab's own numbering. `segment` counts
    kernels from 0. `stdout`, `stderr` and `result` are plain text without control characters; `html` is
    as the kernel sent it and must be sanitised before it is shown. `reason` says why a cell was not run or
    did not end, `cut` that output was left out. `claims` is what the plan's expressions gave, as JSON values.
    `lacks` are packages that the cell wanted and that are not installed here; `ours` says that it failed for want of
    them or of a cell that was left out; `unsettled` that it did not run to its end or builds on what did not.
    """

    index: int
    source: str
    status: CellStatus
    segment: int
    seconds: float = 0.0
    stdout: str = ""
    stderr: str = ""
    result: str = ""
    ename: str = ""
    evalue: str = ""
    traceback: str = ""
    images: tuple[CellImage, ...] = ()
    html: tuple[str, ...] = ()
    figures: tuple[DrawnFigure, ...] = ()
    claims: Mapping[str, Any] = {}
    cut: bool = False
    allowed_to_fail: bool = False
    reason: str = ""
    lacks: tuple[str, ...] = ()
    ours: bool = False
    unsettled: bool = False

    @property
    def text(self) -> str:
        """What a reader of the notebook sees in words below the cell: output, result, error."""
        error = f"{self.ename}: {self.evalue}" if self.ename else ""
        return "\n".join(part for part in (self.stdout, self.stderr, self.result, error) if part)


class StaleOutput(Value, frozen=True):
    """A cell whose saved output is not what it gives when run: old, or made up. For staff."""

    cell: int
    saved: str
    fresh: str


class NotebookRun(Value, frozen=True):
    """A notebook after the run.

    `status` and `seconds` go into the result file, `note` says in plain words, for the student, what a
    status other than ``ok`` means. `executed` is the notebook as run, in nbformat 4, bounded.
    `notes` are for the student, `flags` for staff. `lacks` are packages that it wanted and that are not installed here.
    """

    status: ExecutionStatus
    note: str = ""
    seconds: float = 0.0
    segments: int = 0
    profile: str = ""
    isolation: tuple[str, ...] = ()
    cells: tuple[CellRun, ...] = ()
    executed: bytes = b""
    notes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    stale: tuple[StaleOutput, ...] = ()
    memory_peak: int = 0
    lacks: tuple[str, ...] = ()

    def execution(self) -> Execution:
        """The run as it stands in a result."""
        return Execution(
            status=self.status,
            seconds=round(self.seconds, 3),
            segments=self.segments,
            profile=self.profile,
            isolation=self.isolation,
            note=self.note,
            lacks=self.lacks,
        )

    @property
    def figures(self) -> tuple[DrawnFigure, ...]:
        """All figures drawn, in order."""
        return tuple(figure for cell in self.cells for figure in cell.figures)

    def cell(self, index: int) -> CellRun | None:
        """The run of the cell with this index in the notebook, None if it is not a code cell."""
        return next((cell for cell in self.cells if cell.index == index), None)


class ProbeError(Value, frozen=True):
    """An exception in a probe. `cell` is the number of the cell, -1 for the probe itself.

    `message` may quote what the code held, `trace` quotes the code: both for staff only.
    """

    cell: int
    name: str
    message: str
    trace: str


class ProbeRun(Value, frozen=True):
    """What trusted code with one grafted answer gave. `value` is JSON: check it outside, against the inputs.

    Status ``ok`` with a value, ``failed`` with an error, or ``timeout``, ``memory``, ``died``, ``flood``
    (too much handed back), ``skipped`` (no isolation), ``error`` (ours).
    """

    status: ExecutionStatus
    value: Any = None
    error: ProbeError | None = None
    printed: str = ""
    seconds: float = 0.0
    note: str = ""
