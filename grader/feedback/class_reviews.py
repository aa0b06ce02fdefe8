"""What waits for a person, for the class page: each submission with its reasons, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from grader.feedback.page_frame import address, slug
from grader.feedback.textguard import on_one_line
from grader.model import CheckResult, Result, Status, Value, Verdict

MAX_REASONS: Final = 8  # of one submission in the list of what needs review
MOST_REVIEWS: Final = 150  # on the class page; all stand in the review and, by their status, in the list


class Reason(Value, frozen=True):
    """One thing for a person to decide, and where."""

    link: str
    title: str
    words: str


class Review(Value, frozen=True):
    """A submission that waits for a person; `at_stake` are the points that hang on it."""

    submission: str
    link: str
    status: Status
    at_stake: float
    reasons: tuple[Reason, ...]
    more: int


def most_urgent(reviews: Iterable[Review]) -> list[Review]:
    """The first `MOST_REVIEWS`: errors of ours, then what most points hang on."""
    ordered = sorted(
        reviews, key=lambda review: (review.status is not Status.ERROR, -review.at_stake, review.submission)
    )
    return ordered[:MOST_REVIEWS]


def review_of(result: Result, staff_folder: str) -> Review:
    """What a submission waits for."""
    link = link_to(result, staff_folder or "feedback")
    waiting = [
        (question, check) for question in result.questions for check in question.checks if _waits(check)
    ]
    reasons: list[Reason] = []
    for question, check in waiting:
        reason = Reason(
            f"{link}#{slug(check.id)}",
            f"{on_one_line(question.id, 40)}: {on_one_line(check.title or check.id, 120)}",
            on_one_line(_cause(check.staff) or check.message, 260),
        )
        if all(reason.words != other.words for other in reasons):  # one crash stops every check alike
            reasons.append(reason)
    return Review(
        on_one_line(result.submission, 80),
        link,
        result.status,
        sum(check.max for _, check in waiting),
        tuple(reasons[:MAX_REASONS]),
        max(0, len(reasons) - MAX_REASONS),
    )


def _cause(staff: str) -> str:
    """What staff read of a check, of a traceback only its last line."""
    lines = [line for line in staff.splitlines() if line.strip()]
    return lines[-1] if lines and any(line.startswith("Traceback (") for line in lines) else staff


def _waits(check: CheckResult) -> bool:
    return check.max > 0 and check.verdict in {Verdict.REVIEW, Verdict.ERROR}


def link_to(result: Result, folder: str) -> str:
    """The address of a submission's page in a folder."""
    return f"{address(folder)}/{address(result.submission)}.html"
