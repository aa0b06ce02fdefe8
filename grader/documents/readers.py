"""One way in for every format: what the file is, which reader it goes to, and what comes back."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

from grader.documents.blocks.collector import Collector
from grader.documents.blocks.picture_references import beside
from grader.documents.core.document import Document, Place
from grader.documents.core.encoding import decode
from grader.documents.core.extras import need_pdf, need_pictures
from grader.documents.core.limits import DEFAULT_LIMITS, Budget, OcrMode, ReadingLimits, refuse_large
from grader.documents.core.reader_parent import NOT_READ, NoReaderError, Request, ask
from grader.documents.sniffing import EXTENSIONS, Format, sniff
from grader.errors import ReaderFaultError, UnreadableDocumentError

Reader = Callable[[Path, str, Collector], int]  # adds the blocks of a file and returns its number of pages

_TEXTUAL: Final = frozenset({Format.MARKDOWN, Format.TEXT, Format.HTML, Format.TEX})


def formats() -> dict[str, tuple[str, ...]]:
    """The formats that are read, each with the file name extensions it usually has."""
    return {
        kind.value: tuple(extension for extension, found in EXTENSIONS.items() if found is kind)
        for kind in Format
    }


def read_document(
    path: Path, name: str | None = None, *, limits: ReadingLimits = DEFAULT_LIMITS, ocr: OcrMode = "auto"
) -> Document:
    """Reads one file in a process of its own, bounded in time and memory by `limits`, see `core/reader_parent`.

    `name` is the student's name for the file. `ocr` lets a file that holds nothing but pictures (a scan, a photograph)
    be read by OCR at once; for pictures beside text see `scan_reading.read_pictures`. Pictures that the document refers to are looked
    for in its own folder only. Raises `UnreadableDocumentError`, with a message for the student, for what cannot be read
    at all; its subclass `ReaderFaultError` if that is our fault.
    """
    name = name or path.name
    try:
        document = ask(Request(limits, path=os.fsencode(path.absolute()), name=name))
    except NoReaderError:
        document = read_here(path, name, limits, "off")
    if ocr == "auto" and document.blocks:
        from grader.documents.scans.scan_reading import has_text, read_pictures  # noqa: PLC0415 - scans are rare

        return document if has_text(document) else read_pictures(document, limits)
    return document


def _kind(path: Path, name: str, limits: ReadingLimits) -> tuple[Format, int]:
    try:
        size = path.stat().st_size
        refuse_large(size, limits.file_bytes)
        kind = sniff(path, name)
    except OSError as problem:
        raise UnreadableDocumentError(
            f"The file cannot be opened: {problem.strerror or problem}."
        ) from problem
    if kind in _TEXTUAL:
        refuse_large(size, limits.text_bytes)
    return kind, size


def read_here(path: Path, name: str, limits: ReadingLimits, ocr: OcrMode) -> Document:
    """Reads a file in this process. Raises as `read_document` does."""
    kind, _ = _kind(path, name, limits)
    budget = Budget(limits)
    collector = Collector(budget)
    try:
        pages = _READERS[kind](path, name, collector)
    except UnreadableDocumentError:
        raise
    except OSError as problem:
        raise UnreadableDocumentError(
            f"The file cannot be opened: {problem.strerror or problem}."
        ) from problem
    except MemoryError:
        raise
    except Exception as problem:
        raise ReaderFaultError(NOT_READ, traceback.format_exc()) from problem
    document = Document(name, kind.value, tuple(collector.blocks), budget.notes, pages, budget.partial)
    if ocr == "auto":
        from grader.documents.scans.scan_reading import has_text, read_pictures_here  # noqa: PLC0415 - scans are rare

        return document if has_text(document) else read_pictures_here(document, limits)
    return document


# --- the readers, each loaded when it is needed


def _markdown(path: Path, name: str, collector: Collector) -> int:
    from grader.documents.text.markdown_reader import read_markdown  # noqa: PLC0415

    read_markdown(
        decode(path.read_bytes()), collector, lambda line: _line(name, line), beside(path, collector.budget)
    )
    return 0


def _text(path: Path, name: str, collector: Collector) -> int:
    from grader.documents.text.plain_text_reader import is_markdown, read_text  # noqa: PLC0415

    text = decode(path.read_bytes())
    if is_markdown(text):
        return _markdown(path, name, collector)
    read_text(text, name, collector)
    return 0


def _line(source: str, line: int) -> Place:
    return Place(source, f"line {line + 1}", line=line + 1)


def _notebook(path: Path, name: str, collector: Collector) -> int:
    from grader.documents.notebook_reader import read_notebook  # noqa: PLC0415

    read_notebook(decode(path.read_bytes()), name, collector)
    return 0


def _html(path: Path, name: str, collector: Collector) -> int:
    from grader.documents.html.html_reader import decode_page, read_html  # noqa: PLC0415

    read_html(decode_page(path.read_bytes()), name, collector, beside(path, collector.budget))
    return 0


def _pdf(path: Path, name: str, collector: Collector) -> int:
    need_pdf()
    from grader.documents.pdf.pdf_reader import read_pdf  # noqa: PLC0415

    return read_pdf(path, name, collector)


def _docx(path: Path, name: str, collector: Collector) -> int:
    from grader.documents.office.docx_reader import add_docx  # noqa: PLC0415

    add_docx(path.read_bytes(), name, collector)
    return 0


def _odt(path: Path, name: str, collector: Collector) -> int:
    from grader.documents.office.odt_reader import add_odt  # noqa: PLC0415

    add_odt(path.read_bytes(), name, collector)
    return 0


def _tex(path: Path, name: str, collector: Collector) -> int:
    from grader.documents.tex.tex_reader import add_tex  # noqa: PLC0415

    add_tex(path.read_bytes(), name, collector, beside(path, collector.budget))
    return 0


def _picture(path: Path, name: str, collector: Collector) -> int:
    need_pictures()
    from grader.documents.scans.scan_reading import add_picture  # noqa: PLC0415

    add_picture(path.read_bytes(), name, collector)
    return 0


_READERS: Final[dict[Format, Reader]] = {
    Format.MARKDOWN: _markdown,
    Format.TEXT: _text,
    Format.NOTEBOOK: _notebook,
    Format.HTML: _html,
    Format.PDF: _pdf,
    Format.DOCX: _docx,
    Format.ODT: _odt,
    Format.TEX: _tex,
    Format.PICTURE: _picture,
}
