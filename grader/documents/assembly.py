"""From lines as they stand in a file to blocks: which runs are code, tables, print-outs, formulas or paragraphs.

Every reader whose format does not say so itself (plain text, paragraphs typed in a word processor, the lines of a
PDF page) comes here, so that the same text gives the same blocks whatever file it stands in.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from grader.documents.code_runs import code_runs
from grader.documents.document import Block, BlockKind, Figure, Place
from grader.documents.encoding import clean
from grader.documents.limits import Budget
from grader.documents.lines import Line
from grader.documents.listing import LABEL, Look, listing_kind, look
from grader.documents.running_text import paragraphs
from grader.documents.svg import described
from grader.documents.text_tables import Rows, joined, table_at

__all__ = ["Collector", "Line", "assemble", "read_listing"]

_INDENT_SPACES: Final = re.compile(r"^[ \t\u00a0\u2007\u2002\u2003\u3000]+", re.M)
_GOES_ON: Final = re.compile(
    r"\s*&?\s*(?:=|\\(?:approx|Rightarrow|implies|equiv)\b|⇒|≈)"
)  # the next step of a derivation
_RETRIED: Final = 40  # lines in columns that make no table; more are not tried again from their second line


class Collector:
    """Takes blocks in reading order, cleans their text and holds them to the limits."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.blocks: list[Block] = []
        self._characters = 0

    @property
    def full(self) -> bool:
        """Whether a limit is reached: nothing more is taken."""
        limits = self.budget.limits
        if len(self.blocks) >= limits.blocks or self._characters >= limits.characters:
            self.budget.note("the document is very long: the rest of it was not read")
            return True
        return False

    def add(
        self,
        kind: BlockKind,
        text: str,
        place: Place,
        *,
        rows: Rows = (),
        level: int = 0,
        language: str = "",
        figure: Figure | None = None,
        ocr: bool = False,
    ) -> None:
        """Adds a block unless it is empty or the document is full. Rows make the text of a table."""
        if self.full:
            return
        limits = self.budget.limits
        if rows:
            rows = tuple(
                tuple(clean(cell).strip()[:2_000] for cell in row[: limits.table_columns])
                for row in rows[: limits.table_rows]
            )
            text = joined(rows)
        text = clean(text)[: limits.block_characters]
        text = _INDENT_SPACES.sub(_plain_spaces, text).strip("\n") if kind is BlockKind.CODE else text.strip()
        if kind is BlockKind.OUTPUT:
            text = text.expandtabs(8)
        if not text.strip() and figure is None:
            return
        self._characters += len(text) + 1
        figure = None if figure is None else described(figure)
        last = self.blocks[-1] if self.blocks else None
        if (
            kind is BlockKind.MATHS
            and last is not None
            and last.kind is kind
            and last.ocr == ocr
            and _GOES_ON.match(text)
        ):
            self.blocks[-1] = msgspec.structs.replace(last, text=f"{last.text}\n{text}")
            return
        self.blocks.append(Block(kind, text, place, rows, level, language[:40], figure, ocr))

    def caption(self, index: int, text: str) -> None:
        """Gives a caption to the figure at an index."""
        block = self.blocks[index]
        if block.figure is not None and text:
            figure = msgspec.structs.replace(block.figure, caption=clean(text)[:1_000])
            self.blocks[index] = msgspec.structs.replace(
                block, figure=figure, text=block.text or figure.caption
            )

    def add_lines(self, lines: Sequence[Line], *, ocr: bool = False) -> None:
        """Adds what a run of lines comes to."""
        for block in assemble(lines):
            self.add(
                block.kind,
                block.text,
                block.place,
                rows=block.rows,
                level=block.level,
                language=block.language,
                ocr=ocr,
            )

    def add_listing(self, text: str, place: Place, language: str = "") -> None:
        """Adds a fenced or preformatted passage: code, a print-out, or a table that was fenced."""
        for block in read_listing(text, place, language):
            self.add(block.kind, block.text, block.place, rows=block.rows, language=block.language)


def _plain_spaces(match: re.Match[str]) -> str:
    return (
        match[0]
        .replace("\t", "    ")
        .translate({0xA0: " ", 0x2007: " ", 0x2002: " ", 0x2003: "  ", 0x3000: "  "})
    )


_CODE_LANGUAGES: Final = frozenset(
    ["python", "py", "python3", "ipython", "ipython3", "pycon", "pytb", "r", "julia"]
)


def read_listing(text: str, place: Place, language: str = "") -> list[Block]:
    """What a fenced or preformatted passage is. A named language is believed."""
    if language.lower().strip("{}. ") in _CODE_LANGUAGES:
        return [Block(BlockKind.CODE, text, place, language=language)]
    lines = text.split("\n")
    kind = listing_kind(lines)
    if kind is BlockKind.CODE:
        return [Block(BlockKind.CODE, text, place, language=language)]
    if kind is BlockKind.OUTPUT:
        return [Block(BlockKind.OUTPUT, text, place, language=language)]
    parts = assemble([Line(line, place, starts=not index) for index, line in enumerate(lines)])
    return [
        part if part.kind is not BlockKind.PROSE else msgspec.structs.replace(part, kind=BlockKind.OUTPUT)
        for part in parts
    ]


def assemble(lines: Sequence[Line]) -> list[Block]:
    """The blocks of a run of lines; blank lines part paragraphs and may stand inside code."""
    return list(_assembled(lines))


def _assembled(lines: Sequence[Line]) -> Iterator[Block]:
    texts = [line.text for line in lines]
    looks = [look(text) for text in texts]
    code = code_runs(lines, looks)
    stops = [*code, len(lines)]
    running = at = no_table_before = 0
    while at < len(lines):
        stop = stops[bisect_right(stops, at)] if at < stops[-1] else len(lines)
        found: tuple[int, list[Block]] | None = None
        if at in code:
            found = code[at], list(_listing(lines[at : code[at]]))
        elif not lines[at].level and at >= no_table_before:
            table, end = table_at(texts, at, stop)
            if table and not _is_print_out(looks[at:end]):
                found = end, list(_table(table, lines[at].place))
            elif end - at > _RETRIED:
                no_table_before = end
        if found is None and looks[at] is Look.PRINTED and not lines[at].level:
            end = at + 1
            while end < stop and _prints_on(looks, texts, end):
                end += 1
            if end - at > 1 or re.match(r"\s*\d{1,8}/\d{1,8}\s", texts[at]):
                found = end, [Block(BlockKind.OUTPUT, "\n".join(texts[at:end]).rstrip(), lines[at].place)]
        if found is None:
            at += 1
            continue
        yield from paragraphs(lines[running:at])
        yield from found[1]
        running = at = found[0]
    yield from paragraphs(lines[running:])


def _is_print_out(looks: Sequence[Look]) -> bool:
    return sum(entry is Look.PRINTED for entry in looks) * 2 >= len(looks)


def _prints_on(looks: Sequence[Look], texts: Sequence[str], at: int) -> bool:
    if looks[at] is Look.PRINTED:
        return True
    following = looks[at + 1] if at + 1 < len(looks) else None
    spaced = bool(re.search(r"\S {3,}\S", texts[at]))
    return (spaced or looks[at] is Look.BLANK) and following is Look.PRINTED


def _listing(lines: Sequence[Line]) -> Iterator[Block]:
    text = "\n".join(line.text for line in lines)
    if listing_kind(text.split("\n")) is BlockKind.PROSE:
        plain = [msgspec.structs.replace(line, monospace=False) for line in lines]
        yield from (_assembled(plain) if any(line.monospace for line in lines) else paragraphs(plain))
        return
    yield from read_listing(text, lines[0].place)


def _table(rows: Rows, place: Place) -> Iterator[Block]:
    """A table; a question's label that stands before its first cell becomes a paragraph of its own."""
    first = rows[0][0]
    label = LABEL.match(first)
    if label is not None and len(label[0].strip()) > 1 and re.search(r"[A-Za-z]", first[label.end() :]):
        yield Block(BlockKind.PROSE, label[0].strip(), place)
        rows = ((first[label.end() :].strip(" :.)"), *rows[0][1:]), *rows[1:])
    yield Block(BlockKind.TABLE, joined(rows), place, rows=rows)
