"""Which cluster grades, and the file with what it needs to know (``--cluster``, ``--cluster-settings``)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from grader.errors import ClusterError
from grader.model import Value

SLURM: Final = "slurm"
_LOOPBACK: Final = frozenset(("localhost", "127.0.0.1", "::1"))
_EXTRA: Final = 'pip install "report-grader[cluster]"'


class Cluster(Value, frozen=True):
    """Where a batch is graded: a Dask scheduler's address, ``slurm``, or, empty, this computer. `settings` is a TOML file."""

    where: str = ""
    settings: str = ""

    def __bool__(self) -> bool:
        return bool(self.where)


class TlsFiles(Value, frozen=True, forbid_unknown_fields=True):
    """PEM files: the authority that signed scheduler and workers, and a certificate of ours that it signed."""

    ca: str
    cert: str
    key: str


class SlurmSettings(Value, frozen=True, forbid_unknown_fields=True):
    """What each SLURM job asks for. `jobs` of them are submitted; each runs one worker that grades `cores` at a time.

    `wait_minutes` is how long the queue may let the first of them wait.
    """

    jobs: int = 4
    queue: str | None = None
    account: str | None = None
    cores: int = 1
    memory: str = "4GB"
    walltime: str = "02:00:00"
    job_extra: tuple[str, ...] = ()
    prologue: tuple[str, ...] = ()
    python: str | None = None
    interface: str | None = None
    host: str | None = None
    local_directory: str | None = None
    log_directory: str | None = None
    shared_directory: str = "~/.grader-cluster"
    wait_minutes: float = 60.0


class ClusterSettings(Value, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    tls: TlsFiles | None = None
    slurm: SlurmSettings = SlurmSettings()


def read_settings(cluster: Cluster) -> ClusterSettings:
    """The settings of a cluster; without a file, the defaults. Paths in it are relative to it. Raises `ClusterError`."""
    if not cluster.settings:
        return ClusterSettings()
    path = Path(cluster.settings)
    try:
        found = msgspec.convert(tomllib.loads(path.read_text("utf-8-sig")), ClusterSettings)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ClusterError(f"{path} cannot be read as TOML: {problem}") from problem
    except msgspec.ValidationError as problem:
        raise ClusterError(f"{path}: {problem}. docs/cluster.md shows what may stand there") from problem
    if found.slurm.jobs < 1 or found.slurm.cores < 1:
        raise ClusterError(f"{path}: jobs and cores are at least 1")
    if found.tls is None:
        return found
    files = {
        name: path.parent / Path(getattr(found.tls, name)).expanduser() for name in ("ca", "cert", "key")
    }
    for name, file in files.items():
        if not file.is_file():
            raise ClusterError(f"{path}: tls.{name} names {file}, and there is no such file")
    return msgspec.structs.replace(found, tls=TlsFiles(**{name: str(file) for name, file in files.items()}))


def checked(cluster: Cluster) -> Cluster:
    """The same if it can be meant. Raises `ClusterError` for an address that is none, or that would send work in the clear."""
    if cluster.where == SLURM or not cluster:
        return cluster
    try:
        address = urlsplit(cluster.where)
        host, port = address.hostname, address.port
    except ValueError:
        host, port = None, None
    if not host or not port or address.scheme not in {"tls", "tcp"}:
        raise ClusterError(
            f"{cluster.where!r} is no cluster: write tls://HOST:PORT of a Dask scheduler, or {SLURM} (docs/cluster.md)"
        )
    if address.scheme == "tcp" and host not in _LOOPBACK:
        raise ClusterError(
            f"{cluster.where} would send students' work over the network unprotected: start the scheduler with TLS and "
            f"write tls://{host}:{port} (docs/cluster.md says how)"
        )
    return cluster


def missing(package: str) -> ClusterError:
    """What to say where what a cluster needs is not installed."""
    return ClusterError(f"--cluster needs the package {package}, which is not installed here: {_EXTRA}")
