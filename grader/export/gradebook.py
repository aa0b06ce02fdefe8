"""The TA's own export of a gradebook, read as it is so that it can be filled in and handed back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.class_tables import CsvTable, UnreadableTable, column_of, read_csv
from grader.errors import ExportError
from grader.export.cells import to_csv
from grader.model import Value

_LARGEST = 64 * 1024 * 1024
_WORDS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_CODECS = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "cp1252": "Windows-1252"}


class Gradebook(Value, frozen=True):
    """The rows of a CSV and what it takes to write the same kind again, any byte order mark included."""

    path: Path
    table: CsvTable

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """All rows, the headings first."""
        return self.table.rows

    @property
    def headings(self) -> tuple[str, ...]:
        """The first row."""
        return self.table.rows[0]

    def column(self, *names: str) -> int | None:
        """The first column headed by one of `names`, case and outer blanks aside."""
        headings = [heading.strip().casefold() for heading in self.headings]
        return next((headings.index(name.casefold()) for name in names if name.casefold() in headings), None)

    def column_of(self, field: str) -> int | None:
        """The column of what `field` names in any of the languages we know."""
        return column_of(self.headings, field)

    def cell(self, row: Sequence[str], at: int | None) -> str:
        """A cell without outer blanks; empty where the row is short or there is no such column."""
        return row[at].strip() if at is not None and at < len(row) else ""

    def unique(self, at: int | None, *, strip: str = "") -> dict[str, int]:
        """Rows by the content of a column, in lower case; what stands in several rows identifies none of them."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(self.rows[1:], 1):
            if key := self.cell(row, at).lstrip(strip).strip().casefold():
                found[key].append(number)
        return {key: numbers[0] for key, numbers in found.items() if len(numbers) == 1}

    def by_default(self, rows: Iterable[Iterable[str]]) -> bytes:
        """`rows` as importers read them by default: UTF-8 and commas; a byte order mark stays."""
        mark = "utf-8-sig" if self.table.encoding == "utf-8-sig" else "utf-8"
        plain = (tuple(row) for row in rows)
        quoted = self.table.quote_all and self.table.separator == ","
        return to_csv(plain, quote_all=quoted).encode(mark)

    def difference(self) -> str:
        """What was another form than the default; empty if nothing was."""
        told = []
        if self.table.separator != ",":
            told.append(_WORDS[self.table.separator])
        if self.table.encoding not in {"utf-8", "utf-8-sig"}:
            told.append(_CODECS.get(self.table.encoding, "UTF-16"))
        return f"{self.path.name} came with {' and '.join(told)}" if told else ""


def read_gradebook(path: Path | None, what: str) -> Gradebook:
    """The gradebook at `path`. Raises `ExportError` if it is missing, empty or no CSV; `what` names it."""
    if path is None:
        raise ExportError(f"{what} is needed: download it and name it")
    if not path.is_file():
        raise ExportError(f"{path}: there is no such file; {what} is needed")
    if path.stat().st_size > _LARGEST:
        raise ExportError(f"{path}: larger than any gradebook; name the file that the system gave you")
    content = path.read_bytes()
    if content.startswith(b"PK\x03\x04"):
        raise ExportError(f"{path}: a workbook; save it as CSV (UTF-8) and name that")
    try:
        table = read_csv(content, strict=True)
    except UnreadableTable as problem:
        raise ExportError(f"{path}: not a CSV that can be read ({problem})") from problem
    if not table.rows:
        raise ExportError(f"{path}: it is empty; {what} is needed")
    return Gradebook(path=path, table=table)
