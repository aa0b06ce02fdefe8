"""``grader reference``: the true figures of an assignment."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from grader.checks.assignment_finding import load
from grader.cli import options
from grader.errors import AssignmentError


@click.command()
@click.option(
    "--calibrate",
    is_flag=True,
    help="Compute the plausible ranges anew by training; takes hours, and can be stopped and resumed.",
)
@click.option(
    "--seeds",
    type=click.IntRange(1, 10_000),
    metavar="N",
    help="How many runs of each kind to calibrate with.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("ranges.json"),
    show_default=True,
    help="Where --calibrate writes.",
)
@click.option(
    "--libraries",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where other releases of the libraries lie; --calibrate puts there what is missing. [default: OUT.libraries]",
)
@options.assignment
@options.jobs
@options.output
def command(
    calibrate: bool,
    seeds: int | None,
    out: Path,
    libraries: Path | None,
    assignment: str | None,
    jobs: int | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Prints what is true of the assignment: gradients, counts, plausible ranges."""
    lab = load(assignment)
    if calibrate:
        if lab.calibrate is None:
            raise AssignmentError(f"the assignment {lab.id} has nothing to calibrate: leave out --calibrate")
        given: dict[str, Any] = {"seeds": seeds, "libraries": libraries}
        given = {name: value for name, value in given.items() if value}
        lab.calibrate(out, jobs=jobs or 1, progress=not quiet, **given)
        return
    facts = lab.facts() if lab.facts is not None else {}
    if as_json:
        click.echo(json.dumps(facts, indent=2))
    elif not quiet:
        click.echo(f"{lab.title} ({lab.id}), {lab.points:g} points")
        _show(facts, 0)


def _show(value: Any, depth: int) -> None:
    """Nested facts as indented lines; a list of alike records as a table."""
    pad = "  " * depth
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(inner, Mapping | list) and any(
                isinstance(one, Mapping) for one in (inner.values() if isinstance(inner, Mapping) else inner)
            ):
                click.echo(f"{pad}{key}:")
                _show(inner, depth + 1)
            elif isinstance(inner, Mapping):
                click.echo(
                    f"{pad}{key}: " + ", ".join(f"{name} {_plain(one)}" for name, one in inner.items())
                )
            else:
                click.echo(f"{pad}{key}: {_plain(inner)}")
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            click.echo(
                pad
                + (
                    ", ".join(f"{name} {_plain(one)}" for name, one in inner.items())
                    if isinstance(inner, Mapping)
                    else _plain(inner)
                )
            )


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        return ", ".join(_plain(one) for one in value)
    return f"{value}"
