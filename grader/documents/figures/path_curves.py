"""Curves among the paths of a drawing: lines over several corners, rows of equal markers, bars that stand on one line."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from grader.documents.core.curve import MOST_CURVES, MOST_POINTS, Curve, CurveSource
from grader.documents.figures.drawn_paths import DrawnPath, Points, seen_paths

_WIDE: Final = 0.12  # share of the drawing's width that a curve takes at least
_MARKER: Final = (0.002, 0.06)  # the least and greatest size of a marker, as a share of the drawing's width
_IN_A_ROW: Final = (4, 12)
_GRAIN: Final = 0.002  # share of the drawing's width within which a place is known
_MOST_PATHS: Final = 20_000


def curves_among(paths: Sequence[DrawnPath], width: float) -> tuple[Curve, ...]:
    """The curves in a drawing of this width, in its own units."""
    paths = [path for path in paths[:_MOST_PATHS] if len(path.points) <= MOST_POINTS and path.points]
    paths = seen_paths(paths, width)
    found = [
        Curve(points, CurveSource.STROKES, _GRAIN * width)
        for path in _chained(paths)
        if (points := _as_line(path, width)) is not None
    ]
    found += [row for row in _rows(paths, width) if not any(_on_line(row, line) for line in found)]
    return tuple(found[:MOST_CURVES])


def _on_line(row: Curve, line: Curve) -> bool:
    """Whether a row is the markers at the corners of a line."""
    return len(row.points) == len(line.points) and all(
        abs(one[0] - other[0]) <= 2 * row.grain and abs(one[1] - other[1]) <= 2 * row.grain
        for one, other in zip(row.points, line.points, strict=True)
    )


def _chained(paths: Sequence[DrawnPath]) -> Iterator[DrawnPath]:
    """Paths with those that begin where the last one ended joined: some programs draw a line piece by piece."""
    chain: list[DrawnPath] = []
    for path in paths:
        if path.filled or len(path.points) < 2:
            continue
        if chain and (chain[-1].colour != path.colour or not _touch(chain[-1].points[-1], path.points[0])):
            yield _joined(chain)
            chain = []
        chain.append(path)
    if chain:
        yield _joined(chain)


def _joined(chain: Sequence[DrawnPath]) -> DrawnPath:
    points = chain[0].points + tuple(point for path in chain[1:] for point in path.points[1:])
    return DrawnPath(points, filled=False, colour=chain[0].colour)


def _touch(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) < 0.01 and abs(one[1] - other[1]) < 0.01


def _as_line(path: DrawnPath, width: float) -> Points | None:
    """The corners of an open line that goes on to the right all the way, and is no frame or tick."""
    points = tuple(point for point, _ in itertools.groupby(path.points))
    if len(points) < 3:
        return None
    if points[0][0] > points[-1][0]:
        points = points[::-1]
    if points[-1][0] - points[0][0] < _WIDE * width:
        return None
    if any(after[0] < before[0] - 1e-3 * width for before, after in itertools.pairwise(points)):
        return None
    heights = [y for _, y in points]
    return points if max(heights) > min(heights) else None


def _rows(paths: Sequence[DrawnPath], width: float) -> Iterator[Curve]:
    """Markers and bars: shapes of one size and colour."""
    marks: dict[tuple[str, int, int], list[tuple[float, float]]] = {}
    bars: dict[tuple[str, int, int], list[tuple[float, float]]] = {}
    for path in paths:
        left, right = min(x for x, _ in path.points), max(x for x, _ in path.points)
        low, high = min(y for _, y in path.points), max(y for _, y in path.points)
        wide, tall = right - left, high - low
        least, most = _MARKER[0] * width, _MARKER[1] * width
        unit = 0.005 * width
        if least < wide <= most and least < tall <= most:
            key = (path.colour, round(wide / unit), round(tall / unit))
            marks.setdefault(key, []).append(((left + right) / 2, (low + high) / 2))
        if path.filled and 4 <= len(path.points) <= 6 and wide > 2 * least:
            key = (path.colour, round(wide / unit), round(low / unit))
            bars.setdefault(key, []).append(((left + right) / 2, high))
    for row in (*marks.values(), *bars.values()):
        points = tuple(sorted(set(row)))
        if _IN_A_ROW[0] <= len(points) <= _IN_A_ROW[1] and points[-1][0] - points[0][0] >= _WIDE * width:
            heights = [y for _, y in points]
            if max(heights) > min(heights) and len({round(x, 3) for x, _ in points}) == len(points):
                yield Curve(points, CurveSource.STROKES, _GRAIN * width)
