"""A terminal or a pipe that knows no UTF-8: nothing crashes, and JSON stays JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
REPORT = "# Question 1\n\ngradient = tape.gradient(loss, parameters)\n\n# Question 2\n\nvet ej än\n"


def grader(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from grader.cli import run; run()"
    words = [sys.executable, "-c", code, str(TOP), *map(str, arguments)]
    plain = {key: value for key, value in os.environ.items() if key not in {"LANG", "LC_CTYPE", "PYTHONUTF8"}}
    return subprocess.run(words, env=plain | environment, capture_output=True, check=False, timeout=600)


@pytest.mark.slow
@pytest.mark.parametrize(
    "environment",
    [{"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}],
)
def test_names_of_any_script_on_a_terminal_of_ascii(tmp_path: Path, environment: dict[str, str]) -> None:
    handed_in, out = tmp_path / "in", tmp_path / "out"
    handed_in.mkdir()
    for name in ("arla", "bo"):
        (handed_in / f"{name}.md").write_text(REPORT, encoding="utf-8")
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\narla,Ärla Åström\nbo,张伟\n", encoding="utf-8")
    graded = grader(
        "grade", handed_in, "--out", out, "--no-execute", "--roster", roster, "--json", **environment
    )
    assert graded.returncode == 0, graded.stderr
    assert json.loads(graded.stdout.decode("ascii"))["submissions"] == 2
    decided = grader(
        "decide", out, "arla", "q9", "pass", "--comment", "Ok", "--reason", "ä", "--json", **environment
    )
    assert decided.returncode == 1
    assert json.loads(decided.stdout.decode("ascii"))["refused"]
    said = grader("decide", out, "arla", "q2", "fail", "--comment", "Ställ upp", "--by", "Åsa", **environment)
    assert said.returncode == 0, said.stderr
    for command in (
        ("decisions", out),
        ("decisions", out, "--json"),
        ("late", out),
        ("requests", out, "--json"),
        ("export", out, "--to", "csv", "--include-review", "--json"),
        ("export", out, "--to", "csv", "--include-review"),
        ("grade", handed_in, "--out", out, "--no-execute"),
    ):
        done = grader(*command, **environment)
        assert done.returncode == 0, (command, done.stderr)
        assert done.stdout.isascii()
        assert b"Traceback" not in done.stderr
