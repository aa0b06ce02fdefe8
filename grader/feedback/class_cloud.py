"""The figures of the whole class in one picture a chart, for staff: an odd submission stands out by itself."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, log
from statistics import median
from typing import Final

import msgspec
from markupsafe import Markup

from grader.feedback.charts import cloud_svg
from grader.feedback.textguard import on_one_line
from grader.model import Chart, Result, Series, Value

FEWEST: Final = 3  # submissions with figures, below which there is no class to speak of
MOST_LINES: Final = 150  # in one picture; of a larger class the oddest, and a sample of all others
_ODDEST: Final = 50
_MOST_CHARTS: Final = 6
_MOST_TITLES: Final = 200  # that are kept apart; students' own words may be in a title


class Cloud(Value, frozen=True):
    """One picture: the charts of `count` submissions that have this title, of which it shows `drawn`."""

    title: str
    count: int
    drawn: int
    svg: Markup


class ClassClouds:
    """The pictures, put together submission by submission: of each only its own figures are kept."""

    def __init__(self) -> None:
        self._first: dict[str, Chart] = {}
        self._own: dict[str, list[Series]] = {}

    def add(self, result: Result) -> None:
        """Takes in the charts of one submission."""
        for question in result.questions:
            for chart in question.charts:
                if not chart.series or (chart.title not in self._own and len(self._own) >= _MOST_TITLES):
                    continue
                self._first.setdefault(chart.title, chart)
                self._own.setdefault(chart.title, []).append(chart.series[-1])

    def drawn(self) -> tuple[Cloud, ...]:
        """A picture for each chart that at least `FEWEST` submissions have, drawn from their own figures."""
        enough = [(title, own) for title, own in self._own.items() if len(own) >= FEWEST]
        made = []
        for number, (title, own) in enumerate(enough[:_MOST_CHARTS]):
            chosen = _chosen(own, log_y=self._first[title].log_y)
            svg = cloud_svg(_together(self._first[title], chosen), f"cloud-{number}")
            if svg:
                shown = Markup(svg)  # noqa: S704 - drawn by us
                made.append(Cloud(on_one_line(title, 80), len(own), len(chosen), shown))
        return tuple(made)


def _together(first: Chart, own: Sequence[Series]) -> Chart:
    """One chart with the first one's band and every submission's own figures, which are its last series."""
    bands = tuple(series for series in first.series[:-1] if series.low)
    lines = [
        msgspec.structs.replace(series, label="one submission each" if place == 0 else "")
        for place, series in enumerate(own)
    ]
    return msgspec.structs.replace(first, series=(*bands, *lines))


def _chosen(own: Sequence[Series], *, log_y: bool) -> list[Series]:
    """All of a small class; of a large one the oddest and every so many of the others, in their order."""
    if len(own) <= MOST_LINES:
        return list(own)
    at: dict[float, list[float]] = {}
    for series in own:
        for x, y in zip(series.x, series.y, strict=False):
            at.setdefault(x, []).append(_scaled(y, log_y))
    middles = {x: median(values) for x, values in at.items()}
    spreads = {x: median(abs(y - middles[x]) for y in values) or 1e-9 for x, values in at.items()}

    def oddity(place: int) -> float:
        series = own[place]
        return max(
            (
                abs(_scaled(y, log_y) - middles[x]) / spreads[x]
                for x, y in zip(series.x, series.y, strict=False)
            ),
            default=0.0,
        )

    ordered = sorted(range(len(own)), key=lambda place: (-oddity(place), place))
    others = sorted(ordered[_ODDEST:])
    step = len(others) / (MOST_LINES - _ODDEST)
    sample = [others[int(number * step)] for number in range(MOST_LINES - _ODDEST)]
    return [own[place] for place in sorted({*ordered[:_ODDEST], *sample})]


def _scaled(value: float, log_y: bool) -> float:
    if not isfinite(value):
        return 0.0
    return log(value) if log_y and value > 0 else value
