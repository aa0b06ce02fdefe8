"""``grader grade``: a folder, an archive or single files in; marks and feedback out."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.atomic_file import write
from grader.batch import BatchOutcome, BatchSettings, grade_all
from grader.checks.assignment_finding import load
from grader.class_summary import NAMED, ClassSummary
from grader.cli import options
from grader.cli.narrow import print_table
from grader.cli.progress import Noted, shown_on
from grader.cli.stopping import status_of, stoppable
from grader.documents.given.edition import Edition
from grader.errors import IntakeError
from grader.execution.host.isolation import REFUSED
from grader.execution.shared.child_request import Wall
from grader.folder_names import PROFILE
from grader.graded_folder import open_ledger, render_folder
from grader.grading.notebook_runner import RunSettings
from grader.intake import Intake, collect
from grader.late_terms import LateTerms, late_terms
from grader.lateness import Deadline
from grader.model import Status, Verdict
from grader.stopwatch import PARTS
from grader.store import Ledger
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
@options.deadline
@options.cluster
@options.execution
@click.option(
    "--throwaway-machine", is_flag=True, hidden=True
)  # `grader gradescope build` sets it, nobody else
@click.option(
    "--profile",
    is_flag=True,
    help="Say of each submission that is graded where its time went: in results.jsonl, and as the picture profile.svg.",
)
@options.database
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
    deadline: Deadline | None,
    cluster: str | None,
    cluster_settings: Path | None,
    no_execute: bool,
    timeout: float,
    memory: int,
    limits: tuple[tuple[str, float], ...],
    dataset: str,
    wall: Wall | None,
    unsafe: bool,
    throwaway_machine: bool,
    profile: bool,
    database: str,
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
    console.print(Text(f"{lab.title} ({lab.reference})"))
    settings = BatchSettings(
        assignment=lab.reference,
        jobs=jobs or 0,
        execute=not no_execute,
        cluster=checked(Cluster(cluster or "", str(cluster_settings or ""))),
        handouts=tuple(edition for handout in handouts for edition in handout),
        deadline=deadline,
        profile=profile,
        run=RunSettings(
            seconds=timeout,
            memory_mb=memory,
            dataset=dataset,
            wall=wall or "",
            unsafe=unsafe,
            throwaway_machine=throwaway_machine,
            limits=limits,
        ),
    )
    run: Noted | None = None
    try:
        with stoppable(), workspace() as unpacked, open_ledger(out, database=database) as ledger:
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
                        passing=unpacked,
                        check_content=check_content,
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
            terms = late_terms(ledger)
            summary = render_folder(out, ledger, jobs=jobs or 0).summary
            if profile:
                _write_profile(console, ledger, out)
            run.ended(stopped=False)
    except KeyboardInterrupt as stop:
        _say_stopped(run, out)
        sys.exit(status_of(stop))
    _closing(console, summary, intake, outcome, out)
    _lateness(console, summary, terms)
    if as_json:
        click.echo(json.dumps(_summary(summary, intake, outcome, out)))
    sys.exit(ERRORS_FOUND if outcome.errors else 0)


def _nothing(intake: Intake, paths: tuple[Path, ...]) -> str:
    places = ", ".join(str(path) for path in paths)
    reasons = "; ".join(f"{one.path}: {one.reason}" for one in intake.unplaced[:5])
    return (
        f"no submissions were found in {places}"
        + (f" ({reasons})" if reasons else "")
        + ". Give a folder with one sub-folder or file a student."
    )


def _write_profile(console: Console, ledger: Ledger, out: Path) -> None:
    """The picture of where the time went, and its means in words; of those that were graded with it."""
    from grader.feedback.profile_picture import render_profile  # noqa: PLC0415 - only where it is asked for

    timings = [
        (result.submission, result.timings)
        for result in ledger.each_result(ledger.digests())
        if result.timings
    ]
    if not timings:
        console.print("Nothing was graded with --profile: what has not changed is not graded again.")
        return
    write(out / PROFILE, render_profile(timings))
    means = {part: sum(one.get(part, 0.0) for _, one in timings) / len(timings) for part in PARTS}
    shown = ", ".join(f"{part} {seconds:.2f}" for part, seconds in means.items() if seconds >= 0.005)
    console.print(Text(f"Seconds a submission, mean of {len(timings)}: {shown}. See {out / PROFILE}"))


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
            f"{'–' if question.mean is None else f'{question.mean:.2f}'} / {question.max:g}",
        )
    print_table(console, table)
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
    for note, count in summary.not_run:
        if note.startswith(REFUSED):
            console.print(Text(f"Note: {count} of them: {note}", style="yellow"))
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


def _lateness(console: Console, summary: ClassSummary, terms: LateTerms) -> None:
    """What is late, by which deadline, and of how many it is not known."""
    late = summary.late
    if late:
        names = ", ".join(late[:NAMED]) + (f" and {len(late) - NAMED} more" if len(late) > NAMED else "")
        console.print(Text(f"Late: {names}"))
    if terms.deadline is None:
        return
    zone = " (this computer's time zone; write another behind it)" if terms.deadline.assumed else ""
    console.print(Text(f"Deadline: {terms.deadline}{zone}"))
    if summary.untimed:
        console.print(
            Text(
                f"Note: when {summary.untimed} of {summary.submissions} were handed in is not known, so none of them is late.",
                "yellow",
            )
        )


def _summary(summary: ClassSummary, intake: Intake, outcome: BatchOutcome, out: Path) -> dict[str, object]:
    return {
        "out": str(out),
        "submissions": summary.submissions,
        "graded": outcome.graded,
        "unchanged": outcome.kept,
        "status": dict(sorted((str(status), count) for status, count in summary.status.items())),
        "late": list(summary.late),
        "errors": list(outcome.errors),
        "unplaced": [{"path": one.path, "reason": one.reason} for one in intake.unplaced],
        "seconds": round(outcome.seconds, 2),
    }
