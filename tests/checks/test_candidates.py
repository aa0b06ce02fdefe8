"""The places of an answer weighed against each other."""

from __future__ import annotations

import pytest

from grader.checks.candidates import Candidate, Strength, Worth, weigh
from grader.documents.core.document import Block, BlockKind, Place


def candidate(
    worth: Worth, strength: Strength = Strength.ANSWER, key: str = "", *, run: bool = False, ocr: bool = False
) -> Candidate:
    block = Block(BlockKind.PROSE, "x", Place("report.md", "line 1"), ocr=ocr)
    return Candidate(block, "x", worth, strength, key or str(worth), run=run)


RIGHT, WRONG, BLANK = candidate(Worth.RIGHT), candidate(Worth.WRONG), candidate(Worth.BLANK)
STRAY_RIGHT = candidate(Worth.RIGHT, Strength.STRAY)
STRAY_WRONG = candidate(Worth.WRONG, Strength.STRAY)


@pytest.mark.parametrize(
    "other", [BLANK, candidate(Worth.BLANK, run=True), STRAY_WRONG, candidate(Worth.UNCLEAR)]
)
def test_an_answer_beats_a_blank_and_a_stray_line(other: Candidate) -> None:
    for order in ([RIGHT, other], [other, RIGHT]):
        found = weigh(order)
        assert found.best is RIGHT
        assert found.against is None


def test_two_answers_that_differ_are_a_conflict() -> None:
    for order in ([RIGHT, WRONG], [WRONG, RIGHT]):
        found = weigh(order)
        assert (found.best, found.against) == (RIGHT, WRONG)
    running = candidate(Worth.WRONG, Strength.STRAY, run=True)
    assert weigh([RIGHT, running]).against is running
    assert weigh([WRONG, STRAY_RIGHT]).against is STRAY_RIGHT  # never failed over the head of a right line


def test_what_says_the_same_is_no_conflict() -> None:
    assert weigh([RIGHT, candidate(Worth.RIGHT), STRAY_RIGHT]).against is None
    assert weigh([WRONG, candidate(Worth.WRONG, key="in another way")]).against is None
    assert weigh([RIGHT, candidate(Worth.WRONG, ocr=True)]).against is None


@pytest.mark.parametrize("strength", [Strength.UNSEEN, Strength.NOT_MEANT, Strength.INERT])
def test_what_is_no_answer_by_itself_lies_aside(strength: Strength) -> None:
    weak = candidate(Worth.RIGHT, strength)
    assert weigh([weak]).best is None
    assert weigh([weak]).aside == (weak,)
    assert weigh([weak, BLANK]).best is BLANK
    found = weigh([weak, WRONG])
    assert (found.best, found.against) == (WRONG, None)


def test_nothing() -> None:
    assert weigh([]).best is None
