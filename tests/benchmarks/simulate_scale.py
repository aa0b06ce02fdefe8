"""How many workers a service needs: a discrete-event simulation fed by measured costs. Writes ``docs/scale.md``'s tables.

    python tests/benchmarks/simulate_scale.py            prints the tables
    python tests/benchmarks/simulate_scale.py --write    puts them into docs/scale.md

Checks arrive as students send them: more and more towards a deadline (an exponential ramp), each student several times. A
worker is one core. Costs are service times of one core, measured by the other benchmarks of this folder.
"""

from __future__ import annotations

import argparse
import math
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import simpy

PAGE: Final = Path(__file__).parents[2] / "docs" / "scale.md"
TARGET: Final = 30.0  # seconds, p95 of the wait before a check begins
SEEDS: Final = 5


class Cost(NamedTuple):
    """Seconds of one core: the median, and the spread of a log-normal distribution around it."""

    median: float
    spread: float
    source: str


COSTS: Final = {
    "report": Cost(0.35, 0.6, "a report of text, read and judged: bench_reports.py"),
    "picture": Cost(1.2, 0.5, "a report whose plot has to be read by OCR: bench_documents.py"),
    "notebook": Cost(3.7, 0.4, "a notebook of the lab with the whole data set, run: bench_execution.py"),
    "stuck": Cost(120.0, 0.0, "a notebook that never ends: the limit of a run, docs/execution.md"),
}


class Scenario(NamedTuple):
    """`students` who check `each` times within `hours` before the deadline; `mix` is the share of each kind of work."""

    name: str
    students: int
    each: float
    hours: float
    mix: dict[str, float]


MIX: Final = {"report": 0.45, "picture": 0.25, "notebook": 0.295, "stuck": 0.005}
SCENARIOS: Final = (
    Scenario("300 students in the last hour", 300, 3, 1, MIX),
    Scenario("a course of 2,000, the last day", 2_000, 4, 24, MIX),
    Scenario("a course of 2,000, the last hour", 2_000, 2, 1, MIX),
    Scenario("200 courses, a common deadline, the last hour", 30_000, 1, 1, MIX),
)


class Found(NamedTuple):
    """What a run came to, in seconds; `busy` is the share of the workers' time that was used."""

    p50: float
    p95: float
    worst: float
    busy: float


def arrivals(scenario: Scenario, chance: random.Random) -> list[float]:
    """Times of arrival in seconds, denser towards the deadline: e times as many in the last fifth as in the first."""
    length, rate = scenario.hours * 3600.0, 1.25
    times = []
    for _ in range(round(scenario.students * scenario.each)):
        u = chance.random()
        times.append(length * math.log(1 + u * (math.exp(rate) - 1)) / rate)
    return sorted(times)


def service(scenario: Scenario, chance: random.Random) -> float:
    """Seconds of one core that the next check takes."""
    kind = chance.choices(list(scenario.mix), list(scenario.mix.values()))[0]
    cost = COSTS[kind]
    return cost.median * math.exp(chance.gauss(0.0, cost.spread)) if cost.spread else cost.median


def simulate(scenario: Scenario, workers: int, seed: int) -> Found:
    """One run to its end."""
    chance = random.Random(seed)
    environment = simpy.Environment()
    pool = simpy.Resource(environment, capacity=workers)
    waits: list[float] = []
    used = 0.0

    def check(seconds: float) -> Iterator[Any]:
        began = environment.now
        with pool.request() as place:
            yield place
            waits.append(environment.now - began)
            yield environment.timeout(seconds)

    def students() -> Iterator[Any]:
        nonlocal used
        for at in arrivals(scenario, chance):
            yield environment.timeout(max(at - environment.now, 0.0))
            seconds = service(scenario, chance)
            used += seconds
            environment.process(check(seconds))

    environment.process(students())
    environment.run()
    waits.sort()
    return Found(_at(waits, 0.5), _at(waits, 0.95), waits[-1], used / (workers * max(environment.now, 1.0)))


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def needed(scenario: Scenario) -> tuple[int, Found]:
    """The fewest workers with which the p95 of the wait is below the target in each of some runs."""
    low, high = 0, 1
    while not _good(scenario, high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _good(scenario, middle) else (middle, high)
    return high, max((simulate(scenario, high, seed) for seed in range(SEEDS)), key=lambda found: found.p95)


def _good(scenario: Scenario, workers: int) -> bool:
    return all(simulate(scenario, workers, seed).p95 < TARGET for seed in range(SEEDS))


def tables() -> str:
    """Both tables, in Markdown."""
    lines = ["| kind of check | seconds of one core, median | measured by |", "| --- | --- | --- |"]
    lines += [f"| {kind} | {cost.median:g} | {cost.source} |" for kind, cost in COSTS.items()]
    lines += [
        "",
        "| who checks | checks | cores needed | p50 wait | p95 wait | longest wait | cores busy |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for scenario in SCENARIOS:
        workers, found = needed(scenario)
        checks = round(scenario.students * scenario.each)
        lines.append(
            f"| {scenario.name} | {checks:,} | {workers} | {found.p50:.1f} s | {found.p95:.1f} s | {found.worst:.0f} s | {found.busy:.0%} |"
        )
    one = SCENARIOS[0]
    workers, _ = needed(one)
    lines += [
        "",
        "One core fewer, and one more, for the first of them:",
        "",
        "| cores | p50 wait | p95 wait | longest wait |",
        "| --- | --- | --- | --- |",
    ]
    for count in sorted({max(workers - 2, 1), max(workers - 1, 1), workers, workers + 1, workers + 2}):
        found = max((simulate(one, count, seed) for seed in range(SEEDS)), key=lambda run: run.p95)
        lines.append(f"| {count} | {found.p50:.1f} s | {found.p95:.1f} s | {found.worst:.0f} s |")
    return "\n".join(lines)


def main() -> None:
    """Prints the tables, or writes them between the page's two marks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/scale.md")
    text = tables()
    if parser.parse_args().write:
        page = PAGE.read_text("utf-8")
        PAGE.write_text(
            re.sub(
                r"(?s)(<!-- simulated -->\n).*?(\n<!-- end -->)",
                lambda found: found[1] + text + found[2],
                page,
            ),
            "utf-8",
        )
    else:
        print(text)


if __name__ == "__main__":
    main()
