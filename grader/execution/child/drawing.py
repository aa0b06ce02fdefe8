"""What a matplotlib figure shows, as data: axes, labels, scales, legend and the points of every series."""

from __future__ import annotations

import math
from typing import Any

MAX_AXES = 30
MAX_SERIES = 20  # of one axes
MAX_POINTS = 2000  # of one series
MAX_TEXT = 200  # characters of one label


def describe(figure: Any) -> dict[str, Any]:
    """The data of `figure` as JSON-able values, bounded by this module's limits; `cut` tells if they bit."""
    cut = len(figure.axes) > MAX_AXES
    axes = []
    for one in figure.axes[:MAX_AXES]:
        series, shortened = _series(one)
        cut = cut or shortened
        legend = one.get_legend()
        axes.append(
            {
                "title": _text(one.get_title()),
                "x_label": _text(one.get_xlabel()),
                "y_label": _text(one.get_ylabel()),
                "x_scale": _text(one.get_xscale()),
                "y_scale": _text(one.get_yscale()),
                "legend": [_text(item.get_text()) for item in legend.get_texts()[:MAX_SERIES]]
                if legend
                else [],
                "x_ticks": [_text(item.get_text()) for item in one.get_xticklabels()[:MAX_SERIES]],
                "series": series,
                "images": len(one.images),
            }
        )
    title = getattr(figure, "_suptitle", None)
    return {"title": _text(title.get_text()) if title is not None else "", "axes": axes, "cut": cut}


def _text(value: Any) -> str:
    return str(value)[:MAX_TEXT]


def _series(axes: Any) -> tuple[list[dict[str, Any]], bool]:
    found: list[dict[str, Any]] = []
    cut = False

    def add(kind: str, label: Any, x: Any, y: Any) -> None:
        nonlocal cut
        xs, ys = _numbers(x), _numbers(y)
        length = min(len(xs), len(ys))
        cut = cut or length > MAX_POINTS or len(found) >= MAX_SERIES
        if len(found) < MAX_SERIES:
            length = min(length, MAX_POINTS)
            found.append({"kind": kind, "label": _text(label), "x": xs[:length], "y": ys[:length]})

    for line in axes.lines:
        add("line", line.get_label(), line.get_xdata(orig=False), line.get_ydata(orig=False))
    for collection in axes.collections:
        offsets = collection.get_offsets()
        if len(offsets) and type(collection).__name__ == "PathCollection":
            add("points", collection.get_label(), offsets[:, 0], offsets[:, 1])
    for container in axes.containers:
        bars = [patch for patch in getattr(container, "patches", ()) if hasattr(patch, "get_height")]
        if bars:
            middles = [bar.get_x() + bar.get_width() / 2 for bar in bars]
            add("bars", container.get_label(), middles, [bar.get_height() for bar in bars])
    return found, cut


def _numbers(data: Any) -> list[float | None]:
    """Finite floats, None for the rest."""
    numbers: list[float | None] = []
    for value in list(data)[: MAX_POINTS + 1]:
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        numbers.append(number if math.isfinite(number) else None)
    return numbers
