"""``grader new-assignment``: a folder to start from."""

from __future__ import annotations

from pathlib import Path

import click

from grader.authoring.skeleton import make_assignment


@click.command()
@click.argument("name", type=click.Path(path_type=Path))
@click.option("--quiet", is_flag=True, help="Print errors only.")
def command(name: Path, quiet: bool) -> None:
    """Makes the folder NAME: a small assignment that works, with samples, to be changed into yours.

    Exit status: 0, 2 wrong usage.
    """
    made = make_assignment(name)
    if not quiet:
        for path in made:
            click.echo(f"  {path}")
        click.echo(f"Change it step by step; after each: grader verify-assignment {name}")
