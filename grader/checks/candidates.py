"""The places where an answer may stand, weighed against each other: several files, a section and what lies about.

An answer beats a blank. What stands under its question beats what stands elsewhere. What a reader does not see, what
stands only in a comment or where it never runs, and what its writer does not stand by, is no answer by itself.
Two answers that differ are a conflict: a person sees both.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, StrEnum
from typing import Final

from grader.checks.claims import Stance
from grader.documents.core.document import Block
from grader.model import Evidence, Value


class Worth(StrEnum):
    """What a candidate is worth by itself."""

    RIGHT = "right"
    WRONG = "wrong"
    UNCLEAR = "unclear"
    BLANK = "blank"


class Strength(IntEnum):
    """How much stands behind a candidate, the weakest first."""

    UNSEEN = 0  # no reader of the page sees it
    NOT_MEANT = 1  # denied, supposed, another's, taken back
    INERT = 2  # in a comment, in a string, where nothing runs it
    STRAY = 3  # elsewhere than under its question
    ANSWER = 4


COUNTS: Final = Strength.STRAY  # from here on it is an answer


class Candidate(Value, frozen=True, eq=False):
    """One place that may answer a question: its block, the passage, what it says (`key`: the same for the same).

    `why` says for staff what is known of it; `run` that it stands in code which is run.
    """

    block: Block
    passage: str
    worth: Worth
    strength: Strength
    key: str = ""
    stance: Stance = Stance.ASSERTED
    why: str = ""
    run: bool = False

    @property
    def evidence(self) -> Evidence:
        """The passage in its place."""
        return self.block.evidence(self.passage)


class Weighed(Value, frozen=True, eq=False):
    """What is left: the `best` candidate, what stands `against` it, and what is no answer by itself (`aside`)."""

    best: Candidate | None
    against: Candidate | None = None
    aside: tuple[Candidate, ...] = ()
    answers: tuple[Candidate, ...] = ()


def weigh(candidates: Sequence[Candidate]) -> Weighed:
    """The answer among candidates; `against` is set where two answers differ, for a person to look at."""
    answers = [one for one in candidates if one.strength >= COUNTS and one.worth is not Worth.BLANK]
    blanks = [one for one in candidates if one.strength >= COUNTS and one.worth is Worth.BLANK]
    aside = tuple(one for one in candidates if one.strength < COUNTS and one.worth is not Worth.BLANK)
    if not answers:
        return Weighed(blanks[0] if blanks else None, None, aside)
    sure = [one for one in answers if one.worth is not Worth.UNCLEAR] or answers
    best = max(sure, key=_rank)
    against = next(
        (
            one
            for one in sorted(sure, key=_rank, reverse=True)
            if one.key != best.key and _stands_against(one, best)
        ),
        None,
    )
    return Weighed(best, against, aside, tuple(answers))


def _rank(one: Candidate) -> tuple[int, bool, bool]:
    """A seen passage before one read from a picture; a right one before a wrong one of the same strength."""
    return one.strength, one.worth is Worth.RIGHT, not one.block.ocr


def _stands_against(one: Candidate, best: Candidate) -> bool:
    """A stray line says nothing against the answer in its section, unless it is code that is run."""
    if one.worth is best.worth is Worth.WRONG:  # wrong in two ways is wrong
        return False
    if one.block.ocr and not best.block.ocr and one.worth is Worth.WRONG:
        return False
    return (
        one.strength >= best.strength or one.run or (best.worth is Worth.WRONG and one.worth is Worth.RIGHT)
    )
