"""A digest of all that can change a verdict, and of nothing else: what it covers, and what a check's own source is.

Reading, running, checking and judging are covered, the words of the result files, and the assignment's own sources
with their data. Pages, exports, intake and commands are not: a new word in one of them must not grade a class again.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import grader
from grader.errors import AssignmentError

DECIDING: Final = ("documents", "execution", "checks", "grading", "model.py")  # of the grader itself
_COMPILED: Final = frozenset((".pyc", ".pyo"))


def rubric_digest(declared: bytes, sources: Iterable[Path]) -> str:
    """The digest of what an assignment declares and of its `sources` (files, or folders with all that is in them).

    It is the same wherever they are installed. Raises `AssignmentError` for a source that is not there.
    """
    digest = hashlib.sha256(declared)
    own = Path(grader.__file__).parent
    named = [(f"grader/{part}", own / part) for part in DECIDING]
    named += sorted((source.name, source) for source in {source.resolve() for source in sources})
    for name, source in named:
        for inside, path in _files(source):
            with path.open("rb") as stream:
                contents = hashlib.file_digest(stream, "sha256").hexdigest()
            digest.update(f"\0{name}\0{inside}\0{contents}".encode("utf-8", "surrogateescape"))
    return "sha256:" + digest.hexdigest()


def source_of(function: Callable[..., Any]) -> Path | None:
    """The package that a function was written in, or the file where it is in none; None where it has no source."""
    written = inspect.unwrap(function)
    while isinstance(written, functools.partial):
        written = inspect.unwrap(written.func)
    try:
        file = inspect.getsourcefile(written if inspect.isroutine(written) else type(written))
    except TypeError:  # built in, or made while running
        return None
    if file is None:
        return None
    return _package(str(getattr(written, "__module__", ""))) or Path(file)


def _package(module: str) -> Path | None:
    """The folder of the outermost package of a module that has a file of its own; None for a module in no package."""
    parts = module.split(".")
    for length in range(1, len(parts) + 1):
        found = sys.modules.get(".".join(parts[:length]))
        file = getattr(found, "__file__", None)
        if file is not None and hasattr(found, "__path__"):
            return Path(file).parent
    return None


def _files(source: Path) -> Iterator[tuple[str, Path]]:
    """Every file of a source with its place inside, in a fixed order; without caches and what is compiled."""
    if source.is_file():
        yield source.name, source
        return
    if not source.is_dir():
        raise AssignmentError(f"{source} is not there: correct the assignment's sources, or install it again")
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if name != "__pycache__" and not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            if not name.startswith(".") and path.suffix not in _COMPILED and path.is_file():
                yield path.relative_to(source).as_posix(), path
