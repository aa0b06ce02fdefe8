"""Processes here and what a cluster's worker calls: a job that ends its process is lost alone, and nothing runs ahead."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
import pytest
from obedient import Obedient

from grader.workers import Cluster, Job, opened
from grader.workers.jobs import Outcome, Reply, packed
from grader.workers.remote import run_job

TOP = Path(__file__).parents[2]


@pytest.fixture
def obedient(tmp_path: Path) -> Obedient:
    return Obedient(tmp_path)


def answered(job: Job) -> Reply:
    return Reply.from_bytes(run_job(packed(job).to_bytes()))


def test_processes_here_take_only_what_there_is_room_for(obedient: Obedient) -> None:
    taken = 0

    def jobs() -> Iterator[Job]:
        nonlocal taken
        for job in obedient.jobs(*(obedient.submission(f"s{number}") for number in range(12))):
            taken += 1
            yield job

    done = []
    with opened(Cluster(), workers=1, rubric=obedient.rubric, settings=obedient.settings) as pool:
        for outcome in pool.run(jobs()):
            done.append(outcome.key)
            assert taken <= len(done) + 3
    assert len(set(done)) == 12


def outcome_of(job: Job) -> Outcome:
    reply = answered(job)
    assert reply.outcome is not None, reply.refused
    return reply.outcome


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_what_ends_its_process_is_lost_alone(obedient: Obedient) -> None:
    jobs = obedient.jobs(obedient.submission("good"), obedient.submission("bad", "end yourself"))
    with opened(Cluster(), workers=1, rubric=obedient.rubric, settings=obedient.settings) as pool:
        here = {outcome.key: outcome for outcome in pool.run(jobs)}
    there = {job.key: outcome_of(job) for job in (jobs[1], jobs[0])}
    for found in (here, there):
        good, bad = found[jobs[0].key], found[jobs[1].key]
        assert good.graded is not None
        assert good.graded.result.points == 1
        assert "the worker died" in bad.lost
    assert obedient.begun().count("bad") == 4, "it is tried twice, wherever it is"


def test_a_job_that_takes_too_long_is_ended(obedient: Obedient) -> None:
    job = obedient.jobs(obedient.submission("slow", "wait"))[0]
    parcel = msgspec.structs.replace(packed(job), seconds=1.0)
    reply = Reply.from_bytes(run_job(parcel.to_bytes()))
    assert reply.outcome is not None
    assert "took longer" in reply.outcome.lost


def test_another_version_or_rubric_is_refused(obedient: Obedient) -> None:
    job = obedient.jobs(obedient.submission("one"))[0]
    assert "has version" in answered(msgspec.structs.replace(job, version="0.0.9")).refused
    assert "another edition" in answered(msgspec.structs.replace(job, rubric="0" * 64)).refused
    gone = msgspec.structs.replace(obedient.settings, assignment=str(obedient.folder / "gone"))
    assert "cannot grade this" in answered(msgspec.structs.replace(job, settings=gone)).refused
    assert answered(job).outcome is not None


def test_an_assignment_that_changed_meanwhile_is_read_anew(obedient: Obedient) -> None:
    assert answered(obedient.jobs(obedient.submission("one"))[0]).outcome is not None
    rubric = obedient.folder / "rubric.py"
    rubric.write_text(rubric.read_text("utf-8").replace("points=1", "points=2"), "utf-8")
    told = "import sys; from grader.workers import JobSettings as S; print(S(sys.argv[1]).graded_with().rubric())"
    new = subprocess.run(
        [sys.executable, "-c", told, str(obedient.folder)], capture_output=True, text=True, check=True
    ).stdout.strip()
    job = msgspec.structs.replace(obedient.jobs(obedient.submission("one"))[0], rubric=new)
    reply = answered(job)
    assert reply.outcome is not None, reply.refused
    assert reply.outcome.graded is not None
    assert reply.outcome.graded.result.max == 2


@pytest.mark.skipif(os.name == "nt", reason="workers of clusters run on POSIX systems")
def test_a_child_ends_with_its_worker(obedient: Obedient, tmp_path: Path) -> None:
    parcel = tmp_path / "parcel"
    parcel.write_bytes(packed(obedient.jobs(obedient.submission("long", "wait"))[0]).to_bytes())
    program = "import sys, pathlib; from grader.workers.remote import run_job; run_job(pathlib.Path(sys.argv[1]).read_bytes())"
    worker = subprocess.Popen(
        [sys.executable, "-c", program, str(parcel)], env=os.environ | {"PYTHONPATH": str(TOP)}
    )
    wait_until(lambda: "long" in obedient.begun())
    family = psutil.Process(worker.pid).children(recursive=True)
    assert family
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    wait_until(lambda: not any(lives(one) for one in family))


def test_a_full_disk_of_a_worker_is_said(obedient: Obedient, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no small file system can be mounted: {mounted.stderr.strip()}")
    try:
        program = (
            "import sys; from grader.workers.remote import run_job; from grader.workers.jobs import Reply;"
            "print(Reply.from_bytes(run_job(sys.stdin.buffer.read())).refused)"
        )
        done = subprocess.run(
            [sys.executable, "-c", program],
            input=packed(obedient.jobs(obedient.submission("one"))[0]).to_bytes(),
            env=os.environ | {"PYTHONPATH": str(TOP), "TMPDIR": str(small)},
            capture_output=True,
            check=True,
        )
        assert "disk of the worker" in done.stdout.decode()
        assert str(small) in done.stdout.decode()
    finally:
        wait_until(
            lambda: subprocess.run(["umount", str(small)], capture_output=True, check=False).returncode == 0
        )


def wait_until(holds: object) -> None:
    assert callable(holds)
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)


def lives(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
