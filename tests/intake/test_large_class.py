"""A class of 2,000 with groups, attempts, late files and junk: count in = placed + unplaced, and fast."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.intake import Intake, collect
from grader.intake.identities import safe_ids


def count(intake: Intake) -> int:
    return sum(len(s.files) for s in (*intake.submissions, *intake.superseded)) + len(intake.unplaced)


def blackboard_class(folder: Path, size: int) -> int:
    """Writes `size` students with one to three attempts each, sheets beside, and some junk; returns the files."""
    files = 0
    for number in range(size):
        for attempt in range(1 + number % 3):
            head = f"Lab 6_u{number:05}_attempt_2026-11-{20 + attempt}-23-58-01"
            (folder / f"{head}.txt").write_text(
                f"Name: Åsa {number} (u{number:05})\n\nText:\nNone.\n\nFiles:\n"
                f"\tOriginal filename: lab 6.ipynb\n\tFilename: {head}_lab 6.ipynb\n"
            )
            for name in ("lab 6.ipynb", "report.md")[: 1 + number % 2]:
                (folder / f"{head}_{name}").write_text("x")
                files += 1
    for junk in range(5):
        (folder / f"junk{junk}.bin").write_text("x")
    return files + 5


def test_two_thousand_students_of_a_class(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    files = blackboard_class(folder, 2000)
    intake = collect([folder], tmp_path / "workspace")
    assert intake.system == "blackboard"
    assert len(intake.submissions) == 2000
    assert len(intake.superseded) == sum(number % 3 for number in range(2000))
    assert count(intake) == files
    assert len(intake.unplaced) == 5
    assert len({s.id for s in (*intake.submissions, *intake.superseded)}) == len(intake.submissions) + len(
        intake.superseded
    )
    assert Counter(s.attempt for s in intake.submissions) == Counter(1 + number % 3 for number in range(2000))


def test_canvas_with_late_files_groups_and_duplicates_in_a_zip(tmp_path: Path) -> None:
    archive = tmp_path / "submissions.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for number in range(300):
            late = "_LATE" if number % 4 == 0 else ""
            for attachment in range(1 + number % 3):
                file.writestr(
                    f"öberg{number % 7}{late}_{number}_{attachment + 50}_lab-{attachment}.ipynb", "x"
                )
        file.writestr("stray.txt", "x")
    intake = collect([archive], tmp_path / "workspace")
    assert len(intake.submissions) == 300
    assert sum(s.late for s in intake.submissions) == 75
    assert count(intake) == sum(1 + number % 3 for number in range(300)) + 1


_LEFTOVERS = ("._report.md", ".DS_Store", "__MACOSX", "Thumbs.db", ".git", ".ipynb_checkpoints")
_NAMES = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=20
).filter(lambda name: name not in {".", ".."} and len(name.encode()) < 200 and not name.startswith("._"))
_DOT_NAMES = st.sampled_from([".report.md", ".hidden", ".x", "..y", ".gitter", "git"]) | _NAMES.map(
    ".-{}".format
)
_FILES = st.lists(
    st.tuples(
        _NAMES
        | _DOT_NAMES
        | st.sampled_from(["annex123", "ANNEX123 report.md", "a_1_2_b.md"])
        | st.sampled_from(_LEFTOVERS),
        _NAMES | _DOT_NAMES | st.sampled_from(_LEFTOVERS),
        st.booleans(),
    ),
    max_size=8,
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_FILES)
def test_whatever_is_in_a_folder_is_placed_or_listed(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[str, str, bool]]
) -> None:
    tmp_path = tmp_path_factory.mktemp("any")
    folder = tmp_path / "class"
    folder.mkdir()
    for top, name, nested in files:
        path = folder / top / name if nested else folder / top
        if not path.exists() and (path.parent.is_dir() or not path.parent.exists()):
            path.parent.mkdir(exist_ok=True)
            path.write_text("x")
    seen = [
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file() and not set(path.relative_to(folder).parts) & set(_LEFTOVERS)
    ]
    assert count(collect([folder], tmp_path / "workspace")) == len(seen)


@settings(deadline=None)
@given(st.lists(st.text(max_size=40), max_size=12))
def test_identifiers_are_unique_and_safe_as_file_names(names: list[str]) -> None:
    ids = safe_ids(names)
    assert len(ids) == len(names)
    assert len({identifier.casefold() for identifier in ids}) == len(ids)
    for identifier in ids:
        assert identifier
        assert len(identifier.encode()) <= 130
        assert identifier[0] not in ".-"
        assert identifier[-1] != "."
        assert not set('/\\:*?"<>|\0 \n') & set(identifier)


def test_a_safe_name_stays_as_it_is() -> None:
    names = ["aliam864", "johex152-klapa663", "Öberg_1", "a.b-c_d"]
    assert list(safe_ids(names)) == names
    reserved, slashed, spaced, climbing, empty = safe_ids(["con", "a/b", "A b", "../x", ""])
    assert (reserved, spaced, climbing, empty) == ("con-file", "A-b", "x", "submission")
    assert slashed.startswith("a-b-")


def test_a_safe_name_keeps_its_identifier_whoever_else_is_there() -> None:
    assert safe_ids(["A b", "a-b"])[1] == safe_ids(["a-b"])[0] == "a-b"
    assert safe_ids(["A b", "a-b"])[0] == safe_ids(["a-b", "A b", "zz"])[1]
