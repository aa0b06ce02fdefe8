"""The class list, a CSV: columns are found by their headings, students joined to submissions."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from grader.accounts import Accounts
from grader.errors import IntakeError
from grader.intake.entries import Placement, clean_name
from grader.intake.identities import matching_key, name_keys
from grader.intake.intake_types import MIB
from grader.model import Student, Value

_LARGEST = 32 * MIB

# Headings after `matching_key`, the most telling first; the LMSs' own exports are class lists too.
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "id": (
        "liuid", "sisloginid", "loginid", "login", "username", "användarnamn", "anvnamn", "studentid", "sid",
        "orgdefinedid", "idnumber", "idnummer", "rosteridentifier", "sisuserid", "personnummer", "id",
    ),
    "name": ("fullname", "fullständigtnamn", "studentname", "student", "name", "namn", "fulltnamn"),
    "first": ("firstname", "förnamn", "givenname"),
    "last": ("lastname", "efternamn", "surname", "familyname"),
    "email": ("email", "emailaddress", "epost", "epostadress", "mail", "mejl", "sisemail"),
    "lms": ("identifier", "identifierare", "githubusername", "github", "canvasuserid", "canvasid", "userid"),
    "group": ("group", "grupp", "groupname", "gruppnamn", "team"),
}  # fmt: skip


class RosterRow(Value, frozen=True):
    """One student of the class list; `lms` is another system's identifier, such as Moodle's participant."""

    id: str
    name: str = ""
    email: str = ""
    lms: str = ""
    group: str = ""


class Roster(Value, frozen=True):
    """The class list."""

    rows: tuple[RosterRow, ...]

    def join(self, placements: Iterable[Placement]) -> tuple[list[Placement], list[str]]:
        """The placements with each student's identity from the list, and sentences about what did not fit.

        Joined by identifier, e-mail address, the LMS's identifier or the name, each only where it points to
        one row; a group's name stands for all its members.
        """
        if not self.rows:
            return list(placements), []
        index = self._index()
        groups: dict[str, list[RosterRow]] = {}
        for row in self.rows:
            if row.group:
                groups.setdefault(matching_key(row.group), []).append(row)
        joined: list[Placement] = []
        problems: list[str] = []
        for placement in placements:
            changed, doubts = _join_one(placement, index, groups)
            joined.append(changed)
            problems += doubts
        return joined, problems

    def _index(self) -> dict[tuple[str, str], set[RosterRow]]:
        index: dict[tuple[str, str], set[RosterRow]] = {}
        for row in self.rows:
            keys = [("id", row.id.casefold()), ("id", row.lms.casefold()), ("email", row.email.casefold())]
            keys += [("name", key) for key in name_keys(row.name)]
            for field, key in keys:
                if key:
                    index.setdefault((field, key), set()).add(row)
        return index


def read_roster(path: Path, accounts: Accounts) -> Roster:
    """The class list in `path`. Raises `IntakeError` if it cannot be read or has no column of identifiers."""
    if not path.is_file():
        raise IntakeError(f"{path}: there is no such class list")
    if path.stat().st_size > _LARGEST:
        raise IntakeError(f"{path}: a class list of over {_LARGEST // MIB} MiB")
    rows = read_table(path.read_bytes())
    if not rows:
        raise IntakeError(f"{path}: the class list is empty")
    headings = [matching_key(cell) for cell in rows[0]]
    columns = {
        field: next((headings.index(wanted) for wanted in known if wanted in headings), None)
        for field, known in _HEADINGS.items()
    }
    if (
        "sisloginid" in headings and "id" in headings
    ):  # Canvas's gradebook: its ID is the number in file names
        columns["lms"] = headings.index("id")
    if columns["id"] is None:
        columns["id"] = columns["email"]
    if columns["id"] is None:
        raise IntakeError(
            f"{path}: no column with the students' identifiers; its first row needs a heading such as "
            "id, LiU-ID, Username or Användarnamn (and name, email)"
        )
    return Roster(rows=tuple(row for cells in rows[1:] if (row := _row(cells, columns, accounts)).id))


def read_table(content: bytes) -> list[list[str]]:
    """The rows of a CSV with any of the usual separators and encodings, empty rows left out."""
    text = _decoded(content)
    head = text[:20_000].splitlines()[:1]
    separator = max(",;\t", key=head[0].count) if head else ","
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as problem:
        raise IntakeError(f"not a CSV that can be read: {problem}") from problem
    return [cells for cells in rows if any(cell.strip() for cell in cells)]


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _row(cells: list[str], columns: Mapping[str, int | None], accounts: Accounts) -> RosterRow:
    def cell(field: str) -> str:
        at = columns[field]
        return clean_name(cells[at].strip()) if at is not None and at < len(cells) else ""

    email = cell("email")
    identifier = cell("id")
    if "@" in identifier:  # an address as identifier: its first part may be the user name
        email = email or identifier
        local = identifier.partition("@")[0]
        identifier = local if accounts.of(local) == (local.casefold(),) else identifier
    name = cell("name") or f"{cell('first')} {cell('last')}".strip()
    return RosterRow(id=identifier, name=name, email=email, lms=cell("lms"), group=cell("group"))


def _join_one(
    placement: Placement, index: dict[tuple[str, str], set[RosterRow]], groups: dict[str, list[RosterRow]]
) -> tuple[Placement, list[str]]:
    doubts: list[str] = []
    students: list[Student] = []
    email = placement.lms.get("email", "")
    for student in placement.students:
        members = groups.get(matching_key(student.name)) if student.name else None
        if members:
            students += [Student(id=row.id, name=row.name) for row in members]
            continue
        wanted = [("id", student.id.casefold()), ("id", f"participant {student.id}")]
        if email and len(placement.students) == 1:
            wanted.append(("email", email.casefold()))
        found = next((rows for key in wanted if (rows := index.get(key))), None)
        if found is None and student.name:
            found = index.get(("name", matching_key(student.name)))
        if found and len(found) == 1:
            (row,) = found
            students.append(Student(id=row.id, name=row.name or student.name))
            continue
        if found:
            doubts.append(
                f"{placement.label}: {student.name or student.id} fits several rows of the class list"
            )
        else:
            doubts.append(f"{placement.label}: {student.name or student.id} is not in the class list")
        students.append(student)
    return msgspec.structs.replace(placement, students=tuple(dict.fromkeys(students))), doubts
