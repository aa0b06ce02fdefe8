"""`manual`: an answer that a person reads, found and shown with its passage; missing where there is none."""

from __future__ import annotations

from typing import Final

from grader.checks.answer import Answer
from grader.checks.assignment import CheckFunction
from grader.checks.finding import Finding, review
from grader.checks.toolkit.places import nothing
from grader.documents.core.document import BlockKind

BY_HAND: Final = "by_hand"
"""The attribute of a check's function that leaves every answer to a person."""


def manual(
    told: str = "A person will read your answer.", *, staff: str = "Read by a person, as declared."
) -> CheckFunction:
    """A check that leaves what stands under the question to a person; `told` is what the student reads."""

    def judge(answer: Answer) -> Finding:
        blocks = answer.section or answer.sections.rest
        blocks = tuple(
            block for block in blocks if block.kind is not BlockKind.HEADING and block.text.strip()
        )
        if not blocks:
            return nothing(answer, "answer")
        return review(told, [block.evidence() for block in blocks[:3]], staff=staff)

    setattr(judge, BY_HAND, True)
    return judge
