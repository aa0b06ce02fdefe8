"""A line that was followed column by column: where its ink stands, and whether it runs straight between given corners."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterator, Sequence
from math import inf
from statistics import median
from typing import Final, NamedTuple

from grader.documents.core.curve import Curve

_NEAR: Final = 4.0  # pixels along the axis in which ink is looked for at a place that has none
_DOTTED: Final = 26.0  # pixels between the dots of a line
_CROWDED: Final = 3.0  # pixels between corners from which they are told apart
_MOST_INSET: Final = 10  # pixels from a marker's edge to its middle
_MOST_COLUMNS: Final = 100  # that are compared
_WELL: Final = 0.9  # share of the columns in which the ink lies where the line would


class Trace(NamedTuple):
    """Columns from left to right: their places, the lower and upper edge of the ink; `stroke` is the line's own width."""

    xs: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    stroke: float

    @property
    def left(self) -> float:
        """Where the ink begins."""
        return self.xs[0]

    @property
    def width(self) -> float:
        """How far the ink reaches."""
        return self.xs[-1] - self.xs[0]

    @property
    def height(self) -> float:
        """From the lowest to the highest ink."""
        return max(self.high) - min(self.low)

    def insets(self) -> Iterator[float]:
        """How far the middle of the first and last corner may lie from the edge of the ink: half a line, or a marker."""
        first = int(self.stroke / 2)
        yield from (
            float(at) for at in range(first, max(first + 1, min(_MOST_INSET, int(self.width / 8))) + 1)
        )

    def at(self, place: float) -> tuple[float, float] | None:
        """The ink above a place, or above the nearest one close by that has some."""
        index = bisect.bisect_left(self.xs, place)
        if 0 < index < len(self.xs) and 2 * _NEAR < self.xs[index] - self.xs[index - 1] <= _DOTTED:
            part = (place - self.xs[index - 1]) / (self.xs[index] - self.xs[index - 1])
            return (
                self.low[index - 1] + part * (self.low[index] - self.low[index - 1]),
                self.high[index - 1] + part * (self.high[index] - self.high[index - 1]),
            )
        near = [one for one in (index - 1, index) if 0 <= one < len(self.xs)]
        best = min(near, key=lambda one: abs(self.xs[one] - place), default=None)
        if best is None or abs(self.xs[best] - place) > _NEAR:
            return None
        return self.low[best], self.high[best]

    def heights(self, places: Sequence[float], values: Sequence[float]) -> list[float | None]:
        """The middle of the ink at each place. Of corners that crowd in one column the highest and lowest value alone."""
        found: list[float | None] = [None] * len(places)
        for group in _groups(places):
            ink = [one for index in group if (one := self.at(places[index])) is not None]
            if not ink:
                continue
            low, high = min(one[0] for one in ink), max(one[1] for one in ink)
            if len(group) == 1:
                found[group[0]] = (low + high) / 2
                continue
            half = min(self.stroke, high - low) / 2
            by_value = sorted(group, key=lambda index: values[index])
            found[by_value[0]], found[by_value[-1]] = low + half, high - half
        return found

    def straight(self) -> bool:
        """Whether the line is one straight piece."""
        first = (self.low[0] + self.high[0]) / 2
        last = (self.low[-1] + self.high[-1]) / 2
        return self.runs_through([self.xs[0], self.xs[-1]], [first, last], 1.0)

    def runs_through(self, places: Sequence[float], heights: Sequence[float | None], inset: float) -> bool:
        """Whether the ink is that of straight lines between corners, with markers of the size of the inset at them."""
        corners = sorted(
            (place, height) for place, height in zip(places, heights, strict=True) if height is not None
        )
        loose = 1.5 + 0.012 * self.height + self.stroke / 2
        if not self._ends_at(corners, loose + inset + 2):
            return False
        good = seen = 0
        columns = range(0, len(self.xs), max(1, len(self.xs) // _MOST_COLUMNS))
        most_astray = (1 - _WELL) * len(columns)
        for index in columns:
            x = self.xs[index]
            wanted = _line_above(corners, x - 1, x + 1)
            if wanted is None:
                continue
            low, high = self.low[index], self.high[index]
            marker = any(abs(x - place) <= inset + 2 for place, _ in corners)
            room = loose + (inset + 2 if marker else 0)
            seen += 1
            good += (
                low >= wanted[0] - room
                and high <= wanted[1] + room
                and low <= wanted[1] + loose
                and high >= wanted[0] - loose
            )
            if seen - good > most_astray:
                return False
        return seen >= 8 and good >= _WELL * seen

    def _ends_at(self, corners: Sequence[tuple[float, float]], room: float) -> bool:
        """Whether the ink before the first corner and after the last is no more than their markers, but for a column."""
        for end, beyond in (
            (corners[0][0], [at for at, x in enumerate(self.xs) if x < corners[0][0] - 1]),
            (corners[-1][0], [at for at, x in enumerate(self.xs) if x > corners[-1][0] + 1]),
        ):
            near = [height for place, height in corners if abs(place - end) <= room]
            astray = [
                at for at in beyond if self.low[at] < min(near) - room or self.high[at] > max(near) + room
            ]
            if len(astray) > 1:
                return False
        return True


def ink_of(curve: Curve) -> Trace:
    """The pairs of a traced curve as columns; of a line with many corners each corner."""
    points = curve.points if curve.traced else tuple(point for point in curve.points for _ in range(2))
    pairs = [(points[at][0], points[at][1], points[at + 1][1]) for at in range(0, len(points) - 1, 2)]
    pairs.sort()
    thick = [high - low for _, low, high in pairs] or [0.0]
    usual = sorted(thick)[len(thick) // 4]
    return Trace(
        tuple(x for x, _, _ in pairs) or (0.0,),
        tuple(low for _, low, _ in pairs) or (0.0,),
        tuple(high for _, _, high in pairs) or (0.0,),
        max(1.0, min(usual, median(thick))),
    )


def _groups(places: Sequence[float]) -> list[list[int]]:
    """Indices of places that stand in one column."""
    groups: list[list[int]] = []
    for index in sorted(range(len(places)), key=lambda at: places[at]):
        if groups and places[index] - places[groups[-1][-1]] < _CROWDED:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def _line_above(
    corners: Sequence[tuple[float, float]], left: float, right: float
) -> tuple[float, float] | None:
    """The lowest and highest place of a line through corners between two x; None beside it."""
    low, high = inf, -inf
    for (x0, y0), (x1, y1) in itertools.pairwise(corners):
        start, end = max(left, x0), min(right, x1)
        if start > end:
            continue
        if x1 - x0 < 1e-9:
            first, last = y0, y1
        else:
            slope = (y1 - y0) / (x1 - x0)
            first, last = y0 + slope * (start - x0), y0 + slope * (end - x0)
        low, high = min(low, first, last), max(high, first, last)
    return (low, high) if low <= high else None
