"""Where each part of a chart stands: ticks, curves, bands and legend as places in a picture, ready for the template."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from grader.feedback.chart_points import Curve, curves, figure, tick_values
from grader.feedback.textguard import on_one_line
from grader.model import Chart, Value

WIDTH: Final = 374.0  # units of the picture; at 390 px of a phone its letters stay at 9 px
_PLOT: Final = 238.0  # height of title, plot and axis labels; the legend comes below
_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, 366.0, 26.0, 199.0
_LEGEND_LINE: Final = 16.0
_MARGIN: Final = 0.06  # of the range, at either end of an axis
_TICKS: Final = 5
_LETTER: Final = 5.8  # about the width of a letter
_INK, _MIDDLE, _BAND = "#1c2330", "#3a6ea6", "#9ec5e9"
_CURVES: Final = ("#b3261d", "#1f6f44", "#6b3fa1", "#8a5a01")
_DASHES: Final = ("", "6 2", "2 2", "6 2 2 2")


class Tick(Value, frozen=True):
    """A tick and its label, at a place along an axis."""

    at: float
    label: str


class DrawnCurve(Value, frozen=True):
    """A curve: a path, its markers' path, its band's outline, and how it is drawn. Any of the paths may be empty."""

    label: str
    line: str
    markers: str
    band: str
    colour: str
    dashes: str
    width: float


class Layout(Value, frozen=True):
    """All of a chart in units of the picture."""

    width: float
    height: float
    title: str
    x_label: str
    y_label: str
    frame: tuple[float, float, float, float]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    curves: tuple[DrawnCurve, ...]
    legend: tuple[tuple[float, float, int], ...]


class _Axis:
    """One axis: from values to places."""

    def __init__(self, values: Sequence[float], start: float, end: float, *, log: bool) -> None:
        self.log = log
        usable = [self._of(value) for value in values if not log or value > 0]
        low, high = min(usable, default=0.0), max(usable, default=1.0)
        room = (high - low) * _MARGIN or (0.1 if log else abs(high) * 0.1 or 1.0)
        self.low, self.high = low - room, high + room
        self.start, self.end = start, end

    def _of(self, value: float) -> float:
        return math.log10(value) if self.log else value

    def place(self, value: float) -> float:
        """Where a value stands; what lies off the axis stands at its end."""
        at = self.low if self.log and value <= 0 else min(max(self._of(value), self.low), self.high)
        return self.start + (at - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> tuple[Tick, ...]:
        """Round values within the axis."""
        values = self._powers() if self.log else self._steps()
        return tuple(Tick(self.place(value), figure(value)) for value in values)

    def _steps(self) -> list[float]:
        wide = (self.high - self.low) / _TICKS
        unit = 10.0 ** math.floor(math.log10(wide))
        step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= wide * (1 - 1e-9))
        first = math.ceil(self.low / step - 1e-9)
        return [round(step * at, 12) for at in range(first, first + 12) if step * at <= self.high]

    def _powers(self) -> list[float]:
        first, last = math.ceil(self.low), math.floor(self.high)
        every = max(1, math.ceil((last - first + 1) / 6))
        powers = [10.0**power for power in range(first, last + 1, every)]
        if len(powers) >= 2:
            return powers
        return [
            factor * 10.0**power
            for power in range(math.floor(self.low), math.ceil(self.high) + 1)
            for factor in (1, 2, 5)
            if self.low <= math.log10(factor * 10.0**power) <= self.high
        ]


def layout(chart: Chart) -> Layout | None:
    """The places of all that can be drawn of a chart; None where that is nothing."""
    drawn = curves(chart)
    if not drawn:
        return None
    xs = [point.x for curve in drawn for point in curve.points]
    ys = [
        value
        for curve in drawn
        for point in curve.points
        for value in (point.y, point.low, point.high)
        if value is not None
    ]
    across = _Axis(xs, _LEFT, _RIGHT, log=chart.log_x)
    up = _Axis(ys, _BOTTOM, _TOP, log=chart.log_y)
    own = tick_values(drawn) if chart.log_x else ()
    x_ticks = _apart([Tick(across.place(value), figure(value)) for value in own] or across.ticks())
    legend, height = _legend([curve.label for curve in drawn])
    return Layout(
        WIDTH,
        height,
        on_one_line(chart.title, 70),
        on_one_line(chart.x_label, 60),
        on_one_line(chart.y_label, 60),
        (_LEFT, _TOP, _RIGHT - _LEFT, _BOTTOM - _TOP),
        x_ticks,
        up.ticks(),
        tuple(_drawn(curve, number, across, up) for number, curve in enumerate(drawn)),
        legend,
    )


def _drawn(curve: Curve, number: int, across: _Axis, up: _Axis) -> DrawnCurve:
    places = [(across.place(point.x), up.place(point.y)) for point in curve.points]
    band = curve.banded
    if band:
        top = [(across.place(point.x), up.place(point.high or 0.0)) for point in band]
        bottom = [(across.place(point.x), up.place(point.low or 0.0)) for point in reversed(band)]
        outline = f"{_path([*top, *bottom])}Z"
        return DrawnCurve(curve.label, _path(places), "", outline, _MIDDLE, "4 3", 1.0)
    at = number % len(_CURVES)
    marks = "".join(_marker(x, y, at) for x, y in places)
    return DrawnCurve(curve.label, _path(places), marks, "", _CURVES[at], _DASHES[at], 1.6)


def _path(places: Iterable[tuple[float, float]]) -> str:
    return "".join(f"{'L' if number else 'M'}{x:.1f} {y:.1f}" for number, (x, y) in enumerate(places))


def _marker(x: float, y: float, kind: int) -> str:
    """Curves are told apart without colour as well: circle, square, diamond, triangle."""
    match kind:
        case 0:
            return f"M{x - 2.6:.1f} {y:.1f}a2.6 2.6 0 1 0 5.2 0a2.6 2.6 0 1 0 -5.2 0Z"
        case 1:
            return f"M{x - 2.4:.1f} {y - 2.4:.1f}h4.8v4.8h-4.8Z"
        case 2:
            return f"M{x:.1f} {y - 3.2:.1f}l3.2 3.2l-3.2 3.2l-3.2 -3.2Z"
        case _:
            return f"M{x:.1f} {y - 3:.1f}l3 5.2h-6Z"


def _apart(ticks: Sequence[Tick]) -> tuple[Tick, ...]:
    """The ticks whose labels do not run into the one before."""
    kept: list[Tick] = []
    for tick in ticks:
        if not kept or tick.at - kept[-1].at > (len(tick.label) + len(kept[-1].label)) * _LETTER / 2 + 4:
            kept.append(tick)
    return tuple(kept)


def _legend(labels: Sequence[str]) -> tuple[tuple[tuple[float, float, int], ...], float]:
    """Where each entry of the legend stands, with the number of its curve, and how high the picture is with them."""
    found: list[tuple[float, float, int]] = []
    x, y = _LEFT, _PLOT + 6
    for number, label in enumerate(labels):
        if not label:
            continue
        wide = 30 + len(label) * _LETTER
        if x > _LEFT and x + wide > WIDTH:
            x, y = _LEFT, y + _LEGEND_LINE
        found.append((x, y, number))
        x += wide + 8
    return tuple(found), y + 8 if found else _PLOT
