"""HTML and pictures of a notebook's output, with nothing left in them that could load, run or disguise itself."""

from __future__ import annotations

import base64
import html
import re
from typing import Final

import nh3
from markupsafe import Markup

from grader.feedback.textguard import shown

MAX_HTML: Final = 50_000  # characters of one output
MAX_PICTURE: Final = 4_000_000  # bytes of one picture
_MAX_DEPTH: Final = 40  # of nested elements; pandas and Keras need six
_TAG_NAMES: Final = """
table thead tbody tfoot tr th td caption pre code kbd samp p br hr b i em strong sub sup ul ol li dl dt dd
"""
_TAGS: Final = frozenset(_TAG_NAMES.split())
_ATTRIBUTES: Final = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}}
_SPAN: Final = re.compile(r"[1-9][0-9]?")  # a larger one makes a browser lay out a million columns
_TAG: Final = re.compile(r"<(/?)([a-z]+)[^<>]*>")
_VOID: Final = frozenset({"br", "hr"})
_PNG: Final = b"\x89PNG\r\n\x1a\n"


def safe_html(text: str) -> Markup:
    """Tables, lists and plain text formatting of an untrusted piece of HTML; all else is taken out.

    No links, pictures, styles, scripts, forms, ids or classes. Cut at `MAX_HTML` characters; if it is nested
    deeper than any notebook's output is, only its words remain.
    """
    cleaned = nh3.clean(
        shown(text, MAX_HTML),
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_attribute,
        strip_comments=True,
    )
    if _depth(cleaned) > _MAX_DEPTH:
        words = html.unescape(_TAG.sub(" ", cleaned))
        return Markup("<pre>{}</pre>").format(shown(words))
    return Markup(cleaned)  # noqa: S704 - what nh3 left, and nothing else


def png_address(data: bytes) -> str:
    """A PNG picture as a ``data:`` address; empty if it is no PNG or larger than `MAX_PICTURE`."""
    if not data.startswith(_PNG) or len(data) > MAX_PICTURE:
        return ""
    return "data:image/png;base64," + base64.b64encode(data).decode()


def _attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "scope":
        return value if value in {"row", "col"} else None
    return value if _SPAN.fullmatch(value) else None


def _depth(cleaned: str) -> int:
    deepest = depth = 0
    for end, name in _TAG.findall(cleaned):
        if name in _VOID:
            continue
        depth += -1 if end else 1
        deepest = max(deepest, depth)
    return deepest
