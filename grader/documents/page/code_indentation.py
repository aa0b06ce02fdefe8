"""How a listing stands on a page: indentation by columns, blank lines by distance, notebook prompts left out."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from statistics import median
from typing import Final, NamedTuple

from grader.documents.blocks.line_kinds import Look, look
from grader.documents.page.page_content import Item
from grader.documents.page.page_lines import TextLine

_PROMPT: Final = re.compile(r"(?:(?:In|Out) ?)?\[ ?\d{0,4} ?\]:? ")


def _behind_prompt(line: TextLine) -> int:
    """The index of the first word behind a notebook's prompt such as ``In [3]:``; 0 if there is none."""
    prompt = _PROMPT.match(" ".join(word.text for word in line.words[:4]) + " ")
    count = prompt[0].count(" ") if prompt is not None else 0
    return count if count < len(line.words) else 0


def without_prompt(line: TextLine) -> str:
    """The words of a line without a notebook's prompt before them."""
    return " ".join(word.text for word in line.words[_behind_prompt(line) :])


class LineLayout(NamedTuple):
    """How a line stands in its listing: blanks before it, the distance of lines, whether another listing begins.

    `code` is false for lines that stand in no listing.
    """

    indent: int = 0
    distance: float = 0.0
    apart: bool = False
    code: bool = False


def code_layout(items: Sequence[Item]) -> list[LineLayout]:
    """The layout of every line; a prompt, or a line further left by no whole column, begins another listing."""
    layout = [LineLayout()] * len(items)
    run: list[tuple[int, TextLine]] = []

    def close() -> None:
        lines = [line for _, line in run]
        if not any(line.monospace or look(line.text) is Look.CODE for line in lines):
            run.clear()
        for place, ((at, _), indent) in enumerate(zip(run, _indents(lines) if run else (), strict=True)):
            layout[at] = LineLayout(indent, _line_distance(lines), place == 0, code=True)
        run.clear()

    for index, item in enumerate(items):
        line = item.line
        if line is None or not (line.monospace or look(line.text) in {Look.CODE, Look.MAYBE_CODE}):
            close()
            continue
        if run and (_behind_prompt(line) or _stands_out(line, [other for _, other in run])):
            close()
        run.append((index, line))
    close()
    return layout


def _stands_out(line: TextLine, run: Sequence[TextLine]) -> bool:
    left = min(_start(other) for other in run)
    offset = (left - _start(line)) / (line.pitch or 0.3 * line.size)
    return offset > 0.6 and abs(offset - round(offset)) > 0.12


def _indents(lines: Sequence[TextLine]) -> list[int]:
    """Columns of the first signs of the lines of a listing. Where blanks are not as wide as letters, by levels of four."""
    starts = [_start(line) for line in lines]
    left = min(starts)
    width = median(line.pitch or 0.3 * line.size for line in lines)
    offsets = [start - left for start in starts]
    step = min((offset for offset in offsets if offset > 0.6 * width), default=0.0)
    columns = [round(offset / width) for offset in offsets]
    exact = all(abs(offset / width - column) < 0.2 for offset, column in zip(offsets, columns, strict=True))
    multiples = step > 0 and all(abs(offset / step - round(offset / step)) < 0.12 for offset in offsets)
    proportional = not any(line.pitch for line in lines)
    if not multiples or (exact and not proportional):
        return [min(column, 120) for column in columns]
    unit = 4 if 2.5 < step / width < (40 if proportional else 5.5) else max(1, round(step / width))
    return [min(unit * round(offset / step), 120) for offset in offsets]


def _line_distance(lines: Sequence[TextLine]) -> float:
    steps = [
        after.base - before.base
        for before, after in itertools.pairwise(lines)
        if 0 < after.base - before.base < 5 * before.size
    ]
    return sorted(steps)[len(steps) // 4] if steps else 1.28 * lines[0].size


def blank_lines(before: Item | None, item: Item, distance: float) -> int:
    """How many blank lines of a listing stand before a line."""
    if (
        before is None
        or before.line is None
        or item.line is None
        or before.sheet != item.sheet
        or distance <= 0
    ):
        return 0
    return max(0, round((item.line.base - before.line.base) / distance) - 1)


def _start(line: TextLine) -> float:
    """Where the code of a line begins: behind a notebook's prompt."""
    return line.words[_behind_prompt(line)].x0


def code_text(line: TextLine) -> str:
    """The code of a line without its indentation and a notebook's prompt."""
    if not line.fixed:
        return without_prompt(line)
    column = round((_start(line) - line.x0) / line.pitch)
    return line.fixed[column:].lstrip() if column else line.fixed
