"""Ladok: a headerless CSV ``course,component,student_id,grade,date,*graders`` with the grades U and G.

The file is what an examiner reads into a reporting tool; attesting it in Ladok is a person's own act.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import msgspec

from grader import atomic_file
from grader.errors import ExportError
from grader.export.cells import UnsafeIdentifier, id_cell, text_cell, to_csv
from grader.export.grades import grade_of
from grader.export.options import ExportOptions, ExportReport
from grader.export.recipients import recipients
from grader.export.selection import select
from grader.model import Result


def export_ladok(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``ladok_report.csv`` in the folder `out`.

    Uses `pass_mark`, `pass_letters` (``G``, ``U`` if not given), `date` (today if not given), `identities`
    (``ladok:<student id>`` for a student's number, else the student's own identifier), and of `settings`
    ``course`` and ``component`` (such as ABCD12 and LAB1) and ``graders``, separated by ``;``.
    """
    course, component = options.settings.get("course", ""), options.settings.get("component", "")
    if not course or not component:
        raise ExportError("Ladok needs the settings course and component, such as ABCD12 and LAB1")
    graders = [
        text_cell(name.strip()) for name in options.settings.get("graders", "").split(";") if name.strip()
    ]
    rule = msgspec.structs.replace(options, letters=(), pass_letters=options.pass_letters or ("G", "U"))
    date = (options.date or dt.datetime.now(dt.UTC).astimezone().date()).isoformat()
    selection = select(results, options)
    withheld = list(selection.withheld)
    rows: list[list[str]] = []
    done: set[str] = set()
    for person in recipients(selection.chosen):
        submission = person.result.submission
        number = person.lms(options, "ladok") or person.known_id(options)
        try:
            id_cell(number, f"submission {submission}")
            if number and number not in done:
                done.add(number)
                rows.append([course, component, number, grade_of(person.result, rule), date, *graders])
            elif number:
                withheld.append(
                    (submission, f"{number}: another submission has given this student a grade already")
                )
            else:
                withheld.append((submission, "its student is not known; give the class list"))
        except UnsafeIdentifier as problem:
            withheld.append((submission, str(problem)))
    file = out / "ladok_report.csv"
    atomic_file.write(file, to_csv(rows).encode("utf-8"))
    return ExportReport(files=(file,), rows=len(rows), withheld=tuple(withheld))
