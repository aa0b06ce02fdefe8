"""Batches on a Dask cluster while its workers and its scheduler are killed at random: nothing lost, doubled or changed.

``python -m tests.workers.chaos --runs 100 --seed 1`` runs as many as it is told to and prints how many. A run hands in tiny
reports, some of which are broken files, kills once or several times, starts what was killed again, and gives the same command
until it ends well. A run that went wrong is printed and ends it with status 1.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parent))  # for cluster_here
from cluster_here import ClusterHere

from grader.batch import BatchSettings, grade_all
from grader.errors import ClusterError
from grader.model import FileKind, Result, Submission, SubmittedFile
from grader.store import Ledger
from grader.workers import JobSettings
from grader.workers.grading_worker import GradingWorker

LAB = "tddc17-deep-learning"
KINDS = {
    "right": b"# Question 1\n\ngradient = tape.gradient(loss, parameters)\n\n# Question 2\n\n784*128 + 128 = 100480\n",
    "wrong": b"# Question 1\n\ngradient = tape.gradient(parameters, loss)\n\n# Question 2\n\n784*128 = 100352\n",
    "empty": b"",
    "binary": bytes(range(256)) * 8,
}


class Chaos:
    """One cluster for all runs; what each kind of report comes to is known from grading it here, in peace."""

    def __init__(self, place: Path, seed: int) -> None:
        self.place = place
        self.chance = random.Random(seed)
        self.kills: Counter[str] = Counter()
        self.cluster = ClusterHere(place / "cluster")
        settings = JobSettings(LAB, execute=False)
        worker = GradingWorker(settings.graded_with().rubric(), settings)
        self.expected = {kind: told(worker.grade(self._hand_in("peace", 0, kind)).result) for kind in KINDS}

    def run(self, number: int) -> None:
        """Raises `AssertionError` for a run that went wrong."""
        kinds = self.chance.choices(list(KINDS), k=self.chance.randint(4, 24))
        todo = [self._hand_in(f"run{number}", place, kind) for place, kind in enumerate(kinds)]
        settings = BatchSettings(LAB, execute=False, cluster=self.cluster.cluster)
        recorded: Counter[str] = Counter()
        with Ledger(self.place / f"run{number}" / "grades.sqlite") as ledger:
            for _ in range(10):
                killer = threading.Thread(target=self._kill, args=(self.chance.random() * 0.8,))
                if sum(recorded.values()) < len(todo):
                    killer.start()
                try:
                    outcome = grade_all(
                        todo, settings, ledger, on_done=lambda one: recorded.update([one.result.submission])
                    )
                except ClusterError as problem:
                    said = str(problem)
                    if "is kept" in said or "no scheduler can be reached" in said:
                        continue
                    raise
                finally:
                    if killer.ident is not None:
                        killer.join()
                assert not outcome.errors, outcome.errors
                break
            else:
                raise AssertionError("ten commands did not bring it to an end")
            found = {one.submission: one for one in ledger.results()}
            attempts = {name: len(ledger.attempts(name)) for name in found}
        assert set(found) == {one.id for one in todo}, "lost"
        assert recorded == Counter(list(found)), f"doubled: {recorded}"
        assert set(attempts.values()) <= {1}, f"recorded twice: {attempts}"
        for place, kind in enumerate(kinds):
            assert told(found[name_of(place, kind)]) == self.expected[kind], f"changed: {place} {kind}"

    def _kill(self, after: float) -> None:
        time.sleep(after)
        if self.chance.random() < 0.25:
            self.kills["scheduler"] += 1
            self.cluster.kill_scheduler()
            self.cluster.stop()
            self.cluster.start()
            return
        for _ in range(self.chance.choice((1, 1, 2))):
            self.kills["worker"] += 1
            self.cluster.kill_worker()
            self.cluster.start_worker()

    def _hand_in(self, folder: str, place: int, kind: str) -> Submission:
        path = self.place / folder / f"{name_of(place, kind)}.md"
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(KINDS[kind])
        return Submission(name_of(place, kind), (SubmittedFile("report.md", path, FileKind.REPORT),))


def name_of(place: int, kind: str) -> str:
    return f"s{place}-{kind}"


def told(result: Result) -> Result:
    """What is true of a report wherever it is graded."""
    return msgspec.structs.replace(result, submission="", flags=())


def run_chaos(place: Path, *, runs: int, seed: int, seconds: float = 0.0) -> tuple[int, Counter[str]]:
    """Runs so many, fewer where the seconds are up; how many there were, and what was killed."""
    chaos = Chaos(place, seed)
    until = time.monotonic() + seconds if seconds else float("inf")
    with chaos.cluster:
        for number in range(runs):
            if time.monotonic() > until:
                return number, chaos.kills
            chaos.run(number)
    return runs, chaos.kills


def main() -> None:
    """Runs as many as it is told to and prints how many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0.0, help="no run begins later than this")
    given = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chaos-") as place:
        count, kills = run_chaos(Path(place), runs=given.runs, seed=given.seed, seconds=given.seconds)
    print(
        f"{count} runs in {time.monotonic() - started:.0f} s, {kills['worker']} workers and {kills['scheduler']} schedulers "
        "killed: nothing lost, doubled or changed"
    )


if __name__ == "__main__":
    main()
