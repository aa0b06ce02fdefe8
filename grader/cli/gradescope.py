"""``grader gradescope build``: the autograder zip that Gradescope runs for each submission."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Makes what Gradescope needs to grade with this program."""


@command.command()
@click.option(
    "--wheel", type=_FILE, help="The grader's wheel; in a checkout of the grader it is built if not given."
)
@click.option(
    "--constraints", type=_FILE, help="What to install, pinned; a wheel built here takes the checkout's own."
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
    "--execute",
    is_flag=True,
    help="Run notebooks too. Each has a container to itself, which is thrown away: there the student's own code is"
    " kept from files, sockets and other processes, but sees what else the container holds by name.",
)
@click.option(
    "--visibility",
    type=click.Choice(["visible", "after_due_date", "after_published", "hidden"]),
    default="after_published",
    show_default=True,
    help="When students see the result.",
)
def build(
    wheel: Path | None,
    constraints: Path | None,
    out: Path,
    assignment: str | None,
    execute: bool,
    visibility: str,
) -> None:
    """Writes the autograder zip, to be uploaded under Configure Autograder. Exit status: 0, 2 wrong usage."""
    from grader.export.gradescope_autograder import build_autograder  # noqa: PLC0415 - only here
    from grader.export.own_wheel import build_own_wheel, checkout  # noqa: PLC0415 - only here

    arguments = ["--throwaway-machine"] if execute else ["--no-execute"]
    if assignment:
        arguments += ["--assignment", assignment]
    with tempfile.TemporaryDirectory() as folder:
        if wheel is None:
            root = checkout()
            wheel = build_own_wheel(root, Path(folder))
            pins = root / "constraints.txt"
            constraints = constraints or (pins if pins.is_file() else None)
        written = build_autograder(
            out, wheel, constraints=constraints, arguments=arguments, visibility=visibility
        )
    click.echo(f"{written}: upload it under Configure Autograder")
