"""The characters of a PDF page: their places, which fonts are fixed-pitch, and the rows that share a baseline.

All lengths are PDF points; positions count from the upper left corner of the page.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from grader.documents.core.fonts import FIXED_PITCH

_TEX_TYPEWRITER: Final = re.compile(r"(?:cm|lm|ec|sf|pcr|tc)\w{0,4}tt|LMMono|NimbusMono|Courier", re.I)
_UNMAPPED: Final = re.compile(r"\(cid:\d+\)|[\ue000-\uf8ff]")


class Glyph(NamedTuple):
    """One character: its box, the height of its baseline, its size and font."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    base: float
    size: float
    font: str


class Rule(NamedTuple):
    """A thin horizontal stroke: of a fraction, a table, an underscore."""

    x0: float
    x1: float
    y: float


def direction(char: Mapping[str, Any]) -> int:
    """How far a character is turned from upright, in degrees to the left: 0, 90 (read upwards), 180 or 270."""
    across, up = float(char["matrix"][0]), float(char["matrix"][1])
    if abs(up) > abs(across):
        return 90 if up > 0 else 270
    return 180 if across < 0 else 0


def glyphs_of(chars: Iterable[Mapping[str, Any]]) -> tuple[list[Glyph], list[Glyph]]:
    """The upright characters of a page, and those that are turned (words along an axis, stamps)."""
    upright: list[Glyph] = []
    turned: list[Glyph] = []
    for char in chars:
        text = _mapped(str(char["text"]))
        if not text:
            continue
        glyph = Glyph(
            text,
            float(char["x0"]),
            float(char["x1"]),
            float(char["top"]),
            float(char["bottom"]),
            float(char["bottom"]) + float(char["y0"]) - float(char["matrix"][5]),
            float(char["size"]),
            str(char["fontname"]),
        )
        (turned if direction(char) else upright).append(glyph)
    return upright, turned


def _mapped(text: str) -> str:
    """A character as its reader sees it: ligatures and mathematical letters as plain letters, unknown ones as U+FFFD."""
    if _UNMAPPED.fullmatch(text):
        return "\ufffd"
    if any("\ufb00" <= char <= "\ufb06" or "\U0001d400" <= char <= "\U0001d7ff" for char in text):
        return unicodedata.normalize("NFKC", text)
    return "_" if text == "\u02cd" else text.replace("\u2423", " ")


def fixed_pitch_fonts(glyphs: Iterable[Glyph]) -> frozenset[str]:
    """The fonts that are fixed-pitch by name, or because narrow and wide letters of theirs are equally wide."""
    widths: dict[str, dict[str, float]] = defaultdict(dict)
    for glyph in glyphs:
        if glyph.size > 0 and not glyph.text.isspace():
            widths[glyph.font][glyph.text] = (glyph.x1 - glyph.x0) / glyph.size
    found = set()
    for font, by_text in widths.items():
        if FIXED_PITCH.search(font) or _TEX_TYPEWRITER.search(font):
            found.add(font)
            continue
        narrow = [width for text, width in by_text.items() if text in "il.,:;'!|jt()["]
        wide = [width for text, width in by_text.items() if text in "mwMWOQGDHN@%"]
        if narrow and wide and len(by_text) >= 8 and max(wide) - min(narrow) < 0.02 * max(wide):
            found.add(font)
    return frozenset(found)


def rows_of(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """Glyphs that share a baseline, within a twelfth of their size; copies printed twice (false bold) are dropped."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda entry: entry.base):
        last = rows[-1] if rows else None
        if last is not None and glyph.base - last[0].base <= max(0.5, 0.08 * min(glyph.size, last[0].size)):
            last.append(glyph)
        else:
            rows.append([glyph])
    cleaned = []
    for row in rows:
        row.sort(key=lambda entry: (entry.x0, entry.text))
        kept: list[Glyph] = []
        for glyph in row:
            if any(
                glyph.text == other.text
                and abs(glyph.x0 - other.x0) < 0.12 * glyph.size
                and abs(glyph.x1 - other.x1) < 1
                for other in kept[-3:]
            ):
                continue
            kept.append(glyph)
        cleaned.append(kept)
    return _merged_jitter(cleaned)


def _merged_jitter(rows: list[list[Glyph]]) -> list[list[Glyph]]:
    """Joins rows of equal size that stand a little apart and beside each other: the text layer of a scan."""
    merged: list[list[Glyph]] = []
    for row in rows:
        last = merged[-1] if merged else None
        if last is not None:
            size, other = size_of(row), size_of(last)
            near = (
                abs(row[0].base - last[0].base) < 0.3 * min(size, other)
                and 0.8 < size / max(other, 0.1) < 1.25
            )
            if near and not _overlap(row, last):
                merged[-1] = sorted([*last, *row], key=lambda entry: entry.x0)
                continue
        merged.append(row)
    return merged


def _overlap(one: Sequence[Glyph], other: Sequence[Glyph]) -> bool:
    taken = [(glyph.x0, glyph.x1) for glyph in other]
    return any(
        min(glyph.x1, x1) - max(glyph.x0, x0) > 0.3 * (x1 - x0) for glyph in one for x0, x1 in taken[:400]
    )


def size_of(row: Sequence[Glyph]) -> float:
    """The size that most glyphs of a row have."""
    return Counter(round(glyph.size, 1) for glyph in row).most_common(1)[0][0]
