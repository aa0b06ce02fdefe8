"""The commands as their users run them: exit status, words, and what is imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema

from grader.model import Result, json_schema

SEED = Path(__file__).parents[1] / "corpora" / "seed.md"
HEAVY = ("tensorflow", "pandas", "matplotlib", "cv2", "nbclient", "pdfplumber", "sqlalchemy")


def grader(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from grader.cli import run; run()", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


def imported(*arguments: str) -> set[str]:
    code = (
        "import sys\nfrom grader.cli import main\n"
        f"try:\n    main({list(arguments)!r}, prog_name='grader')\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=100
    )
    found: set[str] = set(eval(done.stderr.strip().splitlines()[-1]))
    return found


def test_light_commands_load_nothing_heavy() -> None:
    assert imported("--help") == set()
    assert imported("check", str(SEED)) == set()
    assert imported("reference") == set()


def test_check_shows_hints_and_never_staff_matter_or_answers() -> None:
    done = grader("check", str(SEED))
    assert done.returncode == 1  # the plot is missing
    assert "plot" in done.stdout.lower()
    assert "Share of honest tables" not in done.stdout
    whole = json.loads(grader("check", "--json", str(SEED)).stdout)
    assert whole["flags"] == []
    assert all(check["staff"] == "" for question in whole["questions"] for check in question["checks"])


def test_check_tells_a_wrong_answer_without_the_right_one(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    report.write_text(
        "# Question 1\n\n`gradient = tape.gradient(parameters, loss)`\n\n# Question 2\n\n100480\n",
        encoding="utf-8",
    )
    done = grader("check", str(report), "--html", str(tmp_path / "page.html"))
    assert done.returncode == 1
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    for shown in (done.stdout, page):
        assert "not right yet" in shown
        assert "swapped" not in shown
        assert "gradient(loss, parameters)" not in shown
        assert "784 * 128 + 128" not in shown


def test_check_of_a_file_that_is_not_there() -> None:
    done = grader("check", "nowhere.md")
    assert done.returncode == 2
    assert "nowhere.md" in done.stderr


def test_grade_export_and_schema(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "annex123.md").write_text(SEED.read_text(encoding="utf-8"), encoding="utf-8")
    assert grader("grade", "in", "--no-execute", cwd=tmp_path).returncode == 0
    schema = json.loads(grader("schema").stdout)
    assert schema == json.loads(json.dumps(json_schema()))
    (line,) = (tmp_path / "graded" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    jsonschema.validate(json.loads(line), schema)
    result = Result.from_json(line)
    assert (result.submission, result.students[0].id, result.points, result.max) == (
        "annex123",
        "annex123",
        9.0,
        10.0,
    )
    assert result.execution.status == "skipped"
    head, row = (tmp_path / "graded" / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert head.startswith("student,submission,q1,q2,q3,total,max,status,late,")
    assert row.startswith("annex123,annex123,3")
    for name in ("index.html", "feedback/annex123.html", "grades.sqlite"):
        assert (tmp_path / "graded" / name).stat().st_size > 0
    done = grader("export", "graded", "--to", "csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert grader("export", "graded", "--to", "nonsense", cwd=tmp_path).returncode == 2
    assert grader("export", ".", "--to", "csv", cwd=tmp_path).returncode == 2


def test_reference_prints_the_true_figures() -> None:
    shown = grader("reference").stdout
    for figure in ("-491.42", "-943.684", "100480", "16512", "1290", "118282", "6234.29", "248.049"):
        assert figure in shown


def test_doctor_says_what_is_there() -> None:
    done = grader("doctor", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == (0 if found["ready"] else 1)
    assert {"Python", "assignment", "tensorflow"} <= {sign["subject"] for sign in found["signs"]}
