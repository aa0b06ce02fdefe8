"""SLURM on this computer: workers are its jobs. Where it cannot run, the same with dask-jobqueue's jobs as plain processes."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from obedient import Obedient
from slurm_here import NoSlurmHereError, SlurmHere, settings_file

from grader.batch import BatchSettings, grade_all
from grader.errors import ClusterError
from grader.store import Ledger
from grader.workers import Cluster
from grader.workers.cluster_settings import SlurmSettings, TlsFiles
from grader.workers.dask_pool import DaskPool
from grader.workers.slurm import slurm_client

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(os.name == "nt", reason="workers of clusters run on POSIX systems"),
]
TOP = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-c", "from grader.cli import run; run()"]


def python_at(place: Path) -> str:
    """This Python by a path of its own. Environments stand in folders whose names hold blanks, too."""
    place.mkdir()
    path = place / "python"
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n', "utf-8")
    path.chmod(0o755)
    return str(path)


def test_the_same_results_as_here(tmp_path: Path) -> None:
    obedient = Obedient(tmp_path)
    todo = [obedient.submission(f"s{number}") for number in range(5)]
    todo.append(obedient.submission("bad", "end yourself"))
    place = tmp_path / "slurm"
    place.mkdir()
    with Ledger(tmp_path / "here.sqlite") as ledger:
        grade_all(todo, obedient.batch(), ledger)
        here = {one.submission: one.to_json() for one in ledger.results() if one.status != "error"}
    command = [
        *PROGRAM,
        "grade",
        str(obedient.handed_in),
        "--assignment",
        str(obedient.folder),
        "--no-execute",
    ]
    command += ["--quiet", "--out", str(tmp_path / "out"), "--cluster", "slurm", "--cluster-settings"]
    try:
        slurm = SlurmHere(place).__enter__()
    except NoSlurmHereError as reason:
        pytest.skip(f"SLURM does not run here ({reason}); test_without_slurm does the same")
    try:

        def called(settings: Path) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [*command, str(settings)],
                env=slurm.environment | {"PYTHONPATH": str(TOP)},
                capture_output=True,
                text=True,
                check=False,
                timeout=400,
            )

        refused = called(settings_file(place, queue="nowhere"))
        assert refused.returncode == 2
        assert "Invalid partition" in refused.stderr
        assert "Traceback" not in refused.stderr
        done = called(settings_file(place))
        assert done.returncode == 1, done.stderr  # one ended its process, and is graded again next time
        assert slurm.left() == "", "jobs are cancelled when the batch ends"
        assert not list((place / "shared").iterdir()), "certificates are removed"
    finally:
        slurm.stop()
    with Ledger(tmp_path / "out" / "grades.sqlite") as ledger:
        results = list(ledger.results())
    there = {one.submission: one.to_json() for one in results if one.status != "error"}
    assert there == here
    assert [one.submission for one in results if one.status == "error"] == ["bad"]


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # dask-jobqueue waits for no process
def test_without_slurm(tmp_path: Path) -> None:
    """The same scheduler, certificates and workers, with jobs that are processes of this computer."""
    from dask_jobqueue.local import LocalCluster

    obedient = Obedient(tmp_path)
    jobs = obedient.jobs(obedient.submission("good"), obedient.submission("bad", "end yourself"))
    settings = SlurmSettings(
        jobs=1,
        host="127.0.0.1",
        memory="2GB",
        shared_directory=str(tmp_path / "shared"),
        python=python_at(tmp_path / "environment"),  # dask-jobqueue's LocalCluster splits at every blank
    )
    with slurm_client(settings, None, LocalCluster) as client:
        found = {one.key: one for one in DaskPool(client, "slurm").run(jobs)}
    good, bad = (found[job.key] for job in jobs)
    assert good.graded is not None
    assert good.graded.result.points == 1
    assert "signal 9" in bad.lost


@pytest.mark.parametrize("name", ["shared_directory", "log_directory"])
def test_a_path_that_no_job_can_name_is_refused(tmp_path: Path, name: str) -> None:
    from dask_jobqueue.local import LocalCluster

    settings = SlurmSettings(jobs=1, memory="2GB", shared_directory=str(tmp_path / "shared"))
    settings = msgspec.structs.replace(settings, **{name: str(tmp_path / "a place")})
    with (
        pytest.raises(ClusterError, match=f"{name} is .*a place"),
        slurm_client(settings, None, LocalCluster),
    ):
        pass


def test_keys_that_no_job_can_name_are_refused(tmp_path: Path) -> None:
    from dask_jobqueue.local import LocalCluster

    settings = SlurmSettings(jobs=1, memory="2GB", shared_directory=str(tmp_path / "shared"))
    keys = TlsFiles("ca.pem", "cert.pem", "my key.pem")
    with (
        pytest.raises(ClusterError, match=r"key is 'my key\.pem'"),
        slurm_client(settings, keys, LocalCluster),
    ):
        pass


def test_where_there_is_no_slurm_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    obedient = Obedient(tmp_path)
    settings = BatchSettings(str(obedient.folder), execute=False, cluster=Cluster("slurm"))
    with Ledger(tmp_path / "grades.sqlite") as ledger, pytest.raises(ClusterError, match="no sbatch here"):
        grade_all([obedient.submission("one")], settings, ledger)
