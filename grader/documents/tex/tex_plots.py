r"""Plots drawn in TeX itself (TikZ, pgfplots): the words on their axes and in their legend."""

from __future__ import annotations

import re
from typing import Final

from grader.documents.core.curve import MOST_CURVES, MOST_POINTS, Curve
from grader.documents.core.document import Figure, FigureKind
from grader.documents.figures.number_curves import curve_of_numbers, kept, number

_TICKS_OF_AN_AXIS: Final = (
    5  # that pgfplots sets by itself (manual, 4.15): as many as suit, five or more at any size
)
_KEY: Final = re.compile(
    r"\b(?:[xyz]label|title|legend entries|symbolic x coords)\s*=\s*(?:\{([^{}]{0,200}(?:\{[^{}]{0,80}\}[^{}]{0,80}){0,3})\}|([^,\]\n]{1,100}))"
)
_ENTRY: Final = re.compile(r"\\(?:addlegendentry|legend|node)\b[^{};]{0,200}\{([^{}]{1,200})\}")
_LABEL: Final = re.compile(r"\b[xy]label\s*=|\\addlegendentry|\\legend\b|legend entries")
_LISTED: Final = re.compile(
    r"\b(coordinates|table)\b\s{0,9}(?:\[[^\[\]{}]{0,200}\])?\s{0,9}\{([^{}]{0,4000})\}"
)
_PAIR: Final = re.compile(r"\(\s{0,9}([^(),]{1,40}),([^(),]{1,40})\)")
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
        return Figure(kind, None, "", words, curves=_coordinates(source))
    explicit = sum(len(ticks.split(",")) for ticks in _SET_TICKS.findall(source)[:20])
    ticks = max(explicit, 2 * _TICKS_OF_AN_AXIS)
    labelled = bool(_LABEL.search(source))
    return Figure(FigureKind.PLOT, None, "", words, min(ticks, 999), labelled, curves=_coordinates(source))


def _coordinates(source: str) -> tuple[Curve, ...]:
    """The points that each plot lists, in coordinates or as a table of its own."""
    curves: list[Curve | None] = []
    for match in _LISTED.finditer(source):
        if len(curves) >= MOST_CURVES:
            break
        if match[1].startswith("coordinates"):
            pairs = _PAIR.findall(match[2])
        else:
            rows = re.split(r"\\\\|\n", match[2])
            cells = [re.split(r"[\s,;&]+", row.strip()) for row in rows if row.strip()]
            pairs = [(row[0], row[1]) for row in cells if len(row) > 1 and number(row[1]) is not None]
        pairs = pairs[:MOST_POINTS]
        across = [_key(x) for x, _ in pairs]
        curves.append(curve_of_numbers(across, [number(y.strip()) for _, y in pairs]))
    return kept(curves)


def _key(text: str) -> float | None:
    """An x as it is written: a number, or a power of ten."""
    bare = re.sub(r"[{}$\\,\s]", "", text)
    power = re.fullmatch(r"10\^(\d{1,2})", bare)
    return 10.0 ** int(power[1]) if power else number(bare)


def _plain(piece: str) -> str:
    return " ".join(re.sub(r"\\[A-Za-z]+\s?|[{}$\\]", " ", piece).split())
