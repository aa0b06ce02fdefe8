r"""Plots drawn in TeX itself (TikZ, pgfplots): the words on their axes and in their legend."""

from __future__ import annotations

import re
from typing import Final

from grader.documents.core.document import Figure, FigureKind

_TICKS_OF_AN_AXIS: Final = (
    5  # that pgfplots sets by itself (manual, 4.15): as many as suit, five or more at any size
)
_KEY: Final = re.compile(
    r"\b(?:[xyz]label|title|legend entries|symbolic x coords)\s*=\s*(?:\{([^{}]{0,200}(?:\{[^{}]{0,80}\}[^{}]{0,80}){0,3})\}|([^,\]\n]{1,100}))"
)
_ENTRY: Final = re.compile(r"\\(?:addlegendentry|legend|node)\b[^{};]{0,200}\{([^{}]{1,200})\}")
_LABEL: Final = re.compile(r"\b[xy]label\s*=|\\addlegendentry|\\legend\b|legend entries")
_SET_TICKS: Final = re.compile(r"\b[xy]tick(?:labels)?\s*=\s*\{([^{}]{0,300})\}")


def drawing(source: str) -> Figure:
    """Give what a ``tikzpicture`` shows: a plot if it has an axis, else a drawing of some other kind."""
    source = source[:50_000]
    axes = len(re.findall(r"\\begin\{(?:\w{0,12}axis)\}", source))
    found = [first or second for first, second in _KEY.findall(source)] + _ENTRY.findall(source)
    words = " ".join(filter(None, (_plain(piece) for piece in found[:100])))
    if not axes:
        kind = (
            FigureKind.PLOT if r"\addplot" in source or r"\datavisualization" in source else FigureKind.OTHER
        )
        return Figure(kind, None, "", words)
    explicit = sum(len(ticks.split(",")) for ticks in _SET_TICKS.findall(source)[:20])
    ticks = max(explicit, 2 * _TICKS_OF_AN_AXIS)
    return Figure(FigureKind.PLOT, None, "", words, min(ticks, 999), bool(_LABEL.search(source)))


def _plain(piece: str) -> str:
    return " ".join(re.sub(r"\\[A-Za-z]+\s?|[{}$\\]", " ", piece).split())
