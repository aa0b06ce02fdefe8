"""Which files were read, by what the disk says of each: unchanged, a file's contents are not looked at again.

A stamp is size, both times, inode and path. A file that is changed keeps none of them for long: whoever writes to it sets its
times, and what puts the old time of modification back sets the time of change. A clock that is turned back to the same
nanosecond could still deceive it; `--check-content` reads everything.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, insert, select

from grader.model import Value
from grader.store import tables
from grader.store.engine import kept_text

_SETTLED: Final = (
    2_000_000_000  # nanoseconds: a file written later may be written once more within its clock's tick
)
_AT_ONCE: Final = 500


class Stamp(Value, frozen=True):
    """What the disk says of a file; `modified` and `changed` are nanoseconds of the epoch."""

    path: str
    size: int
    modified: int
    changed: int
    inode: str


def stamp(path: Path) -> Stamp | None:
    """The stamp of a file; None if it is none, or was written so lately that it may yet change unseen."""
    try:
        found = os.stat(path)  # noqa: PTH116 - ten thousand of them; a Path's own costs twice
    except OSError:
        return None
    own = os.path.abspath(path)  # noqa: PTH100 - as above; links are not followed
    if kept_text(own) != own:  # a name that is no text
        return None
    latest = max(found.st_mtime_ns, found.st_ctime_ns)
    if not stat.S_ISREG(found.st_mode) or latest > time.time_ns() - _SETTLED:
        return None
    return Stamp(
        own,
        found.st_size,
        found.st_mtime_ns,
        found.st_ctime_ns,
        f"{found.st_dev}:{found.st_ino}",
    )


class FileStamps:
    """The stamps in a ledger. `reading` and `writing` open its transactions."""

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Connection]],
        writing: Callable[[], AbstractContextManager[Connection]],
    ) -> None:
        self._reading = reading
        self._writing = writing

    def digests(self) -> dict[Stamp, str]:
        """The digest of each file that was read, by its stamp."""
        with self._reading() as connection:
            return {Stamp(*row[:-1]): row[-1] for row in connection.execute(select(tables.stamps))}

    def keep(self, digests: Mapping[Stamp, str]) -> None:
        """Puts these in place of what was known of the same paths."""
        rows = [{**msgspec.structs.asdict(one), "digest": digest} for one, digest in digests.items()]
        for at in range(0, len(rows), _AT_ONCE):
            part = rows[at : at + _AT_ONCE]
            with self._writing() as connection:
                self._drop(connection, [str(row["path"]) for row in part])
                connection.execute(insert(tables.stamps), part)

    def drop(self, paths: Iterable[str]) -> None:
        """Forgets what was known of these paths."""
        names = list(paths)
        for at in range(0, len(names), _AT_ONCE):
            with self._writing() as connection:
                self._drop(connection, names[at : at + _AT_ONCE])

    @staticmethod
    def _drop(connection: Connection, paths: list[str]) -> None:
        connection.execute(delete(tables.stamps).where(tables.stamps.c.path.in_(paths)))
