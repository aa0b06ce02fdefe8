"""How long the review's pages take with 100 and with 10,000 submissions in the ledger: median and p95, and their ratio.

``python tests/benchmarks/bench_review.py [--rounds N]``. The aim is a p95 below 300 ms for the class page and the queue.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "service"))  # for service_results

from fastapi.testclient import TestClient
from service_results import result  # type: ignore[import-not-found]

from grader.service.application import application
from grader.store import Ledger

SIZES = (100, 10_000)
PATHS = ("/", "/queue", "/next", "/audit", "/progress")


def filled(folder: Path, count: int) -> Ledger:
    """A ledger of so many submissions, three in ten of them in doubt, of forty kinds."""
    ledger = Ledger(folder / "grades.sqlite")
    ledger.describe(title="A lab", planned=str(count))
    for number in range(count):
        doubt = {"q1.expression": (f"Doubt {chr(97 + number % 40 % 26)}.", f"answer {number % 400}")}
        ledger.record(result(f"s{number:05d}", doubt if number % 10 < 3 else None), content="c", settings="s")
    return ledger


def measured(count: int, rounds: int) -> dict[str, tuple[float, float]]:
    """Median and p95 in milliseconds of each page; after every tenth request a decision renews what is held in memory."""
    with tempfile.TemporaryDirectory() as directory, filled(Path(directory), count) as ledger:
        app = application(Path(directory), ledger, hosts=("testserver",))
        with TestClient(app) as client:
            client.get("/enter", params={"key": ledger.desk.make_key("link", "tina", 600)})
            client.get("/")
            found = {}
            for path in PATHS:
                times = []
                for number in range(rounds):
                    if number % 10 == 0:
                        ledger.desk.add_comment("q1", f"comment {number}", by="tina", at="now")
                        ledger.describe(planned=str(count + number % 2))
                    began = time.perf_counter()
                    assert client.get(path).status_code == 200
                    times.append(1_000 * (time.perf_counter() - began))
                found[path] = (statistics.median(times), statistics.quantiles(times, n=20)[-1])
    return found


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    small, large = (measured(count, rounds) for count in SIZES)
    print(
        "| page | 100: median, p95 (ms) | 10,000: median, p95 (ms) | ratio of medians |\n| --- | --- | --- | --- |"
    )
    for path in PATHS:
        (a, b), (c, d) = small[path], large[path]
        print(f"| {path} | {a:.0f}, {b:.0f} | {c:.0f}, {d:.0f} | {c / a:.1f} |")


if __name__ == "__main__":
    main()
