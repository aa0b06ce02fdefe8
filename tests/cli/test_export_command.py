"""``grader export`` and ``grader gradescope build`` as a TA runs them."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.export.comments import comment
from grader.model import Result

SEED = Path(__file__).parents[1] / "corpora" / "seed.md"
Run = Callable[..., subprocess.CompletedProcess[str]]


def grader(
    *arguments: str, cwd: Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from grader.cli import run; run()", *arguments],
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graded folder of two: one that passes but for the plot, one with the wrong gradient."""
    top = tmp_path_factory.mktemp("class")
    text = SEED.read_text(encoding="utf-8")
    for name, changed in (
        ("annex123", text),
        ("berni456", text.replace("(loss, parameters)", "(parameters, loss)")),
    ):
        (top / "in" / name).mkdir(parents=True)
        (top / "in" / name / "report.md").write_text(changed, encoding="utf-8")
    assert grader("grade", "in", "--out", "graded", "--quiet", cwd=top).returncode == 0
    return top


@pytest.fixture
def export(folder: Path) -> Run:
    return lambda *arguments: grader("export", "graded", *arguments, cwd=folder)


def test_the_systems_are_listed(export: Run) -> None:
    names = export("--to", "list").stdout.split()
    assert {
        "canvas",
        "moodle",
        "blackboard",
        "brightspace",
        "gradescope",
        "ladok",
        "canvas-api",
        "lti-ags",
    } <= set(names)


def test_canvas_gets_a_column_of_its_own_assignment(export: Run, folder: Path) -> None:
    done = export("--to", "canvas", "--title", "Lab 5", "--assignment-id", "4242", "--points-possible", "100")
    assert done.returncode == 0, done.stderr
    lines = (folder / "graded/export/canvas_grades.csv").read_text().splitlines()
    assert lines[0].endswith("Lab 5 (4242)")
    assert [line.split(",")[-1] for line in lines[1:]] == ["100", "90", "60"]


def test_moodles_worksheet_is_filled_in_with_comments(export: Run, folder: Path) -> None:
    sheet = folder / "sheet.csv"
    sheet.write_text(
        "Identifier,Email address,Grade,Maximum Grade,Feedback comments\r\n"
        "Participant 1,annex123@student.example.se,,10.00,\r\nParticipant 2,berni456@student.example.se,,10.00,\r\n"
    )
    assert export("--to", "moodle", "--gradebook", "sheet.csv").returncode == 0
    text = (folder / "graded/export/moodle_grading.csv").read_text()
    assert "No plot of the two curves was found." in text
    assert export("--to", "moodle", "--gradebook", "sheet.csv", "--no-comments").returncode == 0
    assert "curves" not in (folder / "graded/export/moodle_grading.csv").read_text()


def test_letters_and_passing(export: Run, folder: Path) -> None:
    assert export("--to", "csv", "--letters", "A=0.9,F=0").returncode == 0
    (folder / "ladok.csv").write_text("LiU-ID;Personnummer\nannex123;199901011234\nberni456;199902021234\n")
    done = export(
        "--to",
        "ladok",
        "--roster",
        "ladok.csv",
        "--pass-mark",
        "9",
        "--date",
        "2026-11-20",
        "--set",
        "course=TDDC17",
        "--set",
        "component=LAB1",
    )
    assert done.returncode == 0, done.stderr
    (ladok,) = (folder / "graded/export").glob("*ladok*")
    assert [line.split(",")[3] for line in ladok.read_text().splitlines()] == ["G", "U"]


def test_an_api_is_told_only_when_asked(export: Run, folder: Path) -> None:
    told = (
        "--to",
        "canvas-api",
        "--assignment-id",
        "42",
        "--set",
        "url=https://canvas.example.org",
        "--set",
        "course=7",
    )
    done = export(*told)
    assert done.returncode == 0
    assert "nothing was sent" in done.stderr
    assert len(json.loads((folder / "graded/export/canvas_api_plan.json").read_text())) == 2


def test_only_what_is_released_leaves(export: Run, folder: Path) -> None:
    (folder / "released.txt").write_text("berni456\n\n")
    done = json.loads(export("--to", "csv", "--released", "released.txt", "--json").stdout)
    assert done["rows"] == 1
    assert done["withheld"] == [["annex123", "not released"]]
    (folder / "released.txt").write_text("nobody\n")
    assert export("--to", "csv", "--released", "released.txt").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--to", "canvas"], "title"),
        (["--to", "moodle"], "worksheet"),
        (["--to", "csv", "--letters", "A"], "write A=0.9"),
        (["--to", "csv", "--letters", "A=9"], "write A=0.9"),
        (["--to", "csv", "--set", "nonsense"], "KEY=VALUE"),
        (["--to", "ladok"], "course"),
        (["--to", "ladok", "--pass-fail", "G"], "comma"),
        (
            [
                "--to",
                "canvas-api",
                "--assignment-id",
                "1",
                "--set",
                "url=http://x.example",
                "--set",
                "course=7",
            ],
            "https",
        ),
    ],
)
def test_what_is_missing_is_said(export: Run, arguments: list[str], words: str) -> None:
    done = export(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_comment_says_what_a_student_may_read(folder: Path) -> None:
    lines = (folder / "graded/results.jsonl").read_bytes().splitlines()
    wrong = comment(Result.from_json(lines[1]))
    assert wrong.startswith("6 of 10 points.")
    assert "`gradient = tape.gradient(parameters, loss)`" in wrong
    assert "Mistake" not in wrong  # staff's word
    assert "loss, parameters" not in wrong


def test_the_autograder_zip_grades_what_gradescope_hands_it(tmp_path: Path) -> None:
    wheel = tmp_path / "report_grader-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"PK\x05\x06" + b"\0" * 18)
    done = grader(
        "gradescope",
        "build",
        "--wheel",
        wheel.name,
        "--out",
        "auto.zip",
        "--assignment",
        "tddc17-deep-learning",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    root = tmp_path / "autograder"
    (root / "submission").mkdir(parents=True)
    (root / "results").mkdir()
    (root / "submission" / "report.md").write_bytes(SEED.read_bytes())
    (root / "venv" / "bin").mkdir(parents=True)
    # The container's environment is stood in for by this one: setup.sh would install the wheel.
    (root / "venv/bin/python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (root / "venv/bin/grader").write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -c \'from grader.cli import run; run()\' "$@"\n'
    )
    for script in (root / "venv/bin").iterdir():
        script.chmod(0o755)
    with zipfile.ZipFile(tmp_path / "auto.zip") as archive:
        archive.extractall(root)
        assert archive.getinfo("run_autograder").external_attr >> 16 & stat.S_IXUSR
    ran = subprocess.run(
        ["bash", str(root / "run_autograder")],
        env={**os.environ, "AUTOGRADER_ROOT": str(root)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert ran.returncode == 0, ran.stderr
    outcome = json.loads((root / "results" / "results.json").read_text())
    assert outcome["score"] == 9
    assert outcome["visibility"] == "after_published"
    assert {test["visibility"] for test in outcome["tests"]} <= {"after_published", "hidden"}
    assert grader("gradescope", "build", "--wheel", "auto.zip", cwd=tmp_path).returncode == 2


def test_a_checkout_builds_its_own_wheel_and_pins_it(tmp_path: Path) -> None:
    here = {"PYTHONPATH": str(Path(__file__).parents[2])}  # the checkout, whatever is installed
    done = grader(
        *("gradescope", "build", "--assignment", "tddc17-deep-learning", "--out", "auto.zip"),
        cwd=tmp_path,
        environment=here,
    )
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "auto.zip") as archive:
        (wheel,) = [name for name in archive.namelist() if name.endswith(".whl")]
        assert b"tensorflow==" in archive.read("constraints.txt")
        assert b"--assignment tddc17-deep-learning" in archive.read("run_autograder")
        (tmp_path / wheel).write_bytes(archive.read(wheel))
    with zipfile.ZipFile(tmp_path / wheel) as built:
        assert {"grader/export/gradescope_autograder.py", "reference/assignment.py"} <= set(built.namelist())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["auto.zip", wheel]


def test_a_grader_that_is_installed_asks_for_its_wheel(tmp_path: Path) -> None:
    script = "import grader, sys; grader.__file__ = sys.argv.pop(); from grader.cli import run; run()"  # as if there
    done = subprocess.run(
        [sys.executable, "-c", script, "gradescope", "build", str(tmp_path / "grader" / "__init__.py")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "name the grader's wheel" in done.stderr
    assert "Traceback" not in done.stderr


BOOK = (
    "Student,ID,SIS Login ID,Section,Lab 5 (4242)\n    Points Possible,,,,10\n"
    "Anna,1,annex123,A,2\nBerni,2,berni456,A,\nCarl,3,carca789,A,\n"
)


def test_a_preview_writes_nothing_and_a_mark_is_replaced_with_a_yes(export: Run, folder: Path) -> None:
    (folder / "book.csv").write_text(BOOK)
    (folder / "list.csv").write_text(
        "LiU-ID;Namn;Personnummer\nannex123;Anna;19990101-1234\nutain444;Utan;\n"
    )
    to = ("--to", "canvas", "--gradebook", "book.csv", "--out", "new", "--include-review")
    wide = {"COLUMNS": "200"}
    shown = grader("export", "graded", *to, "--preview", "--roster", "list.csv", cwd=folder, environment=wide)
    assert shown.returncode == 0, shown.stderr
    lines = shown.stdout.splitlines()
    assert lines[0].split() == ["student", "now", "to", "come", "comment", "late", "what", "happens"]
    assert "say --replace" in next(line for line in lines if "annex123" in line)
    assert "Carl (3): no submission" in lines
    assert "Utan (utain444): no submission" in lines
    assert not (folder / "new").exists()
    narrow = grader("export", "graded", *to, "--preview", cwd=folder, environment={"COLUMNS": "40"}).stdout
    assert "annex123\nnow: 2\nto come: 9\n" in narrow, "what does not fit side by side is told line by line"
    told = json.loads(export(*to, "--preview", "--json").stdout)
    assert {line["student"]: line["now"] for line in told["lines"]} == {"annex123": "2", "berni456": ""}
    assert "annex123" not in (export(*to).stdout and (folder / "new/canvas_grades.csv").read_text())
    assert export(*to, "--yes").returncode == 0
    assert "annex123" in (folder / "new/canvas_grades.csv").read_text()
    ladok = (
        "--to",
        "ladok",
        "--pass-mark",
        "5",
        "--set",
        "course=C",
        "--set",
        "component=L",
        "--include-review",
    )
    done = export(*ladok, "--roster", "list.csv", "--out", "new")
    assert "Personnummer" in done.stdout
    assert ",199901011234," in (folder / "new/ladok_report.csv").read_text()


def test_what_could_not_be_sent_is_not_a_success(export: Run, folder: Path) -> None:
    """Nobody listens there: the exit status says so, and nothing is lost without a word."""
    (folder / "token").write_text("t0k3n")
    done = export(
        "--to", "canvas-api", "--assignment-id", "4", "--include-review", "--send", "--set", "url=http://127.0.0.1:9",
        "--set", "course=7", "--set", "token_file=token", "--set", "retry_seconds=0.01", "--set", "timeout=2",
    )  # fmt: skip
    assert done.returncode == 1
    assert "does not answer" in done.stderr
    assert "Traceback" not in done.stderr
