"""``grader verify-assignment``: whether an assignment judges its samples as they declare."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.authoring.samples import read_samples
from grader.authoring.verifying import Verification, verify
from grader.checks.assignment_finding import load
from grader.cli import options
from grader.cli.narrow import print_table
from grader.errors import AssignmentError
from grader.execution.shared.child_request import Wall
from grader.grading.notebook_runner import RunSettings
from grader.workspace import workspace

NOT_AS_DECLARED: Final = 1
_PASSAGE: Final = 300  # characters of a passage that are shown
_MOST_SURVIVORS: Final = 20


@click.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--samples",
    "elsewhere",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The folder that holds samples/, if not the assignment's own.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="What no sample fails or passes, and changed answers that pass, count as well.",
)
@options.execution
@options.output
def command(
    folder: Path,
    elsewhere: Path | None,
    strict: bool,
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
    """Grades the samples of the assignment in FOLDER and compares with what they declare.

    Also tells what a page without an answer would get, which right answers still pass when they are made wrong, and which
    checks no sample fails. Exit status: 0 all is as declared, 1 something is not, 2 wrong usage.
    """
    lab = load(str(folder.resolve()))
    place = elsewhere or (folder if folder.is_dir() else folder.parent)
    samples = read_samples(place)
    if not samples:
        raise AssignmentError(
            f"{place / 'samples'} holds no samples: write some, right and wrong ones, as 'grader new-assignment' shows"
        )
    console = Console(stderr=as_json, quiet=quiet)
    settings = RunSettings(
        seconds=timeout, memory_mb=memory, dataset=dataset, wall=wall or "", unsafe=unsafe, limits=limits
    )
    with workspace() as made, console.status("") as status:
        found = verify(
            lab,
            samples,
            made,
            settings=settings,
            execute=not no_execute,
            progress=lambda name: status.update(f"{name}"),
        )
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(found), indent=2))
    else:
        _show(console, found)
    loose = found.survivors or found.unfailed or found.unpassed
    sys.exit(0 if found.as_declared and not (strict and loose) else NOT_AS_DECLARED)


def _show(console: Console, found: Verification) -> None:
    counts = ", ".join(f"{count} {label}" for label, count in found.graded.items())
    console.print(f"{sum(found.graded.values())} samples ({counts}), {found.checks} checks", highlight=False)
    for title, group in (
        ("Not as declared", found.misjudged),
        ("Passes without an answer", found.given_away),
    ):
        if not group:
            continue
        table = Table(title=f"{title}: {len(group)}", title_justify="left", show_lines=True)
        for column in ("sample", "check", "declared", "given", "why"):
            table.add_column(column, overflow="fold")
        for one in group:
            passage = f"\n> {one.passage[:_PASSAGE]}" if one.passage else ""
            table.add_row(
                one.sample, one.check, one.declared, str(one.given), Text(f"{one.message}{passage}")
            )
        print_table(console, table)
    if found.survivors:
        console.print(
            f"{len(found.survivors)} of {found.mutants} right answers made wrong still pass; is each of these really right?",
            highlight=False,
        )
        alike = {(one.check, one.was, one.now): one for one in reversed(found.survivors)}
        for survivor in list(reversed(alike.values()))[:_MOST_SURVIVORS]:
            console.print(
                Text(
                    f"  {survivor.check} ({survivor.sample}): {_line(survivor.was)} -> {_line(survivor.now) or '(left out)'}"
                )
            )
    elif found.mutants:
        console.print(f"{found.mutants} right answers were made wrong, and none passes.", highlight=False)
    for what, checks in (("No sample fails", found.unfailed), ("No sample passes", found.unpassed)):
        if checks:
            console.print(Text(f"{what}: {', '.join(checks)}"))
    if found.as_declared:
        console.print("All is as declared.", style="green")


def _line(text: str) -> str:
    """A passage in one line."""
    return " ".join(text.split())[:120]
