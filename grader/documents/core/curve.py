"""What a line, a row of markers or of bars in a plot shows, wherever it was read from: places, and how sure they are."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from grader.model import Value

MOST_CURVES: Final = 24  # of one figure; a lab's plot has two
MOST_POINTS: Final = 4_000  # of one curve


class CurveSource(StrEnum):
    """Where the places of a curve were read."""

    NUMBERS = "numbers"  # the figures themselves: a chart's cells, coordinates in TeX, what a kernel drew
    STROKES = "strokes"  # paths of a drawing: PDF, SVG
    PIXELS = "pixels"


class Curve(Value, frozen=True):
    """One series of a plot. `points` are (x, y) from left to right as drawn, y upwards.

    Numbers are in the units of the axes, strokes and pixels in those of the picture; `grain` is within how much of the
    unit a place is known, 0 for numbers. A `traced` curve was followed column by column: its corners are not known, and
    its points come in pairs, the lower and the upper edge of the ink above one x. `label` names it, if anything does.
    """

    points: tuple[tuple[float, float], ...]
    source: CurveSource
    grain: float = 0.0
    traced: bool = False
    label: str = ""
