"""What another rubric would come to, from what is kept of a graded class: nothing is run, nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from grader.checks.assignment import Assignment
from grader.errors import AssignmentError
from grader.grading import kept_run
from grader.grading.grading import grade
from grader.grading.notebook_runner import NotebookRunner, RunSettings
from grader.model import Execution, Result, Submission, SubmittedFile, Value, Verdict
from grader.page_data import PageData
from grader.store.blobs import Blobs

if TYPE_CHECKING:
    from grader.execution import NotebookRun


class Changed(Value, frozen=True):
    """A check whose verdict or points would change for one submission. None where the check is new, or goes."""

    submission: str
    check: str
    was: Verdict | None
    now: Verdict | None
    points_was: float
    points_now: float
    message: str = ""


class Trial(Value, frozen=True):
    """`total` submissions judged anew; those that could not be, with the reason; and every check that would change."""

    total: int
    changed: tuple[Changed, ...] = ()
    not_judged: tuple[tuple[str, str], ...] = ()


def try_rubric(
    assignment: Assignment,
    results: Iterable[tuple[Result, PageData]],
    blobs: Blobs,
    workspace: Path,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Trial:
    """Judges each submission anew from its files and what its notebook gave when it was run."""
    changed: list[Changed] = []
    left: list[tuple[str, str]] = []
    total = 0
    with NotebookRunner(
        assignment, RunSettings()
    ) as runner:  # for checks that run one answer in code of ours
        for result, page in results:
            progress(result.submission)
            with TemporaryDirectory(dir=workspace) as place:
                try:
                    judged = _judged(assignment, result, page, blobs, runner, Path(place))
                except AssignmentError as problem:
                    left.append((result.submission, str(problem)))
                    continue
            total += 1
            changed += _differences(result, judged)
    return Trial(total, tuple(changed), tuple(left))


def _judged(
    assignment: Assignment,
    result: Result,
    page: PageData,
    blobs: Blobs,
    runner: NotebookRunner,
    workspace: Path,
) -> Result:
    files = []
    for number, file in enumerate(result.files):
        kept = blobs.path(file.sha256)
        if kept is None:
            raise AssignmentError(f"{file.name} was not kept: grade the submission again")
        place = workspace / str(number) / Path(file.name).name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(kept.read_bytes())
        files.append(SubmittedFile(file.name, place, file.kind))
    run = kept_run.from_bytes(blobs.get(page.run)) if page.run else None
    if run is None and page.notebook:
        raise AssignmentError("what its notebook gave was not kept: grade the submission again")

    def ran(_file: SubmittedFile) -> tuple[NotebookRun | None, Execution]:
        return run, result.execution

    submission = Submission(result.submission, tuple(files), result.students)
    return grade(
        submission,
        assignment,
        rubric="",
        run=ran if run is not None else None,
        executor=runner.executor if assignment.notebook is not None else None,
    ).result


def _differences(before: Result, after: Result) -> list[Changed]:
    was = {check.id: check for question in before.questions for check in question.checks}
    now = {check.id: check for question in after.questions for check in question.checks}
    found = []
    for check in dict.fromkeys((*was, *now)):
        one, other = was.get(check), now.get(check)
        points = one.points if one else 0.0, other.points if other else 0.0
        if one and other and one.verdict is other.verdict and points[0] == points[1]:
            continue
        found.append(
            Changed(
                before.submission,
                check,
                one.verdict if one else None,
                other.verdict if other else None,
                *points,
                other.message if other else "",
            )
        )
    return found
