"""The contents of files that were read before, by their stamps: unchanged, they are not read again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from grader.grading.submission_reading import fingerprint, sha256
from grader.model import Result, Submission
from grader.store import Ledger, Stamp, stamp

_KEPT_AT_ONCE: Final = 500  # stamps that are written together


class KnownFiles:
    """What the ledger knows of the files of a batch. `passing` is a folder whose files are gone after it.

    With `check_content` everything is read, whatever the disk says of it.
    """

    def __init__(self, ledger: Ledger, *, passing: Path | None = None, check_content: bool = False) -> None:
        self._stamps = ledger.stamps
        self._known = {} if check_content else self._stamps.digests()
        self._passing = f"{passing.resolve()}{os.sep}" if passing is not None else ""
        self._seen: set[str] = set()
        self._new: dict[Stamp, str] = {}

    def changed(self, submissions: Sequence[Submission], done: dict[str, str]) -> list[Submission]:
        """Those that are not `done`, or whose contents are no more what their digests in `done` say."""
        return [one for one in submissions if one.id not in done or self._fingerprint(one) != done[one.id]]

    def _fingerprint(self, submission: Submission) -> str:
        try:
            return fingerprint(submission, self._digest)
        except OSError:  # grading it says what is the matter
            return ""

    def _digest(self, path: Path) -> str:
        found = self._stamp(path)
        if found is not None and found in self._known:
            return self._known[found]
        digest = sha256(path)
        if found is not None:
            self._new[found] = digest
        return digest

    def _stamp(self, path: Path) -> Stamp | None:
        if self._passing and str(path).startswith(self._passing):
            return None
        found = stamp(path)
        if found is not None:
            self._seen.add(found.path)
        return found

    def stamps(self, submission: Submission) -> dict[str, Stamp]:
        """What the disk says of its files now, before they are read: by their names in the submission."""
        found = ((file.name, self._stamp(file.path)) for file in submission.files)
        return {name: mark for name, mark in found if mark is not None}

    def read(self, result: Result, stamps: dict[str, Stamp]) -> None:
        """Notes what grading found in the files that had these `stamps` before."""
        digests = {file.name: file.sha256 for file in result.files}
        self._new.update({mark: digests[name] for name, mark in stamps.items() if digests.get(name)})
        if len(self._new) >= _KEPT_AT_ONCE:
            self._keep()

    def _keep(self) -> None:
        self._stamps.keep(self._new)
        self._new = {}

    def close(self) -> None:
        """Writes down what is new, and forgets files that are no longer handed in."""
        self._keep()
        gone = {mark.path for mark in self._known} - self._seen
        if gone:
            self._stamps.drop(gone)
