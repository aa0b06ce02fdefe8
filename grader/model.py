"""The words of the contract as small frozen values, passed between the rooms and written to ``results.jsonl``.

Nothing here reads a file, runs code or knows an assignment. The JSON form of a `Result` is the contract
with other programs: fields may be added, never changed or dropped without a new `SCHEMA_VERSION`.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from grader.errors import ResultFormatError

SCHEMA_VERSION = 1


class Verdict(StrEnum):
    """What a check or a question came to."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    PARTIAL = "partial"
    FAIL = "fail"
    MISSING = "missing"
    REVIEW = "review"
    NOT_RUN = "not_run"
    ERROR = "error"


class FileKind(StrEnum):
    """What a file of a submission is to the grader."""

    REPORT = "report"
    NOTEBOOK = "notebook"
    OTHER = "other"


class Status(StrEnum):
    """What became of a whole submission."""

    GRADED = "graded"
    REVIEW = "review"
    ERROR = "error"


class ExecutionStatus(StrEnum):
    """How running the notebook of a submission ended."""

    OK = "ok"
    FAILED = "failed"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    DIED = "died"
    FLOOD = "flood"
    SKIPPED = "skipped"
    ERROR = "error"


class Value(msgspec.Struct, frozen=True):
    """Base of every value here: immutable, compared by content."""


class Evidence(Value, frozen=True):
    """What was found and where: `source` is a file name, `where` a page, line or cell in plain words."""

    source: str
    where: str
    excerpt: str


class CheckResult(Value, frozen=True):
    """What one check found. `message` and `hint` are for the student, `staff` is for staff besides.

    `depends` are the checks that must have passed, at least in part, before this one is looked at. `more_hints` are the
    steps behind the first hint, each nearer than the last.
    """

    id: str
    verdict: Verdict
    points: float
    max: float
    message: str
    staff: str = ""
    evidence: tuple[Evidence, ...] = ()
    title: str = ""
    hint: str = ""
    depends: tuple[str, ...] = ()
    more_hints: tuple[str, ...] = ()


class Series(Value, frozen=True):
    """One curve of a `Chart`; `low` and `high`, if given, are the plausible band at the same `x`."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


class Chart(Value, frozen=True):
    """A picture that a check asks the feedback page to draw from the student's own figures.

    `id` is what programs know it by, the same in all submissions; the title may be worded anew.
    """

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    log_x: bool = False
    log_y: bool = False
    id: str = ""


class QuestionResult(Value, frozen=True):
    """The checks of one question, their points and the verdict that follows from them."""

    id: str
    verdict: Verdict
    points: float
    max: float
    checks: tuple[CheckResult, ...]
    title: str = ""
    charts: tuple[Chart, ...] = ()


class Flag(Value, frozen=True):
    """Something that only staff see. It never changes points."""

    id: str
    message: str
    evidence: tuple[Evidence, ...] = ()


class Student(Value, frozen=True):
    """One author. `id` is the LMS's or the university's own identifier."""

    id: str
    name: str = ""


class FileInfo(Value, frozen=True):
    """One file that was handed in; `note` says in plain words what kept it from being read, if anything.

    `unread`: nothing at all could be read of it, or there is nothing in it.
    """

    name: str
    kind: FileKind
    sha256: str
    note: str = ""
    unread: bool = False


class Execution(Value, frozen=True):
    """How the notebook ran; `seconds` is wall time, `isolation` names the layers that held it.

    `lacks` are packages that the notebook wanted and that are not installed on the grader's machine.
    """

    status: ExecutionStatus
    seconds: float = 0.0
    segments: int = 0
    profile: str = ""
    isolation: tuple[str, ...] = ()
    note: str = ""
    lacks: tuple[str, ...] = ()


class GraderInfo(Value, frozen=True):
    """Which grader, assignment and rubric a result comes from."""

    version: str
    assignment: str
    rubric: str


class Decision(Value, frozen=True):
    """What a person said of a check or a question, whose id `check` is, or of the whole submission (empty).

    Without a `verdict` it is a comment alone. `points` are those of that check or question; where they are not given
    they follow from the verdict. `student` names the one of a group whose mark alone it is. `evidence` and `rubric` are
    digests of what it was decided on; `valid` is false once the evidence has changed.
    """

    check: str
    verdict: Verdict | None = None
    points: float | None = None
    comment: str = ""
    reason: str = ""
    by: str = ""
    at: str = ""
    student: str = ""
    evidence: str = ""
    rubric: str = ""
    valid: bool = True


class Result(Value, frozen=True):
    """All that is known of one submission: one line of ``results.jsonl``.

    Verdicts and points of checks and questions are the automatic ones. `points` and `status` of the whole have the
    valid `decisions` in them (`grader.marks`). `released` is when the student could first read it, and the LMS have it.
    `submitted_at` is as the LMS wrote it, `late_reason` a sentence for everybody; `late_points`, nought or below, are in
    `points` already, which never fall below nought by them.
    `language` is the report's: the pages for its student are in it. What stands here is English.
    """

    schema: int
    submission: str
    students: tuple[Student, ...]
    files: tuple[FileInfo, ...]
    status: Status
    points: float
    max: float
    questions: tuple[QuestionResult, ...]
    flags: tuple[Flag, ...]
    execution: Execution
    grader: GraderInfo
    late: bool = False
    released: str | None = None
    decisions: tuple[Decision, ...] = ()
    submitted_at: str = ""
    late_reason: str = ""
    late_points: float = 0.0
    timings: dict[str, float] = {}
    language: str = "en"

    def to_json(self) -> bytes:
        """The result as one line of JSON, without a newline."""
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, line: bytes | str) -> Result:
        """Reads one line of ``results.jsonl``. Raises `ResultFormatError` if it is not one."""
        try:
            result = msgspec.json.decode(line, type=cls)
        except msgspec.DecodeError as problem:
            raise ResultFormatError(f"not a result of this grader: {problem}") from problem
        if result.schema != SCHEMA_VERSION:
            raise ResultFormatError(
                f"written by a grader of schema {result.schema}; this one reads {SCHEMA_VERSION}: grade again"
            )
        return result


class SubmittedFile(Value, frozen=True):
    """A file of a submission on the grader's own disk: `name` is the student's, `path` is ours."""

    name: str
    path: Path
    kind: FileKind


class Submission(Value, frozen=True):
    """What one student or group handed in; the latest attempt unless `attempt` says otherwise.

    `id` is unique in its batch. `notes` say in plain words what intake had to leave out and why; `remarks` are for
    staff and leave nothing open.
    """

    id: str
    files: tuple[SubmittedFile, ...]
    students: tuple[Student, ...] = ()
    attempt: int = 1
    late: bool = False
    submitted_at: str = ""
    lms: dict[str, str] = {}  # what an export needs to find its way back: user id, attachment id, folder name
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def question_verdict(checks: Iterable[CheckResult]) -> Verdict:
    """The verdict of a question from its checks, by the contract's rule.

    `error` if any check that carries points is in error, `review` if any that carries points is in review;
    else `pass` with all points, `partial` with some, and with none `fail` if something wrong was shown,
    `missing` if nothing of the question was found.
    """
    counted = [check for check in checks if check.max > 0]
    verdicts = {check.verdict for check in counted}
    if Verdict.ERROR in verdicts:
        return Verdict.ERROR
    if Verdict.REVIEW in verdicts:
        return Verdict.REVIEW
    points, most = sum(check.points for check in counted), sum(check.max for check in counted)
    if points >= most:
        return Verdict.PASS
    if points > 0:
        return Verdict.PARTIAL
    return Verdict.MISSING if verdicts <= {Verdict.MISSING, Verdict.NOT_RUN} else Verdict.FAIL


def json_schema() -> dict[str, Any]:
    """The JSON Schema of one line of ``results.jsonl``."""
    return msgspec.json.schema(Result)
