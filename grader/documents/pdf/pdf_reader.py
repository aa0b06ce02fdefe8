"""PDF with a text layer: lines by position, then headings, paragraphs, code, tables, formulas and figures."""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from io import BufferedReader
from pathlib import Path
from typing import Any, Final

from grader.documents.blocks.collector import Collector
from grader.documents.core.document import Box, Picture, Place
from grader.documents.core.limits import Budget, ReadingLimits
from grader.documents.figures.plot_words import PlotWords
from grader.documents.page.page_content import Item, PageContent, covers, items_of, without_edges
from grader.documents.page.page_figures import Region, image_regions, plot_regions
from grader.documents.page.page_glyphs import Rule, fixed_pitch_fonts, glyphs_of
from grader.documents.page.page_lines import lines_of
from grader.documents.page.page_tables import Box4, ruled_table
from grader.documents.page.page_writer import PageWriter
from grader.documents.pdf.pdf_render import Renderer, mend
from grader.errors import UnreadableDocumentError

_FIGURE_PIXELS: Final = (
    1_400  # width in which a figure is cut out: enough for OCR of a page (165 dots per inch)
)
_BROKEN: Final = "The PDF is damaged and cannot be read. Save the report as PDF again and hand that in."


def read_pdf(path: Path, source: str, collector: Collector) -> int:
    """Adds the blocks of a PDF and returns its number of pages. Raises `UnreadableDocumentError` in plain words."""
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it warns of every unusual font on stderr
    renderer = Renderer(path)

    def cutting(item: Item, region: Region) -> Picture | None:
        width = int((region.box[2] - region.box[0]) * 2.5)
        if region.image and region.pixels[0]:
            width = min(max(region.pixels[0], 300), _FIGURE_PIXELS)
        data = renderer.cut(item.page - 1, region.box, width)
        return Picture("image/png", data) if data and collector.budget.take_picture(len(data)) else None

    def placing(item: Item, box: Box4) -> Place:
        where = f"page {item.page}, line {item.number}" if item.number else f"page {item.page}"
        rounded = Box(item.page, *(round(edge, 1) for edge in box))
        return Place(source, where, page=item.page, line=item.number or None, box=rounded)

    try:
        pages, count = _pages(path, collector)
        shown = without_edges(pages)
        PageWriter(collector, shown, placing, cutting).write(list(items_of(shown)))
    finally:
        renderer.close()
    return count


def plot_of_pdf(data: bytes, limits: ReadingLimits) -> PlotWords | None:
    """The words of a figure that is a PDF by itself, if it is a plot drawn as strokes."""
    import pdfplumber  # noqa: PLC0415

    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            page = _page(pdf.pages[0], Collector(Budget(limits)))
    except Exception:  # pdfminer raises whatever a damaged file makes it stumble over
        return None
    plots = [region.words for region in page.regions if not region.image]
    if not plots:
        return None
    labelled = any(words.labelled for words in plots)
    return PlotWords(" ".join(words.words for words in plots), sum(words.ticks for words in plots), labelled)


def _pages(path: Path, collector: Collector) -> tuple[list[PageContent], int]:
    limits = collector.budget.limits
    pages: list[PageContent] = []
    try:
        with path.open("rb") as file, _opened(file, path) as pdf:
            count = len(pdf.pages)
            for page in pdf.pages[: limits.pages]:
                if not collector.budget.in_time():
                    break
                pages.append(_page(page, collector))
                page.close()
    except (UnreadableDocumentError, MemoryError):
        raise
    except Exception as problem:  # pdfminer raises whatever a damaged file makes it stumble over
        raise UnreadableDocumentError(_BROKEN) from problem
    if count > limits.pages:
        collector.budget.note(f"the PDF has {count} pages; the first {limits.pages} were read")
    if not count:
        raise UnreadableDocumentError("The PDF has no pages. Save the report as PDF again and hand that in.")
    return pages, count


def _opened(file: BufferedReader, path: Path) -> Any:
    """The file as pdfplumber sees it; one whose directory is damaged is first mended by PDFium, if that can."""
    import pdfplumber  # noqa: PLC0415 - 0.2 s, only for PDF
    from pdfminer.pdfdocument import PDFPasswordIncorrect  # noqa: PLC0415

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


def _page(page: Any, collector: Collector) -> PageContent:
    limit = collector.budget.limits.page_objects
    chars = page.chars
    if len(chars) > limit:
        collector.budget.note(
            f"page {page.page_number} holds more than {limit} characters; the rest was not read"
        )
        chars = chars[:limit]
    upright, turned = glyphs_of(chars)
    strokes = [*page.lines, *page.rects, *page.curves]
    if len(strokes) > limit:
        collector.budget.note(
            f"page {page.page_number} holds more than {limit} strokes; the rest was not looked at"
        )
        strokes = strokes[:limit]
    width, height = float(page.width), float(page.height)
    lines = lines_of(upright, _rules(strokes, width), fixed_pitch_fonts(upright))
    tables = [
        table
        for found in (page.find_tables() if 4 <= len(strokes) <= 3_000 else ())
        if (table := ruled_table([row.cells for row in found.rows], lines)) is not None
    ]
    regions = plot_regions(strokes, lines, turned, [table.box for table in tables], (width, height))
    regions = [region for region in regions if not any(covers(region.box, table.box) for table in tables)]
    regions += image_regions(page.images, width, height)
    return PageContent(int(page.page_number), width, height, lines, tables, regions)


def _rules(strokes: Sequence[dict[str, Any]], width: float) -> list[Rule]:
    return [
        Rule(float(stroke["x0"]), float(stroke["x1"]), (float(stroke["top"]) + float(stroke["bottom"])) / 2)
        for stroke in strokes
        if float(stroke["bottom"]) - float(stroke["top"]) < 1.6
        and 1.5 < float(stroke["x1"]) - float(stroke["x0"]) < width
    ]
