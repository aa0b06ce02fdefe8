"""How long it takes to compare a class with itself, and once more with one added: ``python tests/benchmarks/bench_likeness.py``.

Results and traces are put straight into a ledger. The aim at 10,000: below 30 s the first time, below 1 s with one added.
Classes: `own` texts and figures, all with `one table`, `families` of 40 that share text and table, tables `nearly` equal.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from grader.checks.assignment_finding import load
from grader.grading.class_likeness import compare_class
from grader.model import (
    Chart,
    Execution,
    ExecutionStatus,
    GraderInfo,
    QuestionResult,
    Result,
    Series,
    Status,
    Student,
    Verdict,
)
from grader.page_data import Trace
from grader.store import Ledger

BATCHES = (1.0, 10.0, 100.0, 1000.0, 60000.0)
MEANS = (0.8124, 0.8251, 0.8185, 0.7097, 0.1)
KINDS = ("own", "one table", "families", "nearly")
FAMILY = 40


def result(name: str, times: tuple[float, ...], shares: tuple[float, ...]) -> Result:
    """A result with the two charts of the lab's third question."""
    charts = tuple(
        Chart(own, "batch size", own, (Series("own", BATCHES, values),), id=own)
        for own, values in (("time", times), ("accuracy", shares))
    )
    question = QuestionResult("q3", Verdict.PASS, 4.0, 4.0, (), charts=charts)
    return Result(
        1, name, (Student(name),), (), Status.GRADED, 4.0, 4.0, (question,), (),
        Execution(ExecutionStatus.SKIPPED), GraderInfo("0", "lab", "r"),
    )  # fmt: skip


def submission(kind: str, number: int, marks: int) -> tuple[Result, Trace]:
    """One of a class of that kind, with so many passages in its text."""
    chance = random.Random(number)
    common = random.Random(number // FAMILY)
    times = tuple(float(max(1, round(mean * chance.uniform(0.5, 2)))) for mean in (118, 13, 3, 1, 1))
    shares = tuple(round(chance.gauss(mean, 0.006 if mean > 0.2 else 0.03), 4) for mean in MEANS)
    own = [chance.getrandbits(56) for _ in range(marks)]
    own[: marks // 10] = [random.Random(chance.randrange(4_000)).getrandbits(56) for _ in range(marks // 10)]
    if kind == "one table" or (kind == "nearly" and number % 3):
        times, shares = (118.0, 13.0, 3.0, 1.0, 1.0), MEANS
    if kind == "nearly":
        shares = (*shares[:4], round(chance.uniform(0.05, 0.15), 4))
    if kind == "families":
        shares = tuple(round(common.gauss(mean, 0.006), 4) for mean in MEANS)
        own[: marks * 7 // 10] = [common.getrandbits(56) for _ in range(marks * 7 // 10)]
    return result(f"s{number:05d}", times, shares), Trace(tuple(own), tuple(f"words {mark}" for mark in own))


def measured(kind: str, count: int, marks: int) -> tuple[float, float, float, int]:
    """Seconds of the processor the first time, with one added, with nothing added; and how many pairs."""
    coincidence = load().coincidence
    with tempfile.TemporaryDirectory() as folder, Ledger(Path(folder) / "grades.sqlite") as ledger:

        def add(number: int) -> None:
            one, trace = submission(kind, number, marks)
            ledger.record(one, content="c", settings="s", trace=trace)

        def seconds(do: Callable[[], object]) -> float:
            began = time.process_time()
            do()
            return time.process_time() - began

        for number in range(count):
            add(number)
        first = seconds(lambda: compare_class(ledger, coincidence))
        add(count)
        one_more = seconds(lambda: compare_class(ledger, coincidence))
        again = seconds(lambda: compare_class(ledger, coincidence))
        return first, one_more, again, len(ledger.pairs())


def main() -> int:
    """Prints a table; exits with 1 where an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument(
        "--marks", type=int, default=150, help="passages kept of a text; 600 are about 1,500 words"
    )
    parser.add_argument("--kind", choices=KINDS, action="append")
    chosen = parser.parse_args()
    missed = False
    print(
        "| class | first (s) | one added (s) | nothing added (s) | pairs |\n| --- | --- | --- | --- | --- |"
    )
    for kind in chosen.kind or KINDS:
        first, one_more, again, pairs = measured(kind, chosen.count, chosen.marks)
        missed = missed or first > 30 or one_more > 1
        print(f"| {kind} | {first:.2f} | {one_more:.2f} | {again:.2f} | {pairs:,} |", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{chosen.count:,} submissions of {chosen.marks} passages; peak memory {peak:,.0f} MB")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
