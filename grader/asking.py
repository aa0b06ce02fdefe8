"""What students ask to be looked at again: taken in one by one or as a table, checked here, then added to the ledger."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from grader.deciding import target_of, timestamp
from grader.errors import DecisionRefused
from grader.model import Result, Value
from grader.store import Ledger

LONGEST: Final = 8_000  # characters of a request that are kept
_COLUMNS: Final = ("submission", "student", "check", "text")


class Asking(Value, frozen=True):
    """What someone asks, before it is checked. `student` may stand in for the submission; an empty `check` is the whole."""

    submission: str
    check: str
    text: str
    student: str = ""
    place: str = ""


def read_table(data: bytes, name: str) -> list[Asking]:
    """The requests of a CSV with the columns submission (or student), check and text. Raises `DecisionRefused` for none.

    Commas, semicolons and tabs may divide it, and it may be in UTF-8 or as a spreadsheet of the West saves it.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    heading = text.lstrip("\r\n").partition("\n")[0]
    divider = max(",;\t", key=heading.count)
    try:
        reader = csv.DictReader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=divider)
        columns = {(column or "").strip().casefold(): column for column in reader.fieldnames or ()}
        rows = list(reader)
    except csv.Error as problem:
        raise DecisionRefused(f"{name}: cannot be read as CSV ({problem})") from problem
    if "text" not in columns or not columns.keys() & {"submission", "student"}:
        raise DecisionRefused(
            f"{name}: the first line must name the columns: submission (or student), check, text"
        )
    return [
        Asking(
            _cell(row, columns.get("submission")),
            _cell(row, columns.get("check")),
            _cell(row, columns.get("text")),
            _cell(row, columns.get("student")),
            f"{name}, line {number}: ",
        )
        for number, row in enumerate(rows, start=2)
        if any(_cell(row, columns.get(key)) for key in _COLUMNS)
    ]


def _cell(row: Mapping[str, str | None], column: str | None) -> str:
    value = row.get(column) if column is not None else None
    return value.strip() if isinstance(value, str) else ""


def ask(ledger: Ledger, askings: Sequence[Asking], *, by: str) -> tuple[int, list[str]]:
    """Adds what is asked: how many were new, and a sentence for each that cannot be; what was there already stays one."""
    results = {result.submission: result for result in ledger.results()}
    there = {(one.submission, one.check, one.text) for one in ledger.desk.requests()}
    added, refused = 0, []
    for asking in askings:
        try:
            result = _result(asking, results)
            if asking.check:
                target_of(result, asking.check)
            if not asking.text.strip():
                raise DecisionRefused(f"{result.submission}: the text of the request is empty")
        except DecisionRefused as problem:
            refused.append(f"{asking.place}{problem}")
            continue
        row = (result.submission, asking.check, asking.text.strip()[:LONGEST])
        if row not in there:
            there.add(row)
            ledger.desk.add_request(*row, by=by, at=timestamp())
            added += 1
    return added, refused


def _result(asking: Asking, results: Mapping[str, Result]) -> Result:
    found = results.get(asking.submission)
    if found is not None:
        return found
    if asking.student and not asking.submission:
        own = _of(asking.student, results.values())
        if len(own) == 1:
            return own[0]
        raise DecisionRefused(
            f"student {asking.student!r} handed in {len(own)} submissions: name the submission"
        )
    raise DecisionRefused(
        f"there is no submission {asking.submission or asking.student!r}: name those that results.jsonl lists"
    )


def _of(student: str, results: Iterable[Result]) -> list[Result]:
    wanted = student.casefold()
    return [one for one in results if wanted in {person.id.casefold() for person in one.students}]
