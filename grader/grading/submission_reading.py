"""The files of a submission as documents, and those that hold something nobody could read."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from grader.documents import DEFAULT_LIMITS, Document, ReadingLimits, read_document
from grader.errors import EmptyDocumentError, UnreadableDocumentError
from grader.grading.no_reports import is_link_file
from grader.model import FileInfo, FileKind, Submission, SubmittedFile, Value

# Beside a report these may hold an answer: a screenshot, a photograph, a plot, the notebook's code as a script.
_PICTURES: Final = frozenset((".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff"))
_READ_BESIDES: Final = _PICTURES | {".py", ".rmd", ".qmd", ".rst", ".org", ".fodt", ".docm", ".xhtml"}
# Reports in what we do not read: asked for, so that the reader's own message says what to do.
_UNREAD: Final = frozenset(
    (
        ".doc",
        ".rtf",
        ".pages",
        ".wps",
        ".heic",
        ".heif",
        ".rar",
        ".7z",
        ".ppt",
        ".pptx",
        ".key",
        ".xls",
        ".xlsx",
    )
)
READING_SECONDS: Final = 240.0  # of all files of a submission; what is left then is for a person


class HandedIn(Value, frozen=True):
    """What was read, what is said of every file, and a sentence for each that may hold an answer unread."""

    documents: tuple[Document, ...]
    files: tuple[FileInfo, ...]
    unread: tuple[str, ...] = ()


def read_submission(submission: Submission) -> HandedIn:
    """Reads every file that may hold an answer; one that cannot be read is noted, the others are read all the same.

    A picture that a report shows already is not read once more. An empty file holds nothing, and leaves nothing open.
    """
    documents: list[Document] = []
    files: list[FileInfo] = []
    unread = _left_out(submission)
    until = time.monotonic() + READING_SECONDS
    for file in sorted(submission.files, key=_reports_first):
        note, lost = "", False
        if _is_looked_at(file):
            try:
                document = read_document(file.path, file.name, limits=_limits(until - time.monotonic()))
                if not (_is_picture(file) and _is_shown_in(document, documents)):
                    documents.append(document)
                note = " ".join(document.notes)
                if document.partial:
                    unread.append(f"{file.name}: {note}")
            except EmptyDocumentError as problem:
                note, lost = str(problem), True
            except UnreadableDocumentError as problem:
                note, lost = str(problem), True
                unread.append(f"{file.name}: {problem}")
        files.append(FileInfo(file.name, file.kind, sha256(file.path), note, lost))
    order = {file.name: place for place, file in enumerate(submission.files)}
    files.sort(key=lambda info: order[info.name])
    return HandedIn(tuple(documents), tuple(files), tuple(unread))


def _limits(left: float) -> ReadingLimits:
    """The limits for the next file, with so many seconds left for all. Raises `UnreadableDocumentError` if there are none."""
    if left <= 0:
        raise UnreadableDocumentError(
            f"The files before this one took more than {READING_SECONDS:.0f} seconds to read, so that it was not read."
        )
    usual = DEFAULT_LIMITS
    if left >= usual.hard_seconds + usual.ocr_seconds:
        return usual
    return msgspec.structs.replace(
        usual, hard_seconds=min(usual.hard_seconds, left), ocr_seconds=min(usual.ocr_seconds, left)
    )


def sha256(path: Path) -> str:
    """The digest of a file's contents; empty for one that cannot be opened (any more)."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def fingerprint(submission: Submission, digest_of: Callable[[Path], str] = sha256) -> str:
    """A digest of everything handed in: names, contents and authors. Unchanged, it need not be graded again.

    `digest_of` gives the digest of a file's contents, by default by reading it.
    """
    digest = hashlib.sha256(submission.id.encode())
    for student in submission.students:
        digest.update(f"\0{student.id}\0{student.name}".encode())
    for note in (*submission.notes, *submission.remarks):
        digest.update(f"\0{note}".encode())
    for file in sorted(submission.files, key=lambda file: file.name):
        digest.update(f"\0{file.name}\0{file.kind}\0{digest_of(file.path)}".encode())
    return digest.hexdigest()


def _left_out(submission: Submission) -> list[str]:
    """What intake could not take in; a submission of nothing at all has only the note that says so."""
    return list(submission.notes) if submission.files or len(submission.notes) > 1 else []


def _suffix(file: SubmittedFile) -> str:
    return PurePosixPath(file.name).suffix.lower()


def _is_picture(file: SubmittedFile) -> bool:
    return _suffix(file) in _PICTURES


def _is_looked_at(file: SubmittedFile) -> bool:
    if is_link_file(file.name):
        return False
    return file.kind is not FileKind.OTHER or _suffix(file) in _READ_BESIDES | _UNREAD


def _reports_first(file: SubmittedFile) -> bool:
    return _is_picture(file)


def _is_shown_in(picture: Document, documents: Sequence[Document]) -> bool:
    shown = {block.figure.picture.data for block in picture.blocks if block.figure and block.figure.picture}
    return any(
        block.figure.picture.data in shown
        for document in documents
        for block in document.blocks
        if block.figure and block.figure.picture
    )
