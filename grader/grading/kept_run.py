"""A notebook's run as it is kept beside the ledger, so that another rubric can judge it without running anything.

Pictures and the notebook as executed are left out: these lie there already, and no check judges by a picture's bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from grader.execution import NotebookRun

MOST_BYTES: Final = 4_000_000


def to_bytes(run: NotebookRun) -> bytes:
    """The run as JSON; nothing for one that is too large to keep."""
    cells = tuple(msgspec.structs.replace(cell, images=(), html=()) for cell in run.cells)
    data = msgspec.json.encode(msgspec.structs.replace(run, cells=cells, executed=b""))
    return data if len(data) <= MOST_BYTES else b""


def from_bytes(data: bytes) -> NotebookRun | None:
    """The run again; None for what is none, as after a change of its form."""
    from grader.execution.shared.run_types import NotebookRun  # noqa: PLC0415 - only where one was kept

    try:
        return msgspec.json.decode(data, type=NotebookRun)
    except msgspec.MsgspecError:
        return None
