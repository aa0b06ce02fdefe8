"""The class list: who is in the class, under every identifier that a table of any system gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from grader.accounts import Accounts
from grader.class_tables.csv_tables import CsvTable
from grader.class_tables.headings import column_of, heading_key
from grader.class_tables.names import clean_name
from grader.model import Value

_NUMBER_AT_END: Final = re.compile(r"[^0-9]*?([0-9]+)\s*", re.DOTALL)
_PERSONAL_NUMBER: Final = re.compile(r"(?:[0-9]{2})?[0-9]{6}[-+ ]?[0-9A-Z][0-9]{3}")
_TEST_STUDENT: Final = re.compile(r"[0-9a-f]{12,40}")  # the login that Canvas makes up for its Test Student
_PREVIEW: Final = "_previewuser"  # Blackboard's own


class ClassMember(Value, frozen=True):
    """One student. `id` is the university's; `keys` are other systems' numbers.

    Keys: ``user_id`` (Canvas), ``participant`` (Moodle, of one assignment), ``ladok``, ``lti_user``, ``username``, ``usr_id``
    (ILIAS), ``org_id`` (Brightspace), ``other`` (a column that no system is known by).
    """

    id: str
    name: str = ""
    email: str = ""
    group: str = ""
    keys: dict[str, str] = {}  # noqa: RUF012 - msgspec copies an empty default for each value


def members_in(table: CsvTable, accounts: Accounts) -> tuple[ClassMember, ...] | None:
    """The students of a table, or None if it has no column that could identify them."""
    if not table.rows:
        return None
    headings = table.rows[_first_row(table.rows)]
    keys = [heading_key(heading) for heading in headings]
    canvas = "section" in keys and "id" in keys
    columns = {field: column_of(headings, field) for field in _FIELDS}
    if canvas:
        columns["canvas"] = keys.index("id")
        login = next((keys.index(key) for key in ("sisloginid", "loginid", "sisuserid") if key in keys), None)
        columns["id"] = login if login is not None else columns["canvas"]
        columns["identifier"] = None
    elif columns["identifier"] is not None and columns["identifier"] == columns["id"]:
        # German worksheets of Moodle call the participant's column ID; elsewhere ID is the student's own.
        german = column_of(headings, "changeable") is not None or column_of(headings, "maximum") is not None
        columns["id" if german else "identifier"] = None
    if columns["id"] is None:
        columns["id"] = columns["email"] if columns["email"] is not None else columns["identifier"]
    if columns["id"] is None:
        return None
    rows = table.rows[_first_row(table.rows) + 1 :]
    found = (_member(row, columns, accounts, canvas=canvas) for row in rows)
    return tuple(member for member in found if member.id)


_FIELDS: Final = (
    "id", "name", "first", "last", "email", "group", "identifier", "ladok", "lti_user", "canvas", "github", "ilias", "org",
)  # fmt: skip


def _first_row(rows: Sequence[Sequence[str]]) -> int:
    """The row of headings: the first, but for sheets that have the assignment's title above them."""
    for at, row in enumerate(rows[:4]):
        if sum(bool(cell.strip()) for cell in row) > 1 and (
            column_of(row, "id") is not None or column_of(row, "email") is not None
        ):
            return at
    return 0


def _member(
    row: Sequence[str], columns: Mapping[str, int | None], accounts: Accounts, *, canvas: bool
) -> ClassMember:
    def cell(field: str) -> str:
        at = columns[field]
        return clean_name(row[at].strip()) if at is not None and at < len(row) else ""

    email, identifier = cell("email"), cell("id").lstrip("#")
    if not identifier and canvas:
        identifier = cell("canvas")
    if "@" in identifier:  # an address as identifier: its first part may be the user name
        email = email or identifier
        local = identifier.partition("@")[0]
        identifier = local if accounts.of(local) == (local.casefold(),) else identifier
    participant = _NUMBER_AT_END.fullmatch(cell("identifier"))
    keys = {
        "user_id": cell("canvas") if cell("canvas").isdecimal() else "",
        "participant": participant[1] if participant is not None else "",
        "other": "" if participant is not None else cell("identifier") or cell("github"),
        "ladok": _ladok(cell("ladok")),
        "lti_user": cell("lti_user"),
        "usr_id": cell("ilias"),
        "org_id": cell("org").lstrip("#"),
    }
    if columns["id"] is not None and columns["id"] == columns["identifier"]:
        identifier = keys["participant"] or identifier
    if identifier.casefold().endswith(_PREVIEW) or (canvas and _TEST_STUDENT.fullmatch(identifier)):
        keys["test"] = "yes"
    return ClassMember(
        id=identifier,
        name=cell("name") or f"{cell('first')} {cell('last')}".strip(),
        email=email,
        group=cell("group"),
        keys={key: value for key, value in keys.items() if value},
    )


def _ladok(text: str) -> str:
    """A personal number or Ladok's own id; anything else in such a column is none of them."""
    return text if is_ladok_id(text) else ""


def is_ladok_id(text: str) -> bool:
    """Whether Ladok takes this for a student: a personal number, an interim one with a letter, or a UUID of its own."""
    compact = text.strip()
    return bool(
        _PERSONAL_NUMBER.fullmatch(compact.upper())
        or re.fullmatch(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", compact)
    )
