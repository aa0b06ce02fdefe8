"""The flags of the class by their kind, for staff: how many submissions have each, and the first of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from grader.feedback.textguard import on_one_line
from grader.model import Flag, Value

SHOWN: Final = 30  # submissions of a kind of flag
_AT_ONCE: Final = 8  # of these; the others open on demand
_KINDS: Final = 40
_WORDS: Final = 300  # characters of a flag


class FlagLine(Value, frozen=True):
    """One flag of one submission."""

    submission: str
    link: str
    words: str


class FlagGroup(Value, frozen=True):
    """All submissions with flags of one kind: how many, the first of them, and how many of these are not shown."""

    id: str
    count: int
    first: tuple[FlagLine, ...]
    others: tuple[FlagLine, ...]
    more: int


class FlagGroups:
    """The groups, put together submission by submission."""

    def __init__(self) -> None:
        self.submissions = 0
        self._counts: dict[str, int] = {}
        self._lines: dict[str, list[FlagLine]] = {}

    def add(self, submission: str, link: str, flags: Iterable[Flag]) -> None:
        """Takes in the flags of one submission, whose place on its page `link` names."""
        counted: set[str] = set()
        for flag in flags:
            kind = on_one_line(flag.id, 60)
            if kind in counted:
                continue
            counted.add(kind)
            self._counts[kind] = self._counts.get(kind, 0) + 1
            lines = self._lines.setdefault(kind, [])
            if len(lines) < SHOWN:
                words = on_one_line(flag.message, _WORDS)
                lines.append(FlagLine(on_one_line(submission, 80), link, words))
        self.submissions += bool(counted)

    def groups(self) -> tuple[FlagGroup, ...]:
        """The kinds, the rarest first: what all have tells least."""
        kinds = sorted(self._counts, key=lambda kind: (self._counts[kind], kind))[:_KINDS]
        return tuple(
            FlagGroup(
                kind,
                self._counts[kind],
                tuple(self._lines[kind][:_AT_ONCE]),
                tuple(self._lines[kind][_AT_ONCE:]),
                self._counts[kind] - len(self._lines[kind]),
            )
            for kind in kinds
        )
