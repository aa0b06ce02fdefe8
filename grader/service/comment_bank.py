"""What staff write time and again: the bank of each check, begun with the rubric's own messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from grader.marks import standing_decisions
from grader.model import Result, Value, Verdict
from grader.store import Ledger

MOST: Final = 12  # messages of the rubric that a bank begins with
_LOST: Final = frozenset((Verdict.FAIL, Verdict.MISSING, Verdict.PARTIAL))


class BankEntry(Value, frozen=True):
    """A comment, how often it stands on a decision now, and its number; 0 for a message of the rubric."""

    text: str
    uses: int
    number: int = 0


class CheckWords(Value, frozen=True):
    """What stands on a check in the class, each with how often: comments of people, the rubric's messages to who lost points."""

    comments: Mapping[str, int]
    messages: Mapping[str, int]


class Wordings:
    """The words of all checks, to and from which single results are put: a change costs what it changes."""

    def __init__(self) -> None:
        self._comments: dict[str, Counter[str]] = {}
        self._messages: dict[str, Counter[str]] = {}

    def put(self, result: Result, sign: int = 1) -> None:
        """Counts a result as the program found it, with its decisions beside it; with -1 takes it out."""
        for decision in standing_decisions(result):
            if decision.comment:
                _count(self._comments, decision.check, decision.comment, sign)
        for question in result.questions:
            for check in question.checks:
                if check.verdict in _LOST and check.message:
                    _count(self._messages, check.id, check.message, sign)

    def words(self) -> dict[str, CheckWords]:
        """What is counted now, by check."""
        found = {}
        for check in self._comments.keys() | self._messages.keys():
            comments, messages = self._comments.get(check), self._messages.get(check)
            if comments or messages:
                found[check] = CheckWords(dict(comments or {}), dict(messages or {}))
        return found


def _count(counts: dict[str, Counter[str]], check: str, text: str, sign: int) -> None:
    own = counts.setdefault(check, Counter())
    own[text] += sign
    if not own[text]:
        del own[text]


def bank(ledger: Ledger, words: Mapping[str, CheckWords], check: str) -> list[BankEntry]:
    """The comments of a check, the most used first, then the rubric's messages to those who lost points there."""
    said = words.get(check, CheckWords({}, {}))
    uses = Counter(said.comments)
    kept = ledger.desk.comments(check)
    own = sorted((BankEntry(one.text, uses[one.text], one.id) for one in kept), key=lambda entry: -entry.uses)
    known = {entry.text for entry in own}
    own += [BankEntry(text, count) for text, count in uses.most_common() if text not in known]
    known |= set(uses)
    messages = Counter(said.messages).most_common(MOST)
    return own + [BankEntry(text, 0) for text, _ in messages if text not in known]
