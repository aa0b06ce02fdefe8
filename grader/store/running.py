"""How far a run of the grader over a folder has come, for whoever has the folder open meanwhile."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime
from typing import Final

import msgspec

from grader.model import Value

KEY: Final = "running"  # under which the ledger's `about` keeps it
FINISHED: Final = "finished"
STOPPED: Final = "stopped"


class Running(Value, frozen=True):
    """A run: how many submissions there are, how many of them are `done` by now, since when, by which process.

    `ended` is empty while it goes on, then ``finished`` or ``stopped``. Times are seconds since 1970, UTC.
    """

    planned: int
    todo: int
    done: int
    started: float
    at: float
    host: str = ""
    pid: int = 0
    ended: str = ""

    @property
    def graded(self) -> int:
        """Of all submissions, those that are up to date."""
        return self.planned - self.todo + self.done

    def seconds_left(self) -> float | None:
        """How long the rest takes at the pace so far; None where that is not known yet."""
        passed = self.at - self.started
        return passed / self.done * (self.todo - self.done) if self.done and passed > 0 else None

    def goes_on(self) -> bool:
        """Whether the run has not ended; one whose process is gone has."""
        if self.ended:
            return False
        if self.host != socket.gethostname():
            return True
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except OSError:
            return True
        return True


def begun(planned: int, todo: int) -> Running:
    """A run of this process that begins now."""
    now = _now()
    return Running(planned, todo, 0, now, now, socket.gethostname(), os.getpid())


def further(run: Running, done: int, ended: str = "") -> Running:
    """The same run once `done` submissions are done."""
    return msgspec.structs.replace(run, done=done, at=_now(), ended=ended)


def written(run: Running) -> str:
    """As the ledger keeps it."""
    return msgspec.json.encode(run).decode()


def read(text: str) -> Running | None:
    """What `written` wrote; None for anything else."""
    try:
        return msgspec.json.decode(text, type=Running)
    except msgspec.DecodeError:
        return None


def _now() -> float:
    return datetime.now(UTC).timestamp()
