"""Workers of a Dask cluster. What a worker loses is done again by another; what a scheduler loses, by the same command."""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import dask
import msgspec
from distributed import Client, Future
from distributed.scheduler import KilledWorker
from distributed.security import Security

from grader.errors import ClusterError
from grader.workers.cluster_settings import Cluster, TlsFiles
from grader.workers.jobs import Job, Outcome, Reply, packed
from grader.workers.remote import run_job

_AHEAD: Final = (
    2  # jobs a worker's thread that are sent at a time; memory is bounded by this, not by the class
)
_CONNECTING: Final = 15.0  # seconds
_LOOKS: Final = 2.0  # seconds between looks at the scheduler and at how many workers there are
KEPT: Final = "Everything graded so far is kept, and the same command goes on from there"


class DaskPool:
    """The workers of one scheduler. Jobs of a higher `priority` are begun before all others that wait there.

    `patience` is how many seconds there may be no worker at all.
    """

    def __init__(self, client: Client, name: str, *, priority: int = 0, patience: float = 120.0) -> None:
        self._client = client
        self._name = name
        self._priority = priority
        self._patience = patience
        self._finished: queue.SimpleQueue[tuple[Job, Any]] = queue.SimpleQueue()
        self._running: dict[str, Future] = {}
        self._looked = 0.0
        self._seen = time.monotonic()
        self._threads = 0

    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Outcomes as they come, one for each job. Raises `ClusterError`.

        Jobs that were with a worker when it was lost once too often are tried again at the end, each alone, so that only
        the one that kills its workers is lost with them.
        """
        suspects: list[Job] = []
        try:
            yield from self._done(jobs, suspects)
            for job in suspects:
                stubborn: list[Job] = []
                yield from self._done([job], stubborn, attempt=1)
                for one in stubborn:
                    yield Outcome(one.key, lost="it ended every worker that it was given to")
        finally:
            with suppress(Exception):  # where the scheduler is gone there is nothing to take back
                self._client.cancel(list(self._running.values()), force=False)
            self._running.clear()

    def _done(self, jobs: Iterable[Job], suspects: list[Job], attempt: int = 0) -> Iterator[Outcome]:
        fresh = iter(jobs)
        empty = False
        while True:
            room = self._room()
            while not empty and len(self._running) < room:
                job = next(fresh, None)
                empty = job is None
                if job is not None and (refused := self._send(job, attempt)) is not None:
                    yield refused
            if empty and not self._running:
                return
            try:
                job, future = self._finished.get(timeout=_LOOKS)
            except queue.Empty:
                continue
            self._running.pop(job.key, None)
            try:
                yield self._outcome(job, future)
            except KilledWorker:
                suspects.append(job)

    def _send(self, job: Job, attempt: int) -> Outcome | None:
        if job.key in self._running:
            return None
        try:
            parcel = packed(job).to_bytes()
        except UnicodeEncodeError as problem:
            return Outcome(
                job.key, lost=f"a name in it is no text and cannot be sent to a worker ({problem.reason})"
            )
        # A pair is a group of its own for Dask, which keeps what is left of a large group at the scheduler: there a check
        # would wait behind batch work that workers hold already.
        key = (f"grade-{job.key}", attempt)
        future = self._client.submit(run_job, parcel, key=key, priority=self._priority, pure=True)
        self._running[job.key] = future
        future.add_done_callback(lambda done: self._finished.put((job, done)))
        return None

    def _outcome(self, job: Job, future: Future) -> Outcome:
        """What a finished future holds. Raises `KilledWorker`, and `ClusterError` where the batch cannot go on."""
        if future.status in {"cancelled", "lost"}:
            raise self._lost()
        try:
            reply = Reply.from_bytes(future.result(timeout=_CONNECTING * 4))
        except KilledWorker:
            raise
        except (ModuleNotFoundError, AttributeError, msgspec.DecodeError) as problem:
            raise ClusterError(
                f"a worker of {self._name} does not have this version of the grader ({problem}). Install the same on every "
                f"worker, and start them again. {KEPT}"
            ) from problem
        except Exception as problem:
            if self._client.status != "running" or isinstance(problem, (OSError, TimeoutError)):
                raise self._lost() from problem
            if type(problem).__name__.endswith("CancelledError"):
                raise self._lost() from problem
            return Outcome(
                job.key, lost=f"its result did not come back ({type(problem).__name__}: {problem})"[:2_000]
            )
        if reply.refused or reply.outcome is None:
            raise ClusterError(f"{reply.refused or 'a worker sent an empty reply'}. {KEPT}")
        return reply.outcome

    def _room(self) -> int:
        """How many jobs may be on their way. Raises `ClusterError` where scheduler or all workers are gone."""
        now = time.monotonic()
        if now - self._looked >= _LOOKS or not self._threads:
            try:
                self._threads = sum(self._client.nthreads().values())
            except Exception as problem:  # whichever way the connection was lost
                raise self._lost() from problem
            self._looked = now
        if self._threads:
            self._seen = now
        elif now - self._seen > self._patience:
            raise ClusterError(
                f"there was no worker in {self._name} for {self._patience / 60:.0f} minutes: start some. {KEPT}"
            )
        else:
            time.sleep(0.2)
        return _AHEAD * self._threads

    def _lost(self) -> ClusterError:
        return ClusterError(
            f"the connection to the scheduler of {self._name} was lost. {KEPT} once it is up again"
        )


@contextmanager
def connected(cluster: Cluster, tls: TlsFiles | None) -> Iterator[Client]:
    """A client of the scheduler at an address. Without files, Dask's own settings say which certificates. Raises `ClusterError`."""
    security = _security(tls) if cluster.where.startswith("tls:") else None
    with quiet():
        try:
            client = Client(cluster.where, security=security, timeout=_CONNECTING, set_as_default=False)
        except (OSError, TimeoutError, ValueError, RuntimeError, TypeError) as problem:
            raise ClusterError(
                f"no scheduler can be reached at {cluster.where} ({_shortly(problem)}): is it running there, and are the "
                "certificates signed by its authority?"
            ) from problem
        try:
            yield client
        finally:
            with suppress(Exception):  # it may be gone already
                client.close(timeout=5)


@contextmanager
def quiet() -> Iterator[None]:
    """What Dask would write on the terminal of its own accord is left out: what matters is said as `ClusterError`."""
    names = [name for name in logging.Logger.manager.loggerDict if name.split(".")[0] == "distributed"]
    loggers = [logging.getLogger(name) for name in names]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        # A submission with its files may be large, and is meant to be sent as it is.
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "10GB"}):
            yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _security(tls: TlsFiles | None) -> Security:
    if tls is not None:
        return Security(
            tls_ca_file=tls.ca, tls_client_cert=tls.cert, tls_client_key=tls.key, require_encryption=True
        )
    found = Security(require_encryption=True)
    if not (found.tls_ca_file and found.tls_client_cert):
        raise ClusterError(
            "tls:// needs certificates: name ca, cert and key under [tls] in a file and give it as --cluster-settings "
            "(docs/cluster.md), or set them as Dask's own (DASK_DISTRIBUTED__COMM__TLS__CA_FILE and so on)"
        )
    return found


def _shortly(problem: BaseException) -> str:
    """The innermost cause that has words."""
    said = ""
    link: BaseException | None = problem
    while link is not None:
        said = f"{link}".strip() or said
        link = link.__cause__
    return (said or "no answer")[:300]
