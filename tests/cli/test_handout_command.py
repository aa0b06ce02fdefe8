"""``grader fingerprint`` and ``--handout``, as their users run them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HANDOUT = Path(__file__).parents[2] / "reference" / "lab" / "handout" / "handout_2023.ipynb"
TEXT = (
    "Some teachers of earlier courses always went for ten images in every batch, since that was the best compromise they knew for"
    " accuracy and time on their slow machines."
)


def grader(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from grader.cli import run; run()", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


def sheet(tmp_path: Path) -> Path:
    notebook = json.loads(HANDOUT.read_text("utf-8"))
    notebook["cells"].append({"cell_type": "markdown", "id": "more", "metadata": {}, "source": TEXT})
    path = tmp_path / "lab-2027.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def test_fingerprints_hold_no_text_and_are_the_same_each_time(tmp_path: Path) -> None:
    printed = grader("fingerprint", HANDOUT, sheet(tmp_path))
    assert printed.returncode == 0
    made = json.loads(printed.stdout)
    assert set(made["editions"]) == {"handout_2023.ipynb", "lab-2027.ipynb"}
    assert "compromise" not in printed.stdout
    out = tmp_path / "given.json"
    assert grader("fingerprint", HANDOUT, sheet(tmp_path), "--out", out).returncode == 0
    assert out.read_text("utf-8") == printed.stdout
    assert grader("fingerprint", out).stdout == printed.stdout


def test_what_is_no_handout_is_a_usage_error_in_words(tmp_path: Path) -> None:
    empty = tmp_path / "empty.ipynb"
    empty.write_text("", encoding="utf-8")
    for arguments in (
        ("fingerprint", empty),
        ("fingerprint", tmp_path / "none.ipynb"),
        ("check", HANDOUT, "--handout", empty),
    ):
        done = grader(*arguments)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert "ipynb" in done.stderr


def test_grade_and_check_take_the_courses_handout_and_grade_anew_with_it(tmp_path: Path) -> None:
    course = sheet(tmp_path)
    folder = tmp_path / "in" / "annex123"
    folder.mkdir(parents=True)
    (folder / "lab.ipynb").write_bytes(course.read_bytes())
    out = tmp_path / "graded"

    def flags(*more: str | Path) -> list[str]:
        done = grader("grade", tmp_path / "in", "--out", out, "--no-execute", "--quiet", *more)
        assert done.returncode == 0, done.stderr
        (line,) = (out / "results.jsonl").read_text("utf-8").splitlines()
        return [flag["id"] for flag in json.loads(line)["flags"]]

    assert "untouched" not in flags()
    assert flags("--handout", course) == ["untouched"]
    fingerprints = tmp_path / "given.json"
    grader("fingerprint", course, "--out", fingerprints)
    done = grader("check", course, "--no-execute", "--json", "--handout", fingerprints)
    assert done.returncode == 1
    assert "as it was handed out" in json.loads(done.stdout)["files"][0]["note"]
