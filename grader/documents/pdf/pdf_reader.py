"""PDF with a text layer: lines by position, then headings, paragraphs, code, tables, formulas and figures."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from io import BufferedReader
from pathlib import Path
from typing import Any, Final

from grader.documents.blocks.collector import Collector
from grader.documents.blocks.lines import Line
from grader.documents.core.curve import Curve
from grader.documents.core.document import Box, Picture, Place
from grader.documents.core.limits import Budget, ReadingLimits
from grader.documents.figures.plot_words import PlotWords
from grader.documents.page.page_content import Item, items_of, without_edges
from grader.documents.page.page_figures import Region
from grader.documents.page.page_tables import Box4
from grader.documents.page.page_writer import PageWriter
from grader.documents.pdf.pdf_annotations import (
    annotations_of,
    drawn_into_pages,
    is_typed_upon,
    unseen_notes,
)
from grader.documents.pdf.pdf_page import Frame, View, views_of
from grader.documents.pdf.pdf_render import Renderer, mend
from grader.errors import UnreadableDocumentError

_FIGURE_PIXELS: Final = (
    1_400  # width in which a figure is cut out: enough for OCR of a page (165 dots per inch)
)
_MOST_TORN: Final = 100
Notes = dict[int, list[tuple[str, str]]]  # by page, each with the reason why it is not seen
_BROKEN: Final = "The PDF is damaged and cannot be read. Save the report as PDF again and hand that in."


def read_pdf(path: Path, source: str, collector: Collector) -> int:
    """Adds the blocks of a PDF and returns its number of pages. Raises `UnreadableDocumentError` in plain words."""
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it warns of every unusual font on stderr
    renderer = Renderer(path)
    frames: dict[tuple[int, int], Frame] = {}

    def cutting(item: Item, region: Region) -> Picture | None:
        width = int((region.box[2] - region.box[0]) * 2.5)
        if region.image and region.pixels[0]:
            width = min(max(region.pixels[0], 300), _FIGURE_PIXELS)
        frame = frames[item.page, item.turn]
        if region.image and frame.filled_by(
            region.box
        ):  # a scan: whoever reads it tells which way up it stands
            data = renderer.cut(item.page - 1, frame.displayed(region.box), width)
        else:
            data = renderer.cut(item.page - 1, frame.own(region.box), width, item.turn)
        if data is None or not collector.budget.take_picture(len(data)):
            return None
        return Picture("image/webp", data)

    def placing(item: Item, box: Box4) -> Place:
        where = f"page {item.page}, line {item.number}" if item.number else f"page {item.page}"
        displayed = frames[item.page, item.turn].displayed(box)
        rounded = Box(item.page, *(round(edge, 1) for edge in displayed))
        return Place(source, where, page=item.page, line=item.number or None, box=rounded)

    try:
        views, count, notes = _views(path, collector, renderer)
        frames.update({(view.content.number, view.content.turn): view.frame for view in views})
        shown = without_edges([view.content for view in views])
        PageWriter(collector, shown, placing, cutting).write(list(items_of(shown)))
        _add_notes(collector, source, notes)
    finally:
        renderer.close()
    return count


def plot_of_pdf(data: bytes, limits: ReadingLimits) -> tuple[PlotWords, tuple[Curve, ...]] | None:
    """The words and curves of a figure that is a PDF by itself, if it is a plot drawn as strokes."""
    import pdfplumber  # noqa: PLC0415

    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            budget = Budget(limits)
            page = views_of(next(_pages(pdf, budget)), budget)[0].content
    except Exception:  # pdfminer raises whatever a damaged file makes it stumble over
        return None
    regions = [region for region in page.regions if not region.image]
    if not regions:
        return None
    plots = [region.words for region in regions]
    curves = tuple(curve for region in regions for curve in region.curves)
    labelled = any(words.labelled for words in plots)
    words = PlotWords(" ".join(words.words for words in plots), sum(words.ticks for words in plots), labelled)
    return words, curves


def _views(path: Path, collector: Collector, renderer: Renderer) -> tuple[list[View], int, Notes]:
    """The pages as they are read, how many there are, and what is noted on them without being shown."""
    limits = collector.budget.limits
    views: list[View] = []
    notes: Notes = {}
    try:
        with path.open("rb") as file, _opened(file, path) as pdf, ExitStack() as further:
            read, typed_upon = pdf, []
            for index, page in enumerate(_pages(pdf, collector.budget)):
                annotations = annotations_of(page)
                notes[index + 1] = unseen_notes(annotations)
                if is_typed_upon(annotations) and _is_followed(page, collector.budget):
                    typed_upon.append(index)
            drawn = drawn_into_pages(path, typed_upon) if typed_upon else None
            if drawn is not None:
                read = further.enter_context(_opened_again(drawn))
                renderer.draw_from(drawn)
            count = len(pdf.pages)
            for page in _pages(read, collector.budget):
                if not collector.budget.in_time():
                    break
                if _is_followed(page, collector.budget):
                    views += views_of(page, collector.budget, renderer)
                page.close()
    except (UnreadableDocumentError, MemoryError):
        raise
    except Exception as problem:  # pdfminer raises whatever a damaged file makes it stumble over
        raise UnreadableDocumentError(_BROKEN) from problem
    if count > limits.pages:
        collector.budget.cut(f"the PDF has {count} pages; the first {limits.pages} were read")
    if not count:
        raise UnreadableDocumentError("The PDF has no pages. Save the report as PDF again and hand that in.")
    return views, count, notes


def _pages(pdf: Any, budget: Budget) -> Iterator[Any]:
    """The pages that are read, as `BoundedPage`."""
    from grader.documents.pdf.pdf_pages import BoundedPage  # noqa: PLC0415 - as below

    for page in pdf.pages[: budget.limits.pages]:
        yield BoundedPage.of(page, budget)


def _is_followed(page: Any, budget: Budget) -> bool:
    """Whether a page has no more in it than is followed; nobody else, PDFium least of all, is then asked to draw it."""
    from grader.documents.pdf.pdf_pages import PageTooLongError  # noqa: PLC0415 - as below

    try:
        page.layout  # noqa: B018 - what it gives is kept by the page
    except PageTooLongError:
        budget.cut(f"page {page.page_number} holds more than can be followed: it was not read")
        return False
    return True


def _add_notes(collector: Collector, source: str, notes: Notes) -> None:
    """Puts what is noted on a page, and not shown, behind what the page shows."""
    limits = collector.budget.limits
    own = Collector(Budget(limits))
    for page, found in notes.items():
        for reason, words in found:
            own.add_lines(
                [
                    Line(line, Place(source, f"page {page}", page=page), unseen=reason)
                    for line in words.split("\n")
                ]
            )
    for block in own.blocks[: max(limits.blocks - len(collector.blocks), 0)]:
        page = block.place.page or 0
        behind = next(
            (
                at + 1
                for at in range(len(collector.blocks) - 1, -1, -1)
                if (collector.blocks[at].place.page or 0) <= page
            ),
            0,
        )
        collector.blocks.insert(behind, block)


def _opened_again(data: bytes) -> Any:
    import pdfplumber  # noqa: PLC0415 - as below

    return pdfplumber.open(io.BytesIO(data))


def _is_torn(file: BufferedReader) -> bool:
    """Whether many streams never end: pdfminer and PDFium look for the end of each to the end of the file."""
    data = file.read()
    file.seek(0)
    return data.count(b"stream") - 2 * data.count(b"endstream") > _MOST_TORN


def _opened(file: BufferedReader, path: Path) -> Any:
    """The file as pdfplumber sees it; one whose directory is damaged is first mended by PDFium, if that can."""
    import pdfplumber  # noqa: PLC0415 - 0.2 s, only for PDF
    from pdfminer.pdfdocument import PDFPasswordIncorrect  # noqa: PLC0415

    if _is_torn(file):
        raise UnreadableDocumentError(_BROKEN)
    try:
        pdf = pdfplumber.open(file)
        if pdf.pages:
            return pdf
    except MemoryError:
        raise
    except Exception as problem:  # the same
        if any(isinstance(argument, PDFPasswordIncorrect) for argument in problem.args):
            raise UnreadableDocumentError(
                "The PDF is locked with a password. Save it again without one and hand that in."
            ) from problem
    mended = mend(path)
    if mended is None:
        raise UnreadableDocumentError(_BROKEN)
    return pdfplumber.open(io.BytesIO(mended))
