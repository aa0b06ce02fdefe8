"""Who gets a result: whoever handed it in, and the partners that the report names; nobody by mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.checks.assignment_finding import load
from grader.grading.grading import grade
from grader.model import FileKind, Result, Student, Submission, SubmittedFile

SIGNED = "Lab report\n\nAnna Exempel (annex123) and Bo Ek (boek4567)\n".replace("boek4567", "boekx456")


def graded(tmp_path: Path, *students: Student, **lms: str) -> Result:
    path = tmp_path / "report.md"
    path.write_text(SIGNED, encoding="utf-8")
    files = (SubmittedFile(path.name, path, FileKind.REPORT),)
    return grade(Submission("s", files, students, lms=lms), load(), rubric="").result


def ids(result: Result) -> list[str]:
    return [student.id for student in result.students]


def test_a_plain_report_belongs_to_who_signed_it(tmp_path: Path) -> None:
    result = graded(tmp_path)
    assert [(student.id, student.name) for student in result.students] == [
        ("annex123", "Anna Exempel"),
        ("boekx456", "Bo Ek"),
    ]


@pytest.mark.parametrize("own", ["annex123", "ANNEX123", "annex123@student.example.se"])
def test_the_partner_gets_it_too_and_nobody_twice(tmp_path: Path, own: str) -> None:
    result = graded(tmp_path, Student(own), system="blackboard")
    assert ids(result) == [own, "boekx456"]
    assert result.students[0].name == "Anna Exempel"
    assert result.flags == ()


def test_a_report_by_others_is_flagged_and_nobody_is_added(tmp_path: Path) -> None:
    result = graded(tmp_path, Student("cilla789"))
    assert ids(result) == ["cilla789"]
    assert [flag.id for flag in result.flags] == ["other-author"]


def test_an_lmss_own_number_is_nobody_else(tmp_path: Path) -> None:
    result = graded(tmp_path, Student("1001", "exempelanna"), system="canvas", user_id="1001")
    assert ids(result) == ["1001"]
    assert result.flags == ()


def test_what_is_marked_without_names_stays_so(tmp_path: Path) -> None:
    for lms in ({"system": "canvas", "anonymous_id": "aB3xZ"}, {"system": "moodle", "participant": "88"}):
        result = graded(tmp_path, **lms)
        assert ids(result) == []
        assert result.flags == ()
