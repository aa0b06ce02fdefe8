"""Hostile text made harmless to look at: invisible and direction-changing characters shown, control sequences gone."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_SHOWN: Final = 4_000  # characters of one passage on a page; the rest is cut with an ellipsis

_ANSI: Final = re.compile(
    r"\x1b(?:\[[0-9;:?]{0,40}[ -/]{0,4}[@-~]|\][^\x07\x1b]{0,400}(?:\x07|\x1b\\)|[@-Z\\-_])"
)
_KEPT: Final = frozenset("\n\t")
_INVISIBLE: Final = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0")


def shown(text: str, limit: int = MAX_SHOWN) -> str:
    """The text as it may stand on a page: bounded, and with everything in it visible.

    Control, format and private characters (U+202E turns the writing round) appear as ``⟨U+202E⟩``.
    """
    cut = len(text) > limit
    text = _ANSI.sub("", text[: limit * 2])[:limit].replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_visible(char) for char in text) + (" …" if cut else "")


def _visible(char: str) -> str:
    if char in _KEPT or (char.isprintable() and char not in _INVISIBLE):
        return char
    if unicodedata.category(char) == "Zs":
        return " "
    return f"⟨U+{ord(char):04X}⟩"
