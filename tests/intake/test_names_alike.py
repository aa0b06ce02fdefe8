"""Names that differ only in how Unicode, case or a font writes them stay as many submissions and files as they are."""

from __future__ import annotations

import unicodedata
import zipfile
from pathlib import Path

import pytest

from grader.intake import Intake, collect
from grader.intake.identities import safe_ids

COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "Åsa Öst") for form in ("NFC", "NFD"))
ALIKE = {
    "Unicode form": (COMPOSED, DECOMPOSED),
    "case": ("Anna", "anna"),
    "full width": ("Anna", "Ａnna"),
    "ligature": ("fia", "ﬁa"),
    "sign and letter": ("\u212bsa", "\u00c5sa"),
    "sharp s": ("straße", "STRASSE"),
    "invisible": ("Anna", "An\u200bna"),
    "replaced": ("An\u202ena", "An\u202dna"),
}


def texts(intake: Intake) -> list[set[str]]:
    """What the files of each submission hold."""
    return sorted(({file.path.read_text() for file in one.files} for one in intake.submissions), key=min)


def same_to_file_systems(name: str) -> str:
    """What the least particular of file systems takes a name for."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def checked(intake: Intake) -> None:
    assert texts(intake) == [{"one", "two"}, {"three", "four"}] or texts(intake) == [
        {"four", "three"},
        {"one", "two"},
    ]
    ids = [one.id for one in intake.submissions]
    assert len({same_to_file_systems(one) for one in ids}) == 2, ids
    for one in intake.submissions:
        assert len({file.name for file in one.files}) == len(one.files)


@pytest.mark.parametrize("names", ALIKE.values(), ids=ALIKE)
def test_folders_stay_two(tmp_path: Path, names: tuple[str, str]) -> None:
    for name, contents in zip(names, (("one", "two"), ("three", "four")), strict=True):
        folder = tmp_path / "class" / name
        folder.mkdir(parents=True)
        for number, content in enumerate(contents):
            (folder / f"report{number}.md").write_text(content)
    checked(collect([tmp_path / "class"], tmp_path / "work"))


@pytest.mark.parametrize("names", ALIKE.values(), ids=ALIKE)
def test_folders_of_an_archive_stay_two(tmp_path: Path, names: tuple[str, str]) -> None:
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        for name, contents in zip(names, (("one", "two"), ("three", "four")), strict=True):
            for number, content in enumerate(contents):
                archive.writestr(f"{name}/report{number}.md", content)
    checked(collect([tmp_path / "class.zip"], tmp_path / "work"))


@pytest.mark.parametrize("names", ALIKE.values(), ids=ALIKE)
def test_folders_that_are_named_one_by_one_stay_two(tmp_path: Path, names: tuple[str, str]) -> None:
    for name, contents in zip(names, (("one", "two"), ("three", "four")), strict=True):
        folder = tmp_path / name / "lab"
        folder.mkdir(parents=True)
        for number, content in enumerate(contents):
            (folder / f"report{number}.md").write_text(content)
    made = collect([tmp_path / name / "lab" for name in names], tmp_path / "work")
    assert len({one.id for one in made.submissions}) == len(made.submissions)
    assert sorted(text for found in texts(made) for text in found) == ["four", "one", "three", "two"]


@pytest.mark.parametrize("names", ALIKE.values(), ids=ALIKE)
def test_files_of_one_submission_keep_names_of_their_own(tmp_path: Path, names: tuple[str, str]) -> None:
    folder = tmp_path / "class" / "alfbe123"
    folder.mkdir(parents=True)
    for name in names:
        (folder / f"{name}.md").write_text(name)
    (made,) = collect([tmp_path / "class"], tmp_path / "work").submissions
    assert len({file.name for file in made.files}) == 2
    assert {file.path.read_text() for file in made.files} == set(names)


def test_the_same_names_come_of_the_same_folder_again(tmp_path: Path) -> None:
    for name in (COMPOSED, DECOMPOSED):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "report.md").write_text(name)
    first, second = (collect([tmp_path / "class"], tmp_path / f"work{turn}") for turn in (1, 2))
    assert first.submissions == second.submissions


def test_identifiers_are_apart_however_a_reader_compares_them() -> None:
    every = [name for pair in ALIKE.values() for name in pair]
    assert len({same_to_file_systems(one) for one in safe_ids(every)}) == len(every)
