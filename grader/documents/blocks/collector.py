"""Blocks in reading order, their text cleaned and held to the limits: what every reader adds to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from grader.documents.blocks.blocks_from_lines import assemble, read_listing
from grader.documents.blocks.lines import Line
from grader.documents.blocks.text_tables import Rows, joined
from grader.documents.core.document import Block, BlockKind, Figure, Place
from grader.documents.core.encoding import clean, with_micro_signs
from grader.documents.core.limits import Budget
from grader.documents.figures import emf, svg

_INDENT_SPACES: Final = re.compile(r"^[ \t\u00a0\u2007\u2002\u2003\u3000]+", re.M)
_GOES_ON: Final = re.compile(
    r"\s*+&?\s*+(?:=|\\(?:approx|Rightarrow|implies|equiv)\b|⇒|≈)"
)  # the next step of a derivation


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
            self.budget.cut("the document is very long: the rest of it was not read")
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
        unseen: str = "",
    ) -> None:
        """Adds a block unless it is empty or the document is full. Rows make the text of a table."""
        if self.full:
            return
        limits = self.budget.limits
        if rows:
            rows = tuple(
                tuple(with_micro_signs(clean(cell)).strip()[:2_000] for cell in row[: limits.table_columns])
                for row in rows[: limits.table_rows]
            )
            text = joined(rows)
        text = with_micro_signs(clean(text))[: limits.block_characters]
        text = _INDENT_SPACES.sub(_plain_spaces, text).strip("\n") if kind is BlockKind.CODE else text.strip()
        if kind is BlockKind.OUTPUT:
            text = text.expandtabs(8)
        if not text.strip() and figure is None:
            return
        self._characters += len(text) + 1
        figure = None if figure is None else emf.described(svg.described(figure))
        last = self.blocks[-1] if self.blocks else None
        if (
            kind is BlockKind.MATHS
            and last is not None
            and last.kind is kind
            and last.ocr == ocr
            and last.unseen == unseen
            and _GOES_ON.match(text)
        ):
            self.blocks[-1] = msgspec.structs.replace(last, text=f"{last.text}\n{text}")
            return
        self.blocks.append(Block(kind, text, place, rows, level, language[:40], figure, ocr, unseen))

    def caption(self, index: int, text: str) -> None:
        """Gives a caption to the figure at an index."""
        block = self.blocks[index]
        if block.figure is not None and text:
            figure = msgspec.structs.replace(block.figure, caption=clean(text)[:1_000])
            self.blocks[index] = msgspec.structs.replace(
                block, figure=figure, text=block.text or figure.caption
            )

    def add_lines(
        self, lines: Sequence[Line], *, ocr: bool = False, beside: Iterable[tuple[int, Block]] = ()
    ) -> None:
        """Adds what a run of lines comes to, and the unseen blocks `beside` them, as `assemble` orders them."""
        for block in assemble(lines, beside):
            self.add(
                block.kind,
                block.text,
                block.place,
                rows=block.rows,
                level=block.level,
                language=block.language,
                ocr=ocr,
                unseen=block.unseen,
            )

    def add_listing(self, text: str, place: Place, language: str = "", *, unseen: str = "") -> None:
        """Adds a fenced or preformatted passage: code, a print-out, or a table that was fenced."""
        for block in read_listing(text, place, language):
            self.add(
                block.kind, block.text, block.place, rows=block.rows, language=block.language, unseen=unseen
            )


def _plain_spaces(match: re.Match[str]) -> str:
    return (
        match[0]
        .replace("\t", "    ")
        .translate({0xA0: " ", 0x2007: " ", 0x2002: " ", 0x2003: "  ", 0x3000: "  "})
    )
