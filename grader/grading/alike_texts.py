"""Which texts of a class have more rare passages in common than texts by different people have.

Candidates come from one sorted list of all passages of the class, each with who holds it: work and memory grow with the
text handed in, not with the number of pairs. A passage that up to `WIDE` submissions hold makes a candidate of every two of them;
one that more hold ties each to the first ones and to its neighbour, so that a crowd becomes one cluster and not all its pairs.
Whether a candidate is a pair is counted exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from grader.model import Value

COMMON: Final = 0.1  # share of the class, or three submissions, from which a passage tells nothing
ALIKE: Final = 0.45  # share of the shorter text's own passages from which a pair is shown
ENOUGH: Final = 25  # kept shingles, about a hundred words: less is too little to tell
WIDE: Final = 12  # submissions up to which each that holds a passage is compared with each
_HUBS: Final = 2  # holders of a wide passage that all the others are compared with

Marks: TypeAlias = npt.NDArray[np.uint64]
_Numbers: TypeAlias = npt.NDArray[np.int64]


class SharedText(Value, frozen=True):
    """Two submissions, by their places in the class; `share` of the shorter's own passages, and the marks of these.

    `basis` is a digest of what was compared. A pair that is `known` to stand on it was not compared again, and has neither
    share nor marks.
    """

    one: int
    other: int
    basis: str
    share: float = 0.0
    marks: tuple[int, ...] = ()
    known: bool = False


def packed(hashes: Sequence[int]) -> bytes:
    """The marks of a submission as they are kept: each once, in order."""
    return np.array(sorted(set(hashes)), dtype="<u8").tobytes()


def unpacked(data: bytes) -> Marks:
    """The marks that `packed` packed."""
    return np.frombuffer(data, dtype="<u8").astype(np.uint64, copy=False)


def alike_texts(
    marks: Sequence[Marks], known: Mapping[tuple[int, int], str] | None = None
) -> Iterator[SharedText]:
    """All pairs of a class of which each submission has these `marks`: distinct, in order.

    `known` are pairs that were found before, each with its basis.
    """
    if len(marks) > 1:
        yield from _Class(marks).pairs(known or {})


class _Class:
    """The index of one class: every mark with its holders, those that tell nothing left out."""

    def __init__(self, marks: Sequence[Marks]) -> None:
        self._marks = marks
        self._compared: dict[int, tuple[Marks, str]] = {}
        self._count = len(marks)
        held = np.repeat(np.arange(self._count), [len(one) for one in marks])
        # One sort of single numbers: a mark and its holder in 64 bits, of the mark as many as the holder leaves.
        bits = np.uint64((self._count - 1).bit_length())
        self._mask = np.uint64((1 << (64 - int(bits))) - 1)
        keys = np.concatenate(marks) << bits if len(held) else np.zeros(0, np.uint64)
        keys |= held.astype(np.uint64)
        keys.sort()
        flat = keys >> bits
        self._held = (keys & np.uint64((1 << int(bits)) - 1)).astype(np.int64)
        starts = np.flatnonzero(np.r_[True, flat[1:] != flat[:-1]]) if len(held) else held
        sizes = np.diff(np.r_[starts, len(held)])
        many = max(3, COMMON * self._count)
        rare = sizes < many
        self._common: Marks = flat[starts[~rare]]
        self._own = np.bincount(self._held[np.repeat(rare, sizes)], minlength=self._count)
        narrow, wide = (sizes >= 2) & (sizes <= WIDE) & rare, (sizes > WIDE) & rare
        self._narrow = starts[narrow], sizes[narrow]
        self._wide = starts[wide], sizes[wide]

    def pairs(self, known: Mapping[tuple[int, int], str]) -> Iterator[SharedText]:
        """The candidates that are alike; those of which that is `known` are not compared again."""
        codes, counts = _distinct(self._narrow_codes())
        tied = _distinct(self._wide_codes())[0]
        tied = tied[~np.isin(tied, codes)]
        codes, counts = np.r_[codes, tied], np.r_[counts, np.zeros(len(tied), counts.dtype)]
        one, other = np.divmod(codes, self._count)
        wide = self._held_wide()
        shorter = np.minimum(self._own[one], self._own[other])
        most = counts + np.minimum(wide[one], wide[other])
        kept = (shorter >= ENOUGH) & (most >= ALIKE * shorter)
        places = zip(one[kept].tolist(), other[kept].tolist(), shorter[kept].tolist(), strict=True)
        for left, right, least in places:
            (mine, my_digest), (theirs, their_digest) = self._own_marks(left), self._own_marks(right)
            basis = my_digest + their_digest
            if known.get((left, right)) == basis:
                yield SharedText(left, right, basis, known=True)
                continue
            same = np.intersect1d(mine, theirs, assume_unique=True)
            if len(same) >= ALIKE * least:
                yield SharedText(left, right, basis, len(same) / least, tuple(same.tolist()))

    def _own_marks(self, place: int) -> tuple[Marks, str]:
        """The marks of a submission that not everybody has, and their digest."""
        if place not in self._compared:
            marks = self._marks[place]
            own = marks[~np.isin(marks & self._mask, self._common)] if len(self._common) else marks
            self._compared[place] = own, blake2b(own.tobytes(), digest_size=16).hexdigest()
        return self._compared[place]

    def _held_wide(self) -> _Numbers:
        """How many wide marks each submission has."""
        starts, sizes = self._wide
        return np.bincount(self._held[_spread(starts, sizes)], minlength=self._count)

    def _narrow_codes(self) -> _Numbers:
        """Every two holders of each narrow mark, as one number a pair."""
        starts, sizes = self._narrow
        found = [np.zeros(0, np.int64)]
        long = self._own >= ENOUGH
        for size in range(2, WIDE + 1):
            at = starts[sizes == size]
            left, right = np.triu_indices(size, 1)
            for a, b in zip(left.tolist(), right.tolist(), strict=True):
                one, other = self._held[at + a], self._held[at + b]
                telling = long[one] & long[other]
                found.append(one[telling] * self._count + other[telling])
        return np.concatenate(found)

    def _wide_codes(self) -> _Numbers:
        """Of each wide mark the first holders with all the others, and each holder with the next."""
        starts, sizes = self._wide
        found = [np.zeros(0, np.int64)]
        places = _spread(starts, sizes)
        first = np.repeat(starts, sizes)
        for hub in range(_HUBS):
            later = places > first + hub
            codes = self._held[first + hub][later] * self._count + self._held[places[later]]
            found.append(_distinct(codes)[0])
        follows = places[1:][places[1:] > first[1:]]
        found.append(_distinct(self._held[follows - 1] * self._count + self._held[follows])[0])
        return np.concatenate(found)


def _distinct(codes: _Numbers) -> tuple[_Numbers, _Numbers]:
    """Each number once, in order, and how often it is there. `np.unique` hashes, which takes ten times as long here."""
    ordered = np.sort(codes)
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else ordered
    return ordered[starts], np.diff(np.r_[starts, len(ordered)])


def _spread(starts: _Numbers, sizes: _Numbers) -> _Numbers:
    """All places of runs that begin at `starts` and are so long."""
    if not len(starts):
        return np.zeros(0, np.int64)
    before = np.cumsum(sizes) - sizes
    places: _Numbers = np.arange(sizes.sum()) + np.repeat(starts - before, sizes)
    return places
