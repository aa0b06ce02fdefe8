"""Pages of a report as pictures, drawn in a process of their own: what students hand in is hostile to any reader."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from pebble import ProcessExpired, ProcessPool

SECONDS: Final = 20  # of one page
MOST_PAGES: Final = 60
WIDTHS: Final = (900, 1400, 2000)  # pixels of a page, by how near one looks
Edges = tuple[float, ...]  # left, top, right, bottom of a passage, in PDF points


class OriginalPages:
    """Draws one page at a time; the process is started when first asked, and ended when it hangs or dies."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._pool: ProcessPool | None = None
        self._counts: dict[Path, int] = {}  # a file is named by its digest, and never changes

    def page(self, path: Path, number: int, *, nearer: int = 0, marked: Sequence[Edges] = ()) -> bytes:
        """Page `number` from 1 as PNG with passages `marked`; empty where it cannot be drawn. `nearer` is a place in `WIDTHS`."""
        width = WIDTHS[max(0, min(nearer, len(WIDTHS) - 1))]
        return self._drawn(partial(_page, str(path), number, width, tuple(marked)))

    def count(self, path: Path) -> int:
        """How many pages a PDF has, at most `MOST_PAGES`; 0 where it cannot be opened."""
        if path not in self._counts:
            found = self._drawn(partial(_count, str(path)))
            if not found:
                return 0
            self._counts[path] = int(found)
        return self._counts[path]

    def _drawn(self, work: partial[bytes]) -> bytes:
        with self._guard:
            if self._pool is None:
                self._pool = ProcessPool(max_workers=1, context=get_context("spawn"))
            future = self._pool.schedule(work, timeout=SECONDS)
        try:
            drawn: bytes = future.result()
        except (ProcessExpired, FutureTimeout, OSError, ValueError):
            return b""
        return drawn

    def close(self) -> None:
        """Ends the process."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call] # pebble types all but this
            self._pool.join()


def _page(path: str, number: int, width: int, marked: tuple[Edges, ...]) -> bytes:
    from grader.documents.core.document import Box  # noqa: PLC0415 - in the other process, as are the next
    from grader.documents.pdf.pdf_render import page_picture  # noqa: PLC0415
    from grader.errors import UnreadableDocumentError  # noqa: PLC0415

    boxes = [Box(number, *edges) for edges in marked if len(edges) == 4]
    try:
        return page_picture(Path(path), number, boxes, width=width)
    except UnreadableDocumentError:
        return b""


def _count(path: str) -> bytes:
    import pypdfium2  # noqa: PLC0415 - in the other process

    try:
        document = pypdfium2.PdfDocument(path)
        try:
            return str(min(len(document), MOST_PAGES)).encode()
        finally:
            document.close()
    except pypdfium2.PdfiumError:
        return b""
