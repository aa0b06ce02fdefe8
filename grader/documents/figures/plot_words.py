"""What the words in a picture say of it: numeric ticks, and words on the axes or in a legend."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from grader.model import Value

_TICK: Final = re.compile(
    r"[-−+]?(?:\d{1,3}(?:[ ,]\d{3})+|\d{1,7})?(?:[.,]\d{1,4})?(?:%|e[+-]?\d{1,2}|k)?|10\^?\{?[-−]?\d\}?|1e[+-]?\d{1,2}|[-−]?\d+(?:\.\d+)?\s?[×x]\s?10\^?\d",
    re.I,
)
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


class PlotWords(Value, frozen=True):
    """`words` joined by blanks; `ticks` counts numbers that stand alone; `labelled` if there are words besides."""

    words: str
    ticks: int
    labelled: bool


def is_tick(text: str) -> bool:
    """Whether a piece of text is a number by itself, as at the ticks of an axis."""
    bare = text.strip()
    return bool(bare) and any(char.isdigit() for char in bare) and _TICK.fullmatch(bare) is not None


def plot_words(pieces: Sequence[str]) -> PlotWords:
    """Sorts the pieces of text in a picture, each as it stands by itself, into ticks and words."""
    ticks = sum(is_tick(piece) for piece in pieces)
    labelled = any(_WORD.search(piece) for piece in pieces if not is_tick(piece))
    return PlotWords(" ".join(pieces)[:4_000], ticks, labelled)
