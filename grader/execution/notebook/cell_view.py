"""One cell's collected output in the forms that a reader, a check and a notebook file want."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from grader.execution.notebook.cell_output import IMAGES, CellOutput, Failure, Shown
from grader.execution.shared.bounded_text import BoundedText
from grader.execution.shared.run_types import CellImage, DrawnFigure
from grader.execution.shared.terminal_text import plain, without_paths


def streams(output: CellOutput, name: str) -> str:
    """All that was written to stdout or stderr, as plain text."""
    texts = (item for item in output.items if isinstance(item, BoundedText) and item.name == name)
    return without_paths(plain("".join(item.text() for item in texts)))


def result(output: CellOutput) -> str:
    """The plain text of the cell's results and displays that have no better form than text."""
    shown = (item for item in output.items if isinstance(item, Shown))
    return "\n".join(
        plain(item.data["text/plain"])
        for item in shown
        if "text/plain" in item.data and not any(kind in item.data for kind in IMAGES)
    )


def error(output: CellOutput) -> tuple[str, str, str]:
    """(name, message, traceback) of the last error, or three empty texts."""
    errors = [item for item in output.items if isinstance(item, Failure)]
    if not errors:
        return "", "", ""
    last = errors[-1]
    return plain(last.name), plain(last.message), without_paths(plain("\n".join(last.trace)))


def images(output: CellOutput) -> tuple[CellImage, ...]:
    """The pictures shown, decoded from base64 and nothing more."""
    found = []
    for item in output.items:
        if isinstance(item, Shown):
            for kind in IMAGES:
                if kind in item.data:
                    data = _image_bytes(kind, item.data[kind])
                    if data:
                        found.append(CellImage(kind, data))
                        break
    return tuple(found)


def html(output: CellOutput) -> tuple[str, ...]:
    """The HTML shown, as it came."""
    shown = (item for item in output.items if isinstance(item, Shown))
    return tuple(item.data["text/html"] for item in shown if "text/html" in item.data)


def figures(output: CellOutput) -> tuple[DrawnFigure, ...]:
    """The figures drawn, as data."""
    shown = (item for item in output.items if isinstance(item, Shown))
    return tuple(item.figure for item in shown if item.figure is not None)


def as_notebook(output: CellOutput) -> list[dict[str, Any]]:
    """The outputs in nbformat 4."""
    outputs: list[dict[str, Any]] = []
    for item in output.items:
        if isinstance(item, BoundedText):
            outputs.append({"output_type": "stream", "name": item.name, "text": plain(item.text())})
        elif isinstance(item, Failure):
            name, message, trace = plain(item.name), plain(item.message), "\n".join(item.trace)
            lines = without_paths(plain(trace)).split("\n")
            outputs.append({"output_type": "error", "ename": name, "evalue": message, "traceback": lines})
        elif item.data:
            kind = "execute_result" if item.result else "display_data"
            display: dict[str, Any] = {"output_type": kind, "data": dict(item.data), "metadata": {}}
            outputs.append({**display, "execution_count": None} if item.result else display)
    return outputs


def _image_bytes(kind: str, text: str) -> bytes:
    if kind == "image/svg+xml":
        return text.encode(errors="replace")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
