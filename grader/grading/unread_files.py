"""What a file that could not be read holds open: nobody can say that an answer is not in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from grader.model import QuestionResult, Verdict, question_verdict

MAX_NOTE: Final = 1_000  # characters of what is said of files that were not read


def held_open(questions: Sequence[QuestionResult], unread: Sequence[str]) -> tuple[QuestionResult, ...]:
    """What was not found is for a person to look for, as long as a file that may hold it could not be read."""
    said = " ".join(unread)[:MAX_NOTE]
    made = []
    for question in questions:
        checks = tuple(
            msgspec.structs.replace(
                check,
                verdict=Verdict.REVIEW,
                message="This was not found in what could be read; a person looks at the rest.",
                staff=f"Not read: {said}",
                hint="",
            )
            if check.verdict is Verdict.MISSING and check.max > 0
            else check
            for check in question.checks
        )
        made.append(
            msgspec.structs.replace(question, checks=checks, verdict=question_verdict(checks))
            if checks != question.checks
            else question
        )
    return tuple(made)
