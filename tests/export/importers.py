"""What each system's own import would do with a file: written from the importers' source or documents, apart from the writers.

Canvas: lib/gradebook_importer.rb and the upload of submissions. Moodle: mod/assign/feedback/offline and mod/assign/feedback/file.
Each answers with the marks by the student that the system would give them to, and raises `AssertionError` where the system would
drop something without a word.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Collection, Mapping, Sequence

RESERVED = re.compile(
    "Current Score|Current Points|Current Grade|Final Score|Final Points|Final Grade|Override Score|Override Grade|Override Status"
)


def table(text: str, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def canvas(content: bytes, assignment: int, students: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Marks by Canvas's number; `students` are login and SIS ids by number. The number goes first, then SIS id, then login."""
    rows = table(content.decode("utf-8"))
    head = rows[0]
    assert len(head) > 3
    split = head[0] == "LastName" and head[1] == "FirstName" and "ID" in head[2]
    assert split or ("Student" in head[0] and "ID" in head[1]), "Invalid header row"
    count = 4 if split else 3
    columns = count
    if re.search(r"SIS\s+Login\s+ID", head[count - 1]):
        columns += 1
    elif re.search(r"SIS\s+User\s+ID", head[count - 1]) and re.search(r"SIS\s+Login\s+ID", head[count]):
        columns += 2
    assert "Section" in head[columns - 1], "Invalid header row (Section)"
    (title,) = head[columns:]
    assert not RESERVED.search(title), "dropped without a word"
    match = re.fullmatch(r"(.*)\s\(([0-9]+)\)", title, re.DOTALL)
    assert match is not None
    assert int(match[2]) == assignment, "another, or a new, assignment"
    logins = {login: number for number, (login, _) in students.items() if login}
    sis = {own: number for number, (_, own) in students.items() if own}
    found: dict[str, str] = {}
    for row in rows[1:]:
        assert len(row) == len(head)
        if "Points Possible" in row[0]:
            assert "read only" not in row[columns]
            continue
        if all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", cell, re.IGNORECASE) for cell in row):
            continue
        number = row[2 if split else 1]
        user = row[count - 1] if columns - count == 1 else row[count] if columns - count == 2 else ""
        own = row[count - 1] if columns - count == 2 else ""
        if columns == count and not split:
            user = own = ""
        owner = number if number in students else sis.get(own) or logins.get(user) if not number else ""
        assert owner, f"student not matched: {row}"
        assert owner not in found
        assert re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", row[columns]), "read as another number"
        found[owner] = row[columns]
    return found


def canvas_files(content: bytes, owners: Mapping[tuple[str, str], str]) -> dict[str, bytes]:
    """Files by owner; `owners` are those of (user or anonymous id, attachment)."""
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            tokens = [token for token in name.split("_") if token != "LATE"]
            if tokens[0] == "anon":
                pair = (tokens[1], tokens[2])
            else:
                digits = [token for token in tokens if token.isascii() and token.isdigit()]
                pair = (digits[0], digits[1])
            assert pair in owners, f"{name}: Canvas finds no submission"
            assert owners[pair] not in found
            found[owners[pair]] = archive.read(name)
    return found


def moodle(
    content: bytes,
    current: bytes,
    heads: Sequence[str] = ("Identifier", "Grade", "Last modified (grade)", "Grade can be changed"),
) -> dict[str, tuple[str, str]]:
    """Mark and comment by participant, read as the form does by default: UTF-8, commas, the site's own headings.

    A row whose grade was changed after the download is skipped.
    """
    rows, now = (table(text.decode("utf-8").lstrip("\ufeff")) for text in (content, current))
    assert {len(row) for row in rows} == {len(rows[0])}, "rows of several widths"
    assert all(head in rows[0] for head in heads), f"headings not found: {rows[0][:2]}"
    identifier, grade, modified, changeable = (rows[0].index(head) for head in heads)
    standing = {row[identifier]: row for row in now[1:] if row}
    found = {}
    for row in rows[1:]:
        assert row[identifier] in standing, "Moodle would reject the file"
        before = standing[row[identifier]]
        assert row[modified] == before[modified]
        if (row[grade], row[-1]) != (before[grade], before[-1]) and row[changeable] not in {
            "No",
            "Nej",
            "Nein",
        }:
            number = re.fullmatch(r"\D*([0-9]+)", row[identifier])
            assert number is not None
            found[number[1]] = (row[grade].replace(",", "."), row[-1])
    return found


def moodle_files(content: bytes, participants: Collection[str]) -> dict[str, bytes]:
    """Files by participant: the second part of the first folder, or of a flat name, split at underscores."""
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            parts = name.split("/")[0].split("_", 4)
            assert len(parts) >= 4, f"{name}: ignored by Moodle"
            assert parts[1].isdigit(), f"{name}: ignored by Moodle"
            assert parts[1] in participants, f"{name}: ignored by Moodle"
            assert parts[2] == "assignsubmission"
            assert not name.startswith((".", "~"))
            assert not name.rpartition("/")[2].startswith((".", "~"))
            assert parts[1] not in found
            found[parts[1]] = archive.read(name)
    return found


def blackboard(content: bytes, heading: str, users: Collection[str]) -> dict[str, str]:
    """Marks by user name; the column is found by the number after the bar."""
    rows = table(content.decode("utf-16"), "\t")
    assert rows[0][-1] == heading, "Blackboard would make a new column of text"
    at = rows[0].index("Username")
    assert all(row[at] in users for row in rows[1:])
    assert len({row[at] for row in rows[1:]}) == len(rows) - 1
    return {row[at]: row[-1] for row in rows[1:]}


def brightspace(content: bytes, heading: str, students: Mapping[str, str]) -> dict[str, str]:
    """Marks by user name; `students` are OrgDefinedIds by user name. Each identifier has one `#`, and both are one student's."""
    rows = table(content.decode("utf-8"))
    assert rows[0] == ["OrgDefinedId", "Username", heading, "End-of-Line Indicator"]
    found: dict[str, str] = {}
    for own, user, mark, end in rows[1:]:
        assert end == "#"
        assert not own.startswith("##")
        assert not user.startswith("##")
        assert students[user.removeprefix("#")] == own.removeprefix("#")
        assert user.removeprefix("#") not in found
        found[user.removeprefix("#")] = mark
    return found


def ladok(content: bytes) -> dict[str, str]:
    """Grades by personal number or Ladok's id; a headerless table."""
    rows = table(content.decode("utf-8"))
    assert all(
        re.fullmatch(r"[0-9]{8}[0-9A-Z][0-9]{3}|[0-9a-f-]{36}", row[2], re.IGNORECASE)
        and row[3] in {"G", "U"}
        for row in rows
    )
    assert len({row[2] for row in rows}) == len(rows)
    return {row[2]: row[3] for row in rows}


def sakai(content: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """Marks by display id, from the fourth row on, and comments by the folder that they lie in."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        (sheet,) = [name for name in names if name.endswith("/grades.csv")]
        rows = table(archive.read(sheet).decode("utf-8"))
        comments = {
            name.split("/")[1]: archive.read(name).decode()
            for name in names
            if name.endswith("/comments.txt")
        }
    assert rows[2][:2] == ["Display ID", "ID"]
    grade = rows[2].index("grade")
    return {row[0]: row[grade] for row in rows[3:] if row[grade]}, comments


def ilias(content: bytes) -> dict[str, str]:
    """Marks by user number, of the rows that say ``update``."""
    rows = table(content.decode("utf-8").lstrip("\ufeff"))
    titles = [
        "update",
        "usr_id",
        "login",
        "lastname",
        "firstname",
        "status",
        "mark",
        "notice",
        "comment",
        "plagiarism",
        "plag_comment",
    ]
    assert rows[0] == titles
    return {row[1]: row[6] for row in rows[1:] if row[0] == "1"}


def aplus(content: bytes) -> dict[str, float]:
    return {one["students_by_student_id"][0]: one["points"] for one in json.loads(content)["objects"]}
