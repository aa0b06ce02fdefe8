"""Matplotlib's SVG file as an element of a page whose policy forbids style attributes and which has other pictures."""

from __future__ import annotations

from typing import Final

from lxml import etree

_SVG: Final = "{http://www.w3.org/2000/svg}"
_XLINK: Final = "{http://www.w3.org/1999/xlink}href"


def inlined(svg: bytes, name: str) -> str:
    """Matplotlib's file as an element of a page: styles as attributes (the page's policy forbids the others)."""
    root = etree.fromstring(svg, etree.XMLParser(resolve_entities=False, no_network=True))
    for extra in [*root.iter(f"{_SVG}metadata"), *root.iter(f"{_SVG}style")]:
        parent = extra.getparent()
        if parent is not None:
            parent.remove(extra)
    etree.strip_tags(root, etree.Comment)
    used = _used_ids(root)
    for element in root.iter():
        _unstyle(element)
        if element.tag != f"{_SVG}text":
            element.text = None
        element.tail = None
        own = str(element.attrib.pop("id", ""))
        if own in used:
            element.set("id", f"{name}-{own}")
        for key, value in [(str(key), str(value)) for key, value in element.attrib.items()]:
            if key == _XLINK:
                del element.attrib[key]
                element.set("href", f"#{name}-{value[1:]}")
            elif value.startswith("url(#"):
                element.set(key, f"url(#{name}-{value[5:-1]})")
    for size in ("width", "height", "version"):
        root.attrib.pop(size, "")
    root.set("class", "chart")
    root.set("aria-hidden", "true")
    root.set("focusable", "false")
    etree.cleanup_namespaces(root, keep_ns_prefixes=[])
    return str(etree.tostring(root, encoding="unicode"))


def _used_ids(root: etree._Element) -> frozenset[str]:
    found = set()
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == _XLINK:
                found.add(str(value)[1:])
            elif str(value).startswith("url(#"):
                found.add(str(value)[5:-1])
    return frozenset(found)


def _unstyle(element: etree._Element) -> None:
    style = str(element.attrib.pop("style", ""))
    for part in style.split(";"):
        key, _, value = part.partition(":")
        key, value = key.strip(), value.strip()
        if key == "font":  # the short form has no attribute; "700 10px 'DejaVu Sans', ..."
            size = next((word for word in value.split() if word.endswith("px")), "")
            if size:
                element.set("font-size", size)
            if value.startswith(("700", "bold")):
                element.set("font-weight", "700")
        elif key not in {"", "font-family"} and value and element.get(key) is None:
            element.set(key, value)
