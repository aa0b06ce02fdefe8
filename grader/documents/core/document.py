"""What every reader makes of a file: an ordered list of blocks that know where they stand in the original."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from grader.documents.core.curve import Curve
from grader.model import Evidence, Value

EXCERPT_LIMIT = 600  # characters of a passage quoted in evidence; the rest is cut with an ellipsis


class BlockKind(StrEnum):
    """What a block is to a reader of the page."""

    HEADING = "heading"
    PROSE = "prose"
    CODE = "code"
    MATHS = "maths"
    TABLE = "table"
    FIGURE = "figure"
    OUTPUT = "output"


class FigureKind(StrEnum):
    """What a picture shows, as far as can be told without its data."""

    PLOT = "plot"
    CODE = "code"
    TABLE = "table"
    EQUATION = "equation"
    OTHER = "other"
    UNKNOWN = "unknown"


class Box(Value, frozen=True):
    """A rectangle on a page, in PDF points from its upper left corner; `page` counts from 1."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


class Place(Value, frozen=True):
    """Where a block stands: `where` is for a person (``page 2, line 14``; ``cell 24``), the rest for programs."""

    source: str
    where: str
    page: int | None = None
    line: int | None = None
    cell: int | None = None
    box: Box | None = None


class Picture(Value, frozen=True):
    """The bytes of a figure as they stood in the document. Untrusted: decode them only with limits."""

    media_type: str
    data: bytes


class Figure(Value, frozen=True):
    """What is known of a picture: its kind, the words read in it (by OCR or from vector text), axis by axis.

    `ticks` counts the numeric tick labels; `labelled` is true if words stand on the axes or in a legend.
    `address` is where the document says that a picture lies which was not handed in: a URL, a file's name.
    `curves` are the series that could be followed; a plot may have others. `mosaic`: its surfaces have many colours, as those
    of pictures side by side and of heat maps. `size`: width and height, in pixels, of the picture that curves were followed in.
    """

    kind: FigureKind = FigureKind.UNKNOWN
    picture: Picture | None = None
    caption: str = ""
    words: str = ""
    ticks: int = 0
    labelled: bool = False
    address: str = ""
    curves: tuple[Curve, ...] = ()
    mosaic: bool = False
    size: tuple[int, int] = (0, 0)


STRUCK: Final = "struck through"


class Block(Value, frozen=True):
    """One piece of a document in reading order.

    `text` is always there: the words of a paragraph, the source of code with its indentation, maths as TeX
    or as written, a table's rows joined by tabs and newlines, a figure's alternative text.
    `rows` holds a table's cells. `level` is a heading's depth from 1. `ocr` marks text read from a picture:
    it may support a verdict, never fail one. `language` is a code fence's, if given.
    `unseen` says why a reader of the page does not see this text (white, size 0, off the page, a comment); it is empty
    for what is visible. What is unseen stands in blocks of its own, beside the visible text that it was set in, and by
    itself never passes. What is struck through is unseen too, by the reason `STRUCK`: its author took it back.
    """

    kind: BlockKind
    text: str
    place: Place
    rows: tuple[tuple[str, ...], ...] = ()
    level: int = 0
    language: str = ""
    figure: Figure | None = None
    ocr: bool = False
    unseen: str = ""

    def evidence(self, excerpt: str | None = None) -> Evidence:
        """This block, or the `excerpt` of it that matters, as evidence with its place."""
        text = (self.text if excerpt is None else excerpt).strip()
        if len(text) > EXCERPT_LIMIT:
            text = text[:EXCERPT_LIMIT].rstrip() + " …"
        return Evidence(source=self.place.source, where=self.place.where, excerpt=text)


class Document(Value, frozen=True):
    """One file as read. `notes` say in plain words what could not be read.

    `partial` is true if it is longer than what is read, so that an answer may stand in the rest.
    """

    name: str
    format: str
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()
    pages: int = 0
    partial: bool = False

    def text(self) -> str:
        """All words that a reader sees, in reading order, blocks separated by blank lines."""
        return "\n\n".join(block.text for block in self.blocks if not block.unseen)

    def visible(self) -> Document:
        """The document as a reader sees it: the same blocks without those that are unseen."""
        seen = tuple(block for block in self.blocks if not block.unseen)
        return self if len(seen) == len(self.blocks) else msgspec.structs.replace(self, blocks=seen)

    def hidden(self) -> tuple[Block, ...]:
        """The blocks that leave no ink, without what its author struck through."""
        return tuple(block for block in self.blocks if block.unseen not in {"", STRUCK})
