"""The class in a few figures: made once for each state of the ledger, however often the page is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from grader.model import Result, Status, Value, Verdict

_OPEN: Final = frozenset((Verdict.REVIEW, Verdict.ERROR))
_COMMONEST: Final = 8  # mistakes that are shown


class QuestionSummary(Value, frozen=True):
    """A question over the class: the `mean` of what is decided, None where nothing is, and how many are `open`."""

    id: str
    title: str
    mean: float | None
    max: float
    open: int


class Summary(Value, frozen=True):
    """`mean` is that of the submissions in which nothing is open; `mistakes` are (check, message, count)."""

    waiting: int
    errors: int
    released: int
    mean: float | None
    questions: tuple[QuestionSummary, ...]
    flags: tuple[tuple[str, int], ...]
    mistakes: tuple[tuple[str, str, int], ...]


def summary_of(results: Sequence[Result]) -> Summary:
    """The figures of results that have their decisions in them."""
    closed = [result.points for result in results if result.status is Status.GRADED]
    return Summary(
        sum(one.status is Status.REVIEW for one in results),
        sum(one.status is Status.ERROR for one in results),
        sum(bool(one.released) for one in results),
        _mean(closed),
        _questions(results),
        tuple(Counter(flag.id for one in results for flag in one.flags).most_common()),
        _mistakes(results),
    )


def _questions(results: Sequence[Result]) -> tuple[QuestionSummary, ...]:
    found = []
    for place, question in enumerate(results[0].questions if results else ()):
        column = [one.questions[place] for one in results if len(one.questions) > place]
        closed = [one.points for one in column if one.verdict not in _OPEN]
        found.append(
            QuestionSummary(
                question.id, question.title, _mean(closed), question.max, len(column) - len(closed)
            )
        )
    return tuple(found)


def _mistakes(results: Sequence[Result]) -> tuple[tuple[str, str, int], ...]:
    """The commonest messages to those who lost points, with their check."""
    said = Counter(
        (check.id, check.message)
        for result in results
        for question in result.questions
        for check in question.checks
        if check.max > 0 and check.verdict in {Verdict.FAIL, Verdict.PARTIAL, Verdict.MISSING}
    )
    return tuple((check, message, count) for (check, message), count in said.most_common(_COMMONEST))


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
