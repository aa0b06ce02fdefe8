"""The styles of an OpenDocument text: fonts, headings, raised text, lists."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from grader.documents.blocks.typed_paragraphs import code_style
from grader.documents.core.fonts import fixed_pitch
from grader.documents.office.docx_package import heading_level
from grader.documents.office.odt_ink import Setting, joined, paper_of, points, said_of
from grader.documents.office.office_xml import attribute, children, name_of, number
from grader.model import Value

_MOST_BASES: Final = 20  # styles that a style may stand on; a circle ends here
_POINTS_A_SPACE: Final = 9.0  # half an inch, one press of the Tab key, is four spaces of code


class OdtStyle(Value, frozen=True):
    """What a style says of its text; `raised` is ``^`` or ``_``, `indent` in spaces."""

    level: int = 0
    monospace: bool | None = None
    raised: str = ""
    caption: bool = False
    indent: int = 0


class OdtStyles:
    """Styles by name and family, from ``styles.xml`` and the automatic ones of ``content.xml``."""

    def __init__(self, *roots: etree._Element | None) -> None:
        self._styles: dict[tuple[str, str], etree._Element] = {}
        self._fonts: dict[str, bool] = {}
        self._lists: dict[str, dict[int, tuple[str, str, str, int]]] = {}
        self._known: dict[tuple[str, str], OdtStyle] = {}
        self._settings: dict[tuple[str, str], Setting] = {}
        self._defaults: dict[str, Setting] = {}
        self.paper = paper_of(*roots)
        for root in roots:
            for element in root.iter() if root is not None else ():
                match name_of(element):
                    case "style":
                        self._styles[attribute(element, "family"), attribute(element, "name")] = element
                    case "default-style":
                        self._defaults[attribute(element, "family")] = said_of(element)
                    case "font-face":
                        fixed = attribute(element, "font-pitch") == "fixed" or fixed_pitch(
                            attribute(element, "font-family")
                        )
                        self._fonts[attribute(element, "name")] = fixed
                    case "list-style":
                        self._lists[attribute(element, "name")] = dict(map(_list_level, element))

    def of(self, family: str, name: str) -> OdtStyle:
        """Give the style of a name in a family (``paragraph``, ``text``); a plain one if it is unknown."""
        key = (family, name)
        if key not in self._known:
            self._known[key] = self._resolved(family, name)
        return self._known[key]

    def setting(self, family: str, name: str) -> Setting:
        """Give how a style of a family sets what is in it, by itself and all that it stands on."""
        key = (family, name)
        if key not in self._settings:
            layers: list[Setting] = []
            current = name
            for _ in range(_MOST_BASES):
                style = self._styles.get((family, current)) if current else None
                if style is None:
                    break
                layers.append(said_of(style))
                current = attribute(style, "parent-style-name")
            setting: Setting = self._defaults.get(family, {})
            for layer in reversed(layers):
                setting = joined(setting, layer)
            self._settings[key] = setting
        return self._settings[key]

    def list_of(self, name: str) -> dict[int, tuple[str, str, str, int]]:
        """Give the levels of a list style: kind of number (empty for bullets), prefix, suffix, first number."""
        return self._lists.get(name, {})

    def _resolved(self, family: str, name: str) -> OdtStyle:
        level, raised, caption, indent = 0, "", False, 0
        monospace: bool | None = None
        current = name
        for _ in range(_MOST_BASES):
            if not current:
                break
            style = self._styles.get((family, current))
            display = re.sub(r"_([0-9a-f]{2})_", lambda code: chr(int(code[1], 16)), current)
            caption = caption or bool(re.search(r"caption|illustration|bildtext", display, re.I))
            level = level or heading_level(display, "")
            if monospace is None and code_style(display):
                monospace = True
            if style is None:
                break
            outline = attribute(style, "default-outline-level")
            level = level or (number(outline) if 0 < number(outline) < 11 else 0)
            for properties in children(style, "text-properties"):
                position = attribute(properties, "text-position")
                raised = raised or _raised(position)
                font = attribute(properties, "font-name") or attribute(properties, "font-family")
                if monospace is None and font:
                    monospace = self._fonts.get(font, fixed_pitch(font))
            for properties in children(style, "paragraph-properties"):
                margin = sum(
                    points(attribute(properties, side)) or 0.0 for side in ("margin-left", "text-indent")
                )
                indent = indent or min(max(round(margin / _POINTS_A_SPACE), 0), 60)
            current = attribute(style, "parent-style-name")
        return OdtStyle(level if family == "paragraph" else 0, monospace, raised, caption, indent)


def _raised(position: str) -> str:
    first = position.split(maxsplit=1)[0] if position.split() else ""
    if first in {"super", "sub"}:
        return "^" if first == "super" else "_"
    percent = re.fullmatch(r"(-?)([1-9]\d?)(?:\.\d+)?%", first)
    return "" if percent is None else ("_" if percent[1] else "^")


def _list_level(element: etree._Element) -> tuple[int, tuple[str, str, str, int]]:
    numbered = name_of(element) == "list-level-style-number"
    return number(attribute(element, "level"), 1), (
        attribute(element, "num-format") if numbered else "",
        attribute(element, "num-prefix"),
        attribute(element, "num-suffix"),
        number(attribute(element, "start-value"), 1),
    )
