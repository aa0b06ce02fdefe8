"""``grader check``: a student's own check, in the terminal and as a page."""

from __future__ import annotations

import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import click
from rich.console import Console

from grader.atomic_file import write
from grader.checks.assignment_finding import installed, load
from grader.cli import options, watching
from grader.cli.faults import FAULT, trace_wanted
from grader.documents.given.edition import Edition
from grader.errors import IntakeError, SeveralAssignmentsError
from grader.execution.shared.child_request import Wall
from grader.grading.grading import Judged, grade
from grader.grading.notebook_runner import NotebookRunner, RunSettings
from grader.grading.recognising import recognised
from grader.grading.student_view import for_student
from grader.model import CheckResult, FileKind, Result, Submission, SubmittedFile, Verdict
from grader.translations import Phrasebook, phrasebook, translated

TO_MEND = 1
_KINDS = {
    ".ipynb": FileKind.NOTEBOOK,
    **dict.fromkeys(
        (".pdf", ".docx", ".odt", ".md", ".markdown", ".txt", ".tex", ".html", ".htm", ".rtf"),
        FileKind.REPORT,
    ),
}


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--html",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the same as a page.",
)
@click.option(
    "--hint",
    "steps",
    type=click.IntRange(0, 3),
    default=1,
    show_default=True,
    metavar="STEP",
    help="How near the hints come: 1 to 3, none of them the answer; 0 for none.",
)
@click.option("--watch", is_flag=True, help="Check again whenever one of the files changes, until Ctrl-C.")
@options.language
@options.assignment
@options.handout
@options.execution
@options.output
def command(
    files: tuple[Path, ...],
    page: Path | None,
    steps: int,
    watch: bool,
    language: str | None,
    assignment: str | None,
    handouts: tuple[tuple[Edition, ...], ...],
    no_execute: bool,
    timeout: float,
    memory: int,
    limits: tuple[tuple[str, float], ...],
    dataset: str,
    wall: Wall | None,
    unsafe: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Checks your own FILES, a report with or without its notebook, as one submission.

    Shows what was found, what is missing, and a hint; never the answers. Exit status: 0 nothing to mend,
    1 something to mend, 2 wrong usage, 70 an error of ours and nothing else; with --watch 0, however it ends.
    """
    if watch and quiet and page is None:
        raise click.UsageError(
            "--watch with --quiet tells nothing: add --html FILE, or leave one of them out."
        )
    for path in files:
        _refuse_what_is_no_file(path)
    try:
        lab = load(assignment, files)
    except SeveralAssignmentsError:
        lab = recognised([load(name) for name in installed()], submission_of(files))
    lab = lab.with_editions([edition for handout in handouts for edition in handout])
    settings = RunSettings(
        seconds=timeout, memory_mb=memory, dataset=dataset, wall=wall or "", unsafe=unsafe, limits=limits
    )
    with NotebookRunner(lab, settings) as runner:
        runs = not no_execute and lab.notebook is not None and find_spec("nbclient") is not None

        def check() -> int:
            handed_in = submission_of(files)
            if runs:
                runner.prepare(handed_in.files)
            judged = grade(
                handed_in,
                lab,
                rubric="",
                run=runner.run if runs else None,
                executor=runner.executor if runs else None,
            )
            book = phrasebook(language or judged.result.language, lab.place)
            return _told(judged, book, steps, page, quiet=quiet, as_json=as_json)

        status = watching.whenever_changed(files, check, clear=not as_json) if watch else check()
    sys.exit(status)


def _told(
    judged: Judged, book: Phrasebook, steps: int, page: Path | None, *, quiet: bool, as_json: bool
) -> int:
    """Says what was found, as text, JSON or a page, and gives the exit status."""
    broken = broken_checks(judged.result)
    if broken and trace_wanted():
        click.echo("\n".join(check.staff for check in broken), err=True)
    result = for_student(judged.result, steps)
    if as_json:
        click.echo(translated(result, book).to_json())
    elif not quiet:
        from grader.feedback import render_terminal  # noqa: PLC0415 - not for --quiet or --json
        from grader.feedback.verdict_words import concerns_student  # noqa: PLC0415 - the same

        render_terminal(result, Console(), draft=True, book=book)
        if 0 < steps < 3 and any(
            concerns_student(check) and len(check.more_hints) >= steps
            for question in judged.result.questions
            for check in question.checks
        ):
            click.echo(book.put("There are nearer hints: add --hint {0}.", str(steps + 1)))
    if page is not None:
        from grader.feedback import render_feedback  # noqa: PLC0415 - templates and charts only for a page

        write(page, render_feedback(result, draft=True, book=book))
        if not quiet and not as_json:
            click.echo(book.put("The same as a page: {0}", str(page)))
    return TO_MEND if something_to_mend(result) else FAULT if broken else 0


def _refuse_what_is_no_file(path: Path) -> None:
    """Raises `IntakeError` with what there is in place of a file."""
    if path.is_file():
        with path.open("rb"):  # the computer's own refusal says it best
            return
    what = "is a folder" if path.is_dir() else "is no file" if path.exists() else "is not there"
    raise IntakeError(f"{path} {what}. Give the report itself, and the notebook if you have one.")


def submission_of(files: tuple[Path, ...]) -> Submission:
    """The files as one submission; a file of no known kind is tried as a report, one that is named twice is read once.

    Files of the same name in two folders are told apart by their paths.
    """
    given: dict[Path, Path] = {}
    for path in files:
        given.setdefault(path.resolve(), path)
    names = Counter(path.name for path in given.values())
    return Submission(
        id=_readable(files[0].stem),
        files=tuple(
            SubmittedFile(
                _readable(path.name if names[path.name] == 1 else str(path)),
                path,
                _KINDS.get(path.suffix.lower(), FileKind.REPORT),
            )
            for path in given.values()
        ),
    )


def _readable(name: str) -> str:
    """A file's name as text: bytes that are no UTF-8 cannot stand in a result."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def something_to_mend(result: Result) -> bool:
    """Whether a check that carries points lacks what the student can still put right, or a file cannot be read."""
    from grader.feedback.verdict_words import to_mend  # noqa: PLC0415 - its room loads the templates

    return any(file.unread for file in result.files) or any(
        to_mend(question) for question in result.questions
    )


def broken_checks(result: Result) -> list[CheckResult]:
    """The checks that met an error of ours: what is said of their questions is not the whole."""
    return [
        check for question in result.questions for check in question.checks if check.verdict is Verdict.ERROR
    ]
