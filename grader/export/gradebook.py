"""The TA's own export of a gradebook, read as it is so that it can be filled in and handed back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from grader.errors import ExportError
from grader.export.cells import to_csv
from grader.model import Value

_LARGEST = 64 * 1024 * 1024


class Gradebook(Value, frozen=True):
    """The rows of a CSV and what it takes to write the same kind again, any byte order mark included."""

    path: Path
    rows: tuple[tuple[str, ...], ...]
    delimiter: str
    encoding: str
    quote_all: bool

    @property
    def headings(self) -> tuple[str, ...]:
        """The first row."""
        return self.rows[0]

    def column(self, *names: str) -> int | None:
        """The first column headed by one of `names`, case and outer blanks aside."""
        headings = [heading.strip().casefold() for heading in self.headings]
        return next((headings.index(name.casefold()) for name in names if name.casefold() in headings), None)

    def to_bytes(self, rows: Iterable[Iterable[str]]) -> bytes:
        """`rows` in the same delimiter, quoting and encoding."""
        return to_csv(
            (tuple(row) for row in rows), delimiter=self.delimiter, quote_all=self.quote_all
        ).encode(self.encoding)


def read_gradebook(path: Path | None, what: str) -> Gradebook:
    """The gradebook at `path`. Raises `ExportError` if it is missing, empty or no CSV; `what` names it."""
    if path is None:
        raise ExportError(f"{what} is needed: download it and name it")
    if not path.is_file():
        raise ExportError(f"{path}: there is no such file; {what} is needed")
    if path.stat().st_size > _LARGEST:
        raise ExportError(f"{path}: larger than any gradebook")
    content = path.read_bytes()
    text, encoding = _decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max("\t,;", key=first.count) if first else ","
    try:
        rows = tuple(
            tuple(row)
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
            if any(row)
        )
    except csv.Error as problem:
        raise ExportError(f"{path}: not a CSV that can be read ({problem})") from problem
    if not rows:
        raise ExportError(f"{path}: it is empty; {what} is needed")
    return Gradebook(
        path=path, rows=rows, delimiter=delimiter, encoding=encoding, quote_all=text.lstrip().startswith('"')
    )


def _decoded(content: bytes) -> tuple[str, str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), "utf-16"
    if content.startswith(b"\xef\xbb\xbf"):
        return content.decode("utf-8-sig", errors="replace"), "utf-8-sig"
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "utf-8"
