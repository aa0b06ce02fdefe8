"""`manual`: an answer that a person reads, found and shown with its passage; missing where there is none."""

from __future__ import annotations

from grader.checks.answer import Answer
from grader.checks.assignment import CheckFunction
from grader.checks.finding import Finding, review
from grader.checks.toolkit.places import nothing, own_blocks


def manual(
    told: str = "A person will read your answer.", *, staff: str = "Read by a person, as declared."
) -> CheckFunction:
    """A check that leaves what stands under the question to a person; `told` is what the student reads."""

    def judge(answer: Answer) -> Finding:
        blocks = own_blocks(answer)
        if not blocks:
            return nothing(answer, "answer")
        return review(told, [block.evidence() for block in blocks[:3]], staff=staff)

    return judge
