"""``grader requests``: what students ask to be looked at again, taken in and listed."""

from __future__ import annotations

import getpass
import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.asking import ask, read_table
from grader.cli import options
from grader.cli.decide import SOME_REFUSED
from grader.errors import DecisionRefused
from grader.graded_folder import open_ledger
from grader.store.review_desk import Request


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "table",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="CSV",
    help="Requests, one a line, with a heading: submission (or student), check, text.",
)
@click.option(
    "--by",
    type=options.Words(),
    default=getpass.getuser,
    show_default="your user name",
    metavar="NAME",
    help="Who takes them in.",
)
@options.database
@options.output
def command(folder: Path, table: Path | None, by: str, database: str, quiet: bool, as_json: bool) -> None:
    """Lists what students of the graded folder DIR ask to be looked at again; with --from, takes more of it in.

    Each becomes an item of the review's queue, and a decision answers it. The same request is taken in once. Exit
    status: 0, 1 some were refused, 2 wrong usage.
    """
    refused: list[str] = []
    added = 0
    with open_ledger(folder, must_exist=True, database=database) as ledger:
        if table is not None:
            try:
                added, refused = ask(ledger, read_table(table.read_bytes(), table.name), by=by)
            except (DecisionRefused, OSError) as problem:
                refused = [str(problem)]
        rows = ledger.desk.requests()
    for sentence in refused:
        click.echo(f"grader: {sentence}", err=True)
    if as_json:
        told = [
            {
                "id": one.id,
                "submission": one.submission,
                "check": one.check,
                "text": one.text,
                "by": one.by,
                "at": one.at,
                "closed": one.closed,
            }
            for one in rows
        ]
        click.echo(json.dumps({"added": added, "refused": refused, "requests": told}))
    elif not quiet:
        if table is not None:
            click.echo(f"{added} taken in")
        _print([one for one in rows if not one.closed])
    sys.exit(SOME_REFUSED if refused else 0)


def _print(rows: list[Request]) -> None:
    if not rows:
        click.echo("No request is open.")
        return
    table = Table()
    for heading in ("number", "when", "submission", "check", "what the student writes"):
        table.add_column(heading)
    for one in rows:
        table.add_row(*map(Text, (str(one.id), one.at, one.submission, one.check or "whole", one.text[:300])))
    Console().print(table)
