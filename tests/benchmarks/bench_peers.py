"""A class graded by this grader's, nbgrader's and Otter-Grader's own commands: ``python tests/benchmarks/bench_peers.py --peers DIR``.

All three run the same TensorFlow notebook, a little different for each student: Part 2 of the lab (the line through ten points,
question 1) and the network with its summary. It is what they can run; the whole lab is not: its notebook restarts its runtime three
times, fails on purpose and trains on 60,000 pictures, and neither reads reports or maths. Each peer is given what suits it: nbgrader
its metadata, a locked cell of tests and ``nbgrader autograde``, one notebook after another, as it has no other way; Otter its tests, an
autograder's zip and ``otter run``, which takes one notebook (``otter grade`` wants Docker); a second row is what two of it at a time come
to, as somebody could start them by hand. Ours is ``grader grade``, sandbox,
probe with fresh data, feedback pages and tables included.

The peers are installed into environments of their own under DIR, with the TensorFlow that is installed here; they stay for the next
run. What they cost does not depend on how many there are, so that they are given fewer notebooks (``--theirs``) than a class has
(``--ours``). Seconds are of the clock. ``--write`` puts the table into docs/speed.md. Exits with 1 if ours is under ten times the
throughput of either's own command.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from bench_growth import PAGE, machine  # type: ignore[import-not-found] # beside this file

TOP: Final = Path(__file__).parents[2]
HANDOUT: Final = TOP / "reference" / "lab" / "handout" / "handout_2023.ipynb"
PEERS: Final = {"nbgrader": "nbgrader==0.9.5", "otter-grader": "otter-grader==7.0.0"}
AT_ONCE: Final = 2
FACTOR: Final = 10.0
BEGIN, END = "<!-- peers: begin -->", "<!-- peers: end -->"
NETWORK: Final = """network = tf.keras.Sequential([tf.keras.layers.Flatten(input_shape=(28, 28)),
    tf.keras.layers.Dense(128, activation=tf.nn.relu), tf.keras.layers.Dense(128, activation=tf.nn.relu),
    tf.keras.layers.Dense(10, activation=tf.nn.softmax)])
network.summary()"""
TESTS: Final = """import numpy as np
assert float(training_loss(parameters)) < 260, "training did not get near"
with tf.GradientTape() as tape:
    loss = training_loss(parameters)
assert np.all(np.isfinite(tape.gradient(loss, parameters).numpy()))"""
_RUN: Final = "import sys; sys.path.insert(0, sys.argv.pop(1)); from grader.cli import run; run()"


@dataclass(frozen=True)
class Timed:
    """How many notebooks a command graded, and in how many seconds."""

    notebooks: int
    seconds: float

    @property
    def a_minute(self) -> float:
        """The throughput."""
        return 60 * self.notebooks / self.seconds


def lab_cells(number: int) -> tuple[str, str, str]:
    """The set-up with the line's examples, the student's filled-in training loop, and the network."""
    cells = [
        "".join(cell["source"])
        for cell in json.loads(HANDOUT.read_text("utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    setup = next(cell for cell in cells if "enable_eager_execution" in cell)
    examples = next(cell for cell in cells if "examples_x" in cell)
    loop = next(cell for cell in cells if "???" in cell)
    filled = loop.replace("tape.gradient(???, ???)", "tape.gradient(loss, parameters)")
    return f"{setup}\n\n{examples}", f"# Student {number}\n{filled}", NETWORK


def cell(source: str, **more: object) -> dict[str, object]:
    """A code cell that was not run."""
    return {"cell_type": "code", "source": source, "metadata": more, "outputs": [], "execution_count": None}


def notebook(cells: list[dict[str, object]]) -> str:
    """A notebook of these cells."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = [{**one, "id": f"c{number}"} for number, one in enumerate(cells)]
    return json.dumps({"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})


def environment(folder: Path, requirement: str) -> Path:
    """The folder of programs of a peer's environment, made where it is not there yet."""
    place = folder / requirement.partition("==")[0]
    programs = place / "bin"
    ready = place / ".ready"
    if not ready.exists():
        if not (programs / "python").exists():
            venv.create(place, with_pip=True)
        wanted = [requirement, f"tensorflow=={metadata.version('tensorflow')}", "ipykernel"]
        subprocess.run([programs / "python", "-m", "pip", "install", "-q", *wanted], check=True)
        ready.write_text("\n".join(wanted))
    return programs


def told(command: list[object], folder: Path, programs: Path | None = None) -> str:
    """Runs a command in a folder; its output. Raises `RuntimeError` with the end of what it said where it fails."""
    path = f"{programs}{os.pathsep}{os.environ['PATH']}" if programs else os.environ["PATH"]
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"},
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{(done.stdout + done.stderr)[-2_000:]}")
    return done.stdout + done.stderr


def ours(folder: Path, count: int) -> Timed:
    """``grader grade`` for a class; every notebook must have run, and every answer to question 1 be right."""
    for number in range(count):
        place = folder / "in" / f"stud{number:03d}"
        place.mkdir(parents=True)
        (place / "lab.ipynb").write_text(notebook([cell(source) for source in lab_cells(number)]))
    began = time.perf_counter()
    command = [
        sys.executable,
        "-c",
        _RUN,
        TOP,
        "grade",
        folder / "in",
        "--out",
        folder / "out",
        "--quiet",
        "--jobs",
        AT_ONCE,
    ]
    subprocess.run([str(part) for part in command], check=False, capture_output=True)
    seconds = time.perf_counter() - began
    lines = [json.loads(line) for line in (folder / "out" / "results.jsonl").read_text().splitlines()]
    verdicts = {(line["execution"]["status"], line["questions"][0]["verdict"]) for line in lines}
    if len(lines) != count or verdicts != {("ok", "pass")}:
        raise RuntimeError(f"{len(lines)} results, and not all of them are right: {verdicts}")
    return Timed(count, seconds)


def nbgrader(folder: Path, count: int, programs: Path) -> Timed:
    """``nbgrader autograde`` for a class, behind ``generate_assignment``; every test must have passed."""
    schema = {"schema_version": 3, "locked": False, "grade": False, "solution": False, "task": False}
    setup, answer, network = lab_cells(0)
    answered = {**schema, "grade_id": "loop", "solution": True}
    tested = {**schema, "grade_id": "tests", "grade": True, "locked": True, "points": 3}
    cells = [
        cell(setup),
        cell(f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION", nbgrader=answered),
        cell(TESTS, nbgrader=tested),
        cell(network),
    ]
    (folder / "source" / "lab").mkdir(parents=True)
    (folder / "source" / "lab" / "lab.ipynb").write_text(notebook(cells))
    told([programs / "nbgrader", "generate_assignment", "lab", "--create"], folder, programs)
    released = json.loads((folder / "release" / "lab" / "lab.ipynb").read_text())
    for number in range(count):
        place = folder / "submitted" / f"stud{number:03d}" / "lab"
        place.mkdir(parents=True)
        released["cells"][1]["source"] = lab_cells(number)[1]
        (place / "lab.ipynb").write_text(json.dumps(released))
    began = time.perf_counter()
    told([programs / "nbgrader", "autograde", "lab"], folder, programs)
    seconds = time.perf_counter() - began
    told([programs / "nbgrader", "export", "--to", "marks.csv"], folder, programs)
    scores = re.findall(r"^lab,.*", (folder / "marks.csv").read_text(), re.M)
    if len(scores) != count or not all(",3.0," in score for score in scores):
        raise RuntimeError(f"nbgrader gave other marks than expected: {scores}")
    return Timed(count, seconds)


def otter(folder: Path, count: int, programs: Path, at_once: int) -> Timed:
    """``otter run`` for each notebook, with a zip of ``otter generate``; every test must have passed."""
    (folder / "tests").mkdir(parents=True)
    code = "\n".join(
        f">>> {line}" if not line.startswith(" ") else f"... {line}" for line in TESTS.splitlines()
    )
    code = code.replace(">>> assert np", "... \n>>> assert np")
    case = {"code": code, "hidden": False, "locked": False}
    test = {
        "name": "q1",
        "points": 3,
        "suites": [{"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}],
    }
    (folder / "tests" / "q1.py").write_text(f"OK_FORMAT = True\n\ntest = {test!r}\n")
    told(
        [
            programs / "otter",
            "generate",
            "-t",
            folder / "tests",
            "-o",
            folder / "autograder.zip",
            "--no-environment",
        ],
        folder,
        programs,
    )
    made = []
    for number in range(count):
        setup, answer, network = lab_cells(number)
        cells = ["import otter\ngrader = otter.Notebook()", setup, answer, 'grader.check("q1")', network]
        place = folder / f"stud{number:03d}"
        place.mkdir()
        (place / "lab.ipynb").write_text(notebook([cell(source) for source in cells]))
        made.append(place)

    def run(place: Path) -> None:
        told(
            [
                programs / "otter",
                "run",
                "-a",
                folder / "autograder.zip",
                "-o",
                place,
                "--no-logo",
                place / "lab.ipynb",
            ],
            place,
            programs,
        )

    began = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(run, made))
    seconds = time.perf_counter() - began
    for place in made:
        results = json.loads((place / "results.json").read_text())
        if sum(float(one.get("score", 0)) for one in results["tests"]) < 3:
            raise RuntimeError(f"Otter gave other marks than expected: {results['tests']}")
    return Timed(count, seconds)


def table(found: Mapping[str, Timed]) -> str:
    """The results in Markdown."""
    own = found["grader grade"].a_minute
    rows = [
        f"| {name} | {one.notebooks} | {one.seconds:.0f} | {one.a_minute:.1f} | {own / one.a_minute:.1f} |"
        for name, one in found.items()
    ]
    head = [
        "| command | notebooks | seconds | a minute | ours is so many times as fast |",
        "| --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*head, *rows])


def main() -> int:
    """Runs the benchmark and returns the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--peers", type=Path, required=True, metavar="DIR", help="where their environments are, or are made"
    )
    parser.add_argument("--ours", type=int, default=200, help="notebooks of our class")
    parser.add_argument("--theirs", type=int, default=10, help="notebooks that each peer is given")
    parser.add_argument("--write", action="store_true", help="put the table into docs/speed.md")
    chosen = parser.parse_args()
    programs = {name: environment(chosen.peers, requirement) for name, requirement in PEERS.items()}
    runs: dict[str, Callable[[Path], Timed]] = {
        "nbgrader autograde": lambda folder: nbgrader(folder, chosen.theirs, programs["nbgrader"]),
        "otter run": lambda folder: otter(folder, chosen.theirs, programs["otter-grader"], 1),
        "otter run, two at a time": lambda folder: otter(
            folder, chosen.theirs, programs["otter-grader"], AT_ONCE
        ),
        "grader grade": lambda folder: ours(folder, chosen.ours),
    }
    found: dict[str, Timed] = {}
    for name, run in runs.items():
        folder = Path(tempfile.mkdtemp(prefix="peers-"))
        try:
            found[name] = run(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        print(f"{name}: {found[name].notebooks} in {found[name].seconds:.1f} s", flush=True)
    versions = ", ".join(PEERS.values())
    text = f"{machine()}; {versions}; TensorFlow {metadata.version('tensorflow')}\n\n{table(found)}"
    print(text)
    if chosen.write:
        page = PAGE.read_text("utf-8")
        before, _, rest = page.partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}", "utf-8")
    own = found["grader grade"].a_minute
    return (
        0 if all(own >= FACTOR * found[name].a_minute for name in ("nbgrader autograde", "otter run")) else 1
    )


if __name__ == "__main__":
    sys.exit(main())
