"""Curves given in numbers: cells of a native chart, coordinates written down in a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Final

from grader.documents.core.curve import MOST_CURVES, MOST_POINTS, Curve, CurveSource

_LONGEST: Final = 40  # characters of a number


def number(text: str | None) -> float | None:
    """A number as a program stores it; None if it is none, or not finite."""
    if text is None or len(text) > _LONGEST:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None


def curve_of_numbers(
    across: Sequence[float | None], heights: Sequence[float | None], label: str = ""
) -> Curve | None:
    """A curve of pairs; where an x is lacking, or all are alike, the order counts. None if fewer than three are left."""
    pairs = list(zip(across, heights, strict=False)) if across else []
    if len(pairs) < len(heights) or any(x is None for x, _ in pairs) or len({x for x, _ in pairs}) < 2:
        pairs = [(float(at), y) for at, y in enumerate(heights, start=1)]
    points = tuple((x, y) for x, y in pairs if x is not None and y is not None)[:MOST_POINTS]
    return Curve(points, CurveSource.NUMBERS, label=label[:200]) if len(points) >= 3 else None


def kept(curves: Sequence[Curve | None]) -> tuple[Curve, ...]:
    """Those that are there, as many as a figure may have."""
    return tuple(curve for curve in curves if curve is not None)[:MOST_CURVES]
