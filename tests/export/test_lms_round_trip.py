"""Download in, graded, import file out: read back by readers that follow each system's own import rules.

The readers are written from the rules, apart from the writers, and share no code with them.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.export import ExportError, ExportOptions, ExportReport, Letter, export
from grader.intake import collect
from grader.model import Result, Status, Student

Make = Callable[..., Result]


def canvas_import(content: bytes, known_users: set[str]) -> dict[str, str]:
    """Canvas: the last student column is Section, other columns name an assignment by number or make a new one."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
    heading = rows[0]
    students = heading.index("Section") + 1
    assert heading[0] == "Student"
    assert heading[1] == "ID"
    (column,) = range(students, len(heading))
    assert re.match(r"\A(.*)\s\((\d+)\)\Z", heading[column]), "Canvas would make a new assignment"
    grades: dict[str, str] = {}
    for row in rows[1:]:
        assert len(row) == len(heading)
        if row[0].strip() in {"Points Possible", ""}:
            continue
        assert row[1] in known_users, "Canvas would not find the student"
        assert row[1] not in grades
        assert row[column] == "EX" or re.fullmatch(r"-?\d+(\.\d+)?|[A-FUG]", row[column]), (
            "1,000 is read as 1.0"
        )
        grades[row[1]] = row[column]
    return grades


def canvas_comments(content: bytes, attachments: set[tuple[str, str]]) -> dict[str, bytes]:
    """Canvas: the first two all-digit tokens are the user and an attachment of that user's submission."""
    comments: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            tokens = name.split("_")
            digits = [token for token in tokens if token.isdigit()]
            assert not tokens[-1].startswith("link")
            assert (digits[0], digits[1]) in attachments
            comments[digits[0]] = archive.read(name)
    return comments


def moodle_import(content: bytes, current: bytes) -> dict[str, tuple[str, str]]:
    """Moodle: rows are found by Identifier; a row is skipped if its grade was changed after the download."""
    sheets = [
        list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""))) for raw in (content, current)
    ]
    now = {row["Identifier"]: row for row in sheets[1]}
    read: dict[str, tuple[str, str]] = {}
    for row in sheets[0]:
        assert row["Identifier"] in now, "Moodle would reject the file"
        if row["Last modified (grade)"] != now[row["Identifier"]]["Last modified (grade)"]:
            continue
        if row["Grade can be changed"] == "Yes":
            read[row["Identifier"]] = (row["Grade"].replace(",", "."), row["Feedback comments"])
    return read


def moodle_feedback(content: bytes) -> dict[str, bytes]:
    """Moodle: the participant's number stands before the plugin in the folder's name."""
    files: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            folder, _, file = name.partition("/")
            assert not name.startswith((".", "~"))
            assert not file.startswith((".", "~"))
            match = re.match(r"^(.+?)_(\d+)_assignsubmission_(file|onlinetext)_?$", folder)
            assert match
            files[match[2]] = archive.read(name)
    return files


def blackboard_import(content: bytes, columns: dict[str, str]) -> dict[str, str]:
    """Blackboard: tab-delimited; the column is found by the number after the bar."""
    assert content[:2] == b"\xff\xfe"
    rows = list(csv.reader(io.StringIO(content.decode("utf-16"), newline=""), delimiter="\t"))
    heading = rows[0][-1]
    assert columns.get(heading.rpartition("|")[2]) == heading, "Blackboard would make a new column of text"
    return {row[rows[0].index("Username")]: row[-1] for row in rows[1:]}


def brightspace_import(content: bytes, items: set[str], users: set[str]) -> dict[str, str]:
    """Brightspace: keys are OrgDefinedId or Username, the last column marks the end of each line."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
    assert rows[0][-1] == "End-of-Line Indicator"
    assert rows[0][-2].endswith(" Points Grade")
    assert rows[0][-2].removesuffix(" Points Grade") in items
    assert all(row[-1] == "#" for row in rows[1:])
    assert all(row[1].lstrip("#") in users for row in rows[1:])
    return {row[1].lstrip("#"): row[-2] for row in rows[1:]}


def options_of(
    download: Path, workspace: Path, make: Make, **more: object
) -> tuple[list[Result], ExportOptions]:
    intake = collect([download], workspace)
    results = [make(s.id, *s.students) for s in intake.submissions]
    feedback: dict[str, Path] = {}
    for result in results:
        path = workspace / f"{result.submission}.html"
        path.write_text(f"<p>{result.submission}")
        feedback[result.submission] = path
    identities = {s.id: s.lms for s in intake.submissions}
    return results, ExportOptions(identities=identities, feedback=feedback, **more)  # type: ignore[arg-type]


def only(report: ExportReport) -> bytes:
    (file,) = report.files
    return file.read_bytes()


def test_canvas_new_file(result: Make, downloads: Path, tmp_path: Path) -> None:
    results, options = options_of(
        downloads / "canvas_submissions.zip", tmp_path, result, assignment="Lab 6", assignment_id="4242"
    )
    report = export("canvas", results, tmp_path / "out", options)
    users = {"1001", "1002", "1003", "1004", "1005", "1006"}
    assert canvas_import(only(report), users) == dict.fromkeys(users, "8.5")
    assert report.rows == 6
    assert {submission for submission, _ in report.withheld} == {"anon_Qw9eR", "anon_aB3xZ"}
    text = only(report).decode()
    assert text.splitlines()[:2] == [
        "Student,ID,SIS User ID,SIS Login ID,Section,Lab 6 (4242)",
        "    Points Possible,,,,,10",
    ]


def test_canvas_fills_in_the_tas_own_gradebook(
    result: Make, downloads: Path, samples: Path, tmp_path: Path
) -> None:
    results, options = options_of(
        downloads / "canvas_submissions.zip", tmp_path, result, gradebook=samples / "canvas_grades.csv"
    )
    report = export("canvas", results, tmp_path / "out", options)
    assert canvas_import(only(report), {"1001", "1002"}) == {"1001": "8.5"}
    assert (
        only(report)
        == b"\r\n".join((samples / "canvas_grades.csv").read_bytes().split(b"\r\n")[:3]) + b"\r\n"
    )
    reasons = dict(report.withheld)
    assert reasons["öbergåsa_1002"] == "1002: excused in the gradebook (EX)"
    assert reasons["onealmary_1004"] == "1004: no such student in the gradebook"


def test_canvas_keeps_other_assignments_out_and_finds_students_by_login(result: Make, tmp_path: Path) -> None:
    book = tmp_path / "book.csv"
    book.write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,Lab 5 (4141),Lab 6 (4242),Lab 6 Final Score\r\n"
        ",,,,,Manual Posting,,\r\n    Points Possible,,,,,5,20,(read only)\r\n"
        '"Exempel, Anna",1001,s1,annex123,TDDC17,3,,10\r\n"=cmd, Bo",1002,s2,berbe456,TDDC17,,,\r\n',
        encoding="utf-8-sig",
    )
    results = [result("a", "annex123"), result("b", "BERBE456"), result("again", "annex123")]
    report = export("canvas", results, tmp_path / "out", ExportOptions(gradebook=book, assignment="Lab 6"))
    assert canvas_import(only(report), {"1001", "1002"}) == {"1001": "8.5", "1002": "8.5"}
    assert b"Lab 5" not in only(report)
    assert b'"\'=cmd, Bo"' in only(report)
    assert report.withheld == (
        ("again", "annex123: another submission has given this student a grade already"),
    )
    assert "maximum is 20" in report.problems[0]
    report = export(
        "canvas",
        results[:1],
        tmp_path / "out",
        ExportOptions(gradebook=book, assignment_id="4242", points_possible=20.0),
    )
    assert canvas_import(only(report), {"1001"}) == {"1001": "17"}
    assert report.problems == ()


@pytest.mark.parametrize(
    ("book", "options", "words"),
    [
        (None, {}, "needs the assignment's title and its number"),
        (None, {"assignment": "=Lab", "assignment_id": "1"}, "would run as a formula"),
        ("Student,ID,Section,Lab 5 (1),Lab 6 (2)\r\n", {}, r"which assignment.*'Lab 5 \(1\)', 'Lab 6 \(2\)'"),
        ("Student,ID,Section,Lab 5 (1)\r\n", {"assignment_id": "2"}, "which assignment"),
        ("Student,Name\r\n", {}, "which assignment"),
        ("Student,Lab 6 (2)\r\n", {}, "not a gradebook of Canvas"),
        ("", {}, "empty"),
        ('"Student', {}, "not a CSV"),
    ],
)
def test_canvas_explains_what_it_needs(
    result: Make, tmp_path: Path, book: str | None, options: dict[str, str], words: str
) -> None:
    path = tmp_path / "book.csv"
    path.write_text(book or "")
    chosen = ExportOptions(gradebook=path if book is not None else None, **options)  # type: ignore[arg-type]
    with pytest.raises(ExportError, match=words):
        export("canvas", [result("a", "annex123")], tmp_path / "out", chosen)


def test_canvas_rejects_an_identifier_that_would_be_altered(result: Make, tmp_path: Path) -> None:
    options = ExportOptions(assignment="Lab", assignment_id="1")
    report = export(
        "canvas", [result("a", "=1+1"), result("b", Student("berbe456", "@Bo"))], tmp_path, options
    )
    assert "submission a" in dict(report.withheld)["a"]
    assert only(report).splitlines()[2] == b"'@Bo,,,berbe456,,8.5"


def test_canvas_feedback_zip(result: Make, downloads: Path, tmp_path: Path) -> None:
    results, options = options_of(downloads / "canvas_submissions.zip", tmp_path, result)
    report = export("canvas-feedback", results, tmp_path / "out", options)
    with zipfile.ZipFile(io.BytesIO(only(report))) as archive:
        names = set(archive.namelist())
    named = [name for name in names if not name.startswith("anon_")]
    assert {name for name in names if name.startswith("anon_")} == {
        "anon_aB3xZ_50007_feedback.html",
        "anon_LATE_Qw9eR_50008_feedback.html",
    }
    assert len(named) == report.rows - 2 == 4
    only_named = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(only(report))) as archive, zipfile.ZipFile(only_named, "w") as copy:
        for name in named:
            copy.writestr(name, archive.read(name))
    attachments = {
        ("1001", "50001"),
        ("1001", "50002"),
        ("1002", "50003"),
        ("1003", "50004"),
        ("1006", "50009"),
    }
    assert canvas_comments(only_named.getvalue(), attachments) == {
        "1001": b"<p>exempelanna_1001",
        "1002": "<p>öbergåsa_1002".encode(),
        "1003": b"<p>andersson2karlerik_1003",
        "1006": b"<p>aigroup7_1006",
    }
    assert {submission for submission, _ in report.withheld} == {"onealmary_1004", "larssonbo_1005"}


def test_moodle_worksheet_is_filled_in(result: Make, downloads: Path, samples: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    original = (samples / "moodle_offline_grading.csv").read_text(encoding="utf-8")
    empty = original.replace("8.50,", ",").replace("<p>Q2 correct</p>", "")
    more = empty.splitlines()[1]
    sheet.write_text(
        "\r\n".join(
            [
                *empty.splitlines(),
                more.replace("123456", "123457")
                .replace("Anna Exempel", "=Åsa Öberg")
                .replace("annex123", "asaob456"),
                more.replace("123456", "88").replace("Yes", "No"),
                more.replace("123456", "42").replace("10.00", '"10,00"'),
                more.replace("123456", "7"),
            ]
        )
        + "\r\n",
        encoding="utf-8-sig",
    )
    results, options = options_of(
        downloads / "moodle_submissions.zip",
        tmp_path,
        result,
        gradebook=sheet,
        comments={"Anna-Exempel_123456": "Q2 correct <b>\n\n=SUM(A1)", "Åsa-Öberg_123457": "\n"},
    )
    report = export("moodle", results, tmp_path / "out", options)
    assert moodle_import(only(report), sheet.read_bytes()) == {
        "Participant 123456": ("8.5", "<p>Q2 correct &lt;b&gt;</p><p>=SUM(A1)</p>"),
        "Participant 123457": ("8.5", ""),
        "Participant 42": ("", ""),
        "Participant 7": ("", ""),
    }
    assert report.rows == 2
    reasons = dict(report.withheld)
    assert reasons["Participant_88"] == "its student: Moodle says that this grade cannot be changed"
    assert "Lab group 7 is a group" in reasons["Lab-group-7_42"]
    assert only(report).startswith(b"\xef\xbb\xbf")
    assert b",'=\xc3\x85sa \xc3\x96berg," in only(report)


def test_moodle_in_another_language_and_by_address(result: Make, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        "Identifierare;Fullständigt namn;E-postadress;Status;Betyg;Högsta betyg;Kommentar\r\n"
        "Deltagare 9;Anna;annex123@student.example.se;;;10,00;\r\n",
        encoding="utf-8",
    )
    options = ExportOptions(
        gradebook=sheet,
        comments={"a": "Bra"},
        settings={"comment_column": "Kommentar"},
        letters=(Letter("A.1", 0.0),),
    )
    report = export("moodle", [result("a", "annex123")], tmp_path / "out", options)
    assert only(report).decode().splitlines()[1].endswith(',A.1,"10,00",<p>Bra</p>')
    assert "came with semicolons" in report.problems[0]
    assert report.withheld == ()
    sheet.write_text(sheet.read_text().replace("Betyg;", "Poäng;"))
    with pytest.raises(ExportError, match=r"no grade column among.*setting grade_column"):
        export("moodle", [result("a", "annex123")], tmp_path / "out", options)
    with pytest.raises(ExportError, match="grading worksheet"):
        export("moodle", [], tmp_path / "out", ExportOptions())


def test_moodle_feedback_zip(result: Make, downloads: Path, tmp_path: Path) -> None:
    results, options = options_of(downloads / "moodle_submissions.zip", tmp_path, result)
    report = export("moodle-feedback", results, tmp_path / "out", options)
    assert set(moodle_feedback(only(report))) == {"123456", "123457", "88"}
    first = only(report)
    assert only(export("moodle-feedback", results, tmp_path / "out", options)) == first
    hidden = msgspec.structs.replace(
        options, identities={"Participant_88": {"folder": "~x_1_assignsubmission_file"}}
    )
    report = export("moodle-feedback", results, tmp_path / "out", hidden)
    assert report.rows == 0
    assert "ignores" in dict(report.withheld)["Participant_88"]


@pytest.mark.parametrize("system", ["canvas-feedback", "moodle-feedback"])
def test_feedback_that_is_not_there_is_listed(result: Make, tmp_path: Path, system: str) -> None:
    with pytest.raises(ExportError, match="no feedback files"):
        export(system, [result("a")], tmp_path, ExportOptions())
    report = export(system, [result("a")], tmp_path, ExportOptions(feedback={"a": tmp_path / "missing.html"}))
    assert report.withheld == (("a", "there is no feedback file"),)


def test_blackboard(result: Make, downloads: Path, samples: Path, tmp_path: Path) -> None:
    results, options = options_of(
        downloads / "blackboard_gradebook.zip", tmp_path, result, gradebook=samples / "blackboard_grades.txt"
    )
    report = export("blackboard", results, tmp_path / "out", options)
    columns = {"664617": "Lab 6 [Total Pts: 10 Score] |664617"}
    assert blackboard_import(only(report), columns) == {"annex123": "8.5"}
    assert only(report) == (samples / "blackboard_grades.txt").read_bytes()
    without = ExportOptions(identities=options.identities, assignment="Lab 6", assignment_id="664617")
    assert only(export("blackboard", results, tmp_path / "new", without)) == only(report)
    with pytest.raises(ExportError, match="exact heading"):
        export("blackboard", results, tmp_path / "out", ExportOptions(settings={"column": "Lab 6"}))
    bad = ExportOptions(gradebook=samples / "blackboard_grades.txt", assignment_id="1")
    with pytest.raises(ExportError, match=r"which column\?.*664617"):
        export("blackboard", results, tmp_path / "out", bad)
    twice = [result("a", "annex123"), result("b", "ANNEX123"), result("c"), result("d", "=x")]
    report = export("blackboard", twice, tmp_path / "out", without)
    assert [submission for submission, _ in report.withheld] == ["b", "c", "d"]


def test_brightspace(result: Make, downloads: Path, samples: Path, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\nannex123,Anna Exempel\n")
    intake = collect([downloads / "brightspace_submissions.zip"], tmp_path, roster=roster)
    results = [result(s.id, *s.students) for s in intake.submissions]
    identities = {s.id: s.lms for s in intake.submissions}
    options = ExportOptions(identities=identities, assignment="Lab 6")
    report = export("brightspace", results, tmp_path / "out", options)
    assert brightspace_import(only(report), {"Lab 6"}, {"annex123"}) == {"annex123": "8.5"}
    assert only(report) == (samples / "brightspace_grades.csv").read_bytes()
    assert report.withheld == (
        ("Mary-Ann-Öberg_397064", "its student's username is not known; give the class list"),
    )
    book = tmp_path / "book.csv"
    book.write_text(
        "OrgDefinedId,Username,Lab 6 Points Grade <Numeric MaxPoints:10>,End-of-Line Indicator\r\n"
        "#199901011234,#annex123,,#\r\n"
    )
    report = export("brightspace", [*results, result("x", "nobod000")], tmp_path / "out", ExportOptions(
        identities=identities, gradebook=book
    ))  # fmt: skip
    assert only(report).decode().splitlines()[1] == "#199901011234,#annex123,8.5,#"
    assert "no such student" in dict(report.withheld)["x"]
    with pytest.raises(ExportError, match="name of the grade item"):
        export("brightspace", results, tmp_path / "out", ExportOptions())
    with pytest.raises(ExportError, match=r"which grade item\?.*'Lab 6'"):
        export("brightspace", results, tmp_path / "out", ExportOptions(gradebook=book, assignment="Lab 7"))


def test_gradescope(result: Make, downloads: Path, samples: Path, tmp_path: Path) -> None:
    results, options = options_of(downloads / "gradescope_export.zip", tmp_path, result)
    report = export("gradescope", results, tmp_path / "out", options)
    assert report.files == (tmp_path / "out" / "results.json",)
    written = json.loads(only(report))
    sample = json.loads((samples / "gradescope_results.json").read_text())
    assert set(written) == set(sample)
    assert set(written["tests"][0]) == set(sample["tests"][0])
    assert written["score"] == 8.5
    assert written["execution_time"] == 42
    assert written["visibility"] == "after_published"
    assert written["stdout_visibility"] == "hidden"
    assert [
        (test["number"], test["score"], test["max_score"], test["status"]) for test in written["tests"]
    ] == [
        ("1", 3.0, 3.0, "passed"),
        ("2", 5.5, 7.0, "failed"),
    ]
    assert written["tests"][1]["output"] == "partial: No bias.\n  Hint: Count the biases."
    assert b"SECRET" not in only(report)


def test_gradescope_of_several_and_of_one_for_review(result: Make, tmp_path: Path) -> None:
    results = [result("a", "annex123"), result("b", "berbe456", status=Status.REVIEW)]
    report = export(
        "gradescope", results, tmp_path, ExportOptions(include_review=True, settings={"visibility": "hidden"})
    )
    assert [str(file.relative_to(tmp_path)) for file in report.files] == ["a/results.json", "b/results.json"]
    written = json.loads((tmp_path / "b/results.json").read_text())
    assert written["visibility"] == "hidden"
    assert "person" in written["output"]
    assert "status" not in written["tests"][1]


def test_ladok(result: Make, samples: Path, tmp_path: Path) -> None:
    settings_ = {"course": "TDDC17", "component": "LAB1", "graders": "Examiner Name <ex@liu.se>"}
    options = ExportOptions(
        pass_mark=5.0,
        settings=settings_,
        date=dt.date(2026, 11, 23),
        identities={"a": {"ladok:annex123": "199901011234"}},
    )
    report = export("ladok", [result("a", "annex123")], tmp_path, options)
    assert only(report) == (samples / "ladok3_report.csv").read_bytes()
    results = [
        result("a", "annex123", "berbe456", points=4.0),
        result("b", "berbe456"),
        result("c"),
        result("d", "=x"),
    ]
    report = export("ladok", results, tmp_path, options)
    rows = list(csv.reader(io.StringIO(only(report).decode())))
    assert [(row[2], row[3]) for row in rows] == [("199901011234", "U")]
    assert [submission for submission, _ in report.withheld] == ["a", "b", "c", "d"]
    assert "Personnummer" in report.withheld[0][1]
    with pytest.raises(ExportError, match="pass mark"):
        export("ladok", results, tmp_path, ExportOptions(settings=settings_))
    with pytest.raises(ExportError, match="course and component"):
        export("ladok", results, tmp_path, ExportOptions(pass_mark=5.0))


_ID = st.text(min_size=1, max_size=12).filter(lambda text: text.strip() == text)
_PEOPLE = st.lists(
    st.tuples(_ID, st.text(max_size=12), st.floats(0, 10)),
    max_size=6,
    unique_by=lambda one: one[0].casefold(),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=_PEOPLE)
def test_any_names_and_identifiers_come_through_or_are_listed(
    result: Make, tmp_path: Path, people: list[tuple[str, str, float]]
) -> None:
    results = [result(f"s{n}", Student(i, name), points=points) for n, (i, name, points) in enumerate(people)]
    canvas = export("canvas", results, tmp_path, ExportOptions(assignment="Lab 6", assignment_id="4242"))
    rows = list(csv.reader(io.StringIO(only(canvas).decode(), newline="")))[2:]
    held = {submission for submission, _ in canvas.withheld}
    sent = [(i, p) for n, (i, _, p) in enumerate(people) if f"s{n}" not in held]
    assert [row[3] for row in rows] == [i for i, _ in sent]
    assert all(abs(float(row[5]) - p) < 1e-4 for row, (_, p) in zip(rows, sent, strict=True))
    assert all(
        i[0] in "=+-@\t\r\n＝＋－＠" or set(i) & set("\0\r\n")
        for n, (i, _, _) in enumerate(people)
        if f"s{n}" in held
    )
    blackboard = export("blackboard", results, tmp_path, ExportOptions(assignment="Lab", assignment_id="7"))
    table = list(csv.reader(io.StringIO(only(blackboard).decode("utf-16"), newline=""), delimiter="\t"))
    assert [row[2] for row in table[1:]] == [i for i, _ in sent]
    assert len(canvas.withheld) + canvas.rows == len(people)


def test_two_students_of_one_submission_each_get_a_row(result: Make, samples: Path, tmp_path: Path) -> None:
    identities = {"g": {"system": "canvas", "user_id": "1001", "participant": "", "username": "anna"}}
    made = result("g", "berbe456", "carca789")
    named = ExportOptions(identities=identities, assignment="Lab 6", assignment_id="4242")
    rows = list(csv.reader(io.StringIO(only(export("canvas", [made], tmp_path, named)).decode())))
    assert [row[1:4] for row in rows[2:]] == [["", "", "berbe456"], ["", "", "carca789"]]
    made = result("g", "1001", "carca789")
    rows = list(csv.reader(io.StringIO(only(export("canvas", [made], tmp_path, named)).decode())))
    assert [row[1:4] for row in rows[2:]] == [["1001", "", ""], ["", "", "carca789"]]
    report = export("blackboard", [result("g", "berbe456", "carca789")], tmp_path, named)
    assert set(blackboard_import(only(report), {"4242": "Lab 6 [Total Pts: 10 Score] |4242"})) == {
        "berbe456",
        "carca789",
    }
    twice = [result("a", "annex123"), result("b", "ANNEX123")]
    report = export("canvas", twice, tmp_path, named)
    assert report.rows == 1
    assert [submission for submission, _ in report.withheld] == ["b"]
