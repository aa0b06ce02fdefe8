"""``grader export``: an LMS's own file from the graded folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from grader.cli import options
from grader.export import ExportOptions, export, systems
from grader.graded_folder import FEEDBACK, LEDGER
from grader.store import Ledger, LedgerError

NOTHING = 1
USAGE = 2


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--to", "system", required=True, metavar="SYSTEM", help="csv, jsonl or an LMS; --to list prints them."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File or folder to write; beside the graded folder's own by default.",
)
@click.option("--include-review", is_flag=True, help="Also what a person has not looked at yet.")
@options.output
def command(
    folder: Path, system: str, out: Path | None, include_review: bool, quiet: bool, as_json: bool
) -> None:
    """Writes the file that SYSTEM imports from the graded FOLDER.

    What still waits for a person, or met an error of ours, is withheld and listed. Exit status: 0, 1 nothing
    to export, 2 wrong usage.
    """
    if system == "list":
        click.echo("\n".join(systems()))
        return
    if system not in systems():
        click.echo(f"grader: there is no export to {system!r}; there is: {', '.join(systems())}", err=True)
        sys.exit(USAGE)
    if not (folder / LEDGER).is_file():
        click.echo(
            f"grader: {folder} is no graded folder (it has no {LEDGER}); run grader grade first", err=True
        )
        sys.exit(USAGE)
    try:
        with Ledger(folder / LEDGER) as ledger:
            results, identities = ledger.results(), ledger.identities()
    except LedgerError as problem:
        click.echo(f"grader: {problem}", err=True)
        sys.exit(USAGE)
    feedback = {path.stem: path for path in (folder / FEEDBACK).glob("*.html")}
    report = export(
        system,
        results,
        out or folder / "export",
        ExportOptions(include_review=include_review, feedback=feedback, identities=identities),
    )
    if as_json:
        click.echo(
            json.dumps(
                {
                    "files": [str(path) for path in report.files],
                    "rows": report.rows,
                    "withheld": report.withheld,
                    "problems": report.problems,
                }
            )
        )
    elif not quiet:
        for path in report.files:
            click.echo(f"{path}: {report.rows} rows")
        for submission, reason in report.withheld:
            click.echo(f"withheld: {submission}: {reason}")
        for trouble in report.problems:
            click.echo(f"problem: {trouble}", err=True)
    sys.exit(0 if report.rows else NOTHING)
