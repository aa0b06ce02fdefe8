"""Plots that are plainly of something else than the two curves: over epochs, a ratio, the classes, the regression line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from grader.checks.curves import CurveStand, read_curve
from grader.documents.core.curve import CurveSource
from grader.documents.core.document import Block, FigureKind
from reference.batches.drawn_curves import FigureReading

_BATCH: Final = re.compile(r"batch|storlek|\bsizes?\b|\bbs\b", re.I)
_EPOCH: Final = re.compile(r"\bepo(?:ch|ker|k)s?\b", re.I)
_RATIO: Final = re.compile(
    r"(?:accurac\w*|acc|noggrannhet\w*|träffsäkerhet\w*)\s{0,3}(?:/|÷|per|by|divided\sby|delat\smed)\s{0,3}(?:second\w*|sekund\w*|s\b|time\b|tid\b|minut\w*)"
    r"|(?:second\w*|time|tid|sekund\w*)\s{0,3}(?:/|÷|per)\s{0,3}(?:accurac\w*|noggrannhet\w*)",
    re.I,
)
_CLASSES: Final = re.compile(
    r"\b(?:t-?shirt|trouser|pullover|dress|coat|sandal|shirt|sneaker|bag|ankle\sboot)s?\b", re.I
)
_CONFUSION: Final = re.compile(r"\b(?:confusion|predicted|true\slabels?|predikterad|förväxling\w*)\b", re.I)
_MATRIX: Final = re.compile(r"\bconfusion\s?matrix|förväxlingsmatris", re.I)
_TIME: Final = re.compile(r"\btim(?:e|es)\b|\bsec(?:ond)?s?\b|\btid\w*|tid\b|sekund", re.I)
_NUMBER: Final = re.compile(r"(?<![\w.,])\d{1,6}(?:[.,]\d{1,4})?(?![\w])")
_LARGE: Final = 999  # numbers beyond are sizes, hardly epochs
_RUN: Final = 4  # whole numbers one after another that an axis of epochs has
_SEVERAL: Final = 2  # names of classes


def other_plot(
    reading: FigureReading, words: str, table: Mapping[str, Mapping[int, float]], *, exact: bool
) -> str:
    """What a figure plainly shows instead of the two curves, as the end of a sentence; empty if it may be the plot.

    `words` are those read in it; `exact` says that the document holds them, else OCR read them. A figure with a curve
    of the table's is never another plot, and one whose words OCR read only if its lines say the same.
    """
    figure = reading.block.figure
    if figure is None or any(one.stand in {CurveStand.SHOWS, CurveStand.TURNED} for _, one in reading.curves):
        return ""
    if figure.mosaic and not _TIME.search(words) and not _BATCH.search(words):
        return "pictures or fields of many colours"
    if _MATRIX.search(words) and not _TIME.search(words):  # no slip of OCR spells that
        return "a confusion matrix"
    ratio = is_ratio(reading, table)
    if ratio and (exact or len(reading.curves) == 1) and (not words or _RATIO.search(words)):
        return "the ratio of accuracy and time"
    if _BATCH.search(_RATIO.sub(" ", words)) and not (exact and _RATIO.search(words)):
        return ""
    if exact:
        return _by_words(words)
    return "epochs" if _over_epochs(reading, words) else ""


def is_ratio(reading: FigureReading, table: Mapping[str, Mapping[int, float]]) -> bool:
    """Whether a curve of a figure is accuracy by time, or time by accuracy, over the table's sizes."""
    times, shares = table.get("time", {}), table.get("accuracy", {})
    sizes = [size for size in times if size in shares and times[size] > 0 and shares[size] > 0]
    columns = {
        "accuracy by time": {float(size): shares[size] / times[size] for size in sizes},
        "time by accuracy": {float(size): times[size] / shares[size] for size in sizes},
    }
    return any(
        read_curve(curve, {name: column}, within=0.02).stand is CurveStand.SHOWS
        for curve, _ in reading.curves
        for name, column in columns.items()
    )


def _by_words(words: str) -> str:
    rest = _RATIO.sub(" ", words)
    if _RATIO.search(words) and not _TIME.search(rest):
        return "the ratio of accuracy and time"
    if _CONFUSION.search(words) and not _TIME.search(words):
        return "a confusion matrix"
    if len(set(_CLASSES.findall(words.lower()))) >= _SEVERAL and not _TIME.search(words):
        return "the classes of the pictures"
    if _EPOCH.search(words) and _consecutive(words):
        return "epochs"
    return ""


def _over_epochs(reading: FigureReading, words: str) -> bool:
    """Whether OCR read an axis of epochs and every line in the picture was followed as none of the table's."""
    followed = bool(reading.curves) and all(
        curve.source is CurveSource.PIXELS and one.stand is not CurveStand.UNCLEAR
        for curve, one in reading.curves
    )
    return followed and bool(_EPOCH.search(words)) and _consecutive(words)


def _consecutive(words: str) -> bool:
    """Whether the numbers are those of an axis that counts runs, and none is a large size."""
    numbers = {float(number.replace(",", ".")) for number in _NUMBER.findall(words[:4_000])}
    if any(number > _LARGE for number in numbers):
        return False
    whole = {int(number) for number in numbers if number == int(number)}
    return any(all(first + step in whole for step in range(_RUN)) for first in whole) or any(
        all(first + 2 * step in whole for step in range(_RUN)) for first in whole
    )


def is_exact(block: Block) -> bool:
    """Whether the words of a figure stand in the document as text."""
    figure = block.figure
    if figure is None or block.ocr or figure.kind is FigureKind.UNKNOWN:
        return False
    if figure.picture is None or figure.picture.media_type in {"image/svg+xml", "application/pdf"}:
        return bool(figure.words)
    return bool(figure.words) and any(curve.source is not CurveSource.PIXELS for curve in figure.curves)
