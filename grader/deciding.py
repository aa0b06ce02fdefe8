"""What a person does with a doubt: decides, takes back, releases. Each is checked here, and then only added to the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from grader.errors import DecisionRefused
from grader.marks import DECIDABLE, decided, evidence_digest, open_points, points_of, reported
from grader.model import CheckResult, Decision, QuestionResult, Result, Status, Value, Verdict
from grader.store import Ledger, LoggedDecision, Release


class Saying(Value, frozen=True):
    """What someone wants to decide, before it is checked: see `Decision`. `check` may be a question, or empty."""

    submission: str
    check: str
    verdict: Verdict | None = None
    points: float | None = None
    comment: str = ""
    reason: str = ""
    student: str = ""


def decide(ledger: Ledger, sayings: Sequence[Saying], *, by: str) -> list[LoggedDecision]:
    """Adds decisions, all or none; a verdict answers what students asked of the same check, a comment what they asked of all.

    Raises `DecisionRefused` for the first that cannot stand, `LedgerError` for a ledger.
    """
    at = timestamp()
    rows = ledger.log.append([_row(ledger, saying, by, at) for saying in sayings])
    ledger.desk.answer(
        {
            (row.submission, row.decision.check): _answer(row)
            for row in rows
            if row.decision.verdict or not row.decision.check
        }
    )
    return rows


def _answer(row: LoggedDecision) -> str:
    """What closes a request, so that taking the decision back opens it again."""
    return f"{row.decision.at} by {row.decision.by}, decision {row.id}"


def _row(ledger: Ledger, saying: Saying, by: str, at: str) -> LoggedDecision:
    stored = ledger.stored_page(saying.submission)
    result = stored.result
    target = target_of(result, saying.check)
    if saying.student and saying.student not in {student.id for student in result.students}:
        names = ", ".join(student.id for student in result.students) or "nobody by name"
        raise DecisionRefused(f"{saying.submission} was handed in by {names}, not by {saying.student!r}")
    points = saying.points
    if saying.verdict is None:
        if points is not None or not (saying.comment or saying.reason):
            raise DecisionRefused(
                f"{saying.submission} {saying.check}: say a verdict ({', '.join(DECIDABLE)}), or a comment alone"
            )
    elif target is None:
        raise DecisionRefused(
            f"{saying.submission}: a verdict is of a check or a question; of the whole there is only a comment"
        )
    else:
        try:
            points = points_of(saying.verdict, target.max, saying.points)
        except ValueError as problem:
            raise DecisionRefused(f"{saying.submission} {saying.check}: {problem}") from problem
    decision = Decision(
        saying.check,
        saying.verdict,
        points,
        saying.comment.strip(),
        saying.reason.strip(),
        by,
        at,
        saying.student,
        evidence_digest(result, saying.check, stored.page),
        result.grader.rubric,
    )
    return LoggedDecision(0, saying.submission, decision, _stood(ledger, saying, result))


def target_of(result: Result, check: str) -> CheckResult | QuestionResult | None:
    """What is decided: a check, a question, or nothing but the whole. Raises `DecisionRefused` if there is none."""
    if not check:
        return None
    for question in result.questions:
        if question.id == check:
            return question
        for one in question.checks:
            if one.id == check:
                return one
    known = ", ".join(
        name for question in result.questions for name in (question.id, *(one.id for one in question.checks))
    )
    raise DecisionRefused(f"{result.submission} has no check {check!r}; there is: {known}")


def _stood(ledger: Ledger, saying: Saying, result: Result) -> str:
    """How the check stood before, in words, for whoever reads the log."""
    before = ledger.log.not_taken_back(saying.submission).get(saying.submission, [])
    stood = decided(reported(result, before), student=saying.student)
    target = target_of(stood, saying.check)
    return f"{target.verdict} {target.points:g}" if target is not None else f"{stood.points:g} points"


def undo(ledger: Ledger, number: int, *, by: str, together: bool = False) -> list[LoggedDecision]:
    """Takes a row back, by a new one; `together`, also those that were decided with it and stand still.

    Raises `DecisionRefused` if there is none, or it is taken back already.
    """
    others = ledger.log.rows_with(number) if together else []
    gone = ledger.log.taken_back(others)
    numbers = [number, *(row.id for row in others if row.id != number and row.id not in gone)]
    rows = ledger.log.take_back(sorted(numbers), by=by, at=timestamp())
    taken = [row for number in numbers if (row := ledger.log.row(number)) is not None]
    ledger.desk.open_again({_answer(row) for row in taken})
    return rows


def release(
    ledger: Ledger, submissions: Iterable[str], *, by: str
) -> tuple[list[str], list[tuple[str, str]]]:
    """Releases submissions as they stand now: which, and which not with the reason.

    What waits for a person or met an error of ours is not released.
    """
    standing = ledger.log.not_taken_back()
    now = timestamp()  # the same of all: the log tells them as one
    done: list[Release] = []
    withheld: list[tuple[str, str]] = []
    names = list(dict.fromkeys(submissions))
    for name, stored in zip(names, ledger.stored_pages(names), strict=True):
        result = reported(stored.result, standing.get(name, ()), page=stored.page, released=now)
        if result.status is Status.ERROR:
            withheld.append((name, "grading it failed on our side; grade again"))
        elif result.status is Status.REVIEW:
            withheld.append((name, f"a person has to decide on {open_points(result):g} points first"))
        else:
            done.append(Release(name, now, by, result))
    ledger.log.release(done)
    return [one.submission for one in done], withheld


def take_back(ledger: Ledger, submissions: Iterable[str], *, by: str) -> None:
    """Takes releases back: students read what they read before any release."""
    now = timestamp()
    ledger.log.release(Release(name, now, by, None) for name in submissions)


def timestamp() -> str:
    """This moment as the ledger writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
