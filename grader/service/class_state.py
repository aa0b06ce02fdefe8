"""The class as the application shows it, kept in memory and renewed where the ledger has changed."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Final

import msgspec

from grader.marks import decided, reported
from grader.model import Decision, Result, Value
from grader.service.answer_groups import Doubt, Group, Kind, decided_groups, doubts_of, group_of, kinds_of
from grader.service.summary import Summary, summary_of
from grader.store import Ledger

_BLIND: Final = "student"


class Entry(Value, frozen=True):
    """One submission: its result, the same as it stands with its decisions, what waits, and its number in blind marking."""

    result: Result
    standing: Result
    doubts: tuple[Doubt, ...]
    number: int


class ClassState(Value, frozen=True):
    """Everything at one moment. `version` tells whether the ledger has changed since."""

    version: tuple[object, ...]
    title: str
    entries: Mapping[str, Entry]
    kinds: tuple[Kind, ...]
    proposals: Mapping[str, Decision]
    planned: int
    summary: Summary

    def groups(self) -> list[Group]:
        """All groups in the order of the queue."""
        return [group for kind in self.kinds for group in kind.groups]

    def group(self, key: str) -> Group | None:
        """The group of that name."""
        return next((group for group in self.groups() if group.key == key), None)

    def name(self, submission: str, *, blind: bool) -> str:
        """What a submission is called on a page: its name, or in blind marking a number."""
        if not blind:
            return submission
        entry = self.entries.get(submission)
        return f"{_BLIND} {entry.number}" if entry is not None else _BLIND


class ClassReader:
    """Reads the class; what has not changed is not read again."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._guard = threading.Lock()
        self._state: ClassState | None = None
        self._keys: dict[str, tuple[object, ...]] = {}

    def now(self) -> ClassState:
        """The class as the ledger holds it now."""
        with self._guard:
            version = self._ledger.version()
            if self._state is None or self._state.version != version:
                self._state = self._renewed(version)
            return self._state

    def _renewed(self, version: tuple[object, ...]) -> ClassState:
        ledger = self._ledger
        digests, said, released = ledger.digests(), ledger.log.not_taken_back(), ledger.log.released()
        before = self._state.entries if self._state is not None else {}
        entries: dict[str, Entry] = {}
        keys: dict[str, tuple[object, ...]] = {}
        for number, (name, stored) in enumerate(digests.items(), start=1):
            own, release = said.get(name, []), released.get(name)
            keys[name] = (stored.page, tuple(own), release.at if release is not None else None)
            if name in before and self._keys.get(name) == keys[name]:
                entries[name] = msgspec.structs.replace(before[name], number=number)
                continue
            page = ledger.stored_page(name)
            result = reported(
                page.result, own, page=page.page, released=release.at if release is not None else None
            )
            entries[name] = Entry(result, decided(result), doubts_of(result), number)
        self._keys = keys
        about = ledger.about()
        planned = about.get("planned", "")
        return ClassState(
            version,
            about.get("title") or "Submissions",
            entries,
            kinds_of(doubt for entry in entries.values() for doubt in entry.doubts),
            decided_groups(said, _groups_of(entries, said)),
            int(planned) if planned.isdigit() else len(entries),
            summary_of([entry.standing for entry in entries.values()]),
        )


def _groups_of(entries: Mapping[str, Entry], said: Mapping[str, list[Decision]]) -> dict[str, str]:
    return {
        f"{name}\0{check.id}": group_of(check)
        for name in said
        if name in entries
        for question in entries[name].result.questions
        for check in question.checks
    }
