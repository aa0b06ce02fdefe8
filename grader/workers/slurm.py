"""Workers as jobs of SLURM, by dask-jobqueue: submitted when a batch begins, taken back when it ends."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import msgspec
from distributed import Client
from distributed.security import Security

from grader.errors import ClusterError
from grader.workers.cluster_settings import SlurmSettings, TlsFiles, missing
from grader.workers.dask_pool import quiet

_ROLES: Final = ("scheduler", "worker", "client")


@contextmanager
def slurm_client(settings: SlurmSettings, tls: TlsFiles | None, job_queue: Any = None) -> Iterator[Client]:
    """A client of a scheduler in this process, whose workers SLURM starts. Raises `ClusterError`.

    Without `tls` certificates are made for this batch alone, in the shared directory, for this user to read. `job_queue`
    is the kind of cluster, `dask_jobqueue.SLURMCluster` where none is given.
    """
    try:
        from dask_jobqueue import SLURMCluster  # noqa: PLC0415 - only with --cluster slurm
    except ImportError as problem:
        raise missing("dask-jobqueue") from problem
    if job_queue is None and shutil.which("sbatch") is None:
        raise ClusterError(
            "there is no sbatch here: call the grader on a computer from which SLURM takes jobs"
        )
    shared = Path(settings.shared_directory).expanduser()
    _plain(
        shared_directory=str(shared),
        log_directory=settings.log_directory,
        **(msgspec.structs.asdict(tls) if tls else {}),
    )
    try:
        shared.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = Path(tempfile.mkdtemp(prefix="batch-", dir=shared))
    except OSError as problem:
        raise ClusterError(
            f"{shared} cannot be written ({problem.strerror}): name another shared_directory under [slurm], "
            "one that every node sees"
        ) from problem
    try:
        with (
            quiet(),
            _cluster(job_queue or SLURMCluster, settings, tls, place) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            yield client
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _cluster(kind: Any, settings: SlurmSettings, tls: TlsFiles | None, place: Path) -> Iterator[Any]:
    files = tls or _certificates(place)
    security = Security(
        tls_ca_file=files.ca,
        **{f"tls_{role}_cert": files.cert for role in _ROLES},
        **{f"tls_{role}_key": files.key for role in _ROLES},
        require_encryption=True,
    )
    chosen: dict[str, Any] = {
        "job_extra_directives": list(settings.job_extra),
        "job_script_prologue": list(settings.prologue),
        "log_directory": settings.log_directory,
        # dask-jobqueue joins the worker's command with blanks, for a shell to split: what may hold one is quoted here
        "local_directory": shlex.quote(settings.local_directory or str(place)),
        "python": shlex.quote(settings.python or sys.executable),
        "interface": settings.interface,
    }
    if getattr(kind, "__name__", "") == "SLURMCluster":
        chosen |= {"queue": settings.queue, "account": settings.account, "walltime": settings.walltime}
    options: dict[str, Any] = {"dashboard_address": None, "dashboard": False}
    if settings.host:
        options["host"] = settings.host
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of options that dask-jobqueue will call otherwise one day
            cluster = kind(
                n_workers=0,
                cores=settings.cores,
                processes=1,
                memory=settings.memory,
                protocol="tls://",
                security=security,
                shared_temp_directory=str(place),
                scheduler_options=options,
                **chosen,
            )
            submitted = cluster.job_script()
    except (OSError, ValueError, TypeError, RuntimeError) as problem:
        raise ClusterError(
            f"SLURM's workers cannot be described: {problem}. See docs/cluster.md"
        ) from problem
    try:
        _tried(submitted, kind)
        cluster.scale(jobs=settings.jobs)
        yield cluster
    finally:
        with suppress(Exception):  # SLURM may be gone; the workers end with their scheduler
            cluster.close(timeout=30)


def _plain(**paths: str | None) -> None:
    """Refuses a path that the job's script cannot name: dask-jobqueue writes these as they are. Raises `ClusterError`."""
    for name, path in paths.items():
        if path and shlex.quote(path) != path:
            raise ClusterError(
                f"{name} is {path!r}, which cannot stand in a job of SLURM: choose a path of letters, digits, and ./-_ alone"
            )


def _certificates(place: Path) -> TlsFiles:
    """Certificates for one batch, which this user alone can read."""
    made = Security.temporary()
    files = TlsFiles(*(str(place / f"{name}.pem") for name in ("ca", "cert", "key")))
    for path, text in (
        (files.ca, made.tls_ca_file),
        (files.cert, made.tls_client_cert),
        (files.key, made.tls_client_key),
    ):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(text)
    return files


def _tried(script: str, kind: Any) -> None:
    """Asks SLURM whether it would take such a job; dask-jobqueue would wait for ever for one that it refuses."""
    if getattr(kind, "__name__", "") != "SLURMCluster":
        return
    done = subprocess.run(
        ["sbatch", "--test-only"],  # noqa: S607 - wherever SLURM is installed
        input=script,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ClusterError(
            f"SLURM does not take the job: {said[-1] if said else done.returncode}. Correct [slurm] in the settings "
            "(queue, account, cores, memory, walltime, job_extra)"
        )
