"""Every sample download in, a mark for each submission, out, and through the system's own import: each mark at its owner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from grader.accounts import Accounts
from grader.errors import ExportError
from grader.export import ExportOptions, ExportReport, export
from grader.intake import Intake, collect
from grader.intake.roster import read_roster
from grader.model import Result
from tests.export import importers

Make = Callable[..., Result]
SAMPLES = Path(__file__).parent / "samples" / "lms-2"


class Way:
    """A sample on its way: marks by submission are 1.25, 2.25 ... in the order of their ids."""

    def __init__(self, sample: str, top: Path, make: Make, roster: str = "") -> None:
        self.top = top
        self.roster = SAMPLES / roster if roster else None
        self.intake: Intake = collect([SAMPLES / sample], top / "work", roster=self.roster)
        self.results = [
            msgspec.structs.replace(make(one.id, *one.students, points=number + 1.25), late=one.late)
            for number, one in enumerate(self.intake.submissions)
        ]
        self.feedback: dict[str, Path] = {}
        for one in self.results:
            self.feedback[one.submission] = top / f"{len(self.feedback)}.html"
            self.feedback[one.submission].write_text(f"<p>{one.points}")

    def out(self, system: str, gradebook: str = "", **more: Any) -> ExportReport:
        listed = read_roster(self.roster, Accounts()).rows if self.roster else ()
        options = ExportOptions(
            identities={one.id: one.lms for one in self.intake.submissions},
            feedback=self.feedback,
            gradebook=SAMPLES / gradebook if gradebook else None,
            class_list=listed,
            **more,
        )
        return export(system, self.results, self.top / "out", options)

    def mark(self, label: str) -> str:
        """The mark of the submission whose id begins so."""
        (one,) = [one for one in self.results if one.submission.startswith(label)]
        return f"{one.points:g}"


@pytest.fixture
def way(tmp_path: Path, result: Make) -> Callable[..., Way]:
    return lambda sample, roster="": Way(sample, tmp_path, result, roster)


CANVAS = {
    "1001": ("annex123", "19990101-1234"), "1002": ("asaob456", ""), "1003": ("marsm789", ""), "1004": ("rahsh111", ""),
    "1005": ("thing222", ""), "1006": ("josga333", ""), "1007": ("bolar444", ""), "1010": ("utain555", ""),
    "1011": ("annan666", ""), "1012": ("annan777", ""), "1013": ("oknex888", ""), "1099": ("0b5fb7c2d5f34", ""),
}  # fmt: skip
BOOKS = ("", "_lastfirst", "_muted", "_nosis", "_notes", "_semicolon")


@pytest.mark.parametrize("book", BOOKS)
@pytest.mark.parametrize("listed", [False, True])
def test_canvas(way: Callable[..., Way], book: str, listed: bool) -> None:
    name = f"canvas_gradebook{book}.csv"
    one = way("canvas_named.zip", name if listed else "")
    assert len(one.intake.submissions) == 11
    assert one.intake.unplaced == ()
    assert [s.lms["user_id"] for s in one.intake.submissions if s.late] == ["1002"]
    report = one.out("canvas", name, assignment_id="4242", replace=True)
    found = importers.canvas(report.files[0].read_bytes(), 4242, CANVAS)
    owners = {s.lms["user_id"]: one.mark(s.id) for s in one.intake.submissions}
    del owners["1013"]  # excused
    assert found == owners
    assert report.rows == 10
    assert any("1010" in who for who in report.absent)
    assert any("Test Student" in told for told in report.problems)
    assert {line.now for line in report.lines} == {"", "EX", "7"}


def test_canvas_replaces_a_mark_only_with_a_yes(way: Callable[..., Way]) -> None:
    report = way("canvas_named.zip").out("canvas", "canvas_gradebook.csv", assignment_id="4242")
    (line,) = [line for line in report.lines if line.now == "7"]
    assert "--replace" in line.reason
    assert line.late
    assert "1002" not in importers.canvas(report.files[0].read_bytes(), 4242, CANVAS)
    assert report.rows == 9


def test_canvas_with_two_assignments_of_one_title_asks(way: Callable[..., Way]) -> None:
    with pytest.raises(ExportError, match=r"which assignment.*4242.*4243"):
        way("canvas_named.zip").out("canvas", "canvas_gradebook.csv", assignment="Lab 5")


@pytest.mark.parametrize("title", ["Lab Final Grade", "Current Score of lab", "Override Status"])
def test_canvas_titles_that_its_import_drops_are_refused(result: Make, tmp_path: Path, title: str) -> None:
    book = tmp_path / "book.csv"
    book.write_text(
        f"Student,ID,SIS Login ID,Section,{title} (7)\r\n    Points Possible,,,,10\r\nA,1,annex123,X,\r\n"
    )
    for options in (
        ExportOptions(assignment=title, assignment_id="7"),
        ExportOptions(gradebook=book, assignment_id="7"),
        ExportOptions(gradebook=book, assignment=title),
    ):
        with pytest.raises(ExportError, match="without a word"):
            export("canvas", [result("a", "annex123")], tmp_path / "out", options)
    book.write_text(
        "Student,ID,SIS Login ID,Section,Lab (7)\r\n    Points Possible,,,,(read only)\r\nA,1,annex123,X,\r\n"
    )
    with pytest.raises(ExportError, match="read only"):
        export("canvas", [result("a", "annex123")], tmp_path / "out", ExportOptions(gradebook=book))


def test_canvas_feedback_of_named_and_anonymous(way: Callable[..., Way]) -> None:
    one = way("canvas_named.zip")
    report = one.out("canvas-feedback")
    pairs = {
        (s.lms["user_id"], s.lms["entry"].split(f"{s.lms['user_id']}_")[1].split("_")[0]): s.lms["user_id"]
        for s in one.intake.submissions
    }
    found = importers.canvas_files(report.files[0].read_bytes(), pairs)
    assert found == {
        s.lms["user_id"]: f"<p>{float(one.mark(s.id))}".encode()
        for s in one.intake.submissions
        if s.lms["user_id"] != "1007"
    }


def test_canvas_anonymous(way: Callable[..., Way]) -> None:
    one = way("canvas_anonymous.zip")
    late = {s.lms["anonymous_id"]: s.late for s in one.intake.submissions}
    assert late == {"aB3xZ": False, "bC4yA": False, "Qw9eR": True, "Zz1yX": True}
    assert all(not s.students for s in one.intake.submissions)
    numbers = {"aB3xZ": "50107", "bC4yA": "50108", "Qw9eR": "50109", "Zz1yX": "50110"}
    report = one.out("canvas-feedback")
    found = importers.canvas_files(
        report.files[0].read_bytes(), {(name, number): name for name, number in numbers.items()}
    )
    assert found == {name: f"<p>{float(one.mark(f'anon_{name}'))}".encode() for name in numbers}
    assert one.out("canvas", assignment="Lab 5", assignment_id="4242").rows == 0


SHEETS = {
    "moodle_worksheet.csv": ("Identifier", "Grade", "Last modified (grade)", "Grade can be changed"),
    "moodle_worksheet_sv.csv": ("Identifierare", "Betyg", "Senast ändrad (betyg)", "Betyget kan ändras"),
    "moodle_worksheet_excel_semicolon_cp1252.csv": (
        "Identifierare", "Betyg", "Senast ändrad (betyg)", "Betyget kan ändras",
    ),
    "moodle_worksheet_utf16_tab.csv": ("Identifier", "Grade", "Last modified (grade)", "Grade can be changed"),
}  # fmt: skip


def plain(name: str) -> bytes:
    """A worksheet as Moodle made it, before a spreadsheet saved it anew."""
    content = (SAMPLES / name).read_bytes()
    if "utf16" in name:
        lines = content.decode("utf-16").splitlines()
        return "\r\n".join(",".join(f'"{cell}"' for cell in line.split("\t")) for line in lines).encode()
    if "cp1252" in name:
        lines = content.decode("cp1252").splitlines()
        return "\r\n".join(",".join(f'"{cell}"' for cell in line.split(";")) for line in lines).encode()
    return content


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("sample", ["moodle_named.zip", "moodle_flat.zip", "moodle_blind_sv.zip"])
def test_moodle(way: Callable[..., Way], sample: str, sheet: str, listed: bool) -> None:
    one = way(sample, sheet if listed else "")
    expected = {"moodle_named.zip": 6, "moodle_flat.zip": 3, "moodle_blind_sv.zip": 2}[sample]
    assert len(one.intake.submissions) == expected
    report = one.out("moodle", sheet, replace=True, comments={"nobody": "x"})
    found = importers.moodle(report.files[0].read_bytes(), plain(sheet), SHEETS[sheet])
    owners = {s.lms["participant"]: one.mark(s.id) for s in one.intake.submissions}
    assert {number: mark for number, (mark, _) in found.items()} == owners
    told = any("came with" in problem for problem in report.problems)
    assert told == (sheet not in {"moodle_worksheet.csv", "moodle_worksheet_sv.csv"})
    if not sample.endswith("sv.zip"):
        assert "Utan Inlämning" in " ".join(report.absent)
    zipped = one.out("moodle-feedback", sheet)
    files = importers.moodle_files(zipped.files[0].read_bytes(), [str(number) for number in range(301, 308)])
    assert files == {number: f"<p>{float(mark)}".encode() for number, mark in owners.items()}


def test_moodle_keeps_a_teachers_mark_and_comment_until_there_is_a_yes(way: Callable[..., Way]) -> None:
    one = way("moodle_named.zip")
    comments = {result.submission: "8.5 of 10 points.\nWell done." for result in one.results}
    report = one.out("moodle", "moodle_worksheet.csv", comments=comments)
    (line,) = [line for line in report.lines if line.now]
    assert (line.now, "--replace" in line.reason) == ("8.50", True)
    assert report.rows == 5
    assert b"Spoke to Asa" in report.files[0].read_bytes()
    report = one.out("moodle", "moodle_worksheet.csv", comments=comments, replace=True)
    assert report.rows == 6
    assert [line.comment for line in report.lines].count("replaced") == 1
    assert b"Spoke to Asa" not in report.files[0].read_bytes()


@pytest.mark.parametrize("listed", [False, True])
def test_moodle_teams(way: Callable[..., Way], listed: bool) -> None:
    """Group 303 is no participant 303: its mark goes to 301 and 302."""
    one = way("moodle_teams.zip", "moodle_worksheet_team.csv" if listed else "")
    assert len(one.intake.submissions) == 4
    assert all("participant" not in s.lms for s in one.intake.submissions)
    report = one.out("moodle", "moodle_worksheet_team.csv")
    found = importers.moodle(report.files[0].read_bytes(), plain("moodle_worksheet_team.csv"))
    marks = {name: one.mark(name) for name in ("Labbgrupp-7", "Labbgrupp-8", "Labbgrupp-9", "Default")}
    owners = {
        "301": marks["Labbgrupp-7"], "302": marks["Labbgrupp-7"], "303": marks["Labbgrupp-8"], "304": marks["Labbgrupp-8"],
        "305": marks["Labbgrupp-9"], "306": marks["Default"], "307": marks["Default"],
    }  # fmt: skip
    assert {number: mark for number, (mark, _) in found.items()} == owners
    zipped = one.out("moodle-feedback", "moodle_worksheet_team.csv")
    files = importers.moodle_files(zipped.files[0].read_bytes(), list(owners))
    assert files == {number: f"<p>{float(mark)}".encode() for number, mark in owners.items()}
    nobody = one.out("moodle", "moodle_worksheet.csv") if not listed else None
    assert nobody is None or (nobody.rows == 0 and "group" in nobody.withheld[0][1])


def test_blackboard(way: Callable[..., Way]) -> None:
    one = way("blackboard.zip")
    assert {s.id for s in one.intake.submissions} == {"annex123", "asa_ob456", "k1234567", "bolar444"}
    heading = "Lab 5 [Total Pts: 10 Score] |664617"
    report = one.out("blackboard", "blackboard_gradecenter.xls", assignment_id="664617")
    found = importers.blackboard(
        report.files[0].read_bytes(), heading, {s.id for s in one.intake.submissions}
    )
    assert found == {s.id: one.mark(s.id) for s in one.intake.submissions}
    assert report.absent == ("Inlämning Utan (utain555)",)


def test_blackboard_gives_nothing_to_a_name_that_the_grade_center_has_not(
    result: Make, tmp_path: Path
) -> None:
    options = ExportOptions(gradebook=SAMPLES / "blackboard_gradecenter.xls", assignment_id="664617")
    report = export("blackboard", [result("a", "stranger1"), result("b", "x_previewuser")], tmp_path, options)
    assert report.rows == 0
    assert "Grade Center" in report.withheld[0][1]


@pytest.mark.parametrize("listed", [False, True])
def test_brightspace(way: Callable[..., Way], listed: bool) -> None:
    one = way("brightspace.zip", "brightspace_export.csv" if listed else "")
    assert len(one.intake.submissions) == 3
    heading = "Lab 5 Points Grade <Numeric MaxPoints:10 Weight:5>"
    report = one.out("brightspace", "brightspace_export.csv", assignment="Lab 5")
    students = {"annex123": "19990101", "asaob456": "19990202", "marob111": "19990303"}
    found = importers.brightspace(report.files[0].read_bytes(), heading, students)
    names = {"annex123": "Anna", "asaob456": "Åsa", "marob111": "Mary"}
    assert found == {user: one.mark(name) for user, name in names.items()}


def test_brightspace_dates_of_other_languages_are_attempts(way: Callable[..., Way]) -> None:
    intake = way("brightspace_nl_dates.zip").intake
    assert [(s.attempt, s.submitted_at) for s in intake.submissions] == [(2, "2026-10-20T21:58")]
    assert len(intake.superseded) == 1


def test_gradescope(way: Callable[..., Way]) -> None:
    intake = way("gradescope.zip").intake
    people = [[student.id for student in s.students] for s in intake.submissions]
    assert people == [["00123", "asaob456@student.example.org"], ["00456"]]


def test_sakai(way: Callable[..., Way], tmp_path: Path) -> None:
    one = way("sakai.zip")
    assert [s.id for s in one.intake.submissions] == ["annex123", "asaob456"]
    assert all([file.name for file in s.files] == ["rapport.md"] for s in one.intake.submissions)
    sheet = tmp_path / "grades.csv"
    sheet.write_text(
        '"Lab 5","Points"\n""\n"Display ID","ID","Last Name","First Name","grade","Submission date","Late submission"\n'
        + "".join(f'"{user}","{user}","L","F","","",""\n' for user in ("annex123", "asaob456", "utain444"))
    )
    report = one.out("sakai", str(sheet), comments={"annex123": "Well done."})
    marks, comments = importers.sakai(report.files[0].read_bytes())
    assert marks == {user: one.mark(user) for user in ("annex123", "asaob456")}
    assert comments == {"Exempel, Anna(annex123)": "Well done."}
    assert "utain444" in report.absent[0]


def test_ilias(way: Callable[..., Way], tmp_path: Path) -> None:
    """Time stamps of one name are attempts; the last counts."""
    one = way("ilias.zip")
    assert {s.id: s.attempt for s in one.intake.submissions} == {"annex123": 2, "asaob456": 1}
    text = one.intake.submissions[0].files[0].path.read_text()
    assert "tape.gradient(loss" in text
    sheet = tmp_path / "status.csv"
    sheet.write_text(
        "update,usr_id,login,lastname,firstname,status,mark,notice,comment,plagiarism,plag_comment\r\n"
        "0,4711,annex123,Exempel,Anna,notgraded,,,,,\r\n0,4712,asaob456,Öberg,Åsa,notgraded,,,,,\r\n"
    )
    report = one.out("ilias", str(sheet))
    assert importers.ilias(report.files[0].read_bytes()) == {
        "4711": one.mark("annex123"),
        "4712": one.mark("asaob456"),
    }


def test_teams_openolat_and_aplus(tmp_path: Path, result: Make) -> None:
    (tmp_path / "t").mkdir()
    teams = Way("teams.zip", tmp_path / "t", result)
    assert [(s.id, s.attempt) for s in teams.intake.submissions] == [("Anna-Exempel", 2), ("Åsa-Öberg", 1)]
    (tmp_path / "o").mkdir()
    olat = Way("openolat.zip", tmp_path / "o", result)
    assert [(s.id, [f.name for f in s.files]) for s in olat.intake.submissions] == [
        ("annex123", ["rapport.md"]), ("asaob456", ["rapport.md"]),
    ]  # fmt: skip
    rows = importers.table(olat.out("openolat").files[0].read_text())
    assert {row[0]: row[1] for row in rows[1:]} == {
        user: olat.mark(user) for user in ("annex123", "asaob456")
    }
    (tmp_path / "a").mkdir()
    aplus = Way("aplus.zip", tmp_path / "a", result)
    assert [(s.id, s.attempt, len(s.students)) for s in aplus.intake.submissions] == [
        ("123123", 2, 1),
        ("123456-987654", 1, 2),
    ]
    report = aplus.out("aplus", assignment_id="7", points_possible=100.0)
    assert importers.aplus(report.files[0].read_bytes()) == {"123123": 12, "123456": 22, "987654": 22}
