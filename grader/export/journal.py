"""What has been sent already: an append-only file of JSON lines, so that a repeat sends nothing twice.

Each line is on disk before the next request goes out. A line that a kill or a power cut tore in two is
ignored.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from grader.errors import ExportError
from grader.model import Value


class JournalEntry(Value, frozen=True):
    """One step: for `recipient`, the `part` (grade, comment ...) with content `digest` reached `state`.

    States are ``sending`` (asked for, outcome unknown) and ``sent``; `detail` is what a later run needs to
    know.
    """

    recipient: str
    part: str
    digest: str
    state: str
    detail: str = ""


class Journal:
    """The journal at `path`; made by `opened`."""

    def __init__(self, file: IO[bytes], entries: list[JournalEntry]) -> None:
        self._file = file
        self._latest = {(entry.recipient, entry.part): entry for entry in entries}

    def latest(self, recipient: str, part: str) -> JournalEntry | None:
        """The last step taken for a recipient's part."""
        return self._latest.get((recipient, part))

    def is_sent(self, recipient: str, part: str, digest: str) -> bool:
        """Whether exactly this content has arrived."""
        entry = self.latest(recipient, part)
        return entry is not None and entry.state == "sent" and entry.digest == digest

    def record(self, entry: JournalEntry) -> None:
        """Writes a step through to the disk."""
        self._file.write(msgspec.json.encode(entry) + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._latest[entry.recipient, entry.part] = entry


@contextmanager
def opened(path: Path) -> Iterator[Journal]:
    """The journal at `path`, locked against a second sender. Raises `ExportError` if there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        _lock(file, path)
        file.seek(0)
        content = file.read()
        if content and not content.endswith(b"\n"):
            file.write(b"\n")
        yield Journal(file, [entry for line in content.splitlines() if (entry := _read(line)) is not None])


def _read(line: bytes) -> JournalEntry | None:
    try:
        return msgspec.json.decode(line, type=JournalEntry)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _lock(file: IO[bytes], path: Path) -> None:
    try:
        import fcntl  # noqa: PLC0415 - POSIX only; elsewhere two senders at once are the user's to avoid
    except ImportError:
        return
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        raise ExportError(f"{path}: another export is sending at this moment; wait for it") from problem
