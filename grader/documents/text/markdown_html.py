"""HTML within Markdown: the elements that are open at a place, and whether they let text be seen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from lxml import etree
from lxml import html as lxml_html

from grader.documents.html.html_visibility import Cascade, Element, Look

_TAG: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<(/?)([a-zA-Z][\w-]{0,40})((?:\"[^\"]*\"|'[^']*'|[^'\"<>]){0,400})>", re.S
)
_STYLE: Final = re.compile(r"<style\b[^>]{0,200}>(.*?)(?:</style|\Z)", re.S | re.I)
_VOID: Final = frozenset(
    (
        "br",
        "hr",
        "img",
        "input",
        "meta",
        "link",
        "area",
        "base",
        "col",
        "embed",
        "source",
        "track",
        "wbr",
        "param",
    )
)
_CLOSED_BY_ITSELF: Final = frozenset(("p", "li", "td", "th", "tr", "option", "dt", "dd"))
_MOST_OPEN: Final = 60


def style_sheets(pieces: Iterable[str]) -> list[str]:
    """The style sheets that stand in pieces of HTML."""
    return [found for piece in pieces if "<style" in piece.lower() for found in _STYLE.findall(piece)]


class OpenElements:
    """The elements that are open, outermost first, as tags and as a tree that selectors are matched in."""

    def __init__(self, styles: list[str]) -> None:
        self.cascade = Cascade(styles)
        self._root = etree.Element("body")
        self._open: list[
            tuple[str, str, etree._Element, Element]
        ] = []  # name, tag as written, element, its look
        self._outermost = self.cascade.enter(self.cascade.root(), self._root)

    @property
    def look(self) -> Look:
        """How text is set at this place."""
        return self._top.look

    @property
    def _top(self) -> Element:
        return self._open[-1][3] if self._open else self._outermost

    @property
    def tags(self) -> str:
        """The opening tags of all elements of HTML that are open."""
        return "".join(tag for _, tag, _, _ in self._open)

    def enter(self, name: str, tag: str = "", attributes: dict[str, str] | None = None) -> None:
        """Opens an element; without a `tag` it is one that Markdown itself makes."""
        if len(self._open) >= _MOST_OPEN:
            return
        above = self._open[-1][2] if self._open else self._root
        element = etree.SubElement(above, name, attributes or {})
        self._open.append((name, tag, element, self.cascade.enter(self._top, element)))

    def leave(self, name: str) -> None:
        """Closes the innermost open element of a name and all within it; nothing if there is none."""
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at][0] == name:
                del self._open[at:]
                return

    def take(self, html: str, *, whole: bool) -> None:
        """Opens and closes what a piece of HTML opens and closes. A `whole` block ends what ends by itself."""
        depth = len(self._open)
        for found in _TAG.finditer(html):
            name = (found[2] or "").lower()
            if not name or name in _VOID or found[0].endswith("/>"):
                continue
            if found[1]:
                self.leave(name)
            else:
                self.enter(name, found[0], _attributes(found[0]))
        if whole:
            while len(self._open) > depth and self._open[-1][0] in _CLOSED_BY_ITSELF:
                self._open.pop()


def _attributes(tag: str) -> dict[str, str]:
    try:
        element = lxml_html.fragment_fromstring(tag)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return {}
    return {
        str(key): str(value)
        for key, value in element.attrib.items()
        if re.fullmatch(r"[a-zA-Z_][\w-]*", str(key))
    }
