"""What staff write time and again: the bank of each check, begun with the rubric's own messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from grader.marks import standing_decisions
from grader.model import Value, Verdict
from grader.service.class_state import ClassState
from grader.store import Ledger

MOST: int = 12  # messages of the rubric that a bank begins with


class BankEntry(Value, frozen=True):
    """A comment, how often it stands on a decision now, and its number; 0 for a message of the rubric."""

    text: str
    uses: int
    number: int = 0


def bank(ledger: Ledger, state: ClassState, check: str) -> list[BankEntry]:
    """The comments of a check, the most used first, then the rubric's messages to those who lost points there."""
    uses = Counter(_comments(state, check))
    kept = ledger.desk.comments(check)
    own = sorted((BankEntry(one.text, uses[one.text], one.id) for one in kept), key=lambda entry: -entry.uses)
    known = {entry.text for entry in own}
    own += [BankEntry(text, count) for text, count in uses.most_common() if text not in known]
    known |= set(uses)
    said = Counter(
        one.message
        for entry in state.entries.values()
        for question in entry.result.questions
        for one in question.checks
        if one.id == check and one.verdict in {Verdict.FAIL, Verdict.MISSING, Verdict.PARTIAL} and one.message
    )
    return own + [BankEntry(text, 0) for text, _ in said.most_common(MOST) if text not in known]


def _comments(state: ClassState, check: str) -> Iterable[str]:
    for entry in state.entries.values():
        for decision in standing_decisions(entry.result):
            if decision.check == check and decision.comment:
                yield decision.comment
