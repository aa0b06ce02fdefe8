"""A `Chart` as an SVG element within the page, drawn by matplotlib. The same figures give the same bytes."""

from __future__ import annotations

import io
import threading
import warnings
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Final

from grader.feedback.chart_points import MAX_CLOUD, Curve, curves, figure, tick_values
from grader.feedback.inline_svg import inlined
from grader.feedback.textguard import on_one_line
from grader.model import Chart

_SIZE: Final = (5.2, 3.3)  # inches; on a phone of 390 px the letters stay at 9 px
# Stand-ins by which the style sheet finds an element's part, so that a chart follows the page's light or dark
# scheme; without the style sheet they are the colours of the light one.
_INK, _GRID, _BAND, _MIDDLE = "#1c2330", "#d9dee9", "#9ec5e9", "#3a6ea6"
_CURVES: Final = ("#b3261d", "#1f6f44", "#6b3fa1", "#8a5a01")
_MARKERS: Final = "osD^"  # curves are told apart without colour as well
_DASHES: Final = ("-", (0, (6, 2)), (0, (2, 2)), (0, (6, 2, 2, 2)))
_settled: Final = threading.Lock()  # settings and warnings are the whole process's


@lru_cache(maxsize=64)  # the page for students and the one for staff show the same
def chart_svg(chart: Chart, name: str) -> str:
    """The chart as an ``svg`` element without any style attribute, or an empty text if nothing can be drawn.

    `name` is put before every id in it, so that several charts can stand on one page. The element is hidden
    from screen readers: the page gives the figures as a table besides.
    """
    drawn = curves(chart)
    return inlined(_drawn(chart, drawn), name) if drawn and can_draw() else ""


def can_draw() -> bool:
    """Whether charts can be drawn in this installation; the one for students shows their figures as a table alone."""
    return find_spec("matplotlib") is not None


def cloud_svg(chart: Chart, name: str) -> str:
    """As `chart_svg`, for the curves of a whole class: thin, of one colour, with one entry in the legend."""
    drawn = curves(chart, most=MAX_CLOUD)
    return inlined(_drawn(chart, drawn, cloud=True), name) if drawn else ""


def _drawn(chart: Chart, drawn: tuple[Curve, ...], *, cloud: bool = False) -> bytes:
    import matplotlib as mpl  # noqa: PLC0415 - half a second, only where a chart is drawn
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    # A label in a script that matplotlib's own font lacks, or a single point, is no reason to warn anyone.
    with _settled, mpl.rc_context(_settings()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picture = Figure(figsize=_SIZE)
        FigureCanvasSVG(picture)
        axes = picture.add_axes((0.15, 0.16, 0.83, 0.73))
        for index, curve in enumerate(drawn):
            _draw(axes, curve, index, cloud=cloud)
        axes.set_title(on_one_line(chart.title, 70), loc="left", fontweight="bold")
        axes.set_xlabel(on_one_line(chart.x_label, 60))
        axes.set_ylabel(on_one_line(chart.y_label, 60))
        ticks = tick_values(drawn)
        if chart.log_x:
            axes.set_xscale("log")
        if chart.log_y:
            axes.set_yscale("log")
        axes.xaxis.set_major_formatter(_label)
        axes.yaxis.set_major_formatter(_label)
        axes.minorticks_off()
        if ticks and chart.log_x:
            axes.set_xticks(ticks)
        axes.grid(visible=True, color=_GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.margins(y=0.12)
        axes.legend(frameon=False, loc="best")
        stream = io.BytesIO()
        picture.savefig(stream, format="svg", transparent=True, metadata=_NO_METADATA)
    return stream.getvalue()


def _label(value: float, _place: float) -> str:
    return figure(value)


_NO_METADATA: Final = dict.fromkeys(("Date", "Creator", "Format", "Type"))


def _settings() -> Any:  # newer releases of matplotlib type the names of the settings, older ones do not
    return {
        "svg.hashsalt": "grader",
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "font.size": 10.5,
        "axes.titlesize": 11,
        "legend.fontsize": 10,
        "axes.formatter.useoffset": False,
        "text.parse_math": False,  # a label is whatever a student called it
        "text.usetex": False,
        "text.color": _INK,
        "axes.labelcolor": _INK,
        "axes.edgecolor": _INK,
        "xtick.color": _INK,
        "ytick.color": _INK,
        "path.simplify": False,
    }


def _draw(axes: Any, curve: Curve, index: int, *, cloud: bool) -> None:
    band = curve.banded
    if band:
        axes.fill_between(
            [point.x for point in band],
            [point.low for point in band],
            [point.high for point in band],
            color=_BAND,
            linewidth=0,
            label=curve.label,
        )
        axes.plot(
            [point.x for point in band],
            [point.y for point in band],
            color=_MIDDLE,
            linewidth=1,
            dashes=(4, 3),
        )
        return
    if cloud:
        axes.plot(
            [point.x for point in curve.points],
            [point.y for point in curve.points],
            color=_CURVES[0],
            marker=".",
            linewidth=0.5,
            markersize=4,
            label=curve.label or None,
        )
        return
    axes.plot(
        [point.x for point in curve.points],
        [point.y for point in curve.points],
        color=_CURVES[index % len(_CURVES)],
        marker=_MARKERS[index % len(_MARKERS)],
        linestyle=_DASHES[index % len(_DASHES)],
        linewidth=1.6,
        markersize=5.5,
        label=curve.label,
    )
