"""Terminal output as plain text: what a reader would see, without anything that could deceive or attack."""

from __future__ import annotations

import re
import sys
import unicodedata

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
_MOVES = re.compile(r"([\r\x08])")
# Unicode's bidirectional controls and invisible characters: shown, so that nothing is hidden by them.
_INVISIBLE = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_KEPT_CONTROLS = "\n\t"


def plain(text: str) -> str:
    """`text` as it would stand on a terminal: colours gone, overwritten parts overwritten, no controls."""
    text = _ANSI.sub("", text)
    if "\r" in text or "\x08" in text:
        text = "\n".join(_as_overwritten(line) for line in text.replace("\r\n", "\n").split("\n"))
    text = _INVISIBLE.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", text)
    if text.isprintable():
        return text
    return "".join(
        character
        for character in text
        if character in _KEPT_CONTROLS or unicodedata.category(character) not in {"Cc", "Cs", "Co", "Cn"}
    )


def _as_overwritten(line: str) -> str:
    """A line after its carriage returns and backspaces, which move back without erasing."""
    if "\r" not in line and "\x08" not in line:
        return line
    cells: list[str] = []
    place = 0
    for part in _MOVES.split(line):
        if part == "\r":
            place = 0
        elif part == "\x08":
            place = max(0, place - 1)
        else:
            cells[place : place + len(part)] = part
            place += len(part)
    return "".join(cells).rstrip() if "\r" in line else "".join(cells)


def without_paths(text: str) -> str:
    """`text` without the paths of this host's Python: a traceback shows them and nobody needs them."""
    for prefix in sorted({sys.prefix, sys.base_prefix, sys.exec_prefix}, key=len, reverse=True):
        if prefix not in {"/", "/usr"}:
            text = text.replace(prefix, "<python>")
    return text
