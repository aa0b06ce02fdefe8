"""Reading a notebook that was handed in, and writing the one that was run. Both are bounded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from grader.errors import UnreadableNotebookError
from grader.execution.shared.limits import Limits
from grader.execution.shared.terminal_text import plain
from grader.model import Value

_MEGABYTE = 1 << 20
_SAVED_LIMIT = 64 * 1024  # characters of one cell's saved output that are compared


class SourceCell(Value, frozen=True):
    """One cell as handed in. `kind` is code, markdown or raw; `saved` is its saved output as plain text."""

    kind: str
    source: str
    saved: str = ""


def read_notebook(data: bytes, limits: Limits) -> tuple[SourceCell, ...]:
    """The cells of an .ipynb of format 3 or 4, all metadata left behind. Raises `UnreadableNotebookError`."""
    if len(data) > limits.source_mb * _MEGABYTE:
        raise UnreadableNotebookError(
            f"the notebook is larger than {limits.source_mb} MB: clear its output and hand it in again"
        )
    if not data.strip():
        raise UnreadableNotebookError("the notebook is an empty file: save it and hand it in again")
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        raise UnreadableNotebookError(
            "the file is not a notebook (.ipynb is JSON, this is not): download it again as .ipynb"
        ) from None
    cells = _cells(tree)
    if cells is None:
        raise UnreadableNotebookError("the file is JSON but not a notebook: it has no list of cells")
    if len(cells) > limits.cells:
        raise UnreadableNotebookError(f"the notebook has {len(cells)} cells; at most {limits.cells} are run")
    return tuple(_cell(cell) for cell in cells)


def _cells(tree: Any) -> list[Any] | None:
    if not isinstance(tree, dict):
        return None
    cells = tree.get("cells")
    if isinstance(cells, list):
        return cells
    sheets = tree.get("worksheets")  # format 3
    if not isinstance(sheets, list):
        return None
    return [
        cell
        for sheet in sheets
        if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
        for cell in sheet["cells"]
    ]


def _cell(cell: Any) -> SourceCell:
    if not isinstance(cell, dict):
        return SourceCell("raw", "")
    kind = str(cell.get("cell_type"))
    kind = kind if kind in {"code", "markdown", "raw"} else "markdown" if kind == "heading" else "raw"
    source = _text(cell.get("source", cell.get("input")))
    outputs = cell.get("outputs")
    saved = _saved(outputs) if kind == "code" and isinstance(outputs, list) else ""
    return SourceCell(kind, source, saved)


def _text(value: Any) -> str:
    """A multi-line string of the notebook format: one string, or a list of them."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return _encodable(value) if isinstance(value, str) else ""


def _encodable(text: str) -> str:
    """`text` without lone surrogates, which JSON can hold and nothing can send."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _saved(outputs: Iterable[Any]) -> str:
    parts: list[str] = []
    for output in outputs:
        if isinstance(output, dict):
            parts.append(_text(output.get("text")))
            data = output.get("data")
            if isinstance(data, dict) and not any(str(kind).startswith("image/") for kind in data):
                parts.append(_text(data.get("text/plain")))
            if str(output.get("output_type")) in {"error", "pyerr"}:
                parts.append(f"{_text(output.get('ename'))}: {_text(output.get('evalue'))}")
    return plain("\n".join(part for part in parts if part)[:_SAVED_LIMIT])


def write_notebook(cells: Iterable[SourceCell], outputs: Mapping[int, list[dict[str, Any]]]) -> bytes:
    """An nbformat 4.4 file of `cells` with the outputs given by index, and no metadata but the language's."""
    written: list[dict[str, Any]] = []
    count = 0
    for index, cell in enumerate(cells):
        entry: dict[str, Any] = {"cell_type": cell.kind, "metadata": {}, "source": cell.source}
        if cell.kind == "code":
            ran = index in outputs
            count += ran
            entry |= {"execution_count": count if ran else None, "outputs": outputs.get(index, [])}
        written.append(entry)
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": python, "language_info": {"name": "python"}}
    notebook = {"cells": written, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode("utf-8", "replace")
