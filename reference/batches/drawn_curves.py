"""Question 3's plot by its values: which curves, drawn by the kernel or seen in a document, are the student's times and accuracies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from grader.checks.curves import CurveReading, CurveStand, read_curve
from grader.documents.core.curve import Curve, CurveSource
from grader.documents.core.document import Block
from grader.execution import DrawnFigure, DrawnSeries, NotebookRun
from grader.model import Value
from grader.page_data import MarkedSeries, PlotMarks
from reference.batches.point_labels import columns_by_labels

COLUMNS: Final = ("time", "accuracy")
_MOST_TOLD: Final = 400  # curves of a submission
_MOST_DRAWN: Final = 80  # points of a line that is shown again
_NEAREST: Final = (
    CurveStand.SHOWS,
    CurveStand.TURNED,
    CurveStand.CONTRADICTS,
    CurveStand.UNCLEAR,
    CurveStand.OTHER,
)
_DRAWN: Final = frozenset((CurveStand.SHOWS, CurveStand.TURNED))
Table = Mapping[str, Mapping[int, float]]


class Drawn(Value, frozen=True):
    """The cells whose figures show the times and the accuracies; None where none does. `labelled`: axes have names."""

    times: int | None
    accuracies: int | None
    labelled: bool

    @property
    def both(self) -> bool:
        """Whether both curves were drawn."""
        return self.times is not None and self.accuracies is not None


class FigureReading(Value, frozen=True):
    """A figure with what each of its curves shows, and the columns whose figures are written beside its points."""

    block: Block
    curves: tuple[tuple[Curve, CurveReading], ...]
    labelled: frozenset[str] = frozenset()

    def shows(self, column: str) -> bool:
        """Whether one of its curves is that column."""
        return column in self.labelled or any(
            reading.stand is CurveStand.SHOWS and reading.column == column for _, reading in self.curves
        )

    @property
    def contradicting(self) -> tuple[tuple[Curve, CurveReading], ...]:
        """The curves over the table's keys that are none of its columns, or are in the wrong order."""
        against = {CurveStand.CONTRADICTS, CurveStand.TURNED}
        return tuple(one for one in self.curves if one[1].stand in against)

    @property
    def told(self) -> int:
        """How many of its curves are over the table's keys, as far as can be told."""
        return sum(reading.stand is not CurveStand.OTHER for _, reading in self.curves)

    def marks(self) -> PlotMarks | None:
        """The columns that its curves show or come closest to, where they would be drawn."""
        series = []
        for column in COLUMNS:
            own = [one for one in self.curves if one[1].column == column and one[1].points]
            if own:
                curve, reading = min(own, key=lambda one: _NEAREST.index(one[1].stand))
                series.append(_marked(column, curve, reading))
        if not series:
            return None
        place = self.block.place
        return PlotMarks(place.source, place.where, self.curves[0][0].source.value, tuple(series))


def _marked(column: str, curve: Curve, reading: CurveReading) -> MarkedSeries:
    step = 2 if curve.traced else 1
    drawn = curve.points[:: step * max(1, len(curve.points) // (step * _MOST_DRAWN))]
    return MarkedSeries(
        f"{column} by the table",
        tuple((x, y) for _, x, y in reading.points),
        tuple(f"{key:g}" for key, _, _ in reading.points),
        tuple(sorted(drawn)),
    )


def read_figures(blocks: Sequence[Block], table: Table, *, points: int) -> list[FigureReading]:
    """What the curves of each figure show."""
    columns = _columns(table)
    readings: list[FigureReading] = []
    left = _MOST_TOLD
    for block in blocks:
        curves = block.figure.curves[:left] if block.figure is not None else ()
        left -= len(curves)
        read = tuple((curve, read_curve(curve, columns, points)) for curve in curves)
        words = block.figure.words if block.figure is not None else ""
        readings.append(FigureReading(block, read, columns_by_labels(words, table)))
    return readings


def shown_figures(run: NotebookRun) -> list[DrawnFigure]:
    """The figures of the cells that showed a picture: what is closed or never shown nobody sees."""
    return [
        figure
        for figure in run.figures
        if (cell := run.cell(figure.cell)) is not None and (cell.images or cell.html)
    ]


def find_curves(figures: Sequence[DrawnFigure], table: Table, *, points: int, within: float) -> Drawn:
    """Looks for the table's own figures (`time`, `accuracy` by batch size) among all lines, points and bars.

    A curve has at least so many `points` of the table's, each within a relative distance.
    """
    found: dict[str, int] = {}
    labelled = False
    columns = _columns(table)
    for figure in figures:
        for axes in figure.axes:
            for series in axes.series:
                curve = _curve(series)
                for name in COLUMNS:
                    own = {name: columns.get(name, {})}
                    if name not in found and read_curve(curve, own, points, within).stand in _DRAWN:
                        found[name] = figure.cell
                        labelled = labelled or bool(axes.x_label or axes.y_label or axes.legend or axes.title)
    return Drawn(found.get("time"), found.get("accuracy"), labelled)


def _columns(table: Table) -> dict[str, dict[float, float]]:
    return {name: {float(x): y for x, y in table.get(name, {}).items()} for name in COLUMNS}


def _curve(series: DrawnSeries) -> Curve:
    return Curve(tuple(_pairs(series)), CurveSource.NUMBERS, label=series.label)


def _pairs(series: DrawnSeries) -> Iterator[tuple[float, float]]:
    for x, y in zip(series.x, series.y, strict=False):
        if x is not None and y is not None:
            yield x, y
