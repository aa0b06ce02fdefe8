"""Writes a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from grader.errors import FileWriteError


def write(path: Path, content: str | bytes) -> None:
    """Writes `content` (text as UTF-8) in place of the file; a reader sees the old or the new, never half. Raises `FileWriteError`."""
    data = content.encode() if isinstance(content, str) else content
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as problem:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise FileWriteError(
            f"{path} cannot be written ({problem.strerror}): is the disk full or the folder read-only?"
        ) from problem
