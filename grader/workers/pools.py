"""The one face of whatever grades, and the way to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from importlib.util import find_spec
from typing import Protocol

from grader.workers.cluster_settings import SLURM, Cluster, checked, missing, read_settings
from grader.workers.jobs import Job, JobSettings, Outcome
from grader.workers.local_pool import LocalPool


class Priority(IntEnum):
    """What goes first where both wait: somebody waits for a check, nobody for a batch."""

    BATCH = 0
    CHECK = 10


class Pool(Protocol):
    """Grades jobs wherever they go. Outcomes come in any order, one for each job; jobs are taken only as there is room."""

    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Outcomes as they come. Raises `ClusterError` where the batch cannot go on."""


@contextmanager
def opened(
    cluster: Cluster,
    *,
    workers: int,
    rubric: str,
    settings: JobSettings,
    priority: Priority = Priority.BATCH,
) -> Iterator[Pool]:
    """So many processes of this computer, or the workers of a cluster. Raises `ClusterError`."""
    if not checked(cluster):
        yield LocalPool(workers, rubric, settings)
        return
    told = read_settings(cluster)
    if find_spec("distributed") is None:
        raise missing("distributed")
    from grader.workers.dask_pool import DaskPool, connected  # noqa: PLC0415 - seconds, and only with --cluster

    if cluster.where == SLURM:
        from grader.workers.slurm import slurm_client  # noqa: PLC0415 - as above

        with slurm_client(told.slurm, told.tls) as client:
            yield DaskPool(client, SLURM, priority=priority, patience=told.slurm.wait_minutes * 60)
        return
    with connected(cluster, told.tls) as client:
        yield DaskPool(client, cluster.where, priority=priority)
