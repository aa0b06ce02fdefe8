"""Where the time of a class went, as one picture: a bar a submission, the slowest first, split by part of the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from grader.feedback.page_frame import environment
from grader.feedback.textguard import on_one_line
from grader.stopwatch import PARTS

MOST: Final = 40  # submissions that are drawn
_COLOURS: Final = (
    "#7b8794",
    "#b8c2cc",
    "#1f6f44",
    "#6b3fa1",
    "#3a6ea6",
    "#4f9fb5",
    "#b3261d",
    "#8a5a01",
    "#c98f2b",
)
_WIDTH, _LEFT, _LINE = 900.0, 190.0, 18.0


def render_profile(timings: Sequence[tuple[str, Mapping[str, float]]]) -> str:
    """An SVG file of its own; `timings` are seconds by part (`grader.stopwatch`), by submission."""
    ordered = sorted(timings, key=lambda one: -sum(one[1].values()))[:MOST]
    longest = max((sum(seconds.values()) for _, seconds in ordered), default=0.0) or 1.0
    scale = (_WIDTH - _LEFT - 60) / longest
    bars = []
    for row, (name, seconds) in enumerate(ordered):
        at, pieces = _LEFT, []
        for part, colour in zip(PARTS, _COLOURS, strict=True):
            wide = seconds.get(part, 0.0) * scale
            if wide > 0:
                pieces.append((at, wide, colour, part, seconds[part]))
                at += wide
        bars.append((40 + row * _LINE, on_one_line(name, 28), pieces, at + 4, sum(seconds.values())))
    legend = [
        (10 + at * 98, part, colour) for at, (part, colour) in enumerate(zip(PARTS, _COLOURS, strict=True))
    ]
    return (
        environment()
        .get_template("profile.svg.j2")
        .render(width=_WIDTH, height=50 + len(bars) * _LINE, bars=bars, legend=legend, left=_LEFT - 6)
    )
