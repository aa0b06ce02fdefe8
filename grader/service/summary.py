"""The class in a few figures: made once for each state of the ledger, however often the page is asked for."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Final

from grader.model import QuestionResult, Result, Status, Value, Verdict

_OPEN: Final = frozenset((Verdict.REVIEW, Verdict.ERROR))
_MISTAKEN: Final = frozenset((Verdict.FAIL, Verdict.PARTIAL, Verdict.MISSING))
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


class Tally:
    """Counts of a class, to and from which single results are put: a change costs what it changes."""

    def __init__(self) -> None:
        self._status: Counter[Status] = Counter()
        self._released = 0
        self._points: Counter[float] = Counter()  # of the submissions in which nothing is open
        self._questions: dict[str, tuple[QuestionResult, Counter[float], Counter[bool]]] = {}
        self._flags: Counter[str] = Counter()
        self._mistakes: Counter[tuple[str, str]] = Counter()

    def put(self, result: Result, sign: int = 1) -> None:
        """Counts a result that has its decisions in it, or with -1 takes it out."""
        self._status[result.status] += sign
        self._released += sign if result.released else 0
        if result.status is Status.GRADED:
            self._points[result.points] += sign
        for flag in result.flags:
            self._flags[flag.id] += sign
        for question in result.questions:
            known = self._questions.setdefault(question.id, (question, Counter(), Counter()))
            is_open = question.verdict in _OPEN
            known[2][is_open] += sign
            if not is_open:
                known[1][question.points] += sign
            for check in question.checks:
                if check.max > 0 and check.verdict in _MISTAKEN:
                    self._mistakes[(check.id, check.message)] += sign

    def summary(self) -> Summary:
        """The figures of what is counted."""
        return Summary(
            self._status[Status.REVIEW],
            self._status[Status.ERROR],
            self._released,
            _mean(self._points),
            tuple(
                QuestionSummary(one.id, one.title, _mean(points), one.max, opened[True])
                for one, points, opened in self._questions.values()
                if opened.total()
            ),
            tuple(pair for pair in self._flags.most_common() if pair[1]),
            tuple(
                (check, message, count)
                for (check, message), count in self._mistakes.most_common(_COMMONEST)
                if count
            ),
        )


def summary_of(results: Iterable[Result]) -> Summary:
    """The figures of results that have their decisions in them."""
    tally = Tally()
    for result in results:
        tally.put(result)
    return tally.summary()


def _mean(values: Counter[float]) -> float | None:
    """The mean of values that are counted, exact to the last digit whatever was counted and taken out before."""
    return (
        math.fsum(value * count for value, count in values.items()) / values.total()
        if values.total()
        else None
    )
