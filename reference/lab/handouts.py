"""The handed-out notebooks of each era, as cells to align a student's notebook with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files

from grader.checks.alignment import Handout
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
