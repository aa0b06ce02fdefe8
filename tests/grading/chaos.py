"""Batches of honest and hostile work, each with a SIGKILL in it: nothing lost, doubled, changed or left behind.

``python -m tests.grading.chaos --batches 500 --seed 1`` runs as many as it is told to and prints how many it ran; a
batch that went wrong is printed, made as small as it can be, and the exit status is 1. Hypothesis chooses what is handed
in, who is killed and when. ``--execute`` runs the notebooks too, which takes about five times as long.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

TOP = Path(__file__).parents[2]
PROGRAM = "from grader.cli import run; run()"
REPORT = """# Question 1

`gradient = tape.gradient(loss, parameters)`

# Question 2

784*128 + 128 = {sum}

# Question 3

| Batch size | Time (s) | Accuracy |
| --- | --- | --- |
| 1 | 118 | 0.8124 |
| 10 | 13 | 0.8251 |
| 100 | 3 | 0.8185 |
| 1000 | 1 | 0.7097 |
| 60000 | 1 | 0.1000 |

I would start with 100: it is nearly as accurate as 10 and takes less time.
"""


def notebook(*sources: str) -> bytes:
    """A notebook of code cells."""
    cells = [
        {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for source in sources
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


# What may be handed in: a file's name and its bytes.
KINDS: dict[str, tuple[str, bytes]] = {
    "right": ("report.md", REPORT.format(sum=100480).encode()),
    "wrong": ("report.md", REPORT.format(sum=100352).encode()),
    "text": ("report.txt", b"Question 1\n\ngradient = tape.gradient(loss, parameters)\n"),
    "page": ("report.html", b"<h1>Question 2</h1><p>784*128 + 128 = 100480</p>"),
    "empty": ("report.md", b""),
    "no pdf": ("report.pdf", b"%PDF-1.4 and nothing of one"),
    "binary": ("report.md", bytes(range(256)) * 40),
    "underscores": ("report.md", b"_" * 9_000 + b"a" + b"_" * 9_000),
    "torn notebook": ("lab.ipynb", b'{"cells": [{"cell_type": "code", "source": "1'),
    "deep notebook": ("lab.ipynb", b'{"cells": ' + b"[" * 5_000),
    "notebook": ("lab.ipynb", notebook("gradient = tape.gradient(loss, parameters)", "print(784*128 + 128)")),
    "endless notebook": ("lab.ipynb", notebook("while True: pass")),
    "dying notebook": ("lab.ipynb", notebook("import os; os.kill(os.getpid(), 9)", "os._exit(1)")),
    "flooding notebook": ("lab.ipynb", notebook("while True: print('x' * 10_000)")),
    "forking notebook": ("lab.ipynb", notebook("import os\nwhile True: os.fork()")),
    "formulas": ("report.md", b"=HYPERLINK(1)\n{{7*7}}\n<script>alert(1)</script>\n"),
}
VICTIMS = ("grader", "worker", "reader")


class Batch(NamedTuple):
    """What is handed in, by kind, who is killed, and after which share of the usual time."""

    kinds: tuple[str, ...]
    victim: str
    moment: float


BATCHES = st.builds(
    Batch,
    st.lists(st.sampled_from(sorted(KINDS)), min_size=2, max_size=5).map(tuple),
    st.sampled_from(VICTIMS),
    st.floats(0.0, 1.1, allow_nan=False),
)


class Chaos:
    """A place for batches, and what the work of each kind comes to where nobody is killed."""

    def __init__(self, place: Path, *, execute: bool = False) -> None:
        self.place = place
        self.execute = execute
        self.temporary = place / "tmp"
        self.temporary.mkdir()
        self.count = 0
        started = time.monotonic()
        hand_in(place / "alone", sorted(KINDS))
        ended = self.grade(place / "alone", place / "alone-out").wait()
        if ended not in {0, 1}:
            raise AssertionError(f"the undisturbed batch ended with status {ended}")
        self.usual = time.monotonic() - started
        self.expected = {kind: told(line) for line in lines(place / "alone-out") for kind in [kind_of(line)]}

    def grade(self, folder: Path, out: Path) -> subprocess.Popen[bytes]:
        """Starts the command."""
        command = [
            sys.executable,
            "-c",
            PROGRAM,
            "grade",
            str(folder),
            "--out",
            str(out),
            "--quiet",
            "--jobs",
            "2",
        ]
        command += ["--timeout", "6", "--dataset", "sample"] if self.execute else ["--no-execute"]
        environment = {**os.environ, "TMPDIR": str(self.temporary), "PYTHONPATH": str(TOP)}
        return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True)

    def own_processes(self) -> list[psutil.Process]:
        """All processes that were started by a batch of this place."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get("TMPDIR") == str(self.temporary) and process.pid != os.getpid():
                    found.append(process)
        return found

    def run(self, batch: Batch) -> None:
        """Grades a batch, kills in the middle of it, grades on, and looks at everything."""
        self.count += 1
        folder, out = self.place / f"in-{self.count}", self.place / f"out-{self.count}"
        hand_in(folder, batch.kinds)
        process = self.grade(folder, out)
        self._kill(process, batch)
        process.wait(timeout=300)
        wait_for(lambda: not self.own_processes(), "a process outlived its grader")
        ended = self.grade(folder, out).wait(timeout=300)
        assert ended in {0, 1}, f"the second run ended with status {ended}"
        wait_for(lambda: not self.own_processes(), "a process outlived a grader that came to its end")
        self._look(batch, out)
        shutil.rmtree(folder)
        shutil.rmtree(out)

    def _kill(self, process: subprocess.Popen[bytes], batch: Batch) -> None:
        share = len(set(batch.kinds)) / len(KINDS)
        until = time.monotonic() + batch.moment * self.usual * (0.4 + 0.6 * share)
        while time.monotonic() < until and process.poll() is None:
            time.sleep(0.01)
        victims = [process.pid]
        if batch.victim != "grader":
            wanted = "spawn_main" if batch.victim == "worker" else "reader_child"
            victims = [one.pid for one in self.own_processes() if wanted in " ".join(_command(one))]
        for pid in victims[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _look(self, batch: Batch, out: Path) -> None:
        found = lines(out)
        names = [line["submission"] for line in found]
        wanted = [name_of(number, kind) for number, kind in enumerate(batch.kinds)]
        assert sorted(names) == sorted(wanted), f"lost or doubled: {names}"
        for line in found:
            kind = kind_of(line)
            assert told(line) == self.expected[kind], f"changed: {line['submission']}"
        rows = (out / "grades.csv").read_text("utf-8").splitlines()[1:]
        assert len(rows) == len(wanted), f"rows of the table: {rows}"
        for part in ("feedback", "staff"):
            pages = sorted(path.stem for path in (out / part).iterdir())
            assert pages == sorted(wanted), f"pages in {part}: {pages}"
        left = [path.name for path in self.temporary.iterdir()]
        left += [str(path) for path in out.rglob(".writing-*")]
        assert not left, f"left behind: {left}"


def _command(process: psutil.Process) -> Sequence[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return ()


def name_of(number: int, kind: str) -> str:
    """The name of a submission: its place in the batch, and its kind."""
    return f"s{number}-{kind.replace(' ', '_')}"


def kind_of(line: dict[str, Any]) -> str:
    """The kind of a submission by its name."""
    return str(line["submission"]).split("-", 1)[1].replace("_", " ")


def hand_in(folder: Path, kinds: Sequence[str]) -> None:
    """Makes the folder of a batch."""
    for number, kind in enumerate(kinds):
        name, data = KINDS[kind]
        (folder / name_of(number, kind)).mkdir(parents=True)
        (folder / name_of(number, kind) / name).write_bytes(data)


def lines(out: Path) -> list[dict[str, Any]]:
    """The results of a graded folder."""
    return [json.loads(line) for line in (out / "results.jsonl").read_text("utf-8").splitlines()]


def told(line: dict[str, Any]) -> dict[str, Any]:
    """What is true of a submission by itself: neither its name, nor the time that it took, nor who wrote the same."""
    alone = {key: value for key, value in line.items() if key not in {"submission", "flags", "students"}}
    status = line["execution"]["status"]
    # Which limit a notebook meets first that forks without end is chance.
    alone["execution"] = "a limit" if status in {"timeout", "memory"} else status
    return alone


def wait_for(holds: Any, otherwise: str) -> None:
    """Waits for half a minute until something holds."""
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until, otherwise
        time.sleep(0.1)


def run_batches(place: Path, *, batches: int, first: int, execute: bool = False, seconds: float = 0.0) -> int:
    """Runs so many batches, fewer where the seconds are up; how many there were. Raises `AssertionError` for one that went wrong."""
    chaos = Chaos(place, execute=execute)
    until = time.monotonic() + seconds if seconds else float("inf")

    @seed(first)
    @settings(
        max_examples=batches,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(BATCHES)
    def one(batch: Batch) -> None:
        if time.monotonic() < until:
            chaos.run(batch)

    one()
    return chaos.count


def main() -> None:
    """Runs batches and prints how many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0.0, help="no batch begins later than this")
    parser.add_argument("--execute", action="store_true", help="run the notebooks too")
    told_ = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chaos-") as place:
        count = run_batches(
            Path(place), batches=told_.batches, first=told_.seed, execute=told_.execute, seconds=told_.seconds
        )
    print(
        f"{count} batches, each with a SIGKILL, in {time.monotonic() - started:.0f} s: nothing lost, doubled, changed or left behind"
    )


if __name__ == "__main__":
    main()
