"""``grader decide``, ``decisions`` and ``release``: what a person says of a doubt, by script."""

from __future__ import annotations

import csv
import getpass
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.cli import options
from grader.cli.narrow import print_table
from grader.deciding import Saying, decide, release, take_back, undo
from grader.errors import DecisionRefused, LedgerError
from grader.graded_folder import open_ledger, render_folder
from grader.model import Verdict
from grader.store import Ledger, LoggedDecision

SOME_REFUSED: Final = 1
_COLUMNS: Final = ("submission", "check", "verdict", "points", "comment", "reason", "student")
_FOLDER = click.Path(path_type=Path)
_by = click.option(
    "--by",
    type=options.Words(),
    default=getpass.getuser,
    show_default="your user name",
    metavar="NAME",
    help="Who decides.",
)


@click.command("decide")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.argument("submission", required=False, type=options.Words())
@click.argument("check", required=False)
@click.argument("verdict", required=False)
@click.option("--points", type=float, help="Points; by default all for pass, none for fail and missing.")
@click.option("--comment", type=options.Words(), default="", help="What the student reads.")
@click.option("--reason", type=options.Words(), default="", help="What staff read besides.")
@click.option(
    "--student",
    type=options.Words(),
    default="",
    metavar="ID",
    help="The one of a group whose mark alone this is.",
)
@click.option(
    "--from",
    "table",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="CSV",
    help=f"Decisions, one a line, with a heading: {', '.join(_COLUMNS)}.",
)
@click.option("--undo", "number", type=int, metavar="N", help="Take back decision N instead.")
@_by
@options.database
@options.output
def decide_command(
    folder: Path,
    submission: str | None,
    check: str | None,
    verdict: str | None,
    points: float | None,
    comment: str,
    reason: str,
    student: str,
    table: Path | None,
    number: int | None,
    by: str,
    database: str,
    quiet: bool,
    as_json: bool,
) -> None:
    """Decides a CHECK (or a whole question) of a SUBMISSION in the graded folder DIR.

    VERDICT is pass, partial, fail or missing; without one, --comment alone is kept. A decision stands over the
    automatic verdict as long as the evidence is the same, and nothing of it is ever deleted. Exit status: 0, 1 some
    were refused, 2 wrong usage.
    """
    given = [submission, check, verdict]
    if (table is not None) + (number is not None) + (submission is not None) != 1:
        raise click.UsageError("give SUBMISSION CHECK VERDICT, or --from CSV, or --undo N")
    refused: list[str] = []
    done: list[LoggedDecision] = []
    try:
        with open_ledger(folder, must_exist=True, database=database) as ledger:
            if number is not None:
                done.extend(undo(ledger, number, by=by))
            else:
                one = (given, points, comment, reason, student)
                for place, saying in _sayings(table) if table is not None else [("", _saying(*one))]:
                    _try(ledger, place, saying, by, done, refused)
            render_folder(folder, ledger)
    except DecisionRefused as problem:
        refused.append(str(problem))
    for sentence in refused:
        click.echo(f"grader: {sentence}", err=True)
    if as_json:
        click.echo(json.dumps({"decided": [row.id for row in done], "refused": refused}))
    elif not quiet:
        for row in done:
            click.echo(_line(row))
    sys.exit(SOME_REFUSED if refused else 0)


def _try(
    ledger: Ledger,
    place: str,
    saying: Saying | str,
    by: str,
    done: list[LoggedDecision],
    refused: list[str],
) -> None:
    """One decision; what is refused is listed and the others go on."""
    try:
        if isinstance(saying, str):
            raise DecisionRefused(saying)
        done.extend(decide(ledger, [saying], by=by))
    except (DecisionRefused, LedgerError) as problem:
        refused.append(f"{place}{problem}")


def _saying(
    given: list[str | None], points: float | None, comment: str, reason: str, student: str
) -> Saying | str:
    submission, check, verdict = given
    if verdict and verdict not in {one.value for one in Verdict}:
        return f"{verdict!r} is no verdict; there is: pass, partial, fail, missing"
    chosen = Verdict(verdict) if verdict else None
    return Saying(submission or "", check or "", chosen, points, comment, reason, student)


def _sayings(table: Path) -> Iterable[tuple[str, Saying | str]]:
    """The lines of a CSV, each with its place. Raises `DecisionRefused` if it is none."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise DecisionRefused(f"{table}: cannot be read as CSV in UTF-8 ({problem})") from problem
    if rows and not {"submission", "check"} <= rows[0].keys():
        raise DecisionRefused(
            f"{table}: the first line must name the columns, submission and check among them"
        )
    for number, row in enumerate(rows, start=2):
        cells = {key: (row.get(key) or "").strip() for key in _COLUMNS}
        place = f"{table.name}, line {number}: "
        try:
            points = float(cells["points"].replace(",", ".")) if cells["points"] else None
        except ValueError:
            yield place, f"{cells['points']!r} is no number of points"
            continue
        named: list[str | None] = [cells["submission"], cells["check"], cells["verdict"]]
        yield place, _saying(named, points, cells["comment"], cells["reason"], cells["student"])


def _line(row: LoggedDecision) -> str:
    one = row.decision
    if row.undoes is not None:
        return f"{row.id}: {row.submission} {one.check}: decision {row.undoes} taken back by {one.by}"
    words = f"{one.verdict} {one.points:g}" if one.verdict is not None else "comment"
    return (
        f"{row.id}: {row.submission} {one.check or 'as a whole'}: {words} (before: {row.before}) by {one.by}"
    )


@click.command("decisions")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@options.database
@options.output
def decisions_command(folder: Path, database: str, quiet: bool, as_json: bool) -> None:
    """Lists what was decided in the graded folder DIR: who, when, what, and how it stood before; nothing is left out."""
    with open_ledger(folder, must_exist=True, database=database) as ledger:
        rows = ledger.log.rows()
    if as_json:
        for row in rows:
            one = row.decision
            told = {
                "id": row.id,
                "submission": row.submission,
                "check": one.check,
                "verdict": one.verdict,
                "points": one.points,
                "comment": one.comment,
                "reason": one.reason,
                "student": one.student,
                "by": one.by,
                "at": one.at,
                "before": row.before,
                "undoes": row.undoes,
            }
            click.echo(json.dumps(told))
    elif not quiet:
        _print(rows)


def _print(rows: list[LoggedDecision]) -> None:
    table = Table()
    for heading in ("number", "when", "who", "submission", "check", "decided", "before"):
        table.add_column(heading)
    for row in rows:
        one = row.decision
        words = (
            f"takes back {row.undoes}"
            if row.undoes is not None
            else f"{one.verdict} {one.points:g}"
            if one.verdict is not None
            else "comment"
        )
        cells = (str(row.id), one.at, one.by, row.submission, one.check or "whole", words, row.before)
        table.add_row(*(Text(cell) for cell in cells))
    print_table(Console(), table)


@click.command("release")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.argument("submissions", nargs=-1, type=options.Words())
@click.option("--all", "everything", is_flag=True, help="All that wait for nobody.")
@click.option("--take-back", "take_back_", is_flag=True, help="Take the release back.")
@_by
@options.database
@options.quiet
def release_command(
    folder: Path,
    submissions: tuple[str, ...],
    everything: bool,
    take_back_: bool,
    by: str,
    database: str,
    quiet: bool,
) -> None:
    """Releases SUBMISSIONS (or --all) in the graded folder DIR: students may read them, and the LMS may have them.

    Feedback pages change at release only, and `export` takes what is released. What waits for a person is withheld
    and listed. Exit status: 0, 1 some were withheld, 2 wrong usage.
    """
    if bool(submissions) == everything:
        raise click.UsageError("name the submissions, or give --all")
    with open_ledger(folder, must_exist=True, database=database) as ledger:
        known = list(ledger.digests())
        if strange := [name for name in submissions if name not in known]:
            raise LedgerError(
                f"{folder} holds no submission {strange[0]!r}: name those that results.jsonl lists"
            )
        chosen = known if everything else list(submissions)
        withheld: list[tuple[str, str]] = []
        if take_back_:
            take_back(ledger, chosen, by=by)
            done = chosen
        else:
            done, withheld = release(ledger, chosen, by=by)
        render_folder(folder, ledger)
    if not quiet:
        click.echo(f"{len(done)} {'taken back' if take_back_ else 'released'}")
    for name, reason in withheld:
        click.echo(f"withheld: {name}: {reason}", err=True)
    sys.exit(SOME_REFUSED if withheld and not everything else 0)
