"""Symbols in a line of maths: a side of an equation with a symbol in it has no value, and its numbers are no figures.

``s_p^2 = ((n1 - 1) v1 + 5) / 20 = 0.867``: only what stands behind the last equals sign is a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

_EQUALS: Final = re.compile(r"[=≈]")
_TOKEN: Final = re.compile(r"[A-Za-zα-ωΑ-Ω](?:[\w'²³]|[_^]\(?[\w,]{1,12}\)?)*")
_WORDS: Final = frozenset(  # short words of a sentence, and units
    [
        "is",
        "so",
        "and",
        "the",
        "of",
        "by",
        "to",
        "we",
        "get",
        "in",
        "on",
        "at",
        "as",
        "it",
        "be",
        "or",
        "if",
        "for",
        "our",
        "was",
        "are",
        "has",
        "p",
        "%",
        "s",
        "ms",
        "min",
        "sec",
        "sek",
        "h",
        "kg",
        "cm",
        "mm",
        "är",
        "och",
        "blir",
        "ger",
        "vi",
        "får",
        "på",
        "av",
        "med",
        "som",
        "det",
        "en",
        "ett",
        "x",
    ]
)
_OPERATOR_BEFORE: Final = re.compile(r"^[\s]*[-+*/^·×)]")
_OPERATOR_BEHIND: Final = re.compile(r"[-+*/^·×(]\s*$")
_END_OF_SENTENCE: Final = re.compile(r"[.;!?]\s+(?=[A-ZÅÄÖ])|[;,]\s")


def without_symbols(line: str, known: Iterable[str] = ()) -> str:
    """The line with all of its symbolic sides blanked out, of the same length; names that are `known` are numbers."""
    named = {name.casefold() for name in known}
    marks = [match.start() for match in _EQUALS.finditer(line)]
    if not marks:
        return line
    found = list(line)
    edges = [-1, *marks, len(line)]
    for number, (start, end) in enumerate(pairwise(edges)):
        side = line[start + 1 : end]
        symbols = [token for token in _TOKEN.finditer(side) if _is_symbol(token[0], named)]
        if not symbols:
            continue
        first, last = symbols[0], symbols[-1]
        leads_on = end < len(line)
        follows = number > 0
        behind, before = side[last.end() :], side[: first.start()]
        split = _END_OF_SENTENCE.search(side)
        if leads_on and (_OPERATOR_BEFORE.match(behind) or not behind.strip()):
            # What stands before the next equals sign is in symbols: nothing of it is a number.
            keep = (
                before
                if follows and not _OPERATOR_BEHIND.search(before) and (split or _words_between(side))
                else ""
            )
            for at in range(start + 1 + len(keep), end + 1):
                found[at] = " "
            if keep.strip():
                found[end] = ";"
        elif follows and not leads_on and _OPERATOR_BEHIND.search(before):
            for at in range(start, end):
                found[at] = " "
    return "".join(found)


def _words_between(side: str) -> bool:
    """Whether a side holds words of a sentence, so that its two ends belong to two statements."""
    return re.search(r"(?<![^\W\d_])[^\W\d_]{3,}(?![^\W\d_])", side) is not None


def _is_symbol(token: str, named: set[str]) -> bool:
    if token.casefold() in named or token.casefold() in _WORDS:
        return False
    letters = sum(char.isalpha() for char in token)
    return letters <= 3 or bool(re.search(r"[_^²³]", token)) or bool(re.search(r"\d", token) and letters <= 4)
