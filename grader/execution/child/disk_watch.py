"""Disk used, where no quota of a file system bounds it: below a directory, or in memory."""

from __future__ import annotations

import os
import time
from typing import Protocol

from grader.execution.child import memory_watch

_EVERY = 0.5  # seconds between looks
_MEGABYTE = 1 << 20


class Disk(Protocol):
    """What a supervisor asks about disk."""

    def exceeded(self) -> bool:
        """Whether a limit is passed now."""


class MemoryDiskWatch:
    """Counts what each of the file systems in memory that a wall made holds: it may bound neither bytes nor inodes."""

    def __init__(self, root: int, file_systems: tuple[str, ...], limit_mb: int, inodes: int) -> None:
        self._root = root
        self._file_systems = file_systems
        self._limit = limit_mb * _MEGABYTE
        self._inodes = inodes

    def exceeded(self) -> bool:
        """Whether one of them has more than it may."""
        used = memory_watch.used_of(memory_watch.descendants(self._root), self._file_systems)
        return any(size > self._limit or inodes > self._inodes for size, inodes in used)


class DiskWatch:
    """Counts the bytes and the entries below `directory`, without following links."""

    def __init__(self, directory: str, limit_mb: int, inodes: int) -> None:
        self._directory = directory
        self._limit = limit_mb * _MEGABYTE
        self._inodes = inodes
        self._next = 0.0

    def exceeded(self) -> bool:
        """Whether either limit is passed now; looks at most twice a second."""
        now = time.monotonic()
        if now < self._next:
            return False
        found = self._over()
        self._next = time.monotonic() + _EVERY
        return found

    def _over(self) -> bool:
        size = entries = 0
        waiting = [self._directory]
        while waiting:
            place = waiting.pop()
            try:
                with os.scandir(place) as listing:
                    for entry in listing:
                        entries += 1
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
                        else:
                            size += entry.stat(follow_symlinks=False).st_blocks * 512
                        if size > self._limit or entries > self._inodes:
                            return True
            except FileNotFoundError:
                continue
            except OSError:  # nested deeper than a path can name, or closed to us: nothing honest is
                return True
        return False
