"""The downloads of the systems we know: recognised, and every file with its student."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.accounts import Accounts
from grader.intake import Intake, IntakeError, collect, systems
from grader.model import Submission

LIU = Accounts(r"[a-z]{5}\d{3}")

SAMPLES = Path(__file__).parent / "samples"

Take = Callable[..., Intake]

FIXTURES = {
    "canvas_submissions.zip": "canvas",
    "moodle_submissions.zip": "moodle",
    "blackboard_gradebook.zip": "blackboard",
    "brightspace_submissions.zip": "brightspace",
    "gradescope_export.zip": "gradescope",
}


@pytest.fixture
def take(tmp_path: Path) -> Take:
    def run(*paths: Path, **options: object) -> Intake:
        return collect(paths, tmp_path / "workspace", accounts=LIU, **options)  # type: ignore[arg-type]  # passed through as they are

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    top = tmp_path / "download"
    top.mkdir()
    return top


def write(top: Path, *names: str, content: str = "x") -> None:
    for name in names:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(content, encoding="utf-8")


def by_id(intake: Intake) -> dict[str, Submission]:
    return {submission.id: submission for submission in intake.submissions}


def names(submission: Submission) -> list[str]:
    return [file.name for file in submission.files]


def students(submission: Submission) -> list[tuple[str, str]]:
    return [(student.id, student.name) for student in submission.students]


def test_the_samples_are_all_covered() -> None:
    assert {path.name for path in SAMPLES.glob("*.zip")} == set(FIXTURES)


@pytest.mark.parametrize("sample", FIXTURES)
@pytest.mark.parametrize("form", ["zip", "unpacked", "wrapped", "named"])
def test_a_download_is_recognised_in_any_form(sample: str, form: str, take: Take, folder: Path) -> None:
    path = SAMPLES / sample
    if form in {"unpacked", "wrapped"}:
        with zipfile.ZipFile(path) as file:
            file.extractall(folder / "in" if form == "wrapped" else folder)
        intake = take(folder)
    else:
        intake = take(path, system=FIXTURES[sample] if form == "named" else None)
    assert intake.system == FIXTURES[sample]
    assert not intake.unplaced
    with zipfile.ZipFile(path) as file:
        stored = {info.filename for info in file.infolist()}
    sheets = {name for name in stored if name.endswith(("index.html", ".yml", "-01.txt"))}
    assert sum(len(s.files) for s in intake.submissions) == len(stored - sheets)


def test_canvas(take: Take) -> None:
    found = by_id(take(SAMPLES / "canvas_submissions.zip"))
    assert {name: (names(s), students(s), s.late) for name, s in found.items()} == {
        "exempelanna_1001": (["lab6.ipynb", "report.md"], [("1001", "exempelanna")], False),
        "öbergåsa_1002": (["lab6-1.ipynb"], [("1002", "öbergåsa")], True),
        "andersson2karlerik_1003": (
            ["my_lab_6_final (2).ipynb"],
            [("1003", "andersson2karlerik")],
            False,
        ),
        "onealmary_1004": (["text.html"], [("1004", "onealmary")], False),
        "larssonbo_1005": (["link.html"], [("1005", "larssonbo")], True),
        "anon_aB3xZ": (["lab6.ipynb"], [], False),
        "anon_Qw9eR": (["lab6.pdf"], [], True),
        "aigroup7_1006": (["lab6.zip"], [("1006", "aigroup7")], False),
    }
    assert found["exempelanna_1001"].lms["user_id"] == "1001"
    assert found["exempelanna_1001"].lms["entry"] == "exempelanna_1001_50001_lab6.ipynb"
    assert "link" in found["larssonbo_1005"].notes[0]


def test_canvas_and_its_own_gradebook_as_the_class_list(take: Take, tmp_path: Path) -> None:
    roster = tmp_path / "gradebook.csv"
    roster.write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,Lab 6 (4242)\r\n    Points Possible,,,,,10\r\n"
        '"Exempel, Anna",1001,,annex123,TDDC17,\r\n"Öberg, Åsa",1002,,asaob456,TDDC17,\r\n',
        encoding="utf-8",
    )
    intake = take(SAMPLES / "canvas_submissions.zip", roster=roster)
    found = by_id(intake)
    assert students(found["exempelanna_1001"]) == [("annex123", "Exempel, Anna")]
    assert students(found["öbergåsa_1002"]) == [("asaob456", "Öberg, Åsa")]
    assert "onealmary_1004: onealmary is not in the class list" in intake.problems


def test_moodle(take: Take) -> None:
    found = by_id(take(SAMPLES / "moodle_submissions.zip"))
    assert {name: (names(s), students(s)) for name, s in found.items()} == {
        "Anna-Exempel_123456": (["lab6.ipynb", "sub/report.md"], [("123456", "Anna Exempel")]),
        "Åsa-Öberg_123457": (["onlinetext.html"], [("123457", "Åsa Öberg")]),
        "Participant_88": (["lab6.ipynb"], []),
        "Lab-group-7_42": (["lab6.ipynb"], []),
    }
    assert found["Participant_88"].lms["folder"] == "Participant_88_assignsubmission_file_"


def test_moodle_worksheet_and_groups_as_the_class_list(take: Take, tmp_path: Path) -> None:
    worksheet = tmp_path / "Grades.csv"
    worksheet.write_text(
        "Identifier,Full name,Email address,Status,Grade\r\n"
        "Participant 123456,Anna Exempel,annex123@student.example.se,,\r\n",
        encoding="utf-8-sig",
    )
    found = by_id(take(SAMPLES / "moodle_submissions.zip", roster=worksheet))
    assert students(found["Anna-Exempel_123456"]) == [("annex123", "Anna Exempel")]
    groups = tmp_path / "groups.csv"
    groups.write_text(
        "LiU-ID;Namn;Grupp\nberbe456;Berit Berg;Lab group 7\ncarca789;Carl Carlsson;lab group 7\n"
    )
    found = by_id(take(SAMPLES / "moodle_submissions.zip", roster=groups))
    assert [student for student, _ in students(found["Lab-group-7_42"])] == ["berbe456", "carca789"]


def test_moodle_files_and_online_text_are_one_submission(take: Take, folder: Path) -> None:
    write(
        folder,
        "Anna Exempel_1_assignsubmission_file/report.md",
        "Anna Exempel_1_assignsubmission_onlinetext/onlinetext.html",
        "Bo_Larsson_2_assignsubmission_file_report.md",
    )
    (folder / "Carl Carlsson_3_assignsubmission_file").mkdir()
    found = by_id(take(folder))
    assert {name: names(s) for name, s in found.items()} == {
        "Anna-Exempel_1": ["onlinetext.html", "report.md"],
        "Bo-Larsson_2": ["report.md"],
        "Carl-Carlsson_3": [],
    }


def test_blackboard_takes_the_latest_attempt_and_the_typed_text(take: Take, folder: Path) -> None:
    with zipfile.ZipFile(SAMPLES / "blackboard_gradebook.zip") as file:
        file.extractall(folder)
    sheet = next(folder.glob("*-01.txt")).read_text()
    own = "There is no student submission text data for this assignment."
    late = sheet.replace(own, "The gradient of the loss.\n784 * 128 + 128").replace("23-58-01", "23-59-00")
    write(folder, "Lab 6_annex123_attempt_2026-11-20-23-59-00.txt", content=late)
    write(
        folder,
        "Lab 6_annex123_attempt_2026-11-20-23-59-00_lab 6.ipynb",
        "Lab 6_bo_1_attempt_2026-11-20-23-59-00_r.md",
    )
    intake = take(folder)
    found = by_id(intake)
    assert names(found["annex123"]) == ["lab 6.ipynb", "submission field.txt"]
    assert found["annex123"].attempt == 2
    assert found["annex123"].submitted_at == "2026-11-20T23:59:00"
    assert students(found["annex123"]) == [("annex123", "Anna Exempel")]
    assert [(s.id, s.attempt, names(s)) for s in intake.superseded] == [
        ("annex123-attempt-1", 1, ["lab 6.ipynb"])
    ]


def test_blackboard_gives_files_their_own_names(take: Take, folder: Path) -> None:
    stored = "Lab 6_bo_1_attempt_2026-11-20-23-59-00_report_1.md"
    write(folder, stored)
    sheet = f"Namn: Bo Ek (bo_1)\nUppgift: Lab 6\n\nText:\nIngen text.\n\nFiler:\n\tUrsprung: ../r port.md\n\tFil: {stored}\n"
    write(folder, "Lab 6_bo_1_attempt_2026-11-20-23-59-00.txt", content=sheet)
    (submission,) = take(folder).submissions
    assert submission.id == "bo_1"
    assert names(submission) == ["..-r port.md"]


def test_brightspace(take: Take) -> None:
    intake = take(SAMPLES / "brightspace_submissions.zip")
    found = by_id(intake)
    assert students(found["Anna-Exempel_397063"]) == [("397063", "Anna Exempel")]
    assert found["Anna-Exempel_397063"].submitted_at == "2026-09-24T21:26"
    assert found["Mary-Ann-Öberg_397064"].submitted_at == "2026-09-24T11:05"
    assert names(found["Mary-Ann-Öberg_397064"]) == ["report.md"]


def test_brightspace_attempts_by_date_and_dates_it_cannot_read(take: Take, folder: Path) -> None:
    write(
        folder,
        "1-9 - Anna Exempel - Sep 24, 2026 926 PM/old.md",
        "1-9 - Anna Exempel - Oct 2, 2026 800 AM/new.md",
        "2-9 - Bo - Larsson - den 24:e september/a.md",
        "2-9 - Bo - Larsson - den 25:e september/b.md",
        "index.html",
    )
    intake = take(folder)
    assert sorted(names(s)[0] for s in intake.submissions) == ["a.md", "b.md", "new.md"]
    assert [names(s) for s in intake.superseded] == [["old.md"]]
    assert any("cannot be read" in problem for problem in intake.problems)


def test_gradescope(take: Take) -> None:
    (submission,) = take(SAMPLES / "gradescope_export.zip").submissions
    assert submission.id == "submission_111"
    assert students(submission) == [("annex123", "Anna Exempel")]
    assert submission.submitted_at == "2026-11-20T22:58:01+00:00"
    assert submission.lms["submission_id"] == "111"


def test_gradescope_groups_and_submissions_without_files_or_metadata(take: Take, folder: Path) -> None:
    write(folder, "submission_1/r.md", "submission_3/r.md")
    write(
        folder,
        "submission_metadata.yml",
        content="submission_1:\n  :submitters:\n  - :name: Anna\n    :sid: annex123\n  - :name: Bo\n    :email: bo@x.se\n"
        "submission_2:\n  :submitters:\n  - :name: Carl\n    :sid: carca789\n",
    )
    intake = take(folder)
    found = by_id(intake)
    assert students(found["submission_1"]) == [("annex123", "Anna"), ("bo@x.se", "Bo")]
    assert students(found["submission_2"]) == [("carca789", "Carl")]
    assert not found["submission_2"].files
    assert intake.problems == ("submission_3 is not in submission_metadata.yml: its students are not known",)


@pytest.mark.parametrize("content", ["{", "- a", "!!python/object/apply:os.system ['true']", "[" * 100_000])
def test_gradescope_metadata_that_cannot_be_read_is_explained(take: Take, folder: Path, content: str) -> None:
    write(folder, "submission_1/r.md")
    write(folder, "submission_metadata.yml", content=content)
    with pytest.raises(IntakeError, match=r"submission_metadata\.yml"):
        take(folder)


def test_github_classroom(take: Take, folder: Path) -> None:
    top = folder / "lab-6-submissions"
    write(
        top,
        "lab-6-anna-ex/README.md",
        "lab-6-anna-ex/lab.ipynb",
        "lab-6-anna-ex/.git/HEAD",
        "lab-6-bo/report.md",
    )
    write(top, "lab-6-team-7/report.md")
    write(
        top,
        "grades.csv",
        content="assignment_name,assignment_url,starter_code_url,github_username,roster_identifier,"
        "student_repository_name,student_repository_url,submission_timestamp,points_awarded,points_available,group_name\n"
        "lab-6,,,anna-ex,annex123,lab-6-anna-ex,,,0,10,\n"
        "lab-6,,,c,carca789,lab-6-team-7,,,0,10,team-7\nlab-6,,,d,davda111,lab-6-team-7,,,0,10,team-7\n",
    )
    intake = take(folder)
    assert intake.system == "github-classroom"
    found = by_id(intake)
    assert names(found["lab-6-anna-ex"]) == ["README.md", "lab.ipynb"]
    assert [student for student, _ in students(found["lab-6-anna-ex"])] == ["annex123"]
    assert [student for student, _ in students(found["lab-6-bo"])] == ["bo"]
    assert [student for student, _ in students(found["lab-6-team-7"])] == ["carca789", "davda111"]
    assert found["lab-6-team-7"].lms["group"] == "team-7"
    assert not intake.unplaced


@pytest.mark.parametrize(("sample", "system"), FIXTURES.items())
def test_strange_files_among_a_download_are_listed(
    sample: str, system: str, take: Take, folder: Path
) -> None:
    with zipfile.ZipFile(SAMPLES / sample) as file:
        file.extractall(folder)
    top = folder / "assignment_1_export" if system == "gradescope" else folder
    write(top, "notes from the teacher.docx")
    intake = take(folder)
    assert [left.path for left in intake.unplaced] == ["notes from the teacher.docx"]


@pytest.mark.parametrize(
    ("heading", "row", "wanted"),
    [
        ("id,name,email", "annex123,Anna Exempel,a@x.se", ("annex123", "Anna Exempel")),
        ("LiU-ID;Förnamn;Efternamn", "annex123;Anna;Exempel", ("annex123", "Anna Exempel")),
        ("Användarnamn\tNamn\tE-post", "annex123\tExempel, Anna\ta@x.se", ("annex123", "Exempel, Anna")),
        ("Namn,E-postadress", "Anna Exempel,annex123@student.example.se", ("annex123", "Anna Exempel")),
    ],
)
def test_class_lists_in_two_languages_join_by_name(
    take: Take, tmp_path: Path, heading: str, row: str, wanted: tuple[str, str]
) -> None:
    roster = tmp_path / "roster.csv"
    for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
        roster.write_bytes(f"{heading}\r\n{row}\r\n".encode(encoding))
        found = by_id(take(SAMPLES / "canvas_submissions.zip", roster=roster))
        assert students(found["exempelanna_1001"]) == [wanted]


def test_a_name_that_fits_two_rows_is_not_joined(take: Take, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\nannex123,Anna Exempel\nannex999,Anna Exempel\n")
    intake = take(SAMPLES / "canvas_submissions.zip", roster=roster)
    assert students(by_id(intake)["exempelanna_1001"]) == [("1001", "exempelanna")]
    assert "exempelanna_1001: exempelanna fits several rows of the class list" in intake.problems


@pytest.mark.parametrize("content", ["", "name,points\nAnna,3\n"])
def test_a_class_list_without_identifiers_is_explained(take: Take, tmp_path: Path, content: str) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(content)
    with pytest.raises(IntakeError, match=r"class list is empty|needs a heading"):
        take(SAMPLES / "canvas_submissions.zip", roster=roster)


def test_the_systems_are_named() -> None:
    assert set(systems()) == {
        *FIXTURES.values(),
        "sakai",
        "ilias",
        "teams",
        "openolat",
        "aplus",
        "github-classroom",
        "plain",
        "single",
    }


def test_identifiers_of_gradescope_stay_as_they_are_written(tmp_path: Path) -> None:
    top = tmp_path / "export"
    (top / "submission_1").mkdir(parents=True)
    (top / "submission_1" / "report.md").write_text("x")
    (top / "submission_metadata.yml").write_text(
        "submission_1:\n  :submitters:\n  - :name: 0x1F\n    :sid: 00123\n    :email: no\n"
        "  :created_at: 2023-10-02 09:05:07.123456000 Z\n"
    )
    (submission,) = collect([top], tmp_path / "work").submissions
    assert [(student.id, student.name) for student in submission.students] == [("00123", "0x1F")]
    assert submission.submitted_at == "2023-10-02T09:05:07+00:00"


def test_one_folder_of_moodle_with_its_worksheet_is_moodles(tmp_path: Path) -> None:
    top = tmp_path / "download"
    (top / "Anna Exempel_17_assignsubmission_file").mkdir(parents=True)
    (top / "Anna Exempel_17_assignsubmission_file" / "report.md").write_text("x")
    (top / "Grades.csv").write_text("Identifier,Grade\n")
    intake = collect([top], tmp_path / "work")
    assert intake.system == "moodle"
    assert [submission.lms["participant"] for submission in intake.submissions] == ["17"]
    assert [left.path for left in intake.unplaced] == ["Grades.csv"]
