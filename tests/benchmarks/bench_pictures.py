"""What pictures cost: a report with three of them as a ratio to the same report with none, in the same run.

Run: python tests/benchmarks/bench_pictures.py
The pictures are those of the lab: the two curves, the regression line, the first 25 images. All answers are right, so
that none of them has to be read by OCR. Each report is graded as a class is, without running notebooks.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "plots"))

from plot_drawing import figures, look
from plot_reports import with_pictures

from grader.checks.assignment_finding import load
from grader.grading.grading import grade
from grader.model import FileKind, Submission, SubmittedFile

REPEATS = 7
FORMATS = ("ipynb", "docx png", "pdf png")


def median(function: Callable[[], object]) -> float:
    """Median wall time in seconds of `REPEATS` calls after one that warms up."""
    function()
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    """Prints a line for each format."""
    lab = load()
    chance = random.Random(4)
    one = look(chance, "", "en")._replace(arrangement="twin", style="default", x="log", pixels=640)
    drawn = [figures(one._replace(wrong=wrong), chance)[0] for wrong in ("", "regression", "pictures")]
    with tempfile.TemporaryDirectory() as folder:
        for kind in FORMATS:
            times = []
            for count in (0, 3):
                place = Path(folder) / f"{kind} {count}"
                place.mkdir()
                path = with_pictures(place, kind, one, drawn[:count])
                sort = FileKind.NOTEBOOK if path.suffix == ".ipynb" else FileKind.REPORT
                submission = Submission("one", (SubmittedFile(path.name, path, sort),))
                times.append(median(lambda submission=submission: grade(submission, lab, rubric="")))
            bare, full = times
            print(
                f"{kind:10} {1e3 * bare:6.0f} ms without pictures, {1e3 * full:6.0f} ms with three   {full / bare:.2f} times as long"
            )


if __name__ == "__main__":
    main()
