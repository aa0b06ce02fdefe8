"""``grader fingerprint``: what an assignment ships to recognise what it handed out."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from grader.atomic_file import write
from grader.documents.given.edition import Edition, to_json
from grader.documents.given.making import editions_in


@click.command()
@click.argument("handouts", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write to a file instead of printing.",
)
def command(handouts: tuple[Path, ...], out: Path | None) -> None:
    """Makes the fingerprints of HANDOUTS, notebooks or sheets as they are handed out, one edition a file.

    They are hashes: they recognise what was given, in any format, and none of its text can be read from them. A file of
    fingerprints among HANDOUTS is taken over as it is. Exit status: 0, 2 wrong usage.
    """
    found: dict[str, Edition] = {}
    for path in handouts:
        for edition in editions_in(path):
            found.setdefault(_free(edition.name, found), edition)
    data = to_json([msgspec.structs.replace(edition, name=name) for name, edition in found.items()])
    if out is not None:
        write(out, data.decode())
    else:
        click.echo(data.decode(), nl=False)


def _free(name: str, taken: dict[str, Edition]) -> str:
    """The edition's name, made unlike those that are taken."""
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free
