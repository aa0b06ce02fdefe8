"""Cells of a CSV that a spreadsheet will open: numbers as they are, texts never formulas (CWE-1236)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# The set of the OWASP page on CSV injection; the last four are full-width forms, which some Excels read so.
_DANGEROUS = frozenset("=+-@\t\r\n＝＋－＠")


_RFC_4180 = "\r\n"


class UnsafeIdentifier(ValueError):  # noqa: N818 - the identifier is unsafe; the sentence is the message
    """An identifier or heading that a spreadsheet would run, so that writing it safely would alter it."""


def text_cell(text: str) -> str:
    """A text as it may stand in a cell: what a spreadsheet would take for a formula gets a leading ``'``."""
    plain = text.replace("\0", "")
    return f"'{plain}" if plain[:1] in _DANGEROUS and plain else plain


def id_cell(identifier: str, row: str) -> str:
    """An identifier, unaltered. Raises `UnsafeIdentifier`, which shows `row`, if it could not stay so."""
    if identifier[:1] in _DANGEROUS or any(character in identifier for character in "\0\r\n"):
        raise UnsafeIdentifier(
            f"{row}: the identifier {identifier!r} would run as a formula in a spreadsheet, and altering it "
            "would lose the student; correct it at its source"
        )
    return identifier


def number_cell(number: float) -> str:
    """Points without thousands separators and needless zeros, to four decimals."""
    text = f"{number:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def to_csv(
    rows: Iterable[Sequence[str]], *, delimiter: str = ",", quote_all: bool = False, line_end: str = "\r\n"
) -> str:
    """Rows as CSV by RFC 4180: a cell with either character of a line end is quoted, whatever ends the lines."""
    made = []
    for row in rows:
        out = io.StringIO(newline="")
        csv.writer(
            out,
            delimiter=delimiter,
            quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
            lineterminator=_RFC_4180,  # before Python 3.13 only what ends the lines is quoted
        ).writerow(row)
        made.append(out.getvalue().removesuffix(_RFC_4180) + line_end)
    return "".join(made)
