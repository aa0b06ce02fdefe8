"""The curves among all that a notebook draws."""

import pytest

from grader.execution import DrawnAxes, DrawnFigure, DrawnSeries
from reference.batches.drawn_curves import Drawn
from reference.batches.drawn_curves import find_curves as find

SIZES = (1.0, 10.0, 100.0, 1000.0, 60000.0)
TIMES = (118.0, 13.0, 3.0, 1.0, 1.0)
SHARES = (0.8124, 0.8251, 0.8185, 0.7097, 0.1)
TABLE = {
    "time": dict(zip(map(int, SIZES), TIMES, strict=True)),
    "accuracy": dict(zip(map(int, SIZES), SHARES, strict=True)),
}


def find_curves(figures: list[DrawnFigure], table: dict[str, dict[int, float]]) -> Drawn:
    return find(figures, table, points=4, within=0.005)


def figure(cell: int, *series: tuple[tuple[float, ...], tuple[float, ...]]) -> DrawnFigure:
    drawn = tuple(DrawnSeries("line", "", x, y) for x, y in series)
    return DrawnFigure(cell, "", (DrawnAxes("", "batch size", "", "log", "linear", (), drawn, 0),))


@pytest.mark.parametrize("x", [SIZES, (0, 1, 2, 3, 4.778), (1, 2, 3, 4, 5), tuple(reversed(range(5)))])
def test_both_curves_in_one_figure(x: tuple[float, ...]) -> None:
    found = find_curves([figure(3, (x, TIMES), (x, SHARES))], TABLE)
    assert found.both
    assert found.labelled


def test_two_figures_and_per_cent() -> None:
    percent = tuple(100 * share for share in SHARES)
    assert find_curves([figure(3, (SIZES, TIMES)), figure(5, (SIZES, percent))], TABLE).both


def test_other_figures_are_not_the_curves() -> None:
    regression = figure(1, ((2.02, 0.19, 2.9, 1.02, 0.35), (27.07, 19.91, 26.18, 23.48, 19.22)))
    assert find_curves([regression], TABLE).times is None
    only = find_curves([regression, figure(2, (SIZES, SHARES))], TABLE)
    assert (only.times, only.accuracies) == (None, 2)
    assert not find_curves([figure(2, (SIZES, TIMES))], {"time": {}, "accuracy": {}}).both
