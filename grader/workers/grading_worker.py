"""What one process keeps between submissions: the assignment, and the runner once a notebook needs it."""

from __future__ import annotations

import time
import traceback

import msgspec

from grader.errors import GraderError
from grader.grading.evidence_view import evidence_view
from grader.grading.grading import failed_result, grade
from grader.grading.likeness import trace
from grader.grading.notebook_runner import NotebookRunner
from grader.grading.submission_reading import fingerprint
from grader.model import Submission
from grader.stopwatch import Stopwatch, timed
from grader.workers.jobs import Graded, JobSettings


class GradingWorker:
    """Grades one submission after another; zygotes live as long as it does. Raises `AssignmentError` where there is none."""

    def __init__(self, rubric: str, settings: JobSettings) -> None:
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
