"""A figure cut out of its document, with what a check would draw over it: a table's points where they would stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from grader.documents.core.document import Block, Document
from grader.model import Value
from grader.page_data import MarkedSeries, Overlay, PlotMarks

_WIDTH: Final = 800  # pixels
_ALONE: Final = (640, 400)  # pixels of a drawing without a picture
_MARGIN: Final = 20  # points around a drawing on a page; pixels around one without a picture
_BESIDE: Final = 0.05  # share of the picture that a point may lie outside of it
Place = Callable[[float, float], tuple[float, float]]


class MarkedPicture(Value, frozen=True):
    """A PNG, empty where the figure cannot be shown as pixels, and what is drawn over it."""

    picture: bytes
    overlay: Overlay


def marked_picture(
    block: Block, document: Document, path: Path | None, marks: PlotMarks
) -> MarkedPicture | None:
    """The figure of a block with `marks` in its coordinates; None if they do not belong there."""
    found = _of_pixels(block, marks) or _of_page(block, document, path, marks) or (b"", *_alone(marks))
    picture, size, place = found
    series = tuple(_moved(one, place) for one in marks.series)
    width, height = size
    inside = all(
        -_BESIDE * width <= x <= (1 + _BESIDE) * width and -_BESIDE * height <= y <= (1 + _BESIDE) * height
        for one in series
        for x, y in one.points
    )
    return MarkedPicture(picture, Overlay(width, height, series)) if inside else None


def _moved(one: MarkedSeries, place: Place) -> MarkedSeries:
    def rounded(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
        return tuple((round(left, 1), round(top, 1)) for left, top in (place(x, y) for x, y in points))

    return MarkedSeries(one.label, rounded(one.points), one.names, rounded(one.line))


def _of_pixels(block: Block, marks: PlotMarks) -> tuple[bytes, tuple[int, int], Place] | None:
    """A picture whose lines were read off its pixels."""
    if marks.read != "pixels" or block.figure is None or block.figure.picture is None:
        return None
    from grader.documents.core.limits import DEFAULT_LIMITS  # noqa: PLC0415 - only where a person must look at a picture
    from grader.documents.figures.raster import decode  # noqa: PLC0415 - the same
    from grader.documents.figures.raster_curves import seen_at  # noqa: PLC0415 - the same
    from grader.documents.pdf.pdf_render import png  # noqa: PLC0415 - the same

    image = decode(block.figure.picture, DEFAULT_LIMITS)
    if image is None:
        return None
    wide, high = seen_at(image).size
    image.thumbnail((_WIDTH, _WIDTH))
    across, up = image.width / wide, image.height / high
    return png(image), image.size, lambda x, y: (x * across, (high - y) * up)


def _of_page(
    block: Block, document: Document, path: Path | None, marks: PlotMarks
) -> tuple[bytes, tuple[int, int], Place] | None:
    """A drawing on a page of a PDF, or one that is a PDF by itself."""
    if marks.read != "strokes":
        return None
    from grader.documents.pdf.pdf_render import Renderer, png  # noqa: PLC0415 - only where a person must look at a picture

    picture = block.figure.picture if block.figure is not None else None
    box, page = block.place.box, 0
    source: Path | bytes
    if picture is not None and picture.media_type == "application/pdf":
        source, edges = picture.data, None
    elif document.format == "pdf" and path is not None and box is not None:
        source, page = path, box.page - 1
        edges = (box.left - _MARGIN, box.top - _MARGIN, box.right + _MARGIN, box.bottom + _MARGIN)
    else:
        return None
    renderer = Renderer(source)
    try:
        image = renderer.image(page, edges, _WIDTH)
        width = renderer.page_width(page) if image is not None else 0.0
    finally:
        renderer.close()
    if image is None:
        return None
    left, top = (max(edges[0], 0.0), max(edges[1], 0.0)) if edges else (0.0, 0.0)
    scale = image.width / ((min(edges[2], width) if edges else width) - left)
    return png(image), image.size, lambda x, y: ((x - left) * scale, (-y - top) * scale)


def _alone(marks: PlotMarks) -> tuple[tuple[int, int], Place]:
    """A drawing of lines and points by themselves, each series on its own scale, along the same axis."""
    points = [point for one in marks.series for point in (*one.points, *one.line)]
    low, high = min(x for x, _ in points), max(x for x, _ in points)
    bottom, top = min(y for _, y in points), max(y for _, y in points)
    wide, tall = (high - low) or 1.0, (top - bottom) or 1.0
    width, height = _ALONE

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            _MARGIN + (x - low) / wide * (width - 6 * _MARGIN),
            height - 2 * _MARGIN - (y - bottom) / tall * (height - 4 * _MARGIN),
        )

    return _ALONE, place
