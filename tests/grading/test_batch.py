"""Batches: resumed, re-graded only where something changed, and never lost or doubled however they are killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from grader.store.ledger import Ledger

REPORT = """# Question 1

gradient = tape.gradient(loss, parameters)

# Question 2

784*128 + 128 = 100480

# Question 3

Batch size\tTime (s)\tAccuracy
1\t{first}\t0.8124
10\t13\t0.8251
100\t3\t0.8185
1000\t1\t0.7097
60000\t1\t0.1000

I would start with 100: it is nearly as accurate as 10 and takes less time.
"""


def hand_in(folder: Path, count: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"stude{number:03d}.md").write_text(
            REPORT.format(first=110 + number % 60), encoding="utf-8"
        )


def command(folder: Path, out: Path, *more: str) -> list[str]:
    return [
        sys.executable,
        "-c",
        "from grader.cli import run; run()",
        "grade",
        str(folder),
        "--out",
        str(out),
        "--no-execute",
        "--quiet",
        *more,
    ]


def lines(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (out / "results.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.slow
def test_sigkill_in_the_middle_of_two_hundred(tmp_path: Path) -> None:
    """Killed at random moments, run again: 200 results, each once, and no process is left."""
    hand_in(tmp_path / "in", 200)
    out = tmp_path / "out"
    chance = random.Random(20261123)
    for _ in range(3):
        process = subprocess.Popen(command(tmp_path / "in", out))
        deadline = time.monotonic() + 60
        wanted = _graded(out) + chance.randint(10, 40)
        while _graded(out) < wanted and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        family = (
            [process.pid, *(child.pid for child in psutil.Process(process.pid).children(recursive=True))]
            if process.poll() is None
            else []
        )
        process.send_signal(signal.SIGKILL)
        process.wait()
        for _ in range(100):
            if not any(_alive(pid) for pid in family):
                break
            time.sleep(0.1)
        assert not any(_alive(pid) for pid in family), "a worker outlived its grader"
    assert 0 < _graded(out) < 200
    assert subprocess.run(command(tmp_path / "in", out), check=False).returncode == 0
    counts = Counter(str(line["submission"]) for line in lines(out))
    assert len(counts) == 200
    assert set(counts.values()) == {1}
    assert len(list((out / "feedback").glob("*.html"))) == 200
    assert (out / "grades.csv").read_text(encoding="utf-8").count("\n") == 201


def _graded(out: Path) -> int:
    if not (out / "grades.sqlite").exists():
        return 0
    try:
        with Ledger(out / "grades.sqlite") as ledger:
            return len(ledger.results())
    except Exception:
        return 0


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_only_what_changed_is_graded_again(tmp_path: Path) -> None:
    hand_in(tmp_path / "in", 4)
    out = tmp_path / "out"

    def grade(*more: str) -> dict[str, object]:
        done = subprocess.run(
            command(tmp_path / "in", out, "--json", *more), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        summary: dict[str, object] = json.loads(done.stdout)
        return summary

    assert (grade()["graded"], grade()["graded"]) == (4, 0)
    changed = tmp_path / "in" / "stude001.md"
    changed.write_text(
        changed.read_text(encoding="utf-8").replace("loss, parameters", "parameters, loss"), encoding="utf-8"
    )
    assert grade()["graded"] == 1
    by_name = {line["submission"]: line for line in lines(out)}
    assert by_name["stude001"]["questions"][0]["verdict"] == "fail"  # type: ignore[index]
    with Ledger(out / "grades.sqlite") as ledger:
        assert len(ledger.attempts("stude001")) == 2
    (tmp_path / "in" / "stude003.md").unlink()
    grade()
    assert sorted(by["submission"] for by in lines(out)) == ["stude000", "stude001", "stude002"]  # type: ignore[type-var]
    assert not (out / "feedback" / "stude003.html").exists()


def test_broken_files_never_stop_the_rest(tmp_path: Path) -> None:
    hand_in(tmp_path / "in", 1)
    for name, data in {
        "broken.pdf": b"%PDF-1.4 nothing here",
        "torn.docx": b"PK\x03\x04 no archive",
        "deep.ipynb": b"{" * 100_000,
        "binary.txt": bytes(range(256)) * 50,
        "hollow.ipynb": b"",
        "picture.pdf": b"\x89PNG\r\n",
        "weird.md": "\u202e\x00<script>alert(1)</script> {{ 7*7 }}".encode(),
    }.items():
        (tmp_path / "in" / name).write_bytes(data)
    os.makedirs(tmp_path / "in" / "nothing")
    done = subprocess.run(
        command(tmp_path / "in", tmp_path / "out"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    by_name = {line["submission"]: line for line in lines(tmp_path / "out")}
    assert len(by_name) >= 8
    assert by_name["stude000"]["points"] == 9.0
    for name, line in by_name.items():
        if name != "stude000":
            assert line["points"] == 0
            assert line["status"] in {"graded", "review"}
    page = (tmp_path / "out" / "feedback" / "weird.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page


def test_usage_errors_are_plain(tmp_path: Path) -> None:
    done = subprocess.run(
        command(tmp_path / "nowhere", tmp_path / "out"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr
    (tmp_path / "out" / "grades.sqlite").write_bytes(
        b"this is no database, but it is long enough to be looked at" * 20
    )
    hand_in(tmp_path / "in", 1)
    done = subprocess.run(
        command(tmp_path / "in", tmp_path / "out"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "grades.sqlite" in done.stderr
    assert "Traceback" not in done.stderr
