"""A `Chart` as an SVG picture. Deterministic: the same figures give the same bytes."""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from typing import Any, Final

from grader.feedback.textguard import shown
from grader.model import Chart, Series

_SIZE: Final = (5.6, 3.1)  # inches
_BAND: Final = "#9ec5e8"
_POINTS: Final = ("#b3261e", "#1f6f43", "#6b3fa0")  # told apart by marker as well
_MARKERS: Final = "osD^"


@lru_cache(maxsize=64)  # the page for students and the one for staff show the same
def chart_source(chart: Chart) -> str:
    """The chart as a ``data:`` address for an ``img`` element, which cannot run anything."""
    return "data:image/svg+xml;base64," + base64.b64encode(_svg(chart)).decode()


def _svg(chart: Chart) -> bytes:
    import matplotlib as mpl  # noqa: PLC0415 - half a second, only where a chart is drawn
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    # No TeX, no mathtext: a label is whatever a student called it.
    with mpl.rc_context(
        {
            "svg.hashsalt": "grader",
            "svg.fonttype": "none",
            "font.family": "sans-serif",
            "font.size": 9,
            "text.parse_math": False,
        }
    ):
        figure = Figure(figsize=_SIZE, layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        for index, series in enumerate(chart.series):
            _draw(axes, series, index)
        axes.set_title(shown(chart.title, 100))
        axes.set_xlabel(shown(chart.x_label, 60))
        axes.set_ylabel(shown(chart.y_label, 60))
        if chart.log_x:
            axes.set_xscale("log")
            ticks = sorted({x for series in chart.series for x in series.x})
            if 0 < len(ticks) <= 12:
                axes.set_xticks(
                    ticks,
                    [f"{tick:g}" if tick < 10_000 else f"{tick:,.0f}".replace(",", " ") for tick in ticks],
                )
                axes.minorticks_off()
        if chart.log_y:
            axes.set_yscale("log")
        axes.grid(visible=True, alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
        stream = io.BytesIO()
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()


def _draw(axes: Any, series: Series, index: int) -> None:
    label = shown(series.label, 60)
    if series.low and series.high:
        axes.fill_between(
            series.x, series.low, series.high, color=_BAND, alpha=0.45, linewidth=0, label=label
        )
        axes.plot(series.x, series.y, color="#3a6ea5", linewidth=1, linestyle="--")
        return
    colour = _POINTS[index % len(_POINTS)]
    axes.plot(
        series.x,
        series.y,
        color=colour,
        marker=_MARKERS[index % len(_MARKERS)],
        linewidth=1.4,
        markersize=5,
        label=label,
    )
