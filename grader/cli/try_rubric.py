"""``grader try-rubric``: who would gain and who would lose, before a changed rubric counts."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import msgspec
from rich.console import Console
from rich.table import Table

from grader.authoring.trying import Changed, Trial, try_rubric
from grader.checks.assignment_finding import load
from grader.cli import options
from grader.cli.narrow import print_table
from grader.graded_folder import open_ledger
from grader.model import Result
from grader.page_data import PageData
from grader.store import Ledger
from grader.workspace import workspace

SOMETHING_CHANGES: Final = 1


@click.command()
@click.argument("assignment", metavar="NAME|PATH")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@options.output
def command(assignment: str, folder: Path, quiet: bool, as_json: bool) -> None:
    """Judges the graded folder DIR anew by the assignment NAME|PATH, and shows whose verdicts would change.

    From what is kept of each submission: its files, and what its notebook gave. No notebook is run and nothing is written.
    Exit status: 0 nothing changes, 1 something does, 2 wrong usage.
    """
    lab = load(assignment)
    console = Console(stderr=as_json, quiet=quiet)
    with open_ledger(folder, must_exist=True) as ledger, workspace() as place, console.status("") as status:
        found = try_rubric(lab, _kept(ledger), ledger.blobs, place, progress=status.update)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(found), indent=2))
    else:
        _show(console, found)
    sys.exit(SOMETHING_CHANGES if found.changed else 0)


def _kept(ledger: Ledger) -> Iterator[tuple[Result, PageData]]:
    for result in ledger.results():
        yield result, ledger.stored_page(result.submission).page


def _show(console: Console, found: Trial) -> None:
    for name, why in found.not_judged:
        console.print(f"{name}: {why}", highlight=False, markup=False)
    if not found.changed:
        console.print(f"{found.total} submissions: nothing changes.", highlight=False)
        return
    by_submission: dict[str, list[Changed]] = defaultdict(list)
    for one in found.changed:
        by_submission[one.submission].append(one)
    table = Table()
    for column in ("submission", "check", "was", "would be", "points"):
        table.add_column(column, overflow="fold", justify="right" if column == "points" else "left")
    gain = lose = 0
    for name, changes in sorted(by_submission.items()):
        difference = sum(one.points_now - one.points_was for one in changes)
        gain, lose = gain + (difference > 0), lose + (difference < 0)
        for at, one in enumerate(changes):
            table.add_row(
                name if at == 0 else "",
                one.check,
                str(one.was or "-"),
                str(one.now or "-"),
                f"{one.points_was:g} -> {one.points_now:g}",
            )
    print_table(console, table)
    console.print(
        f"{found.total} submissions: {gain} gain, {lose} lose points, {len(by_submission) - gain - lose} change without.",
        highlight=False,
    )
