"""Where the time of one submission goes: seconds by part, each second counted once."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Final

PARTS: Final = ("libraries", "kernel", "cells", "probe", "reading", "curves", "pictures", "checks", "pages")
"""Libraries imported by the first kernels, fork and sandbox, the student's own cells, code of ours with an answer in it,
files read, curves followed, pictures read (OCR), checks, what pages are made from."""

_running: ContextVar[Stopwatch | None] = ContextVar("stopwatch", default=None)


class Stopwatch:
    """Counts for all that runs within it, in one thread; what runs within a part that is counted is taken out of it."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._open: list[str] = []
        self._since = 0.0

    @contextlib.contextmanager
    def counting(self) -> Iterator[Stopwatch]:
        """Makes this the one that `timed` counts on."""
        token = _running.set(self)
        try:
            yield self
        finally:
            _running.reset(token)

    def begin(self, part: str) -> None:
        """From now on `part` is counted."""
        self._turn()
        self._open.append(part)

    def end(self) -> None:
        """Goes back to the part that was counted before."""
        self._turn()
        self._open.pop()

    def move(self, part: str, seconds: float) -> None:
        """Some of what the part that is open took was another's."""
        if self._open and seconds > 0:
            self._seconds[part] = self._seconds.get(part, 0.0) + seconds
            self._seconds[self._open[-1]] = self._seconds.get(self._open[-1], 0.0) - seconds

    def seconds(self) -> dict[str, float]:
        """Seconds of each part that took any, in a fixed order."""
        return {part: round(self._seconds[part], 4) for part in PARTS if self._seconds.get(part, 0.0) > 0}

    def _turn(self) -> None:
        now = time.perf_counter()
        if self._open:
            self._seconds[self._open[-1]] = self._seconds.get(self._open[-1], 0.0) + now - self._since
        self._since = now


@contextlib.contextmanager
def timed(part: str) -> Iterator[None]:
    """Counts what runs within as `part`, if anybody counts."""
    watch = _running.get()
    if watch is None:
        yield
        return
    watch.begin(part)
    try:
        yield
    finally:
        watch.end()


def moved(part: str, seconds: float) -> None:
    """Counts so many seconds of what is counted now as `part`."""
    watch = _running.get()
    if watch is not None:
        watch.move(part, seconds)
