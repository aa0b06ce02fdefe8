"""Which elements of a page are set in a fixed-pitch type, by class, inline style or element."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from grader.documents.core.fonts import FIXED_PITCH
from grader.model import Value

MAX_CSS: Final = 400_000  # characters of style sheets that are read
_CLASS: Final = re.compile(r"(?:^|,)\s*(?:[a-z]+[0-9]?)?\.([\w-]{1,60})\s*(?=,|$)")
_FAMILY: Final = re.compile(r"font(?:-family)?\s*:\s*([^;]{1,300})", re.I)


class Styles(Value, frozen=True):
    """The classes of a page that mean a fixed-pitch type."""

    classes: frozenset[str] = frozenset()

    @classmethod
    def of(cls, root: etree._Element) -> Styles:
        """Reads the page's own style sheets; selectors more than a class are passed over."""
        css = "".join((element.text or "")[:MAX_CSS] for element in root.iter("style"))[:MAX_CSS]
        found: set[str] = set()
        for rule in css.split("}"):
            selectors, _, body = rule.rpartition("{")
            if "font" not in body or len(selectors) > 2_000:
                continue
            family = _FAMILY.search(body)
            if family is not None and FIXED_PITCH.search(family[1].split(",")[0]):
                found.update(_CLASS.findall(selectors))
        return cls(frozenset(found))

    def monospace(self, element: etree._Element) -> bool:
        """Whether the element itself asks for a fixed-pitch type."""
        if self.classes and not self.classes.isdisjoint(element.get("class", "").split()):
            return True
        style = element.get("style", "")
        family = _FAMILY.search(style[:2_000]) if "font" in style else None
        face = element.get("face", "") if element.tag == "font" else ""
        return bool(
            (family and FIXED_PITCH.search(family[1].split(",")[0])) or (face and FIXED_PITCH.search(face))
        )
