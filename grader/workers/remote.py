"""What a worker of a cluster is asked to call: bytes in, bytes out. Light, for a worker imports it before the first job."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from multiprocessing import Pipe

from grader import __version__
from grader.workers.jobs import TRIES, Outcome, Parcel, Reply

_lock = threading.Lock()
_idle: list[_Child] = []


class _Died(Exception):  # noqa: N818 - what happened, within this file
    """The process ended before it answered."""


class _Child:
    """A process that grades (`job_child`). It lives as long as this worker, unless a submission kills it."""

    def __init__(self) -> None:
        self._connection, theirs = Pipe()
        with theirs:
            # Our own interpreter and a module of ours; a worker may be a daemon of multiprocessing, which starts none of its own.
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "grader.workers.job_child", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )

    def ask(self, parcel: bytes, seconds: float) -> bytes:
        """The reply. Raises `TimeoutError`, and `_Died` where the process ended instead."""
        until = time.monotonic() + seconds
        try:
            self._connection.send_bytes(parcel)
            while not self._connection.poll(0.5):
                if self._process.poll() is not None:
                    raise _Died(self._ended())
                if time.monotonic() > until:
                    raise TimeoutError
            return self._connection.recv_bytes()
        except (EOFError, OSError) as problem:
            if isinstance(problem, TimeoutError):
                raise
            raise _Died(self._ended()) from problem

    def end(self) -> None:
        """Ends it with all that it left running."""
        self._connection.close()  # upon which it ends by itself
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
            return
        self._process.kill()
        self._process.wait()

    def _ended(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._process.wait(5)
            return f"signal {-code}" if code < 0 else f"exit status {code}"
        return "it closed its connection"


def run_job(data: bytes) -> bytes:
    """Does one job (`Parcel`) in a process of its own and gives its `Reply`. Where that process dies twice, the job is lost."""
    parcel = Parcel.from_bytes(data)
    if parcel.version != __version__:
        return Reply(
            refused=f"the worker on {socket.gethostname()} has version {__version__} of the grader, here is {parcel.version}. "
            "Install the same on every worker, and start them again"
        ).to_bytes()
    lost = ""
    for _ in range(TRIES):
        with _lock:
            child = _idle.pop() if _idle else None
        child = child or _Child()
        try:
            reply = child.ask(data, parcel.seconds)
        except TimeoutError:
            child.end()
            lost = f"took longer than {parcel.seconds:.0f} s"
            break
        except _Died as problem:
            child.end()
            lost = f"the worker died ({problem})"
            continue
        with _lock:
            _idle.append(child)
        return reply
    return Reply(Outcome(parcel.key, lost=lost)).to_bytes()
