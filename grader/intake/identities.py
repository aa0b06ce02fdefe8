"""Identifiers of submissions that are safe as file names."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence

from grader.class_tables import is_mark
from grader.errors import IntakeError

_LONGEST_ID = 120  # bytes of UTF-8: file systems take 255, and an ending such as .executed.html is added
_RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)))
)


def compiled_pattern(pattern: str | None) -> re.Pattern[str] | None:
    """The user's own pattern. Raises `IntakeError` if it is no regular expression with a group ``id``."""
    if pattern is None:
        return None
    try:
        compiled = re.compile(pattern)
    except re.error as problem:
        raise IntakeError(f"the pattern {pattern!r} is not a regular expression: {problem}") from problem
    if "id" not in compiled.groupindex:
        raise IntakeError(f"the pattern {pattern!r} has no group named id; write for example (?P<id>\\w+)_.*")
    return compiled


def safe_ids(names: Sequence[str]) -> tuple[str, ...]:
    """One identifier a name, in the same order: safe as a file name, unique even where case and Unicode forms do not count.

    A name that is safe already stays as it is; of several that come to the same, the later ones get a part of
    their own name's SHA-256, so that an identifier does not depend on how many others there are.
    """
    wanted = [_safe(name) for name in names]
    result = [""] * len(names)
    taken: set[str] = set()
    order = sorted(range(len(names)), key=lambda at: (wanted[at] != names[at], names[at], at))
    for at in order:
        candidate, repeat = wanted[at], 0
        while (key := _looks_like(candidate)) in taken:
            digest = hashlib.sha256(f"{names[at]}\0{repeat}".encode("utf-8", "replace")).hexdigest()[:8]
            candidate = f"{_cut(wanted[at], _LONGEST_ID - 9)}-{digest}"
            repeat += 1
        taken.add(key)
        result[at] = candidate
    return tuple(result)


def common_ids(groups: Iterable[Iterable[str]]) -> frozenset[str]:
    """The identifiers that occur in more than one group."""
    seen: set[str] = set()
    twice: set[str] = set()
    for group in groups:
        own = set(group)
        twice |= own & seen
        seen |= own
    return frozenset(twice)


def _safe(name: str) -> str:
    composed = unicodedata.normalize("NFC", name)
    kept = "".join(
        character if character.isalnum() or character in "._-" or is_mark(character) else " "
        for character in composed
    )
    joined = "-".join(kept.split()).strip(".-")
    joined = (
        re.sub(r"-*([._])-*|-{2,}", lambda match: match.group(1) or "-", joined) if joined != name else joined
    )
    while ".." in joined:
        joined = joined.replace("..", ".")
    cut = _cut(joined, _LONGEST_ID)
    if cut != joined:
        digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
        cut = f"{_cut(joined, _LONGEST_ID - 9)}-{digest}"
    cut = cut.strip(".-") or "submission"
    return f"{cut}-" + "file" if cut.partition(".")[0].casefold() in _RESERVED else cut


def _looks_like(name: str) -> str:
    """What file systems and readers that care least about how a name is written take for the same (UAX 15, D146)."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", name).casefold())
    return unicodedata.normalize("NFKC", folded.casefold())


def _cut(text: str, octets: int) -> str:
    return text.encode("utf-8")[:octets].decode("utf-8", errors="ignore")
