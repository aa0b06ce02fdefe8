"""How an OpenDocument style sets text, and whether that leaves ink: hidden, coloured like its ground, too small, cut off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from lxml import etree

from grader.documents.blocks.ink import (
    CLIPPED,
    NOT_DISPLAYED,
    OFF_PAGE,
    SMALLEST_POINTS,
    TOO_SMALL,
    TRANSPARENT,
    WHITE,
    Colour,
    hex_colour,
    too_faint,
    why_unseen,
)
from grader.documents.core.document import STRUCK
from grader.documents.office.office_xml import attribute, children, name_of

Setting = Mapping[str, Any]  # what a style says by itself; the nearest to the text holds

_POINTS: Final = {"in": 72.0, "cm": 28.346, "mm": 2.8346, "pt": 1.0, "pc": 12.0, "px": 0.75}
_AWAY: Final = 300.0  # points beyond a margin from which no layout moves text there
_FAR: Final = 1_400.0  # points: more than a page is wide or high
_SMALLEST_RAISED: Final = 0.3  # of the type around it; powers and indices are set in 58 %
_PLAIN_SIZE: Final = 12.0


def points(length: str) -> float | None:
    """A length in points; None for per cents, words and nothing."""
    parts = re.fullmatch(r"(-?\d{1,7}(?:\.\d{1,9})?|-?\.\d{1,9})([a-z]{2})", length.strip())
    return float(parts[1]) * _POINTS[parts[2]] if parts and parts[2] in _POINTS else None


def share(text: str) -> float | None:
    """A percentage as a share; None for anything else."""
    found = re.fullmatch(r"(\d{1,5}(?:\.\d{1,6})?)%", text.strip())
    return float(found[1]) / 100 if found else None


def said_of(style: etree._Element) -> Setting:
    """What one style says that decides whether text is seen, without those it stands on."""
    said: dict[str, Any] = {}
    for properties in style:
        match name_of(properties):
            case "text-properties":
                said |= _said_of_text(properties)
            case "paragraph-properties":
                said |= _said_of_paragraph(properties)
            case "table-cell-properties" | "table-row-properties" | "table-properties" | "graphic-properties":
                said |= _said_of_box(properties)
    return said


def _said_of_text(properties: etree._Element) -> Setting:
    said: dict[str, Any] = {}
    for key, text in ((str(key).rsplit("}", 1)[-1], str(text)) for key, text in properties.attrib.items()):
        match key:
            case "display":
                said["hidden"] = text == "none"
            case "color":
                said["colour"] = hex_colour(text)
            case "opacity" | "char-transparency" | "text-transparency":
                part = share(text)
                said["opacity"] = 1.0 if part is None else part if key == "opacity" else 1 - part
            case "font-size":
                said["size"] = points(text) if points(text) is not None else share(text) or 1.0
                said["relative"] = points(text) is None
            case "text-scale":
                said["width"] = share(text) or 1.0
            case "letter-spacing":
                said["spacing"] = points(text) or 0.0
            case "text-position" if text.split()[1:]:
                raised = share(text.split()[1])
                said["raised"] = 1.0 if raised is None else raised
            case "background-color" if text != "transparent":
                said["ground"] = hex_colour(text)
            case "text-line-through-style" | "text-line-through-type":
                said["struck"] = text != "none"
    if attribute(properties, "use-window-font-color") == "true":  # a colour that is seen on whatever ground,
        said |= {"colour": None, "opacity": 1.0}  # for which LibreOffice writes an opacity of nothing
    elif "colour" in said:
        said.setdefault("opacity", 1.0)
    return said


def _said_of_paragraph(properties: etree._Element) -> Setting:
    said: dict[str, Any] = {}
    shade = hex_colour(attribute(properties, "background-color"))
    if shade is not None:
        said["paragraph"] = shade
    height = points(attribute(properties, "line-height"))
    if height is not None and height < SMALLEST_POINTS:
        said["unseen"] = CLIPPED
    left = points(attribute(properties, "margin-left")) or 0.0
    first = left + (points(attribute(properties, "text-indent")) or 0.0)
    if min(left, first) <= -_AWAY or max(left, first) >= _FAR:
        said["unseen"] = OFF_PAGE
    return said


def _said_of_box(properties: etree._Element) -> Setting:
    said: dict[str, Any] = {}
    shade = hex_colour(attribute(properties, "background-color"))
    if shade is None and attribute(properties, "fill") == "solid":
        shade = hex_colour(attribute(properties, "fill-color"))
    if shade is not None:
        said["box"] = shade
    height = points(attribute(properties, "row-height"))
    if (
        height is not None
        and height < SMALLEST_POINTS
        and attribute(properties, "use-optimal-row-height") != "true"
    ):
        said["unseen"] = CLIPPED
    part = share(attribute(properties, "opacity"))
    if part is not None and too_faint(part) and name_of(properties) == "graphic-properties":
        said["see-through"] = True
    return said


def joined(base: Setting, nearer: Setting) -> Setting:
    """What holds where one setting stands within another; a size in per cent is of the one around it."""
    both = {**base, **nearer}
    if nearer.get("relative"):
        size, around = nearer["size"], _PLAIN_SIZE if base.get("relative", True) else base["size"]
        both |= {"size": size * around, "relative": False}
    return both


def why_text_unseen(setting: Setting, ground: Colour) -> str:
    """Why text is not seen on a ground, by all that is said of it; empty if it is."""
    if setting.get("hidden"):
        return NOT_DISPLAYED
    if setting.get("unseen"):
        return str(setting["unseen"])
    if setting.get("struck"):
        return STRUCK
    size = setting.get("size", _PLAIN_SIZE) * (_PLAIN_SIZE if setting.get("relative") else 1.0)
    size *= 1.0 if setting.get("raised", 1.0) > _SMALLEST_RAISED else 0.0
    if size < SMALLEST_POINTS or size * setting.get("width", 1.0) < SMALLEST_POINTS / 3:
        return TOO_SMALL
    if setting.get("spacing", 0.0) <= -0.8 * size:
        return TOO_SMALL
    if too_faint(setting.get("opacity", 1.0)):
        return TRANSPARENT
    for layer in ("paragraph", "ground"):
        ground = setting.get(layer) or ground
    colour = setting.get("colour")
    return "" if colour is None else why_unseen(colour, ground)


def why_frame_unseen(frame: etree._Element) -> str:
    """Why nothing in a frame is seen: it has no size, or stands outside of the page."""
    if attribute(frame, "display") == "none":
        return NOT_DISPLAYED
    sides = [points(attribute(frame, side)) for side in ("width", "height")]
    if any(side is not None and side < SMALLEST_POINTS for side in sides):
        return CLIPPED
    for place in (points(attribute(frame, "x")), points(attribute(frame, "y"))):
        if place is not None and (place <= -_AWAY or place >= _FAR):
            return OFF_PAGE
    return ""


def paper_of(*roots: etree._Element | None) -> Colour:
    """The colour of the pages; white where none is set."""
    for root in roots:
        for layout in root.iter() if root is not None else ():
            if name_of(layout) == "page-layout":
                for properties in children(layout, "page-layout-properties"):
                    found = hex_colour(attribute(properties, "background-color"))
                    if found is not None:
                        return found
    return WHITE
