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
from grader.grading.grading import failed_result
from grader.grading.likeness import similar
from grader.grading.notebook_runner import RunSettings
from grader.grading.submission_reading import fingerprint
from grader.model import Result, Submission, Value
from grader.store import Ledger
from grader.workers import Cluster, Graded, Job, JobSettings, opened
from grader.workers.grading_worker import GradingWorker

LARGEST_ORIGINAL: Final = (
    64 << 20
)  # bytes of a file that is kept beside the ledger for whoever must look at it


class BatchSettings(Value, frozen=True):
    """How a batch is graded. `execute` runs notebooks, as `run` says.

    `handouts` are what the course handed out beside the editions that the assignment knows. `cluster` is where; results
    are the same everywhere.
    """

    assignment: str
    jobs: int = 0
    execute: bool = True
    run: RunSettings = RunSettings()
    handouts: tuple[Edition, ...] = ()
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
    on_done: Callable[[Graded], None] = lambda _: None,
    on_plan: Callable[[int, int], None] = lambda _todo, _kept: None,
) -> BatchOutcome:
    """Grades what is new or changed and records it. `on_done` is called in this process for each as it comes in."""
    started = time.monotonic()
    assignment = settings.graded_with()
    rubric = assignment.rubric()
    done = ledger.up_to_date(rubric=rubric, settings=settings.digest())
    todo = [one for one in submissions if done.get(one.id) != fingerprint(one)]
    ledger.describe(assignment=assignment.id, title=assignment.title, planned=str(len(submissions)))
    on_plan(len(todo), len(submissions) - len(todo))
    by_id = {one.id: one for one in submissions}
    for graded in _graded(todo, assignment, rubric, settings):
        result = graded.result
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
        on_done(graded)
    ledger.keep_only({one.id for one in submissions})
    compared = _digest_of(ledger)
    if (
        ledger.about().get("compared") != compared
    ):  # also where the last run was killed before it came to this
        ledger.sweep()
        ledger.write_pairs(similar(ledger.traces(), ledger.results(), assignment.coincidence))
        ledger.describe(compared=compared)
    errors = tuple(result.submission for result in ledger.results() if result.status == "error")
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


def _digest_of(ledger: Ledger) -> str:
    """What tells whether the submissions are those that were compared with each other before."""
    digest = hashlib.sha256()
    for name, made_from in ledger.digests().items():
        digest.update(f"{name}\0{made_from.page}\0".encode())
    return digest.hexdigest()


def _graded(
    todo: Sequence[Submission], assignment: Assignment, rubric: str, settings: BatchSettings
) -> Iterator[Graded]:
    if not todo:
        return
    made_with = JobSettings(settings.assignment, settings.execute, settings.run, settings.handouts)
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
