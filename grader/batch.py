"""Grades many submissions in workers, of this computer or of a cluster. A worker that dies or hangs costs its own submission alone.

Every finished result is in the ledger before the next is begun, so a batch that is killed goes on where it
stopped. Results come back in any order; each submission has exactly one.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from grader.checks.assignment import Assignment
from grader.checks.assignment_finding import load
from grader.documents.given.edition import Edition
from grader.grading.class_likeness import compare_class
from grader.grading.grading import failed_result
from grader.grading.known_files import KnownFiles
from grader.grading.notebook_runner import RunSettings
from grader.grading.submission_reading import fingerprint
from grader.late_terms import bring_up_to_date, keep_deadline, late_terms
from grader.lateness import Deadline
from grader.model import Result, Submission, Value
from grader.store import Ledger
from grader.workers import Cluster, Graded, Job, JobSettings, opened
from grader.workers.grading_worker import GradingWorker

LARGEST_ORIGINAL: Final = (
    64 << 20
)  # bytes of a file that is kept beside the ledger for whoever must look at it


class BatchSettings(Value, frozen=True):
    """How a batch is graded. `execute` runs notebooks, as `run` says.

    `handouts` are what the course handed out beside the editions that the assignment knows. Without a `deadline` the one
    that the ledger knows stands. With `profile` results say where the time went.
    `cluster` is where; results are the same everywhere.
    """

    assignment: str
    jobs: int = 0
    execute: bool = True
    run: RunSettings = RunSettings()
    handouts: tuple[Edition, ...] = ()
    deadline: Deadline | None = None
    profile: bool = False
    cluster: Cluster = Cluster()

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
    made_with = JobSettings(
        settings.assignment, settings.execute, settings.run, settings.handouts, settings.profile
    )
    runs_notebooks = settings.execute and assignment.notebook is not None
    if len(todo) == 1 and not runs_notebooks and not settings.cluster:
        yield GradingWorker(rubric, made_with).grade(todo[0])
        return
    waiting: dict[str, Submission] = {}

    def jobs() -> Iterator[Job]:
        for one in todo:
            job = Job.of(one, made_with, settings.digest(), rubric)
            waiting[job.key] = one
            yield job

    with opened(
        settings.cluster, workers=settings.workers(len(todo)), rubric=rubric, settings=made_with
    ) as pool:
        for outcome in pool.run(jobs()):
            done = waiting.pop(outcome.key, None)
            if done is not None:  # the first result wins
                yield outcome.graded or _lost(done, assignment, rubric, outcome.lost)


def _lost(one: Submission, assignment: Assignment, rubric: str, what: str) -> Graded:
    result = failed_result(one, assignment, rubric, f"The submission could not be graded: {what}.")
    return Graded(result, fingerprint(one))
