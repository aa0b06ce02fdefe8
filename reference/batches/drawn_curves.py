"""Question 3's plot as the kernel drew it: which lines of which figure are the student's times and accuracies."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from math import isclose, log10

from grader.execution import DrawnFigure, DrawnSeries
from grader.model import Value


class Drawn(Value, frozen=True):
    """The cells whose figures show the times and the accuracies; None where none does. `labelled`: axes have names."""

    times: int | None
    accuracies: int | None
    labelled: bool

    @property
    def both(self) -> bool:
        """Whether both curves were drawn."""
        return self.times is not None and self.accuracies is not None


def find_curves(
    figures: Sequence[DrawnFigure], table: Mapping[str, Mapping[int, float]], *, points: int, within: float
) -> Drawn:
    """Looks for the table's own figures (`time`, `accuracy` by batch size) among all lines, points and bars.

    A curve has at least so many `points` of the table's, each within a relative distance.
    """
    found: dict[str, int] = {}
    labelled = False
    for figure in figures:
        for axes in figure.axes:
            for series in axes.series:
                for name in ("time", "accuracy"):
                    if name not in found and _is(series, table.get(name, {}), name, points, within):
                        found[name] = figure.cell
                        labelled = labelled or bool(axes.x_label or axes.y_label or axes.legend or axes.title)
    return Drawn(found.get("time"), found.get("accuracy"), labelled)


def _is(series: DrawnSeries, column: Mapping[int, float], name: str, enough: int, within: float) -> bool:
    """Whether the points of a series are the column's; x may be the sizes, their logarithms, or just 1 to 5."""
    points = [(x, y) for x, y in zip(series.x, series.y, strict=False) if y is not None]
    if len(column) < enough or len(points) < enough:
        return False
    factors = (1.0, 100.0) if name == "accuracy" else (1.0, 1 / 60)
    for factor in factors:
        wanted = [value * factor for value in column.values()]
        drawn = sum(any(_same(y, value, within) for _, y in points) for value in wanted)
        if drawn >= enough and len(points) <= 2 * len(column):
            return _fits_order(points, column, factor, within)
    return False


def _same(drawn: float, given: float, within: float) -> bool:
    return isclose(drawn, given, rel_tol=within, abs_tol=1e-9)


def _fits_order(
    points: Sequence[tuple[float | None, float]], column: Mapping[int, float], factor: float, within: float
) -> bool:
    """Whether larger batches lie further along the axis, in one direction or the other."""
    places = []
    for batch, value in sorted(column.items()):
        here = [x for x, y in points if x is not None and _same(y, value * factor, within)]
        if not here:
            continue
        near = [
            x
            for x in here
            if isclose(x, batch, rel_tol=1e-6) or isclose(x, log10(batch), rel_tol=1e-3, abs_tol=1e-6)
        ]
        places.append((near or here)[0] if len(set(here)) == 1 or near else None)
    known = [place for place in places if place is not None]
    rising = all(a <= b for a, b in itertools.pairwise(known))
    falling = all(a >= b for a, b in itertools.pairwise(known))
    return rising or falling
