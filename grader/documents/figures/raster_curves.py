"""Curves in a picture of a plot, from its pixels: colour by colour, what is one line, a row of markers or of bars."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from grader.documents.core.curve import MOST_CURVES, Curve, CurveSource
from grader.documents.figures.ink_pieces import Piece, pieces_of, without_rules
from grader.documents.figures.raster_bars import GRAIN, IN_A_ROW, bars_among, bars_on_axis, panels_of, row_of

if TYPE_CHECKING:
    from PIL.Image import Image

    Mask = Any  # numpy array of booleans

_SIDE: Final = 1_000  # pixels; larger pictures are reduced
_INK: Final = 40  # levels from the background
_DARK: Final = 110  # the same of a line without colour
_COLOURED: Final = 45  # levels between a pixel's strongest and weakest channel
_BINS: Final = 72  # of the circle of hues
_HUE: Final = 2  # bins beside a hue that are the same colour
_MOST_COLOURS: Final = 8
_LEAST_PIXELS: Final = 60  # of one colour
_WIDE: Final = 0.14  # share of the picture's width that a curve takes at least: there may be several panels
_LEAST_WIDE: Final = 36  # pixels
_EDGE: Final = 5  # pixels across, within which a line's smoothed edge lies
_GRID: Final = 8  # columns, or rows, of ink that the lines of a grid take in one piece
_HIGH: Final = 0.06  # share of the picture's height that a followed line takes at least
_LEAST_HIGH: Final = 18  # pixels
_THINNEST: Final = 4  # rows of ink of what is left of two axes
_ONE_VALUED: Final = 0.75  # share of the columns that hold one piece of ink, in a curve


def seen_at(image: Image) -> Image:
    """The picture as its curves are read: reduced to at most 1000 pixels a side."""
    if max(image.size) <= _SIDE:
        return image
    from PIL import Image as images  # noqa: N813, PLC0415 - loaded only where a picture is looked at

    small = image.copy()
    small.thumbnail((_SIDE, _SIDE), resample=images.Resampling.BOX)
    return small


def curves_in(image: Image) -> tuple[Curve, ...]:
    """The curves that can be followed in an RGB picture, in the pixels of `seen_at`.

    None where OpenCV is not installed, as with students: the plot is then left to a person.
    """
    if find_spec("cv2") is None:
        return ()
    import numpy as np  # noqa: PLC0415 - loaded only where a picture is looked at

    image = seen_at(image)
    pixels = np.asarray(image, dtype=np.int16)
    found: list[Curve] = []
    for mask, plain in _colours(pixels):
        if not plain:
            found += _curves(mask, plain=False)
        else:
            found += (own := _curves(without_rules(mask), plain=True))
            found += [row for row in bars_on_axis(mask) if row not in own]
        if len(found) >= MOST_CURVES:
            break
    return tuple(found[:MOST_CURVES])


def _colours(pixels: Any) -> Iterator[tuple[Mask, bool]]:
    """The ink of each colour, and what is dark or light without one: that may be axes too."""
    import cv2  # noqa: PLC0415 - loaded only where a picture is looked at
    import numpy as np  # noqa: PLC0415 - the same

    red, green, blue = (np.ascontiguousarray(pixels[..., channel]) for channel in range(3))
    codes = ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3)
    usual = int(np.bincount(codes.ravel()).argmax())
    paper = np.array([(usual >> 10) * 8 + 4, ((usual >> 5) & 31) * 8 + 4, (usual & 31) * 8 + 4])
    away = np.maximum(
        np.maximum(np.abs(red - int(paper[0])), np.abs(green - int(paper[1]))), np.abs(blue - int(paper[2]))
    )
    strongest, weakest = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    chroma = strongest - weakest
    coloured = (chroma > _COLOURED) & (away > _INK)
    if coloured.sum() >= _LEAST_PIXELS:
        for own in _hues(pixels, coloured, strongest, chroma):
            yield own, False
    paper_chroma = int(paper.max() - paper.min())
    plain = ~coloured & (away > _DARK) if paper_chroma <= _COLOURED else np.zeros_like(coloured)
    plain &= chroma <= _COLOURED
    if plain.sum() >= _LEAST_PIXELS:
        yield plain, True
    middling = (away > _INK) & (away <= _DARK) & (chroma <= 20)
    middling &= (
        cv2.dilate(plain.view(np.uint8), np.ones((_EDGE, _EDGE), np.uint8)) == 0
    )  # no edges of dark lines
    if _LEAST_PIXELS <= middling.sum() <= 0.1 * middling.size:
        yield middling, True


def _hues(pixels: Any, coloured: Mask, strongest: Any, chroma: Any) -> Iterator[Mask]:
    import numpy as np  # noqa: PLC0415 - loaded only where a picture is looked at

    red, green, blue = (pixels[..., channel][coloured].astype(np.float32) for channel in range(3))
    high, wide = strongest[coloured], chroma[coloured].astype(np.float32)
    hue = np.where(
        high == red,
        (green - blue) / wide,
        np.where(high == green, 2 + (blue - red) / wide, 4 + (red - green) / wide),
    )
    bins = np.floor(hue * (_BINS / 6)).astype(np.int32) % _BINS
    counts = np.bincount(bins, minlength=_BINS).astype(np.int64)
    placed = np.full(coloured.shape, -1, dtype=np.int16)
    placed[coloured] = bins
    for _ in range(_MOST_COLOURS):
        smooth = counts + np.roll(counts, 1) + np.roll(counts, -1)
        peak = int(smooth.argmax())
        if smooth[peak] < _LEAST_PIXELS:
            return
        near = [(peak + step) % _BINS for step in range(-_HUE, _HUE + 1)]
        counts[near] = 0
        yield np.isin(placed, near)


def _curves(mask: Mask, *, plain: bool) -> list[Curve]:
    height, width = mask.shape
    wide = max(_LEAST_WIDE, _WIDE * width)
    pieces = list(pieces_of(mask, max(2, width // 220)))
    found = bars_among(pieces, height)
    if found:
        return found
    for spaced in (False,) if plain else (False, True):
        if spaced:  # dots of a dotted line stand farther apart than dashes
            pieces = list(pieces_of(mask, max(6, width // 90)))
        for piece in pieces:
            if piece.width < wide or (plain and (_is_corner(piece) or _is_of_a_grid(piece))):
                continue
            curve = _line(piece if plain else _with_ends(piece, pieces, max(8, width // 50)), height)
            found += [curve] if curve is not None else []
        if found:
            return found
    return _markers(pieces, height)


def _with_ends(piece: Piece, pieces: list[Piece], gap: int) -> Piece:
    """A line with what is cut off at its ends by another line over it: a first or last marker."""
    import numpy as np  # noqa: PLC0415 - loaded only where a picture is looked at

    inked = np.nonzero(piece.ink[:, 0])[0], np.nonzero(piece.ink[:, -1])[0]
    rows = [piece.top + int(one.mean()) if len(one) else piece.top for one in inked]
    ends = []
    for other in pieces:
        if other is piece or other.width > 3 * gap or other.height > 3 * gap:
            continue
        before = piece.left - gap <= other.right <= piece.left + gap and other.left < piece.left
        after = piece.right - gap <= other.left <= piece.right + gap and other.right > piece.right
        level = rows[0] if before else rows[1]
        if (before or after) and other.top - 2 * gap <= level <= other.bottom + 2 * gap:
            ends.append(other)
    if not ends or len(ends) > 2:
        return piece
    left, top = min(one.left for one in (piece, *ends)), min(one.top for one in (piece, *ends))
    right, bottom = max(one.right for one in (piece, *ends)), max(one.bottom for one in (piece, *ends))
    ink = np.zeros((bottom - top, right - left), dtype=bool)
    for one in (piece, *ends):
        ink[one.top - top : one.bottom - top, one.left - left : one.right - left] |= one.ink
    return Piece(left, top, right, bottom, ink)


def _is_corner(piece: Piece) -> bool:
    """Whether a piece is what is left of two axes: an upright edge, and a level one over most of its width."""
    if piece.height < _THINNEST:
        return False
    columns, rows = piece.ink.sum(axis=0), piece.ink.sum(axis=1)
    upright = columns.max() > 0.5 * piece.height
    return bool(
        upright and (rows.max() > 0.5 * piece.width or rows[[0, 1, -2, -1]].sum() > 0.5 * piece.width)
    )


def _is_of_a_grid(piece: Piece) -> bool:
    """Whether a piece is what a curve over it left of a grid: a few upright lines, and level ones between them."""
    upright = piece.ink.sum(axis=0) > 0.5 * piece.height
    if not 0 < upright.sum() <= _GRID:
        return False
    return bool(piece.ink[:, ~upright].any(axis=1).sum() <= _GRID)


def _line(piece: Piece, height: int) -> Curve | None:
    """A piece as a line, if nearly every column holds one stretch of ink."""
    import numpy as np  # noqa: PLC0415 - loaded only where a picture is looked at

    if piece.height < max(_LEAST_HIGH, _HIGH * height):
        return None  # a word: letters that touch are one piece, and low enough to be like anything
    ink = piece.ink
    count = ink.sum(axis=0)
    columns = np.nonzero(count)[0]
    first = ink.argmax(axis=0)
    last = ink.shape[0] - 1 - ink[::-1].argmax(axis=0)
    whole = count[columns] >= 0.6 * (last - first + 1)[columns]
    if len(columns) < _LEAST_WIDE / 2 or whole.mean() < _ONE_VALUED:
        return None
    if piece.filled > 0.6 and piece.height > 8:
        return None  # a surface
    points: list[tuple[float, float]] = []
    for column in columns[whole]:
        x = float(piece.left + column)
        points.append((x, float(height - piece.top - last[column] - 1)))
        points.append((x, float(height - piece.top - first[column])))
    return Curve(tuple(points), CurveSource.PIXELS, GRAIN, traced=True)


def _markers(pieces: list[Piece], height: int) -> list[Curve]:
    """Equal marks in one colour."""
    solid = [piece for piece in pieces if piece.filled > 0.5 and piece.width >= 3]
    if not solid:
        return []
    usual = sorted(piece.width for piece in solid)[len(solid) // 2]
    marks = [
        piece
        for piece in solid
        if abs(piece.width - usual) <= max(2, 0.2 * usual)
        and abs(piece.height - piece.width) <= max(2, 0.3 * usual)
    ]
    return [
        row_of([((one.left + one.right) / 2, height - (one.top + one.bottom) / 2) for one in row])
        for row in panels_of(marks)
        if IN_A_ROW[0] <= len(row) <= IN_A_ROW[1]
    ]
