"""Processes of this computer. One that dies or hangs costs its own submission alone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from multiprocessing import get_context
from typing import Any, Final

from pebble import ProcessExpired, ProcessPool

from grader import interrupts
from grader.model import Submission
from grader.workers.grading_worker import GradingWorker
from grader.workers.jobs import TRIES, Graded, Job, JobSettings, Outcome

_POOLS: Final = 5  # that break one after another with nothing done; then something else is wrong
_LOOK: Final = 2.0  # seconds after which is looked whether the pool is still one
_AHEAD: Final = 3  # jobs a worker that are taken up at a time; memory is bounded by this, not by the class


class LocalPool:
    """So many processes, each of them begun when it is needed and kept to the end."""

    def __init__(self, workers: int, rubric: str, settings: JobSettings) -> None:
        self._workers = workers
        self._rubric = rubric
        self._settings = settings

    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Outcomes as they come, one for each job."""
        fresh = ((job, 1) for job in jobs)
        again: list[tuple[Job, int]] = []
        broken = 0
        while broken < _POOLS:
            try:
                for outcome in self._run(fresh, again):
                    broken = 0
                    yield outcome
                return
            except _PoolBrokenError:
                broken += 1
        for job, _ in (*again, *fresh):
            yield Outcome(job.key, lost="no worker could be kept up")

    def _run(self, fresh: Iterator[tuple[Job, int]], again: list[tuple[Job, int]]) -> Iterator[Outcome]:
        """As `run`, in one pool. What is not done stands in `again` when it raises `_PoolBrokenError`."""
        limit = self._settings.seconds()
        with ProcessPool(
            max_workers=self._workers,
            initializer=_begin,
            initargs=[self._rubric, self._settings],
            context=get_context("spawn"),
        ) as pool:
            waiting: dict[Future[Any], tuple[Job, int]] = {}
            try:
                while True:
                    while len(waiting) < _AHEAD * self._workers:
                        following = again.pop() if again else next(fresh, None)
                        if following is None:
                            break
                        try:
                            with interrupts.kept_from_children():  # the first call starts the pool
                                scheduled: Future[Any] = pool.schedule(
                                    _work, args=[following[0].submission], timeout=limit
                                )
                        except RuntimeError as problem:  # a worker was killed while the pool looked after it
                            again.append(following)
                            raise _PoolBrokenError from problem
                        waiting[scheduled] = following
                    if not waiting:
                        return
                    finished, _ = wait(waiting, timeout=_LOOK, return_when=FIRST_COMPLETED)
                    if not finished and not pool.active:
                        raise _PoolBrokenError
                    for future in finished:
                        job, attempt = waiting.pop(future)
                        try:
                            outcome = Outcome(job.key, future.result())
                        except (
                            Exception
                        ) as problem:  # whatever became of a worker, it is this submission's alone
                            if attempt < TRIES and not isinstance(problem, TimeoutError):
                                again.append((job, attempt + 1))
                                continue
                            outcome = Outcome(job.key, lost=_told(problem, limit))
                        yield outcome
            except BaseException as problem:
                if isinstance(problem, _PoolBrokenError):
                    again.extend(waiting.values())
                for future in waiting:
                    future.cancel()
                pool.stop()  # type: ignore[no-untyped-call] # pebble types all but this
                raise


class _PoolBrokenError(Exception):
    """The pool itself is of no more use; what it had not done is done by another."""


def _told(problem: Exception, limit: float) -> str:
    if isinstance(problem, TimeoutError):
        return f"took longer than {limit:.0f} s"
    if isinstance(problem, ProcessExpired):
        return f"the worker died ({problem})"
    return f"its result did not come back ({type(problem).__name__}: {problem})"[:2_000]


_worker: GradingWorker | None = None


def _begin(rubric: str, settings: JobSettings) -> None:
    global _worker  # noqa: PLW0603 - one worker a process, made by the pool's initialiser
    import atexit  # noqa: PLC0415 - only in a worker, as is the next
    import signal  # noqa: PLC0415

    interrupts.ignore()  # the parent decides what Ctrl-C stops
    _worker = GradingWorker(rubric, settings)
    # The pool closes its pipe, upon which a worker ends by itself, and then terminates those that have not yet: while
    # Python takes itself apart nothing is left that could be told.
    atexit.register(signal.signal, signal.SIGTERM, signal.SIG_IGN)
    atexit.register(_worker.end)
    signal.signal(signal.SIGTERM, _terminated)


def _terminated(_signal: int, _frame: object) -> None:
    """Ends this worker with all that its notebooks left running, unless it is at that already."""
    if _worker is not None:
        if _worker.ending:
            return
        _worker.end()
    os._exit(0)


def _work(submission: Submission) -> Graded:
    assert _worker is not None, "the pool's initialiser made it"
    return _worker.grade(submission)
