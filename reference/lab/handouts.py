"""The handed-out notebooks of each era: as cells to align a student's notebook with, and as what recognises given text.

``handed_out.json`` holds the fingerprints of the course's own editions, whose text is not ours to ship; it is made with
``grader fingerprint``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files

from grader.checks.alignment import Handout
from grader.documents.given.edition import Edition, from_json
from grader.documents.given.making import edition_of
from reference.lab.handout_builder import ERAS


def handouts() -> Sequence[Handout]:
    """One handout an era; cells that hold an answer, or are optional, may be changed freely."""
    found = []
    for era in ERAS:
        notebook = json.loads(
            files("reference.lab").joinpath(f"handout/handout_{era}.ipynb").read_text("utf-8")
        )
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        given = frozenset(
            index
            for index, cell in enumerate(code)
            if not any(tag.startswith(("answer:", "optional")) for tag in cell["metadata"].get("tags", ()))
            and ".fit(" not in "".join(cell["source"])  # question 3 asks for other batch sizes there
        )
        found.append(Handout(str(era), tuple("".join(cell["source"]) for cell in code), given))
    return found


@cache
def editions() -> tuple[Edition, ...]:
    """The fingerprints of all editions: the course's own and ours."""
    lab = files("reference.lab")
    ours = []
    for era in ERAS:
        with as_file(lab.joinpath(f"handout/handout_{era}.ipynb")) as path:
            ours.append(edition_of(path))
    return (*from_json(lab.joinpath("handed_out.json").read_bytes()), *ours)
