"""Report and notebook handed in together: a training log in the notebook that is none of the report's figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from grader.checks.keras_logs import read_logs
from grader.documents.core.document import BlockKind, Document
from grader.model import Evidence, Flag
from reference.batches.batch_table import BatchTable
from reference.lab.batch_sizes import BATCH_SIZES, IMAGES, steps

_HALF: Final = 0.5001  # of the last written digit, and a trace for the binary fraction
_LOGGED_STEP: Final = 1e-4  # accuracies are printed with four digits


def disagreement(documents: Sequence[Document], table: BatchTable) -> tuple[Flag, ...]:
    """A flag if the notebook's last training log is of a run that the report's table does not have.

    Students run the five sizes one after another in one cell, so that the last log is one of the five, as a rule.
    Nothing is said where the table stands in the notebook itself, or where there is no log.
    """
    notebooks = {document.name for document in documents if document.format == "notebook"}
    rows = [row for row in table.rows if row.evidence.source not in notebooks and row.accuracy is not None]
    logged = _last_log([document for document in documents if document.format == "notebook"])
    if logged is None or len(rows) < 3:
        return ()
    batch, accuracy, evidence = logged
    for row in rows:
        step = max(row.row.accuracy_step or _LOGGED_STEP, _LOGGED_STEP)
        if (batch is None or row.batch == batch) and abs((row.accuracy or 0.0) - accuracy) <= _HALF * step:
            return ()
    own = [row.evidence for row in rows if row.batch == batch]
    where = f"for batch size {batch} " if batch is not None else ""
    return (
        Flag(
            "report-and-notebook",
            f"The notebook's last training log {where}shows an accuracy of {accuracy:.4f}, which is not in the report's table.",
            (evidence, *own[:1]),
        ),
    )


def _last_log(notebooks: Sequence[Document]) -> tuple[int | None, float, Evidence] | None:
    """The batch size as far as the number of steps tells it, the accuracy, and where it stands."""
    by_steps = {steps(batch): batch for batch in BATCH_SIZES if steps(batch) not in {1, IMAGES}}
    found = None
    for document in notebooks:
        for block in document.blocks:
            if block.kind is not BlockKind.OUTPUT:
                continue
            for line in read_logs(block.text):
                accuracy = line.metrics.get("accuracy", line.metrics.get("acc"))
                if accuracy is None or not (line.count == IMAGES or line.count in by_steps):
                    continue  # an evaluation, or another network's training
                batch = by_steps.get(line.count) if line.of_samples is not True else None
                found = (batch, accuracy, block.evidence(line.text))
    return found
