"""The curves in a document's pictures, followed without reading a word: quick, so that OCR is asked only after."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import msgspec

from grader.documents.core.curve import Curve
from grader.documents.core.document import Block, BlockKind, Document, FigureKind
from grader.documents.core.extras import looks_into_pictures
from grader.documents.core.limits import DEFAULT_LIMITS, ReadingLimits
from grader.documents.core.reader_parent import NoReaderError, Request, Task, ask
from grader.documents.figures.mosaics import holds_no_plot
from grader.documents.figures.raster import decode
from grader.documents.figures.raster_curves import curves_in, seen_at
from grader.documents.pdf.pdf_reader import plot_of_pdf
from grader.errors import UnreadableDocumentError

if TYPE_CHECKING:
    from PIL.Image import Image


def read_curves(
    document: Document, limits: ReadingLimits = DEFAULT_LIMITS, *, only: Collection[Block] | None = None
) -> Document:
    """The document with the curves in its pictures; `only` names the figures to look at, all if it is None.

    Figures that are vector drawings by themselves get their words too. The same document comes back if nothing was
    found, and where nothing can look into pictures. Never raises: what cannot be followed stays as it was.
    """
    figures = tuple(
        index
        for index, block in enumerate(document.blocks)
        if _is_unfollowed(block) and (only is None or any(block is wanted for wanted in only))
    )[: limits.ocr_pictures]
    if not figures or not looks_into_pictures():
        return document
    try:
        found = ask(Request(limits, Task.CURVES, document=document, figures=figures))
    except NoReaderError:
        found = read_curves_here(document, limits, figures)
    except UnreadableDocumentError:
        return document
    return document if found == document else found


def read_curves_here(document: Document, limits: ReadingLimits, figures: Collection[int]) -> Document:
    """`read_curves` in this process; `figures` are indices of blocks."""
    blocks = tuple(
        _followed(block, limits) if index in figures and _is_unfollowed(block) else block
        for index, block in enumerate(document.blocks)
    )
    return msgspec.structs.replace(document, blocks=blocks)


def with_curves(block: Block, curves: tuple[Curve, ...]) -> Block:
    """A figure with its curves."""
    assert block.figure is not None
    return msgspec.structs.replace(block, figure=msgspec.structs.replace(block.figure, curves=curves))


def with_lines(block: Block, image: Image) -> Block:
    """A figure with the curves in its picture, and whether that is one of plots at all."""
    assert block.figure is not None
    if holds_no_plot(image):
        figure = msgspec.structs.replace(block.figure, curves=(), mosaic=True)
    else:
        seen = seen_at(image)
        figure = msgspec.structs.replace(block.figure, curves=curves_in(seen), size=seen.size)
    return msgspec.structs.replace(block, figure=figure)


def _is_unfollowed(block: Block) -> bool:
    figure = block.figure
    return (
        block.kind is BlockKind.FIGURE
        and figure is not None
        and figure.picture is not None
        and not figure.curves
        and figure.kind is FigureKind.UNKNOWN
    )


def _followed(block: Block, limits: ReadingLimits) -> Block:
    assert block.figure is not None
    assert block.figure.picture is not None
    if block.figure.picture.media_type == "application/pdf":
        drawn = plot_of_pdf(block.figure.picture.data, limits)
        if drawn is None:
            return block
        words, curves = drawn
        kind = FigureKind.PLOT if words.words else block.figure.kind
        figure = msgspec.structs.replace(
            block.figure,
            kind=kind,
            words=words.words,
            ticks=words.ticks,
            labelled=words.labelled,
            curves=curves,
        )
        return msgspec.structs.replace(block, figure=figure)
    try:
        image = decode(block.figure.picture, limits)
        return block if image is None else with_lines(block, image)
    except (MemoryError, ValueError, IndexError):
        return block
