"""Feedback files as one zip, named so that Canvas or Moodle finds each student's submission again."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from grader import atomic_file
from grader.errors import ExportError
from grader.export.options import ExportOptions, ExportReport
from grader.export.recipients import Recipient
from grader.export.selection import select
from grader.model import Result, Student

_TARGET = re.compile(r"(?P<target>.+?_[0-9]+_[0-9]+)_.+")
_ANONYMOUS = re.compile(r"(?P<target>anon(?:_LATE)?_[0-9A-Za-z]+_[0-9]+)_.+")
_NOT_VERIFIED = (
    "Canvas may leave out files of an anonymous download: compare its count of comments with ours, "
    "or lift the anonymity and download again"
)
_NEVER = (".", "~")  # Moodle ignores names that start so
_DATE = (1980, 1, 1, 0, 0, 0)  # the same feedback makes the same bytes


def export_canvas_feedback(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``canvas_feedback.zip`` in the folder `out`, for *Upload Submissions*; each upload adds a comment.

    Uses `feedback` and `identities` (``entry``, a name of the download). Canvas finds the submission by user
    and attachment number, the first two all-digit tokens, and shows the file under the attachment's own
    name. Text and link entries have no attachment, so they cannot be targeted; names of anonymous downloads
    are as they came, not verified.
    """
    report = _export(results, out / "canvas_feedback.zip", options, _canvas_name)
    if any("anonymous_id" in options.identities.get(result.submission, {}) for result in results):
        return msgspec.structs.replace(report, problems=(_NOT_VERIFIED,))
    return report


def export_moodle_feedback(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``moodle_feedback.zip`` in the folder `out`, for *Upload multiple feedback files in a zip*.

    Uses `feedback` and `identities` (``folder``, the download's own folder name).
    """
    return _export(results, out / "moodle_feedback.zip", options, _moodle_name)


_Name = Callable[[Recipient, ExportOptions, str], tuple[str, str]]


def _export(results: Sequence[Result], file: Path, options: ExportOptions, name_of: _Name) -> ExportReport:
    if not options.feedback:
        raise ExportError("there are no feedback files to pack; grade first")
    selection = select(results, options)
    withheld = list(selection.withheld)
    packed: dict[str, Path] = {}
    for result in selection.chosen:
        feedback = options.feedback.get(result.submission)
        if feedback is None or not feedback.is_file():
            withheld.append((result.submission, "there is no feedback file"))
            continue
        name, reason = name_of(Recipient(result=result, student=Student(id="")), options, feedback.suffix)
        if reason or name in packed:
            withheld.append((result.submission, reason or f"another submission has the name {name} already"))
        else:
            packed[name] = feedback
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, feedback in packed.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), feedback.read_bytes(), zipfile.ZIP_DEFLATED)
    atomic_file.write(file, buffer.getvalue())
    return ExportReport(files=(file,), rows=len(packed), withheld=tuple(withheld))


def _canvas_name(recipient: Recipient, options: ExportOptions, suffix: str) -> tuple[str, str]:
    entry = recipient.lms(options, "entry")
    match = _ANONYMOUS.fullmatch(entry) or _TARGET.fullmatch(entry)
    if match is None:
        reason = (
            "a text or link entry has no attachment to comment on"
            if entry
            else "it is not from Canvas's download"
        )
        return "", f"{reason}; use the Canvas API"
    name = f"{match['target']}_feedback{suffix}"
    if _ANONYMOUS.fullmatch(entry) is None and _targeted(name) != tuple(match["target"].split("_")[-2:]):
        return "", "its group's name has a number that Canvas would take for a user; use the Canvas API"
    return name, ""


def _targeted(name: str) -> tuple[str, ...]:
    """Who Canvas takes the file to be for: the first two tokens that are all digits."""
    return tuple(token for token in name.split("_") if token.isdecimal())[:2]


def _moodle_name(recipient: Recipient, options: ExportOptions, suffix: str) -> tuple[str, str]:
    folder = recipient.lms(options, "folder")
    if not folder:
        return "", "it is not from a folder of Moodle's download"
    if folder.startswith(_NEVER) or "/" in folder or "\\" in folder:
        return "", f"Moodle ignores a folder named {folder!r}"
    return f"{folder}/feedback{suffix}", ""
