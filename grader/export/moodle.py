"""Moodle's offline grading worksheet, filled in.

The worksheet is never made up: Moodle checks ``Identifier`` and skips rows that were graded after the
download. Headings are in the site's language; the known ones are listed, others are named by the settings.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path

from grader import atomic_file
from grader.errors import ExportError
from grader.export.cells import number_cell, text_cell
from grader.export.gradebook import Gradebook, read_gradebook
from grader.export.grades import grade_of, scaled
from grader.export.maximum import number_in, other_maximum
from grader.export.options import ExportOptions, ExportReport
from grader.export.recipients import Recipient, recipients
from grader.export.selection import select
from grader.model import Result, Value

# Strings of Moodle's language packs (en, sv, de, fr, es, nb, da, fi).
_IDENTIFIER = (
    "Identifier",
    "Identifierare",
    "ID",
    "Identifiant",
    "Identificador",
    "Identifikator",
    "Tunniste",
)
_GRADE = ("Grade", "Betyg", "Bewertung", "Note", "Calificación", "Karakter", "Arvosana")
_COMMENTS = (
    "Feedback comments", "Återkopplingskommentarer", "Feedback als Kommentar", "Feedback par commentaires",
    "Comentarios de retroalimentación", "Tilbakemeldingskommentarer", "Palautekommentit",
)  # fmt: skip
_MAXIMUM = ("Maximum Grade", "Högsta betyg", "Bestwertung", "Note maximale", "Calificación máxima")
_CHANGEABLE = ("Grade can be changed", "Betyget kan ändras", "Bewertung kann geändert werden")
_EMAIL = ("Email address", "E-postadress", "E-Mail-Adresse", "Adresse de courriel", "Dirección de correo")
_ID_NUMBER = ("ID number", "ID-nummer", "Username", "Användarnamn")
_NAME = ("Full name", "Fullständigt namn", "Vollständiger Name", "Nom complet", "Nombre completo")
_NO = frozenset(("no", "nej", "nein", "non", "nei", "ei"))
_PARTICIPANT = re.compile(r".*?([0-9]+)\s*")


class _Columns(Value, frozen=True):
    identifier: int
    grade: int
    comments: int | None
    maximum: int | None
    changeable: int | None
    email: int | None
    id_number: int | None


def export_moodle(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``moodle_grading.csv`` in the folder `out`: the worksheet with grades and comments in their columns.

    Uses `gradebook` (the worksheet), `identities` (``participant``, ``email``), `comments`, and of
    `settings` ``identifier_column``, ``grade_column`` and ``comment_column`` where the headings are not
    known. Cells it does not fill stay as they are, ``Last modified (grade)`` above all.
    """
    selection = select(results, options)
    book = read_gradebook(options.gradebook, "the grading worksheet of Moodle (Download grading worksheet)")
    columns = _columns(book, options)
    rows = _padded(book)
    keys = _keys(rows, columns)
    withheld = list(selection.withheld)
    done: set[int] = set()
    for person in recipients(selection.chosen):
        at = _row_of(person, keys, options)
        reason = _why_not(at, rows, columns, done) or _over_maximum(person.result, at, rows, columns, options)
        if at is None or reason:
            withheld.append((person.result.submission, f"{person.student.id or 'its student'}: {reason}"))
            continue
        done.add(at)
        decimal_comma = columns.maximum is not None and "," in rows[at][columns.maximum]
        grade = grade_of(person.result, options)
        rows[at][columns.grade] = grade.replace(".", ",") if decimal_comma and not options.letters else grade
        comment = options.comments.get(person.result.submission, "")
        if comment and columns.comments is not None:
            rows[at][columns.comments] = _as_html(comment)
    file = out / "moodle_grading.csv"
    atomic_file.write(file, book.to_bytes(rows))
    maxima = (_maximum(row, columns, options) for row in rows[1:])
    problems = list(
        other_maximum("worksheet", (most for most in maxima if most is not None), selection.chosen, options)
    )
    if columns.comments is None and options.comments:
        problems.append(_NO_COMMENTS)
    return ExportReport(files=(file,), rows=len(done), withheld=tuple(withheld), problems=tuple(problems))


def _maximum(row: list[str], columns: _Columns, options: ExportOptions) -> float | None:
    """The maximum of a row's grade; None where the worksheet does not say, or grades are no points."""
    if columns.maximum is None or options.letters or options.pass_letters is not None:
        return None
    return number_in(row[columns.maximum])


def _over_maximum(
    result: Result, at: int | None, rows: list[list[str]], columns: _Columns, options: ExportOptions
) -> str:
    most = None if at is None else _maximum(rows[at], columns, options)
    points = scaled(result, options) if most is not None else 0.0
    if most is None or points <= most:
        return ""
    return (
        f"{number_cell(points)} points are over the worksheet's maximum of {number_cell(most)}; "
        f"give that as the points possible, and they are rescaled"
    )


_NO_COMMENTS = (
    "the worksheet has no column for comments: turn on Feedback comments in the assignment's settings"
)


def _padded(book: Gradebook) -> list[list[str]]:
    """The rows, as long as the headings, with names that a spreadsheet cannot run; Moodle reads none."""
    width, name = len(book.headings), book.column(*_NAME)
    rows = [[*row, *[""] * (width - len(row))] for row in book.rows]
    if name is not None:
        for row in rows[1:]:
            row[name] = text_cell(row[name])
    return rows


def _columns(book: Gradebook, options: ExportOptions) -> _Columns:
    def column(setting: str, known: tuple[str, ...]) -> int | None:
        named = options.settings.get(setting)
        return book.column(named) if named else book.column(*known)

    identifier, grade = column("identifier_column", _IDENTIFIER), column("grade_column", _GRADE)
    if identifier is None or grade is None:
        missing = "identifier_column" if identifier is None else "grade_column"
        raise ExportError(
            f"{book.path}: no {missing.replace('_', ' ')} among {', '.join(map(repr, book.headings))}; "
            f"give its heading as the setting {missing}"
        )
    return _Columns(
        identifier=identifier,
        grade=grade,
        comments=column("comment_column", _COMMENTS),
        maximum=book.column(*_MAXIMUM),
        changeable=book.column(*_CHANGEABLE),
        email=book.column(*_EMAIL),
        id_number=book.column(*_ID_NUMBER),
    )


def _keys(rows: list[list[str]], columns: _Columns) -> dict[str, int]:
    """Rows by participant number, e-mail address, its local part where that is unique, and id number."""
    keys: dict[str, int] = {}
    local_parts: dict[str, list[int]] = {}
    for at, row in enumerate(rows[1:], 1):
        match = _PARTICIPANT.fullmatch(row[columns.identifier])
        if match:
            keys.setdefault(f"participant {match[1]}", at)
        for column in (columns.email, columns.id_number):
            if column is not None and row[column].strip():
                keys.setdefault(row[column].strip().casefold(), at)
        if columns.email is not None and "@" in row[columns.email]:
            local_parts.setdefault(row[columns.email].partition("@")[0].strip().casefold(), []).append(at)
    for local, found in local_parts.items():
        if len(found) == 1:
            keys.setdefault(local, found[0])
    return keys


def _row_of(person: Recipient, keys: dict[str, int], options: ExportOptions) -> int | None:
    participant = person.lms(options, "participant")
    if participant:  # what Moodle itself calls the student; anything else might be another's
        return keys.get(f"participant {participant}")
    wanted = (person.lms(options, "email").casefold(), person.known_id(options).casefold())
    return next((keys[key] for key in wanted if key in keys), None)


def _why_not(at: int | None, rows: list[list[str]], columns: _Columns, done: set[int]) -> str:
    if at is None:
        return "no such participant in the worksheet"
    if at in done:
        return "another submission has given this participant a grade already"
    if columns.changeable is not None and rows[at][columns.changeable].strip().casefold() in _NO:
        return "Moodle says that this grade cannot be changed"
    return ""


def _as_html(comment: str) -> str:
    paragraphs = (part.strip() for part in re.split(r"\n\s*\n", comment))
    text = "".join(f"<p>{html.escape(part).replace(chr(10), '<br>')}</p>" for part in paragraphs if part)
    return text_cell(text)
