"""What a result comes to with what people decided: automatic verdicts, and the newest valid decisions over them.

A decision stands as long as the evidence that it was made on is the same. It is never lost: once the evidence has
changed it is shown, and the check is open again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from grader.model import (
    CheckResult,
    Decision,
    QuestionResult,
    Result,
    Status,
    Value,
    Verdict,
    question_verdict,
)
from grader.page_data import PageData

_DIGITS: Final = 2  # of points
_LEADS_ON: Final = frozenset((Verdict.PASS, Verdict.PARTIAL))
_OPEN: Final = frozenset((Verdict.REVIEW, Verdict.ERROR))
# What a verdict gives where a person says no points with it; part of the points is for a person to say.
_SHARES: Final[Mapping[Verdict, float]] = {Verdict.PASS: 1.0, Verdict.FAIL: 0.0, Verdict.MISSING: 0.0}
DECIDABLE: Final = (Verdict.PASS, Verdict.PARTIAL, Verdict.FAIL, Verdict.MISSING)


class OpenCheck(Value, frozen=True):
    """A check that waits for a person. `at_stake` are its points; `before` is a decision whose evidence has changed."""

    question: QuestionResult
    check: CheckResult
    at_stake: float
    before: Decision | None = None


def evidence_digest(result: Result, check: str, page: PageData | None = None) -> str:
    """A digest of what a decision on a check, a question or the whole (an empty `check`) is made on.

    It holds the automatic verdict, the passages it rests on and their pictures; where there is no passage, all that
    was handed in. A rubric that comes to the same evidence changes nothing.
    """
    digest = hashlib.sha256()
    checks = [
        one for question in result.questions for one in question.checks if check in ("", question.id, one.id)
    ]
    bare = not checks or not check
    for one in checks:
        digest.update(f"{one.id}\0{one.verdict}\0{one.max}\0".encode())
        for item in one.evidence:
            digest.update(f"{item.source}\0{item.where}\0{item.excerpt}\0".encode(errors="replace"))
        bare = bare or not one.evidence
        for passage in page.passages if page is not None else ():
            if passage.check_id == one.id:
                digest.update(
                    f"{passage.title}\0{passage.text}\0{passage.picture}\0".encode(errors="replace")
                )
    if bare:
        for file in result.files:
            digest.update(f"{file.name}\0{file.sha256}\0".encode(errors="replace"))
    return digest.hexdigest()


def checked(
    result: Result, decisions: Iterable[Decision], page: PageData | None = None
) -> tuple[Decision, ...]:
    """The decisions, each valid or not by what the evidence is now; oldest first."""
    digests: dict[str, str] = {}
    found = []
    for decision in decisions:
        if decision.check not in digests:
            digests[decision.check] = evidence_digest(result, decision.check, page)
        # A comment that decides nothing says nothing that new evidence could make untrue.
        valid = decision.verdict is None or decision.evidence == digests[decision.check]
        found.append(msgspec.structs.replace(decision, valid=valid))
    return tuple(found)


def points_of(verdict: Verdict, most: float, given: float | None = None) -> float:
    """The points of a decision. Raises `ValueError` with a sentence if they are not given, or out of range."""
    if verdict not in DECIDABLE:
        raise ValueError(f"{verdict} is not for a person to say: " + ", ".join(DECIDABLE))
    if given is None and verdict not in _SHARES:
        raise ValueError(f"{verdict} needs its points, between 0 and {most:g}")
    points = round(most * _SHARES[verdict] if given is None else given, _DIGITS)
    if not 0 <= points <= most:
        raise ValueError(f"{points:g} points are not between 0 and {most:g}")
    return points


def decided(result: Result, *, student: str = "") -> Result:
    """The result as it stands with its valid decisions: verdicts and points replaced, what they lead to opened.

    With `student`, also what was decided for that one of a group alone. A check that waited for another is open once
    that one has passed by a decision: nobody has looked at it yet.
    """
    standing: dict[str, Decision] = {}
    for decision in result.decisions:
        if decision.valid and decision.verdict is not None and decision.student in ("", student):
            standing.pop(decision.check, None)
            standing[decision.check] = decision
    questions = []
    for question in result.questions:
        checks = _opened([_with(check, standing.get(check.id)) for check in question.checks], standing)
        points = round(sum(check.points for check in checks), _DIGITS)
        own = standing.get(question.id)
        verdict = question_verdict(checks)
        if own is not None and own.verdict is not None:
            verdict, points = own.verdict, points_of(own.verdict, question.max, own.points)
            checks = [_closed(check) for check in checks]
        questions.append(
            msgspec.structs.replace(question, checks=tuple(checks), verdict=verdict, points=points)
        )
    verdicts = {question.verdict for question in questions}
    return msgspec.structs.replace(
        result,
        questions=tuple(questions),
        points=round(max(0.0, sum(question.points for question in questions) + result.late_points), _DIGITS),
        status=Status.ERROR
        if Verdict.ERROR in verdicts
        else Status.REVIEW
        if Verdict.REVIEW in verdicts
        else Status.GRADED,
    )


def standing_decisions(result: Result) -> tuple[Decision, ...]:
    """Of the valid decisions the newest of each check, question or the whole, for all of a group and for each of it."""
    newest = {(one.check, one.student): one for one in result.decisions if one.valid}
    return tuple(newest.values())


def _with(check: CheckResult, decision: Decision | None) -> CheckResult:
    if decision is None or decision.verdict is None:
        return check
    points = points_of(decision.verdict, check.max, decision.points)
    message = decision.comment or _message(check, decision.verdict)
    hint = "" if decision.verdict is Verdict.PASS else check.hint
    return msgspec.structs.replace(check, verdict=decision.verdict, points=points, message=message, hint=hint)


def _message(check: CheckResult, verdict: Verdict) -> str:
    """What the student reads of a decision without a comment: nothing any more of a person who is going to look."""
    if verdict is check.verdict:
        return check.message
    return {
        Verdict.PASS: "A teacher has looked at this, and it is right.",
        Verdict.PARTIAL: "A teacher has looked at this, and some of it is right.",
        Verdict.FAIL: "A teacher has looked at this, and it is not right.",
        Verdict.MISSING: "A teacher has looked for this and did not find it.",
    }.get(verdict, check.message)


def _opened(checks: Sequence[CheckResult], standing: Mapping[str, Decision]) -> list[CheckResult]:
    verdicts = {check.id: check.verdict for check in checks}
    return [
        msgspec.structs.replace(check, verdict=Verdict.REVIEW, message="A person looks at this.")
        if check.verdict is Verdict.NOT_RUN
        and check.max > 0
        and any(other in standing for other in check.depends)
        and all(verdicts.get(other) in _LEADS_ON for other in check.depends)
        else check
        for check in checks
    ]


def _closed(check: CheckResult) -> CheckResult:
    """A check within a question that was decided as a whole: it waits for nobody any more."""
    if check.verdict not in _OPEN:
        return check
    return msgspec.structs.replace(
        check, verdict=Verdict.NOT_RUN, message="Decided with the question as a whole."
    )


def reported(
    result: Result,
    decisions: Iterable[Decision] = (),
    *,
    page: PageData | None = None,
    released: str | None = None,
) -> Result:
    """The result as ``results.jsonl`` has it: automatic verdicts, the decisions, points and status with them."""
    whole = msgspec.structs.replace(result, decisions=checked(result, decisions, page), released=released)
    effective = decided(whole)
    return msgspec.structs.replace(whole, points=effective.points, status=effective.status)


def open_checks(result: Result) -> tuple[OpenCheck, ...]:
    """What waits for a person: checks in review that carry points, after the valid decisions."""
    effective = decided(result)
    before = {one.check: one for one in result.decisions if not one.valid}
    return tuple(
        OpenCheck(question, check, check.max, before.get(check.id) or before.get(question.id))
        for question in effective.questions
        for check in question.checks
        if check.max > 0 and check.verdict is Verdict.REVIEW
    )


def open_points(result: Result) -> float:
    """The points that nobody has decided yet: of checks in review, and of those that wait for one."""
    effective = decided(result)
    total = 0.0
    for question in effective.questions:
        waiting = {check.id for check in question.checks if check.verdict in _OPEN}
        for check in question.checks:
            held_up = check.verdict is Verdict.NOT_RUN and any(other in waiting for other in check.depends)
            if check.id in waiting or held_up:
                total += check.max
    return round(total, _DIGITS)


def by_student(result: Result) -> tuple[Result, ...]:
    """The result as it stands, one for each of a group where something was decided for one of them alone."""
    named = {decision.student for decision in result.decisions if decision.student and decision.valid}
    if not named:
        return (decided(result),)
    return tuple(
        msgspec.structs.replace(decided(result, student=student.id), students=(student,))
        for student in result.students
    )


def comments_on(result: Result, *, student: str = "") -> dict[str, str]:
    """What people wrote to the student, the newest for each check, question or the whole (an empty key)."""
    found: dict[str, str] = {}
    for decision in result.decisions:
        if decision.comment and decision.valid and decision.student in ("", student):
            found[decision.check] = decision.comment
    return found
