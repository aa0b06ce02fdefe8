"""Builds the lab's notebooks from their one source: one handout for each era of TensorFlow.

``python -m reference.lab.handout_builder`` writes the unsolved notebooks beside the source. With ``--answers``
the blanks of Question 1 are filled in; those notebooks are for tests, and belong where no student looks.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import jinja2

from grader.errors import GraderError
from grader.model import Value

ERAS: Final = (2019, 2023, 2026)
MAIN_ERA: Final = 2023  # the one that is also ``handout.ipynb``
SOURCE: Final = Path(__file__).parent / "handout" / "handout.md.j2"
_CELL: Final = re.compile(r"^%% (?P<kind>markdown|code) (?P<id>[a-z0-9-]+)(?P<tags>(?: [\w:.-]+)*)\n", re.M)
_BLANK: Final = "???"


class HandoutSourceError(GraderError, ValueError):
    """The source of the handout is not what the builder expects."""


class HandoutCell(Value, frozen=True):
    """A cell of the handout.

    Its tags: ``restart-point`` (needs a fresh kernel), ``raises-exception`` (wrong on purpose), ``optional``,
    ``question:ID`` (states the question), ``answer:ID`` (is to be completed).
    """

    kind: str
    id: str
    source: str
    tags: tuple[str, ...] = ()


def cells(era: int, answers: Sequence[str] | None = None) -> tuple[HandoutCell, ...]:
    """Read the cells of the handout of an era, its blanks left open or filled in order with `answers`.

    Raises `HandoutSourceError` for an unknown era, a wrong number of answers or a source without cells.
    """
    if era not in ERAS:
        raise HandoutSourceError(f"no handout of {era}: there are {', '.join(map(str, ERAS))}")
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=True
    )
    text = environment.from_string(SOURCE.read_text(encoding="utf-8")).render(era=era)
    if answers is not None:
        parts = text.split(_BLANK)
        if len(parts) != len(answers) + 1:
            raise HandoutSourceError(f"{len(parts) - 1} blanks to fill in, {len(answers)} answers given")
        text = parts[0] + "".join(answer + rest for answer, rest in zip(answers, parts[1:], strict=True))
    found = tuple(_split(text))
    if not found:
        raise HandoutSourceError(f"no cells in {SOURCE.name}")
    return found


def _split(text: str) -> Iterator[HandoutCell]:
    heads = list(_CELL.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    for head, end in zip(heads, ends, strict=True):
        yield HandoutCell(
            head["kind"], head["id"], text[head.end() : end].strip("\n"), tuple(head["tags"].split())
        )


def notebook(era: int, answers: Sequence[str] | None = None) -> dict[str, Any]:
    """Make the handout a notebook of format 4.5 without outputs; ids and tags as in the source."""

    def content(cell: HandoutCell) -> dict[str, Any]:
        shared: dict[str, Any] = {
            "cell_type": cell.kind,
            "id": cell.id,
            "metadata": {"tags": list(cell.tags)} if cell.tags else {},
            "source": cell.source.splitlines(keepends=True),
        }
        return shared | ({"execution_count": None, "outputs": []} if cell.kind == "code" else {})

    return {
        "cells": [content(cell) for cell in cells(era, answers)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def notebook_text(era: int, answers: Sequence[str] | None = None) -> str:
    """Make the handout the text of an ``.ipynb`` file."""
    return json.dumps(notebook(era, answers), indent=1, ensure_ascii=False) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the notebooks of all eras."""
    parser = argparse.ArgumentParser(prog="python -m reference.lab.handout_builder", description=main.__doc__)
    parser.add_argument("--answers", nargs=2, metavar=("TARGET", "SOURCES"), help="fill in Question 1")
    parser.add_argument("--out", type=Path, help="where to write (with --answers, solved_ERA.ipynb)")
    options = parser.parse_args(arguments)
    if options.answers and not options.out:
        parser.error("--answers needs --out: solved notebooks do not lie beside the handout")
    folder = options.out or SOURCE.parent
    folder.mkdir(parents=True, exist_ok=True)
    for era in ERAS:
        name = f"{'solved' if options.answers else 'handout'}_{era}.ipynb"
        (folder / name).write_text(notebook_text(era, options.answers), encoding="utf-8")
    if not options.out:
        (SOURCE.parent.parent / "handout.ipynb").write_text(notebook_text(MAIN_ERA), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
