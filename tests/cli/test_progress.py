"""What a run says of itself: lines where nobody watches, a note in the ledger, and what is left when it is stopped."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from rich.console import Console

from grader.cli.grade import command
from grader.cli.progress import MOST_LINES, Noted, shown_on
from grader.model import Execution, ExecutionStatus, GraderInfo, Result, Status
from grader.store import Ledger
from grader.store.running import read

TOP = Path(__file__).parents[2]
REPORT = """# Question 1

```python
gradient = tape.gradient(loss, parameters)
```

# Question 2

128 * (784 + 1) = 100480
"""


def result(name: str) -> Result:
    made = Execution(ExecutionStatus.SKIPPED)
    return Result(1, name, (), (), Status.GRADED, 1.0, 1.0, (), (), made, GraderInfo("1", "lab", "r"))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "grades.sqlite") as opened:
        yield opened


def said(todo: int, kept: int = 0) -> list[str]:
    """The lines of a run in a pipe."""
    stream = io.StringIO()
    with shown_on(Console(file=stream), todo + kept) as shown:
        shown.planned(todo, kept)
        for number in range(todo):
            shown.done(result(f"s{number}"))
    return stream.getvalue().splitlines()


def test_a_small_class_is_a_line_each() -> None:
    lines = said(3, 2)
    assert lines[0] == "3 of 5 to grade, 2 unchanged"
    assert [line.split(",")[0] for line in lines[1:]] == ["3/5 s0 graded", "4/5 s1 graded", "5/5 s2 graded"]
    assert said(0, 4) == ["nothing has changed"]


@pytest.mark.parametrize("todo", [50, 51, 1_000, 9_999])
def test_a_large_class_is_no_more_lines(todo: int) -> None:
    lines = said(todo)
    assert len(lines) <= MOST_LINES + 2
    assert lines[-1].startswith(f"{todo}/{todo} ")
    assert not any("\r" in line or "\x1b" in line for line in lines)


def test_the_ledger_knows_how_far_it_is(ledger: Ledger) -> None:
    with shown_on(Console(file=io.StringIO()), 3) as shown:
        run = Noted(shown, ledger)
        run.planned(2, 1)
        begun = read(ledger.about()["running"])
        assert begun is not None
        assert (begun.planned, begun.graded, begun.goes_on(), begun.pid) == (3, 1, True, os.getpid())
        run.done(result("a"))
        run.done(result("b"))
        assert run.graded == (3, 3)
        run.ended(stopped=False)
    ended = read(ledger.about()["running"])
    assert ended is not None
    assert (ended.graded, ended.goes_on(), ended.ended) == (3, False, "finished")
    assert msgspec.structs.replace(ended, ended="", pid=0, host="elsewhere").goes_on(), "nobody can tell"


def test_exit_statuses_are_told() -> None:
    told = CliRunner().invoke(command, ["--help"]).output
    for status in ("0 ", "1 ", "2 ", "70 ", "130 "):
        assert f"\n    {status}" in told, told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_is_done_is_there_after_a_stop(number: signal.Signals, tmp_path: Path) -> None:
    """The real command in a pipe, stopped once the first is graded, and begun again."""
    for name in range(60):
        (tmp_path / "in" / f"stud{name:02d}").mkdir(parents=True)
        (tmp_path / "in" / f"stud{name:02d}" / "report.md").write_text(f"{REPORT}\nStudent {name}.\n")
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "sys.path.insert(0, sys.argv.pop(1)); from grader.cli import run; run()"
    )  # whoever runs the tests in the background has Ctrl-C ignored
    arguments = ["grade", "in", "--out", "graded", "--no-execute", "--jobs", "1"]
    started = subprocess.Popen(
        [sys.executable, "-c", code, str(TOP), *arguments],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    assert "TDDC17" in started.stdout.readline()
    assert started.stdout.readline() == "60 of 60 to grade\n"
    assert started.stdout.readline().startswith("2/60 ")
    started.send_signal(number)
    _, told = started.communicate(timeout=120)
    assert started.returncode == 128 + number
    assert "Traceback" not in told
    assert "grader: stopped at" in told
    graded = tmp_path / "graded"
    lines = (graded / "results.jsonl").read_text().splitlines()
    assert 2 <= len(lines) < 60
    assert (graded / "index.html").is_file()
    assert len((graded / "grades.csv").read_text().splitlines()) == len(lines) + 1
    assert len(list((graded / "feedback").iterdir())) == len(lines)
    with Ledger(graded / "grades.sqlite") as ledger:
        run = read(ledger.about()["running"])
    assert run is not None
    assert (run.ended, run.goes_on()) == ("stopped", False)
    assert len(lines) - run.graded in {0, 1}, "it may be stopped between the record and the note of it"
