"""The notebook that a kernel belongs to, as it stands now: in Jupyter, VS Code and Colab, else from what was run in it.

Jupyter and VS Code tell the kernel where the file is, and the file is only as new as the last time it was saved: cells that
were run since are added, and the student is told. Colab hands over what is in the browser.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from grader.model import Value

_MAGIC: Final = re.compile(r"^\s*%+(?:check|load_ext|reload_ext)\b.*$", re.M)
_COLAB_SECONDS: Final = 20


class Shell(Protocol):
    """What is asked of IPython's shell: the names in it, with ``In`` and ``Out``."""

    user_ns: dict[str, Any]


class OpenNotebook(Value, frozen=True):
    """A notebook in nbformat 4; `name` is its file's, `unsaved` how many cells were run since it was saved."""

    name: str
    text: str
    unsaved: int = 0
    from_history: bool = False


def open_notebook(shell: Shell, environment: Mapping[str, str] = os.environ) -> OpenNotebook:
    """The notebook; one made of the cells that were run, where its file cannot be found."""
    run = _run_cells(shell)
    colab = _of_colab()
    if colab is not None:
        return OpenNotebook("notebook.ipynb", colab)
    path = _path(shell, environment)
    if path is not None:
        try:
            notebook = json.loads(path.read_text("utf-8"))
            cells = [cell for cell in notebook["cells"] if isinstance(cell, dict)]
        except (OSError, ValueError, KeyError, TypeError):
            cells = []
        if cells:
            saved = {_bare(_source(cell)) for cell in cells}
            fresh = [cell for cell in run if _bare(_source(cell)) not in saved]
            return OpenNotebook(path.name, json.dumps({**notebook, "cells": [*cells, *fresh]}), len(fresh))
    return OpenNotebook("notebook.ipynb", json.dumps(_notebook(run)), from_history=True)


def _path(shell: Shell, environment: Mapping[str, str]) -> Path | None:
    """Where the file is, as the editor tells the kernel."""
    told = shell.user_ns.get("__vsc_ipynb_file__") or environment.get("JPY_SESSION_NAME")
    if not isinstance(told, str) or not told.endswith(".ipynb"):
        return None
    path = Path(told)
    for candidate in (path, Path.cwd() / path.name):
        if candidate.is_file():
            return candidate
    return None


def _of_colab() -> str | None:
    if "google.colab" not in sys.modules:
        return None
    try:
        from google.colab import _message  # noqa: PLC0415 - only there

        notebook = _message.blocking_request("get_ipynb", timeout_sec=_COLAB_SECONDS)["ipynb"]
        return json.dumps({"nbformat": 4, "nbformat_minor": 0, "metadata": {}, **notebook})
    except Exception:  # a private interface of Colab's: what was run is still known
        return None


def _run_cells(shell: Shell) -> list[dict[str, Any]]:
    """The cells that were run in this kernel, each as it was run last, with its result as text."""
    history = getattr(shell, "history_manager", None)  # as typed: ``In`` holds magics as calls
    sources = getattr(history, "input_hist_raw", None) or shell.user_ns.get("In", [])
    results = shell.user_ns.get("Out", {})
    cells: dict[str, dict[str, Any]] = {}
    for number, source in enumerate(sources if isinstance(sources, Sequence) else ()):
        bare = _MAGIC.sub("", str(source)).strip()
        if not bare:
            continue
        result = results.get(number) if isinstance(results, Mapping) else None
        outputs = []
        if result is not None:
            try:
                shown = repr(result)[:20_000]
            except Exception:  # a student's own class
                shown = ""
            outputs = [
                {
                    "output_type": "execute_result",
                    "execution_count": number,
                    "metadata": {},
                    "data": {"text/plain": shown},
                }
            ]
        cells.pop(_bare(bare), None)
        cells[_bare(bare)] = {
            "cell_type": "code", "metadata": {}, "execution_count": number, "source": bare, "outputs": outputs
        }  # fmt: skip
    return list(cells.values())


def _notebook(cells: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": list(cells)}


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _bare(source: str) -> str:
    return "".join(_MAGIC.sub("", source).split())
