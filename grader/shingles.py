"""Runs of words by which a copied passage is recognised, and their digests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def shingles(words: Sequence[str], length: int) -> list[str]:
    """All runs of `length` words, in order, joined by blanks; none if there are fewer words."""
    return [" ".join(words[at : at + length]) for at in range(len(words) - length + 1)]


def digest(shingle: str, size: int) -> bytes:
    """`size` bytes that stand for a shingle: enough to find it again, not enough to read it."""
    return hashlib.blake2b(shingle.encode(), digest_size=size).digest()
