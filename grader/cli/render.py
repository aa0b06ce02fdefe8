"""``grader render``: every page and table of a graded folder, made again from its ledger."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli import options
from grader.graded_folder import open_ledger, render_folder


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@options.jobs
@options.database
@options.quiet
def command(folder: Path, jobs: int | None, database: str, quiet: bool) -> None:
    """Makes all pages and tables of the graded folder DIR again, from its ledger alone.

    Nothing is graded and nothing that was handed in is read. Exit status: 0, or 2 where DIR holds no ledger.
    """
    with open_ledger(folder, must_exist=True, database=database) as ledger:
        rendered = render_folder(folder, ledger, jobs=jobs or 0, anew=True)
    if not quiet:
        click.echo(
            f"{rendered.summary.submissions} submissions, {rendered.written} files. Open {folder / 'index.html'}"
        )
