"""Which cell of a student's notebook is which cell of the handout: moved, edited, split, left out or added."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from grader.documents.given.edition import code_tokens
from grader.model import Value

ALIKE: Final = 0.55  # share of common tokens from which two cells are the same one, edited
MAX_TOKENS: Final = 600  # of a cell that are compared
MAX_CELLS: Final = 400


class Change(StrEnum):
    """What became of a cell of the handout."""

    SAME = "same"
    EDITED = "edited"
    SPLIT = "split"  # its lines stand in several cells
    LEFT_OUT = "left out"


class Aligned(Value, frozen=True):
    """One cell of the handout; `cells` are the student's (more than one if split), `moved` against the others' order."""

    handout: int
    cells: tuple[int, ...]
    change: Change
    moved: bool = False


class Handout(Value, frozen=True):
    """The code cells of a handed-out notebook; `given` are those that a student has no reason to change."""

    name: str
    cells: tuple[str, ...]
    given: frozenset[int]


class Alignment(Value, frozen=True):
    """All cells of the handout in order, and the student's own cells that belong to none."""

    aligned: tuple[Aligned, ...]
    added: tuple[int, ...]

    @property
    def likeness(self) -> float:
        """The share of the handout's cells that are there word for word: how surely this is a copy of it."""
        same = sum(one.change is Change.SAME for one in self.aligned)
        return same / len(self.aligned) if self.aligned else 0.0


COPY: Final = 0.5  # of a handout's cells word for word, from which a notebook is a copy of it


def changed_given_cells(student: Sequence[str], handouts: Sequence[Handout]) -> tuple[tuple[int, ...], ...]:
    """The student's cells in place of given ones that were edited, by the handout they are closest to.

    Empty where the notebook is a copy of none: then nothing can be said of what was changed.
    """
    found = [(align(student, handout.cells), handout) for handout in handouts]
    if not found:
        return ()
    alignment, handout = max(found, key=lambda pair: pair[0].likeness)
    if alignment.likeness < COPY:
        return ()
    return tuple(
        one.cells
        for one in alignment.aligned
        if one.handout in handout.given and one.change in {Change.EDITED, Change.SPLIT}
    )


def align(student: Sequence[str], handout: Sequence[str]) -> Alignment:
    """Aligns code cells by their tokens; layout and comments do not count. Empty cells belong to nothing."""
    theirs = [_tokens(source) for source in student[:MAX_CELLS]]
    ours = [_tokens(source) for source in handout[:MAX_CELLS]]
    pairs: dict[int, tuple[int, ...]] = {}
    changes: dict[int, Change] = {}
    free = {index for index, tokens in enumerate(theirs) if tokens}
    for index, tokens in enumerate(ours):
        match = next((other for other in sorted(free) if theirs[other] == tokens), None) if tokens else None
        if match is not None:
            pairs[index], changes[index] = (match,), Change.SAME
            free.discard(match)
    for ratio, index, other in sorted(
        _likenesses(ours, theirs, set(range(len(ours))) - pairs.keys(), free), reverse=True
    ):
        if index in pairs or other not in free or ratio < ALIKE:
            continue
        pairs[index], changes[index] = (other,), Change.EDITED
        free.discard(other)
    for index in sorted(set(range(len(ours))) - pairs.keys()):
        parts = tuple(other for other in sorted(free) if _is_part(theirs[other], ours[index]))
        if len(parts) > 1:
            pairs[index], changes[index] = parts, Change.SPLIT
            free -= set(parts)
    order = [index for index in range(len(ours)) if index in pairs]
    kept = _longest_rising([pairs[index][0] for index in order])
    moved = {index for index in order if pairs[index][0] not in kept}
    return Alignment(
        tuple(
            Aligned(index, pairs.get(index, ()), changes.get(index, Change.LEFT_OUT), index in moved)
            for index in range(len(ours))
            if ours[index]
        ),
        tuple(sorted(free)),
    )


def _tokens(source: str) -> tuple[str, ...]:
    return code_tokens(source)[:MAX_TOKENS]


def _likenesses(
    ours: Sequence[tuple[str, ...]], theirs: Sequence[tuple[str, ...]], left: set[int], free: set[int]
) -> list[tuple[float, int, int]]:
    found = []
    for index in left:
        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(ours[index])
        for other in free:
            matcher.set_seq1(theirs[other])
            if ours[index] and matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE:
                found.append((matcher.ratio(), index, other))
    return found


def _is_part(piece: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    if len(piece) < 4 or len(piece) >= len(whole):
        return False
    match = SequenceMatcher(None, piece, whole, autojunk=False).find_longest_match()
    return match.size >= 0.8 * len(piece)


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """A longest rising subsequence: the cells that kept their order (Fredman 1975)."""
    ends: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        at = bisect_left(ends, number)
        before.append(places[at - 1] if at else -1)
        if at == len(ends):
            ends.append(number)
            places.append(place)
        else:
            ends[at], places[at] = number, place
    kept: set[int] = set()
    place = places[-1] if places else -1
    while place >= 0:
        kept.add(numbers[place])
        place = before[place]
    return kept
