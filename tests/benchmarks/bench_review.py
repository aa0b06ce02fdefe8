"""How long the review takes with 100 and with 10,000 submissions and as many decisions: median and p95, and their ratio.

``python tests/benchmarks/bench_review.py [--rounds N] [--postgresql] [--processor]``. Every page is asked for right after something
changed: a decision of an assistant, or a submission that was graded. The aim is a p95 below 300 ms for each of them, and
for deciding and taking back.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "service"))  # for service_results
sys.path.insert(0, str(Path(__file__).parents[1]))  # for postgres

from fastapi.testclient import TestClient
from httpx import Response
from postgres import new_database  # type: ignore[import-not-found]
from service_forms import form_of  # type: ignore[import-not-found]
from service_results import result  # type: ignore[import-not-found]

from grader.deciding import Saying, decide, undo
from grader.graded_folder import open_ledger
from grader.model import Verdict
from grader.service.application import application
from grader.store import Ledger

SIZES = (100, 10_000)
PAGES = ("/", "/queue", "/next", "/submission/s00003", "/audit", "/release", "/progress")
Times = dict[str, list[float]]


def filled(folder: Path, count: int, database: str) -> Ledger:
    """A ledger of so many submissions, three in ten of them in doubt, of forty kinds, and one decision for each."""
    ledger = open_ledger(folder, database=database)
    ledger.describe(title="A lab", planned=str(count))
    for number in range(count):
        doubt = {"q1.expression": (f"Doubt {chr(97 + number % 40 % 26)}.", f"answer {number % 400}")}
        ledger.record(result(f"s{number:05d}", doubt if number % 10 < 3 else None), content="c", settings="s")
    for start in range(0, count, 500):
        sayings = [
            Saying(f"s{number:05d}", "q3.choice", Verdict.PASS)
            for number in range(start, min(count, start + 500))
        ]
        decide(ledger, sayings, by="tom")
    return ledger


def measured(count: int, rounds: int, database: str, clock: Callable[[], float]) -> Times:
    """Milliseconds of each request, each of them after a change."""
    with tempfile.TemporaryDirectory() as directory, filled(Path(directory), count, database) as ledger:
        app = application(Path(directory), ledger, hosts=("testserver",))
        with TestClient(app) as client:
            client.get("/enter", params={"key": ledger.desk.make_key("link", "tina", 6_000)})
            client.get("/")  # what is read at the start is not what a change costs
            found: Times = {}

            def timed(name: str, ask: Callable[..., Response], *what: object, **more: object) -> None:
                began = clock()
                ask(*what, **more).raise_for_status()
                found.setdefault(name, []).append(1_000 * (clock() - began))

            for number in range(rounds):
                name = f"s{number % count:05d}"
                for path in PAGES:
                    (row,) = decide(ledger, [Saying(name, "q2", Verdict.PASS)], by="tom")
                    timed(path, client.get, path)
                    undo(ledger, row.id, by="tom")
                    ledger.record(result(name), content=f"c{number}", settings="s")
                item = client.get("/next")
                form = form_of(item.text, "/group/") | {"verdict": "pass"}
                timed("decide an item", client.post, item.url.path, data=form)
                newest = ledger.log.latest()
                undoing = {"token": form["token"], "number": str(newest), "back": "/audit"}
                timed("take it back", client.post, "/undo", data=undoing)
    return found


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--processor", action="store_true", help="time of the processor: on a busy machine")
    given = parser.parse_args()
    clock = time.process_time if given.processor else time.perf_counter
    small, large = (
        measured(count, given.rounds, new_database() if given.postgresql else "", clock) for count in SIZES
    )
    print(
        "| request | 100: median, p95 (ms) | 10,000: median, p95 (ms) | ratio of medians |\n| --- | --- | --- | --- |"
    )
    for name, times in small.items():
        a, b, c, d = (
            figure
            for own in (times, large[name])
            for figure in (statistics.median(own), statistics.quantiles(own, n=20)[-1])
        )
        print(f"| {name} | {a:.0f}, {b:.0f} | {c:.0f}, {d:.0f} | {c / a:.1f} |")


if __name__ == "__main__":
    main()
