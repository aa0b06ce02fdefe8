"""What an exporter is told and what it reports back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import msgspec

from grader.class_tables import ClassMember
from grader.model import Value


class Letter(Value, frozen=True):
    """A grade given from `share` (0-1) of the points upwards."""

    grade: str
    share: float


class ExportOptions(Value, frozen=True):
    """Everything a writer may need; each names in its docstring what it uses.

    `identities` maps a submission to `Submission.lms` of intake, `feedback` to its feedback page, `comments`
    to a text for the student (``<submission>:<student id>`` for one of a group alone). `released` limits the export to
    those submissions. With `include_review`, the results a person has yet to look at are exported too; results in error
    never are. `points_possible` rescales points to the maximum the LMS has for the assignment. `pass_mark` is in points of
    the result's own scale. `letters` turns points into letters, `pass_letters` (pass, fail) into two grades. `class_list`
    are the students of the class. `settings` holds what a single system asks for, under the names its writer documents.

    `replace` is the yes to marks and people's comments that stand in the gradebook being replaced; without it those rows are
    withheld. With `preview` nothing is written or sent: the report says what would be.
    """

    assignment: str = ""
    assignment_id: str = ""
    gradebook: Path | None = None
    identities: Mapping[str, Mapping[str, str]] = msgspec.field(default_factory=dict)
    feedback: Mapping[str, Path] = msgspec.field(default_factory=dict)
    comments: Mapping[str, str] = msgspec.field(default_factory=dict)
    released: frozenset[str] | None = None
    include_review: bool = False
    points_possible: float | None = None
    pass_mark: float | None = None
    pass_letters: tuple[str, str] | None = None
    letters: tuple[Letter, ...] = ()
    date: dt.date | None = None
    settings: Mapping[str, str] = msgspec.field(default_factory=dict)
    class_list: tuple[ClassMember, ...] = ()
    replace: bool = False
    preview: bool = False


class Line(Value, frozen=True):
    """What one student gets: the mark that stands there `now` and the one `to_come`, as the system shows them.

    `comment` is ``new``, ``same``, ``replaced`` (a person's, with a yes), ``kept`` (a person's stays) or empty. `reason` says why
    nothing leaves; it is empty where something does. `lateness` says how late it is and what that costs.
    """

    submission: str
    student: str
    name: str = ""
    now: str = ""
    to_come: str = ""
    comment: str = ""
    late: bool = False
    reason: str = ""
    lateness: str = ""


class ExportReport(Value, frozen=True):
    """What was written: `rows` counts grades (one a student), `withheld` pairs submission and reason.

    `lines` say it student by student, `absent` are students of the class without a submission. `failed` counts what should
    have been sent and was not.
    """

    files: tuple[Path, ...]
    rows: int
    withheld: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    absent: tuple[str, ...] = ()
    failed: int = 0
