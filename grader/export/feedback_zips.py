"""Feedback files as one zip, named so that Canvas, Moodle or ILIAS finds each student's submission again."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from grader.errors import ExportError
from grader.export.gradebook import read_gradebook
from grader.export.moodle_rows import Worksheet, targets
from grader.export.options import ExportOptions, ExportReport
from grader.export.plan import Plan
from grader.export.recipients import Recipient
from grader.model import Result

_TARGET = re.compile(r"(?P<target>.+?_[0-9]+_[0-9]+)_.+", re.DOTALL)
_ANONYMOUS = re.compile(r"(?P<target>(?:LATE_)?anon(?:_LATE)?_[0-9A-Za-z]+_[0-9]+)_.+", re.DOTALL)
_UNVERIFIED = "without the grading worksheet a group's number cannot be told from a participant's: if teams handed in, give it with --gradebook"
_NEVER = (".", "~")  # Moodle ignores names that start so
_CLEANED = re.compile(r"[\x00-\x1f\x7f<>&'\"`:\\|/*?_]+")  # what Moodle takes out of a name
_DATE = (1980, 1, 1, 0, 0, 0)  # the same feedback makes the same bytes

_Names = Callable[[Recipient, str], tuple[str, str]]


def export_canvas_feedback(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``canvas_feedback.zip`` in the folder `out`, for *Upload Submissions*; each upload adds a comment.

    Uses `feedback` and `identities` (``entry``, a name of the download). Canvas finds the submission by user
    and attachment number, the first two all-digit tokens (of anonymous ones by what follows ``anon``, after it dropped
    ``LATE``), and shows the file under the attachment's own name. Text and link entries have no attachment, so they
    cannot be targeted.
    """
    plan = Plan(results, options)
    _checked(options)
    return _packed(
        plan,
        out / "canvas_feedback.zip",
        _once(plan.people),
        lambda one, end: _canvas_name(one, options, end),
    )


def export_moodle_feedback(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``moodle_feedback.zip`` in the folder `out`, for *Upload multiple feedback files in a zip*.

    Uses `feedback` and `identities` (``folder`` or ``flat``, the download's own names). A group's feedback reaches each member, by
    the member's own number: for that `gradebook`, the grading worksheet, or a class list made of it is needed.
    """
    plan = Plan(results, options)
    _checked(options)
    if options.gradebook is None:
        plan.problems.append(_UNVERIFIED)
        people_of = plan.people if any(map(_of_group, _known(plan, options))) else _once(plan.people)
        return _packed(
            plan, out / "moodle_feedback.zip", people_of, lambda one, end: _moodle_name(one, options, end)
        )
    sheet = Worksheet(read_gradebook(options.gradebook, "the grading worksheet of Moodle"), options)
    people: list[Recipient] = []
    names: dict[int, str] = {}
    for target in targets(plan.people, sheet, options):
        if target.row is None:
            plan.hold(target.person, target.reason)
            continue
        people.append(target.person)
        if options.identities.get(target.person.result.submission, {}).get("participant", "") != sheet.number(
            target.row
        ):
            folder = f"{_clean(sheet.name(target.row))}_{sheet.number(target.row)}_assignsubmission_file"
            names[id(target.person)] = folder

    def name_of(person: Recipient, suffix: str) -> tuple[str, str]:
        folder = names.get(id(person))
        return (
            (f"{folder}/{_own_name(person, suffix)}", "") if folder else _moodle_name(person, options, suffix)
        )

    return _packed(plan, out / "moodle_feedback.zip", people, name_of)


def _known(plan: Plan, options: ExportOptions) -> list[Mapping[str, str]]:
    return [options.identities.get(result.submission, {}) for result in plan.results]


def _of_group(known: Mapping[str, str]) -> bool:
    return bool(known.get("group"))


def _clean(name: str) -> str:
    return " ".join(_CLEANED.sub(" ", name).split()).lstrip(".~ ") or "Participant"


def _checked(options: ExportOptions) -> None:
    if not options.feedback:
        raise ExportError("there are no feedback files to pack; grade first")


def _once(people: Sequence[Recipient]) -> list[Recipient]:
    """One recipient a submission: what Canvas is told goes to the submission."""
    return list({person.result.submission: person for person in reversed(people)}.values())[::-1]


def _packed(plan: Plan, file: Path, people: Sequence[Recipient], name_of: _Names) -> ExportReport:
    packed: dict[str, Path] = {}
    for person in people:
        feedback = plan.options.feedback.get(person.result.submission)
        if feedback is None or not feedback.is_file():
            reason = "there is no feedback file"
            plan.hold(person, reason, said=reason)
            continue
        name, reason = name_of(person, feedback.suffix)
        if reason or name in packed:
            reason = reason or f"another submission has the name {name} already"
            plan.hold(person, reason, said=reason)
        else:
            packed[name] = feedback
            plan.go(person, "", comment="new")
    plan.write(file, pack({name: path.read_bytes() for name, path in packed.items()}))
    return plan.report()


def pack(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files; the same files make the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _own_name(person: Recipient, suffix: str) -> str:
    """A name that none of the student's own files has: unpacked beside them it would take its place."""
    taken = {file.name.rpartition("/")[2].casefold() for file in person.result.files}
    names = (f"feedback{suffix}", *(f"feedback-{number}{suffix}" for number in range(1, len(taken) + 2)))
    return next(name for name in names if name not in taken)


def _canvas_name(person: Recipient, options: ExportOptions, suffix: str) -> tuple[str, str]:
    known = options.identities.get(person.result.submission, {})
    entry = known.get("entry", "") if known.get("system", "canvas") == "canvas" else ""
    anonymous = _ANONYMOUS.fullmatch(entry)
    match = anonymous or _TARGET.fullmatch(entry)
    if match is None:
        reason = (
            "a text or link entry has no attachment to comment on"
            if entry
            else "it is not from Canvas's download"
        )
        return "", f"{reason}; use the Canvas API"
    name = f"{match['target']}_{_own_name(person, suffix)}"
    user = known.get("user_id", "")
    numbers = [token for token in name.split("_") if token.isdecimal()][:2]
    if anonymous is None and (numbers[:1] != [user] if user else numbers != match["target"].split("_")[-2:]):
        return "", "its group's name has a number that Canvas would take for a user; use the Canvas API"
    return name, ""


def _moodle_name(person: Recipient, options: ExportOptions, suffix: str) -> tuple[str, str]:
    known = options.identities.get(person.result.submission, {})
    if known.get("system", "moodle") != "moodle" or not (known.get("folder") or known.get("flat")):
        return "", "it is not from a folder of Moodle's download"
    if known.get("group"):
        number = person.lms(options, "participant")
        if not person.student.id or not number:
            return "", (
                f"{known['group']} is a group: give the grading worksheet, so that each member is reached by their own number"
            )
        return f"{_clean(person.name)}_{number}_assignsubmission_file/{_own_name(person, suffix)}", ""
    folder, flat = known.get("folder", ""), known.get("flat", "")
    if (folder or flat).startswith(_NEVER) or "/" in folder or "\\" in folder:
        return "", f"Moodle ignores a folder named {folder or flat!r}"
    own = _own_name(person, suffix)
    return f"{folder}/{own}" if folder else f"{flat}_{own}", ""
