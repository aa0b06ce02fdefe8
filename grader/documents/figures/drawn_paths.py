"""Paths of a drawing in the order of painting, and those of them that leave ink: no line in its ground's colour, none covered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

Points = tuple[tuple[float, float], ...]
Box = tuple[float, float, float, float]
Colour = tuple[float, float, float]

_ALIKE: Final = 0.06  # of the way from black to white, within which colours are one
_GROUND: Final = 0.15  # share of the drawing's width from which a surface is a ground
_WHITE: Final = (1.0, 1.0, 1.0)
_NAMED: Final = {"white": _WHITE, "black": (0.0, 0.0, 0.0), "snow": _WHITE, "ivory": _WHITE}
_NUMBER: Final = re.compile(r"\d{1,3}(?:\.\d{1,9})?%?")
_MOST_GROUNDS: Final = 200
_RECTANGLE: Final = (4, 6)  # corners


class DrawnPath(NamedTuple):
    """A path with its corners, y upwards, in the order of painting.

    `colour` tells those of one series from others, as its fill, a stroke and the colour of its line; `clear`: it lets
    through what is painted below it.
    """

    points: Points
    filled: bool
    colour: str
    clear: bool = False


def seen_paths(paths: Sequence[DrawnPath], width: float) -> list[DrawnPath]:
    """The paths without lines that nobody sees: of no colour, of that of the ground below, or with a surface over them."""
    boxes = [_box(path.points) for path in paths]
    grounds = [
        at
        for at, path in enumerate(paths)
        if path.filled and not path.clear and boxes[at][2] - boxes[at][0] >= _GROUND * width
    ][:_MOST_GROUNDS]
    return [path for at, path in enumerate(paths) if path.filled or _is_seen(at, paths, boxes, grounds)]


def _is_seen(at: int, paths: Sequence[DrawnPath], boxes: Sequence[Box], grounds: Sequence[int]) -> bool:
    fill, _, line = paths[at].colour.partition("/")
    if line in {"none", "transparent"} and fill in {"", "none", "transparent"}:
        return False
    around = [ground for ground in grounds if ground != at and _holds(boxes[ground], boxes[at])]
    if any(ground > at and _RECTANGLE[0] <= len(paths[ground].points) <= _RECTANGLE[1] for ground in around):
        return False
    ink = rgb(line)
    below = [ground for ground in around if ground < at]
    paper = rgb(paths[below[-1]].colour.partition("/")[0]) if below else _WHITE
    if ink is None or paper is None:
        return True
    return max(abs(one - other) for one, other in zip(ink, paper, strict=True)) > _ALIKE


def _box(points: Points) -> Box:
    return (
        min(x for x, _ in points),
        min(y for _, y in points),
        max(x for x, _ in points),
        max(y for _, y in points),
    )


def _holds(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


def rgb(text: str) -> Colour | None:
    """A colour as SVG and PDF write it, each part between 0 and 1; None where it is not understood."""
    text = text.strip().lower()[:80]
    if text in _NAMED:
        return _NAMED[text]
    if re.fullmatch(r"#[0-9a-f]{3}|#[0-9a-f]{6}", text):
        step = (len(text) - 1) // 3
        parts = [text[1 + step * at : 1 + step * (at + 1)] * (3 - step) for at in range(3)]
        red, green, blue = (int(part[:2], 16) / 255 for part in parts)
        return red, green, blue
    numbers = _NUMBER.findall(text)
    if text.startswith("rgb") and len(numbers) >= 3:
        red, green, blue = (
            float(number.rstrip("%")) / (100 if number.endswith("%") else 255) for number in numbers[:3]
        )
        return red, green, blue
    if text[:1] in {"(", "["} or _NUMBER.fullmatch(text):
        values = [float(number.rstrip("%")) for number in numbers]
        if len(values) == 1:
            return values[0], values[0], values[0]
        if len(values) == 3:
            return values[0], values[1], values[2]
        if len(values) == 4:  # of printing inks
            red, green, blue = ((1 - value) * (1 - values[3]) for value in values[:3])
            return red, green, blue
    return None
