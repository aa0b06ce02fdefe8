"""A directory for what a run unpacks: gone when it ends, and swept by the next run where it was killed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil

_PREFIX: Final = "grader-work-"
_NAME: Final = re.compile(rf"{_PREFIX}(\d+)-\w+")


@contextlib.contextmanager
def workspace() -> Iterator[Path]:
    """A new directory of this process, after those of processes that are no more are removed."""
    sweep()
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-") as directory:
        yield Path(directory)


def sweep() -> None:
    """Removes the directories that killed runs of the same user left behind."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        found = _NAME.fullmatch(path.name)
        if found is None or psutil.pid_exists(int(found[1])):
            continue
        with contextlib.suppress(OSError):
            if path.is_symlink() or (hasattr(os, "getuid") and path.stat().st_uid != os.getuid()):
                continue
            shutil.rmtree(path, ignore_errors=True)
