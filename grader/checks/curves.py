"""Which column of a table a drawn curve shows, told by its heights alone: up to an affine map of the values or their logarithms."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from math import inf, log, log10
from typing import Final, NamedTuple

from grader.checks.traces import ink_of
from grader.documents.core.curve import Curve, CurveSource
from grader.model import Value

Points = Sequence[tuple[float, float]]
Column = Mapping[float, float]

_UNITS: Final = (1.0, 100.0, 0.01, 1 / 60, 60.0, 1_000.0)  # per cent, minutes, milliseconds
_AS_WRITTEN: Final = 0.006  # relative distance of a number from the table's, beyond its last digit
_OFF: Final = {CurveSource.NUMBERS: 0.006, CurveSource.STROKES: 0.01, CurveSource.PIXELS: 0.016}
_TOO_GREAT: Final = 1e12  # no measurement of a report; squares of it are still numbers
_FAR: Final = 0.045  # share of a curve's height from which a place is another value, whatever the ink
_ALONG: Final = 0.05  # share of a curve's width within which its points lie where a scale puts them
_FLAT: Final = 9.0  # grains of height below which a curve's shape cannot be told
_LEAST: Final = 4  # points that a shape is told by
_NARROW: Final = 60.0  # units along the axis of a line in which fewer may tell nothing
_MOST_TRIED: Final = 32  # ways to lay a followed line over a column, the best first
_MOST_VERTICES: Final = 9  # a curve with more is followed as a line


class CurveStand(StrEnum):
    """How a curve stands to a table."""

    SHOWS = "shows"
    TURNED = (
        "turned"  # shows it from right to left in equal steps: either the axis is turned or the values are
    )
    CONTRADICTS = "contradicts"  # over the table's keys, but other values
    OTHER = "other"  # not over these keys, or a straight line
    UNCLEAR = "unclear"  # too flat, too near, or not followed well enough


class CurveReading(Value, frozen=True):
    """What a curve shows: the `column` it shows or comes closest to, and the keys where it `differs` from that.

    `points` are where that column's values would be drawn, (key, x, y) in the curve's own units.
    """

    stand: CurveStand
    column: str = ""
    differs: tuple[float, ...] = ()
    points: tuple[tuple[float, float, float], ...] = ()


class Fit(NamedTuple):
    """Heights set against values: `worst` is the largest distance beyond what is allowed, as a share of the height.

    `wanted` is the height that each key's value would have, `places` where the key stands along the axis.
    """

    worst: float
    differs: tuple[float, ...]
    turned: bool = False
    wanted: tuple[tuple[float, float], ...] = ()
    places: tuple[tuple[float, float], ...] = ()

    @property
    def points(self) -> tuple[tuple[float, float, float], ...]:
        """Key, place and height of each value that was set against a height."""
        along = dict(self.places)
        return tuple((key, along[key], y) for key, y in self.wanted if key in along)


def read_curve(
    curve: Curve, table: Mapping[str, Column], least: int = _LEAST, within: float = _AS_WRITTEN
) -> CurveReading:
    """How a curve stands to the columns of a table, each {x: y}; `least` points must be drawn of the one it shows.

    Numbers must be the table's within a relative distance of `within`. Heights go up with the values; x is the keys,
    their logarithms or their order, to the right or to the left.
    """
    best = CurveReading(CurveStand.OTHER)
    nearest = inf
    least = max(least, 3)
    for name, column in table.items():
        finite = {x: y for x, y in sorted(column.items()) if abs(x) < _TOO_GREAT and abs(y) < _TOO_GREAT}
        if len(finite) < least:
            continue
        found = _best_fit(curve, finite, least, within)
        if found is None:
            continue
        if found.worst <= 0:
            stand = CurveStand.TURNED if found.turned else CurveStand.SHOWS
            return CurveReading(stand, name, points=found.points)
        if found.worst < nearest:
            nearest = found.worst
            far = found.worst > _FAR
            stand = CurveStand.CONTRADICTS if far else CurveStand.UNCLEAR
            best = CurveReading(stand, name, found.differs if far else (), found.points)
    return best


def _best_fit(curve: Curve, column: Column, least: int, within: float) -> Fit | None:
    """The best fit of a column; None if the curve is not drawn over its keys. Infinitely bad fits are unclear ones."""
    if curve.traced:
        return _fit_of_trace(curve, column)
    points = sorted(set(curve.points))
    if curve.source is CurveSource.NUMBERS:
        return _fit_of_numbers(points, column, least, within)
    if len(points) > _MOST_VERTICES:
        return _fit_of_trace(curve, column)
    if len(points) < least:
        return None
    fits = [
        fit._replace(turned=_turned(keys, [x for x, _ in chosen]), places=_placed(keys, chosen))
        for keys, chosen in _pairings(points, column, least)
        if (fit := fit_heights([y for _, y in chosen], keys, column, _OFF[curve.source], curve.grain))
    ]
    return min(fits, key=_rank, default=None)


def _pairings(points: Points, column: Column, least: int) -> Iterator[tuple[list[float], Points]]:
    """The ways to lay points over keys in their order so that their places along the axis suit some scale.

    All points are laid, or, where there are more of them than keys, points over all keys: a choice among both would
    fit anything.
    """
    keys = sorted(column)
    if len(points) == len(keys):
        for order in (keys, keys[::-1]):
            if any(_along(wanted, points) for wanted in scales(order)):
                yield order, points
    elif len(points) < len(keys):
        for own in itertools.combinations(keys, len(points)) if len(points) >= least else ():
            if any(_along(wanted, points) for wanted in (*scales(own), _steps(own, keys))):
                yield list(own), points
    else:
        for chosen in itertools.combinations(points, len(keys)):
            if any(_along(wanted, chosen) for wanted in list(scales(keys))[1:]):
                yield keys, chosen


def _rank(fit: Fit) -> tuple[bool, bool, float]:
    """The better, the lower. What fits nowhere is compared as it is drawn, from left to right."""
    astray = fit.worst > 0
    return astray, astray and fit.turned, fit.worst


def _placed(keys: Sequence[float], points: Points) -> tuple[tuple[float, float], ...]:
    return tuple((key, x) for key, (x, _) in zip(keys, points, strict=True))


def _along(wanted: Sequence[float], points: Points) -> bool:
    """Whether points lie along an axis as they are wanted, between 0 and 1."""
    first, width = points[0][0], points[-1][0] - points[0][0]
    return width > 0 and all(
        abs((x - first) / width - want) <= _ALONG for (x, _), want in zip(points, wanted, strict=True)
    )


def _steps(own: Sequence[float], keys: Sequence[float]) -> list[float]:
    """Where some of the keys stand between 0 and 1 if all of them stand in equal steps."""
    at = [keys.index(key) for key in own]
    return [(index - at[0]) / (at[-1] - at[0]) for index in at]


def _turned(keys: Sequence[float], places: Sequence[float]) -> bool:
    """Whether keys run from right to left in equal steps, which may as well be values in the wrong order."""
    if keys[0] < keys[-1]:
        return False
    width = places[-1] - places[0]
    return all(
        abs((at - places[0]) / width - index / (len(keys) - 1)) <= _ALONG for index, at in enumerate(places)
    )


def scales(keys: Sequence[float]) -> Iterator[list[float]]:
    """Where keys stand between 0 and 1 along an axis of equal steps, a logarithmic and a linear one."""
    yield [at / (len(keys) - 1) for at in range(len(keys))]
    for of in (lambda key: log10(key) if key > 0 else 0.0), float:
        first, last = of(keys[0]), of(keys[-1])
        if first != last:
            yield [(of(key) - first) / (last - first) for key in keys]


def fit_heights(
    heights: Sequence[float | None], keys: Sequence[float], column: Column, off: float, grain: float
) -> Fit | None:
    """Sets heights, None where unknown, against a column's values at `keys` and against their logarithms.

    `off` is the share of the height that a place may be off, `grain` the same in the heights' unit.
    None where the heights are too even to tell anything.
    """
    known = [(key, height) for key, height in zip(keys, heights, strict=True) if height is not None]
    high = max((height for _, height in known), default=0.0)
    span = high - min((height for _, height in known), default=0.0)
    if len(known) < 3 or span <= max(_FLAT * grain, 1e-12 * abs(high)):
        return None
    fits = []
    for logarithmic in (False, True):
        if logarithmic and min(column[key] for key, _ in known) <= 0:
            continue
        fits.append(_affine_fit(known, column, span, off + grain / span, logarithmic))
    return min(fits, key=lambda fit: fit.worst)


def _affine_fit(
    known: Sequence[tuple[float, float]], column: Column, span: float, off: float, logarithmic: bool
) -> Fit:
    values, slacks = zip(*(_on_scale(column[key], logarithmic) for key, _ in known), strict=True)
    heights = [height for _, height in known]
    mean_value, mean_height = sum(values) / len(values), sum(heights) / len(heights)
    away = [value - mean_value for value in values]
    spread = sum(one * one for one in away)
    together = sum(one * (height - mean_height) for one, height in zip(away, heights, strict=True))
    if spread <= 0 or together <= 0:
        return Fit(1.0, tuple(key for key, _ in known))
    slope = together / spread
    fitted = [mean_height + slope * one for one in away]
    beyond = [
        (abs(height - y) - slope * slack) / span - off
        for height, y, slack in zip(heights, fitted, slacks, strict=True)
    ]
    worst = max(beyond)
    differs = tuple(key for far, (key, _) in zip(beyond, known, strict=True) if far > 0.5 * worst)
    return Fit(worst, differs, wanted=tuple((key, y) for y, (key, _) in zip(fitted, known, strict=True)))


@lru_cache(maxsize=1_000)
def _on_scale(value: float, logarithmic: bool) -> tuple[float, float]:
    """A value, or its logarithm, and within how much it is known."""
    slack = last_digit(value)
    if not logarithmic:
        return value, slack
    return log(value), log(1 + slack / max(value - slack, value / 2))


def last_digit(value: float) -> float:
    """Within how much a number is known that was written with so many digits: a bit more than half of its last one."""
    text = f"{value:.6f}".rstrip("0")
    return 0.6 * 10.0 ** -(len(text) - text.index(".") - 1)


def _fit_of_numbers(points: Points, column: Column, least: int, within: float) -> Fit | None:
    """Numbers are the values themselves, in some unit, or their logarithms; between 0 and 1 they may be scaled to fit."""
    best: Fit | None = None
    for keys, chosen in _numbered(points, column, least):
        fit = _fit_of_values([y for _, y in chosen], keys, column, within)
        fit = fit._replace(turned=_turned(keys, [x for x, _ in chosen]), places=_placed(keys, chosen))
        if best is None or _rank(fit) < _rank(best):
            best = fit
    return best


def _fit_of_values(heights: Sequence[float], keys: Sequence[float], column: Column, within: float) -> Fit:
    fits = [
        _same_numbers(heights, [column[key] * unit for key in keys], keys, column, unit, within)
        for unit in _UNITS
    ]
    if all(column[key] > 0 for key in keys):
        fits += [
            _same_numbers(heights, [of(column[key]) for key in keys], keys, column, 1.0, within)
            for of in (log10, log)
        ]
    if min(heights) >= 0 and 0.99 <= max(heights) <= 1.01:
        scaled = fit_heights(heights, keys, column, _OFF[CurveSource.NUMBERS], 0.0)
        fits += [scaled] if scaled is not None else []
    return min(fits, key=lambda fit: fit.worst)


def _numbered(points: Points, column: Column, least: int) -> Iterator[tuple[list[float], Points]]:
    """Points by the keys that they name, and by their order along the axis."""
    keys = sorted(column)
    for of in float, (lambda key: log10(key) if key > 0 else 0.0), (lambda key: log(key) if key > 0 else 0.0):
        named = {}
        for key in keys:
            near = [point for point in points if abs(point[0] - of(key)) <= 1e-3 * max(abs(of(key)), 1e-3)]
            if len(near) == 1:
                named[key] = near[0]
        if len(named) >= least:
            yield list(named), list(named.values())
    if least <= len(points) <= _MOST_VERTICES:
        yield from _pairings(points, column, least)


def _same_numbers(
    heights: Sequence[float],
    wanted: Sequence[float],
    keys: Sequence[float],
    column: Column,
    unit: float,
    within: float,
) -> Fit:
    span = max(wanted) - min(wanted) or abs(wanted[0]) or 1.0
    beyond = []
    for height, value, key in zip(heights, wanted, keys, strict=True):
        allowed = max(within * abs(value), last_digit(column[key]) * unit)
        beyond.append((abs(height - value) - allowed) / span)
    worst = max(beyond)
    differs = tuple(key for far, key in zip(beyond, keys, strict=True) if far > 0.5 * worst)
    return Fit(worst, differs, wanted=tuple(zip(keys, wanted, strict=True)))


def _fit_of_trace(curve: Curve, column: Column) -> Fit | None:
    """The best fit over the scales of a followed line whose corners would then lie where the keys do."""
    trace = ink_of(curve)
    keys = sorted(column)
    straight = trace.straight()
    found: list[tuple[Fit, list[float], list[float | None], float]] = []
    for order in (keys, keys[::-1]):
        for wanted in scales(order):
            for inset in trace.insets():
                places = [trace.left + inset + (trace.width - 2 * inset) * at for at in wanted]
                heights = trace.heights(places, [column[key] for key in order])
                if trace.width < _NARROW and sum(height is not None for height in heights) < _LEAST:
                    continue  # a piece of a line, of which too little is told apart
                fit = fit_heights(heights, order, column, _OFF[CurveSource.PIXELS], curve.grain)
                if fit is None or (fit.worst > 0 and (straight or None in heights)):
                    continue  # what is straight or crowded may be anything
                turned = _turned(order, places)
                along = tuple(zip(order, places, strict=True))
                found.append((fit._replace(turned=turned, places=along), places, heights, inset))
    found.sort(key=lambda one: (one[0].worst > 0, None in one[2], *_rank(one[0])[1:]))
    for fit, places, heights, inset in found[:_MOST_TRIED]:
        if trace.runs_through(places, heights, inset):
            return fit
    return None
