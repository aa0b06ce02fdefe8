"""Pages of a PDF as pictures: figures cut out for looking at, and passages marked for staff."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from grader.documents.core.document import Box
from grader.documents.page.page_tables import Box4
from grader.errors import UnreadableDocumentError

if TYPE_CHECKING:
    from PIL.Image import Image

_MAX_SIDE: Final = 3_000  # pixels of a picture that is made here
_PAGE_WIDTH: Final = 1_000  # pixels of a page picture: sharp enough to read, about 100 kB
_MARK: Final = (255, 214, 0, 70)
_EDGE: Final = (214, 120, 0, 255)


_BLANK: Final = 12  # levels of a colour; a picture that varies less shows nothing


class Renderer:
    """Draws pages of one file with PDFium; opened when first needed."""

    def __init__(self, file: Path | bytes) -> None:
        self._file = file
        self._document: Any = None

    def close(self) -> None:
        """Frees the file."""
        if self._document is not None:
            self._document.close()
            self._document = None

    def draw_from(self, file: bytes) -> None:
        """Draws from another edition of the same pages from now on."""
        self.close()
        self._file = file

    def page_width(self, page: int) -> float:
        """The width of a page in points."""
        return float(self._document[page].get_width())

    def cut(self, page: int, box: Box4, width: int, turn: int = 0) -> bytes | None:
        """A part of a page as WebP, about `width` pixels wide; `page` counts from 0. None if it cannot be drawn.

        Empty if nothing is to be seen there.
        """
        image = self.image(page, box, width, turn)
        if image is None:
            return None
        return b"" if _is_blank(image) else webp(image)

    def sheet(self, page: int) -> Any:
        """A page as PDFium has it, for whoever asks it more than a picture. Raises `PdfiumError` or `OSError`."""
        import pypdfium2  # noqa: PLC0415 - loaded only where something is drawn

        if self._document is None:
            self._document = pypdfium2.PdfDocument(self._file)
        return self._document[page]

    def image(self, page: int, box: Box4 | None, width: int, turn: int = 0) -> Image | None:
        """A part of a page, or the whole of it, as an RGB image. `box` lies on the page turned by `turn` degrees to the right."""
        import pypdfium2  # noqa: PLC0415 - the same

        try:
            sheet = self.sheet(page)
            displayed = sheet.get_rotation()
            if turn:
                sheet.set_rotation((displayed + turn) % 360)
            full_width, full_height = sheet.get_size()
            x0, top, x1, bottom = box or (0.0, 0.0, full_width, full_height)
            x0, top = min(max(x0, 0.0), full_width - 1), min(max(top, 0.0), full_height - 1)
            x1, bottom = min(max(x1, x0 + 1), full_width), min(max(bottom, top + 1), full_height)
            scale = min(width / (x1 - x0), _MAX_SIDE / max(x1 - x0, bottom - top), 6.0)
            bitmap = sheet.render(scale=scale, crop=(x0, full_height - bottom, full_width - x1, top))
            image: Image = bitmap.to_pil().convert("RGB")
            bitmap.close()
            if turn:
                sheet.set_rotation(displayed)  # it is kept in the document
            sheet.close()
        except (pypdfium2.PdfiumError, OSError, ValueError, IndexError, MemoryError):
            return None
        return image


def _is_blank(image: Image) -> bool:
    return all(band.getextrema()[1] - band.getextrema()[0] < _BLANK for band in image.split())  # type: ignore[operator] # one pair a band


def mend(path: Path) -> bytes | None:
    """A damaged file as PDFium writes it anew; None if PDFium cannot open it either."""
    import pypdfium2  # noqa: PLC0415 - rarely needed

    stream = io.BytesIO()
    try:
        document = pypdfium2.PdfDocument(path)
        try:
            if not len(document):
                return None
            document.save(stream)
        finally:
            document.close()
    except (pypdfium2.PdfiumError, OSError, ValueError):
        return None
    return stream.getvalue()


def png(image: Image, *, level: int = 1) -> bytes:
    """An image as PNG. What is kept or sent is worth a higher `level` of compression (1 to 9), at three times the time."""
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=level)
    return stream.getvalue()


def webp(image: Image) -> bytes:
    """An image as WebP, each pixel as it is: a third of the time that PNG takes, and smaller. At most 16,383 pixels a side."""
    stream = io.BytesIO()
    image.save(stream, "WEBP", lossless=True, quality=0, method=0)
    return stream.getvalue()


def page_picture(path: Path, page: int, boxes: Sequence[Box] = (), *, width: int = _PAGE_WIDTH) -> bytes:
    """A page as PNG with passages marked, for staff. `page` counts from 1; boxes on other pages are passed over.

    The picture is at most `width` pixels wide and 3000 high. Raises `UnreadableDocumentError` if there is no such page.
    """
    from PIL import Image as images  # noqa: N813, PLC0415 - loaded only where something is drawn
    from PIL import ImageDraw  # noqa: PLC0415

    renderer = Renderer(path)
    try:
        image = renderer.image(page - 1, None, min(width, _MAX_SIDE))
        if image is None:
            raise UnreadableDocumentError(f"Page {page} of the file cannot be drawn.")
        scale = image.width / renderer.page_width(page - 1)
    finally:
        renderer.close()
    marks = images.new("RGBA", image.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(marks)
    for box in boxes:
        if box.page == page:
            edges = (box.left * scale - 4, box.top * scale - 3, box.right * scale + 4, box.bottom * scale + 3)
            draw.rectangle(edges, fill=_MARK, outline=_EDGE, width=2)
    return png(images.alpha_composite(image.convert("RGBA"), marks).convert("RGB").quantize(128), level=4)
