"""One format's reader alone, in this process: the bytes of a report as a document, without sniffing or another process."""

from __future__ import annotations

from pathlib import Path

from grader.documents.blocks.collector import Collector
from grader.documents.blocks.picture_references import beside, none_beside
from grader.documents.core.document import Document
from grader.documents.core.limits import Budget
from grader.documents.office.docx_reader import add_docx
from grader.documents.office.odt_reader import add_odt
from grader.documents.tex.tex_reader import add_tex


def read_docx(data: bytes, name: str) -> Document:
    """A Word document."""
    collector = Collector(Budget())
    add_docx(data, name, collector)
    return _document(name, "docx", collector)


def read_odt(data: bytes, name: str) -> Document:
    """An OpenDocument text."""
    collector = Collector(Budget())
    add_odt(data, name, collector)
    return _document(name, "odt", collector)


def read_tex(data: bytes, name: str, folder: Path | None = None) -> Document:
    """A report in TeX; its pictures lie in `folder`, if anywhere."""
    collector = Collector(Budget())
    pictures = none_beside if folder is None else beside(folder / "report.tex", collector.budget)
    add_tex(data, name, collector, pictures)
    return _document(name, "tex", collector)


def _document(name: str, kind: str, collector: Collector) -> Document:
    return Document(name, kind, tuple(collector.blocks), collector.budget.notes)
