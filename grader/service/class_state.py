"""The class as the application shows it, kept in memory and renewed where the ledger has changed."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Mapping, Sequence
from typing import Final

from grader.grading.likeness import with_flags
from grader.marks import decided, reported
from grader.model import Decision, Flag, Result, Value
from grader.service.answer_groups import Doubt, Group, Kind, decided_groups, doubts_of, group_of, kinds_of
from grader.service.clusters import Cluster, clusters_of
from grader.service.summary import Summary, summary_of
from grader.store import Ledger

_BLIND: Final = "student"


class Entry(Value, frozen=True):
    """One submission: its result, the same as it stands with its decisions, what waits, and its name in blind marking."""

    result: Result
    standing: Result
    doubts: tuple[Doubt, ...]
    alias: str


class ClassState(Value, frozen=True):
    """Everything at one moment. `version` tells whether the ledger has changed since."""

    version: tuple[object, ...]
    title: str
    entries: Mapping[str, Entry]
    kinds: tuple[Kind, ...]
    proposals: Mapping[str, Decision]
    planned: int
    summary: Summary
    clusters: tuple[Cluster, ...]
    flags: Mapping[str, tuple[Flag, ...]]
    aliases: Mapping[str, str]

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
        for name, stored in digests.items():
            own, release = said.get(name, []), released.get(name)
            keys[name] = (stored.page, tuple(own), release.at if release is not None else None)
            if name in before and self._keys.get(name) == keys[name]:
                entries[name] = before[name]
                continue
            page = ledger.stored_page(name)
            result = reported(
                page.result, own, page=page.page, released=release.at if release is not None else None
            )
            entries[name] = Entry(result, decided(result), doubts_of(result), alias_of(name))
        self._keys = keys
        about = ledger.about()
        planned = about.get("planned", "")
        pairs = [pair for pair in ledger.pairs() if pair.one in entries and pair.other in entries]
        whole = with_flags([entry.standing for entry in entries.values()], pairs)
        return ClassState(
            version,
            about.get("title") or "Submissions",
            entries,
            kinds_of(doubt for entry in entries.values() for doubt in entry.doubts),
            decided_groups(said, _groups_of(entries, said)),
            int(planned) if planned.isdigit() else len(entries),
            summary_of(whole),
            clusters_of(pairs),
            {result.submission: result.flags for result in whole},
            {entry.alias: name for name, entry in entries.items()},
        )


def _groups_of(entries: Mapping[str, Entry], said: Mapping[str, list[Decision]]) -> dict[str, str]:
    return {
        f"{name}\0{check.id}": group_of(check)
        for name in said
        if name in entries
        for question in entries[name].result.questions
        for check in question.checks
    }
