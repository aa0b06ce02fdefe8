"""Plain folders, files and zips become submissions, and nothing that came in is lost."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.accounts import Accounts
from grader.intake import Intake, IntakeError, IntakeLimits, collect
from grader.model import FileKind, Submission

LIU = Accounts(r"[a-z]{5}\d{3}")

Collect = Callable[..., Intake]


@pytest.fixture
def take(tmp_path: Path) -> Collect:
    def run(*paths: Path, **options: object) -> Intake:
        return collect(paths, tmp_path / "workspace", accounts=LIU, **options)  # type: ignore[arg-type]  # passed through as they are

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    top = tmp_path / "class"
    top.mkdir()
    return top


def write(top: Path, *names: str) -> None:
    for name in names:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(name.encode("utf-8", "surrogateescape"))


def by_id(intake: Intake) -> dict[str, Submission]:
    return {submission.id: submission for submission in intake.submissions}


def names(submission: Submission) -> list[str]:
    return [file.name for file in submission.files]


def test_each_folder_and_each_file_is_a_submission(folder: Path, take: Collect) -> None:
    write(folder, "annex123/report.pdf", "annex123/sub/lab.ipynb", "berbe456.md", "Åsa Öberg.txt")
    intake = take(folder)
    found = by_id(intake)
    assert intake.system == "plain"
    assert set(found) == {"annex123", "berbe456", "Åsa-Öberg"}
    assert names(found["annex123"]) == ["report.pdf", "sub/lab.ipynb"]
    assert [file.kind for file in found["annex123"].files] == [FileKind.REPORT, FileKind.NOTEBOOK]
    assert [student.id for student in found["annex123"].students] == ["annex123"]
    assert found["Åsa-Öberg"].lms["original"] == "Åsa Öberg"
    assert not found["Åsa-Öberg"].students


@pytest.mark.parametrize(
    ("files", "label"),
    [
        (("aliam864.pdf", "aliam864.ipynb"), "aliam864"),
        (("report aliam864.pdf", "ALIAM864_lab.ipynb"), "aliam864"),
        (("Anna.pdf", "Anna.ipynb"), "Anna"),
        (("klapa663_johex152.pdf", "johex152-klapa663.ipynb"), "johex152-klapa663"),
        (("aliam864/report.pdf", "aliam864.ipynb"), "aliam864"),
    ],
)
def test_files_of_one_student_are_one_submission(
    folder: Path, take: Collect, files: tuple[str, ...], label: str
) -> None:
    write(folder, *files, "other999.md")
    found = by_id(take(folder))
    assert set(found) == {label, "other999"}
    assert len(found[label].files) == 2


def test_two_students_share_one_submission(folder: Path, take: Collect) -> None:
    write(folder, "johex152-klapa663/report.pdf")
    (submission,) = take(folder).submissions
    assert [student.id for student in submission.students] == ["johex152", "klapa663"]


def test_a_student_on_two_submissions_is_flagged_and_both_stay(folder: Path, take: Collect) -> None:
    write(folder, "aliam864/report.pdf", "aliam864-berbe456/report.pdf")
    intake = take(folder)
    assert len(intake.submissions) == 2
    assert intake.problems == ("aliam864 is on several submissions: aliam864, aliam864-berbe456",)


def test_a_folder_without_files_is_a_submission(folder: Path, take: Collect) -> None:
    write(folder, "annex123/report.pdf", "berbe456/.DS_Store", "carca789/sub/.git/x.md")
    (folder / "davda111").mkdir()
    found = by_id(take(folder))
    assert {name: len(submission.files) for name, submission in found.items()} == {
        "annex123": 1,
        "berbe456": 0,
        "carca789": 0,
        "davda111": 0,
    }
    assert found["davda111"].notes == ("nothing that can be read was handed in",)


def test_what_systems_leave_behind_is_ignored(folder: Path, take: Collect) -> None:
    write(
        folder, "annex123/report.pdf", "__MACOSX/._report.pdf", "Thumbs.db", ".DS_Store", "annex123/.git/HEAD"
    )
    intake = take(folder)
    assert [names(submission) for submission in intake.submissions] == [["report.pdf"]]
    assert not intake.unplaced


def test_lists_beside_the_submissions_are_listed_as_unplaced(folder: Path, take: Collect) -> None:
    write(folder, "annex123/report.pdf", "README.md", "roster.csv", "anna.jpg")
    intake = take(folder)
    assert set(by_id(intake)) == {"annex123", "anna"}
    assert {left.path for left in intake.unplaced} == {"README.md", "roster.csv"}
    assert all(left.reason for left in intake.unplaced)


def test_a_lone_readme_is_a_submission(folder: Path, take: Collect) -> None:
    write(folder, "README.md")
    assert set(by_id(take(folder))) == {"README"}


def test_a_students_own_folder_is_one_submission(folder: Path, take: Collect) -> None:
    write(folder, "annex123/report.pdf", "annex123/lab.ipynb", "annex123/figures/plot.png")
    (submission,) = take(folder / "annex123").submissions
    assert submission.id == "annex123"
    assert names(submission) == ["figures/plot.png", "lab.ipynb", "report.pdf"]


def test_files_given_one_by_one(folder: Path, take: Collect) -> None:
    write(folder, "a/report.md", "b/report.md", "aliam864.pdf", "aliam864.ipynb")
    found = take(folder / "a/report.md").submissions
    assert [submission.id for submission in found] == ["report"]
    intake = take(
        folder / "aliam864.pdf", folder / "aliam864.ipynb", folder / "a/report.md", folder / "aliam864.pdf"
    )
    assert {name: len(submission.files) for name, submission in by_id(intake).items()} == {
        "aliam864": 2,
        "report": 1,
    }


def test_a_zip_of_folders_with_or_without_a_wrapping_folder(
    folder: Path, take: Collect, tmp_path: Path
) -> None:
    for number, prefix in enumerate(("", "submissions/")):
        archive = tmp_path / f"class{number}.zip"
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr(f"{prefix}annex123/report.md", "one")
            file.writestr(f"{prefix}berbe456/report.md", "two")
            file.writestr(f"{prefix}carca789/", "")
        intake = take(archive)
        found = by_id(intake)
        assert set(found) == {"annex123", "berbe456", "carca789"}
        assert found["annex123"].files[0].path.read_text() == "one"
        assert not found["carca789"].files


@pytest.mark.parametrize(
    ("members", "wanted"),
    [
        (("anna.pdf", "bo.pdf", "bo.ipynb"), {"anna", "bo"}),
        (("report.pdf", "lab.ipynb", "plot.png"), {"packed"}),
        (("report.pdf", "report.docx", "lab.ipynb"), {"packed"}),
    ],
)
def test_a_packed_folder_of_loose_files(
    take: Collect, tmp_path: Path, members: tuple[str, ...], wanted: set[str]
) -> None:
    archive = tmp_path / "class.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for name in members:
            file.writestr(f"packed/{name}", "x")
    assert set(by_id(take(archive))) == wanted


def test_a_zip_named_by_its_student_is_one_submission(take: Collect, tmp_path: Path) -> None:
    archive = tmp_path / "annex123.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("report.md", "one")
        file.writestr("lab.ipynb", "{}")
    (submission,) = take(archive).submissions
    assert submission.id == "annex123"
    assert names(submission) == ["lab.ipynb", "report.md"]


def test_a_download_saved_into_a_folder_is_opened(folder: Path, take: Collect) -> None:
    with zipfile.ZipFile(folder / "submissions.zip", "w") as file:
        file.writestr("Anna Exempel_12_assignsubmission_file/report.md", "one")
    intake = take(folder)
    assert intake.system == "moodle"
    assert len(intake.submissions) == 1


def test_a_pattern_of_the_users_own_names_students_and_attempts(folder: Path, take: Collect) -> None:
    write(folder, "77_2_Anna.md", "77_1_Anna.md", "78_1_Bo.md", "unknown.md")
    intake = take(folder, pattern=r"^(?P<id>\d+)_(?P<attempt>\d+)_(?P<name>\w+)\.md$")
    found = by_id(intake)
    assert set(found) == {"77-2", "78", "unknown"}
    assert found["77-2"].attempt == 2
    assert found["77-2"].students[0].name == "Anna"
    assert [(old.attempt, names(old)) for old in intake.superseded] == [(1, ["77_1_Anna.md"])]


def test_a_pattern_may_name_the_file(folder: Path, take: Collect) -> None:
    write(folder, "annex123__report.md", "annex123__lab.ipynb")
    (submission,) = take(folder, pattern=r"^(?P<id>\w+?)__(?P<file>.+)$").submissions
    assert names(submission) == ["lab.ipynb", "report.md"]


def test_a_whole_path_as_a_single_submission(folder: Path, take: Collect) -> None:
    write(folder, "report.pdf", "lab.ipynb", "figures/plot.png")
    (submission,) = take(folder, system="single").submissions
    assert submission.id == "class"
    assert names(submission) == ["figures/plot.png", "lab.ipynb", "report.pdf"]
    (alone,) = take(folder / "report.pdf", folder / "lab.ipynb", system="single").submissions
    assert (alone.id, names(alone)) == ("lab", ["lab.ipynb", "report.pdf"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"pattern": "("}, "not a regular expression"),
        ({"pattern": "x"}, "no group named id"),
        ({"system": "itslearning"}, "canvas"),
        ({"roster": Path("missing.csv")}, "no such class list"),
    ],
)
def test_wrong_options_are_explained(
    folder: Path, take: Collect, options: dict[str, object], words: str
) -> None:
    with pytest.raises(IntakeError, match=words):
        take(folder, **options)


def test_a_path_that_is_not_there_is_explained(folder: Path, take: Collect) -> None:
    with pytest.raises(IntakeError, match=r"missing.*no such file"):
        take(folder / "missing")


def test_links_pipes_and_hard_links_are_refused_and_said_so(
    folder: Path, take: Collect, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    write(folder, "annex123/report.pdf", "berbe456/report.md")
    (folder / "annex123/link.md").symlink_to(secret)
    (folder / "annex123/everything").symlink_to("/")
    os.mkfifo(folder / "annex123/pipe.md")
    os.link(secret, folder / "annex123/hard.md")
    (folder / "carca789.md").symlink_to(secret)
    intake = take(folder)
    found = by_id(intake)
    assert names(found["annex123"]) == ["report.pdf"]
    assert {left.path: left.reason.split(",")[0] for left in intake.unplaced} == {
        "annex123/link.md": "a symbolic link",
        "annex123/everything": "a symbolic link",
        "annex123/pipe.md": "not an ordinary file (a device",
        "annex123/hard.md": "a hard link: the same file has another name; copy the folder and grade the copy",
        "carca789.md": "a symbolic link",
    }
    assert len(found["annex123"].notes) == 4
    assert not found["carca789"].files


def test_deep_and_large_folders_are_bounded(folder: Path, take: Collect) -> None:
    write(folder, "annex123/" + "d/" * 30 + "x.md", "annex123/report.md", "annex123/large.md")
    (folder / "annex123/large.md").write_bytes(b"x" * 2000)
    intake = take(folder, limits=IntakeLimits(file_bytes=1000))
    assert names(intake.submissions[0]) == ["report.md"]
    assert len(intake.unplaced) == 2
    with pytest.raises(IntakeError, match="more than 2 files"):
        take(folder, limits=IntakeLimits(entries=2))


def test_names_that_are_not_text_are_made_visible(folder: Path, take: Collect) -> None:
    raw = os.fsencode(folder) + b"/annex123"
    os.mkdir(raw)
    for name in (b"caf\xe9.md", "na\u0308ive\u202emd.exe.md".encode(), b"tab\there.md"):
        with open(raw + b"/" + name, "wb") as file:
            file.write(b"text")
    (submission,) = take(folder).submissions
    assert set(names(submission)) == {"caf\ufffd.md", "näive\ufffdmd.exe.md", "tab\ufffdhere.md"}
    assert all(file.path.read_bytes() == b"text" for file in submission.files)


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_was_hidden_by_its_name_is_taken_in(
    packed: bool, tmp_path: Path, folder: Path, take: Collect
) -> None:
    write(folder, "Anna/.report.md", "Bo/report.md", "Cecilia/.DS_Store", ".notes")
    source = folder
    if packed:
        source = tmp_path / "class.zip"
        with zipfile.ZipFile(source, "w") as archive:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(folder))
    intake = take(source)
    found = {name: [file.name for file in one.files] for name, one in by_id(intake).items()}
    assert found == {"Anna": [".report.md"], "Bo": ["report.md"], "Cecilia": []}
    assert [left.path for left in intake.unplaced] == [".notes"]


def test_a_loose_picture_goes_to_the_report_that_shows_it(folder: Path, take: Collect) -> None:
    write(folder, "fig1.png", "curves.png", "other.png")
    (folder / "report.tex").write_text(r"\includegraphics[width=5cm]{fig1} and {curves.png}")
    found = by_id(take(folder))
    assert [file.name for file in found["report"].files] == ["curves.png", "fig1.png", "report.tex"]
    assert set(found) == {"report", "other"}
