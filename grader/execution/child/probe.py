"""The trusted way: runs code of the grader's own, with one answer in it, and hands back values as JSON.

No Jupyter kernel, no other code of the student. The job comes in on one descriptor, the result leaves on
another; the result is still only what this process says, so the caller checks it against random inputs.
"""

from __future__ import annotations

import ast
import io
import json
import os
import sys
import traceback
from typing import Any, NoReturn

from grader.execution.shared.plain_values import plain

_OUTPUT_LIMIT = 64 * 1024  # characters of what is printed
_MESSAGE_LIMIT = 2000  # characters of an error's text


class _Bounded(io.StringIO):
    """Keeps the first characters that are written to it and drops the rest."""

    def write(self, text: str) -> int:
        room = _OUTPUT_LIMIT - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)


def run(job_descriptor: int, result_descriptor: int) -> NoReturn:
    """Reads ``{"cells", "probe", "inputs"}``, runs it and writes ``{"value", "printed", "error"}``."""
    with os.fdopen(job_descriptor, "rb") as file:
        job = json.loads(file.read())
    printed = _Bounded()
    sys.stdin = io.StringIO()
    sys.stdout = sys.stderr = printed
    result = evaluate(job["cells"], job["probe"], job["inputs"])
    result["printed"] = printed.getvalue()
    with os.fdopen(result_descriptor, "wb") as file:
        file.write(json.dumps(result).encode())
    os._exit(0)


def evaluate(cells: list[str], probe: str | None, inputs: dict[str, Any]) -> dict[str, Any]:
    """Runs `cells` one after another in one namespace that has `inputs`; the value is that of `probe`.

    `probe` is code whose last statement is an expression. An error names the cell: its number, or -1 for
    the probe.
    """
    namespace: dict[str, Any] = {"__name__": "__main__", "inputs": inputs}
    value: Any = None
    number = 0
    try:
        for number, cell in enumerate(cells):  # the error names it
            _execute(cell, namespace, f"<cell {number}>")
        number = -1
        if probe is not None:
            value = plain(_execute(probe, namespace, "<probe>"))
    except BaseException as problem:
        return {"value": None, "error": _described(problem, number)}
    return {"value": value, "error": None}


def _execute(code: str, namespace: dict[str, Any], name: str) -> Any:
    """Runs `code`; gives the value of its last statement if that is an expression."""
    tree = ast.parse(code, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), namespace)  # noqa: S102 - this is the sandbox's purpose
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), name, "eval"), namespace)  # noqa: S307 - as above
    return None


def _described(problem: BaseException, cell: int) -> dict[str, Any]:
    try:
        message = str(problem)[:_MESSAGE_LIMIT]
        trace = "".join(traceback.format_exception(problem))[-4 * _MESSAGE_LIMIT :]
    except BaseException:  # its __str__ may be the student's
        message, trace = "", ""
    return {"cell": cell, "name": type(problem).__name__, "message": message, "trace": trace}
