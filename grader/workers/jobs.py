"""A job and what comes of it, as values and as bytes.

Between computers only bytes travel: MessagePack of these values, with the contents of the files. Nothing that a
student handed in, and nothing that was made from it, is ever pickled there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from grader import __version__
from grader.checks.assignment import Assignment
from grader.checks.assignment_finding import load
from grader.documents.given.edition import Edition
from grader.grading.notebook_runner import RunSettings
from grader.grading.submission_reading import fingerprint
from grader.model import FileKind, Result, Submission, SubmittedFile, Value
from grader.page_data import PageData, Trace

MINUTES_A_SUBMISSION: Final = (
    6  # beside the notebook's own time limit: reading, pictures, checks. Then the worker is ended.
)
TRIES: Final = 2  # a submission whose worker died is tried once more, for the fault may not have been its own


class JobSettings(Value, frozen=True):
    """What a worker must know besides the submission; the fields are those of `grader.batch.BatchSettings`."""

    assignment: str
    execute: bool = True
    run: RunSettings = RunSettings()
    handouts: tuple[Edition, ...] = ()
    profile: bool = False

    def graded_with(self) -> Assignment:
        """The assignment, with what the course handed out. Raises `AssignmentError`."""
        return load(self.assignment).with_editions(self.handouts)

    def seconds(self) -> float:
        """How long one submission may take; then its worker is ended."""
        return MINUTES_A_SUBMISSION * 60 + self.run.seconds


class Graded(Value, frozen=True):
    """A submission that is done: its result, the digest of what was graded, and what its pages are made from.

    `blobs` are the bytes that `page` names by their digests.
    """

    result: Result
    content: str
    seconds: float = 0.0
    page: PageData = PageData()
    blobs: Mapping[str, bytes] = {}
    trace: Trace = Trace()


class Job(Value, frozen=True):
    """One submission to be graded, with the digest of its content and of the rubric, and the grader's version.

    `settings_digest` is of what decides results, as the ledger keeps it.
    """

    submission: Submission
    content: str
    settings: JobSettings
    settings_digest: str
    rubric: str
    version: str = __version__

    @classmethod
    def of(cls, submission: Submission, settings: JobSettings, settings_digest: str, rubric: str) -> Job:
        """The job of a submission as its files are now."""
        return cls(submission, fingerprint(submission), settings, settings_digest, rubric)

    @property
    def key(self) -> str:
        """The same for the same work: two that have one key need doing once."""
        parts = (self.submission.id, self.content, self.settings_digest, self.rubric, self.version)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


class Outcome(Value, frozen=True):
    """What became of a job: graded; or lost with its worker, and `lost` says how."""

    key: str
    graded: Graded | None = None
    lost: str = ""


class _SentFile(Value, frozen=True):
    name: str
    kind: FileKind
    place: str  # below the folder of the submission; a report finds its pictures by it
    data: bytes | None  # None: it could not be read where it was handed in


class _Sent(Value, frozen=True):
    submission: Submission  # without its files
    files: tuple[_SentFile, ...]
    settings: JobSettings


class Parcel(Value, frozen=True):
    """A job as it travels. All but `body` is understood by every version, so that another one can be told apart."""

    version: str
    rubric: str
    key: str
    seconds: float
    body: bytes

    def to_bytes(self) -> bytes:
        """As MessagePack."""
        return msgspec.msgpack.encode(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> Parcel:
        """Raises `msgspec.DecodeError`."""
        return msgspec.msgpack.decode(data, type=cls)


class Reply(Value, frozen=True):
    """What comes back: an outcome; or why this worker does no such job, for the person whose batch it is."""

    outcome: Outcome | None = None
    refused: str = ""

    def to_bytes(self) -> bytes:
        """As MessagePack."""
        return msgspec.msgpack.encode(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> Reply:
        """Raises `msgspec.DecodeError`."""
        return msgspec.msgpack.decode(data, type=cls)


def packed(job: Job) -> Parcel:
    """The job with the contents of its files. Raises `UnicodeEncodeError` for names that are no text."""
    paths = [file.path.absolute() for file in job.submission.files]
    folder = Path(os.path.commonpath([path.parent for path in paths])) if paths else Path()
    files = tuple(
        _SentFile(file.name, file.kind, _place(path.relative_to(folder)), _contents(path))
        for file, path in zip(job.submission.files, paths, strict=True)
    )
    body = _Sent(msgspec.structs.replace(job.submission, files=()), files, job.settings)
    return Parcel(job.version, job.rubric, job.key, job.settings.seconds(), msgspec.msgpack.encode(body))


def unpacked(parcel: Parcel, directory: Path) -> tuple[Submission, JobSettings]:
    """The submission with its files under `directory`, as they lay to each other. Raises `OSError`, `msgspec.DecodeError`."""
    sent = msgspec.msgpack.decode(parcel.body, type=_Sent)
    files = []
    for number, file in enumerate(sent.files):
        path = directory / "files" / file.place
        if not file.place or not path.resolve().is_relative_to(directory.resolve()) or path.exists():
            path = directory / "others" / f"{number}"
        if file.data is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)
        files.append(SubmittedFile(file.name, path, file.kind))
    return msgspec.structs.replace(sent.submission, files=tuple(files)), sent.settings


def _place(path: Path) -> str:
    """A relative path as text; empty where it is none."""
    try:
        return path.as_posix().encode().decode()
    except UnicodeEncodeError:
        return ""


def _contents(path: Path) -> bytes | None:
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return None
