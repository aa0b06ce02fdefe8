"""Bars in a picture, from its pixels: of one width on one line, each panel by itself."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

from grader.documents.core.curve import MOST_CURVES, Curve, CurveSource
from grader.documents.figures.ink_pieces import Mask, Piece, level_rules

IN_A_ROW: Final = (4, 12)  # how many markers or bars make a curve
GRAIN: Final = 1.2
_WIDE_BAR: Final = 6  # pixels
_PAIR: Final = 2  # bars that tell how far apart the others stand; pixels that bars differ by


def bars_among(pieces: list[Piece], height: int) -> list[Curve]:
    """Bars of one colour that stand on one line."""
    return [
        row_of([((bar.left + bar.right) / 2, float(height - bar.top)) for bar in row])
        for row in _standing([piece for piece in pieces if piece.filled > 0.85 and piece.width >= 3])
    ]


def _standing(bars: list[Piece]) -> Iterator[list[Piece]]:
    """Bars of one width on one floor, each panel by itself."""
    floors: list[list[Piece]] = []
    for bar in sorted(bars, key=lambda one: (one.bottom, one.left)):
        if floors and bar.bottom - floors[-1][0].bottom <= 2:
            floors[-1].append(bar)
        else:
            floors.append([bar])
    for floor in floors:
        usual = sorted(bar.width for bar in floor)[len(floor) // 2]
        same = [bar for bar in floor if abs(bar.width - usual) <= 2]
        for row in panels_of(same):
            if (
                IN_A_ROW[0] <= len(row) <= IN_A_ROW[1]
                and usual >= 4
                and max(bar.height for bar in row) > usual
            ):
                yield row


def bars_on_axis(mask: Mask) -> list[Curve]:
    """Bars in the colour of the axis that they stand on: the low ones are told from it by where they have to stand."""
    import numpy as np  # noqa: PLC0415 - loaded only where a picture is looked at

    height = mask.shape[0]
    level = level_rules(mask)
    rows = np.nonzero(level.any(axis=1))[0].tolist()
    found: list[Curve] = []
    for at, row in enumerate(rows):
        if (at and rows[at - 1] == row - 1) or row < _WIDE_BAR or len(found) >= MOST_CURVES:
            continue  # the upper edge of an axis alone
        columns = np.nonzero(level[row])[0]
        left, right = int(columns[0]), int(columns[-1])
        above = ~mask[row - 1 :: -1, left : right + 1]
        tall = np.where(above.any(axis=0), above.argmax(axis=0), row)
        points = _along_axis(tall.tolist())
        if IN_A_ROW[0] <= len(points) <= IN_A_ROW[1]:
            found.append(row_of([(left + x, float(height - row + tall)) for x, tall in points]))
    return found


def _along_axis(heights: list[int]) -> list[tuple[float, float]]:
    """The middle and the height of each bar along an axis, by the heights of the ink on it."""
    edges: list[tuple[int, int]] = []
    start = 0
    for at in range(1, len(heights) + 1):
        if at == len(heights) or abs(heights[at] - heights[start]) > 1:
            if heights[start] > 1 and at - start >= _WIDE_BAR:
                edges.append((start, at - start))
            start = at
    usual = sorted(width for _, width in edges)[len(edges) // 2] if edges else 0
    bars = [start for start, width in edges if abs(width - usual) <= _PAIR]
    if len(bars) < _PAIR:
        return []
    pitch = min(after - before for before, after in itertools.pairwise(bars))
    if pitch < usual + _PAIR or any(
        abs(round((at - bars[0]) / pitch) * pitch - (at - bars[0])) > 3 for at in bars
    ):
        return []
    first = bars[0] - bars[0] // pitch * pitch
    places = range(first, len(heights) - usual + 1, pitch)
    return [(start + usual / 2, float(heights[start + usual // 2])) for start in places]


def panels_of(pieces: list[Piece]) -> list[list[Piece]]:
    """Pieces from left to right, parted where the gap is much wider than most."""
    ordered = sorted(pieces, key=lambda piece: piece.left)
    gaps = sorted(after.left - before.left for before, after in itertools.pairwise(ordered))
    usual = gaps[len(gaps) // 2] if gaps else 0
    rows: list[list[Piece]] = []
    for piece in ordered:
        if rows and len(rows[-1]) >= IN_A_ROW[0] and piece.left - rows[-1][-1].left > 1.35 * usual:
            rows.append([piece])
        elif rows:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return rows


def row_of(points: list[tuple[float, float]]) -> Curve:
    """Places from left to right as a curve."""
    return Curve(tuple(sorted(points)), CurveSource.PIXELS, GRAIN)
