"""Pictures from documents, decoded within limits, and what can be told of them: where a plot stands in them."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from grader.documents.core.document import Picture
from grader.documents.core.limits import ReadingLimits
from grader.documents.figures.plot_words import is_tick

if TYPE_CHECKING:
    from PIL.Image import Image

_FORMATS: Final = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
_MAX_SIDE: Final = 2_200  # pixels; larger pictures are reduced before anything is looked for in them
_MIN_SIDE: Final = 24
_FRAME: Final = (90, 60)  # pixels: the least width and height of a plot's axes
_EDGE: Final = 6  # pixels that words may reach over an axis
_TICKS: Final = 4  # numbers outside the axes from which strokes are a plot
PixelBox = tuple[int, int, int, int]


class Recognised(NamedTuple):
    """A line of words as found: its text and its box in pixels (left, top, right, bottom)."""

    text: str
    box: PixelBox


def _on_paper(image: Image) -> Image:
    """An RGBA picture on white paper, as RGB."""
    from PIL import Image as images  # noqa: N813, PLC0415 - loaded only where a picture is looked at

    if image.getchannel("A").getextrema() == (
        255,
        255,
    ):  # nothing is transparent, as in most plots: half the time
        return image.convert("RGB")
    paper = images.new("RGBA", image.size, (255, 255, 255, 255))
    return images.alpha_composite(paper, image).convert("RGB")


def decode(picture: Picture, limits: ReadingLimits) -> Image | None:
    """The picture as RGB, reduced to at most 2200 pixels a side; None if it is no raster, broken, tiny or too large."""
    from PIL import Image as images  # noqa: N813, PLC0415 - loaded only where a picture is looked at
    from PIL import ImageOps  # noqa: PLC0415 - the same

    if len(picture.data) > limits.picture_bytes:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of large pictures; ours are measured below
            image = images.open(io.BytesIO(picture.data), formats=_FORMATS)
            width, height = image.size
            if width * height > limits.picture_pixels or min(width, height) < _MIN_SIDE:
                return None
            image.seek(0)
            image.draft("RGB", (_MAX_SIDE, _MAX_SIDE))
            if image.mode in {"RGBA", "LA", "P", "PA"}:  # transparent pictures are drawn on white paper
                shown = _on_paper(image.convert("RGBA"))
            else:
                shown = image.convert("RGB")
            ImageOps.exif_transpose(
                shown, in_place=True
            )  # as a telephone was held, and as everything shows it
            shown.thumbnail((_MAX_SIDE, _MAX_SIDE))
    except Exception:
        return None
    return shown


def plot_boxes(image: Image, words: Sequence[Recognised]) -> list[PixelBox]:
    """Where plots stand in a picture, in pixels: large connected strokes with numbers along the outside.

    A ruled table is connected too, but its numbers stand inside, as soon as words that touch its lines are taken with
    them; a photograph has none.
    """
    import cv2  # noqa: PLC0415 - comes with the extra `ocr`, as do the words
    import numpy as np  # noqa: PLC0415 - loaded only where a picture is looked at

    grey = np.asarray(image.convert("L"), dtype=np.int16).copy()
    background = int(np.bincount(grey.ravel().astype(np.uint8), minlength=256).argmax())
    ink = (np.abs(grey - background) > 45).astype(np.uint8)
    grid = cv2.dilate(ink, np.ones((3, 3), np.uint8))
    _, whole, whole_stats, _ = cv2.connectedComponentsWithStats(grid, connectivity=8)
    for word in words:
        left, top, right, bottom = word.box
        ink[max(0, top) : bottom + 1, max(0, left) : right + 1] = 0
    joined = cv2.dilate(ink, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    numbers = [word.box for word in words if is_tick(word.text)]
    found: list[PixelBox] = []
    for label, (left, top, width, height, _area) in enumerate(stats[1:2_000].tolist(), start=1):
        if width < _FRAME[0] or height < _FRAME[1] or width * height > 0.98 * image.width * image.height:
            continue
        box = (left, top, left + width, top + height)
        margin = max(40, min(width, height) // 5)
        outside = sum(_beside(number, box, margin) for number in numbers)
        column = int(
            np.argmax(labels[top] == label)
        )  # the strokes with the words that touch them: a table's grid
        x, y, wide, high, _ = whole_stats[whole[top, column]].tolist()
        full = (x, y, x + wide, y + high)
        inside = sum(_stands_in(number, full) and not _beside(number, full, margin) for number in numbers)
        if outside >= _TICKS and inside < outside:
            highest = _title_above(words, box)
            found.append((left - margin, max(highest, top - margin), box[2] + margin, box[3] + margin))
    return _united(found)


def _title_above(words: Sequence[Recognised], frame: PixelBox) -> int:
    """The upper edge of a plot with its title: words close above the axes. A table's last row has numbers in it."""
    edge = frame[1] - _EDGE
    above = sorted(
        (word for word in words if word.box[3] <= frame[1] + _EDGE and _over(word.box, frame)),
        key=lambda word: -word.box[3],
    )
    for word in above:
        high = word.box[3] - word.box[1]
        level = [other for other in words if _level(other.box, word.box)]
        if edge - word.box[3] > 0.8 * high or any(is_tick(other.text) for other in level):
            break
        edge = min(edge, word.box[1])
    return edge


def _over(word: PixelBox, frame: PixelBox) -> bool:
    return frame[0] - _EDGE <= (word[0] + word[2]) / 2 <= frame[2] + _EDGE


def _level(one: PixelBox, other: PixelBox) -> bool:
    return 2 * abs(one[1] + one[3] - other[1] - other[3]) < one[3] - one[1] + other[3] - other[1]


def _stands_in(word: PixelBox, frame: PixelBox) -> bool:
    return _over(word, frame) and frame[1] <= (word[1] + word[3]) / 2 <= frame[3]


def _beside(word: PixelBox, frame: PixelBox, margin: int) -> bool:
    """Whether a word stands left of, right of or below the axes, close to them."""
    x, y = (word[0] + word[2]) / 2, (word[1] + word[3]) / 2
    if not _near(word, frame, margin):
        return False
    return x < frame[0] + 6 or x > frame[2] - 6 or y > frame[3] - 6


def _near(word: PixelBox, frame: PixelBox, margin: int) -> bool:
    x, y = (word[0] + word[2]) / 2, (word[1] + word[3]) / 2
    return frame[0] - margin < x < frame[2] + margin and frame[1] - margin / 2 < y < frame[3] + margin


def _united(boxes: Sequence[PixelBox]) -> list[PixelBox]:
    """Panels of one figure, whose margins meet, as one."""
    united: list[PixelBox] = []
    for box in sorted(boxes):
        for index, other in enumerate(united):
            if box[0] <= other[2] and other[0] <= box[2] and box[1] <= other[3] and other[1] <= box[3]:
                union = (
                    min(box[0], other[0]),
                    min(box[1], other[1]),
                    max(box[2], other[2]),
                    max(box[3], other[3]),
                )
                united[index] = union
                break
        else:
            united.append(box)
    return united if len(united) == len(boxes) else _united(united)
