"""Code as it is shown to trees of Python: whole cells where they parse, line by line where they do not.

One line that is no Python hides no other; which lines were given up is told. Cells that a magic hands to
something other than Python hold none.
"""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from typing import Final

from grader.checks.code import MAX_CODE, clean, parse_statements, statements
from grader.model import Value

MAX_REPAIRS: Final = 25  # lines of one listing that may be no Python before it is read line by line
_MAX_BRACKETS: Final = 60
_PYTHON_MAGICS: Final = frozenset(
    ("time", "timeit", "capture", "prun", "memit", "mprun", "tensorflow_version")
)
_MAGIC_LINE: Final = re.compile(r"^([ ]*)(?:\w+\s*=\s*)?[!%?].*$|^([ ]*)[\w.]+\?{1,2}\s*$", re.M)
_NUMBERED_LINE: Final = re.compile(r"^[ ]{0,6}\d{1,4}(?:[ ]{0,2}[|:.][ ]?|[ ]{1,2}|$)")
_DIFF_LINE: Final = re.compile(r"^(?:\+|-|[ ]|@@|$)")


class CodeListing(Value, frozen=True):
    """A piece of code as a tree. `flat`: the nesting was lost, heads of blocks stand with nothing in them.

    `unread` holds the lines, from 1, that are no Python; `text` is the cleaned code that lines are counted in.
    """

    tree: ast.Module
    text: str
    unread: tuple[int, ...] = ()
    flat: bool = False


def python_of_cell(source: str) -> str:
    """What of a notebook's cell the Python kernel runs: nothing under another language's magic, no line magics."""
    stripped = source.lstrip()
    if stripped.startswith("%%"):
        head, _, body = stripped.partition("\n")
        name = re.match(r"%%(\w*)", head)
        if name is None or name[1] not in _PYTHON_MAGICS:
            return ""
        source = "\n" + body
    return _MAGIC_LINE.sub(lambda found: (found[1] or found[2] or "") + "pass", source)


def parse_listing(text: str, *, flat: bool = False) -> CodeListing:
    """The tree of code in a report or a cell. `flat` reads line by line from the start, as words with code in them are."""
    code = textwrap.dedent(
        _MAGIC_LINE.sub(lambda found: (found[1] or found[2] or "") + "pass", _plain(clean(text)))
    )
    if not flat and _depth(code) <= _MAX_BRACKETS:
        found = _whole(code)
        if found is not None:
            return found
    return _line_by_line(code)


def _plain(code: str) -> str:
    """Code without the marks of a comparison of versions, and without line numbers."""
    lines = code.split("\n")
    marked = [line for line in lines if line.startswith("+") and not line.startswith("+++")]
    if marked and all(_DIFF_LINE.match(line) for line in lines):
        lines = ["" if line.startswith(("-", "@", "+++")) else line[1:] for line in lines]
    filled = [line for line in lines if line.strip()]
    if filled and all(_NUMBERED_LINE.match(line) for line in filled):
        lines = [_NUMBERED_LINE.sub("", line, count=1) for line in lines]
    return "\n".join(lines)


def _depth(code: str) -> int:
    depth = deepest = 0
    for char in code:
        depth += (char in "([{") - (char in ")]}")
        deepest = max(deepest, depth)
    return deepest


def _whole(code: str) -> CodeListing | None:
    lines = code.split("\n")
    unread: list[int] = []
    for _ in range(MAX_REPAIRS):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return CodeListing(ast.parse("\n".join(lines)), code, tuple(unread))
        except IndentationError:
            return None
        except SyntaxError as problem:
            at = (problem.lineno or 0) - 1
            if not 0 <= at < len(lines) or not lines[at].strip() or lines[at].strip() == "pass":
                return None
            head = lines[at].rstrip().endswith(":")
            if head:  # what stands under it would lose its place
                return None
            unread.append(at + 1)
            lines[at] = lines[at][: len(lines[at]) - len(lines[at].lstrip())] + "pass"
        except (ValueError, RecursionError, MemoryError):
            return None
    return None


def _line_by_line(code: str) -> CodeListing:
    body: list[ast.stmt] = []
    unread: list[int] = []
    for statement in statements(code[:MAX_CODE]):
        found = parse_statements(statement.source)
        if not found:
            unread.append(statement.line)
        for tree in found:
            ast.increment_lineno(tree, statement.line - 1)
        body.extend(found)
    return CodeListing(ast.Module(body, []), code, tuple(unread), flat=True)
