"""How Word sets a run of text, and whether that leaves ink: hidden, coloured like its ground, too small, cut off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from lxml import etree

from grader.documents.blocks.ink import (
    BLACK,
    CLIPPED,
    NOT_DISPLAYED,
    OFF_PAGE,
    SMALLEST_POINTS,
    TOO_SMALL,
    TRANSPARENT,
    WHITE,
    Colour,
    hex_colour,
    over,
    why_unseen,
)
from grader.documents.core.document import STRUCK
from grader.documents.office.office_xml import attribute, child, children, name_of, number, value

Setting = Mapping[str, Any]  # what properties say by themselves; the nearest to the text holds

_TWIPS: Final = 20  # in a point
_AWAY: Final = 6_000  # twips beyond the margin from which no layout moves text there
_FAR: Final = 14_000  # twips to the right: more than a page is wide
_EMU_A_POINT: Final = 12_700
_FAINT: Final = 90_000  # of 100,000: how transparent type may be
_HIGHLIGHTS: Final = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF", "red": "FF0000",
    "yellow": "FFFF00", "white": "FFFFFF", "darkBlue": "000080", "darkCyan": "008080", "darkGreen": "008000",
    "darkMagenta": "800080", "darkRed": "800000", "darkYellow": "808000", "darkGray": "808080", "lightGray": "C0C0C0",
}  # fmt: skip
_THEME_NAMES: Final = {
    "background1": "lt1", "light1": "lt1", "bg1": "lt1", "text1": "dk1", "dark1": "dk1", "tx1": "dk1",
    "background2": "lt2", "light2": "lt2", "bg2": "lt2", "text2": "dk2", "dark2": "dk2", "tx2": "dk2",
    "hyperlink": "hlink", "followedHyperlink": "folHlink",
}  # fmt: skip
_VML_UNITS: Final = {"": 1 / 12_700, "pt": 1.0, "in": 72.0, "cm": 28.35, "mm": 2.835, "px": 0.75, "pc": 12.0}


class Theme:
    """The colours that a document names by their part in its theme."""

    def __init__(self, root: etree._Element | None) -> None:
        self._colours = {"lt1": WHITE, "dk1": BLACK}
        scheme = child(root, "themeElements", "clrScheme")
        for entry in scheme if scheme is not None else ():
            for kind in entry:
                found = hex_colour(attribute(kind, "lastClr") or attribute(kind, "val"))
                if found is not None:
                    self._colours[name_of(entry)] = found

    def named(self, name: str) -> Colour | None:
        """The colour of a name such as ``background1`` or ``accent1``; None if the theme has none."""
        return self._colours.get(_THEME_NAMES.get(name, name))

    def of(self, element: etree._Element | None, which: str, theme: str) -> Colour | None:
        """The colour in an element's attributes: ``which`` in hex, or of the ``theme`` where that is named."""
        if element is None:
            return None
        named = self.named(attribute(element, theme)) if attribute(element, theme) else None
        if named is None:
            return hex_colour(attribute(element, which))
        shade, tint = (attribute(element, f"{theme}{change}") for change in ("Shade", "Tint"))
        if re.fullmatch(r"[0-9A-Fa-f]{2}", shade):
            return Colour(*(part * int(shade, 16) / 255 for part in named[:3]))
        if re.fullmatch(r"[0-9A-Fa-f]{2}", tint):
            kept = int(tint, 16) / 255
            return Colour(*(1 - (1 - part) * kept for part in named[:3]))
        return named

    def drawn(self, element: etree._Element | None) -> Colour | None:
        """The colour of a drawing's ``solidFill``."""
        for entry in element if element is not None else ():
            found = (
                self.named(attribute(entry, "val"))
                if name_of(entry) == "schemeClr"
                else hex_colour(attribute(entry, "val") or attribute(entry, "lastClr"))
            )
            if found is not None:
                opacity = value(entry, "alpha")
                return Colour(*found[:3], min(number(opacity, 100_000), 100_000) / 100_000)
        return None


def run_setting(properties: etree._Element | None, theme: Theme) -> Setting:
    """What run properties say that decides whether text is seen."""
    said: dict[str, Any] = {}
    for entry in properties if properties is not None else ():
        match name_of(entry):
            case "vanish" | "strike" | "dstrike" as name:
                said["struck" if name != "vanish" else name] = is_on(entry)
            case "color":
                said["colour"] = theme.of(entry, "val", "themeColor")
            case "sz":
                size = attribute(entry, "val")
                said["size"] = float(size) / 2 if re.fullmatch(r"\d{1,5}(?:\.\d)?", size) else 11.0
            case "w" if attribute(entry, "val"):
                said["width"] = number(attribute(entry, "val").removesuffix("%"), 100)
            case "spacing":
                said["spacing"] = number(attribute(entry, "val")) / _TWIPS
            case "fitText":
                said["fitted"] = number(attribute(entry, "val"), 10_000) / _TWIPS
            case "highlight":
                said["highlight"] = hex_colour(_HIGHLIGHTS.get(attribute(entry, "val"), ""))
            case "shd":
                said["shade"] = shade_of(entry, theme)
            case "textFill":
                said["fill"] = _text_fill(entry, theme)
    return said


def _text_fill(element: etree._Element, theme: Theme) -> Colour | None:
    """The fill of Word 2010's text effects, whose ``alpha`` is a transparency."""
    if child(element, "noFill") is not None:
        return Colour(0, 0, 0, 0)
    solid = child(element, "solidFill")
    found = theme.drawn(solid)
    transparency = next(
        (number(attribute(one, "val")) for one in element.iter() if name_of(one) == "alpha"), 0
    )
    return None if found is None else Colour(*found[:3], 0.0 if transparency >= _FAINT else 1.0)


def shade_of(element: etree._Element | None, theme: Theme) -> Colour | None:
    """The colour of a ``shd``: its fill, or its foreground where the pattern is solid; None for none."""
    if element is None:
        return None
    fill = theme.of(element, "fill", "themeFill")
    pattern = attribute(element, "val")
    share = (
        100 if pattern == "solid" else number(pattern.removeprefix("pct")) if pattern.startswith("pct") else 0
    )
    if not share:
        return fill
    front = theme.of(element, "color", "themeColor") or BLACK
    return over(Colour(*front[:3], min(share, 100) / 100), fill or WHITE)


def why_run_unseen(setting: Setting, ground: Colour) -> str:
    """Why a run is not seen on a ground, by all that is said of it; empty if it is."""
    if setting.get("vanish"):
        return NOT_DISPLAYED
    if setting.get("struck"):
        return STRUCK
    size = setting.get("size", 11.0)
    if size < SMALLEST_POINTS or size * setting.get("width", 100) / 100 < SMALLEST_POINTS / 3:
        return TOO_SMALL
    if setting.get("spacing", 0.0) <= -0.8 * size or setting.get("fitted", 100.0) < SMALLEST_POINTS:
        return TOO_SMALL
    for layer in (setting.get("shade"), setting.get("highlight")):
        ground = layer if layer is not None else ground
    fill = setting.get("fill")
    if fill is not None and fill.alpha < 1:
        return TRANSPARENT
    colour = fill or setting.get("colour")
    return (
        "" if colour is None else why_unseen(colour, ground)
    )  # Word picks a colour that is seen where none is set


def why_paragraph_unseen(properties: etree._Element | None) -> str:
    """Why nothing of a paragraph is seen: lines without height, a frame without size, indents that leave the page."""
    spacing = child(properties, "spacing")
    exact = spacing is not None and attribute(spacing, "lineRule") == "exact"
    if spacing is not None and exact and number(attribute(spacing, "line"), 240) < SMALLEST_POINTS * _TWIPS:
        return CLIPPED
    indent = child(properties, "ind")
    if indent is not None:
        left = number(attribute(indent, "left") or attribute(indent, "start"))
        first = left + number(attribute(indent, "firstLine")) - number(attribute(indent, "hanging"))
        if left <= -_AWAY or first <= -_AWAY or left >= _FAR or first >= _FAR:
            return OFF_PAGE
    frame = child(properties, "framePr")
    if frame is not None:
        height = number(attribute(frame, "h"), 10_000)
        if attribute(frame, "hRule") == "exact" and height < SMALLEST_POINTS * _TWIPS:
            return CLIPPED
        across, down = number(attribute(frame, "x")), number(attribute(frame, "y"))
        if across <= -_AWAY or across >= _FAR or down <= -_AWAY or down >= 2 * _FAR:
            return OFF_PAGE
    return ""


def why_row_unseen(row: etree._Element) -> str:
    """Why nothing of a table's row is seen."""
    properties = child(row, "trPr")
    if is_on(child(properties, "hidden")):
        return NOT_DISPLAYED
    height = child(properties, "trHeight")
    exact = height is not None and attribute(height, "hRule") == "exact"
    if height is not None and exact and number(attribute(height, "val"), 240) < SMALLEST_POINTS * _TWIPS:
        return CLIPPED
    return ""


def is_on(switch: etree._Element | None) -> bool:
    """Whether a property that is on or off is there, and on."""
    return switch is not None and attribute(switch, "val") not in {"0", "false", "off"}


def box_setting(box: etree._Element, theme: Theme) -> tuple[str, Colour | None]:
    """Why nothing in a text box is seen, and what it is filled with."""
    fill: Colour | None = None
    filled = False
    for above in box.iterancestors():
        name = name_of(above)
        if name in {"p", "body", "txbxContent"} and above is not box:
            break
        if name in {"wsp", "sp"} and not filled:
            shape = child(above, "spPr")
            filled = child(shape, "noFill") is not None
            fill = theme.drawn(child(shape, "solidFill"))
            if _is_flat(child(shape, "xfrm", "ext")):
                return CLIPPED, None
        elif name in {"inline", "anchor"}:
            if is_on(child(above, "docPr")) and attribute(_there(child(above, "docPr")), "hidden") in {
                "1",
                "true",
            }:
                return NOT_DISPLAYED, None
            if _is_flat(child(above, "extent")):
                return CLIPPED, None
            if any(_is_away(child(above, place, "posOffset")) for place in ("positionH", "positionV")):
                return OFF_PAGE, None
        elif name in {"shape", "rect", "roundrect", "oval", "textbox"}:
            reason = _vml_reason(attribute(above, "style"))
            if reason:
                return reason, None
            if attribute(above, "filled") not in {"f", "false"}:
                fill = fill or hex_colour(attribute(above, "fillcolor").split(" ")[0])
    return "", fill


def _there(element: etree._Element | None) -> etree._Element:
    return etree.Element("none") if element is None else element


def _is_flat(extent: etree._Element | None) -> bool:
    if extent is None:
        return False
    sides = [number(attribute(extent, name), 1_000_000) for name in ("cx", "cy")]
    return min(sides) < SMALLEST_POINTS * _EMU_A_POINT


def _is_away(offset: etree._Element | None) -> bool:
    text = "" if offset is None else (offset.text or "").strip()
    moved = int(text) / _EMU_A_POINT if re.fullmatch(r"-?\d{1,12}", text) else 0.0
    return moved <= -400 or moved >= 1_600


def _vml_reason(style: str) -> str:
    said = {
        part.split(":", 1)[0].strip().lower(): part.split(":", 1)[1].strip().lower()
        for part in style[:2_000].split(";")
        if ":" in part
    }
    if said.get("visibility") == "hidden" or said.get("display") == "none":
        return NOT_DISPLAYED
    if any(0 <= _points(said[side]) < SMALLEST_POINTS for side in ("width", "height") if side in said):
        return CLIPPED
    places = [_points(said[side]) for side in ("margin-left", "margin-top", "left", "top") if side in said]
    return OFF_PAGE if any(place <= -400 or place >= 1_600 for place in places) else ""


def _points(measure: str) -> float:
    found = re.fullmatch(r"(-?\d{0,9}(?:\.\d{1,9})?)([a-z]{0,2})", measure)
    return (
        float(found[1]) * _VML_UNITS.get(found[2], 1.0) if found and found[1] not in {"", "-", "."} else 100.0
    )


def shades_of_table(table: etree._Element, style: etree._Element | None, theme: Theme) -> list[Colour]:
    """The grounds that a table and its style give to some of its cells."""
    found = [shade_of(child(table, "tblPr", "shd"), theme)]
    for part in [style, *children(style, "tblStylePr")] if style is not None else []:
        found += [shade_of(child(part, "tcPr", "shd"), theme), shade_of(child(part, "tblPr", "shd"), theme)]
    return [one for one in found if one is not None]
