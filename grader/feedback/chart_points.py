"""The figures of a `Chart` that can be drawn: finite, of equal length, bounded. Whatever a check hands over, a page comes out."""

from __future__ import annotations

import math
from typing import Final

from grader.feedback.textguard import on_one_line
from grader.model import Chart, Series, Value

MAX_SERIES: Final = 8
MAX_CLOUD: Final = 600  # submissions in one picture; more are a black cloud
MAX_POINTS: Final = 200  # of one series
_LARGEST: Final = 1e15  # above this the axis' own arithmetic loses its ticks
_LABEL: Final = 60


class Point(Value, frozen=True):
    """One point of a curve; `low` and `high` bound what is plausible there, if that is known."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


class Curve(Value, frozen=True):
    """The points of one series in order of x, and how many were left out because they cannot be drawn."""

    label: str
    points: tuple[Point, ...]
    left_out: int = 0

    @property
    def banded(self) -> tuple[Point, ...]:
        """The points whose plausible range is known."""
        return tuple(point for point in self.points if point.low is not None and point.high is not None)


def curves(chart: Chart, most: int = MAX_SERIES) -> tuple[Curve, ...]:
    """The first `most` curves of a chart, without those of which nothing is left."""
    made = (_curve(series, chart) for series in chart.series[:most])
    return tuple(curve for curve in made if curve.points)


def figure(value: float) -> str:
    """A figure as a person writes it: ``60 000`` with no-break space, ``0.8124``, ``118``; four significant digits."""
    if abs(value) >= 10_000 and value == round(value) and abs(value) < _LARGEST:
        return f"{value:,.0f}".replace(",", "\u00a0")
    return f"{value:.4g}"


def _curve(series: Series, chart: Chart) -> Curve:
    count = min(len(series.x), len(series.y))
    banded = len(series.low) >= count and len(series.high) >= count
    points = []
    for place in range(min(count, MAX_POINTS)):
        low, high = (series.low[place], series.high[place]) if banded else (None, None)
        if low is None or high is None or not _drawable(low, log=False) or not _drawable(high, log=False):
            low = high = None
        point = Point(series.x[place], series.y[place], low, high)
        if _drawable(point.x, log=chart.log_x) and _drawable(point.y, log=chart.log_y):
            points.append(point)
    most = max(len(series.x), len(series.y))
    ordered = tuple(sorted(points, key=lambda point: point.x))
    return Curve(on_one_line(series.label, _LABEL), ordered, most - len(ordered))


def _drawable(value: float, *, log: bool) -> bool:
    return math.isfinite(value) and abs(value) < _LARGEST and (not log or value > 1 / _LARGEST)


def tick_values(drawn: tuple[Curve, ...], most: int = 12) -> tuple[float, ...]:
    """The x values themselves as ticks (widths, say), if they are few; none otherwise."""
    values = sorted({point.x for curve in drawn for point in curve.points})
    return tuple(values) if len(values) <= most else ()
