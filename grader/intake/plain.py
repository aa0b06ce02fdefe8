"""Plain folders: each sub-folder, or each file by its stem or its user names, is a submission.

A sub-folder that is itself a folder of submissions is taken apart, and nobody's work is laid to another's.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from pathlib import PurePosixPath

import msgspec

from grader.accounts import Accounts
from grader.errors import IntakeError
from grader.intake.entries import Entry, Placed, Placement, Source, kind_of, without_top_folder
from grader.intake.intake_types import Unplaced
from grader.intake.people import Sharing, is_part, look, question
from grader.model import FileKind, Student

NO_ACCOUNTS = Accounts()
_LISTS = frozenset(
    (".csv", ".tsv", ".xlsx", ".ods", ".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".log")
)
_PICTURES = frozenset((".png", ".jpg", ".jpeg", ".gif", ".svg", ".eps", ".pdf", ".webp", ".bmp"))
_SHOWING = frozenset((".tex", ".md", ".markdown", ".html", ".htm"))
_LONGEST = 1 << 20  # bytes of a report that is searched for the pictures that it shows
_MOST_PATTERN_CHARS = 400  # of a name that a user's own pattern is tried on: bounds a pattern that backtracks


def place(
    source: Source,
    pattern: re.Pattern[str] | None = None,
    accounts: Accounts = NO_ACCOUNTS,
    depth: int | None = None,
) -> Placed:
    """Every entry of `source` in one submission.

    A folder or archive that is named by user names and holds nothing named by others is one submission itself, and so is
    one in which a report and its parts lie under names that are nobody's. A `pattern` names the student of each path by its group ``id``, and ``name``, ``attempt`` and ``file`` if there
    are such groups; what it does not match is placed by folder or stem as if there were none. With `depth` each folder
    so many levels below is a submission. Raises `IntakeError` where only the user can say what is one.
    """
    if depth is None and pattern is None:
        if is_one_submission(source, accounts) or _is_own_folder(source):
            return Placed(placements=(one_submission(source, accounts),))
        inner = without_top_folder(source)
        if inner is not None and _is_wrapping(inner, accounts):
            return place(inner, accounts=accounts)
    groups: dict[str, list[tuple[str, Entry]]] = {}
    owners: dict[str, tuple[Student, ...]] = {}
    attempts: dict[str, tuple[str, int]] = {}
    for entry in source.entries:
        label, inside = _group(entry, accounts)
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
        groups.setdefault(folder.partition("/")[0], [])
    _join_pictures(groups, owners, accounts)
    unplaced: list[Unplaced] = []
    for label in [label for label in groups if label not in owners]:
        if reason := _not_a_submission(label, groups, accounts):
            unplaced += [Unplaced(path=entry.name, reason=reason) for _, entry in groups.pop(label)]
    shelves = _shelves(source, [label for label in groups if label not in owners], accounts, depth)
    below = [_taken_apart(shelf, accounts, depth) for shelf in shelves.values()]
    placements = [
        Placement(
            label=label,
            entries=tuple(files),
            students=owners.get(label) or students_in(label, accounts),
            same=attempts[label][0] if label in attempts else "",
            attempt=attempts[label][1] if label in attempts else 1,
        )
        for label, files in groups.items()
        if label not in shelves
    ]
    return Placed(
        placements=(*placements, *(one for placed in below for one in placed.placements)),
        unplaced=(*unplaced, *(one for placed in below for one in placed.unplaced)),
        problems=tuple(problem for placed in below for problem in placed.problems),
    )


def _shelves(
    source: Source, labels: Sequence[str], accounts: Accounts, depth: int | None
) -> dict[str, Source]:
    """The folders that are no submissions but hold some. Raises `IntakeError` where names do not tell."""
    inside = _folders(source)
    folders = {label: inside[label] for label in labels if label in inside}
    if depth is not None:
        return folders if depth > 1 else {}
    found = {
        label: look(
            label,
            [*(entry.name for entry in folder.entries), *(f"{empty}/" for empty in folder.empty_folders)],
            accounts,
        )
        for label, folder in folders.items()
    }
    several = {label for label, one in found.items() if one.sharing is Sharing.SEVERAL}
    against = sum(one.rooted and one.sharing is not Sharing.SEVERAL for one in found.values())
    against += sum(label not in folders for label in labels)  # loose files
    unsure = sorted(label for label in several if not found[label].sure)
    if len(unsure) >= against:
        unsure = []
    unsure += [label for label, one in found.items() if one.sharing is Sharing.UNCLEAR]
    if unsure:
        raise IntakeError(question(f"{source.label}/{unsure[0]}".strip("/"), found[unsure[0]]))
    if several:  # a shelf with one submission, or with none, beside shelves with more
        several |= {label for label in folders if not found[label].rooted and _is_shelf(folders[label])}
    return {label: folders[label] for label in folders if label in several}


def _folders(source: Source) -> dict[str, Source]:
    """What is in each folder of the source, as a source of its own; a folder that is all empty is not there."""
    entries: dict[str, list[Entry]] = {}
    empty: dict[str, list[str]] = {}
    for entry in source.entries:
        top, _, inside = entry.name.partition("/")
        if inside:
            entries.setdefault(top, []).append(msgspec.structs.replace(entry, name=inside))
    for folder in source.empty_folders:
        top, _, inside = folder.partition("/")
        if inside:
            empty.setdefault(top, []).append(inside)
    return {
        top: Source(label=top, entries=tuple(entries.get(top, ())), empty_folders=tuple(empty.get(top, ())))
        for top in dict.fromkeys((*entries, *empty))
    }


def _is_shelf(folder: Source) -> bool:
    """Whether nothing lies loose in a folder, and none of its sub-folders is called like a part of somebody's work."""
    tops = [entry.name.partition("/") for entry in folder.entries]
    return all(rest for _, _, rest in tops) and not any(
        is_part(name) for name in (*(top for top, _, _ in tops), *folder.empty_folders)
    )


def _is_own_folder(source: Source) -> bool:
    """Whether somebody's work lies loose here, under names like ``report.pdf`` that are nobody's, and parts of it beside."""
    loose = [PurePosixPath(entry.name) for entry in source.entries if "/" not in entry.name]
    work = [
        path for path in loose if kind_of(path.name) is not FileKind.OTHER and path.stem.lower() != "readme"
    ]
    tops = {entry.parts[0] for entry in source.entries if len(entry.parts) > 1}
    return bool(source.label and work) and all(
        is_part(name) for name in (*(path.stem for path in loose), *tops)
    )


def _taken_apart(shelf: Source, accounts: Accounts, depth: int | None) -> Placed:
    """What is in one folder, placed as a source of its own; names of files lead from the whole source again."""
    if depth is not None and _is_own_folder(shelf):
        return Placed(placements=(one_submission(shelf, accounts),))
    prefix = f"{shelf.label}/"
    placed = place(shelf, accounts=accounts, depth=None if depth is None else depth - 1)
    return Placed(
        placements=tuple(
            msgspec.structs.replace(
                one,
                label=one.label if accounts.of(one.label) else f"{shelf.label}-{one.label}",
                entries=tuple(
                    (inside, msgspec.structs.replace(entry, name=prefix + entry.name))
                    for inside, entry in one.entries
                ),
            )
            for one in placed.placements
        ),
        unplaced=tuple(msgspec.structs.replace(one, path=prefix + one.path) for one in placed.unplaced),
        problems=placed.problems,
    )


def _join_pictures(
    groups: dict[str, list[tuple[str, Entry]]], owners: Container[str], accounts: Accounts
) -> None:
    """Puts a loose picture, in no student's name, to the loose report that shows it."""
    loose = [
        (label, files[0][1])
        for label, files in groups.items()
        if label not in owners and files and all("/" not in entry.name for _, entry in files)
    ]
    if not any(PurePosixPath(entry.name).suffix.lower() in _PICTURES for _, entry in loose):
        return  # then no report need be opened
    texts = {label: text for label, _ in loose for _, entry in groups[label] if (text := _text_of(entry))}
    for label, entry in loose:
        if accounts.of(label) or PurePosixPath(entry.name).suffix.lower() not in _PICTURES or label in texts:
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


def is_one_submission(source: Source, accounts: Accounts) -> bool:
    """Whether the source as a whole is what one student or group handed in, by the user names in its name."""
    own = set(accounts.of(source.label))
    tops = {entry.parts[0] for entry in source.entries} | {
        folder.split("/")[0] for folder in source.empty_folders
    }
    return bool(own) and all(set(accounts.of(top)) <= own for top in tops)


def one_submission(source: Source, accounts: Accounts) -> Placement:
    """The whole source as one submission."""
    return Placement(
        label=source.label,
        entries=tuple((entry.name, entry) for entry in source.entries),
        students=students_in(source.label, accounts) or _students_of_all(source.entries, accounts),
    )


def students_in(name: str, accounts: Accounts) -> tuple[Student, ...]:
    """The students whose user names are in a name."""
    return tuple(Student(id=account) for account in accounts.of(name))


def _students_of_all(entries: tuple[Entry, ...], accounts: Accounts) -> tuple[Student, ...]:
    return tuple(dict.fromkeys(student for entry in entries for student in students_in(entry.name, accounts)))


def _group(entry: Entry, accounts: Accounts) -> tuple[str, str]:
    """The label of the submission a path belongs to, and the file's name inside of it."""
    top, _, rest = entry.name.partition("/")
    if rest:
        return top, rest
    owners = accounts.of(PurePosixPath(top).stem)
    return ("-".join(sorted(owners)) if owners else PurePosixPath(top).stem), top


def _not_a_submission(label: str, groups: Mapping[str, list[tuple[str, Entry]]], accounts: Accounts) -> str:
    """Why a file or a folder beside the submissions is none itself, or nothing if it may be one."""
    files = groups[label]
    if len(groups) == 1 or accounts.of(label) or not files:
        return ""
    if any("/" in entry.name for _, entry in files):
        return _not_a_folder_of_work(label, files)
    if label.startswith("."):
        return "a hidden file beside the submissions, in no student's name"
    if label.casefold() == "readme":
        return "a README beside the submissions"
    if all(PurePosixPath(entry.name).suffix.lower() in _LISTS for _, entry in files):
        return "a list or a setting beside the submissions, in no student's name"
    return ""


def _not_a_folder_of_work(label: str, files: Sequence[tuple[str, Entry]]) -> str:
    held = {kind_of(entry.name) for _, entry in files}
    packed = any(entry.name.lower().endswith(".zip") for _, entry in files)
    if is_part(label) and held <= {FileKind.OTHER} and not packed:
        return "in a folder beside the submissions that holds no report, notebook or archive"
    return ""


def _is_wrapping(inner: Source, accounts: Accounts) -> bool:
    """Whether a single top folder only wraps the class: in it are several folders, or names of students."""
    if accounts.of(inner.label):
        return False
    tops = {entry.parts[0] for entry in inner.entries} | {
        folder.split("/")[0] for folder in inner.empty_folders
    }
    named = {accounts.of(top) for top in tops if accounts.of(top)}
    folders = {entry.parts[0] for entry in inner.entries if len(entry.parts) > 1} | {
        folder.partition("/")[0] for folder in inner.empty_folders
    }
    loose = [entry.name for entry in inner.entries if len(entry.parts) == 1]
    if inner.archive and loose:  # a packed folder of reports; one student seldom hands in two
        kinds = [kind_of(name) for name in loose]
        stems = {(kind, PurePosixPath(name).stem) for kind, name in zip(kinds, loose, strict=True)}
        many = max(
            sum(kind is wanted for kind, _ in stems) for wanted in (FileKind.REPORT, FileKind.NOTEBOOK)
        )
        return bool(named) or many > 1
    return bool(named) or (sum(not is_part(folder) for folder in folders) > 1 and not loose)
