"""Pictures for people, drawn by the second process: a page with passages marked, a figure made smaller."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from grader.documents.core.document import Block, Box, Document
from grader.documents.core.limits import DEFAULT_LIMITS
from grader.documents.core.reader_parent import NoReaderError, Request, Task, draw
from grader.documents.figures.raster import decode
from grader.documents.pdf.pdf_render import page_picture, png
from grader.errors import UnreadableDocumentError


def picture_of_page(path: Path, page: int, boxes: Sequence[Box] = (), *, width: int) -> bytes:
    """A page of a PDF as PNG with passages marked, see `pdf_render.page_picture`, within the limits of reading.

    Raises `UnreadableDocumentError` for what cannot be drawn.
    """
    asked = Request(
        DEFAULT_LIMITS,
        Task.PAGE,
        path=os.fsencode(path.absolute()),
        page=page,
        boxes=tuple(boxes),
        width=width,
    )
    return _drawn(asked)


def picture_of_figure(block: Block, *, width: int) -> bytes:
    """A figure as PNG, at most `width` pixels wide and high; nothing for one that cannot be decoded."""
    alone = Document(block.place.source, "", (block,))
    try:
        return _drawn(Request(DEFAULT_LIMITS, Task.PICTURE, document=alone, width=width))
    except UnreadableDocumentError:
        return b""


def _drawn(request: Request) -> bytes:
    try:
        return draw(request)
    except NoReaderError:
        return drawn_here(request)


def drawn_here(request: Request) -> bytes:
    """A picture that was asked for, drawn in this process. Raises `UnreadableDocumentError`."""
    if request.task is Task.PAGE:
        return page_picture(Path(os.fsdecode(request.path)), request.page, request.boxes, width=request.width)
    blocks = request.document.blocks if request.document is not None else ()
    shown = next((block.figure.picture for block in blocks if block.figure is not None), None)
    image = None if shown is None else decode(shown, request.limits)
    if image is None:
        return b""
    image.thumbnail((request.width, request.width))
    return png(image, level=4)
