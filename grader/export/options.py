"""What an exporter is told and what it reports back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import msgspec

from grader.model import Value


class Letter(Value, frozen=True):
    """A grade given from `share` (0-1) of the points upwards."""

    grade: str
    share: float


class ExportOptions(Value, frozen=True):
    """Everything a writer may need; each names in its docstring what it uses.

    `identities` maps a submission to `Submission.lms` of intake, `feedback` to its feedback page, `comments`
    to a text for the student. `released` limits the export to those submissions. With `include_review`, the
    results a person has yet to look at are exported too; results in error never are. `points_possible`
    rescales points to the maximum the LMS has for the assignment. `pass_mark` is in points of the result's
    own scale. `letters` turns points into letters, `pass_letters` (pass, fail) into two grades. `settings`
    holds what a single system asks for, under the names its writer documents.
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


class ExportReport(Value, frozen=True):
    """What was written: `rows` counts grades (one a student), `withheld` pairs submission and reason."""

    files: tuple[Path, ...]
    rows: int
    withheld: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
