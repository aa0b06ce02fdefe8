"""One notebook from its bytes to its outcome: segments, a kernel each, and what all of it comes to."""

from __future__ import annotations

import time

from grader.execution.notebook.cell_output import OutputBudget
from grader.execution.notebook.colab_notes import colab_isms
from grader.execution.notebook.notebook_file import read_notebook, write_notebook
from grader.execution.notebook.profile_choice import profile_for
from grader.execution.notebook.segment_run import Progress, StartKernel, run_segment
from grader.execution.notebook.stale_output import stale
from grader.execution.notebook.withheld import packages_missing, remarks
from grader.execution.shared.limits import Limits
from grader.execution.shared.plan import NotebookPlan, segments
from grader.execution.shared.run_types import NotebookRun, StaleOutput
from grader.model import ExecutionStatus

_MEGABYTE = 1 << 20
# The worst first: a notebook's status is that of the worst that happened in it.
_GRAVITY = (
    ExecutionStatus.ERROR,
    ExecutionStatus.FLOOD,
    ExecutionStatus.MEMORY,
    ExecutionStatus.TIMEOUT,
    ExecutionStatus.DIED,
    ExecutionStatus.FAILED,
    ExecutionStatus.OK,
)


async def run(data: bytes, plan: NotebookPlan, limits: Limits, start: StartKernel) -> NotebookRun:
    """Runs the notebook in `data` as `plan` says.

    Raises `UnreadableNotebookError` if there is no notebook in `data`, `ZygoteError` if no kernel comes up.
    """
    began = time.monotonic()
    cells = read_notebook(data, limits)
    sources = [cell.source if cell.kind == "code" else None for cell in cells]
    code = [source for source in sources if source is not None]
    progress = Progress(
        cells=cells,
        plan=plan,
        profile=profile_for(code, plan),
        limits=limits,
        deadline=began + limits.notebook_seconds,
        budget=OutputBudget(limits.notebook_output_mb * _MEGABYTE),
    )
    parts = segments(sources, plan)
    for number, part in enumerate(parts):
        await run_segment(number, part, start, progress)
    progress.notes.extend(dict.fromkeys(note for source in code for note in colab_isms(source)))
    runs = tuple(progress.runs[index] for index in sorted(progress.runs))
    progress.notes[:0] = remarks(runs)  # first: long notes are cut where they are shown
    stale_outputs = _stale(progress)
    progress.flags.extend(f"cell {one.cell}: the saved output is not what it gives" for one in stale_outputs)
    return NotebookRun(
        status=min(progress.statuses, key=_GRAVITY.index, default=ExecutionStatus.OK),
        note=" ".join(progress.reasons),
        seconds=time.monotonic() - began,
        segments=len(parts),
        profile=progress.profile.name,
        cells=runs,
        executed=write_notebook(cells, progress.outputs),
        notes=tuple(progress.notes),
        flags=tuple(progress.flags),
        stale=stale_outputs,
        memory_peak=progress.memory_peak,
        lacks=packages_missing(runs),
    )


def _stale(progress: Progress) -> tuple[StaleOutput, ...]:
    found = (
        stale(run, progress.cells[index].saved)
        for index, run in sorted(progress.runs.items())
        if not progress.plan.volatile(run.source)
    )
    return tuple(one for one in found if one is not None)
