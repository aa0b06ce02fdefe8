"""Which rows of Moodle's worksheet a result is for: a participant's, or those of a group's members.

The number in a download's folder is a participant's where persons hand in and the group's where teams do. Nothing but the names
tells which, so a number counts only where the worksheet's row bears the folder's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from grader.class_tables import DEFAULT_GROUP, HIDDEN, NO, matching_key, same_name
from grader.errors import ExportError
from grader.export.cells import text_cell
from grader.export.gradebook import Gradebook
from grader.export.options import ExportOptions
from grader.export.recipients import Recipient
from grader.model import Student, Value

_PARTICIPANT = re.compile(r"[^0-9]*?([0-9]+)\s*", re.DOTALL)


class Target(Value, frozen=True):
    """One row for one person; without a row, why there is none."""

    person: Recipient
    row: int | None
    reason: str = ""


class Worksheet:
    """The rows of a worksheet, as long as its headings, with names that a spreadsheet cannot run; Moodle reads none of these."""

    def __init__(self, book: Gradebook, options: ExportOptions) -> None:
        self._book = book
        self.identifier = self._needed("identifier", "identifier_column", options)
        self.grade = self._needed("grade", "grade_column", options)
        named = options.settings.get("comment_column")
        self.comments = book.column(named) if named else book.column_of("comments")
        self.maximum = book.column_of("maximum")
        self._name, self._group = book.column_of("name"), book.column_of("group")
        self._email, self._changeable = book.column_of("email"), book.column_of("changeable")
        self.wanted: set[int] = set()
        width = len(book.headings)
        self.rows = [[*row, *[""] * (width - len(row))] for row in book.rows]
        self._names = [self._cell(at, self._name) for at in range(len(self.rows))]
        if self._name is not None:
            for row in self.rows[1:]:
                row[self._name] = text_cell(row[self._name])
        self._participants: dict[str, list[int]] = {}
        for at, row in enumerate(self.rows[1:], 1):
            if match := _PARTICIPANT.fullmatch(row[self.identifier]):
                self._participants.setdefault(match[1], []).append(at)
        self._emails = book.unique(self._email)
        known = [
            at
            for at, heading in enumerate(book.headings)
            if matching_key(heading) in _ID_COLUMNS and at != self.identifier
        ]
        self._ids = [book.unique(at) for at in known]
        locals_: dict[str, list[int]] = {}
        for address, at in self._emails.items():
            locals_.setdefault(address.partition("@")[0], []).append(at)
        self._locals = {local: rows[0] for local, rows in locals_.items() if len(rows) == 1}

    def _needed(self, field: str, setting: str, options: ExportOptions) -> int:
        named = options.settings.get(setting)
        found = self._book.column(named) if named else self._book.column_of(field)
        if found is None:
            raise ExportError(
                f"{self._book.path}: no {setting.replace('_', ' ')} among {', '.join(map(repr, self._book.headings))}; "
                f"give its heading as the setting {setting}"
            )
        return found

    def _cell(self, at: int, column: int | None) -> str:
        return self._book.cell(self.rows[at], column)

    def shown(self, at: int) -> str:
        """A row's student."""
        return (
            f"{self._names[at]} ({self.rows[at][self.identifier]})"
            if self._names[at]
            else self.rows[at][self.identifier]
        )

    def name(self, at: int) -> str:
        """The name as Moodle writes it."""
        return self._names[at]

    def number(self, at: int) -> str:
        """The participant's number."""
        match = _PARTICIPANT.fullmatch(self.rows[at][self.identifier])
        return match[1] if match is not None else ""

    def is_closed(self, at: int) -> bool:
        """Whether Moodle says that the grade cannot be changed."""
        return matching_key(self._cell(at, self._changeable)) in NO

    def members(self, group: str) -> list[int]:
        """The rows of a group's members; of the default group, those that are in none."""
        if self._group is None:
            return []
        wanted = matching_key(group)
        default = wanted in DEFAULT_GROUP
        found = []
        for at in range(1, len(self.rows)):
            own = matching_key(self._cell(at, self._group))
            if (own == wanted and bool(own)) or (default and (not own or own in DEFAULT_GROUP)):
                found.append(at)
        return found

    @property
    def has_groups(self) -> bool:
        """Whether there is a column of groups."""
        return self._group is not None

    def row_of(self, person: Recipient, options: ExportOptions) -> tuple[int | None, str]:
        """The row of one person, or why there is none."""
        number = person.lms(options, "participant")
        if number:  # what Moodle itself calls the student; anything else might be another's
            rows = self._participants.get(number, [])
            if len(rows) != 1:
                return None, "no such participant in the worksheet"
            return self._checked(rows[0], person, options)
        address, own = person.lms(options, "email").casefold(), person.known_id(options).casefold()
        wanted = [self._emails.get(address), self._emails.get(own), *(ids.get(own) for ids in self._ids)]
        found = {at for at in wanted if at is not None}
        if not found and own in self._locals:
            found = {self._locals[own]}
        if len(found) == 1:
            return found.pop(), ""
        return (
            None,
            "several participants of the worksheet fit" if found else "no such participant in the worksheet",
        )

    def _checked(self, at: int, person: Recipient, options: ExportOptions) -> tuple[int | None, str]:
        """The row if it bears the person's address or name; a folder's number may be a group's, or of another assignment."""
        there, here = self._cell(at, self._email).casefold(), person.lms(options, "email").casefold()
        if there and here and "@" in there:
            if there == here:
                return at, ""
            return None, f"participant {self.number(at)} is {there} in the worksheet, not {here}"
        folder = person.lms(options, "name") or person.student.name
        row = self._names[at]
        if (
            not matching_key(folder)
            or not matching_key(row)
            or matching_key(row) in HIDDEN
            or same_name(folder, row)
        ):
            return at, ""
        return None, (
            f"participant {self.number(at)} is {row} in the worksheet, and the folder is {folder}'s: "
            "the number may be a group's, or the worksheet another assignment's"
        )


_ID_COLUMNS = frozenset(
    matching_key(word)
    for word in (
        "ID number", "ID-nummer", "IDnummer", "Numéro d'identification", "Username", "Användarnamn", "Anmeldename",
        "Nom d'utilisateur", "Gebruikersnaam", "Brukernavn", "Nombre de usuario",
    )
)  # fmt: skip


def targets(people: Sequence[Recipient], sheet: Worksheet, options: ExportOptions) -> Iterator[Target]:
    """The rows that get a mark: of a group's result, one a member."""
    for person in people:
        group = person.lms(options, "group") or _group_by_name(person, sheet, options)
        if group and (not person.student.id or person.student.id == person.lms(options, "participant")):
            yield from _members(person, group, sheet)
            continue
        at, reason = sheet.row_of(person, options)
        folder = person.lms(options, "name")
        if at is not None and same_name(folder, sheet.name(at)) and sheet.members(folder):
            at, reason = (
                None,
                f"{folder} is the name of a participant and of a group: whose folder it is, is not certain",
            )
        if at is not None:
            sheet.wanted.add(at)
        yield Target(person, at, reason)


def _group_by_name(person: Recipient, sheet: Worksheet, options: ExportOptions) -> str:
    """The name of a download's folder, where the worksheet has a group of that name and no such participant."""
    folder = person.lms(options, "name")
    if not folder or not sheet.members(folder):
        return ""
    at, _ = sheet.row_of(person, options)
    return folder if at is None else ""


def _members(person: Recipient, group: str, sheet: Worksheet) -> Iterator[Target]:
    rows = sheet.members(group)
    if not rows:
        reason = (
            f"the worksheet has no members of {group}"
            if sheet.has_groups
            else f"{group} is a group, and neither a class list nor the worksheet's column Group says who is in it"
        )
        yield Target(person, None, reason)
    for at in rows:
        sheet.wanted.add(at)
        member = Student(id=sheet.number(at), name=sheet.name(at))
        yield Target(msgspec.structs.replace(person, student=member, alone=False), at)
