"""A notebook's cells as a person reads them, each with its output beneath. All of it is a student's, and bounded."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from grader.documents.core.limits import DEFAULT_LIMITS
from grader.documents.notebook_reader import joined_text, parse_notebook
from grader.errors import UnreadableDocumentError
from grader.model import Value
from grader.store.blobs import Blobs

LARGEST: Final = 16 << 20  # bytes of a notebook that is opened here; larger ones are a download
_CELLS: Final = 1_000
_OUTPUTS: Final = 24  # of one cell
_TEXT: Final = 20_000  # characters of a source, or of one output
_PICTURE: Final = 4_000_000  # bytes
_PNG: Final = "image/png"


class CellOutput(Value, frozen=True):
    """One output: its words, a piece of HTML that is not safe yet, or a picture that says it is PNG."""

    text: str = ""
    html: str = ""
    picture: bytes = b""
    error: bool = False


class NotebookCell(Value, frozen=True):
    """A cell by its place from 0; `kind` is the format's own word (``code``, ``markdown``, ...)."""

    index: int
    kind: str
    source: str
    outputs: tuple[CellOutput, ...] = ()


def cells_of(blobs: Blobs, digest: str) -> tuple[NotebookCell, ...]:
    """The cells of a kept notebook; none where it is not there, is no notebook, or is larger than `LARGEST`."""
    path = blobs.path(digest) if digest else None
    if path is None or path.stat().st_size > LARGEST:
        return ()
    return _cells(blobs, digest)


@lru_cache(maxsize=8)  # someone turns over the cells of one notebook after the other
def _cells(blobs: Blobs, digest: str) -> tuple[NotebookCell, ...]:
    try:
        notebook = parse_notebook(blobs.get(digest).decode("utf-8-sig", "replace"), DEFAULT_LIMITS)
    except UnreadableDocumentError:
        return ()
    sheets = notebook.get("worksheets")  # of nbformat 3 and before
    found = notebook.get("cells")
    if not isinstance(found, list):
        found = [
            cell
            for sheet in (sheets if isinstance(sheets, list) else ())
            if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
            for cell in sheet["cells"]
        ]
    return tuple(
        _cell(index, cell if isinstance(cell, dict) else {}) for index, cell in enumerate(found[:_CELLS])
    )


def _cell(index: int, cell: Mapping[str, Any]) -> NotebookCell:
    outputs = cell.get("outputs")
    shown = [
        one for one in (outputs if isinstance(outputs, list) else [])[:_OUTPUTS] if isinstance(one, dict)
    ]
    return NotebookCell(
        index,
        str(cell.get("cell_type"))[:20],
        joined_text(cell.get("source", cell.get("input", "")))[:_TEXT],
        tuple(output for one in shown for output in _output(one)),
    )


def _output(output: Mapping[str, Any]) -> Iterator[CellOutput]:
    kind = output.get("output_type")
    if kind == "stream":
        yield CellOutput(_as_it_ends(joined_text(output.get("text", ""))[:_TEXT]))
        return
    if kind in {"error", "pyerr"}:
        lines = output.get("traceback")
        text = "\n".join(str(line) for line in lines[:200]) if isinstance(lines, list) else ""
        yield CellOutput((text or f"{output.get('ename')}: {output.get('evalue')}")[:_TEXT], error=True)
        return
    bundle = output.get("data")
    if not isinstance(bundle, dict):  # nbformat 3 keeps the data in the output itself
        bundle = {_PNG: output.get("png"), "text/html": output.get("html"), "text/plain": output.get("text")}
    picture = _decoded(joined_text(bundle.get(_PNG, "")))
    html = joined_text(bundle.get("text/html", ""))
    if picture or html.strip():
        yield CellOutput(html="" if picture else html[:_TEXT], picture=picture)
    else:
        yield CellOutput(joined_text(bundle.get("text/plain", ""))[:_TEXT])


def _decoded(text: str) -> bytes:
    if not text or len(text) > 2 * _PICTURE:
        return b""
    try:
        return base64.b64decode(text, validate=False)
    except (binascii.Error, ValueError):
        return b""


def _as_it_ends(text: str) -> str:
    """What a terminal shows in the end: carriage returns and backspaces overwrite the line, as progress bars do."""
    lines = (line.rstrip("\r\b") for line in text.split("\n"))
    return "\n".join(line.replace("\b", "\r").rpartition("\r")[2] for line in lines)
