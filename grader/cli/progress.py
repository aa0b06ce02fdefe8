"""What a run of the grader says of itself while it goes on: a bar in a terminal, lines elsewhere, a note in the ledger."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from grader.model import Result
from grader.store import Ledger
from grader.store.running import FINISHED, KEY, STOPPED, begun, further, written

MOST_LINES: Final = 50  # of a whole run, however large the class; beside one where nothing was said for long
QUIET_SECONDS: Final = 60.0
_NOTE_SECONDS: Final = 0.5  # between two notes in the ledger


class Shown(Protocol):
    """Something that shows how far a run has come."""

    def planned(self, todo: int, kept: int) -> None:
        """So many are to be graded, so many are up to date."""

    def done(self, result: Result) -> None:
        """One more is graded."""


class _Bar:
    """A bar, in a terminal."""

    def __init__(self, bar: Progress, total: int) -> None:
        self._bar = bar
        self._task = bar.add_task("grading", total=total)
        self._counts: Counter[str] = Counter()

    def planned(self, todo: int, kept: int) -> None:
        self._bar.update(self._task, completed=kept)
        if kept and not todo:
            self._bar.update(self._task, description="nothing has changed")

    def done(self, result: Result) -> None:
        self._counts[result.status] += 1
        self._bar.update(self._task, advance=1, description=in_words(self._counts))


class _Lines:
    """A line now and then, where nobody watches: at most `MOST_LINES`, and one a minute."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._counts: Counter[str] = Counter()
        self._todo = self._kept = 0
        self._began = self._said = time.monotonic()

    def planned(self, todo: int, kept: int) -> None:
        self._todo, self._kept = todo, kept
        self._began = self._said = time.monotonic()
        unchanged = f", {kept} unchanged" if kept else ""
        self._print(f"{todo} of {todo + kept} to grade{unchanged}" if todo else "nothing has changed")

    def done(self, result: Result) -> None:
        self._counts[result.status] += 1
        count, now = self._counts.total(), time.monotonic()
        step = -(-self._todo // MOST_LINES)
        if count % step and count < self._todo and now - self._said < QUIET_SECONDS:
            return
        self._said = now
        left = (now - self._began) / count * (self._todo - count)
        what = f"{result.submission} {result.status}" if step == 1 else in_words(self._counts)
        rest = f", about {_span(left)} left" if count < self._todo else ""
        self._print(f"{self._kept + count}/{self._kept + self._todo} {what}{rest}")

    def _print(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True)


class Noted:
    """Shows a run, and notes in the ledger how far it is for whoever has the review open."""

    def __init__(self, shown: Shown, ledger: Ledger) -> None:
        self._shown, self._ledger = shown, ledger
        self._run = begun(0, 0)
        self._done = 0
        self._noted = 0.0

    def planned(self, todo: int, kept: int) -> None:
        """See `Shown`."""
        self._run = begun(todo + kept, todo)
        self._note()
        self._shown.planned(todo, kept)

    def done(self, result: Result) -> None:
        """See `Shown`."""
        self._done += 1
        if time.monotonic() - self._noted >= _NOTE_SECONDS:
            self._note()
        self._shown.done(result)

    def ended(self, *, stopped: bool) -> None:
        """The run is over."""
        self._note(STOPPED if stopped else FINISHED)

    @property
    def graded(self) -> tuple[int, int]:
        """How many are up to date, and of how many."""
        return self._run.planned - self._run.todo + self._done, self._run.planned

    def _note(self, ended: str = "") -> None:
        self._noted = time.monotonic()
        self._ledger.describe(**{KEY: written(further(self._run, self._done, ended))})


@contextmanager
def shown_on(console: Console, total: int) -> Iterator[Shown]:
    """A bar where there is a terminal that can draw one; elsewhere lines."""
    if not console.is_terminal or console.is_dumb_terminal:
        yield _Lines(console)
        return
    columns = (
        SpinnerColumn(),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=console) as bar:
        yield _Bar(bar, total)


def in_words(counts: Counter[str]) -> str:
    """How many came to what: ``12 graded, 3 review``."""
    return ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
