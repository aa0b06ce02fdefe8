"""What was read is not read again while the disk says that it is the same; what the disk cannot tell, `--check-content` reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.store import Ledger, Stamp, stamp

REPORT = "# Question 1\n\ngradient = tape.gradient({first}, {second})\n"
OLD = time.time() - 3_600


def write(path: Path, first: str, second: str) -> Path:
    """A report that was last written an hour ago: one of the last two seconds is not trusted to stay as it is."""
    path.write_text(REPORT.format(first=first, second=second), encoding="utf-8")
    os.utime(path, (OLD, OLD))
    return path


def settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock two minutes on, for what counts as written just now: nobody can put the time of change back."""
    now = time.time_ns
    monkeypatch.setattr("grader.store.file_stamps.time.time_ns", lambda: now() + 120 * 10**9)


def graded(folder: Path, out: Path, *more: str) -> int:
    """How many submissions the command graded."""
    program = (
        "import time; real = time.time_ns; time.time_ns = lambda: real() + 120 * 10**9; "
        "from grader.cli import run; run()"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            program,
            "grade",
            str(folder),
            "--out",
            str(out),
            "--no-execute",
            "--quiet",
            "--json",
            *more,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: int = json.loads(done.stdout)["graded"]
    return found


def first_verdict(out: Path) -> str:
    line = (out / "results.jsonl").read_text(encoding="utf-8").splitlines()[0]
    verdict: str = json.loads(line)["questions"][0]["verdict"]
    return verdict


def test_a_file_is_read_again_where_its_size_and_time_were_put_back(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    report = write(tmp_path / "in" / "stude001.md", "loss", "parameters")
    out = tmp_path / "out"
    assert graded(tmp_path / "in", out) == 1
    assert first_verdict(out) == "pass"
    assert graded(tmp_path / "in", out) == 0
    before = report.stat()
    write(report, "parameters", "loss")
    after = report.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert graded(tmp_path / "in", out) == 1
    assert first_verdict(out) == "fail"


def test_a_disk_that_deceives_is_found_out_by_reading_the_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    report = write(tmp_path / "in" / "stude001.md", "loss", "parameters")
    out = tmp_path / "out"
    assert graded(tmp_path / "in", out) == 1
    settle(monkeypatch)
    with Ledger(out / "grades.sqlite") as ledger:
        (digest,) = ledger.stamps.digests().values()
        write(report, "parameters", "loss")
        changed = stamp(report)
        assert changed is not None
        ledger.stamps.keep({changed: digest})  # as if nothing that the disk says of it had changed
    assert graded(tmp_path / "in", out) == 0
    assert first_verdict(out) == "pass"
    assert graded(tmp_path / "in", out, "--check-content") == 1
    assert first_verdict(out) == "fail"


def test_what_is_no_longer_handed_in_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("stude001", "stude002"):
        write(tmp_path / "in" / f"{name}.md", "loss", "parameters")
    out = tmp_path / "out"
    assert graded(tmp_path / "in", out) == 2
    (tmp_path / "in" / "stude002.md").unlink()
    assert graded(tmp_path / "in", out) == 0
    with Ledger(out / "grades.sqlite") as ledger:
        assert [Path(one.path).name for one in ledger.stamps.digests()] == ["stude001.md"]


def test_what_was_written_just_now_or_is_no_file_has_no_stamp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = write(tmp_path / "a.md", "loss", "parameters")
    assert stamp(report) is None  # it was made just now, whatever its time of modification says
    assert stamp(tmp_path) is None
    assert stamp(tmp_path / "gone.md") is None
    settle(monkeypatch)
    found = stamp(report)
    assert found is not None
    assert (found.path, found.size) == (str(report), report.stat().st_size)


def test_many_stamps_are_kept_and_the_last_of_a_path_counts(tmp_path: Path) -> None:
    with Ledger(tmp_path / "grades.sqlite") as ledger:
        stamps = {Stamp(f"/class/{at}.md", at, 1, 1, "1:1"): f"{at:064x}" for at in range(1_203)}
        ledger.stamps.keep(stamps)
        newer = Stamp("/class/7.md", 8, 2, 2, "1:1")
        ledger.stamps.keep({newer: "f" * 64})
        ledger.stamps.drop([f"/class/{at}.md" for at in range(10, 1_203)])
        known = ledger.stamps.digests()
    assert len(known) == 10
    assert known[newer] == "f" * 64
    assert sum(one.path == "/class/7.md" for one in known) == 1
