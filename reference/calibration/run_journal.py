"""The journal of a calibration: one line for each finished job, on the disk before the next is counted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from grader.errors import GraderError
from grader.model import Value
from reference.calibration.training import Job
from reference.lab.batch_sizes import Run, read_ranges


class CalibrationError(GraderError, RuntimeError):
    """A calibration cannot go on; what is finished is kept."""


class JournalLine(Value, frozen=True):
    """One finished job, and what it ran on."""

    job: Job
    runs: tuple[Run, ...]
    versions: dict[str, str]
    hardware: str


class RunJournal:
    """An append-only file of finished jobs. A line cut off by a kill is dropped on the next start."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def lines(self) -> tuple[JournalLine, ...]:
        """All finished jobs. Raises `CalibrationError` at a damaged line that is not the last."""
        return tuple(self._read())

    def begin_with(self, out: Path) -> None:
        """Where nothing is written yet, takes over the runs of an earlier output, or nothing if there is none."""
        if self._path.exists() or not out.exists():
            return
        made = read_ranges(out.read_bytes())
        chains: dict[tuple[str, int], list[Run]] = {}
        for run in made.runs:
            chains.setdefault((run.variant, run.seed), []).append(run)
        for (variant, seed), runs in chains.items():
            runs.sort(key=lambda run: len(run.start))
            job = Job(variant, (*runs[-1].start, runs[-1].batch), seed)
            self.add(JournalLine(job, tuple(runs), made.versions, made.hardware))

    def add(self, line: JournalLine) -> None:
        """Appends one finished job and waits until it is on the disk."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._cut_torn_tail()
        with self._path.open("ab") as stream:
            stream.write(msgspec.json.encode(line) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())

    def _read(self) -> Iterator[JournalLine]:
        if not self._path.exists():
            return
        content = self._path.read_bytes()
        for number, raw in enumerate(content[: content.rfind(b"\n") + 1].splitlines(), 1):
            try:
                yield msgspec.json.decode(raw, type=JournalLine)
            except msgspec.DecodeError as problem:
                raise CalibrationError(
                    f"{self._path}, line {number}: {problem}; delete that line and start again"
                ) from problem

    def _cut_torn_tail(self) -> None:
        if not self._path.exists():
            return
        with self._path.open("rb+") as stream:
            content = stream.read()
            stream.truncate(content.rfind(b"\n") + 1)
