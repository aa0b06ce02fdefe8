"""A passage of a plain text as its author wrote it: what a message quotes is what stands on the page."""

from __future__ import annotations

import unicodedata

_OPENING = "([{"
_CLOSING = ")]}"


def as_written(source: str, plain: str, start: int, end: int) -> str:
    """The part of `source` that became ``plain[start:end]`` in plain notation.

    The two are aligned by their digits, which notation never changes; where they differ all the same (a command with a
    number in it), or the part holds none, it is the plain one.
    """
    written = [at for at, char in enumerate(source) if char.isdigit()]
    read = [at for at, char in enumerate(plain) if char.isdigit()]
    inside = [number for number, at in enumerate(read) if start <= at < end]
    same = len(written) == len(read) and all(
        unicodedata.digit(source[one]) == unicodedata.digit(plain[other])
        for one, other in zip(written, read, strict=True)
    )
    if not inside or not same:
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
