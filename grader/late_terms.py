"""What is late in a graded folder, and what it costs there: the deadline and the rule that its ledger keeps, applied to results."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec

from grader.errors import LedgerError
from grader.lateness import Deadline, LateRule, dated, penalised
from grader.marks import decided
from grader.model import Result, Submission, Value
from grader.store import Ledger

_DEADLINE: Final = "deadline"
_RULE: Final = "late_rule"
_APPLIED: Final = "late_applied"  # what the results were brought up to date with


class LateTerms(Value, frozen=True):
    """The deadline and the rule of one folder; neither needs to be there."""

    deadline: Deadline | None = None
    rule: LateRule | None = None

    def applied_to(self, result: Result, submission: Submission) -> Result:
        """The result with what its lateness is and costs, by what is known of the submission."""
        return self.costed(
            dated(
                result,
                lms_late=submission.late,
                submitted_at=submission.submitted_at,
                deadline=self.deadline,
            )
        )

    def costed(self, result: Result) -> Result:
        """The result with what its lateness costs now."""
        whole = penalised(result, self.deadline, self.rule)
        if whole.late_points == result.late_points:
            return whole
        return msgspec.structs.replace(whole, points=decided(whole).points)


def late_terms(ledger: Ledger) -> LateTerms:
    """What the ledger keeps. Raises `LedgerError` if it cannot be read."""
    about = ledger.about()
    try:
        return LateTerms(
            msgspec.json.decode(about[_DEADLINE], type=Deadline) if about.get(_DEADLINE) else None,
            msgspec.json.decode(about[_RULE], type=LateRule) if about.get(_RULE) else None,
        )
    except msgspec.DecodeError as problem:
        raise LedgerError(
            f"{ledger.place} holds a deadline or a rule for late work that cannot be read ({problem}): say it again"
        ) from problem


def keep_deadline(ledger: Ledger, deadline: Deadline) -> None:
    """Makes it the folder's deadline; results follow as they are graded, or looked through."""
    ledger.describe(**{_DEADLINE: msgspec.json.encode(deadline).decode()})


def bring_up_to_date(ledger: Ledger, submissions: Sequence[Submission]) -> None:
    """Applies the folder's terms to all results, where the terms or what is known of the `submissions` have changed."""
    terms = late_terms(ledger)
    known = [(one.id, one.late, one.submitted_at) for one in submissions]
    applied = hashlib.sha256(msgspec.json.encode((terms, known))).hexdigest()
    if ledger.about().get(_APPLIED) == applied:
        return
    by_id = {one.id: one for one in submissions}
    changed = [
        after
        for before in ledger.each_result(ledger.digests())
        if (after := terms.applied_to(before, by_id[before.submission])) != before
    ]
    if changed:
        ledger.amend(changed)
    ledger.describe(**{_APPLIED: applied})


def keep_rule(ledger: Ledger, rule: LateRule | None) -> None:
    """Makes it the folder's rule for late work, none for none, and applies it to every result."""
    ledger.describe(**{_RULE: msgspec.json.encode(rule).decode() if rule is not None else ""})
    terms = late_terms(ledger)
    changed = [after for before in ledger.results() if (after := terms.costed(before)) != before]
    if changed:
        ledger.amend(changed)
