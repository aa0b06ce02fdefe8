"""From the characters of a PDF page to lines: words by gaps, indentation by position.

All lengths are PDF points; positions count from the upper left corner of the page.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final, NamedTuple

from grader.documents.page.page_glyphs import Glyph, Rule, rows_of, size_of
from grader.documents.page.page_scripts import Script, script_pieces, scripts_attached, without_fractions

_MATHS_FONT: Final = re.compile(
    r"CM(?:MI|SY|EX)|MSAM|MSBM|LMMath|LatinModernMath|MathJax|KaTeX|STIX|Cambria ?Math|OpenSymbol|XITS|Asana|Symbol\b",
    re.I,
)
_BOLD: Final = re.compile(r"bold|black|heavy|CMBX|\bBX|-Bd|SemiB", re.I)


class Word(NamedTuple):
    """A run of glyphs without a gap; scripts and fractions are written into its text."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float


class TextLine(NamedTuple):
    """One line of a page. `fixed` is its text on a grid from its own left edge, if it is set in a fixed pitch."""

    words: tuple[Word, ...]
    x0: float
    x1: float
    top: float
    bottom: float
    base: float
    size: float
    pitch: float
    monospace: bool
    bold: bool
    maths: bool
    fixed: str
    trailing: bool  # a blank is printed behind the last word: the line was wrapped there

    @property
    def text(self) -> str:
        """The words with single blanks between them."""
        return " ".join(word.text for word in self.words)


def lines_of(glyphs: Sequence[Glyph], rules: Sequence[Rule], fixed_fonts: frozenset[str]) -> list[TextLine]:
    """The lines of a page from top to bottom."""
    rows = rows_of([glyph for glyph in glyphs if not glyph.text.isspace()])
    rows = without_fractions(rows, rules)
    mains, scripts = scripts_attached(rows)
    spaces = _rows_of_spaces(glyphs)
    lines = []
    for index, main in enumerate(mains):
        if main:
            lines.append(_line(main, scripts.get(index, []), spaces, rules, fixed_fonts))
    lines.sort(key=lambda line: (line.base, line.x0))
    return lines


def _rows_of_spaces(glyphs: Sequence[Glyph]) -> dict[int, list[float]]:
    """Where printed blanks stand, by baseline in whole points."""
    spaces: dict[int, list[float]] = defaultdict(list)
    for glyph in glyphs:
        if glyph.text.isspace():
            spaces[round(glyph.base)].append((glyph.x0 + glyph.x1) / 2)
    return spaces


def _line(
    main: list[Glyph],
    scripts: Sequence[Script],
    spaces: Mapping[int, list[float]],
    rules: Sequence[Rule],
    fixed_fonts: frozenset[str],
) -> TextLine:
    size = size_of(main)
    main = _with_underscores(_with_brackets(main), rules, size)
    monospace = sum(glyph.font in fixed_fonts for glyph in main) >= 0.8 * len(main)
    pitch = _pitch(main) if monospace else 0.0
    blanks = sorted(x for height in (-1, 0, 1) for x in spaces.get(round(main[0].base) + height, ()))
    words = _words(main, scripts, blanks, size, rules)
    maths = sum(bool(_MATHS_FONT.search(glyph.font)) for glyph in main)
    return TextLine(
        tuple(words),
        main[0].x0,
        max(word.x1 for word in words),
        min(glyph.top for glyph in main),
        max(glyph.bottom for glyph in main),
        main[0].base,
        size,
        pitch,
        monospace,
        all(_BOLD.search(glyph.font) for glyph in main),
        maths * 2 > len(main),
        _on_grid(main, pitch) if pitch else "",
        any(0 < blank - words[-1].x1 < 0.8 * size for blank in blanks),
    )


def _with_brackets(main: list[Glyph]) -> list[Glyph]:
    """Two unmapped signs of a mathematical font in one line are a pair of stretched brackets."""
    unknown = [
        index for index, glyph in enumerate(main) if glyph.text == "\ufffd" and _MATHS_FONT.search(glyph.font)
    ]
    if len(unknown) != 2 or unknown[1] - unknown[0] < 2:
        return main
    first, last = unknown
    changed = list(main)
    changed[first], changed[last] = main[first]._replace(text="("), main[last]._replace(text=")")
    return changed


def _with_underscores(main: list[Glyph], rules: Sequence[Rule], size: float) -> list[Glyph]:
    """Old TeX fonts draw the underscore as a short stroke on the baseline."""
    short = [
        rule
        for rule in rules
        if 0.2 * size < rule.x1 - rule.x0 < 0.7 * size and -0.1 * size < rule.y - main[0].base < 0.35 * size
    ]
    for rule in short[:200]:
        if any(-0.3 * size < rule.x0 - glyph.x1 < 0.3 * size for glyph in main):
            sample = main[0]
            main = [
                *main,
                Glyph("_", rule.x0, rule.x1, sample.top, sample.bottom, sample.base, size, sample.font),
            ]
    return sorted(main, key=lambda entry: entry.x0) if short else main


def _pitch(main: Sequence[Glyph]) -> float:
    """The advance of a fixed-pitch line: the usual distance between neighbours, else the width of its glyphs."""
    width = median(glyph.x1 - glyph.x0 for glyph in main)
    steps = [
        after.x0 - before.x0
        for before, after in itertools.pairwise(main)
        if 0.8 * width < after.x0 - before.x0 < 1.5 * width
    ]
    return median(steps) if len(steps) >= 3 else max(width, 0.5)


def _on_grid(main: Sequence[Glyph], pitch: float) -> str:
    """The text with as many blanks in each gap as fit there; relative, since some print narrower blanks."""
    text = main[0].text
    for before, glyph in itertools.pairwise(main):
        gap = glyph.x0 - (before.x0 + pitch * max(len(before.text), 1))
        text += " " * min(max(round(gap / pitch), gap > 0.3 * pitch), 300)
        text += glyph.text
    return text


def _words(
    main: Sequence[Glyph],
    scripts: Sequence[Script],
    blanks: Sequence[float],
    size: float,
    rules: Sequence[Rule],
) -> list[Word]:
    gap = max(0.8, 0.08 * size)
    pieces: list[tuple[float, float, str, bool, float, float]] = [
        (glyph.x0, glyph.x1, glyph.text, False, glyph.top, glyph.bottom) for glyph in main
    ]
    pieces += script_pieces(scripts, rules, size)
    pieces.sort(key=lambda piece: piece[0] + (0.02 if piece[3] else 0.0))
    words: list[Word] = []
    at = 0
    for x0, x1, text, script, top, bottom in pieces:
        last = words[-1] if words else None
        while at < len(blanks) and last is not None and blanks[at] <= last.x1 - 0.1:
            at += 1
        spaced = last is not None and at < len(blanks) and blanks[at] < x0 + 0.1
        allowed = 0.3 * size if script else gap
        if last is not None and not spaced and x0 - last.x1 <= allowed:
            words[-1] = Word(
                last.text + text, last.x0, max(last.x1, x1), min(last.top, top), max(last.bottom, bottom)
            )
        else:
            words.append(Word(text, x0, x1, top, bottom))
    return words
