"""``grader gradescope build``: the autograder zip that Gradescope runs for each submission."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.export import ExportError

USAGE = 2
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Makes what Gradescope needs to grade with this program."""


@command.command()
@click.option(
    "--wheel", type=_FILE, required=True, help="The grader's wheel: python -m build --wheel makes it."
)
@click.option(
    "--constraints", type=_FILE, help="What to install, pinned: the constraints.txt of this repository."
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("autograder.zip"),
    show_default=True,
)
@click.option(
    "--assignment", metavar="NAME", help="Which installed assignment; not needed if there is only one."
)
@click.option(
    "--execute", is_flag=True, help="Run notebooks too. A container has no layers to isolate them with."
)
@click.option(
    "--visibility",
    type=click.Choice(["visible", "after_due_date", "after_published", "hidden"]),
    default="after_published",
    show_default=True,
    help="When students see the result.",
)
def build(
    wheel: Path, constraints: Path | None, out: Path, assignment: str | None, execute: bool, visibility: str
) -> None:
    """Writes the autograder zip, to be uploaded under Configure Autograder. Exit status: 0, 2 wrong usage."""
    from grader.export.gradescope_autograder import build_autograder  # noqa: PLC0415 - only here

    arguments = ["--unsafe"] if execute else ["--no-execute"]
    if assignment:
        arguments += ["--assignment", assignment]
    try:
        written = build_autograder(
            out, wheel, constraints=constraints, arguments=arguments, visibility=visibility
        )
    except (ExportError, OSError) as problem:
        click.echo(f"grader: {problem}", err=True)
        sys.exit(USAGE)
    click.echo(f"{written}: upload it under Configure Autograder")
