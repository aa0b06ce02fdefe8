"""Bytes by their digest, in files beside the ledger: executed notebooks and pictures of pages."""

from __future__ import annotations

import hashlib
from collections.abc import Set as AbstractSet
from pathlib import Path

from grader.atomic_file import write
from grader.errors import FileWriteError


class Blobs:
    """A folder of files named by the SHA-256 of what is in them, so that the same bytes are kept once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, digest: str, data: bytes) -> None:
        """Keeps some bytes. Raises `FileWriteError`."""
        path = self._path(digest)
        if not path.exists():
            write(path, data)

    def put_file(self, digest: str, path: Path) -> None:
        """Keeps a copy of a file whose digest is known. Raises `FileWriteError`."""
        if not self._path(digest).exists():
            try:
                self.put(digest, path.read_bytes())
            except OSError as problem:
                raise FileWriteError(f"{path} cannot be kept ({problem.strerror})") from problem

    def get(self, digest: str) -> bytes:
        """The bytes of that digest; none where they are gone or are not what their name says."""
        try:
            data = self._path(digest).read_bytes()
        except OSError:
            return b""
        return data if hashlib.sha256(data).hexdigest() == digest else b""

    def path(self, digest: str) -> Path | None:
        """The file that holds the bytes of that digest, if it is there."""
        path = self._path(digest)
        return path if path.is_file() else None

    def keep_only(self, digests: AbstractSet[str]) -> None:
        """Removes what nothing refers to any more."""
        for path in self.folder.glob("??/*"):
            if path.name not in digests and not path.name.startswith("."):
                path.unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest
