"""Running notebooks: sandbox, zygote, segments and profiles; and what may be believed of what comes out.

Theory of operation. An `Executor` starts one *zygote* a profile: a process that has imported everything, once,
in a single thread, and computes nothing. For each segment of a notebook, and for each probe, the zygote forks
a *supervisor*, which stays outside and keeps time; the supervisor forks the *container*, pid 1 of new
namespaces with a read-only root of its own; the container forks the *confined* process, which gives up its
user, rights and system calls and then runs the kernel. All requests go down one socket each, which ends what
it holds when it closes: a grader that is killed takes everything with it.

`Executor.run_notebook` runs a student's notebook as an assignment's `NotebookPlan` says. All that its kernel
sends is a claim. `Executor.run_code` runs the grader's own code with one answer grafted in, where no other
code of the student's has run; its value is to be checked against random inputs by whoever asked.

Wings: `shared` (values, limits, what both sides say to each other), `child` (all that runs in another process; it
imports `shared` alone, and that wall is the trust boundary), `host` (starting and holding those processes), `notebook`
(a student's notebook, segment by segment), and on top of them the executor and its probes.

Importing this package loads none of Jupyter; the names below load what they need when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.execution.executor import Executor, run_code, run_notebook
    from grader.execution.host.isolation_report import Layer, isolation_report
    from grader.execution.shared.limits import Isolation, Limits, Settings
    from grader.execution.shared.plan import DataFile, NotebookPlan, Profile, segments
    from grader.execution.shared.run_types import (
        CellImage,
        CellRun,
        CellStatus,
        DrawnAxes,
        DrawnFigure,
        DrawnSeries,
        NotebookRun,
        ProbeError,
        ProbeRun,
        StaleOutput,
    )

_HOMES = {
    "executor": ("Executor", "run_code", "run_notebook"),
    "host.isolation_report": ("Layer", "isolation_report"),
    "shared.limits": ("Isolation", "Limits", "Settings"),
    "shared.run_types": (
        "CellImage",
        "CellRun",
        "CellStatus",
        "DrawnAxes",
        "DrawnFigure",
        "DrawnSeries",
        "NotebookRun",
        "ProbeError",
        "ProbeRun",
        "StaleOutput",
    ),
    "shared.plan": ("DataFile", "NotebookPlan", "Profile", "segments"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "CellImage",
    "CellRun",
    "CellStatus",
    "DataFile",
    "DrawnAxes",
    "DrawnFigure",
    "DrawnSeries",
    "Executor",
    "Isolation",
    "Layer",
    "Limits",
    "NotebookPlan",
    "NotebookRun",
    "ProbeError",
    "ProbeRun",
    "Profile",
    "Settings",
    "StaleOutput",
    "isolation_report",
    "run_code",
    "run_notebook",
    "segments",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
