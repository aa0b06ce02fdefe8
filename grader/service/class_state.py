"""The class as the application shows it, kept in memory and renewed where the ledger has changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from grader.marks import decided, reported
from grader.model import Decision, Result, Value
from grader.service.answer_groups import (
    Doubt,
    Group,
    Kind,
    asked_again,
    decided_groups,
    doubts_of,
    kinds_of,
    proposed,
)
from grader.service.summary import Summary, Tally
from grader.store import Ledger, LedgerVersion
from grader.store.review_desk import Request

_BLIND: Final = "student"
_FEW: Final = 100  # submissions that are asked for one by one


class Entry(Value, frozen=True):
    """One submission: its result, the same as it stands with its decisions, what waits, and its number in blind marking.

    `settled` are the groups of answers that were decided in it.
    """

    result: Result
    standing: Result
    doubts: tuple[Doubt, ...]
    number: int
    settled: tuple[tuple[str, Decision], ...] = ()


class ClassState(Value, frozen=True):
    """Everything at one moment. `version` tells whether the ledger has changed since."""

    version: LedgerVersion
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
    """Reads the class; what has not changed is not read again, and a change costs what it changes."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._guard = threading.Lock()
        self._state: ClassState | None = None
        self._tally = Tally()

    def now(self) -> ClassState:
        """The class as the ledger holds it now."""
        with self._guard:
            version = self._ledger.version()
            if self._state is None or self._state.version != version:
                self._state = self._renewed(version)
            return self._state

    def _renewed(self, version: LedgerVersion) -> ClassState:
        before = self._state
        changed = self._ledger.changed_since(before.version if before is not None else LedgerVersion())
        entries = dict(before.entries) if before is not None else {}
        for entry in map(entries.get, changed):
            if entry is not None:
                self._tally.put(entry.standing, -1)
        fresh = self._read([name for name, present in changed.items() if present])
        for entry in fresh.values():
            self._tally.put(entry.standing)
        if not changed.keys() <= entries.keys() or len(fresh) < len(changed):
            entries = {name: entry for name, entry in (entries | fresh).items() if changed.get(name, True)}
            numbered = enumerate(sorted(entries), start=1)
            entries = {name: _numbered(entries[name], number) for number, name in numbered}
        else:
            entries |= {name: _numbered(entry, entries[name].number) for name, entry in fresh.items()}
        about = self._ledger.about()
        planned = about.get("planned", "")
        return ClassState(
            version,
            about.get("title") or "Submissions",
            entries,
            kinds_of(_waiting(entries, self._ledger.desk.requests(open_only=True))),
            proposed(pair for entry in entries.values() for pair in entry.settled),
            int(planned) if planned.isdigit() else len(entries),
            self._tally.summary(),
        )

    def _read(self, names: Sequence[str]) -> dict[str, Entry]:
        """The entries of these submissions as they are now; the log is read whole only where most of it is asked for."""
        log = self._ledger.log
        whole = len(names) > _FEW
        said, released = (log.not_taken_back(), log.released_at()) if whole else ({}, {})
        found = {}
        for name in names:
            own = said if whole else log.not_taken_back(name)
            at = (released if whole else log.released_at(name)).get(name)
            stored = self._ledger.stored_page(name)
            result = reported(stored.result, own.get(name, ()), page=stored.page, released=at)
            found[name] = Entry(result, decided(result), doubts_of(result), 0, decided_groups(result))
        return found


def _waiting(entries: Mapping[str, Entry], requests: Sequence[Request]) -> Iterator[Doubt]:
    """What waits: doubts, and what students asked to be looked at again; of the same check only that."""
    asked = {
        (one.submission, one.check): doubt
        for one in requests
        if one.submission in entries
        and (doubt := asked_again(entries[one.submission].standing, one.check, one.text)) is not None
    }
    yield from asked.values()
    for entry in entries.values():
        yield from (doubt for doubt in entry.doubts if (doubt.submission, doubt.check.id) not in asked)


def _numbered(entry: Entry, number: int) -> Entry:
    return entry if entry.number == number else msgspec.structs.replace(entry, number=number)
