"""What leaves ink: whether text can be told from what is behind it, and whether it is large enough to be read.

Every reader asks here, so that the same text is seen or unseen whatever format it stands in.
"""

from __future__ import annotations

import math
import re
from typing import Final, NamedTuple

SMALLEST_POINTS: Final = 4.0  # type below this is not read by anybody; the smallest footnotes are set in 6
_CONTRAST: Final = 1.4  # WCAG's ratio of luminances below which lightness alone tells nothing apart
_DIFFERENCE: Final = 25.0  # CIE 1976 colour difference below which the hue tells nothing apart either
_FAINTEST: Final = 0.1  # opacity

# Why a reader does not see a passage, in words that fit behind "this is not seen: ".
SAME_COLOUR: Final = "in the colour of what is behind it"
TOO_SMALL: Final = "too small to read"
TRANSPARENT: Final = "transparent"
NOT_DISPLAYED: Final = "set not to be displayed"
OFF_PAGE: Final = "placed outside of the page"
CLIPPED: Final = "clipped away"
COMMENT: Final = "a comment"
ALTERNATIVE: Final = "an alternative text that is shown only where a picture is not"


class Colour(NamedTuple):
    """A colour in sRGB; all parts from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0


WHITE: Final = Colour(1.0, 1.0, 1.0)
BLACK: Final = Colour(0.0, 0.0, 0.0)


def hex_colour(text: str) -> Colour | None:
    """The colour of ``#RRGGBB`` or ``RRGGBB``; None for anything else, such as ``auto``."""
    found = re.fullmatch(r"#?([0-9A-Fa-f]{6})", text.strip())
    if found is None:
        return None
    red, green, blue = (int(found[1][at : at + 2], 16) / 255 for at in (0, 2, 4))
    return Colour(red, green, blue)


def over(top: Colour, ground: Colour) -> Colour:
    """What is seen of a colour laid over an opaque one."""
    red, green, blue = (
        one * top.alpha + other * (1 - top.alpha) for one, other in zip(top[:3], ground[:3], strict=True)
    )
    return Colour(red, green, blue)


def why_unseen(text: Colour, ground: Colour) -> str:
    """Why type of a colour is not seen on an opaque ground; empty if it is."""
    if text.alpha < _FAINTEST:
        return TRANSPARENT
    return SAME_COLOUR if _alike(over(text, ground), ground) else ""


def too_faint(opacity: float) -> bool:
    """Whether something as opaque as that (0 to 1) leaves no ink to speak of."""
    return opacity < _FAINTEST


def _alike(one: Colour, other: Colour) -> bool:
    lights = sorted((_luminance(one), _luminance(other)))
    if (lights[1] + 0.05) / (lights[0] + 0.05) >= _CONTRAST:
        return False
    return math.dist(_lab(one), _lab(other)) < _DIFFERENCE


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _luminance(colour: Colour) -> float:
    red, green, blue = map(_linear, colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _lab(colour: Colour) -> tuple[float, float, float]:
    red, green, blue = map(_linear, colour[:3])
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = map(_root, (x, _luminance(colour), z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _root(part: float) -> float:
    return math.cbrt(part) if part > 0.008856 else 7.787 * part + 16 / 116
