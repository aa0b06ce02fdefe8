"""Writes a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from grader.errors import FileWriteError


def write(path: Path, content: str | bytes) -> None:
    """Writes `content` (text as UTF-8) in place of the file; a reader sees the old or the new, never half. Raises `FileWriteError`."""
    with writing(path) as stream:
        stream.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content takes the place of the file at the end, or none of it. Raises `FileWriteError`."""
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        with os.fdopen(handle, "wb") as stream:
            yield stream
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException as problem:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        if not isinstance(problem, OSError):
            raise
        raise FileWriteError(
            f"{path} cannot be written ({problem.strerror}): is the disk full or the folder read-only?"
        ) from problem
