"""Tracebacks of runaway recursion, cut before they are put into words.

IPython asks of every frame which module it belongs to, by looking through all that are loaded: with TensorFlow there
are thousands, and 3,000 frames of a recursion take a quarter of a minute. What is left out are frames of the middle.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any

_ENDS = 60  # frames kept at either end
_CHAIN = 20  # exceptions that led to one another


def shorten(problem: BaseException | None, trace: TracebackType | None) -> None:
    """Takes the frames of the middle out of `trace` and out of what `problem` came from."""
    _shorten(trace)
    for _ in range(_CHAIN):
        if problem is None:
            return
        problem = problem.__cause__ or problem.__context__
        if problem is not None:
            _shorten(problem.__traceback__)


def _shorten(trace: TracebackType | None) -> None:
    frames = []
    while trace is not None:
        frames.append(trace)
        trace = trace.tb_next
    if len(frames) > 2 * _ENDS:
        frames[_ENDS - 1].tb_next = frames[-_ENDS]


def install(shell: Any) -> None:
    """Makes an IPython shell shorten what it is about to show."""
    shown = shell.InteractiveTB.structured_traceback

    def structured_traceback(kind: Any, problem: Any, trace: Any = None, *args: Any, **options: Any) -> Any:
        if isinstance(problem, BaseException):
            shorten(problem, trace)
        return shown(kind, problem, trace, *args, **options)

    shell.InteractiveTB.structured_traceback = structured_traceback
