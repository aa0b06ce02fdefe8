"""Files that an LMS would import without a word, to the wrong student or on the wrong scale: withheld or said."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.export import ExportOptions, export
from grader.export.cells import to_csv
from grader.intake import collect
from grader.model import Result, Student

Make = Callable[..., Result]


def test_canvas_would_take_a_groups_number_for_a_user(result: Make, tmp_path: Path) -> None:
    feedback = tmp_path / "f.html"
    feedback.write_text("<p>")
    entries = {"group": "2024_1006_50009_report.pdf", "plain": "aigroup7_1006_50009_report.pdf"}
    options = ExportOptions(
        identities={name: {"entry": entry, "user_id": "1006"} for name, entry in entries.items()},
        feedback=dict.fromkeys(entries, feedback),
    )
    report = export("canvas-feedback", [result(name, "1006") for name in entries], tmp_path / "out", options)
    with zipfile.ZipFile(report.files[0]) as archive:
        assert archive.namelist() == ["aigroup7_1006_50009_feedback.html"]
    ((submission, reason),) = report.withheld
    assert submission == "group"
    assert "Canvas API" in reason


SHEET = "Identifier,Full name,Grade,Maximum Grade,Grade can be changed\r\nParticipant 9,Anna,,{},Yes\r\n"


def test_moodle_points_over_the_worksheets_maximum_are_withheld(result: Make, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(SHEET.format("5.00"))
    options = ExportOptions(gradebook=sheet, identities={"a": {"participant": "9"}})
    report = export("moodle", [result("a", "9", points=8.5)], tmp_path / "out", options)
    assert report.rows == 0
    assert "8.5 points are over the worksheet's maximum of 5" in report.withheld[0][1]
    scaled = ExportOptions(gradebook=sheet, identities={"a": {"participant": "9"}}, points_possible=5.0)
    report = export("moodle", [result("a", "9", points=8.5)], tmp_path / "out", scaled)
    assert (report.rows, report.withheld, report.problems) == (1, (), ())
    assert b",4.25," in report.files[0].read_bytes()


def test_moodle_says_when_it_counts_to_another_maximum(result: Make, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(SHEET.format("100.00"))
    options = ExportOptions(gradebook=sheet, identities={"a": {"participant": "9"}})
    report = export("moodle", [result("a", "9", points=8.5)], tmp_path / "out", options)
    assert "maximum is 100 points and ours 10" in report.problems[0]


def test_brightspace_joins_by_name_where_a_name_is_one_students(result: Make, tmp_path: Path) -> None:
    book = tmp_path / "grades.csv"
    book.write_text(
        "OrgDefinedId,Username,Last Name,First Name,Lab Points Grade <Numeric MaxPoints:10>,End-of-Line Indicator\r\n"
        "#1,#annex123,Exempel,Anna,,#\r\n#2,#bober456,Berg,Bo,,#\r\n#3,#bober457,Berg,Bo,,#\r\n"
    )
    people = {"a": Student(id="17", name="anna  exempel"), "b": Student(id="18", name="Bo Berg")}
    options = ExportOptions(
        gradebook=book,
        identities={name: {"user_id": one.id} for name, one in people.items()},
    )
    report = export(
        "brightspace", [result(name, one) for name, one in people.items()], tmp_path / "out", options
    )
    rows = list(csv.reader(io.StringIO(report.files[0].read_text())))
    assert [row[:3] for row in rows[1:]] == [["#1", "#annex123", "8.5"]]
    assert [submission for submission, _ in report.withheld] == ["b"]


def test_canvas_gives_a_student_one_row_however_known(result: Make, tmp_path: Path) -> None:
    options = ExportOptions(
        assignment="Lab", assignment_id="4242", identities={"a": {"user_id": "1001"}, "b": {}}
    )
    report = export("canvas", [result("a", "annex123"), result("b", "annex123")], tmp_path / "out", options)
    assert report.rows == 1
    assert [submission for submission, _ in report.withheld] == ["b"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_cell_with_a_bare_line_end_is_quoted(line_end: str) -> None:
    rows = [["a\rb", "c\nd", "e\r\nf"], ["plain", "", "x"]]
    text = to_csv(rows, line_end=line_end)
    assert text.startswith('"a\rb","c\nd","e\r\nf"')
    assert list(csv.reader(io.StringIO(text, newline=""))) == rows


def test_blackboards_list_of_files_is_no_text_of_the_students(tmp_path: Path) -> None:
    top = tmp_path / "bb"
    top.mkdir()
    stem = "Lab 6_annex123_attempt_2024-09-24-10-11-12"
    (top / f"{stem}_report.md").write_text("x")
    (top / f"{stem}.txt").write_text(
        "Name: Anna Exempel (annex123)\nAssignment: Lab 6\nDate Submitted: 24 September\n\n"
        f"Files:\n\tOriginal filename: report.md\n\tFilename: {stem}_report.md\n"
    )
    (submission,) = collect([top], tmp_path / "work").submissions
    assert [file.name for file in submission.files] == ["report.md"]


BRIGHTSPACE = "OrgDefinedId,Username,Lab Points Grade <Numeric MaxPoints:{}>,End-of-Line Indicator\r\n#1,#annex123,,#\r\n"
BLACKBOARD = "Last Name\tFirst Name\tUsername\tLab [Total Pts: {} Score] |664617\r\nE\tA\tannex123\t\r\n"


@pytest.mark.parametrize(("system", "sheet"), [("brightspace", BRIGHTSPACE), ("blackboard", BLACKBOARD)])
def test_another_maximum_in_the_heading_is_said(
    system: str, sheet: str, result: Make, tmp_path: Path
) -> None:
    book = tmp_path / "book.csv"
    book.write_text(sheet.format("100"))
    results = [result("a", "annex123", points=8.5)]
    report = export(system, results, tmp_path / "out", ExportOptions(gradebook=book))
    assert report.rows == 1
    assert "maximum is 100 points and ours 10" in report.problems[0]
    scaled = ExportOptions(gradebook=book, points_possible=100.0)
    assert export(system, results, tmp_path / "out", scaled).problems == ()
    book.write_text(sheet.format("10"))
    assert export(system, results, tmp_path / "out", ExportOptions(gradebook=book)).problems == ()
