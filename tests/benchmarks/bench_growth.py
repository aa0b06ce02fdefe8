"""What a submission costs in classes of 10, 100, 1,000 and 10,000: ``python tests/benchmarks/bench_growth.py``.

Each class is tiny Markdown reports, every one with words of its own, graded by the command itself: once, once more with nothing
changed, and with one added. What notebooks, figures and their charts cost besides does not depend on the class. Seconds are of the processor, of all processes together, and of
the clock; the machine is described. ``--write`` puts the table into docs/speed.md. ``--sizes 10 100`` takes fewer.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[2]
PAGE = TOP / "docs" / "speed.md"
SIZES = (10, 100, 1_000, 10_000)
BEGIN, END = "<!-- growth: begin -->", "<!-- growth: end -->"
FLAT_FROM = 100  # below it the start of the processes is what is measured
SETTLED = 2.5  # seconds after which a file is trusted to be as its times say
_RUN = "import sys; sys.path.insert(0, sys.argv.pop(1)); from grader.cli import run; run()"
_CLOCK = """
import json, os, resource, subprocess, sys, time
began = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, done.returncode]))
"""


@dataclass(frozen=True)
class Cost:
    """Seconds of the clock and of the processor, and the largest process in megabytes."""

    clock: float
    processor: float
    memory: float


def report(number: int) -> str:
    """A tiny report, without the figures of which charts are drawn."""
    chance = random.Random(number)
    words = " ".join(f"w{chance.randrange(10**6)}" for _ in range(60))
    return (
        "# Question 1\n\n```python\ngradients = tape.gradient(loss, parameters)\n```\n\n"
        "# Question 2\n\n784 * 128 + 128 = 100480 parameters: each of 128 neurons has 784 weights and a bias.\n\n"
        f"# Question 3\n\nWe choose batch size 100: it is quick and nearly as accurate as 10. {words}.\n"
    )


def graded(handed_in: Path, out: Path) -> Cost:
    """The cost of one run of ``grader grade``."""
    command = [sys.executable, "-c", _RUN, str(TOP), "grade", str(handed_in), "--out", str(out), "--quiet"]
    command.append("--no-execute")
    done = subprocess.run(
        [sys.executable, "-c", _CLOCK, *command], capture_output=True, text=True, check=True
    )
    clock, processor, memory, status = json.loads(done.stdout)
    if status:
        raise SystemExit(f"grader grade ended with {status}: {done.stderr[-2000:]}")
    return Cost(clock, processor, memory)


def reading(folder: Path) -> float:
    """Seconds to read the sizes and dates of all files of a folder."""
    began = time.perf_counter()
    for entry in os.scandir(folder):
        entry.stat()
    return time.perf_counter() - began


@dataclass(frozen=True)
class Line:
    """One class."""

    count: int
    first: Cost
    again: Cost
    added: Cost
    stats: float
    index: int


def measured(count: int, folder: Path) -> Line:
    """Grades a class of so many three times over."""
    handed_in, out = folder / "in", folder / "graded"
    handed_in.mkdir(parents=True)
    for number in range(count):
        (handed_in / f"s{number:05d}.md").write_text(report(number), encoding="utf-8")
    time.sleep(SETTLED)
    first = graded(handed_in, out)
    index = (out / "index.html").stat().st_size
    again = graded(handed_in, out)
    stats = reading(handed_in)
    (handed_in / f"s{count:05d}.md").write_text(report(count), encoding="utf-8")
    return Line(count, first, again, graded(handed_in, out), stats, index)


def table(lines: list[Line]) -> str:
    """The lines as Markdown, with the ratio to the class of `FLAT_FROM`."""
    base = next((line for line in lines if line.count == FLAT_FROM), lines[0])
    rows = [
        "| submissions | first: ms a submission (processor) | ratio | first: ms (clock) | memory (MB) "
        "| nothing changed: s (clock) | ms a submission | one added: s (clock) | index.html (kB) |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for line in lines:
        each = 1000 * line.first.processor / line.count
        ratio = line.first.processor / line.count / (base.first.processor / base.count)
        rows.append(
            f"| {line.count:,} | {each:.0f} | {ratio:.2f} | {1000 * line.first.clock / line.count:.0f} "
            f"| {line.first.memory:.0f} | {line.again.clock:.2f} | {1000 * line.again.clock / line.count:.2f} "
            f"| {line.added.clock:.2f} | {line.index / 1000:.0f} |"
        )
    return "\n".join(rows)


def machine() -> str:
    """What it was measured on."""
    found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    busy = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores ({found[1] if found else platform.machine()}), {memory:.0f} GB, "
        f"{platform.system()}, Python {platform.python_version()}; load before it began {busy:.1f}"
    )


def main() -> None:
    """Prints the table; with ``--write`` puts it into docs/speed.md as well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="a new folder to leave the classes in")
    chosen = parser.parse_args()
    described, lines = machine(), []
    for count in chosen.sizes:
        with tempfile.TemporaryDirectory() as folder:
            lines.append(measured(count, (chosen.keep or Path(folder)) / str(count)))
        print(table(lines[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
    said = f"{table(lines)}\n\nMeasured on {described}. Reading the sizes and dates of {lines[-1].count:,} files takes "
    said += f"{lines[-1].stats:.2f} s here."
    print(said)
    if chosen.write:
        text = PAGE.read_text(encoding="utf-8")
        start, rest = text.split(BEGIN)
        PAGE.write_text(f"{start}{BEGIN}\n{said}\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
