"""Drawn curves against a table: what shows its values, what contradicts them, what is another thing."""

from __future__ import annotations

from itertools import pairwise
from math import log10

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.checks.curves import CurveStand, read_curve
from grader.documents.core.curve import Curve, CurveSource

KEYS = (1.0, 10.0, 100.0, 1000.0, 60000.0)
TIMES = (118.0, 13.0, 3.0, 1.0, 1.0)
SHARES = (0.8124, 0.8251, 0.8185, 0.7097, 0.1)
TABLE = {"time": dict(zip(KEYS, TIMES, strict=True)), "accuracy": dict(zip(KEYS, SHARES, strict=True))}
SCALES = {
    "index": tuple(float(at) for at in range(5)),
    "log": tuple(log10(key) for key in KEYS),
    "linear": KEYS,
}


def drawn(
    values: tuple[float, ...], across: tuple[float, ...], source: CurveSource = CurveSource.STROKES
) -> Curve:
    return Curve(
        tuple(zip(across, values, strict=True)), source, 0.0 if source is CurveSource.NUMBERS else 0.2
    )


def traced(
    values: tuple[float, ...], across: tuple[float, ...], width: float = 400, height: float = 300
) -> Curve:
    """The line between these points as it lies on pixels, three of them thick."""
    low, high = min(values), max(values)
    places = [10 + width * (x - across[0]) / (across[-1] - across[0]) for x in across]
    corners = list(zip(places, [20 + height * (value - low) / (high - low) for value in values], strict=True))
    points = []
    for column in range(9, int(width) + 12):
        at = [corners[0][1]] if column < 10 else [corners[-1][1]] if column > 10 + width else []
        for (x0, y0), (x1, y1) in pairwise(corners):
            start, end = max(x0, column - 0.5), min(x1, column + 0.5)
            if start <= end:
                at += [y0 + (y1 - y0) * (x - x0) / (x1 - x0) for x in (start, end)] if x1 > x0 else [y0, y1]
        points += [(float(column), min(at) - 1), (float(column), max(at) + 1)]
    return Curve(tuple(points), CurveSource.PIXELS, 1.2, traced=True)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(("name", "values"), [("time", TIMES), ("accuracy", SHARES)])
@given(st.floats(0.05, 50), st.floats(-500, 500))
def test_a_curve_is_told_at_any_size_and_place(
    scale: str, name: str, values: tuple[float, ...], slope: float, offset: float
) -> None:
    span = max(values) - min(values)
    heights = tuple(200 * slope * value / span + offset for value in values)
    found = read_curve(drawn(heights, SCALES[scale]), TABLE)
    assert (found.stand, found.column) == (CurveStand.SHOWS, name)


@pytest.mark.parametrize("scale", ["index", "log"])
@pytest.mark.parametrize(("name", "values"), [("time", TIMES), ("accuracy", SHARES)])
@pytest.mark.parametrize("size", [(150, 90), (400, 300), (900, 500)])
def test_a_line_of_pixels_is_told(
    scale: str, name: str, values: tuple[float, ...], size: tuple[float, float]
) -> None:
    found = read_curve(traced(values, SCALES[scale], *size), TABLE)
    assert (found.stand, found.column) == (CurveStand.SHOWS, name)
    logarithms = tuple(log10(value) for value in values)
    assert read_curve(traced(logarithms, SCALES[scale], *size), TABLE).column == name


@pytest.mark.parametrize("make", [drawn, traced])
def test_other_values_contradict(make: object) -> None:
    other = make((60.0, 44.0, 31.0, 12.0, 9.0), SCALES["log"])  # type: ignore[operator]
    found = read_curve(other, TABLE)
    assert found.stand is CurveStand.CONTRADICTS
    assert found.differs


@pytest.mark.parametrize(
    "curve",
    [
        drawn(tuple(0.9 - 0.1 / at for at in range(1, 13)), tuple(float(at) for at in range(1, 13))),
        drawn((26.0, 33.0), (0.1, 4.4)),
        drawn(SHARES, TIMES),
        traced((1.0, 2.0), (0.0, 1.0)),
        traced(tuple(1 - 1 / at for at in range(1, 12)), tuple(float(at) for at in range(1, 12))),
    ],
    ids=[
        "epochs",
        "a line of two points",
        "accuracy over time",
        "a straight line",
        "twelve epochs in pixels",
    ],
)
def test_other_plots_are_neither(curve: Curve) -> None:
    assert read_curve(curve, TABLE).stand in {CurveStand.OTHER, CurveStand.UNCLEAR}


def test_numbers_are_the_tables_own() -> None:
    def stand(values: tuple[float, ...]) -> CurveStand:
        return read_curve(drawn(values, KEYS, CurveSource.NUMBERS), TABLE).stand

    assert stand(TIMES) is CurveStand.SHOWS
    assert stand(tuple(100 * share for share in SHARES)) is CurveStand.SHOWS
    assert stand(tuple(value / 118 for value in TIMES)) is CurveStand.SHOWS
    assert stand(tuple(2.5 * value for value in TIMES)) is not CurveStand.SHOWS
    assert stand(TIMES[::-1]) is CurveStand.CONTRADICTS


def test_from_right_to_left() -> None:
    assert (
        read_curve(drawn(TIMES[::-1], tuple(-at for at in SCALES["log"][::-1])), TABLE).stand
        is CurveStand.SHOWS
    )
    assert read_curve(drawn(TIMES[::-1], SCALES["index"]), TABLE).stand is CurveStand.TURNED


def test_a_point_more_or_less() -> None:
    scale = SCALES["log"]
    assert read_curve(drawn(TIMES[1:], scale[1:]), TABLE).column == "time"
    more = drawn((118.0, 30.0, 13.0, 3.0, 1.0, 1.0), (0.0, 0.7, 1.0, 2.0, 3.0, scale[-1]))
    assert read_curve(more, TABLE).stand is CurveStand.SHOWS


@example([(0.0, 1.0), (1.0, 2.0), (2.0, 4.0)], CurveSource.NUMBERS, False, {10: 1.0, 100: 2.0, 1000: 1e300})
@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), max_size=40),
    st.sampled_from(CurveSource),
    st.booleans(),
    st.dictionaries(st.sampled_from(KEYS), st.floats(allow_nan=True), max_size=5),
)
def test_nothing_raises(
    points: list[tuple[float, float]], source: CurveSource, traced_one: bool, column: dict[float, float]
) -> None:
    read_curve(Curve(tuple(points), source, 0.0, traced_one), {"time": column, "accuracy": TABLE["accuracy"]})
