"""Ladok: a headerless CSV ``course,component,student_id,grade,date,*graders`` with the grades U and G.

The file is what an examiner reads into a reporting tool; attesting it in Ladok is a person's own act.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from grader.class_tables import is_ladok_id
from grader.errors import ExportError
from grader.export.cells import text_cell, to_csv
from grader.export.grades import grade_of
from grader.export.options import ExportOptions, ExportReport
from grader.export.plan import AGAIN, Plan
from grader.model import Result

_UNKNOWN = "Ladok knows no account names: give a class list with a column Personnummer or Ladok-id"
_SHORT = re.compile(r"(?P<year>[0-9]{2})(?P<day>[0-9]{4})(?P<sign>[-+ ]?)(?P<end>[0-9A-Z][0-9]{3})")
_LONG = re.compile(r"[0-9]{8}[- ]?[0-9A-Z][0-9]{3}")
_YOUNGEST = 14  # years of a student


def export_ladok(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``ladok_report.csv`` in the folder `out`.

    Uses `pass_mark`, `pass_letters` (``G``, ``U`` if not given), `date` (today if not given), `identities` and `class_list`
    (``ladok``: a personal number or Ladok's own id; a student without one is withheld, for Ladok knows no account names), and
    of `settings` ``course`` and ``component`` (such as ABCD12 and LAB1) and ``graders``, separated by ``;``.
    """
    course, component = options.settings.get("course", ""), options.settings.get("component", "")
    if not course or not component:
        raise ExportError("Ladok needs the settings course and component, such as ABCD12 and LAB1")
    if options.pass_mark is None:
        raise ExportError("Ladok needs a pass mark: say with --pass-mark how many points are enough for G")
    graders = [
        text_cell(name.strip()) for name in options.settings.get("graders", "").split(";") if name.strip()
    ]
    rule = msgspec.structs.replace(options, letters=(), pass_letters=options.pass_letters or ("G", "U"))
    day = options.date or dt.datetime.now(dt.UTC).astimezone().date()
    plan = Plan(results, options)
    rows: list[list[str]] = []
    done: set[str] = set()
    for person in plan.people:
        own = person.known_id(options)
        number = person.lms(options, "ladok") or (own if is_ladok_id(own) else "")
        if not is_ladok_id(number):
            plan.hold(person, _UNKNOWN if own else "its student is not known; give the class list")
            continue
        number = twelve_digits(number, day)
        if number in done:
            plan.hold(person, AGAIN)
            continue
        done.add(number)
        grade = grade_of(person.result, rule)
        rows.append([text_cell(course), text_cell(component), number, grade, day.isoformat(), *graders])
        plan.go(person, grade)
    plan.write(out / "ladok_report.csv", to_csv(rows).encode("utf-8"))
    return plan.report()


def twelve_digits(number: str, today: dt.date) -> str:
    """A personal number with its century and without signs, as Ladok has it; other identifiers as they are.

    Of ten digits the century is the last one in which the person is at least `_YOUNGEST` years old; ``+`` is one before.
    """
    match = _SHORT.fullmatch(number.strip().upper())
    if match is None:
        return (
            number.strip().upper().replace("-", "").replace(" ", "")
            if _LONG.fullmatch(number.strip().upper())
            else number.strip()
        )
    year = today.year // 100 * 100 + int(match["year"])
    while year > today.year - _YOUNGEST:
        year -= 100
    if match["sign"] == "+":
        year -= 100
    return f"{year}{match['day']}{match['end']}"
