"""The figures of the whole class in one picture a chart, for staff: an odd submission stands out by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from markupsafe import Markup

from grader.feedback.charts import cloud_svg
from grader.feedback.textguard import on_one_line
from grader.model import Chart, Result, Value

FEWEST: Final = 3  # submissions with figures, below which there is no class to speak of
_MOST_CHARTS: Final = 6


class Cloud(Value, frozen=True):
    """One picture: the charts of `count` submissions that have this title."""

    title: str
    count: int
    svg: Markup


def class_clouds(results: Sequence[Result]) -> tuple[Cloud, ...]:
    """A picture for each chart that at least `FEWEST` submissions have, drawn from their own figures."""
    found: dict[str, list[Chart]] = {}
    for result in results:
        for question in result.questions:
            for chart in question.charts:
                if chart.series:
                    found.setdefault(chart.title, []).append(chart)
    enough = [(title, charts) for title, charts in found.items() if len(charts) >= FEWEST]
    return tuple(
        Cloud(on_one_line(title, 80), len(charts), svg)
        for number, (title, charts) in enumerate(enough[:_MOST_CHARTS])
        if (svg := Markup(cloud_svg(_together(charts), f"cloud-{number}")))  # noqa: S704 - drawn by us
    )


def _together(charts: Sequence[Chart]) -> Chart:
    """One chart with the first one's band and every submission's own figures, which are its last series."""
    first = charts[0]
    bands = tuple(series for series in first.series[:-1] if series.low)
    own = [
        msgspec.structs.replace(chart.series[-1], label="one submission each" if place == 0 else "")
        for place, chart in enumerate(charts)
    ]
    return msgspec.structs.replace(first, series=(*bands, *own))
