"""Reports a second, and start-up: each as a ratio to a baseline in the same run.

Run: python tests/benchmarks/bench_reports.py
The baseline of reading and judging a report is parsing its Markdown alone with markdown-it; that of start-up is an
interpreter that does nothing, and one that imports TensorFlow, which is what a grader that is not lazy pays.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from markdown_it import MarkdownIt

from grader.checks.assignment_finding import load
from grader.grading.grading import grade
from grader.model import FileKind, Submission, SubmittedFile

SEED = Path(__file__).parents[1] / "corpora" / "seed.md"
GOLDEN = Path(__file__).parents[1] / "golden" / "reports"
REPEATS = 5


def median(function: Callable[[], object]) -> float:
    """Median wall time in seconds of `REPEATS` calls after one that warms up."""
    function()
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def command(*arguments: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, *arguments], capture_output=True, check=False)


def main() -> None:
    """Prints the two tables."""
    reports = sorted(GOLDEN.glob("*/report.md"))
    texts = [path.read_text(encoding="utf-8") for path in reports]
    submissions = [
        Submission(path.parent.name, (SubmittedFile(path.name, path, FileKind.REPORT),)) for path in reports
    ]
    lab = load()
    parse = median(lambda: [MarkdownIt("commonmark").enable("table").parse(text) for text in texts]) / len(
        texts
    )
    judged = median(lambda: [grade(one, lab, rubric="") for one in submissions]) / len(submissions)
    print(f"{len(reports)} Markdown reports, one process")
    print(f"  parsing alone (markdown-it)   {1e3 * parse:7.2f} ms a report   1.0")
    print(
        f"  read, judged, summed up       {1e3 * judged:7.2f} ms a report   {judged / parse:.1f} times as long; {1 / judged:.0f} reports a second"
    )
    bare = median(command("-c", "pass"))
    run = "from grader.cli import run; run()"
    print("start-up")
    print(f"  python -c pass                {1e3 * bare:7.0f} ms   1.0")
    for name, arguments in (
        ("grader --help", ("-c", run, "--help")),
        ("grader check seed.md", ("-c", run, "check", str(SEED))),
        ("import tensorflow", ("-c", "import tensorflow")),
    ):
        taken = median(command(*arguments))
        print(f"  {name:28}  {1e3 * taken:7.0f} ms   {taken / bare:.1f}")


if __name__ == "__main__":
    main()
