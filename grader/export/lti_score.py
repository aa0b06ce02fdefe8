"""One score as AGS 2.0 takes it, with Canvas's own part where the platform is Canvas."""

from __future__ import annotations

import datetime as dt
import hashlib

import msgspec

from grader.export.grades import scaled
from grader.export.options import ExportOptions
from grader.export.recipients import Recipient
from grader.model import Status, Value


class CanvasFields(Value, frozen=True, omit_defaults=True):
    """Canvas's own part of a score: the student's submission is there already, and this is none."""

    new_submission: bool
    submitted_at: str = ""


class HandedIn(Value, frozen=True, rename="camel"):
    """When the student handed in, as AGS 2.0 has it."""

    submitted_at: str


class Score(Value, frozen=True, rename="camel", omit_defaults=True):
    """One score as the service takes it."""

    user_id: str
    timestamp: str
    activity_progress: str
    grading_progress: str
    score_given: float
    score_maximum: float
    comment: str = ""
    submission: HandedIn | None = None
    canvas: CanvasFields | None = msgspec.field(
        default=None, name="https://canvas.instructure.com/lti/submission"
    )

    def content_digest(self) -> str:
        """Equal for scores that differ in nothing but their time."""
        content = msgspec.structs.replace(self, timestamp="")
        return hashlib.sha256(msgspec.json.encode(content)).hexdigest()


def score_of(
    person: Recipient, user: str, options: ExportOptions, moment: dt.datetime, *, canvas: bool
) -> Score:
    """The score of one user; one for review that is sent all the same is `PendingManual`.

    `moment` is when the score was made, with its zone; it is written with milliseconds.
    """
    result = person.result
    handed_in = _with_zone(options.identities.get(result.submission, {}).get("submitted_at", ""))
    return Score(
        user_id=user,
        timestamp=moment.isoformat(timespec="milliseconds"),
        activity_progress="Completed",
        grading_progress="PendingManual" if result.status is Status.REVIEW else "FullyGraded",
        score_given=round(scaled(result, options), 4),
        score_maximum=options.points_possible or result.max,
        comment=person.comment(options),
        submission=HandedIn(handed_in) if handed_in else None,
        canvas=CanvasFields(new_submission=False, submitted_at=handed_in) if canvas else None,
    )


def _with_zone(text: str) -> str:
    """A moment with its zone and parts of seconds; without a zone nobody knows when it was."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return ""
    return moment.isoformat(timespec="milliseconds") if moment.tzinfo is not None else ""
