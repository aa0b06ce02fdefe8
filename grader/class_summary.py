"""What the class came to in a few numbers and names, as a command says it at its end."""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from typing import Final

from grader.lateness import handed_in_at
from grader.model import ExecutionStatus, Result, Status, Value, Verdict

NAMED: Final = 25  # submissions of a list; more are counted
_OPEN: Final = frozenset((Verdict.REVIEW, Verdict.ERROR))


class QuestionSummary(Value, frozen=True):
    """A question's verdicts over the class, and the mean of the points that are no longer open; None where all are."""

    id: str
    max: float
    mean: float | None
    counts: dict[Verdict, int]


class ClassSummary(Value, frozen=True):
    """The whole class. `waiting` and `flagged` are the first `NAMED`: each submission with its checks, or its flags.

    `not_run` are the reasons why notebooks were not run, with how many. `late` names all that are; of `untimed` it is not known when they were handed in, and nobody says that they are late.
    """

    submissions: int
    status: dict[Status, int]
    questions: tuple[QuestionSummary, ...]
    waiting: tuple[tuple[str, tuple[str, ...]], ...]
    flagged: tuple[tuple[str, tuple[str, ...]], ...]
    flags: int
    late: tuple[str, ...] = ()
    untimed: int = 0
    not_run: tuple[tuple[str, int], ...] = ()


class SummedUp:
    """A summary that is put together result by result."""

    def __init__(self) -> None:
        self._status: Counter[Status] = Counter()
        self._counts: dict[str, Counter[Verdict]] = {}
        self._points: dict[str, tuple[float, int, float]] = {}  # the sum, of how many, and the most
        self._waiting: list[tuple[str, tuple[str, ...]]] = []
        self._flagged: list[tuple[str, tuple[str, ...]]] = []
        self._flags = 0
        self._late: list[str] = []
        self._untimed = 0
        self._not_run: Counter[str] = Counter()

    def add(self, result: Result) -> None:
        """Takes in one result, as it stands with its decisions."""
        self._status[result.status] += 1
        for question in result.questions:
            self._counts.setdefault(question.id, Counter())[question.verdict] += 1
            total, count, most = self._points.get(question.id, (0.0, 0, 0.0))
            closed = question.verdict not in _OPEN
            self._points[question.id] = (
                total + question.points * closed,
                count + closed,
                max(most, question.max),
            )
        if result.execution.status is ExecutionStatus.SKIPPED and len(self._not_run) < NAMED:
            self._not_run[result.execution.note] += 1
        if result.late:
            self._late.append(result.submission)
        else:
            self._untimed += handed_in_at(result.submitted_at, UTC) is None
        if result.status is Status.REVIEW and len(self._waiting) < NAMED:
            checks = tuple(
                check.id
                for question in result.questions
                for check in question.checks
                if check.verdict is Verdict.REVIEW and check.max > 0
            )
            self._waiting.append((result.submission, checks))
        if result.flags:
            self._flags += 1
            if len(self._flagged) < NAMED:
                self._flagged.append((result.submission, tuple(sorted({flag.id for flag in result.flags}))))

    def summary(self) -> ClassSummary:
        """What it comes to."""
        questions = tuple(
            QuestionSummary(
                own,
                self._points[own][2],
                self._points[own][0] / self._points[own][1] if self._points[own][1] else None,
                dict(counts),
            )
            for own, counts in self._counts.items()
        )
        return ClassSummary(
            self._status.total(),
            dict(self._status),
            questions,
            tuple(self._waiting),
            tuple(self._flagged),
            self._flags,
            tuple(self._late),
            self._untimed,
            tuple(self._not_run.items()),
        )
