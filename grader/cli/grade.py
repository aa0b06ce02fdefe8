"""``grader grade``: a folder, an archive or single files in; marks and feedback out."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from grader.batch import BatchOutcome, BatchSettings, Graded, grade_all
from grader.checks.assignment import load
from grader.class_summary import ClassSummary
from grader.cli import options
from grader.documents.given.edition import Edition
from grader.errors import IntakeError
from grader.graded_folder import open_ledger, render_folder
from grader.grading.notebook_runner import RunSettings
from grader.intake import Intake, collect
from grader.model import Status, Verdict
from grader.workspace import workspace

ERRORS_FOUND = 1
_SIGNS = {
    "pass": "green",
    "partial": "yellow",
    "fail": "red",
    "missing": "red",
    "review": "magenta",
    "not_run": "dim",
    "error": "bold red",
}


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    default=Path("graded"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The graded folder.",
)
@click.option(
    "--from", "system", metavar="SYSTEM", help="The LMS that PATHS come from; recognised by itself as a rule."
)
@click.option(
    "--pattern",
    metavar="REGEX",
    help="How your own system names files: a pattern with the groups id, name, file.",
)
@click.option(
    "--depth",
    type=click.IntRange(1, 24),
    metavar="N",
    help="Each folder N levels below PATHS is one submission; found out by itself as a rule.",
)
@click.option(
    "--check-content",
    is_flag=True,
    help="Read every file again, also those whose size and times are as they were.",
)
@options.roster
@options.assignment
@options.handout
@options.jobs
@options.execution
@options.output
def command(
    paths: tuple[Path, ...],
    out: Path,
    system: str | None,
    pattern: str | None,
    depth: int | None,
    check_content: bool,
    roster: Path | None,
    assignment: str | None,
    handouts: tuple[tuple[Edition, ...], ...],
    jobs: int | None,
    no_execute: bool,
    timeout: float,
    memory: int,
    limits: tuple[tuple[str, float], ...],
    dataset: str,
    unsafe: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Grades PATHS: a folder of submissions, an LMS's download, or single files.

    Goes on where it was stopped, and grades again only what changed. Exit status: 0 all graded, 1 some
    submission met an error of ours and is graded again next time, 2 wrong usage.
    """
    console = Console(stderr=as_json, quiet=quiet)
    lab = load(assignment)
    settings = BatchSettings(
        assignment=lab.id,
        jobs=jobs or 0,
        execute=not no_execute,
        handouts=tuple(edition for handout in handouts for edition in handout),
        run=RunSettings(seconds=timeout, memory_mb=memory, dataset=dataset, unsafe=unsafe, limits=limits),
    )
    try:
        with workspace() as unpacked, open_ledger(out) as ledger:
            intake = collect(
                list(paths),
                unpacked,
                system=system,
                roster=roster,
                pattern=pattern,
                accounts=lab.accounts,
                depth=depth,
            )
            if not intake.submissions:
                raise IntakeError(_nothing(intake, paths))
            with _bar(console) as bar:
                task = bar.add_task("grading", total=len(intake.submissions))
                counts: Counter[str] = Counter()

                def done(graded: Graded) -> None:
                    counts[graded.result.status] += 1
                    shown = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
                    bar.update(task, advance=1, description=shown)

                def planned(todo: int, kept: int) -> None:
                    bar.update(task, completed=kept)
                    if kept and not todo:
                        bar.update(task, description="nothing has changed")

                outcome = grade_all(
                    intake.submissions,
                    settings,
                    ledger,
                    passing=unpacked,
                    check_content=check_content,
                    on_done=done,
                    on_plan=planned,
                )
            summary = render_folder(out, ledger, jobs=jobs or 0).summary
    except KeyboardInterrupt:
        click.echo("grader: stopped. What was graded is kept; the same command goes on from there.", err=True)
        sys.exit(130)
    _closing(console, summary, intake, outcome, out)
    if as_json:
        click.echo(json.dumps(_summary(summary, intake, outcome, out), ensure_ascii=False))
    sys.exit(ERRORS_FOUND if outcome.errors else 0)


def _nothing(intake: Intake, paths: tuple[Path, ...]) -> str:
    places = ", ".join(str(path) for path in paths)
    reasons = "; ".join(f"{one.path}: {one.reason}" for one in intake.unplaced[:5])
    return (
        f"no submissions were found in {places}"
        + (f" ({reasons})" if reasons else "")
        + ". Give a folder with one sub-folder or file a student."
    )


def _bar(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        TextColumn("{task.description}", markup=False),
        console=console,
    )


def _closing(
    console: Console, summary: ClassSummary, intake: Intake, outcome: BatchOutcome, out: Path
) -> None:
    """The closing table: verdicts by question, then what a person must look at."""
    if not summary.submissions:
        return
    shown = [verdict for verdict in Verdict if verdict is not Verdict.NOT_RUN]  # no question ends in it
    table = Table(title=Text(f"{summary.submissions} submissions"), title_justify="left")
    table.add_column("question", no_wrap=True)
    for verdict in shown:
        table.add_column(verdict.value, justify="right", style=_SIGNS[verdict.value], no_wrap=True)
    table.add_column("mean", justify="right", no_wrap=True)
    for question in summary.questions:
        table.add_row(
            Text(question.id),
            *(str(question.counts.get(verdict) or "") for verdict in shown),
            f"{question.mean:.2f} / {question.max:g}",
        )
    console.print(table)
    waiting = summary.status.get(Status.REVIEW, 0)
    if waiting:
        console.print(Text(f"A person must look at {waiting}:", style="magenta"))
        for submission, checks in summary.waiting:
            console.print(Text(f"  {submission}: {', '.join(checks)}"))
        if waiting > len(summary.waiting):
            console.print(Text(f"  … and {waiting - len(summary.waiting)} more; see index.html"))
    if summary.flags:
        console.print(Text("Flags (for staff):"))
        for submission, kinds in summary.flagged:
            console.print(Text(f"  {submission}: {', '.join(kinds)}"))
        if summary.flags > len(summary.flagged):
            console.print(Text(f"  … and {summary.flags - len(summary.flagged)} more; see index.html"))
    for problem in intake.problems:
        console.print(Text(f"Note: {problem}", style="yellow"))
    for one in intake.unplaced:
        console.print(Text(f"Not placed: {one.path}: {one.reason}", style="yellow"))
    if outcome.errors:
        console.print(
            Text(f"Errors of ours, graded again next time: {', '.join(outcome.errors)}", style="bold red")
        )
    console.print(
        Text(
            f"{outcome.graded} graded, {outcome.kept} unchanged, {outcome.seconds:.1f} s. Open {out / 'index.html'}"
        )
    )


def _summary(summary: ClassSummary, intake: Intake, outcome: BatchOutcome, out: Path) -> dict[str, object]:
    return {
        "out": str(out),
        "submissions": summary.submissions,
        "graded": outcome.graded,
        "unchanged": outcome.kept,
        "status": dict(sorted((str(status), count) for status, count in summary.status.items())),
        "errors": list(outcome.errors),
        "unplaced": [{"path": one.path, "reason": one.reason} for one in intake.unplaced],
        "seconds": round(outcome.seconds, 2),
    }
