"""The class as the application shows it, kept in memory and renewed where the ledger has changed."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from grader.grading.clusters import Cluster, clusters
from grader.grading.likeness import flags as flags_of
from grader.marks import decided, reported
from grader.model import Decision, Flag, Result, Value
from grader.page_data import Pair
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
from grader.service.comment_bank import CheckWords, Wordings
from grader.service.summary import Summary, Tally
from grader.store import Ledger, LedgerVersion
from grader.store.review_desk import Request

_BLIND: Final = "student"
_FEW: Final = 100  # submissions that are asked for one by one


class Entry(Value, frozen=True):
    """One submission: its result, the same as it stands with its decisions, what waits, and its name in blind marking.

    `settled` are the groups of answers that were decided in it.
    """

    result: Result
    standing: Result
    doubts: tuple[Doubt, ...]
    alias: str
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
    clusters: tuple[Cluster, ...]
    flags: Mapping[str, tuple[Flag, ...]]
    aliases: Mapping[str, str]
    words: Mapping[str, CheckWords]

    def groups(self) -> list[Group]:
        """All groups in the order of the queue."""
        return [group for kind in self.kinds for group in kind.groups]

    def group(self, key: str) -> Group | None:
        """The group of that name, or all of a kind together."""
        for kind in self.kinds:
            if kind.key == key:
                return kind.together
        return next((group for group in self.groups() if group.key == key), None)

    def name(self, submission: str, *, blind: bool) -> str:
        """What a submission is called on a page: its name, or in blind marking one that tells nothing."""
        return f"{_BLIND} {self.handle(submission, blind=True)}" if blind else submission

    def handle(self, submission: str, *, blind: bool) -> str:
        """What a submission is called in addresses and forms: see `name`."""
        if not blind:
            return submission
        entry = self.entries.get(submission)
        return entry.alias if entry is not None else alias_of(submission)

    def found(self, handle: str) -> str | None:
        """The submission of that handle, if there is one."""
        return handle if handle in self.entries else self.aliases.get(handle)

    def ordered(self, submissions: Sequence[str], *, blind: bool) -> list[str]:
        """Submissions in an order that in blind marking tells nothing of their names."""
        if not blind:
            return list(submissions)
        return sorted(submissions, key=lambda submission: self.handle(submission, blind=True))


def alias_of(submission: str) -> str:
    """What stands for a submission in blind marking: the same always, whoever comes or goes."""
    digest = hashlib.sha256(b"alias\0" + submission.encode(errors="replace")).digest()
    return base64.b32encode(digest[:5]).decode().lower()


class _Alike:
    """Likeness in the class: made anew only where pairs have changed, or which submissions there are."""

    def __init__(self, pairs: Sequence[Pair], entries: Mapping[str, Entry]) -> None:
        self._pairs = pairs
        self._names = {name for pair in pairs for name in (pair.one, pair.other)}
        self._here = self._names & entries.keys()
        own = [pair for pair in pairs if pair.one in self._here and pair.other in self._here]
        self.clusters = tuple(sorted(clusters(own), key=lambda one: -len(one.members)))
        self.flags: dict[str, tuple[Flag, ...]] = {
            name: tuple(found) for name, found in flags_of(own).items()
        }

    def among(self, entries: Mapping[str, Entry]) -> _Alike:
        """The same pairs in a class that has changed."""
        return self if self._names & entries.keys() == self._here else _Alike(self._pairs, entries)


class ClassReader:
    """Reads the class; what has not changed is not read again, and a change costs what it changes."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._guard = threading.Lock()
        self._state: ClassState | None = None
        self._tally = Tally()
        self._wordings = Wordings()
        self._alike = _Alike((), {})

    def now(self) -> ClassState:
        """The class as the ledger holds it now."""
        with self._guard:
            version = self._ledger.version()
            if self._state is None or self._state.version != version:
                self._state = self._renewed(version)
            return self._state

    def _renewed(self, version: LedgerVersion) -> ClassState:
        ledger, before = self._ledger, self._state
        known = before.version if before is not None else LedgerVersion()
        changed = ledger.changed_since(known)
        entries = dict(before.entries) if before is not None else {}
        for entry in map(entries.get, changed):
            if entry is not None:
                self._tally.put(entry.standing, -1)
                self._wordings.put(entry.result, -1)
        fresh = self._read([name for name, present in changed.items() if present])
        for entry in fresh.values():
            self._tally.put(entry.standing)
            self._wordings.put(entry.result)
        if fresh.keys() <= entries.keys() and len(fresh) == len(changed):
            entries |= fresh
        else:
            both = entries | fresh
            entries = {name: both[name] for name in sorted(both) if changed.get(name, True)}
        about = ledger.about()
        planned = about.get("planned", "")
        flags = self._flags(entries, changed, anew=known.pairs != version.pairs)
        return ClassState(
            version,
            about.get("title") or "Submissions",
            entries,
            kinds_of(_waiting(entries, ledger.desk.requests(open_only=True))),
            proposed(pair for entry in entries.values() for pair in entry.settled),
            int(planned) if planned.isdigit() else len(entries),
            self._tally.summary(flags),
            self._alike.clusters,
            flags,
            {entry.alias: name for name, entry in entries.items()},
            self._wordings.words(),
        )

    def _flags(
        self, entries: Mapping[str, Entry], changed: Mapping[str, bool], *, anew: bool
    ) -> dict[str, tuple[Flag, ...]]:
        """The flags of each submission that has some: its own, and those of its pairs."""
        alike = _Alike(self._ledger.pairs(), entries) if anew else self._alike.among(entries)
        before = self._state.flags if self._state is not None and alike is self._alike else None
        self._alike = alike
        flags = dict(before or {})
        for name in changed if before is not None else entries:
            entry = entries.get(name)
            own = (*entry.standing.flags, *alike.flags.get(name, ())) if entry is not None else ()
            flags.pop(name, None)
            if own:
                flags[name] = own
        return flags

    def _read(self, names: Sequence[str]) -> dict[str, Entry]:
        """The entries of these submissions as they are now; the log is read whole only where most of it is asked for."""
        log = self._ledger.log
        whole = len(names) > _FEW
        said, released = (log.not_taken_back(), log.released_at()) if whole else ({}, {})
        found = {}
        for name, stored in zip(names, self._ledger.stored_pages(names), strict=True):
            own = said if whole else log.not_taken_back(name)
            at = (released if whole else log.released_at(name)).get(name)
            result = reported(stored.result, own.get(name, ()), page=stored.page, released=at)
            found[name] = Entry(
                result, decided(result), doubts_of(result), alias_of(name), decided_groups(result)
            )
        return found


def _waiting(entries: Mapping[str, Entry], requests: Sequence[Request]) -> Iterator[Doubt]:
    """What waits: doubts, and what students asked to be looked at again; of the same check only that."""
    texts: dict[tuple[str, str], list[str]] = {}
    for one in requests:
        if one.submission in entries:
            texts.setdefault((one.submission, one.check), []).append(one.text)
    asked = {
        (name, check): doubt
        for (name, check), own in texts.items()
        if (doubt := asked_again(entries[name].standing, check, "\n".join(own))) is not None
    }
    yield from asked.values()
    for entry in entries.values():
        yield from (doubt for doubt in entry.doubts if (doubt.submission, doubt.check.id) not in asked)
