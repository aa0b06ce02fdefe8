"""What word processors hold, in reading order, on its way to blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec
from lxml import etree

from grader.documents.blocks.collector import Collector
from grader.documents.blocks.lines import Line
from grader.documents.blocks.picture_references import picture
from grader.documents.core.document import BlockKind, Figure, FigureKind, Place
from grader.model import Value

_CODE_STYLE: Final = re.compile(
    r"code(?!d)|source|preformat|verbatim|listing|plain ?text|html ?(?:pre|sample|typewriter)|teletype|kod\b",
    re.I,
)
_SENTENCE: Final = re.compile(r"(?:\b[a-zåäö]{2,20},?\s+){12}")


def code_style(name: str) -> bool:
    """Tell whether a style of this name is for code or other preformatted text."""
    return bool(_CODE_STYLE.search(name[:100]))


class Paragraph(Value, frozen=True):
    r"""One paragraph as typed: ``\n`` for line breaks, ``\t`` for tabs, formulas in ``$...$``.

    `level` is a heading's depth from 1; `monospace` is true if it is set in a fixed-pitch font or a style for
    code; `marker` is what a list puts before it. `unseen` is what a reader does not see in it, with the reason first.
    """

    text: str
    place: Place
    level: int = 0
    monospace: bool = False
    marker: str = ""
    unseen: tuple[tuple[str, str], ...] = ()


class GatheredText:
    """The text of one paragraph as it is gathered, and what its characters are set in.

    `frames` are the drawings that are anchored in it, of whatever element type the format has.
    """

    def __init__(self) -> None:
        self.frames: list[etree._Element] = []
        self._parts: list[str] = []
        self._raised: list[str] = []
        self._raised_by = ""
        self._fixed = 0
        self._seen = 0
        self._unseen: dict[str, list[str]] = {}

    @property
    def empty(self) -> bool:
        """Whether nothing has been added yet."""
        return not self._parts and not self._raised

    @property
    def text(self) -> str:
        """All of it; what was raised or lowered stands in ``^{...}`` or ``_{...}``."""
        self._settle()
        return "".join(self._parts)

    def monospace(self, otherwise: bool) -> bool:
        """Tell whether it is set in a fixed-pitch font, but for a tenth; `otherwise` if there are no characters."""
        return self._fixed * 10 >= self._seen * 9 if self._seen else otherwise

    @property
    def unseen(self) -> tuple[tuple[str, str], ...]:
        """What a reader does not see of it, each with the reason first."""
        return tuple((reason, "".join(parts)) for reason, parts in self._unseen.items())

    def hide(self, text: str, reason: str) -> None:
        """Add text that stands here and is not seen."""
        if text.strip() or reason in self._unseen:
            self._unseen.setdefault(reason, []).append(text)

    def add(self, text: str, *, fixed: bool, raised: str = "", unseen: str = "") -> None:
        """Add text; `raised` is ``^``, ``_`` or empty, `unseen` why a reader does not see it."""
        if unseen:
            self.hide(f"{raised}{text}" if raised and text.strip() else text, unseen)
            return
        if raised != self._raised_by:
            self._settle()
            self._raised_by = raised
        (self._raised if raised else self._parts).append(text)
        seen = len(text) - text.count(" ") - text.count("\n")
        self._seen += seen
        self._fixed += seen if fixed else 0

    def formula(self, tex: str, *, unseen: str = "") -> None:
        """Add a formula in TeX; one of several lines stands on lines of its own."""
        lines = [f"${line.strip()}$" for line in tex.replace("$", "").split("\n") if line.strip()]
        self.add("\n".join(lines), fixed=False, unseen=unseen)

    def _settle(self) -> None:
        text, self._raised = "".join(self._raised), []
        inner = text.strip()
        if re.search(r"\w", inner):
            text = f"{self._raised_by}{{{inner}}}" + (" " if text[-1] == " " else "")
        if text:
            self._parts.append(text)


class Flow:
    """Takes paragraphs, tables and pictures in order; a run of paragraphs is assembled when it ends."""

    def __init__(self, collector: Collector) -> None:
        self.collector = collector
        self._paragraphs: list[Paragraph] = []

    def paragraph(self, paragraph: Paragraph) -> None:
        """Take one paragraph; an empty one parts code from code, and rows from rows, by a blank line."""
        self._paragraphs.append(paragraph)

    def table(self, rows: Sequence[Sequence[str]], place: Place, unseen: str = "") -> None:
        """Take a table of two columns or more; `unseen` says why a reader does not see it."""
        self.flush()
        filled = tuple(
            tuple(" ".join(cell.split()) for cell in row) for row in rows if any(map(str.strip, row))
        )
        if filled:
            self.collector.add(BlockKind.TABLE, "", place, rows=filled, unseen=unseen)

    def figure(
        self,
        data: bytes | None,
        alt: str,
        place: Place,
        why_not: str = "",
        kind: FigureKind = FigureKind.UNKNOWN,
    ) -> None:
        """Take a picture with its alternative text; `why_not` is noted where there are no bytes of one."""
        self.flush()
        if data is None and why_not:
            self.collector.budget.note(why_not)
        shown = None if data is None else picture(data, self.collector.budget)
        self.collector.add(BlockKind.FIGURE, " ".join(alt.split())[:2_000], place, figure=Figure(kind, shown))

    def caption(self, text: str) -> None:
        """Take the caption of the picture just before, if there is one; its text is still to be added."""
        blocks = self.collector.blocks
        if self._paragraphs or not blocks or blocks[-1].figure is None:
            return
        figure = msgspec.structs.replace(blocks[-1].figure, caption=" ".join(text.split())[:2_000])
        blocks[-1] = msgspec.structs.replace(blocks[-1], figure=figure)

    def flush(self) -> None:
        """End the run of paragraphs."""
        paragraphs, self._paragraphs = self._paragraphs, []
        believed = not _all_in_one_font(paragraphs)
        lines: list[Line] = []
        for paragraph in paragraphs:
            formulas = _only_formulas(paragraph.text)
            if formulas:
                self.collector.add_lines(lines)
                lines = []
                self.collector.add(BlockKind.MATHS, "\n".join(formulas), paragraph.place)
                lines += _unseen_lines(paragraph)
                continue
            for number, text in enumerate(paragraph.text.split("\n")):
                shown = " ".join(text.split()) if paragraph.level else text.rstrip()
                if paragraph.marker and not number:
                    shown = f"{paragraph.marker} {shown.lstrip()}"
                monospace = paragraph.monospace and believed
                starts = not number and not paragraph.level
                level = paragraph.level if shown else 0
                lines.append(Line(shown, paragraph.place, starts, monospace, level, ended=True))
            lines += _unseen_lines(paragraph)
        self.collector.add_lines(lines)


def _unseen_lines(paragraph: Paragraph) -> list[Line]:
    return [
        Line(line.strip(), paragraph.place, starts=not number, ended=True, unseen=reason)
        for reason, text in paragraph.unseen
        for number, line in enumerate(text.split("\n"))
    ]


def _only_formulas(text: str) -> list[str]:
    r"""Give the formulas of a paragraph that holds nothing else; each stands on its line as ``$...$``."""
    found = [re.fullmatch(r"\$([^$\n]+)\$[.,;]?", line.strip()) for line in text.split("\n") if line.strip()]
    return [one[1].strip() for one in found if one] if all(found) else []


def _all_in_one_font(paragraphs: Sequence[Paragraph]) -> bool:
    """Tell whether sentences, too, are set in the fixed-pitch font: then the font says nothing of code."""
    plain = sum(len(part.text) for part in paragraphs if not part.monospace and not part.level)
    fixed = [part.text for part in paragraphs if part.monospace]
    sentences = sum(bool(_SENTENCE.search(text[:600])) for text in fixed)
    return sentences >= 2 and sum(map(len, fixed)) > 9 * plain
