"""``grades.csv``, JSON Lines, what is withheld, scales, and cells that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from contextlib import nullcontext
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import FileWriteError
from grader.export import (
    ExportError,
    ExportOptions,
    ExportReport,
    Letter,
    export,
    systems,
    write_grades_csv,
)
from grader.export import registry as export_registry
from grader.export.cells import UnsafeIdentifier, id_cell, number_cell, text_cell, to_csv
from grader.export.grades import grade_of
from grader.model import Result, Status, Student

Make = Callable[..., Result]


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def test_the_graded_folders_own_csv_has_a_line_a_student_and_every_status(
    result: Make, tmp_path: Path
) -> None:
    results = [
        result("johex152-klapa663", "johex152", "klapa663"),
        result("nobody", points=4.0, status=Status.REVIEW),
        result("broken", "annex123", points=3.0, status=Status.ERROR),
    ]
    assert write_grades_csv(results, tmp_path / "grades.csv") == ()
    text = (tmp_path / "grades.csv").read_text()
    assert text.splitlines()[0] == "student,submission,q1,q2,total,max,status,late,name,email"
    assert [
        (row["student"], row["q2"], row["total"], row["status"]) for row in read(tmp_path / "grades.csv")
    ] == [
        ("johex152", "5.5", "8.5", "graded"),
        ("klapa663", "5.5", "8.5", "graded"),
        ("nobody", "1", "4", "review"),
        ("annex123", "0", "3", "error"),
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["grades.csv"]


def test_an_empty_class_has_a_heading(tmp_path: Path) -> None:
    write_grades_csv([], tmp_path / "grades.csv")
    assert (tmp_path / "grades.csv").read_text() == "student,submission,total,max,status,late,name,email\n"


def test_a_failed_write_leaves_the_old_file(
    result: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_grades_csv([result("a", "annex123")], tmp_path / "grades.csv")
    before = (tmp_path / "grades.csv").read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(FileWriteError, match="No space"):
        write_grades_csv([], tmp_path / "grades.csv")
    with pytest.raises(ExportError, match="No space"):
        export("csv", [], tmp_path, ExportOptions())
    assert (tmp_path / "grades.csv").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("system", ["csv", "jsonl"])
def test_what_is_not_ready_is_withheld_and_listed(result: Make, tmp_path: Path, system: str) -> None:
    results = [
        result("a", "annex123"),
        result("b", "berbe456", status=Status.REVIEW),
        result("c", "carca789", status=Status.ERROR),
        result("d", "davda111"),
    ]
    report = export(system, results, tmp_path, ExportOptions(released=frozenset("abc")))
    assert report.rows == 1
    assert [submission for submission, _ in report.withheld] == ["b", "c", "d"]
    assert report.withheld[2][1] == "not released"
    report = export(system, results, tmp_path, ExportOptions(include_review=True))
    assert report.rows == 3
    assert [submission for submission, _ in report.withheld] == ["c"]


def test_json_lines(result: Make, tmp_path: Path) -> None:
    report = export("jsonl", [result("a", "annex123", Student(id="berbe456"))], tmp_path, ExportOptions())
    lines = [json.loads(line) for line in report.files[0].read_text().splitlines()]
    assert lines[1] == {
        "student": "berbe456", "submission": "a", "q1": 3.0, "q2": 5.5, "total": 8.5, "max": 10.0, "status": "graded",
        "late": False, "before_late": 8.5, "name": "", "email": "",
    }  # fmt: skip


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_identifiers_that_would_run_are_shown_and_never_altered(
    result: Make, tmp_path: Path, formula: str
) -> None:
    results = [result("a", formula), result("b", "berbe456")]
    (problem,) = write_grades_csv(results, tmp_path / "grades.csv")
    assert "submission a" in problem
    assert repr(formula) in problem
    assert [row["student"] for row in read(tmp_path / "grades.csv")] == ["a", "berbe456"]


@settings(deadline=None)
@given(st.text(max_size=20))
def test_no_text_cell_begins_as_a_formula(text: str) -> None:
    cell = text_cell(text)
    assert cell[:1] not in set("=+-@\t\r")
    assert cell.removeprefix("'") == text.replace("\0", "").removeprefix("'") or cell == text


@settings(deadline=None)
@given(st.text(max_size=20))
def test_an_identifier_is_unaltered_or_rejected(identifier: str) -> None:
    unsafe = identifier[:1] in set("=+-@\t\r\n＝＋－＠") or bool(set(identifier) & set("\0\r\n"))
    with pytest.raises(UnsafeIdentifier, match="row") if unsafe else nullcontext():
        assert id_cell(identifier, "row") == identifier


@settings(deadline=None)
@given(st.floats(-1e6, 1e6))
def test_numbers_are_plain(number: float) -> None:
    cell = number_cell(number)
    assert abs(float(cell) - number) <= 0.5001e-4
    assert not set(cell) & set("eE, '+")
    assert cell != "-0"


@settings(deadline=None)
@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_characters="\0"), max_size=8), min_size=2, max_size=4),
        max_size=4,
    )
)
def test_rows_come_back_as_they_were(rows: list[list[str]]) -> None:
    assert list(csv.reader(io.StringIO(to_csv(rows), newline=""))) == rows


def test_scales(result: Make) -> None:
    made = result("a", "annex123", points=0.1 + 0.2, most=0.6)
    letters = (Letter("A", 0.9), Letter("E", 0.5), Letter("F", 0.0))
    assert grade_of(made, ExportOptions(letters=letters)) == "E"
    assert grade_of(made, ExportOptions(pass_letters=("G", "U"), pass_mark=0.3)) == "G"
    assert grade_of(made, ExportOptions(pass_letters=("G", "U"), pass_mark=0.31)) == "U"
    assert grade_of(made, ExportOptions(points_possible=100.0)) == "50"
    assert grade_of(made, ExportOptions()) == "0.3"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (ExportOptions(pass_letters=("G", "U")), "needs a pass mark"),
        (ExportOptions(letters=(Letter("A", 0.9),)), "no grade below 0.9"),
    ],
)
def test_incomplete_scales_are_explained(result: Make, options: ExportOptions, words: str) -> None:
    with pytest.raises(ExportError, match=words):
        grade_of(result("a", "annex123"), options)


def test_an_exporter_of_someone_else_is_found_by_its_entry_point(
    result: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = [
        EntryPoint("itslearning", "tests_itslearning:export", "grader.exporters"),
        EntryPoint("broken", "tests_no_such_module:export", "grader.exporters"),
    ]

    def found(*, group: str, name: str | None = None) -> list[EntryPoint]:
        assert group == "grader.exporters"
        return [point for point in points if name in {None, point.name}]

    class Module:
        @staticmethod
        def export(results: list[Result], out: Path, options: ExportOptions) -> ExportReport:
            return ExportReport(files=(out / "x",), rows=len(results))

    monkeypatch.setattr(export_registry, "entry_points", found)
    monkeypatch.setitem(__import__("sys").modules, "tests_itslearning", Module)
    assert "itslearning" in systems()
    assert export("itslearning", [result("a")], tmp_path, ExportOptions()).rows == 1
    with pytest.raises(ExportError, match=r"broken.*cannot be loaded"):
        export("broken", [], tmp_path, ExportOptions())
    with pytest.raises(ExportError, match=r"no exporter 'unknown'.*canvas"):
        export("unknown", [], tmp_path, ExportOptions())


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match=str(tmp_path)):
        export("csv", [], tmp_path / "file" / "below", ExportOptions())
