"""``grader check``: a student's own check, in the terminal and as a page."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec
from rich.console import Console

from grader.atomic_file import FileWriteError, write
from grader.checks.assignment import load
from grader.cli import options
from grader.documents.given.edition import Edition
from grader.grading.grading import grade
from grader.grading.notebook_runner import NotebookRunner, RunSettings
from grader.model import FileKind, Result, Submission, SubmittedFile, Verdict

TO_MEND = 1
USAGE = 2
_KINDS = {
    ".ipynb": FileKind.NOTEBOOK,
    **dict.fromkeys(
        (".pdf", ".docx", ".odt", ".md", ".markdown", ".txt", ".tex", ".html", ".htm", ".rtf"),
        FileKind.REPORT,
    ),
}
_MENDABLE = frozenset((Verdict.FAIL, Verdict.PARTIAL, Verdict.MISSING, Verdict.NOT_RUN))


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--html",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the same as a page.",
)
@options.assignment
@options.handout
@options.execution
@options.output
def command(
    files: tuple[Path, ...],
    page: Path | None,
    assignment: str | None,
    handouts: tuple[tuple[Edition, ...], ...],
    no_execute: bool,
    timeout: float,
    memory: int,
    limits: tuple[tuple[str, float], ...],
    dataset: str,
    unsafe: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Checks your own FILES, a report with or without its notebook, as one submission.

    Shows what was found, what is missing, and a hint; never the answers. Exit status: 0 nothing to mend,
    1 something to mend, 2 wrong usage.
    """
    lab = load(assignment).with_editions([edition for handout in handouts for edition in handout])
    missing = [path for path in files if not path.is_file()]
    if missing:
        click.echo(
            f"grader: {missing[0]} is no file. Give the report, and the notebook if you have one.", err=True
        )
        sys.exit(USAGE)
    settings = RunSettings(seconds=timeout, memory_mb=memory, dataset=dataset, unsafe=unsafe, limits=limits)
    with NotebookRunner(lab, settings) as runner:
        runs = not no_execute and lab.notebook is not None
        judged = grade(
            submission_of(files),
            lab,
            rubric="",
            run=runner.run if runs else None,
            executor=runner.executor if runs and any(path.suffix == ".ipynb" for path in files) else None,
        )
    result = for_student(judged.result)
    if as_json:
        click.echo(result.to_json().decode())
    elif not quiet:
        from grader.feedback import render_terminal  # noqa: PLC0415 - not for --quiet or --json

        render_terminal(result, Console())
    if page is not None:
        from grader.feedback import render_feedback  # noqa: PLC0415 - templates and charts only for a page

        try:
            write(page, render_feedback(result))
        except FileWriteError as problem:
            click.echo(f"grader: {problem}", err=True)
            sys.exit(USAGE)
        if not quiet and not as_json:
            click.echo(f"The same as a page: {page}")
    sys.exit(TO_MEND if something_to_mend(result) else 0)


def submission_of(files: tuple[Path, ...]) -> Submission:
    """The files as one submission; a file of no known kind is tried as a report."""
    return Submission(
        id=files[0].stem,
        files=tuple(
            SubmittedFile(path.name, path, _KINDS.get(path.suffix.lower(), FileKind.REPORT)) for path in files
        ),
    )


def for_student(result: Result) -> Result:
    """The result without what only staff may see."""
    questions = tuple(
        msgspec.structs.replace(
            question, checks=tuple(msgspec.structs.replace(check, staff="") for check in question.checks)
        )
        for question in result.questions
    )
    return msgspec.structs.replace(result, questions=questions, flags=())


def something_to_mend(result: Result) -> bool:
    """Whether a check that carries points lacks something that the student can still put right."""
    return any(
        check.max > 0 and check.verdict in _MENDABLE
        for question in result.questions
        for check in question.checks
    )
