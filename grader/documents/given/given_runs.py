"""Runs of given words in a passage, and which of them are too long, or too near a long one, for chance."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

from grader.documents.core.document import Block
from grader.documents.given.edition import SHINGLE, GivenText, shingle_hashes, words

CHANCE: Final = 10  # words of a run below which it may stand in a text of one's own by chance
CHANCE_IN_QUESTION: Final = 8  # the same in the words of a question
CHANCE_IN_COPY: Final = 6  # the same in a document that is a copy of the handout
EDITED: Final = 2  # words in a given sentence that may stand in place of others


class Stream:
    """The words of consecutive text blocks, and which runs of them are given."""

    def __init__(self, blocks: Sequence[Block], indexes: list[int], given: GivenText) -> None:
        self.indexes = indexes
        self.given = given
        self.words: list[str] = []
        self.first: dict[int, int] = {}  # of each block, in `words`
        self.sizes: dict[int, int] = {}
        for index in indexes:
            own = [word for word, _, _ in words(blocks[index].text)]
            self.first[index], self.sizes[index] = len(self.words), len(own)
            self.words += own
        self.filled = [index for index in indexes if self.sizes[index]]
        self.starts = [self.first[index] for index in self.filled]
        marks = list(shingle_hashes(self.words))
        self.known = [mark in given.prose for mark in marks]
        self.asked = [mark in given.questions for mark in marks]
        self.runs = list(_runs(self.known))
        self.known_words = bytearray(len(self.words))  # in any run
        self.covered = bytearray(len(self.words))  # in runs that are no chance

    def count_runs(self, *, copy: bool) -> None:
        """Marks the words of runs that are no chance."""
        for start, end in self.runs:
            self.known_words[start:end] = b"\x01" * (end - start)
            if self._is_no_chance(start, end, copy=copy):
                self.covered[start:end] = b"\x01" * (end - start)

    def _is_no_chance(self, start: int, end: int, *, copy: bool) -> bool:
        enough = CHANCE
        if copy and self._is_whole_block(start, end):
            enough = SHINGLE
        elif copy:
            enough = CHANCE_IN_COPY
        elif any(self.asked[start : end - SHINGLE + 1]):
            enough = CHANCE_IN_QUESTION
        lettered = sum(not word.isdecimal() for word in self.words[start:end])
        return end - start >= enough and lettered >= SHINGLE - 1

    def cover_code(self, index: int, text: str) -> None:
        """Marks the words of lines that are given code, which a reader of plain text took for prose."""
        starts = [start for _, start, _ in words(text)]
        at = 0
        for line in text.split("\n"):
            if line.strip() and self.given.line(line):
                first, last = bisect_left(starts, at), bisect_left(starts, at + len(line))
                place = self.first[index]
                self.covered[place + first : place + last] = b"\x01" * (last - first)
            at += len(line) + 1

    def _is_whole_block(self, start: int, end: int) -> bool:
        at = bisect_left(self.starts, start)
        return at < len(self.starts) and self.starts[at] + self.sizes[self.filled[at]] <= end

    def given_words(self, index: int) -> GivenWords:
        """Which words of a block are given, and whether some were put between given ones."""
        start, size = self.first[index], self.sizes[index]
        return GivenWords(self, start, start + size)

    def replaces(self, start: int, end: int) -> bool:
        """Whether the words `start` to `end`, between given ones, stand in place of others, not between them."""
        for before in range(1, SHINGLE):
            joined = self.words[max(0, start - before) : start] + self.words[end : end + SHINGLE - before]
            if len(joined) == SHINGLE and next(shingle_hashes(joined)) in self.given.prose:
                return False
        return True


class GivenWords:
    """The words of one block, each given or not."""

    def __init__(self, stream: Stream, start: int, end: int) -> None:
        self.stream = stream
        self.start = start
        self.covered = bytearray(stream.covered[start:end])
        self.known = stream.known_words[start:end]

    def extend(self, first: int, last: int) -> None:
        """Takes shorter runs near long ones, and a changed word or two between, for given, within the words of a sentence.

        `first` and `last` count in the block. A sentence with no more than chance in it stays as it is.
        """
        if self.covered.count(1, first, last) < CHANCE:
            return
        for order in (range(first, last), range(last - 1, first - 1, -1)):
            since = EDITED + 1  # words since a given one
            run = 0
            for at in order:
                run = run + 1 if self.known[at] else 0
                if self.covered[at]:
                    since = 0
                elif run >= SHINGLE and since - run < EDITED:
                    for back in range(min(run, since + 1)):
                        self.covered[at - order.step * back] = 1
                    since = 0
                else:
                    since += 1
        for start, end in list(_gaps(self.covered, first, last)):
            if end - start <= EDITED and self.stream.replaces(self.start + start, self.start + end):
                self.covered[start:end] = b"\x01" * (end - start)


def _runs(known: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """The longest runs of words that given shingles cover."""
    start = end = -1
    for at, found in enumerate(known):
        if not found:
            continue
        if at > end:
            if end > start:
                yield start, end
            start = at
        end = at + SHINGLE
    if end > start:
        yield start, end


def _gaps(covered: bytearray, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Uncovered words with covered ones on both sides, within `first` to `last`."""
    left = -1
    for at in range(first, last):
        if covered[at]:
            if 0 <= left < at - 1:
                yield left + 1, at
            left = at
