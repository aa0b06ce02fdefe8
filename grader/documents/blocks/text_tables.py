"""Tables typed as lines: split by pipes, by tabs, or by wide gaps that line up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

Rows = tuple[tuple[str, ...], ...]

MAX_LINE: Final = 1_000  # characters; longer lines are prose
_MAX_LINES: Final = 1_000  # of one table
_RULE: Final = re.compile(r"[\s|+:=_\-─━┼│┃╪═]{3,}")
_PIPES: Final = re.compile(r"\s{0,3}[|│┃]\s{0,3}")
_FIGURE: Final = re.compile(r"[~<≈]?[-+]?\d[\d.,]{0,12}(?:%|ms|µs|us|s|sec|sek|min|m)?[,;:.]?")
_GAP: Final = re.compile(r"[ \u00a0]{2,}")


def split_row(line: str) -> tuple[tuple[str, ...], str]:
    """The cells of a line and what splits them: ``pipe``, ``tab``, ``gap``, ``rule`` (a drawn line), or ``""``."""
    bare = line.strip(" \u00a0\n")
    if not bare.strip() or len(bare) > MAX_LINE:
        return (), ""
    if _RULE.fullmatch(bare) and not bare.isspace():
        return (), "rule"
    inner = bare.strip()
    if "|" in inner or "│" in inner or "┃" in inner:
        cells = tuple(cell.strip() for cell in _PIPES.split(inner.strip("|│┃")))
        if len(cells) > 1:
            return cells, "pipe"
    if "\t" in inner:
        cells = tuple(cell.strip() for cell in line.strip(" \u00a0\n").split("\t"))
        if all(len(cell) <= 200 for cell in cells):
            return _without_tail(cells), "tab"
    if _GAP.search(inner):
        return tuple(cell.strip() for cell in _GAP.split(inner)), "gap"
    return (bare.strip(),), ""


def _without_tail(cells: tuple[str, ...]) -> tuple[str, ...]:
    end = len(cells)
    while end > 1 and not cells[end - 1]:
        end -= 1
    return cells[:end]


def table_at(lines: Sequence[str], start: int, stop: int) -> tuple[Rows, int]:
    """The rows of the table that begins at a line, none if none does, and the line behind what was looked at."""
    cells, style = split_row(lines[start])
    if style == "rule" and start + 1 < stop and split_row(lines[start + 1])[1] == "pipe":
        return table_at(lines, start + 1, stop)
    if len(cells) < 2:
        return (), start + 1
    rows, end = [cells], start + 1
    blanks = 0
    for index in range(start + 1, min(stop, start + _MAX_LINES)):
        more, this = split_row(lines[index])
        if this == "rule":
            continue
        if not more and style == "tab" and blanks < 1 and index + 1 < stop:
            blanks += 1  # word processors leave an empty paragraph between rows
            continue
        if this != style and not (style == "gap" and this == "" and _numbers(more)):
            break
        if style == "gap" and this == "":
            more = tuple(more[0].split())
        rows.append(more)
        end, blanks = index + 1, 0
    if (style == "gap" and not _lines_up(rows)) or len(rows) < 2 or sum(len(row) > 1 for row in rows) < 2:
        return (), end
    return tuple(rows), end


def is_row_of_figures(line: str) -> bool:
    """Whether a line holds nothing but figures with their units, parted by blanks."""
    words = line[:MAX_LINE].split()
    return len(words) > 1 and "\t" not in line and all(_FIGURE.fullmatch(word) for word in words)


_CELLS: Final = re.compile(
    r"\s{0,8}\d[^,;]{0,12}(?:[,;]\s?[~<≈]?\d[^,;]{0,16}){2,20}|[^,;\s][^,;]{0,24}(?:[,;][^,;\s][^,;]{0,24}){2,20}"
)


def is_row_of_cells(line: str) -> bool:
    """Whether a line is a row parted by commas or semicolons: of numbers, or of cells with no blank before them."""
    return len(line) <= MAX_LINE and _CELLS.fullmatch(line.rstrip("\\ ")) is not None


def _numbers(cells: tuple[str, ...]) -> bool:
    words = cells[0].split() if cells else []
    return len(words) > 1 and all(re.fullmatch(r"[~<≈]?\d[\d.,]{0,12}(?:%|s)?", word) for word in words)


def _lines_up(rows: Sequence[tuple[str, ...]]) -> bool:
    """Whether lines with gaps are a table: as many cells in nearly all, short, and numbers in most of them."""
    counts = [len(row) for row in rows]
    usual = max(set(counts), key=counts.count)
    even = sum(count == usual for count in counts)
    short = all(len(cell) <= 48 for row in rows for cell in row)
    with_numbers = sum(any(re.match(r"[-+~<≈(]?\d", cell) for cell in row) for row in rows)
    return (
        usual > 1 and even * 4 >= len(rows) * 3 and short and with_numbers * 2 >= len(rows) and len(rows) > 1
    )


def joined(rows: Rows) -> str:
    """The text of a table: cells joined by tabs, rows by newlines."""
    return "\n".join("\t".join(re.sub(r"[\t\n]+", " ", cell) for cell in row) for row in rows)
