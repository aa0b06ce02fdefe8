"""Reports of every format, read into one `Document`: an ordered list of blocks that know their place."""

from __future__ import annotations

from grader.documents.core.document import Block, BlockKind, Document
from grader.documents.core.limits import DEFAULT_LIMITS, OcrMode, ReadingLimits
from grader.documents.readers import formats, read_document
from grader.errors import UnreadableDocumentError

__all__ = [
    "DEFAULT_LIMITS",
    "Block",
    "BlockKind",
    "Document",
    "OcrMode",
    "ReadingLimits",
    "UnreadableDocumentError",
    "formats",
    "read_document",
]
