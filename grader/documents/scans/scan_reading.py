"""What stands in a document's pictures, read by OCR and put right behind them: it supports a verdict, never fails one."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from grader.documents.blocks.collector import Collector
from grader.documents.blocks.picture_references import picture
from grader.documents.core.document import Block, BlockKind, Box, Document, Figure, FigureKind, Picture, Place
from grader.documents.core.limits import DEFAULT_LIMITS, Budget, ReadingLimits
from grader.documents.core.reader_parent import NoReaderError, Request, Task, ask
from grader.documents.figures.plot_words import PlotWords, plot_words
from grader.documents.figures.raster import PixelBox, Recognised, decode, plot_boxes
from grader.documents.figures.raster_curves import curves_in
from grader.documents.page.page_content import Item, PageContent, items_of, without_edges
from grader.documents.page.page_figures import Region
from grader.documents.page.page_lines import TextLine
from grader.documents.page.page_tables import Box4
from grader.documents.page.page_writer import PageWriter
from grader.documents.pdf.pdf_page import Frame
from grader.documents.pdf.pdf_reader import plot_of_pdf
from grader.documents.pdf.pdf_render import Renderer, png
from grader.documents.scans.curve_reading import with_curves, with_lines
from grader.documents.scans.ocr import (
    available,
    in_columns,
    page_of,
    recognise_upright,
    scale_of,
    with_upright_labels,
)
from grader.documents.scans.text_layers import without_agreeing
from grader.errors import UnreadableDocumentError

if TYPE_CHECKING:
    from PIL.Image import Image

_WITHOUT: Final = "pictures were not read: the extra `ocr` is not installed"
_TEXTUAL: Final = frozenset(
    {BlockKind.CODE, BlockKind.TABLE, BlockKind.MATHS, BlockKind.PROSE, BlockKind.HEADING, BlockKind.OUTPUT}
)
_FIGURE_WIDTH: Final = 1_200  # pixels that a figure which is a PDF is drawn with
_WHOLE_PAGE: Final = (
    500.0  # points of height from which a picture is a scanned page, with a page number perhaps
)
_KINDS: Final = (
    (BlockKind.CODE, FigureKind.CODE),
    (BlockKind.TABLE, FigureKind.TABLE),
    (BlockKind.MATHS, FigureKind.EQUATION),
)


def has_text(document: Document) -> bool:
    """Whether anything but pictures was read, and is seen: if not, the file is a scan or a photograph."""
    return any(
        block.kind in _TEXTUAL and not block.unseen and len(block.text.strip()) > 2
        for block in document.blocks
    )


def read_pictures(
    document: Document, limits: ReadingLimits = DEFAULT_LIMITS, *, only: Collection[Block] | None = None
) -> Document:
    """The document with what OCR reads in its pictures: figures get kind and words, other text follows as blocks.

    Blocks that were read so have ``ocr`` set. Pictures that are known already are left alone; `only` names the figures
    to look at, all if it is None. Without the extra `ocr` the document comes back with a note. Never raises: what cannot
    be read stays as it was, with a note.
    """
    figures = tuple(
        index
        for index, block in enumerate(document.blocks)
        if _is_unread(block) and (only is None or any(block is wanted for wanted in only))
    )
    if not figures:
        return document
    if not available():
        return _noted(document, _WITHOUT)
    try:
        return ask(Request(limits, Task.WORDS, document=document, figures=figures))
    except NoReaderError:
        return read_pictures_here(document, limits, figures)
    except UnreadableDocumentError as problem:
        return _noted(document, f"the pictures could not be read: {problem}")


def read_pictures_here(
    document: Document, limits: ReadingLimits, figures: Collection[int] | None = None
) -> Document:
    """`read_pictures` in this process; `figures` are indices of blocks, all unread ones if it is None."""
    if not available():
        return _noted(document, _WITHOUT)
    until = time.monotonic() + limits.ocr_seconds
    blocks: list[Block] = []
    notes: list[str] = []
    left = limits.ocr_pictures
    for index, block in enumerate(document.blocks):
        if not _is_unread(block) or (figures is not None and index not in figures):
            blocks.append(block)
            continue
        if left <= 0 or time.monotonic() > until:
            notes.append("there are more pictures than are read: the others were not looked at")
            blocks.append(block)
            continue
        left -= 1
        blocks += _read(block, limits)
    blocks = without_agreeing(blocks)
    return _noted(msgspec.structs.replace(document, blocks=tuple(blocks)), *notes)


def _noted(document: Document, *notes: str) -> Document:
    more = tuple(note for note in dict.fromkeys(notes) if note not in document.notes)
    return msgspec.structs.replace(document, notes=document.notes + more) if more else document


def _is_unread(block: Block) -> bool:
    figure = block.figure
    return (
        block.kind is BlockKind.FIGURE
        and figure is not None
        and figure.picture is not None
        and not figure.words
        and figure.kind in {FigureKind.UNKNOWN, FigureKind.EQUATION}
    )


def _read(block: Block, limits: ReadingLimits) -> list[Block]:
    """A figure with what stands in it, and the blocks that follow it."""
    assert block.figure is not None
    assert block.figure.picture is not None
    if block.figure.picture.media_type == "application/pdf":
        return _read_pdf_figure(block, block.figure.picture, limits)
    image = decode(block.figure.picture, limits)
    return [block] if image is None else _read_image(block, image, limits)


def _read_pdf_figure(block: Block, shown: Picture, limits: ReadingLimits) -> list[Block]:
    """A figure that is a PDF (TeX includes them): its strokes and words if it has some, else as a picture."""
    drawn = plot_of_pdf(shown.data, limits)
    if drawn is not None and drawn[0].words:
        return [_figure(with_curves(block, drawn[1]), FigureKind.PLOT, drawn[0])]
    renderer = Renderer(shown.data)
    try:
        image = renderer.image(0, None, _FIGURE_WIDTH)
    finally:
        renderer.close()
    return [block] if image is None else _read_image(block, image, limits)


def _read_image(block: Block, image: Image, limits: ReadingLimits) -> list[Block]:
    assert block.figure is not None
    was = block.figure.kind
    words, image, turn = recognise_upright(image)
    if not block.figure.curves:
        block = with_lines(block, image)
    plots = plot_boxes(image, words) if words else []
    inside = [word for word in words if any(_stands_in(word.box, plot) for plot in plots)]
    outside = [word for word in words if word not in inside]
    reading = plot_words([word.text for word in inside])
    if plots and len(outside) <= 3:  # a title or a legend that stands apart
        reading = plot_words([word.text for word in with_upright_labels(image, words)])
        return [_figure(block, FigureKind.PLOT, reading)]
    found = _blocks(block, image, outside, plots, inside, limits, turn)
    kind = next(
        (figure for textual, figure in _KINDS if any(entry.kind is textual for entry in found)),
        FigureKind.OTHER,
    )
    if was is FigureKind.EQUATION:
        kind = was
    whole = plot_words([word.text for word in outside])
    if plots:
        block = with_curves(block, ())  # they are figures of their own
    shown = _figure(block, kind, PlotWords(whole.words, 0, labelled=False))
    return [shown, *found]


def _stands_in(word: PixelBox, plot: PixelBox) -> bool:
    x, y = (word[0] + word[2]) / 2, (word[1] + word[3]) / 2
    return plot[0] <= x <= plot[2] and plot[1] <= y <= plot[3]


def _figure(block: Block, kind: FigureKind, reading: PlotWords) -> Block:
    assert block.figure is not None
    figure = msgspec.structs.replace(
        block.figure, kind=kind, words=reading.words, ticks=reading.ticks, labelled=reading.labelled
    )
    return msgspec.structs.replace(block, figure=figure)


def _blocks(
    block: Block,
    image: Image,
    outside: list[Recognised],
    plots: list[PixelBox],
    inside: list[Recognised],
    limits: ReadingLimits,
    turn: int,
) -> list[Block]:
    """The text of a picture as blocks in reading order, plots in it as figures of their own; all marked as OCR."""
    collector = Collector(Budget(limits))
    scale = scale_of(outside)
    regions = [
        Region(
            (plot[0] * scale, plot[1] * scale, plot[2] * scale, plot[3] * scale),
            FigureKind.PLOT,
            plot_words([word.text for word in inside if _stands_in(word.box, plot)]),
            True,
            (plot[2] - plot[0], plot[3] - plot[1]),
            curves=curves_in(image.crop((max(0, plot[0]), max(0, plot[1]), plot[2], plot[3]))),
        )
        for plot in plots
    ]
    number, size = block.place.page or 1, (image.width * scale, image.height * scale)
    parts = in_columns(outside, image.size)
    contents = [
        PageContent(number, *size, page_of(part, scale).lines, [], [], part=at if len(parts) > 1 else 0)
        for at, part in enumerate(parts, start=1)
    ]
    for region in regions:  # with the part of which it stands in the middle
        home = max(range(len(parts)), key=lambda at: _shared(region.box, contents[at].lines))
        contents[home] = contents[home]._replace(regions=[*contents[home].regions, region])

    def cutting(_: Item, region: Region) -> Picture | None:
        edges = tuple(int(edge / scale) for edge in region.box)
        return Picture("image/png", png(image.crop((max(0, edges[0]), max(0, edges[1]), edges[2], edges[3]))))

    def placing(_: Item, box: Box4) -> Place:
        return _place(
            block.place,
            Frame((0.0, 0.0, *size), turn).displayed(box),
            size if turn % 180 == 0 else (size[1], size[0]),
        )

    whole_page = block.place.box is not None and block.place.box.bottom - block.place.box.top > _WHOLE_PAGE
    pages = without_edges(contents) if whole_page and len(contents) == 1 else contents
    PageWriter(collector, pages, placing, cutting).write(list(items_of(pages)))
    return [msgspec.structs.replace(found, ocr=True) for found in collector.blocks]


def _shared(box: Box4, lines: Sequence[TextLine]) -> float:
    """How much of the height of a box lies beside or between lines, less its distance from their column."""
    if not lines:
        return -1e9
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    top, bottom = lines[0].top, lines[-1].bottom
    beside = min(box[3], bottom) - max(box[1], top)
    over = min(box[2], right) - max(box[0], left)
    return min(beside, 0.0) + min(over - 0.5 * (box[2] - box[0]), 0.0)


def _place(outer: Place, box: Box4, size: tuple[float, float]) -> Place:
    """The place of a passage in a picture: on a PDF page the part of the picture's box that it takes."""
    where = outer.where if "picture" in outer.where else f"{outer.where}, picture"
    inner = outer.box
    if inner is not None:
        wide, high = (inner.right - inner.left) / size[0], (inner.bottom - inner.top) / size[1]
        inner = Box(
            inner.page,
            round(inner.left + box[0] * wide, 1),
            round(inner.top + box[1] * high, 1),
            round(inner.left + box[2] * wide, 1),
            round(inner.top + box[3] * high, 1),
        )
    return Place(outer.source, where, outer.page, outer.line, outer.cell, inner)


def add_picture(data: bytes, name: str, collector: Collector) -> None:
    """Adds a file that is a picture as one figure."""
    shown = picture(data, collector.budget)
    if shown is None or decode(shown, collector.budget.limits) is None:
        collector.budget.note("the picture is broken, tiny or too large to be looked at")
    collector.add(BlockKind.FIGURE, "", Place(name, "picture"), figure=Figure(FigureKind.UNKNOWN, shown))
