"""Which pictures are looked at, and when: following curves costs, reading words costs more, and one may settle a question.

First the curves in the pictures under the questions that the text left open are followed, then those in pictures elsewhere. If
something is still open, OCR reads them, the likeliest plots first. Both go in rounds, each with twice as many pictures as
the one before, until nothing is open or all were looked at. What is open is judged anew after each round. A picture that a
passed check rests on is settled, where its curves take most of it: nothing else is looked for in it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Final

import msgspec

from grader.documents.core.document import Block, Document, Figure
from grader.documents.core.limits import DEFAULT_LIMITS, ReadingLimits
from grader.documents.sections import Sections
from grader.model import QuestionResult, Verdict
from grader.stopwatch import timed

_OPEN: Final = frozenset((Verdict.MISSING, Verdict.REVIEW, Verdict.PARTIAL))
Documents = tuple[Document, ...]
Judging = Callable[[Documents, Collection[str] | None], tuple[Sections, Sequence[QuestionResult]]]
_MOST_OF: Final = 0.5  # of a picture's width and height, that curves take where it is theirs
_Key = tuple[int, int]  # which document, and which of its own figures


def with_pictures(
    documents: Documents, sections: Sections, questions: Sequence[QuestionResult], judging: Judging
) -> Documents:
    """The documents with what had to be looked at in their pictures; the same ones if nothing had to.

    `judging` judges documents anew, the questions that may have changed, all if that is None; what it said last stands
    for those that come back.
    """
    rounds = _Rounds(documents, sections, questions, judging)
    with timed("curves"):
        rounds.follow()
    with timed("pictures"):
        rounds.read()
    return rounds.documents


class _Rounds:
    """What was looked at so far, and what that left open."""

    def __init__(
        self,
        documents: Documents,
        sections: Sections,
        questions: Sequence[QuestionResult],
        judging: Judging,
    ) -> None:
        self.documents = documents
        self._judging = judging
        self._sections, self._questions = sections, questions

    def follow(self) -> None:
        """Follows curves, under open questions first."""
        looked: set[_Key] = set()
        for under_questions in (True, False):
            count = 1
            while chosen := self._wanted(looked, under_questions=under_questions)[:count]:
                looked.update(key for key, _ in chosen)
                # curves tell nothing of questions that are settled without them
                self._look(_with_curves, [block for _, block in chosen], open_questions(self._questions))
                count *= 2

    def read(self) -> None:
        """Reads words, round by round, within the limits for each document."""
        looked: set[_Key] = set()
        until = time.monotonic() + DEFAULT_LIMITS.ocr_seconds
        count = 1
        while True:
            wanted = self._wanted(looked, under_questions=True) + self._wanted(looked, under_questions=False)
            wanted.sort(key=lambda one: _unlikely(one[1]))
            left = {at: DEFAULT_LIMITS.ocr_pictures for at, _ in enumerate(self.documents)}
            left.update((at, left[at] - number) for at, number in Counter(at for at, _ in looked).items())
            late = time.monotonic() > until
            if late or any(left[at] <= 0 for (at, _), _ in wanted):
                count = len(wanted)  # the reader says of what is left that it was not looked at
            chosen = wanted[:count]
            if not chosen:
                return
            looked.update(key for key, _ in chosen)
            limits = [
                msgspec.structs.replace(
                    DEFAULT_LIMITS,
                    ocr_pictures=0 if late else max(left[at], 0),
                    ocr_seconds=max(until - time.monotonic(), 0.0),
                )
                for at, _ in enumerate(self.documents)
            ]
            self._look(partial(_with_words, limits), [block for _, block in chosen], None)
            count *= 2

    def _look(
        self,
        reading: Callable[[int, Document, list[Block]], Document],
        wanted: list[Block],
        changing: Collection[str] | None,
    ) -> None:
        found = tuple(
            reading(at, document, own)
            if (own := [block for block in wanted if any(block is other for other in document.blocks)])
            else document
            for at, document in enumerate(self.documents)
        )
        if any(one is not other for one, other in zip(found, self.documents, strict=True)):
            self.documents = found
            self._sections, self._questions = self._judging(found, changing)

    def _wanted(self, looked: set[_Key], *, under_questions: bool) -> list[tuple[_Key, Block]]:
        """The pictures that matter and were not looked at yet."""
        own, rest = pictures_that_matter(self._sections, self._questions)
        keys = _keys(self.documents)
        pool = own if under_questions else rest
        return [
            (key, block) for block in pool if (key := keys.get(id(block))) is not None and key not in looked
        ]


def pictures_that_matter(
    sections: Sections, questions: Sequence[QuestionResult]
) -> tuple[list[Block], list[Block]]:
    """The unread pictures under questions that the text left open, and those elsewhere: under none first."""
    open_ones = open_questions(questions)
    if not open_ones:
        return [], []
    every = {
        id(block): block for blocks in (*sections.by_question.values(), sections.rest) for block in blocks
    }
    places = Counter((block.place.source, block.place.where) for block in every.values())
    settled = {
        place
        for question in questions
        for check in question.checks
        if check.verdict is Verdict.PASS
        for evidence in check.evidence
        if places[place := (evidence.source, evidence.where)] == 1  # several blocks may stand in one line
    }
    own = {
        id(block): block
        for question in questions
        if question.id in open_ones
        for block in sections.of(question.id)
        if _is_unread(block, settled)
    }
    elsewhere = [  # answers stand under other questions too
        block for question in questions if question.id not in open_ones for block in sections.of(question.id)
    ]
    rest = {
        id(block): block
        for block in (*sections.rest, *elsewhere)
        if id(block) not in own and _is_unread(block, settled)
    }
    return list(own.values()), list(rest.values())


def open_questions(questions: Sequence[QuestionResult]) -> frozenset[str]:
    """The questions of which something that counts was not found, or not for certain."""
    return frozenset(
        one.id for one in questions if any(check.max > 0 and check.verdict in _OPEN for check in one.checks)
    )


def _keys(documents: Documents) -> dict[int, _Key]:
    """Each figure's name by its identity: blocks are made anew when they are read, what OCR adds is marked as such."""
    return {
        id(block): (at, number)
        for at, document in enumerate(documents)
        for number, block in enumerate(
            one for one in document.blocks if one.figure is not None and not one.ocr
        )
    }


def _unlikely(block: Block) -> int:
    """How far from the first a picture is read: those with curves first, pictures side by side last."""
    figure = block.figure
    if figure is None or figure.mosaic:
        return 2
    return 0 if figure.curves else 1


def _is_unread(block: Block, settled: Collection[tuple[str, str]]) -> bool:
    figure = block.figure
    if figure is None or figure.picture is None or figure.words:
        return False
    return (block.place.source, block.place.where) not in settled or not _is_filled(figure)


def _is_filled(figure: Figure) -> bool:
    """Whether the curves that were followed take most of a picture: nothing else of weight is in it."""
    points = [point for curve in figure.curves for point in curve.points]
    if not points or not all(figure.size):
        return False
    xs, ys = zip(*points, strict=True)
    width, height = figure.size
    return bool(max(xs) - min(xs) >= _MOST_OF * width and max(ys) - min(ys) >= _MOST_OF * height)


def _with_curves(_: int, document: Document, own: list[Block]) -> Document:
    from grader.documents.scans.curve_reading import read_curves  # noqa: PLC0415 - slow: only where text gave no answer

    return read_curves(document, only=own)


def _with_words(limits: Sequence[ReadingLimits], at: int, document: Document, own: list[Block]) -> Document:
    from grader.documents.scans.scan_reading import read_pictures  # noqa: PLC0415 - slow: only where text gave no answer

    return read_pictures(document, limits[at], only=own)
