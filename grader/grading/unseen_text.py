"""Answers that stand only where no reader sees them: they never pass, and a person sees both views."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import msgspec

from grader.documents.core.document import STRUCK, Block, Document
from grader.model import CheckResult, Evidence, Flag, QuestionResult, Verdict, question_verdict

UNSEEN_WHERE: Final = (
    ", which a reader does not see"  # stands behind the place of an unseen passage in evidence
)
FLAG: Final = "hidden-text"
_STUDENT: Final = "Something in your file that a reader cannot see may hold an answer; a person looks at it."
_BETTER: Final = {
    Verdict.MISSING: frozenset((Verdict.PARTIAL, Verdict.PASS)),
    Verdict.FAIL: frozenset((Verdict.PARTIAL, Verdict.PASS)),
    Verdict.PARTIAL: frozenset((Verdict.PARTIAL, Verdict.PASS)),
    Verdict.REVIEW: frozenset((Verdict.PARTIAL, Verdict.PASS)),
}
_MOST_PASSAGES: Final = 3  # of each view in the evidence of one check
_LEAST_WORDS: Final = 3

Judge = Callable[[Sequence[Document]], tuple[QuestionResult, ...]]


def visible(documents: Iterable[Document]) -> tuple[Document, ...]:
    """The documents as a reader sees them."""
    return tuple(document.visible() for document in documents)


def with_unseen_text(
    questions: Sequence[QuestionResult], documents: Sequence[Document], judge: Judge
) -> tuple[tuple[QuestionResult, ...], tuple[Flag, ...]]:
    """The questions as judged by what is visible, with a review wherever unseen text would have bettered a check.

    `judge` gives the questions' results for documents; it is asked once more only where something is unseen and
    a check is open. A check that passes by what is visible stays as it is. What is struck through was taken back by its
    author, and betters nothing.
    """
    hidden = [block for document in documents for block in document.hidden()]
    if not hidden or not any(_is_open(check) for question in questions for check in question.checks):
        return tuple(questions), ()
    shown = {
        check.id: check for question in judge(tuple(map(_all_shown, documents))) for check in question.checks
    }
    made: list[QuestionResult] = []
    told: dict[str, Evidence] = {}
    for question in questions:
        checks = []
        for check in question.checks:
            other = shown.get(check.id)
            if other is None or not _betters(check, other):
                checks.append(check)
                continue
            reviewed = _reviewed(check, other, hidden)
            told |= {
                f"{one.where} {one.excerpt}": one
                for one in reviewed.evidence
                if one.where.endswith(UNSEEN_WHERE)
            }
            checks.append(reviewed)
        if tuple(checks) == question.checks:
            made.append(question)
            continue
        points = round(sum(check.points for check in checks), 2)
        made.append(
            msgspec.structs.replace(
                question, checks=tuple(checks), points=points, verdict=question_verdict(checks)
            )
        )
    flags = (Flag(FLAG, _flag_message(hidden), tuple(told.values())[:5]),) if told else ()
    return tuple(made), flags


def _is_open(check: CheckResult) -> bool:
    return check.verdict in _BETTER


def _betters(check: CheckResult, other: CheckResult) -> bool:
    return other.verdict in _BETTER.get(check.verdict, ()) and (
        other.points > check.points or check.verdict is not Verdict.PARTIAL
    )


def _all_shown(document: Document) -> Document:
    """The document as if every unseen block were visible, but for what is struck through."""
    blocks = tuple(
        msgspec.structs.replace(block, unseen="") if block.unseen else block
        for block in document.blocks
        if block.unseen != STRUCK
    )
    return msgspec.structs.replace(document, blocks=blocks)


def _reviewed(check: CheckResult, other: CheckResult, hidden: Sequence[Block]) -> CheckResult:
    passages = list(_passages(other, hidden))[:_MOST_PASSAGES] or hidden[:_MOST_PASSAGES]
    reasons = ", ".join(dict.fromkeys(block.unseen for block in passages))
    unseen = tuple(_unseen_evidence(block) for block in passages)
    staff = (
        f"By what a reader sees, this is {check.verdict}: {check.message} "
        f"Text that a reader does not see ({reasons}) would make it {other.verdict}: {other.message}"
    )
    return msgspec.structs.replace(
        check,
        verdict=Verdict.REVIEW,
        points=0.0,
        message=_STUDENT,
        staff=staff,
        evidence=(*check.evidence[:_MOST_PASSAGES], *unseen),
        hint="",
    )


def _passages(other: CheckResult, hidden: Sequence[Block]) -> Iterator[Block]:
    """The unseen blocks that the other verdict rests on: those that its evidence quotes."""
    quoted = {(one.source, " ".join(one.excerpt.rstrip(" …").split())) for one in other.evidence}
    for block in hidden:
        text = " ".join(block.text.split())
        if any(
            source == block.place.source and excerpt and (excerpt in text or text in excerpt)
            for source, excerpt in quoted
            if len(text.split()) >= _LEAST_WORDS or excerpt == text
        ):
            yield block


def _unseen_evidence(block: Block) -> Evidence:
    evidence = block.evidence()
    return msgspec.structs.replace(evidence, where=f"{evidence.where}{UNSEEN_WHERE}")


def _flag_message(hidden: Sequence[Block]) -> str:
    reasons = list(dict.fromkeys(block.unseen for block in hidden))[:5]
    return f"Text that may hold an answer is not seen by a reader of the file: {'; '.join(reasons)}."
