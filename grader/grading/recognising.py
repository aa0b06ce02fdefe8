"""Which of several assignments a student's work answers, told by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from grader.checks.assignment import Assignment
from grader.errors import SeveralAssignmentsError
from grader.grading.submission_reading import read_submission
from grader.model import Submission

_LONGEST: Final = 200_000  # characters that are looked through


def recognised(assignments: Sequence[Assignment], submission: Submission) -> Assignment:
    """The one whose questions' cues and signs occur most. Raises `SeveralAssignmentsError` where none stands out."""
    text = "\n".join(document.text() for document in read_submission(submission).documents)[:_LONGEST]
    scores = [(_score(one, text), one) for one in assignments]
    best = max((score for score, _ in scores), default=0)
    found = [one for score, one in scores if score == best]
    if best == 0 or len(found) > 1:
        listed = ", ".join(sorted(one.reference for one in assignments))
        raise SeveralAssignmentsError(
            f"several assignments are installed ({listed}), and the work does not tell which it answers: "
            "name one with --assignment"
        )
    return found[0]


def _score(assignment: Assignment, text: str) -> float:
    """How much of an assignment's own words a text holds: the share of its questions, and any sign of it."""
    cues = [question.text.cues for question in assignment.questions]
    met = sum(any(re.search(cue, text, re.I | re.M) for cue in of_one) for of_one in cues)
    signs = assignment.recognised_by.signs if assignment.recognised_by else ()
    return met / max(len(cues), 1) + any(re.search(sign, text, re.I | re.M) for sign in signs)
