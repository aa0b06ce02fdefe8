"""Which pictures are worth reading: OCR is slow, and asked only where the text left something open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from grader.documents.core.document import Block, Document
from grader.documents.sections import Sections
from grader.model import QuestionResult, Verdict

_OPEN: Final = frozenset((Verdict.MISSING, Verdict.REVIEW, Verdict.PARTIAL))


def pictures_that_matter(sections: Sections, questions: Sequence[QuestionResult]) -> list[Block]:
    """The unread pictures under questions that the text left open, and those under no question."""
    open_ones = {
        one.id for one in questions if any(check.max > 0 and check.verdict in _OPEN for check in one.checks)
    }
    if not open_ones:
        return []
    pools = [sections.rest, *(sections.of(question) for question in open_ones)]
    found = {id(block): block for pool in pools for block in pool if _is_unread(block)}
    return list(found.values())


def _is_unread(block: Block) -> bool:
    return block.figure is not None and block.figure.picture is not None and not block.figure.words


def with_curves_read(document: Document, wanted: Sequence[Block]) -> Document:
    """The document with the curves in those of the `wanted` pictures that are its own; itself if there are none."""
    own = [block for block in wanted if any(block is other for other in document.blocks)]
    if not own:
        return document
    from grader.documents.scans.curve_reading import read_curves  # noqa: PLC0415 - slow: only where text gave no answer

    return read_curves(document, only=own)


def with_pictures_read(document: Document, wanted: Sequence[Block]) -> Document:
    """The document with those of the `wanted` pictures that are its own read by OCR."""
    own = [block for block in wanted if any(block is other for other in document.blocks)]
    if not own:
        return document
    from grader.documents.scans.scan_reading import read_pictures  # noqa: PLC0415 - slow: only where text gave no answer

    return read_pictures(document, only=own)
