"""Seconds from a folder of 2,000 students to their list of submissions: ``python tests/benchmarks/bench_intake.py``.

The class has one to three attempts a student, one or two files an attempt and a sheet for each: about 10,000
files. Prints the best of five runs as one line of JSON; exits with 1 if it is over two seconds.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from grader.intake import collect

LIMIT_SECONDS = 2.0
STUDENTS = 2000


def write_class(folder: Path) -> None:
    """A Blackboard download of `STUDENTS` students."""
    for number in range(STUDENTS):
        for attempt in range(1 + number % 3):
            head = f"Lab 6_u{number:05}_attempt_2026-11-{20 + attempt}-23-58-01"
            sheet = f"Name: Student {number} (u{number:05})\n\nText:\nNone.\n\nFiles:\n"
            (folder / f"{head}.txt").write_text(sheet)
            for name in ("lab 6.ipynb", "report.md")[: 1 + number % 2]:
                (folder / f"{head}_{name}").write_text("x" * 4000)


def best_of(runs: int, path: Path, workspace: Path) -> tuple[float, int]:
    """The shortest of `runs` in seconds, and the number of submissions."""
    best, found = float("inf"), 0
    for _ in range(runs):
        begin = time.perf_counter()
        found = len(collect([path], workspace).submissions)
        best = min(best, time.perf_counter() - begin)
    return best, found


def main() -> int:
    """Runs the benchmark and returns the exit status."""
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top) / "class"
        folder.mkdir()
        write_class(folder)
        archive = Path(top) / "class.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            for path in folder.iterdir():
                file.write(path, path.name)
        seconds, found = best_of(5, folder, Path(top) / "workspace")
        zipped, _ = best_of(3, archive, Path(top) / "workspace")
    print(
        json.dumps(
            {"submissions": found, "folder_seconds": round(seconds, 3), "zip_seconds": round(zipped, 3)}
        )
    )
    return 0 if found == STUDENTS and seconds < LIMIT_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
