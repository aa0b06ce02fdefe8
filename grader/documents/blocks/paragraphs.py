"""Running text: paragraphs and headings from lines, formulas taken out of them where they are marked."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Final

from grader.documents.blocks.line_kinds import LABEL, Look, look
from grader.documents.blocks.lines import Line
from grader.documents.blocks.text_tables import is_row_of_cells
from grader.documents.core.document import Block, BlockKind, Place

_LONG_LINE: Final = 55  # characters from which a line may have been wrapped rather than ended


def paragraphs(lines: Sequence[Line]) -> Iterator[Block]:
    """Paragraphs: parted by blank lines, by `starts`, by labels such as ``Q2:``; formulas on lines of their own."""
    group: list[Line] = []
    for line in lines:
        if not line.text.strip():
            yield from _paragraph(group)
            group = []
            continue
        if line.level:
            yield from _paragraph(group)
            group = []
            yield Block(BlockKind.HEADING, line.text.strip(), line.place, level=line.level)
            continue
        if group and (line.starts or LABEL.match(line.text)):
            yield from _paragraph(group)
            group = []
        group.append(line)
    yield from _paragraph(group)


def _paragraph(lines: Sequence[Line]) -> Iterator[Block]:
    if not lines:
        return
    if all(look(line.text) is Look.MATHS for line in lines):
        yield Block(BlockKind.MATHS, "\n".join(line.text.strip() for line in lines), lines[0].place)
        return
    yield from display_maths(_unwrapped_lines(lines), lines[0].place)


def _unwrapped_lines(lines: Sequence[Line]) -> str:
    if any(line.ended for line in lines):
        return "\n".join(line.text.strip() for line in lines)
    return unwrapped([line.text for line in lines])


def unwrapped(lines: Sequence[str]) -> str:
    """Lines of a paragraph as one text: joined where an editor wrapped them, kept apart where their author did."""
    text = lines[0].strip() if lines else ""
    widest = max((len(line) for line in lines), default=0)
    for before, line in itertools.pairwise(lines):
        first = line.split(maxsplit=1)[0] if line.strip() else ""
        wrapped = len(before.rstrip()) >= _LONG_LINE and len(before.rstrip()) + len(first) + 1 > widest * 0.97
        typed = look(line) is Look.MATHS or is_row_of_cells(line)
        text += (" " if wrapped and not typed else "\n") + line.strip()
    return text


_OPENERS: Final = {
    "$$": "$$",
    "\\[": "\\]",
    **{
        f"\\begin{{{name}{star}}}": f"\\end{{{name}{star}}}"
        for name in ("align", "equation", "gather", "multline", "eqnarray", "displaymath")
        for star in ("", "*")
    },
}
_OPENER: Final = re.compile("|".join(re.escape(opener) for opener in _OPENERS))


def display_maths(text: str, place: Place) -> Iterator[Block]:
    """A paragraph, with ``$$...$$`` and ``\\[...\\]`` taken out as formulas; ``\\(...\\)`` becomes ``$...$``."""
    at = search = 0
    hopeless: set[str] = (
        set()
    )  # openers that nothing closes any more: looked for once, so that time stays linear
    while (opener := _OPENER.search(text, search)) is not None:
        closer = _OPENERS[opener[0]]
        end = -1 if closer in hopeless else text.find(closer, opener.end())
        if end < 0:
            hopeless.add(closer)
            search = opener.end()
            continue
        yield from _running(text[at : opener.start()], place)
        if text[opener.end() : end].strip():
            yield Block(BlockKind.MATHS, text[opener.end() : end].strip(), place)
        at = search = end + len(closer)
    yield from _running(text[at:], place)


def _running(text: str, place: Place) -> Iterator[Block]:
    rest = inline_maths(text).strip()
    if not any(char.isalnum() for char in rest):  # a full stop left over behind a formula
        return
    only = re.fullmatch(r"\$([^$]+)\$[.,;]?", rest)
    yield Block(BlockKind.MATHS, only[1].strip(), place) if only else Block(BlockKind.PROSE, rest, place)


def inline_maths(text: str) -> str:
    """Text with ``\\(...\\)`` written as ``$...$``."""
    parts: list[str] = []
    at = 0
    while (start := text.find("\\(", at)) >= 0 and (end := text.find("\\)", start)) >= 0:
        parts += (text[at:start], "$", text[start + 2 : end].strip(), "$")
        at = end + 2
    return "".join(parts) + text[at:]
