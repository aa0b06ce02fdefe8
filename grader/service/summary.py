"""The class in a few figures: made once for each state of the ledger, however often the page is asked for."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from grader.marks import standing_decisions
from grader.model import QuestionResult, Result, Status, Value, Verdict

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


def summary_of(results: Sequence[Result]) -> Summary:
    """The figures of results that have their decisions in them."""
    closed = [result.points for result in results if result.status is Status.GRADED]
    return Summary(
        sum(one.status is Status.REVIEW for one in results),
        sum(one.status is Status.ERROR for one in results),
        sum(bool(one.released) for one in results),
        sum(one.late for one in results),
        _mean(closed),
        max((one.max for one in results), default=0.0),
        _questions(results),
        _flags(results),
        _mistakes(results),
    )


def _questions(results: Sequence[Result]) -> tuple[QuestionSummary, ...]:
    columns: dict[str, list[QuestionResult]] = {}
    for result in results:
        for question in result.questions:
            columns.setdefault(question.id, []).append(question)
    found = []
    for own, column in columns.items():
        closed = [one.points for one in column if one.verdict not in _OPEN]
        counts = Counter(one.verdict for one in column)
        found.append(
            QuestionSummary(
                own,
                column[0].title,
                _mean(closed),
                max(one.max for one in column),
                len(column) - len(closed),
                tuple((verdict, counts[verdict]) for verdict in Verdict if counts[verdict]),
            )
        )
    return tuple(found)


def _flags(results: Sequence[Result]) -> tuple[FlagSummary, ...]:
    found: dict[str, dict[str, None]] = {}
    for result in results:
        for flag in result.flags:
            found.setdefault(flag.id, {})[result.submission] = None
    grouped = [FlagSummary(own, tuple(names)) for own, names in found.items()]
    return tuple(sorted(grouped, key=lambda flag: (-len(flag.submissions), flag.id)))


def _mistakes(results: Sequence[Result]) -> tuple[Mistake, ...]:
    """The commonest messages to those who lost points, with their check."""
    said = Counter(key for result in results for key in dict.fromkeys(mistakes_of(result)))
    return tuple(
        Mistake(mistake_key(check, message), check, message, count)
        for (check, message), count in said.most_common(_COMMONEST)
    )


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


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
