"""The class list: students of submissions are joined to it by what identifies them, never by a guess."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import msgspec

from grader.accounts import Accounts
from grader.class_tables import (
    ClassMember,
    UnreadableTable,
    matching_key,
    members_in,
    name_keys,
    read_csv,
    same_name,
    spaced_keys,
)
from grader.errors import IntakeError
from grader.intake.entries import Placement
from grader.intake.intake_types import MIB
from grader.model import Student, Value

_LARGEST = 32 * MIB
# What a system's own number of a student is called in a class list; its downloads know nothing better than it and the name.
_NUMBERS = {"canvas": "user_id", "moodle": "participant", "ilias": "usr_id"}
_NAMES_ONLY = frozenset(("brightspace", "teams"))  # downloads that hold no identifier which any list has


class Roster(Value, frozen=True):
    """The class list."""

    rows: tuple[ClassMember, ...]

    def join(self, placements: Iterable[Placement]) -> tuple[list[Placement], list[str]]:
        """The placements with each student's identity from the list, and sentences about what did not fit.

        Joined by the system's own number, identifier or e-mail address. A name joins only where nothing better could be
        known, and where it is one student's in the download and one's in the list. A group's name stands for its members.
        """
        listed = list(placements)
        if not self.rows:
            return listed, []
        joining = _Joining(self.rows, listed)
        joined: list[Placement] = []
        for placement in listed:
            joined.append(joining.joined(placement))
        return joined, joining.doubts


class _Joining:
    """One class list and one download."""

    def __init__(self, rows: tuple[ClassMember, ...], placements: list[Placement]) -> None:
        self.doubts: list[str] = []
        self._index: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._rows = {str(at): row for at, row in enumerate(rows)}
        self._groups: dict[str, list[ClassMember]] = defaultdict(list)
        for at, row in self._rows.items():
            keys = [("id", row.id.casefold()), ("email", row.email.casefold())]
            keys += [("local", row.email.partition("@")[0].casefold())]
            keys += [(kind, value.casefold()) for kind, value in row.keys.items()]
            keys += [("run", key) for key in name_keys(row.name)] + [
                ("spaced", key) for key in spaced_keys(row.name)
            ]
            for kind, key in keys:
                if key:
                    self._index[kind, key].add(at)
            if row.group:
                self._groups[matching_key(row.group)].append(row)
        self._kinds = {kind for kind, _ in self._index}
        self._bearers: dict[str, set[str]] = defaultdict(set)
        for placement in placements:
            for student in placement.students:
                self._bearers[matching_key(student.name)].add(student.id.casefold() or placement.label)

    def joined(self, placement: Placement) -> Placement:
        students: list[Student] = []
        lms = dict(placement.lms)
        people = placement.students
        group = placement.lms.get("group", "")
        if group and not people:
            members = self._groups.get(matching_key(group), [])
            if not members:
                self.doubts.append(f"{placement.label}: the class list knows no members of {group}")
            for row in members:
                students.append(_taken(row, "", lms))
        if candidates := placement.lms.get("candidates", ""):
            found = {
                at for number in candidates.split(",") for at in self._index.get(("user_id", number), ())
            }
            if len(found) == 1:
                row = self._rows[found.pop()]
                lms["user_id"] = row.keys["user_id"]
                students.append(_taken(row, "", lms))
        for student in people:
            members = self._members(student)
            if members:
                students += [_taken(row, "", lms) for row in members]
                continue
            if (key := matching_key(student.name)) in self._groups and self._index.get(("run", key)):
                self.doubts.append(
                    f"{placement.label}: {student.name} is a group's name and a student's; left open"
                )
                students.append(student)
                continue
            fitting, doubt = self._row_of(placement, student)
            if fitting is not None:
                students.append(_taken(fitting, student.name, lms))
            else:
                self.doubts.append(f"{placement.label}: {doubt}")
                students.append(student)
        return msgspec.structs.replace(placement, students=tuple(dict.fromkeys(students)), lms=lms)

    def _members(self, student: Student) -> list[ClassMember]:
        """The members of the group that a group's submission is named by; nobody's own name is a group's."""
        key = matching_key(student.name)
        if not key or self._index.get(("run", key)):
            return []
        return self._groups.get(key, [])

    def _row_of(self, placement: Placement, student: Student) -> tuple[ClassMember | None, str]:
        system = placement.lms.get("system", "")
        number = _NUMBERS.get(system)
        shown = student.name or student.id
        own = student.id.casefold()
        wanted = [(number, own)] if number else [("id", own), ("local", own), ("other", own)]
        email = placement.lms.get(f"email:{student.id}", "")
        if not email and len(placement.students) == 1:
            email = placement.lms.get("email", "")
        if email:
            wanted += [("email", email.casefold()), ("id", email.casefold())]
        for key in wanted:
            found = self._index.get(key, set())
            if len(found) == 1:
                return self._rows[next(iter(found))], ""
            if found:
                return None, f"{shown} fits several rows of the class list"
        if number and (row := self._numbered(student)) is not None:
            return row, ""
        by_number = number is not None and number in self._kinds
        by_identifier = number is None and system not in _NAMES_ONLY
        if by_number or by_identifier or email or not student.name:
            return None, f"{shown} is not in the class list"
        kind = "spaced" if " " in student.name.strip() else "run"
        spelt = spaced_keys(student.name)[0] if kind == "spaced" else matching_key(student.name)
        found = self._index.get((kind, spelt), set())
        if len(found) > 1:
            return None, f"{shown} fits several rows of the class list"
        if not found:
            return None, f"{shown} is not in the class list"
        if len(self._bearers[matching_key(student.name)]) > 1:
            return None, f"{shown} is the name of several who handed in, and of one in the class list"
        return self._rows[next(iter(found))], ""

    def _numbered(self, student: Student) -> ClassMember | None:
        """A list whose column of identifiers holds the system's own numbers: the name has to agree."""
        found = self._index.get(("id", student.id.casefold()), set())
        if len(found) != 1:
            return None
        row = self._rows[next(iter(found))]
        return row if not row.name or not student.name or same_name(row.name, student.name) else None


def _taken(row: ClassMember, name: str, lms: dict[str, str]) -> Student:
    """The student of a row; what the row knows of other systems goes to `lms` under the student's identifier."""
    for kind, value in row.keys.items():
        lms[f"{kind}:{row.id}"] = value
    if row.email:
        lms[f"email:{row.id}"] = row.email
    return Student(id=row.id, name=row.name or name)


def read_roster(path: Path, accounts: Accounts) -> Roster:
    """The class list in `path`. Raises `IntakeError` if it cannot be read or has no column of identifiers."""
    if not path.is_file():
        raise IntakeError(f"{path}: there is no such class list")
    if path.stat().st_size > _LARGEST:
        raise IntakeError(f"{path}: a class list of over {_LARGEST // MIB} MiB")
    content = path.read_bytes()
    if content.startswith(b"PK\x03\x04"):
        raise IntakeError(f"{path}: a workbook; save the class list as CSV and give that")
    try:
        table = read_csv(content)
    except UnreadableTable as problem:
        raise IntakeError(f"{path}: not a CSV that can be read: {problem}") from problem
    if not table.rows:
        raise IntakeError(f"{path}: the class list is empty")
    members = members_in(table, accounts)
    if members is None:
        raise IntakeError(
            f"{path}: no column with the students' identifiers; its first row needs a heading such as "
            "id, LiU-ID, Username or Användarnamn (and name, email)"
        )
    return Roster(rows=members)


def read_table(content: bytes) -> list[list[str]]:
    """The rows of a CSV with any of the usual separators and encodings, empty rows left out."""
    try:
        return [list(row) for row in read_csv(content).rows]
    except UnreadableTable as problem:
        raise IntakeError(f"not a CSV that can be read: {problem}") from problem
