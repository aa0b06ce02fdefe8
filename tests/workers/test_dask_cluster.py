"""A Dask cluster on this computer: the same results as local ones, whatever becomes of its workers and its scheduler."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster_here import ClusterHere
from comparable import comparable
from obedient import Obedient

from grader.batch import grade_all
from grader.errors import ClusterError
from grader.model import Status
from grader.store import Ledger
from grader.workers import Outcome, opened
from grader.workers.pools import Priority

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(os.name == "nt", reason="workers of clusters run on POSIX systems"),
]
TOP = Path(__file__).parents[2]
READ = ("berni456.md", "mikno488.txt", "nilex266", "frete640", "rutup027", "seeda001")  # one of each format
RUN = ("annex123", "veran117")  # with notebooks


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterHere]:
    with ClusterHere(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture
def obedient(tmp_path: Path) -> Obedient:
    return Obedient(tmp_path)


@pytest.mark.parametrize(("names", "more"), [(READ, ["--no-execute"]), (RUN, ["--dataset", "sample"])])
def test_the_sample_class_as_it_is_graded_here(
    two_workers: ClusterHere, tmp_path: Path, names: tuple[str, ...], more: list[str]
) -> None:
    cluster = ["--cluster", two_workers.address, "--cluster-settings", str(two_workers.settings)]
    there = graded(tmp_path / "there", names, *more, *cluster)
    here = graded(tmp_path / "here", names, *more)
    assert there == here
    assert len(here) == len(names)


def graded(out: Path, names: tuple[str, ...], *more: str) -> dict[str, Any]:
    """The results of a part of the sample class by name, without times and without the seeds of fresh data."""
    paths = [str(TOP / "submissions" / name) for name in names]
    command = [sys.executable, "-c", "from grader.cli import run; run()", "grade", *paths, "--quiet", *more]
    done = subprocess.run(
        [*command, "--out", str(out)],
        env=os.environ | {"PYTHONPATH": str(TOP)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return comparable(out)


def test_what_a_killed_worker_was_at_is_done_by_another(tmp_path: Path, obedient: Obedient) -> None:
    todo = [obedient.submission("long", "wait"), *(obedient.submission(f"s{one}") for one in range(6))]
    with (
        ClusterHere(tmp_path / "cluster", workers=1) as cluster,
        Ledger(tmp_path / "grades.sqlite") as ledger,
    ):
        killer = threading.Thread(target=_kill_at, args=(cluster, obedient, "long"))
        killer.start()
        seen: list[str] = []
        settings = obedient.batch().__class__(str(obedient.folder), execute=False, cluster=cluster.cluster)
        outcome = grade_all(todo, settings, ledger, on_done=lambda one: seen.append(one.result.submission))
        killer.join()
        assert sorted(seen) == sorted(one.id for one in todo), "each is recorded once"
        assert not outcome.errors
        assert obedient.begun().count("long") == 2
        assert all(result.points == 1 for result in ledger.results())
        before = list(obedient.begun())
        assert grade_all(todo, settings, ledger).graded == 0
        assert obedient.begun() == before, "nothing is done twice"


def _kill_at(cluster: ClusterHere, obedient: Obedient, name: str) -> None:
    wait_until(lambda: name in obedient.begun())
    cluster.start_worker()
    cluster.kill_worker()
    obedient.go(name)


def test_a_lost_scheduler_is_said_and_the_same_command_goes_on(tmp_path: Path, obedient: Obedient) -> None:
    todo = [*(obedient.submission(f"a{one}") for one in range(3)), obedient.submission("long", "wait")]
    with (
        ClusterHere(tmp_path / "cluster", workers=1) as cluster,
        Ledger(tmp_path / "grades.sqlite") as ledger,
    ):
        settings = obedient.batch().__class__(str(obedient.folder), execute=False, cluster=cluster.cluster)

        def lose() -> None:
            wait_until(lambda: "long" in obedient.begun())
            wait_until(lambda: len(seen) == 3)
            cluster.kill_scheduler()

        seen: list[str] = []
        thread = threading.Thread(target=lose)
        thread.start()
        with pytest.raises(ClusterError, match=r"scheduler of tls://.* was lost.*kept.*same command"):
            grade_all(todo, settings, ledger, on_done=lambda one: seen.append(one.result.submission))
        thread.join()
        assert len(ledger.results()) == 3
        cluster.stop()
        obedient.go("long")
        cluster.start()
        again = grade_all(todo, settings, ledger)
        assert (again.graded, again.kept, again.errors) == (1, 3, ())
        assert [obedient.begun().count(f"a{one}") for one in range(3)] == [1, 1, 1]


def test_what_ends_its_workers_is_an_error_alone(
    tmp_path: Path, obedient: Obedient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "0")  # fewer workers to start again
    todo = [
        obedient.submission("bad", "end your worker"),
        *(obedient.submission(f"s{one}") for one in range(4)),
    ]
    todo.append(obedient.submission("lone", "end yourself"))
    with (
        ClusterHere(tmp_path / "cluster", workers=1, nanny=True) as cluster,
        Ledger(tmp_path / "grades.sqlite") as ledger,
    ):
        settings = obedient.batch().__class__(str(obedient.folder), execute=False, cluster=cluster.cluster)
        assert sorted(grade_all(todo, settings, ledger).errors) == ["bad", "lone"]
        by_name = {result.submission: result for result in ledger.results()}
        assert len(by_name) == len(todo)
        assert all(one.status is Status.GRADED for name, one in by_name.items() if name[0] == "s")
        assert "ended every worker" in by_name["bad"].questions[0].checks[0].staff
        assert "signal 9" in by_name["lone"].questions[0].checks[0].staff


def test_a_check_goes_before_a_batch_that_waits(tmp_path: Path, obedient: Obedient) -> None:
    order: list[str] = []
    with ClusterHere(tmp_path / "cluster", workers=1) as cluster:

        def run(priority: Priority, *wishes: tuple[str, str]) -> threading.Thread:
            jobs = obedient.jobs(*(obedient.submission(*one) for one in wishes))

            def work() -> None:
                with opened(
                    cluster.cluster,
                    workers=1,
                    rubric=obedient.rubric,
                    settings=obedient.settings,
                    priority=priority,
                ) as pool:
                    order.extend(outcome.key for outcome in pool.run(jobs) if outcome.graded)

            thread = threading.Thread(target=work)
            thread.start()
            return thread

        batch = run(Priority.BATCH, ("first", "wait"), ("second", ""), ("third", ""))
        wait_until(lambda: "first" in obedient.begun())
        check = run(Priority.CHECK, ("check", ""))
        wait_until(lambda: cluster.tasks() == 3)
        obedient.go("first")
        batch.join()
        check.join()
    assert obedient.begun() == ["first", "check", "second", "third"]
    assert len(order) == 4


def test_the_same_work_for_two_commands_is_done_once(two_workers: ClusterHere, obedient: Obedient) -> None:
    job = obedient.jobs(obedient.submission("same", "wait"))[0]
    found: list[Outcome] = []

    def work() -> None:
        with opened(
            two_workers.cluster, workers=1, rubric=obedient.rubric, settings=obedient.settings
        ) as pool:
            found.extend(pool.run([job]))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    wait_until(lambda: "same" in obedient.begun())
    wait_until(lambda: two_workers.wanted_by() == 2)
    obedient.go("same")
    for thread in threads:
        thread.join()
    assert [one.key for one in found] == [job.key] * 2
    assert found[0] == found[1]
    assert obedient.begun() == ["same"]


def test_a_full_disk_here_is_said_and_what_was_graded_is_kept(
    two_workers: ClusterHere, obedient: Obedient, tmp_path: Path
) -> None:
    out = tmp_path / "small"
    out.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=9m", "tmpfs", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no small file system can be mounted: {mounted.stderr.strip()}")
    try:
        for number in range(60):
            obedient.submission(f"s{number}")
            (obedient.handed_in / f"s{number}").mkdir()
            (obedient.handed_in / f"s{number}.md").rename(obedient.handed_in / f"s{number}" / "report.md")
            (obedient.handed_in / f"s{number}" / "data.bin").write_bytes(os.urandom(200_000))
        command = [
            sys.executable,
            "-c",
            "from grader.cli import run; run()",
            "grade",
            str(obedient.handed_in),
            "--quiet",
        ]
        command += ["--assignment", str(obedient.folder), "--no-execute", "--out", str(out)]
        command += ["--cluster", two_workers.address, "--cluster-settings", str(two_workers.settings)]
        done = subprocess.run(
            command, env=os.environ | {"PYTHONPATH": str(TOP)}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2, done.stderr
        assert "disk" in done.stderr
        assert "Traceback" not in done.stderr
        with Ledger(out / "grades.sqlite") as ledger:
            assert ledger.results()
    finally:
        wait_until(
            lambda: subprocess.run(["umount", str(out)], capture_output=True, check=False).returncode == 0
        )


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)
