"""The class in a few figures, counted as results come and go: a change costs what it changes."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from grader.marks import standing_decisions
from grader.model import Flag, QuestionResult, Result, Status, Value, Verdict

_OPEN: Final = frozenset((Verdict.REVIEW, Verdict.ERROR))
_LOST: Final = frozenset((Verdict.FAIL, Verdict.PARTIAL, Verdict.MISSING))
_COMMONEST: Final = 8  # mistakes that are shown


class QuestionSummary(Value, frozen=True):
    """A question over the class: the `mean` of what is decided, None where nothing is, and how many are `open`.

    `counts` are the submissions of each verdict that occurs, in the order of the verdicts.
    """

    id: str
    title: str
    mean: float | None
    max: float
    open: int
    counts: tuple[tuple[Verdict, int], ...]


class FlagSummary(Value, frozen=True):
    """A kind of flag and the submissions that have it, in order."""

    id: str
    submissions: tuple[str, ...]


class Mistake(Value, frozen=True):
    """A message that lost points, of which check, and how often. `key` names it in addresses."""

    key: str
    check: str
    message: str
    count: int


class Summary(Value, frozen=True):
    """`mean` is that of the submissions in which nothing is open; `most` are the points that can be had."""

    waiting: int
    errors: int
    released: int
    late: int
    mean: float | None
    most: float
    questions: tuple[QuestionSummary, ...]
    flags: tuple[FlagSummary, ...]
    mistakes: tuple[Mistake, ...]


class Tally:
    """Counts of a class, to and from which single results are put."""

    def __init__(self) -> None:
        self._status: Counter[Status] = Counter()
        self._released = 0
        self._late = 0
        self._points: Counter[float] = Counter()  # of the submissions in which nothing is open
        self._most: Counter[float] = Counter()
        self._questions: dict[str, _QuestionTally] = {}
        self._mistakes: Counter[tuple[str, str]] = Counter()

    def put(self, result: Result, sign: int = 1) -> None:
        """Counts a result that has its decisions in it, or with -1 takes it out."""
        self._status[result.status] += sign
        self._released += sign if result.released else 0
        self._late += sign if result.late else 0
        self._most[result.max] += sign
        if result.status is Status.GRADED:
            self._points[result.points] += sign
        for question in result.questions:
            self._questions.setdefault(question.id, _QuestionTally(question.title)).put(question, sign)
        for mistake in dict.fromkeys(mistakes_of(result)):
            self._mistakes[mistake] += sign
            if not self._mistakes[mistake]:
                del self._mistakes[mistake]

    def summary(self, flags: Mapping[str, Sequence[Flag]]) -> Summary:
        """The figures of what is counted; `flags` are those of each submission that has some."""
        commonest = sorted(self._mistakes.items(), key=lambda one: (-one[1], one[0]))[:_COMMONEST]
        return Summary(
            self._status[Status.REVIEW],
            self._status[Status.ERROR],
            self._released,
            self._late,
            _mean(self._points),
            _largest(self._most),
            tuple(one.summary(own) for own, one in self._questions.items() if one.counts.total()),
            _flags(flags),
            tuple(
                Mistake(mistake_key(check, message), check, message, count)
                for (check, message), count in commonest
            ),
        )


class _QuestionTally:
    """The same of one question."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._points: Counter[float] = Counter()  # of those that are not open
        self._most: Counter[float] = Counter()
        self.counts: Counter[Verdict] = Counter()

    def put(self, question: QuestionResult, sign: int) -> None:
        self.counts[question.verdict] += sign
        self._most[question.max] += sign
        if question.verdict not in _OPEN:
            self._points[question.points] += sign

    def summary(self, own: str) -> QuestionSummary:
        return QuestionSummary(
            own,
            self._title,
            _mean(self._points),
            _largest(self._most),
            sum(self.counts[verdict] for verdict in _OPEN),
            tuple((verdict, self.counts[verdict]) for verdict in Verdict if self.counts[verdict]),
        )


def _flags(flags: Mapping[str, Sequence[Flag]]) -> tuple[FlagSummary, ...]:
    found: dict[str, dict[str, None]] = {}
    for submission in sorted(flags):
        for flag in flags[submission]:
            found.setdefault(flag.id, {})[submission] = None
    grouped = [FlagSummary(own, tuple(names)) for own, names in found.items()]
    return tuple(sorted(grouped, key=lambda flag: (-len(flag.submissions), flag.id)))


def mistakes_of(result: Result) -> Iterator[tuple[str, str]]:
    """What one submission lost points for: each check and its message; not where a person decided and said nothing."""
    silent = {one.check for one in standing_decisions(result) if one.verdict is not None and not one.comment}
    for question in result.questions:
        for check in question.checks:
            if check.max > 0 and check.verdict in _LOST and check.id not in silent:
                yield check.id, check.message


def mistake_key(check: str, message: str) -> str:
    """What a mistake is called in addresses."""
    return hashlib.sha256(f"{check}\0{message}".encode(errors="replace")).hexdigest()[:12]


def _mean(values: Counter[float]) -> float | None:
    """The mean of values that are counted, exact to the last digit whatever was counted and taken out before."""
    many = values.total()
    return math.fsum(value * count for value, count in values.items()) / many if many else None


def _largest(values: Counter[float]) -> float:
    return max((value for value, count in values.items() if count), default=0.0)
