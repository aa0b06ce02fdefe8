"""Bytes -> the rows of a CSV, whatever a spreadsheet made of it, and what it takes to write the same kind again."""

from __future__ import annotations

import csv
import io
import re
from typing import Final

from grader.model import Value

_SEPARATORS: Final = ",;\t|"
_NAMED: Final = re.compile(r"\"?sep=(?P<separator>[,;\t|])\"?[,;\t|]*", re.IGNORECASE)
_PROBE: Final = 4_000  # bytes from which UTF-16 without a mark is told


class UnreadableTable(ValueError):  # noqa: N818 - what the table is; the sentence is the message
    """No CSV that can be read."""


class CsvTable(Value, frozen=True):
    """Rows without the empty ones. `encoding` is a codec's name; `told` whether a first line ``sep=;`` named the separator."""

    rows: tuple[tuple[str, ...], ...]
    separator: str
    encoding: str
    quote_all: bool = False
    told: bool = False


def read_csv(content: bytes, *, strict: bool = False) -> CsvTable:
    """The table in `content`: UTF-8, UTF-16 or code page 1252, with a mark or without, any usual separator.

    Raises `UnreadableTable`; a quote that is never closed is one only with `strict`.
    """
    text, encoding = decoded(content)
    first, _, rest = text.partition("\n")
    named = _NAMED.fullmatch(first.rstrip("\r"))
    if named is not None:
        text = rest
    separator = named["separator"] if named is not None else _separator(text)
    try:
        found = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)
        rows = tuple(tuple(row) for row in found if any(cell.strip() for cell in row))
    except csv.Error as problem:
        raise UnreadableTable(str(problem)) from problem
    return CsvTable(rows, separator, encoding, text.lstrip().startswith('"'), named is not None)


def decoded(content: bytes) -> tuple[str, str]:
    """The text and the codec that was taken. A sheet that Excel saved without a choice is in code page 1252."""
    for mark, codec in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(codec, errors="replace"), codec
    probe = content[:_PROBE]
    if len(probe) > 1 and b"\0" in probe:
        codec = "utf-16-le" if probe[1::2].count(0) >= probe[::2].count(0) else "utf-16-be"
        return content.decode(codec, errors="replace"), codec
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "cp1252"


def _separator(text: str) -> str:
    """The separator that occurs most outside of quotes in the first line that has any."""
    for line in text[:20_000].splitlines()[:5]:
        bare = re.sub(r'"(?:[^"]|"")*"', "", line)
        best = max(_SEPARATORS, key=bare.count)
        if bare.count(best):
            return best
    return ","
