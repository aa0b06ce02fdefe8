"""How often made-up plots are judged rightly: ``python tests/plots/plot_rates.py [--count N] [--blank] [--ocr] [--seed S]``.

`--blank` draws them without a word. Without `--ocr` no picture is read, and what is told is told by value alone.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
from plot_drawing import WRONG, Look, look
from plot_reports import FORMATS, NUMBERED, written

from grader.checks.assignment import Assignment
from grader.checks.assignment_finding import load
from grader.documents import read_document
from grader.documents.core.document import Document
from grader.documents.core.limits import DEFAULT_LIMITS
from grader.documents.scans.curve_reading import read_curves_here
from grader.documents.scans.scan_reading import read_pictures_here
from grader.grading.grading import judge
from grader.model import CheckResult, Verdict


class Case(NamedTuple):
    """A made-up report: what is drawn, in which format, and what came of it."""

    seed: int
    look: Look
    kind: str
    found: CheckResult

    @property
    def kept(self) -> str:
        """What the verdict is to the one who measures."""
        if self.found.verdict is Verdict.REVIEW:
            return "review"
        right = not self.look.wrong
        if (self.found.verdict is Verdict.PASS) is right:
            return "as expected"
        return "right one failed" if right else "wrong one passed"


def cases(count: int, *, seed: int, blank: bool, ocr: bool, only: int | None = None) -> Iterator[Case]:
    """So many reports, two of three with right plots, judged one after another."""
    logging.getLogger("matplotlib").setLevel(logging.CRITICAL)
    mpl.rcParams["figure.max_open_warning"] = 0
    for at in range(count) if only is None else (only,):
        chance = random.Random(seed * 100_003 + at)
        wrong = chance.choice(WRONG) if at % 3 == 2 else ""
        one = look(chance, wrong, "" if blank else None)
        kinds = FORMATS + NUMBERED if wrong in {"", "other run", "reversed", "only time"} else FORMATS
        kind = chance.choice(kinds)
        with tempfile.TemporaryDirectory() as folder:
            path = written(Path(folder), kind, one, chance)
            yield Case(at, one, kind, _judged(path, ocr=ocr))


def _judged(path: Path, *, ocr: bool) -> CheckResult:
    """The plot's check, pictures read only where the curves did not settle it."""
    assignment = load()
    document = read_document(path, path.name, ocr="off")
    figures = [index for index, block in enumerate(document.blocks) if block.figure is not None]
    document = read_curves_here(document, DEFAULT_LIMITS, figures)
    found = _plot(document, assignment)
    if ocr and found.verdict is not Verdict.PASS:
        found = _plot(read_pictures_here(document, DEFAULT_LIMITS), assignment)
    return found


def _plot(document: Document, assignment: Assignment) -> CheckResult:
    questions, _ = judge([document.visible()], assignment)
    return next(check for question in questions for check in question.checks if check.id == "q3.plot")


def main() -> int:
    """Prints what differs, and the rates. 0 if nothing right failed and nothing wrong passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    parser.add_argument("--blank", action="store_true")
    parser.add_argument("--ocr", action="store_true")
    flags = parser.parse_args()
    counts: dict[str, Counter[str]] = {"right": Counter(), "wrong": Counter(), "clean": Counter()}
    started = time.monotonic()
    for case in cases(flags.count, seed=flags.seed, blank=flags.blank, ocr=flags.ocr, only=flags.only):
        counts["wrong" if case.look.wrong else "right"][case.kept] += 1
        if case.look.clean:
            counts["clean"][case.kept] += 1
        if case.kept != "as expected":
            one = case.look
            drawn = f"{one.wrong or 'right'}, {one.arrangement}, {one.style}, x {one.x}, y {one.y}, {one.marker!r} {one.line}"
            said = f"{case.found.verdict} {case.found.message} {case.found.staff}"
            print(
                f"{case.kept}: {case.seed} {case.kind}: {drawn}, {one.pixels} px, {one.words!r}: {said}",
                flush=True,
            )
    for name, found in counts.items():
        whole = sum(found.values()) or 1
        print(
            f"{name}: "
            + ", ".join(f"{kept} {count} ({count / whole:.1%})" for kept, count in sorted(found.items()))
        )
    print(f"{time.monotonic() - started:.0f} s")
    return int(
        any(counts[name][bad] for name, bad in (("right", "right one failed"), ("wrong", "wrong one passed")))
    )


if __name__ == "__main__":
    sys.exit(main())
