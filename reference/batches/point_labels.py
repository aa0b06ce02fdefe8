"""Points of a plot with their coordinates written beside them: "(10, 15)" is batch size 10 at 15 seconds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_LABEL: Final = re.compile(
    r"(?<![\d.,])\(?\s?(?P<key>\d{1,2}[ ,]\d{3}|\d{1,5})\s?[.,;:]\s?(?P<value>\d{1,4}(?:[.,]\d{1,4})?)\s?(?:s|%)?\s?\)"
)
_FEWEST: Final = 3  # points with the table's own figures, from which a curve is known by them
_PER_CENT: Final = 100.0


def columns_by_labels(words: str, table: Mapping[str, Mapping[int, float]]) -> frozenset[str]:
    """The columns of a table whose figures stand as coordinates among the words of a picture, at three keys or more.

    OCR may lose the bracket that opens, and reads a comma as a point.
    """
    found: dict[str, set[int]] = {}
    for match in _LABEL.finditer(words):
        key = int(re.sub(r"\D", "", match["key"]))
        for name, column in table.items():
            if key in column and _is_rounded(match["value"].replace(",", "."), column[key], name):
                found.setdefault(name, set()).add(key)
    return frozenset(name for name, keys in found.items() if len(keys) >= _FEWEST)


def _is_rounded(written: str, value: float, column: str) -> bool:
    """Whether a number is a value, rounded or cut off to the digits that it is written with; a share also in per cent."""
    step = 10.0 ** -len(written.partition(".")[2])
    scales = (1.0, _PER_CENT) if column == "accuracy" else (1.0,)
    return any(
        abs(float(written) - scale * value) < step and (step < 1 or scale * value >= 1) for scale in scales
    )
