"""What staff should know of a notebook: what its run showed, and which given cells were changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from grader.checks.alignment import changed_given_cells
from grader.checks.assignment import Assignment
from grader.documents.core.document import BlockKind, Document
from grader.model import Evidence, Flag

if TYPE_CHECKING:
    from grader.execution import NotebookRun


def run_flags(run: NotebookRun | None, source: str) -> tuple[Flag, ...]:
    """What staff should know of a run: saved output that is not what the cells give, and what the sandbox saw."""
    if run is None:
        return ()
    flags = [
        Flag("notebook", text) for text in run.flags if "saved output" not in text
    ]  # told below, with the passages
    if run.stale:
        cells = ", ".join(str(one.cell) for one in run.stale)
        evidence = tuple(
            Evidence(source, f"cell {one.cell}", f"saved: {one.saved[:200]}\nwhen run: {one.fresh[:200]}")
            for one in run.stale[:5]
        )
        flags.append(
            Flag(
                "stale-output",
                f"Saved output differs from what the cell gives when run: cell {cells}.",
                evidence,
            )
        )
    return tuple(flags)


def changed_cells(documents: Sequence[Document], assignment: Assignment) -> tuple[Flag, ...]:
    """A flag for cells of the handout that the student had no reason to change, and did."""
    notebook = next((document for document in documents if document.format == "notebook"), None)
    if notebook is None or assignment.handouts is None:
        return ()
    code = [block for block in notebook.blocks if block.kind is BlockKind.CODE]
    changed = changed_given_cells([block.text for block in code], assignment.handouts())
    if not changed:
        return ()
    blocks = [code[cell] for cells in changed for cell in cells]
    places = ", ".join(block.place.where for block in blocks)
    evidence = tuple(block.evidence() for block in blocks[:5])
    return (Flag("given-cell-changed", f"Cells that were given were changed: {places}.", evidence),)
