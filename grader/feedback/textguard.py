"""Hostile text made harmless to look at: what is invisible is shown, what steers a terminal or a line is taken away.

This is about what a reader sees, not about markup: escaping is the template's (autoescape) or rich's (`Text`).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_SHOWN: Final = 4_000  # characters of one passage on a page; the rest is cut with an ellipsis
MAX_MARKS: Final = (
    4  # combining marks kept on one letter: pointed Hebrew has up to four, a Zalgo text hundreds
)

# ECMA-48: CSI sequences, OSC strings up to BEL or ST, two-character escapes; each with its 8-bit form.
_ANSI: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-9:;<=>?]{0,64}[ -/]{0,8}[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c]{0,1000}(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]{0,4}[0-Z\\^_`a-z|}~]"
)
_PLAIN: Final = re.compile(r"[\t\n\x20-\x7e]*")
_KEPT: Final = frozenset("\t\n")
# Printable by Unicode's word, blank to the eye: soft hyphen, joiners and fillers, the empty Braille cell.
_BLANK: Final = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0")
_WORD: Final = re.compile(r"[^\W_]+")
_LATIN: Final = re.compile(r"[A-Za-z]")
# Cyrillic, Armenian, Cherokee, full-width Latin, and the Greek letters drawn as Latin ones; not µ, ρ, ν, which
# stand beside Latin letters in honest units and formulas.
_LOOKALIKE: Final = re.compile(
    r"[\u0400-\u052f\u0531-\u0587\u13a0-\u13ff\uab70-\uabbf\uff21-\uff3a\uff41-\uff5a"
    r"ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο]"
)


def shown(text: str, limit: int = MAX_SHOWN) -> str:
    """The text as it may stand before a reader: at most `limit` characters of it, everything visible.

    Control, format, private and unassigned characters appear as their code point (U+202E, which turns the
    writing round, as ``⟨U+202E⟩``), and so do letters of other scripts that pose as Latin within a Latin word.
    ANSI escape sequences are removed, line ends become ``\\n``. Linear in `limit`, whatever the text.
    """
    cut = len(text) > limit
    text = text[:limit]
    if not _PLAIN.fullmatch(text):
        text = _ANSI.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
        text = _WORD.sub(_unmasked, _visible(text))
    return text + (" …" if cut else "")


def on_one_line(text: str, limit: int = 200) -> str:
    """The text as `shown`, with every run of white space as one space."""
    return shown(" ".join(text[: 4 * limit].split()), limit)


def _visible(text: str) -> str:
    made: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks > MAX_MARKS:
            continue
        if category == "Zs":
            made.append(" ")
        elif char in _KEPT or (char.isprintable() and char not in _BLANK):
            made.append(char)
        else:
            made.append(_code_point(char))
    return "".join(made)


def _unmasked(word: re.Match[str]) -> str:
    letters = word[0]
    if not _LATIN.search(letters):
        return letters
    return _LOOKALIKE.sub(lambda letter: _code_point(letter[0]), letters)


def _code_point(char: str) -> str:
    return f"⟨U+{ord(char):04X}⟩"
