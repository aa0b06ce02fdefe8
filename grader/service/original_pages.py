"""Pages of a report as pictures, drawn in a process of their own: what students hand in is hostile to any reader."""

from __future__ import annotations

import threading
from concurrent.futures import TimeoutError as FutureTimeout
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from pebble import ProcessExpired, ProcessPool

SECONDS: Final = 20  # of one page
MOST_PAGES: Final = 60


class OriginalPages:
    """Draws one page at a time; the process is started when first asked, and ended when it hangs or dies."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._pool: ProcessPool | None = None

    def page(self, path: Path, number: int) -> bytes:
        """Page `number` from 1 as PNG; empty where it cannot be drawn."""
        return self._drawn(partial(_page, str(path), number))

    def count(self, path: Path) -> int:
        """How many pages a PDF has, at most `MOST_PAGES`; 0 where it cannot be opened."""
        found = self._drawn(partial(_count, str(path)))
        return int(found) if found else 0

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


def _page(path: str, number: int) -> bytes:
    from grader.documents.pdf.pdf_render import page_picture  # noqa: PLC0415
    from grader.errors import UnreadableDocumentError  # noqa: PLC0415 - in the other process

    try:
        return page_picture(Path(path), number, width=900)
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
