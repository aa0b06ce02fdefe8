"""Decisions in verbs: settings that make no sense are refused, and what OCR read never fails."""

from __future__ import annotations

import msgspec
import pytest

from grader.checks.answer import Answer
from grader.checks.toolkit import decision
from grader.documents.core.document import Block, BlockKind, Document, Place
from grader.documents.sections import Sections
from grader.model import Verdict

OPTIONS = {"reject": ["reject"], "keep": ["keep", "kept", "retain"]}


def judged(text: str, *, ocr: bool = False, accept: tuple[str, ...] = ("reject",)) -> Verdict:
    block = Block(BlockKind.PROSE, text, Place("a.md", "line 1"))
    block = msgspec.structs.replace(block, ocr=ocr)
    document = Document("a.md", "markdown", (block,))
    answer = Answer("q1", (document,), Sections({"q1": (block,)}, ()), {}, {})
    return decision(OPTIONS, accept=accept)(answer).verdict


@pytest.mark.parametrize(
    ("options", "accept"),
    [({"reject": ["reject"]}, ()), ({"reject": ["reject"], "keep": []}, ()), (OPTIONS, ("refuse",))],
)
def test_settings_without_sense_are_refused(options: dict[str, list[str]], accept: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"takes at least two options|none of the options"):
        decision(options, accept=accept)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("We rejected it.", Verdict.PASS),
        ("It has to be rejected.", Verdict.PASS),
        ("My friend would keep it, but we reject it.", Verdict.PASS),
        ("It was kept.", Verdict.FAIL),
        ("We are unable to reject it.", Verdict.FAIL),
        ("There is no reason to reject it.", Verdict.FAIL),
        ("The object is projected.", Verdict.MISSING),
    ],
)
def test_verbs_in_their_forms(text: str, verdict: Verdict) -> None:
    assert judged(text) is verdict


def test_any_decision_is_right_where_none_is_asked_for() -> None:
    assert judged("We keep it.", accept=()) is Verdict.PASS


def test_what_was_read_in_a_picture_never_fails() -> None:
    assert judged("We keep it.", ocr=True) is Verdict.REVIEW
