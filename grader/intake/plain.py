"""Plain folders: each sub-folder, or each file by its stem or its LiU-IDs, is a submission."""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import PurePosixPath

from grader.intake.entries import Entry, Placed, Placement, Source, kind_of, without_top_folder
from grader.intake.identities import liu_ids
from grader.intake.intake_types import Unplaced
from grader.model import FileKind, Student

_LISTS = frozenset(
    (".csv", ".tsv", ".xlsx", ".ods", ".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".log")
)
_PICTURES = frozenset((".png", ".jpg", ".jpeg", ".gif", ".svg", ".eps", ".pdf", ".webp", ".bmp"))
_SHOWING = frozenset((".tex", ".md", ".markdown", ".html", ".htm"))
_LONGEST = 1 << 20  # bytes of a report that is searched for the pictures that it shows
_MOST_PATTERN_CHARS = 400  # of a name that a user's own pattern is tried on: bounds a pattern that backtracks


def place(source: Source, pattern: re.Pattern[str] | None = None) -> Placed:
    """Every entry of `source` in one submission.

    A folder or archive that is named by LiU-IDs and holds nothing named by others is one submission itself.
    A `pattern` names the student of each path by its group ``id``, and ``name``, ``attempt`` and ``file`` if there
    are such groups; what it does not match is placed by folder or stem as if there were none.
    """
    if is_one_submission(source) and pattern is None:
        return Placed(placements=(one_submission(source),))
    inner = without_top_folder(source)
    if inner is not None and pattern is None and _is_wrapping(inner):
        return place(inner)
    groups: dict[str, list[tuple[str, Entry]]] = {}
    owners: dict[str, tuple[Student, ...]] = {}
    attempts: dict[str, tuple[str, int]] = {}
    for entry in source.entries:
        label, inside = _group(entry)
        if (
            pattern is not None
            and (match := pattern.search(entry.name[:_MOST_PATTERN_CHARS]))
            and match["id"]
        ):
            found = match.groupdict()
            attempt = int(found["attempt"]) if (found.get("attempt") or "").isdecimal() else 1
            inside = found.get("file") or inside
            label = match["id"] if attempt == 1 else f"{match['id']}-{attempt}"
            owners[label] = (Student(id=match["id"], name=found.get("name") or ""),)
            attempts[label] = (match["id"], attempt)
        groups.setdefault(label, []).append((inside, entry))
    for folder in source.empty_folders:
        if "/" not in folder:
            groups.setdefault(folder, [])
    _join_pictures(groups, owners)
    unplaced: list[Unplaced] = []
    for label in [label for label in groups if label not in owners]:
        if reason := _not_a_submission(label, groups):
            unplaced += [Unplaced(path=entry.name, reason=reason) for _, entry in groups.pop(label)]
    return Placed(
        unplaced=tuple(unplaced),
        placements=tuple(
            Placement(
                label=label,
                entries=tuple(files),
                students=owners.get(label) or students_in(label),
                same=attempts[label][0] if label in attempts else "",
                attempt=attempts[label][1] if label in attempts else 1,
            )
            for label, files in groups.items()
        ),
    )


def _join_pictures(groups: dict[str, list[tuple[str, Entry]]], owners: Container[str]) -> None:
    """Puts a loose picture, in no student's name, to the loose report that shows it."""
    loose = [
        (label, files[0][1])
        for label, files in groups.items()
        if label not in owners and files and all("/" not in entry.name for _, entry in files)
    ]
    texts = {label: text for label, _ in loose for _, entry in groups[label] if (text := _text_of(entry))}
    for label, entry in loose:
        if liu_ids(label) or PurePosixPath(entry.name).suffix.lower() not in _PICTURES or label in texts:
            continue
        named = re.compile(rf"[{{(\[\"'/\s]{re.escape(PurePosixPath(entry.name).stem)}(?:\.\w+)?[}})\]\"'\s]")
        shows = next((other for other, text in texts.items() if named.search(text)), None)
        if shows is not None:
            groups[shows] += groups.pop(label)


def _text_of(entry: Entry) -> str:
    """What stands in a report that names its pictures; empty for other files."""
    if entry.refused or PurePosixPath(entry.name).suffix.lower() not in _SHOWING or entry.size > _LONGEST:
        return ""
    try:
        return entry.path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def is_one_submission(source: Source) -> bool:
    """Whether the source as a whole is what one student or group handed in, by the LiU-IDs in its name."""
    own = set(liu_ids(source.label))
    tops = {entry.parts[0] for entry in source.entries} | {
        folder.split("/")[0] for folder in source.empty_folders
    }
    return bool(own) and all(set(liu_ids(top)) <= own for top in tops)


def one_submission(source: Source) -> Placement:
    """The whole source as one submission."""
    return Placement(
        label=source.label,
        entries=tuple((entry.name, entry) for entry in source.entries),
        students=students_in(source.label) or _students_of_all(source.entries),
    )


def students_in(name: str) -> tuple[Student, ...]:
    """The students whose LiU-IDs are in a name."""
    return tuple(Student(id=liu_id) for liu_id in liu_ids(name))


def _students_of_all(entries: tuple[Entry, ...]) -> tuple[Student, ...]:
    return tuple(dict.fromkeys(student for entry in entries for student in students_in(entry.name)))


def _group(entry: Entry) -> tuple[str, str]:
    """The label of the submission a path belongs to, and the file's name inside of it."""
    top, _, rest = entry.name.partition("/")
    if rest:
        return top, rest
    owners = liu_ids(PurePosixPath(top).stem)
    return ("-".join(sorted(owners)) if owners else PurePosixPath(top).stem), top


def _not_a_submission(label: str, groups: dict[str, list[tuple[str, Entry]]]) -> str:
    """Why a file beside the submissions is none itself, or nothing if it may be one."""
    files = groups[label]
    if len(groups) == 1 or liu_ids(label) or not files or any("/" in entry.name for _, entry in files):
        return ""
    if label.startswith("."):
        return "a hidden file beside the submissions, in no student's name"
    if label.casefold() == "readme":
        return "a README beside the submissions"
    if all(PurePosixPath(entry.name).suffix.lower() in _LISTS for _, entry in files):
        return "a list or a setting beside the submissions, in no student's name"
    return ""


def _is_wrapping(inner: Source) -> bool:
    """Whether a single top folder only wraps the class: in it are several folders, or names of students."""
    if liu_ids(inner.label):
        return False
    tops = {entry.parts[0] for entry in inner.entries} | {
        folder.split("/")[0] for folder in inner.empty_folders
    }
    named = {liu_ids(top) for top in tops if liu_ids(top)}
    folders = {entry.parts[0] for entry in inner.entries if len(entry.parts) > 1} | set(inner.empty_folders)
    loose = [entry.name for entry in inner.entries if len(entry.parts) == 1]
    if inner.archive and loose:  # a packed folder of reports; one student seldom hands in two
        kinds = [kind_of(name) for name in loose]
        stems = {(kind, PurePosixPath(name).stem) for kind, name in zip(kinds, loose, strict=True)}
        many = max(
            sum(kind is wanted for kind, _ in stems) for wanted in (FileKind.REPORT, FileKind.NOTEBOOK)
        )
        return bool(named) or many > 1
    return bool(named) or (len(folders) > 1 and not loose)
