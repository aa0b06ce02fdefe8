"""``grader grade``: a folder, an archive or single files in; marks and feedback out."""

from __future__ import annotations

import contextlib
import json
import sys
from collections import Counter
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.batch import BatchOutcome, BatchSettings, grade_all
from grader.checks.assignment_finding import load
from grader.cli import options
from grader.cli.progress import Noted, shown_on
from grader.cli.stopping import status_of, stoppable
from grader.documents.given.edition import Edition
from grader.errors import IntakeError
from grader.graded_folder import open_ledger, render_folder
from grader.grading.notebook_runner import RunSettings
from grader.intake import Intake, collect
from grader.marks import decided
from grader.model import Result, Status, Verdict
from grader.workers.cluster_settings import Cluster, checked
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
_LISTED = 25  # submissions in the closing list of what a person must look at


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
@options.roster
@options.assignment
@options.handout
@options.jobs
@options.cluster
@options.execution
@options.output
def command(
    paths: tuple[Path, ...],
    out: Path,
    system: str | None,
    pattern: str | None,
    depth: int | None,
    roster: Path | None,
    assignment: str | None,
    handouts: tuple[tuple[Edition, ...], ...],
    jobs: int | None,
    cluster: str | None,
    cluster_settings: Path | None,
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

    Goes on where it was stopped, and grades again only what changed. Where there is no terminal, progress is printed in
    lines: at most fifty, and one a minute.

    \b
    Exit status:
      0    all are graded (some may wait for a person)
      1    some submission met an error of ours; it is graded again next time
      2    wrong usage, or the computer refused something
      70   a fault of ours; the last line says where its details are
      130  stopped by Ctrl-C (143 by SIGTERM, 129 by SIGHUP): what was graded
           is kept, index.html and the tables are made from it
    """
    console = Console(stderr=as_json, quiet=quiet)
    lab = load(assignment, paths)
    settings = BatchSettings(
        assignment=lab.reference,
        jobs=jobs or 0,
        execute=not no_execute,
        cluster=checked(Cluster(cluster or "", str(cluster_settings or ""))),
        handouts=tuple(edition for handout in handouts for edition in handout),
        run=RunSettings(seconds=timeout, memory_mb=memory, dataset=dataset, unsafe=unsafe, limits=limits),
    )
    run: Noted | None = None
    try:
        with stoppable(), workspace() as unpacked, open_ledger(out) as ledger:
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
            with shown_on(console, len(intake.submissions)) as shown:
                run = Noted(shown, ledger)
                try:
                    outcome = grade_all(
                        intake.submissions,
                        settings,
                        ledger,
                        on_done=lambda graded: run.done(graded.result),
                        on_plan=run.planned,
                    )
                except KeyboardInterrupt:
                    run.ended(stopped=True)
                    _say("stopping; the pages of what is done are written. Ctrl-C again leaves that.")
                    render_folder(out, ledger, jobs=jobs or 0)
                    raise
                except BaseException:
                    run.ended(stopped=True)
                    raise
            results = [decided(one) for one in render_folder(out, ledger, jobs=jobs or 0).results]
            run.ended(stopped=False)
    except KeyboardInterrupt as stop:
        _say_stopped(run, out)
        sys.exit(status_of(stop))
    _closing(console, results, intake, outcome, out)
    if as_json:
        click.echo(json.dumps(_summary(results, intake, outcome, out), ensure_ascii=False))
    sys.exit(ERRORS_FOUND if outcome.errors else 0)


def _nothing(intake: Intake, paths: tuple[Path, ...]) -> str:
    places = ", ".join(str(path) for path in paths)
    reasons = "; ".join(f"{one.path}: {one.reason}" for one in intake.unplaced[:5])
    return (
        f"no submissions were found in {places}"
        + (f" ({reasons})" if reasons else "")
        + ". Give a folder with one sub-folder or file a student."
    )


def _say_stopped(run: Noted | None, out: Path) -> None:
    graded, planned = run.graded if run is not None else (0, 0)
    how_far = f" at {graded} of {planned}" if planned else ""
    _say(
        f"stopped{how_far}. What was graded is kept (see {out / 'index.html'}); "
        "the same command goes on from there."
    )


def _say(words: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be what is gone
        click.echo(f"grader: {words}", err=True)


def _closing(
    console: Console, results: list[Result], intake: Intake, outcome: BatchOutcome, out: Path
) -> None:
    """The closing table: verdicts by question, then what a person must look at."""
    if not results:
        return
    shown = [verdict for verdict in Verdict if verdict is not Verdict.NOT_RUN]  # no question ends in it
    table = Table(title=Text(f"{len(results)} submissions"), title_justify="left")
    table.add_column("question", no_wrap=True)
    for verdict in shown:
        table.add_column(verdict.value, justify="right", style=_SIGNS[verdict.value], no_wrap=True)
    table.add_column("mean", justify="right", no_wrap=True)
    for index, question in enumerate(results[0].questions):
        column = [result.questions[index] for result in results if len(result.questions) > index]
        found = Counter(one.verdict for one in column)
        closed = [one.points for one in column if one.verdict not in {Verdict.REVIEW, Verdict.ERROR}]
        mean = sum(closed) / max(1, len(closed))
        table.add_row(
            Text(question.id),
            *(str(found[verdict] or "") for verdict in shown),
            f"{mean:.2f} / {question.max:g}",
        )
    console.print(table)
    waiting = [result for result in results if result.status is Status.REVIEW]
    if waiting:
        console.print(Text(f"A person must look at {len(waiting)}:", style="magenta"))
        for result in waiting[:_LISTED]:
            reasons = [
                check.id
                for question in result.questions
                for check in question.checks
                if check.verdict is Verdict.REVIEW and check.max > 0
            ]
            console.print(Text(f"  {result.submission}: {', '.join(reasons)}"))
        if len(waiting) > _LISTED:
            console.print(Text(f"  … and {len(waiting) - _LISTED} more; see index.html"))
    flagged = [result for result in results if result.flags]
    if flagged:
        console.print(Text("Flags (for staff):"))
        for result in flagged[:_LISTED]:
            console.print(
                Text(f"  {result.submission}: {', '.join(sorted({flag.id for flag in result.flags}))}")
            )
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


def _summary(results: list[Result], intake: Intake, outcome: BatchOutcome, out: Path) -> dict[str, object]:
    statuses = Counter(str(result.status) for result in results)
    return {
        "out": str(out),
        "submissions": len(results),
        "graded": outcome.graded,
        "unchanged": outcome.kept,
        "status": dict(sorted(statuses.items())),
        "errors": list(outcome.errors),
        "unplaced": [{"path": one.path, "reason": one.reason} for one in intake.unplaced],
        "seconds": round(outcome.seconds, 2),
    }
