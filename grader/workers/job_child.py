"""The process in which a worker of a cluster grades: ``python -m grader.workers.job_child FD``.

Jobs come and go as bytes over one connection. A submission that kills its process kills this one and not the worker,
which starts another. It ends when the connection does, with all that its notebooks left running.
"""

from __future__ import annotations

import errno
import os
import queue
import shutil
import signal
import socket
import sys
import tempfile
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import msgspec

from grader.errors import GraderError
from grader.workers.grading_worker import GradingWorker
from grader.workers.jobs import JobSettings, Outcome, Parcel, Reply, unpacked
from grader.workspace import workspace

_ROOM: Final = (
    32 << 20
)  # bytes that must be free besides the files themselves: what notebooks and readers write
_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT))


class JobChild:
    """Does jobs; keeps the assignment and what runs notebooks as long as jobs are graded alike."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._worker: GradingWorker | None = None
        self._rubric = ""
        self._answered = False

    def end(self) -> None:
        """Ends what runs notebooks."""
        if self._worker is not None:
            self._worker.end()

    def answer(self, data: bytes) -> Reply:
        """Does one job; whatever keeps this computer from doing it is said in the reply."""
        try:
            parcel = Parcel.from_bytes(data)
            if (free := shutil.disk_usage(self._directory).free) < len(data) + _ROOM:
                return Reply(refused=_no_room(self._directory, free))
            with tempfile.TemporaryDirectory(dir=self._directory, ignore_cleanup_errors=True) as place:
                submission, settings = unpacked(parcel, Path(place))
                worker = self._worker_for(settings)
                if self._rubric != parcel.rubric:
                    if self._answered:
                        sys.exit(
                            0
                        )  # the assignment changed since this process read it: the next one reads it anew
                    return Reply(refused=_other_rubric(settings))
                self._answered = True
                return Reply(Outcome(parcel.key, worker.grade(submission)))
        except GraderError as problem:
            return Reply(refused=f"the worker on {socket.gethostname()} cannot grade this: {problem}")
        except OSError as problem:
            if problem.errno in _FULL:
                return Reply(refused=_no_room(self._directory, 0))
            raise
        except msgspec.DecodeError as problem:
            return Reply(
                refused=f"the worker on {socket.gethostname()} does not understand the job: {problem}"
            )

    def _worker_for(self, settings: JobSettings) -> GradingWorker:
        if self._worker is None or self._worker.settings != settings:
            self.end()
            self._worker = None
            made = GradingWorker("", settings)
            made.rubric = self._rubric = made.assignment.rubric()
            self._worker = made
        return self._worker


def _no_room(directory: Path, free: int) -> str:
    return (
        f"the disk of the worker on {socket.gethostname()} is full ({free >> 20} MB are left for {directory}). "
        "Make room there, or start the worker with another TMPDIR"
    )


def _other_rubric(settings: JobSettings) -> str:
    return (
        f"the worker on {socket.gethostname()} has another edition of the assignment {settings.assignment}: its rubric "
        "differs from the one here. Install the same on every worker, and start them again"
    )


def main() -> None:
    """Answers jobs until the connection ends."""
    descriptor = int(sys.argv[1])
    os.set_inheritable(descriptor, False)
    connection = Connection(descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever runs the worker decides
    arrived: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    with workspace() as directory:
        child = JobChild(directory)

        def stop(*_: object) -> None:
            try:
                child.end()
                shutil.rmtree(directory, ignore_errors=True)
            finally:
                os._exit(0)

        def listen() -> None:
            try:
                while True:
                    arrived.put(connection.recv_bytes())
            except (EOFError, OSError):  # the worker is gone: nobody waits for what is being done
                stop()

        signal.signal(signal.SIGTERM, stop)
        threading.Thread(target=listen, daemon=True).start()
        try:
            while True:
                connection.send_bytes(child.answer(arrived.get()).to_bytes())
        finally:
            child.end()


if __name__ == "__main__":
    main()
