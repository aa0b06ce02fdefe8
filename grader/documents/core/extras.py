"""Which parts of an installation are there: the small one for students reads PDF and pictures only where they asked for it."""

from __future__ import annotations

import importlib.util
from functools import cache
from typing import Final

from grader.errors import UnreadableDocumentError

_PIXELS: Final = ("PIL", "numpy")
_PDF: Final = ("pdfplumber", *_PIXELS)
NO_PDF: Final = (
    "This installation does not read PDF: pip install 'report-grader-check[pdf]' adds that. Or check the document "
    "that you made the PDF from."
)
NO_PICTURES: Final = (
    "This installation does not look into pictures: pip install 'report-grader-check[pdf]' adds that."
)


@cache
def looks_into_pictures() -> bool:
    """Whether the libraries that decode pictures and follow curves are installed."""
    return _are_there(_PIXELS)


def need_pdf() -> None:
    """Raises `UnreadableDocumentError`, saying what to install, where the libraries that read PDF are not there."""
    if not _are_there(_PDF):
        raise UnreadableDocumentError(NO_PDF)


def need_pictures() -> None:
    """Raises `UnreadableDocumentError`, saying what to install, where pictures cannot be looked into."""
    if not looks_into_pictures():
        raise UnreadableDocumentError(NO_PICTURES)


def _are_there(modules: tuple[str, ...]) -> bool:
    return all(importlib.util.find_spec(name) is not None for name in modules)
