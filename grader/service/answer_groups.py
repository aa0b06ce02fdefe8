"""What waits for a person, grouped: by question, by kind of doubt, and by answers that are the same for the rubric.

Two answers are one group only where the check, the reason of the doubt and the passages themselves are the same but for
case, spacing and punctuation: a decision on one is then a decision on all, as a person may confirm. Pure; no store.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from grader.marks import open_checks
from grader.model import CheckResult, Decision, QuestionResult, Result, Value, Verdict

_QUOTED: Final = re.compile(r"'[^'\n]{0,400}'|\"[^\"\n]{0,400}\"|`[^`\n]{0,400}`")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_SPACES: Final = re.compile(r"\s+")


ASKED: Final = "The student asks for another look"


class Doubt(Value, frozen=True):
    """A check of one submission that waits for a person. `number` is the student's in blind marking."""

    submission: str
    question: QuestionResult
    check: CheckResult
    at_stake: float
    kind: str
    group: str
    before: Decision | None = None


class Group(Value, frozen=True):
    """Doubts that one decision may settle: the same check, the same kind of doubt, the `same` answer.

    Without the last they are only of one kind: an assistant who asks for it may decide them together, each looked at.
    """

    key: str
    kind: str
    members: tuple[Doubt, ...]
    same: bool = True

    @property
    def first(self) -> Doubt:
        """The one that is shown for all."""
        return self.members[0]

    @property
    def at_stake(self) -> float:
        """The points of all its members."""
        return sum(doubt.at_stake for doubt in self.members)


class Kind(Value, frozen=True):
    """Groups whose doubt is of one kind, the largest first."""

    question: str
    title: str
    check: str
    reason: str
    groups: tuple[Group, ...]

    @property
    def at_stake(self) -> float:
        """The points of all its groups."""
        return sum(group.at_stake for group in self.groups)

    @property
    def count(self) -> int:
        """How many submissions wait in it."""
        return sum(len(group.members) for group in self.groups)

    @property
    def key(self) -> str:
        """The name of all of its groups together in addresses."""
        return (
            "kind" + hashlib.sha256(f"{self.check}\0{self.reason}".encode(errors="replace")).hexdigest()[:16]
        )

    @property
    def together(self) -> Group:
        """All of its groups as one."""
        members = (doubt for group in self.groups for doubt in group.members)
        return Group(
            self.key, self.reason, tuple(sorted(members, key=lambda one: one.submission)), same=False
        )


def doubts_of(result: Result) -> tuple[Doubt, ...]:
    """What waits for a person in one submission."""
    return tuple(
        Doubt(
            result.submission,
            one.question,
            one.check,
            one.at_stake,
            kind_of(one.check),
            group_of(one.check),
            one.before,
        )
        for one in open_checks(result)
    )


def asked_again(standing: Result, about: str, text: str) -> Doubt | None:
    """A student's request about a check, a question or the whole as an item like any other; the whole has no verdict."""
    words = f'{ASKED}: "{text.replace(chr(34), chr(39))}"'
    if not about:
        title = "The whole submission"
        question = QuestionResult("", Verdict.NOT_RUN, standing.points, standing.max, (), title)
        whole = CheckResult("", Verdict.NOT_RUN, standing.points, 0.0, "", title=title, staff=words)
        return Doubt(standing.submission, question, whole, 0.0, f"{ASKED}.", "")
    for question in standing.questions:
        whole = CheckResult(
            question.id, question.verdict, question.points, question.max, "", title=question.title
        )
        for check in (whole, *question.checks):
            if check.id == about:
                shown = msgspec.structs.replace(check, staff=words)
                return Doubt(standing.submission, question, shown, check.max, f"{ASKED}.", "")
    return None


def kind_of(check: CheckResult) -> str:
    """The reason of a doubt without what is one student's own: quotations and numbers."""
    reason = check.staff or check.message
    return _SPACES.sub(" ", _NUMBER.sub("#", _QUOTED.sub("…", reason[:2_000]))).strip()[:300]


def group_of(check: CheckResult) -> str:
    """What answers must have in common to be decided together; a picture or an empty passage is like no other."""
    digest = hashlib.sha256(f"{check.id}\0{kind_of(check)}\0{check.message}\0".encode())
    passages = [_normal(one.excerpt) for one in check.evidence]
    if not passages or any(len(passage) < 3 or passage == "picture" for passage in passages):
        return ""
    for passage in passages:
        digest.update(passage.encode(errors="replace") + b"\0")
    return digest.hexdigest()[:20]


def _normal(text: str) -> str:
    """A passage without case, spacing and the punctuation around it; signs of maths and code stay."""
    composed = unicodedata.normalize("NFKC", text).casefold()
    return _SPACES.sub("", composed.replace("*", "·").replace("×", "·")).strip(".,;:!\"'`")


def kinds_of(doubts: Iterable[Doubt]) -> tuple[Kind, ...]:
    """The queue: by question, then most points at stake; in it the largest groups first."""
    groups: dict[str, list[Doubt]] = {}
    for doubt in doubts:
        groups.setdefault(_key(doubt), []).append(doubt)
    by_kind: dict[tuple[str, str], list[Group]] = {}
    for key, members in groups.items():
        made = Group(key, members[0].kind, tuple(sorted(members, key=lambda doubt: doubt.submission)))
        by_kind.setdefault((members[0].check.id, members[0].kind), []).append(made)
    kinds = []
    for (check, reason), own in by_kind.items():
        ordered = tuple(sorted(own, key=lambda group: (-group.at_stake, group.key)))
        first = ordered[0].first
        title = first.check.title or check
        kinds.append(Kind(first.question.id, title, check, reason, ordered))
    return tuple(sorted(kinds, key=lambda kind: (kind.question, -kind.at_stake, kind.check, kind.reason)))


def _key(doubt: Doubt) -> str:
    """The name of a group in addresses: of equal answers one, of others each its own."""
    if doubt.group:
        return doubt.group
    return hashlib.sha256(f"{doubt.submission}\0{doubt.check.id}".encode()).hexdigest()[:20]


def part_of(groups: Sequence[Group], part: int, parts: int) -> list[Group]:
    """The groups of one of several assistants: each group falls to one of them, whatever else is there."""
    if parts < 2:
        return list(groups)
    return [group for group in groups if int(group.key[:8], 16) % parts == part - 1]


def decided_groups(result: Result) -> tuple[tuple[str, Decision], ...]:
    """The groups of answers that were decided in one submission, each with its decision; the oldest first."""
    groups = {check.id: check for question in result.questions for check in question.checks}
    return tuple(
        (group, decision)
        for decision in result.decisions
        if decision.verdict is not None
        and not decision.student
        and decision.check in groups
        and (group := group_of(groups[decision.check]))
    )


def proposed(decided: Iterable[tuple[str, Decision]]) -> dict[str, Decision]:
    """For each group the newest decision: proposed to whoever meets it again."""
    found: dict[str, Decision] = {}
    for group, decision in decided:
        if group not in found or found[group].at <= decision.at:
            found[group] = decision
    return found
