"""Paths as a TA gives them -> an `Intake`: read, recognise, place, open students' archives, name, join."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from grader.accounts import Accounts
from grader.errors import ArchiveRefused, IntakeError
from grader.intake import layouts, plain
from grader.intake.archive import unpack
from grader.intake.entries import DistinctNames, Entry, Placement, Source, kind_of
from grader.intake.folder import read_file, read_folder
from grader.intake.identities import common_ids, compiled_pattern, safe_ids
from grader.intake.intake_types import Intake, IntakeLimits, Unplaced
from grader.intake.people import Sharing, look, remark
from grader.intake.roster import Roster, read_roster
from grader.model import Submission, SubmittedFile, Value

_OTHER_ARCHIVES = (".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")


class _Gathered(Value, frozen=True):
    placements: tuple[Placement, ...]
    unplaced: tuple[Unplaced, ...] = ()
    problems: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()


class _Asked(Value, frozen=True):
    """What the user said of his folders."""

    system: str | None
    pattern: re.Pattern[str] | None
    accounts: Accounts
    depth: int | None


def collect(
    paths: Sequence[Path],
    workspace: Path,
    *,
    system: str | None = None,
    roster: Path | None = None,
    pattern: str | None = None,
    accounts: Accounts = plain.NO_ACCOUNTS,
    depth: int | None = None,
    limits: IntakeLimits | None = None,
) -> Intake:
    """Everything below `paths` as submissions.

    `workspace` is a folder of the caller's for what comes out of archives; it must outlive the grading.
    `system` names the layout instead of recognising it (`layouts.systems`), `roster` is a CSV of students,
    `pattern` a regular expression with a group ``id`` for layouts of the user's own, `accounts` what user names look
    like. With `depth` each folder so many levels below a path is a submission, whatever it looks like. Every file that is not
    ignored ends in a submission, in a superseded one or in `Intake.unplaced`. Raises `IntakeError` with a
    sentence for the user.
    """
    limits = limits or IntakeLimits()
    compiled = compiled_pattern(pattern)
    if system is not None and system not in layouts.systems():
        raise IntakeError(f"no layout is called {system!r}; there are: {', '.join(layouts.systems())}")
    if depth is not None and depth < 1:
        raise IntakeError(f"a depth of {depth}: 1 takes each folder right below a path as one submission")
    known = read_roster(roster, accounts) if roster is not None else Roster(rows=())
    for path in paths:
        if not path.exists():
            raise IntakeError(f"{path}: there is no such file or folder")
    workspace.mkdir(parents=True, exist_ok=True)
    asked = _Asked(system=system, pattern=compiled, accounts=accounts, depth=depth)
    gathered = _gather(_distinct(paths), workspace, asked, limits)
    return _finish(gathered, known, workspace, limits, accounts)


def _distinct(paths: Sequence[Path]) -> list[Path]:
    return list({path.resolve(): path for path in paths}.values())


def _gather(
    paths: Sequence[Path],
    workspace: Path,
    asked: _Asked,
    limits: IntakeLimits,
) -> _Gathered:
    parts: list[_Gathered] = []
    loose: list[Entry] = []
    names = DistinctNames()
    for path in paths:
        if path.is_dir():
            source = _without_settings(read_folder(path, limits))
            only = _only_archive(source)
            if only is not None and not plain.is_one_submission(source, asked.accounts):
                source = _unpacked(only.path, workspace, limits, only.name)
            parts.append(_place(source, asked))
        elif path.is_file() and path.suffix.lower() == ".zip":
            parts.append(_place(_unpacked(path, workspace, limits, path.name), asked))
        else:
            entry = read_file(path, limits)
            loose.append(msgspec.structs.replace(entry, name=names.another(entry.name)))
    if loose:
        chosen = "single" if asked.system == "single" else "plain"
        label = min(entry.name for entry in loose).rpartition(".")[0] if chosen == "single" else ""
        parts.append(
            _place(Source(label=label, entries=tuple(loose)), msgspec.structs.replace(asked, system=chosen))
        )
    return _Gathered(
        placements=tuple(placement for part in parts for placement in part.placements),
        unplaced=tuple(left for part in parts for left in part.unplaced),
        problems=tuple(problem for part in parts for problem in part.problems),
        systems=tuple(dict.fromkeys(name for part in parts for name in part.systems)),
    )


def _without_settings(source: Source) -> Source:
    """A folder without the ``grader.toml`` that its owner keeps right in it, beside the submissions."""
    kept = tuple(entry for entry in source.entries if entry.name != "grader.toml")
    return msgspec.structs.replace(source, entries=kept)


def _place(source: Source, asked: _Asked) -> _Gathered:
    name, placed = layouts.place(source, asked.system, asked.pattern, asked.accounts, asked.depth)
    return _Gathered(
        placements=placed.placements, unplaced=placed.unplaced, problems=placed.problems, systems=(name,)
    )


def _only_archive(source: Source) -> Entry | None:
    """The one file of a folder, if it is a zip: the folder a download was saved into."""
    entries = source.entries
    if len(entries) == 1 and not source.empty_folders and entries[0].name.lower().endswith(".zip"):
        return entries[0] if not entries[0].refused else None
    return None


def _unpacked(path: Path, workspace: Path, limits: IntakeLimits, shown: str) -> Source:
    try:
        return unpack(path, workspace, limits, label=re.sub(r"(?i)\.zip$", "", shown))
    except ArchiveRefused as problem:
        raise IntakeError(f"{shown}: {problem}") from problem
    except OSError as problem:
        raise IntakeError(f"{shown}: cannot be read ({problem.strerror or problem})") from problem


def _finish(
    gathered: _Gathered, roster: Roster, workspace: Path, limits: IntakeLimits, accounts: Accounts
) -> Intake:
    unplaced = list(gathered.unplaced)
    problems = list(gathered.problems)
    joined, doubts = roster.join(gathered.placements)
    problems += doubts
    current, earlier = _latest(joined)
    ids = safe_ids([placement.label for placement in (*current, *earlier)])
    made: list[Submission] = []
    for placement, identifier in zip((*current, *earlier), ids, strict=True):
        submission, left = _submission(placement, identifier, workspace, limits)
        submission = _with_remarks(submission, placement, accounts)
        made.append(submission)
        unplaced += left
    submissions = tuple(sorted(made[: len(current)], key=lambda submission: submission.id))
    problems += _identity_problems(submissions)
    problems += [said for submission in submissions for said in submission.remarks]
    return Intake(
        submissions=submissions,
        unplaced=tuple(unplaced),
        system="+".join(gathered.systems) or "plain",
        problems=tuple(problems),
        superseded=tuple(made[len(current) :]),
    )


def _latest(placements: Iterable[Placement]) -> tuple[list[Placement], list[Placement]]:
    """Of the attempts by the same student the latest, and apart from those the earlier ones."""
    current: list[Placement] = []
    groups: dict[str, list[Placement]] = {}
    for placement in placements:
        if placement.same:
            groups.setdefault(placement.same, []).append(placement)
        else:
            current.append(placement)
    earlier: list[Placement] = []
    for attempts in groups.values():
        attempts.sort(key=lambda placement: (placement.submitted_at, placement.attempt))
        numbers = [max(number, placement.attempt) for number, placement in enumerate(attempts, 1)]
        current.append(msgspec.structs.replace(attempts[-1], attempt=numbers[-1]))
        earlier += [
            msgspec.structs.replace(one, attempt=number, label=f"{one.label}-attempt-{number}")
            for one, number in zip(attempts[:-1], numbers, strict=False)
        ]
    return current, earlier


def _submission(
    placement: Placement, identifier: str, workspace: Path, limits: IntakeLimits
) -> tuple[Submission, list[Unplaced]]:
    notes = list(placement.notes)
    files: list[SubmittedFile] = []
    unplaced: list[Unplaced] = []
    names = DistinctNames()
    for given, entry in sorted(placement.entries, key=lambda pair: pair[0]):
        name = names.another(given)
        if entry.refused:
            notes.append(f"{name} was not read: {entry.refused}")
            unplaced.append(Unplaced(path=entry.name, reason=entry.refused))
            continue
        files.append(SubmittedFile(name=name, path=entry.path, kind=kind_of(name)))
        if name.lower().endswith(".zip"):
            inside, remarks = _inside(name, entry, workspace, limits)
            files += inside
            notes += remarks
        elif name.lower().endswith(_OTHER_ARCHIVES):
            notes.append(f"{name} was not opened: of archives only .zip is; hand in the files themselves")
    if not files:
        notes.append("nothing that can be read was handed in")
    lms = dict(placement.lms)
    if placement.submitted_at and lms:
        lms["submitted_at"] = placement.submitted_at
    if identifier != placement.label:
        lms["original"] = placement.label
    return (
        Submission(
            id=identifier,
            files=tuple(files),
            students=placement.students,
            attempt=placement.attempt,
            late=placement.late,
            submitted_at=placement.submitted_at,
            lms=lms,
            notes=tuple(notes),
        ),
        unplaced,
    )


def _with_remarks(submission: Submission, placement: Placement, accounts: Accounts) -> Submission:
    """The submission, with what staff should know if it may be several people's. An LMS knows who handed in."""
    if placement.lms.get("system") or placement.same:
        return submission
    found = look(placement.label, [file.name for file in submission.files], accounts)
    if found.sharing is Sharing.ONE:
        return submission
    return msgspec.structs.replace(submission, remarks=(remark(submission.id, found),))


def _inside(
    name: str, entry: Entry, workspace: Path, limits: IntakeLimits
) -> tuple[list[SubmittedFile], list[str]]:
    """The files of a student's own archive, one level deep; the archive itself stays a file too."""
    try:
        source = unpack(entry.path, workspace, limits, nested=True)
    except (ArchiveRefused, OSError) as problem:
        return [], [f"{name} was not opened: {problem}"]
    files: list[SubmittedFile] = []
    notes: list[str] = []
    for member in source.entries:
        if member.refused:
            notes.append(f"{name}/{member.name} was not read: {member.refused}")
            continue
        files.append(SubmittedFile(name=f"{name}/{member.name}", path=member.path, kind=kind_of(member.name)))
        if member.name.lower().endswith((".zip", *_OTHER_ARCHIVES)):
            notes.append(f"{name}/{member.name} was not opened: an archive within an archive")
    return files, notes


def _identity_problems(submissions: Sequence[Submission]) -> list[str]:
    """One student on several submissions: nothing is overwritten, staff decide."""
    twice = common_ids({student.id for student in submission.students} for submission in submissions)
    return [
        f"{student} is on several submissions: "
        + ", ".join(s.id for s in submissions if any(one.id == student for one in s.students))
        for student in sorted(twice)
    ]
