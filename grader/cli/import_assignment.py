"""``grader import-assignment``: notebooks of nbgrader and Otter-Grader as an assignment's folder."""

from __future__ import annotations

from pathlib import Path

import click

from grader.authoring.importing import import_notebook, write_assignment


@click.command()
@click.argument(
    "notebooks", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="The folder to make."
)
@click.option("--quiet", is_flag=True, help="Print errors only.")
def command(notebooks: tuple[Path, ...], out: Path, quiet: bool) -> None:
    """Makes an assignment of NOTEBOOKS, the authors' versions with solutions, as far as they map; tells the rest.

    Tests become checks that are run, what a person graded stays for a person, the solved notebooks become samples. Exit
    status: 0, 2 wrong usage.
    """
    found = [(path.stem, import_notebook(path)) for path in notebooks]
    made = write_assignment(found, out)
    if quiet:
        return
    for name, one in found:
        tests = sum(bool(task.test) for task in one.tasks)
        points = sum(task.points for task in one.tasks)
        click.echo(f"{name}: {tests} tests, {len(one.tasks) - tests} answers for a person, {points:g} points")
        for left in one.left:
            click.echo(f"  not carried over: {left}")
    click.echo(f"{len(made)} files in {out}. Try it: grader verify-assignment {out}")
