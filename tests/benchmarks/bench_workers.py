"""Workers beside each other: ``python tests/benchmarks/bench_workers.py``, and with ``--write`` into docs/speed.md.

First a class whose notebooks sleep (``--seconds`` each), by 1, 2 and 4 workers: beyond this machine's cores more workers are of use only
where cells wait, and that is what is measured. Then the sample class here, on a Dask cluster (a scheduler and two workers as processes,
TLS) and on SLURM (a node of this computer, two jobs), notebooks and all; the results must be the same but for times and the seeds of
fresh data. What cannot run here is said. Seconds are of the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1] / "workers"))  # for the clusters of this computer
from bench_growth import PAGE, machine  # type: ignore[import-not-found] # beside this file
from cluster_here import ClusterHere  # type: ignore[import-not-found] # in tests/workers, as are the next two
from comparable import comparable  # type: ignore[import-not-found] # the same
from slurm_here import NoSlurmHereError, SlurmHere, settings_file  # type: ignore[import-not-found] # the same

TOP: Final = Path(__file__).parents[2]
BEGIN, END = "<!-- workers: begin -->", "<!-- workers: end -->"
WORKERS: Final = (1, 2, 4)
_RUN: Final = "import sys; sys.path.insert(0, sys.argv.pop(1)); from grader.cli import run; run()"


def grade(handed_in: Path, out: Path, *more: str, environment: Mapping[str, str] | None = None) -> float:
    """Grades a folder; the seconds that it took. Raises `RuntimeError` with what was said where that failed."""
    command = [
        sys.executable,
        "-c",
        _RUN,
        str(TOP),
        "grade",
        str(handed_in),
        "--out",
        str(out),
        "--quiet",
        *more,
    ]
    began = time.perf_counter()
    known = {**(environment or os.environ), "PYTHONPATH": str(TOP)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=known)
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    return time.perf_counter() - began


def sleepers(folder: Path, count: int, seconds: float) -> Path:
    """A class of notebooks that do nothing but wait."""
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "id": "c0"}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for number in range(count):
        source = f"import time\ntime.sleep({seconds})  # {number}"
        book = {
            "cells": [{**cell, "source": source}],
            "metadata": {"kernelspec": kernel},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        (folder / f"stud{number:03d}").mkdir(parents=True)
        (folder / f"stud{number:03d}" / "lab.ipynb").write_text(json.dumps(book))
    return folder


def by_workers(place: Path, count: int, seconds: float) -> list[str]:
    """The sleeping class by more and more workers, as rows of a table."""
    handed_in = sleepers(place / "sleepers", count, seconds)
    rows, first = [], 0.0
    for workers in WORKERS:
        out = place / f"by-{workers}"
        took = grade(handed_in, out, "--jobs", str(workers))
        statuses = {line["execution"]["status"] for line in comparable(out).values()}
        if statuses != {"ok"}:
            raise RuntimeError(f"the notebooks came to {statuses}")
        first = first or took
        rows.append(f"| {workers} | {took:.0f} | {first / took:.2f} |")
        print(rows[-1], flush=True)
    head = f"{count} notebooks that wait {seconds:g} s each:"
    return [head, "", "| workers | seconds | times one worker |", "| --- | --- | --- |", *rows]


def by_places(place: Path) -> list[str]:
    """The sample class here and on the clusters, as rows of a table."""
    handed_in, data = TOP / "submissions", ("--dataset", "sample")
    rows = [f"| here, `--jobs 2` | {grade(handed_in, place / 'here', *data, '--jobs', '2'):.0f} | |"]
    here = comparable(place / "here")

    def told(name: str, out: Path, took: float) -> str:
        there = comparable(out)
        changed = sorted(one for one in here if there.get(one) != here[one])
        same = "the same" if there == here else f"other ones: {', '.join(changed)}"
        return f"| {name} | {took:.0f} | {same} |"

    with ClusterHere(place / "dask") as cluster:
        more = ("--cluster", cluster.address, "--cluster-settings", str(cluster.settings))
        rows.append(
            told(
                "Dask, two workers, TLS", place / "on-dask", grade(handed_in, place / "on-dask", *data, *more)
            )
        )
    try:
        (place / "slurm").mkdir()
        with SlurmHere(place / "slurm") as slurm:
            more = (
                "--cluster",
                "slurm",
                "--cluster-settings",
                str(settings_file(place / "slurm", memory="6GB")),
            )
            took = grade(handed_in, place / "on-slurm", *data, *more, environment=slurm.environment)
            rows.append(told("SLURM, two jobs", place / "on-slurm", took))
    except NoSlurmHereError as reason:
        rows.append(f"| SLURM | | does not run here: {reason} |")
    return [
        "The sample class, notebooks and all:",
        "",
        "| where | seconds | results |",
        "| --- | --- | --- |",
        *rows,
    ]


def main() -> int:
    """Runs the benchmark and returns the exit status: 1 where results differ."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=16, help="notebooks that sleep")
    parser.add_argument("--seconds", type=float, default=4.0, help="for which each of them sleeps")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/speed.md")
    chosen = parser.parse_args()
    described = machine()
    with tempfile.TemporaryDirectory(prefix="bench-workers-") as folder:
        place = Path(folder)
        lines = [described, "", *by_workers(place, chosen.count, chosen.seconds), "", *by_places(place)]
    text = "\n".join(lines)
    print(text)
    if chosen.write:
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}", "utf-8")
    return 1 if "other ones" in text else 0


if __name__ == "__main__":
    sys.exit(main())
