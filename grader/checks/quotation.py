"""A passage of a plain text as its author wrote it: what a message quotes is what stands on the page."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from functools import lru_cache

_OPENING = "([{"
_CLOSING = ")]}"


def as_written(source: str, plain: str, start: int, end: int) -> str:
    """The part of `source` that became ``plain[start:end]`` in plain notation.

    The two are aligned by their digits, which notation never changes; where they differ all the same (a command with a
    number in it), or the part holds none, it is the plain one.
    """
    aligned = _aligned(source, plain)
    if aligned is None:
        return plain[start:end].strip()
    written, read = aligned
    inside = range(bisect_left(read, start), bisect_left(read, end))
    if not inside:
        return plain[start:end].strip()
    first, last = written[inside[0]], written[inside[-1]] + 1
    words = plain[start : read[inside[0]]].strip()
    before = source[:first].rstrip()
    if words and before.endswith(words):
        first = len(before) - len(words)
    tail = plain[read[inside[-1]] + 1 : end].strip()
    behind = source[last:]
    if tail and behind.lstrip().startswith(tail):
        last += len(behind) - len(behind.lstrip()) + len(tail)
    while first and source[first - 1] in _OPENING:
        first -= 1
    while last < len(source) and source[last] in _CLOSING:
        last += 1
    return source[first:last].strip()


@lru_cache(maxsize=8)
def _aligned(source: str, plain: str) -> tuple[list[int], list[int]] | None:
    """Where the digits of both texts stand, one by one; None if they are not the same."""
    written = [at for at, char in enumerate(source) if char.isdigit()]
    read = [at for at, char in enumerate(plain) if char.isdigit()]
    same = len(written) == len(read) and all(
        unicodedata.digit(source[one]) == unicodedata.digit(plain[other])
        for one, other in zip(written, read, strict=True)
    )
    return (written, read) if same else None
