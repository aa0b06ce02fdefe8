"""What Word and OpenDocument files have in common: elements told by local name, parts, the numbers of lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from grader.documents.core.xml_guard import Archive
from grader.errors import UnreadableDocumentError


def name_of(element: etree._Element) -> str:
    """Give an element's name without its namespace; empty for comments."""
    tag: object = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def attribute(element: etree._Element, name: str) -> str:
    """Read an attribute in whatever namespace it stands; Word and strict files differ in theirs."""
    for key, value in element.attrib.items():
        if str(key).rsplit("}", 1)[-1] == name:
            return str(value)
    return ""


def children(element: etree._Element | None, *names: str) -> Iterator[etree._Element]:
    """Give the children of some names."""
    if element is not None:
        for child in element:
            if name_of(child) in names:
                yield child


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """Give the first child under a path of names; None if there is none."""
    for name in path:
        element = next(children(element, name), None)
    return element


def value(element: etree._Element | None, *path: str) -> str:
    """Read the ``val`` of the first child under a path; empty if there is none."""
    found = child(element, *path)
    return "" if found is None else attribute(found, "val")


def number(text: str, default: int = 0) -> int:
    """Read a small whole number."""
    return int(text) if re.fullmatch(r"-?\d{1,7}", text) else default


def optional(archive: Archive, name: str) -> etree._Element | None:
    """Parse a part that the text can be read without; None where it is missing or unreadable."""
    try:
        return archive.xml(name)
    except UnreadableDocumentError:
        return None


def count_shown(count: int, form: str) -> str:
    """Write a number as lists count: ``decimal``, ``lowerLetter``, ``upperRoman`` and so on."""
    if form in {"lowerLetter", "upperLetter"} and count > 0:
        letter = chr(ord("a") + (count - 1) % 26)
        return letter if form == "lowerLetter" else letter.upper()
    if form in {"lowerRoman", "upperRoman"} and 0 < count < 400:
        roman = ""
        for worth, sign in (
            (100, "c"),
            (90, "xc"),
            (50, "l"),
            (40, "xl"),
            (10, "x"),
            (9, "ix"),
            (5, "v"),
            (4, "iv"),
            (1, "i"),
        ):
            times, count = divmod(count, worth)
            roman += sign * times
        return roman if form == "lowerRoman" else roman.upper()
    return str(count)
