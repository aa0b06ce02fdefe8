"""The preview of an export in a terminal: a table, one line a student; in a narrow one, a few lines a student."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

from grader.export import ExportReport, Line

_HEADS: Final = ("student", "now", "to come", "comment", "late", "what happens")
_WIDEST: Final = (36, 10, 10, 9, 5, 90)


def preview_lines(report: ExportReport, width: int = 0) -> Iterator[str]:
    """The table, then who has handed in nothing, then how many of each there are.

    `width` is that of the terminal, in columns, 0 for none: where the table is wider, each row is told line by line.
    """
    rows = [_HEADS, *(_row(line) for line in report.lines)]
    shown = [[_cut(_plain(cell), most) for cell, most in zip(row, _WIDEST, strict=True)] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*shown, strict=True)]
    if 0 < width < sum(widths) + 2 * (len(widths) - 1):
        for row in shown[1:]:
            yield from (f"{head}: {cell}" for head, cell in zip(_HEADS, row, strict=True) if cell.strip("-"))
            yield ""
    else:
        for row in shown:
            yield "  ".join(
                f"{cell}{' ' * (wide - _width(cell))}" for cell, wide in zip(row, widths, strict=True)
            ).rstrip()
    for student in report.absent:
        yield f"{_plain(student)}: no submission"
    replaced = sum(bool(line.now) and line.now != line.to_come for line in report.lines if not line.reason)
    held = sum(bool(line.reason) for line in report.lines)
    yield (
        f"{report.rows} marks leave, {replaced} of them in place of another; {held} stay here; "
        f"{len(report.absent)} have handed in nothing. Nothing was written or sent."
    )


def _row(line: Line) -> tuple[str, ...]:
    who = " ".join(dict.fromkeys(filter(None, (line.name, line.student)))) or line.submission
    what = (
        f"stays here: {line.reason}"
        if line.reason
        else ("replaces a mark" if line.now and line.now != line.to_come else "")
    )
    return who, line.now or "-", line.to_come or "-", line.comment or "-", "late" if line.late else "", what


def _plain(text: str) -> str:
    """A name as a terminal may show it: without anything that moves the cursor or turns the line round."""
    return "".join(
        " " if unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} else character
        for character in text
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )
