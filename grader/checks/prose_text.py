"""Prose as it is read aloud: entities, emphasis and TeX's marks off, powers as ``^``; struck text stays marked."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

from grader.checks.notation import plain
from grader.checks.undotted import with_dots

_TEX: Final = re.compile(r"\\[A-Za-z]{2,}|\\[,;%]|\$[^$\n]{1,200}\$")
_HIGH: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_HIGH_RUN: Final = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,6}")
_EMPHASIS: Final = re.compile(r"\*{1,3}|`|(?<![\w])_{1,2}(?=\w)|(?<=[\w.!?])_{1,2}(?!\w)")
_CHARACTERS: Final = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "´": "'",
        "−": "-",
        "\u00ad": "",
        "\u200b": "",
        "\u2060": "",
        "\ufeff": "",
        "\t": " ",
        "\r": "\n",
    }
)
_SPACES: Final = re.compile(r"[ \u00a0\u2007\u2009\u202f]+")


def prose_text(text: str) -> str:
    """The text with its marks off. Never fails; linear in the length of the text."""
    text = html.unescape(text)
    text = _HIGH_RUN.sub(lambda run: "^" + run[0].translate(_HIGH), text)
    if _TEX.search(text):
        text = plain(text)
    text = unicodedata.normalize("NFKC", text.translate(_CHARACTERS))
    return with_dots(_SPACES.sub(" ", _EMPHASIS.sub("", text)))
