"""Grades many submissions in worker processes. A worker that dies or hangs costs its own submission alone.

Every finished result is in the ledger before the next is begun, so a batch that is killed goes on where it
stopped. Results come back in any order; each submission has exactly one.
"""

from __future__ import annotations

import hashlib
import os
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import msgspec
from pebble import ProcessExpired, ProcessPool

from grader.checks.assignment import Assignment
from grader.checks.assignment_finding import load
from grader.documents.given.edition import Edition
from grader.errors import GraderError
from grader.grading.class_likeness import compare_class
from grader.grading.evidence_view import evidence_view
from grader.grading.grading import failed_result, grade
from grader.grading.known_files import KnownFiles
from grader.grading.likeness import trace
from grader.grading.notebook_runner import NotebookRunner, RunSettings
from grader.grading.submission_reading import fingerprint
from grader.late_terms import bring_up_to_date, keep_deadline, late_terms
from grader.lateness import Deadline
from grader.model import Result, Submission, Value
from grader.page_data import PageData, Trace
from grader.stopwatch import Stopwatch, timed
from grader.store import Ledger

MINUTES_A_SUBMISSION: Final = (
    6  # beside the notebook's own time limit: reading, pictures, checks. Then the worker is ended.
)
LARGEST_ORIGINAL: Final = (
    64 << 20
)  # bytes of a file that is kept beside the ledger for whoever must look at it
_TRIES: Final = (
    2  # a submission whose worker died is tried once more, for the fault may not have been its own
)


class BatchSettings(Value, frozen=True):
    """How a batch is graded. `execute` runs notebooks, as `run` says.

    `handouts` are what the course handed out beside the editions that the assignment knows. Without a `deadline` the one
    that the ledger knows stands. With `profile` results say where the time went.
    """

    assignment: str
    jobs: int = 0
    execute: bool = True
    run: RunSettings = RunSettings()
    handouts: tuple[Edition, ...] = ()
    deadline: Deadline | None = None
    profile: bool = False

    def digest(self) -> str:
        """What of these decides the results themselves."""
        said = f"execute={int(self.execute)};dataset={self.run.dataset}"
        given = sorted(edition.digest() for edition in self.handouts)
        return f"{said};handouts={','.join(one[:16] for one in given)}" if given else said

    def graded_with(self) -> Assignment:
        """The assignment, with what the course handed out. Raises `AssignmentError`."""
        return load(self.assignment).with_editions(self.handouts)

    def workers(self, submissions: int) -> int:
        """How many processes are worth starting."""
        return max(1, min(self.jobs or os.cpu_count() or 1, submissions))


class Graded(Value, frozen=True):
    """A submission that is done: its result, the digest of what was graded, and what its pages are made from.

    `blobs` are the bytes that `page` names by their digests.
    """

    result: Result
    content: str
    seconds: float = 0.0
    page: PageData = PageData()
    blobs: Mapping[str, bytes] = {}
    trace: Trace = Trace()


class BatchOutcome(Value, frozen=True):
    """What became of a batch; `kept` were up to date and not graded again."""

    graded: int
    kept: int
    errors: tuple[str, ...]
    seconds: float


def grade_all(
    submissions: Sequence[Submission],
    settings: BatchSettings,
    ledger: Ledger,
    *,
    passing: Path | None = None,
    check_content: bool = False,
    on_done: Callable[[Graded], None] = lambda _: None,
    on_plan: Callable[[int, int], None] = lambda _todo, _kept: None,
) -> BatchOutcome:
    """Grades what is new or changed and records it. `on_done` is called in this process for each as it comes in.

    Files whose size, times and inode are as they were when they were read count as unchanged, but with `check_content`
    everything is read. `passing` is a folder of files that are unpacked anew for each batch.
    """
    started = time.monotonic()
    assignment = settings.graded_with()
    rubric = assignment.rubric()
    done = ledger.up_to_date(rubric=rubric, settings=settings.digest())
    files = KnownFiles(ledger, passing=passing, check_content=check_content)
    todo = files.changed(submissions, done)
    ledger.describe(assignment=assignment.id, title=assignment.title, planned=str(len(submissions)))
    on_plan(len(todo), len(submissions) - len(todo))
    by_id = {one.id: one for one in submissions}
    stamps = {one.id: files.stamps(one) for one in todo}
    if settings.deadline is not None:
        keep_deadline(ledger, settings.deadline)
    terms = late_terms(ledger)
    for graded in _graded(todo, assignment, rubric, settings):
        result = terms.applied_to(graded.result, by_id[graded.result.submission])
        ledger.record(
            result,
            content=graded.content,
            settings=settings.digest(),
            lms=by_id[result.submission].lms,
            originals=_originals(result, by_id[result.submission]),
            trace=graded.trace,
            page=graded.page,
            blobs=graded.blobs,
        )
        files.read(result, stamps.pop(result.submission))
        on_done(graded)
    files.close()
    ledger.keep_only({one.id for one in submissions})
    bring_up_to_date(ledger, submissions)
    compared = _digest_of(ledger, rubric)
    # Also where the last run was killed before it came to this.
    if ledger.about().get("compared") != compared:
        ledger.sweep()
        compare_class(ledger, assignment.coincidence)
        ledger.describe(compared=compared)
    errors = tuple(ledger.in_error())
    return BatchOutcome(len(todo), len(submissions) - len(todo), errors, time.monotonic() - started)


def _originals(result: Result, submission: Submission) -> dict[str, Path]:
    """The files that were handed in, by digest, as far as they are not too large to keep."""
    digests = {file.name: file.sha256 for file in result.files}
    return {
        digests[file.name]: file.path
        for file in submission.files
        if digests.get(file.name)
        and os.access(file.path, os.R_OK)
        and file.path.stat().st_size <= LARGEST_ORIGINAL
    }


def _digest_of(ledger: Ledger, rubric: str) -> str:
    """What tells whether the submissions are those that were compared with each other before, by the same rubric."""
    digest = hashlib.sha256(rubric.encode())
    for name, made_from in ledger.digests().items():
        digest.update(f"{name}\0{made_from.page}\0".encode())
    return digest.hexdigest()


def _graded(
    todo: Sequence[Submission], assignment: Assignment, rubric: str, settings: BatchSettings
) -> Iterator[Graded]:
    if not todo:
        return
    runs_notebooks = settings.execute and assignment.notebook is not None
    if len(todo) == 1 and not runs_notebooks:
        yield _Worker(rubric, settings).grade(todo[0])
        return
    limit = MINUTES_A_SUBMISSION * 60 + settings.run.seconds
    with ProcessPool(
        max_workers=settings.workers(len(todo)),
        initializer=_begin,
        initargs=[rubric, settings],
        context=get_context("spawn"),
    ) as pool:
        waiting: dict[Future[Any], tuple[Submission, int]] = {}
        queue = [(one, 1) for one in reversed(todo)]
        at_once = 3 * settings.workers(len(todo))
        try:
            while queue or waiting:
                while queue and len(waiting) < at_once:
                    one, attempt = queue.pop()
                    waiting[pool.schedule(_work, args=[one], timeout=limit)] = (one, attempt)
                finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in finished:
                    one, attempt = waiting.pop(future)
                    try:
                        graded = future.result()
                    except Exception as problem:  # whatever became of a worker, it is this submission's alone
                        if attempt < _TRIES and not isinstance(problem, TimeoutError):
                            queue.append((one, attempt + 1))
                            continue
                        graded = _lost(one, assignment, rubric, problem, limit)
                    yield graded
        except BaseException:
            for future in waiting:
                future.cancel()
            pool.stop()  # type: ignore[no-untyped-call] # pebble types all but this
            raise


def _lost(one: Submission, assignment: Assignment, rubric: str, problem: Exception, limit: float) -> Graded:
    what = (
        f"took longer than {limit:.0f} s"
        if isinstance(problem, TimeoutError)
        else f"the worker died ({problem})"
        if isinstance(problem, ProcessExpired)
        else f"its result did not come back ({type(problem).__name__}: {problem})"[:2_000]
    )
    result = failed_result(one, assignment, rubric, f"The submission could not be graded: {what}.")
    return Graded(result, fingerprint(one))


class _Worker:
    """What one process keeps between submissions: the assignment, and the runner once a notebook needs it."""

    def __init__(self, rubric: str, settings: BatchSettings) -> None:
        self.assignment = settings.graded_with()
        self.rubric = rubric
        self.settings = settings
        self.runner = NotebookRunner(self.assignment, settings.run)
        self.ending = False

    def end(self) -> None:
        """Ends what runs notebooks, once."""
        self.ending = True
        self.runner.close()

    def grade(self, submission: Submission) -> Graded:
        """Grades one submission; a fault of ours becomes its result, and no exception."""
        try:
            return self._grade(submission)
        except GraderError as problem:  # its message is the whole of what a person needs
            return Graded(
                failed_result(submission, self.assignment, self.rubric, str(problem)), fingerprint(submission)
            )
        except Exception:
            what = traceback.format_exc(limit=-6)[-2_000:]
            result = failed_result(submission, self.assignment, self.rubric, what)
            return Graded(result, fingerprint(submission))

    def _grade(self, submission: Submission) -> Graded:
        started = time.monotonic()
        content = fingerprint(submission)
        runs = self.settings.execute and self.assignment.notebook is not None
        watch = Stopwatch()
        with watch.counting():
            judged = grade(
                submission,
                self.assignment,
                rubric=self.rubric,
                run=self.runner.run if runs else None,
                executor=self.runner.executor if runs else None,
            )
            with timed("pages"):
                view = evidence_view(judged, {file.name: file.path for file in submission.files})
        timings = watch.seconds() if self.settings.profile else {}
        return Graded(
            msgspec.structs.replace(judged.result, timings=timings),
            content,
            time.monotonic() - started,
            view.page,
            view.blobs,
            trace(judged.documents, self.assignment.given()),
        )


_worker: _Worker | None = None


def _begin(rubric: str, settings: BatchSettings) -> None:
    global _worker  # noqa: PLW0603 - one worker a process, made by the pool's initialiser
    import atexit  # noqa: PLC0415 - only in a worker, as is the next
    import signal  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C stops
    _worker = _Worker(rubric, settings)
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
