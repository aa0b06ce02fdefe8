"""With these values an assignment says how its notebook is meant to be run. Nothing here knows one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from grader.model import Value

DEFAULT_MODULES = ("numpy", "matplotlib", "matplotlib.pyplot")


class Profile(Value, frozen=True):
    """One era of the libraries: what a kernel has loaded and under which names.

    `environment` is set before anything is imported. `preload` is imported once for all kernels: name here
    what most notebooks import; a module that cannot be imported makes the profile unusable. `aliases` gives
    a module another's name, as ``{"tensorflow": "tensorflow.compat.v1"}`` gives back the TensorFlow of 2019.
    `startup` is code run in every kernel and probe before the first cell, as to switch back to graph mode.
    """

    name: str
    environment: Mapping[str, str] = {}
    preload: tuple[str, ...] = DEFAULT_MODULES
    aliases: Mapping[str, str] = {}
    startup: str = ""


class DataFile(Value, frozen=True):
    """A trusted file of the grader's host, shown read-only at `target` below the notebook's home."""

    source: Path
    target: str


def _never(_source: str) -> bool:
    return False


def _no_failure(_source: str, _error: str) -> bool:
    return False


def _run_all(_source: str) -> str | None:
    return None


def _no_claims(_source: str) -> Mapping[str, str]:
    return {}


def _default_profile(_sources: Sequence[str]) -> str:
    return "default"


class NotebookPlan(Value, frozen=True):
    """How an assignment's notebook is run. Every callable gets the source of one code cell, `profile` those of all.

    `restart`
        a fresh kernel begins with this cell.
    `may_fail`
        this error in this cell, ``name: message``, is right, or at least not held against the notebook.
    `skip`
        why the cell is not run, for the student to read; None to run it.
    `volatile`
        this cell's output differs from run to run, so saved output that differs means nothing.
    `claims`
        expressions to evaluate after the cell, by name. They run where the student's code is in control:
        what comes back is a claim. Keep nothing secret in them.
    `profile`
        from the sources of all code cells, the name of one of `profiles`.
    """

    restart: Callable[[str], bool] = _never
    may_fail: Callable[[str, str], bool] = _no_failure
    skip: Callable[[str], str | None] = _run_all
    volatile: Callable[[str], bool] = _never
    claims: Callable[[str], Mapping[str, str]] = _no_claims
    profile: Callable[[Sequence[str]], str] = _default_profile
    profiles: Mapping[str, Profile] = msgspec.field(default_factory=lambda: {"default": Profile("default")})
    data_files: tuple[DataFile, ...] = ()


def segments(sources: Sequence[str | None], plan: NotebookPlan) -> tuple[tuple[int, ...], ...]:
    """The numbers of the code cells (None stands for any other cell) of each kernel, in order.

    A restart point begins a new segment unless nothing has run in the current one yet. Cells that the plan
    skips belong to a segment but do not make one.
    """
    found: list[list[int]] = [[]]
    begun = False
    for number, source in enumerate(sources):
        if source is None or not source.strip():
            continue
        if begun and plan.restart(source):
            found.append([])
            begun = False
        found[-1].append(number)
        begun = begun or plan.skip(source) is None
    return tuple(tuple(segment) for segment in found if segment)
