"""The calibration: does the planned training runs that are not yet done, and writes ``ranges.json``.

Every finished job is one line of a journal beside the output, written through to the disk before the next is
counted, so a killed calibration loses only what was running. The journal is the truth; the output is made
from it after every round, so an early stop leaves a usable file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import msgspec

from reference.calibration import training
from reference.calibration.keras_releases import KerasReleases
from reference.calibration.planning import DEFAULT_SEEDS, plan
from reference.calibration.run_journal import CalibrationError, JournalLine, RunJournal
from reference.calibration.training import Job
from reference.lab.batch_sizes import BATCH_SIZES, Ranges, Run, ranges
from reference.lab.fashion_mnist import find_dataset
from reference.plausibility import null


def calibrate(
    out: Path,
    *,
    seeds: int = DEFAULT_SEEDS,
    jobs: int = 1,
    batch_sizes: Sequence[int] = BATCH_SIZES,
    progress: bool = True,
    journal: Path | None = None,
    libraries: Path | None = None,
    executor: Executor | None = None,
) -> None:
    """Trains what is planned and not yet in the journal, then writes `out`; goes on where it was stopped.

    `jobs` processes train at the same time, one thread each. `executor`, if given, runs the jobs instead (a
    Dask client's `get_executor()`, say); its workers need TensorFlow, the data set, and the release of Keras
    that a job is for. `journal` is ``<out>.journal.jsonl`` unless given; where there is none yet, it begins with
    the runs that `out` holds. Releases of Keras are looked for, and put, in `libraries` (``<out>.libraries``).
    Raises `fashion_mnist.DatasetMissingError`, `keras_releases.ReleaseMissingError`, or `CalibrationError` if a
    worker dies.
    """
    unknown = sorted(set(batch_sizes) - set(BATCH_SIZES))
    if unknown or seeds < 1 or jobs < 1:
        raise CalibrationError(
            f"seeds and jobs are at least 1 and batch sizes from {BATCH_SIZES}: "
            f"got seeds={seeds}, jobs={jobs}" + (f", unknown batch sizes {unknown}" if unknown else "")
        )
    if executor is None:
        find_dataset()
    book = RunJournal(journal or out.with_name(out.name + ".journal.jsonl"))
    book.begin_with(out)
    finished = {line.job for line in book.lines()}
    rounds = plan(seeds, batch_sizes)
    total = sum(len(turn) for turn in rounds)
    with ExitStack() as stack:
        shown = stack.enter_context(_Shown(total, visible=progress))
        pools = stack.enter_context(_Pools(jobs, libraries or out.with_name(out.name + ".libraries")))
        for turn in rounds:
            waiting = [job for job in turn if job not in finished]
            shown.done(len(turn) - len(waiting), "already in the journal")
            for release in dict.fromkeys(_release(job) for job in waiting):
                pool = executor or pools.of(release)
                own = [job for job in waiting if _release(job) == release]
                for job, runs in _run_all(pool, own, jobs):
                    versions = training.versions() | ({"keras": release} if release else {})
                    book.add(JournalLine(job, runs, versions, training.hardware()))
                    shown.done(1, f"{job.variant} {'+'.join(map(str, job.batches))}: {runs[-1].accuracy:.4f}")
            if waiting:
                write_ranges(out, book.lines(), tables=1000)
    write_ranges(out, book.lines())


def write_ranges(out: Path, lines: Iterable[JournalLine], tables: int = null.TABLES) -> None:
    """Writes the reference ranges from finished jobs, in place of `out`, whole or not at all.

    `tables` honest tables are simulated for the score (see ``reference/plausibility/null.py``).
    """
    lines = list(lines)
    order = list(training.VARIANTS)
    runs = sorted(
        (run for line in lines for run in line.runs),
        key=lambda run: (order.index(run.variant), run.start != (), run.start, run.batch, run.seed),
    )
    made = Ranges(
        schema=ranges().schema,
        date=date.today().isoformat(),
        source="trained by `grader reference --calibrate`; observed: seven real tables and three loose runs "
        "on hosted CPUs, 2019-2023",
        reports=ranges().reports,
        observed=ranges().observed,
        observed_gaps=ranges().observed_gaps,
        runs=tuple(runs),
        versions=_versions(lines),
        hardware=lines[-1].hardware if lines else "",
    )
    made = msgspec.structs.replace(made, null=null.simulate(made, tables))
    _replace(out, encode_ranges(made))


def _versions(lines: Sequence[JournalLine]) -> dict[str, str]:
    """What the last job ran on that took the installed libraries; the others are named by their variant."""
    own = [line for line in lines if not _release(line.job)]
    others = {
        line.job.variant: training.VARIANTS[line.job.variant].release for line in lines if _release(line.job)
    }
    return {**(own[-1].versions if own else {}), **others}


def encode_ranges(made: Ranges) -> bytes:
    """`ranges.json` as text that diffs well: one run a line."""
    document = msgspec.to_builtins(made)
    runs: list[object] = [
        {name: value for name, value in run.items() if value is not None} for run in document.pop("runs")
    ]
    lines = []
    for name, value in document.items():
        listed = isinstance(value, list) and value
        lines.append(f'  "{name}": {_one_a_line(value) if listed else _json(value)}')
    return ("{\n" + ",\n".join([*lines, f'  "runs": {_one_a_line(runs)}']) + "\n}\n").encode()


def _one_a_line(values: list[object]) -> str:
    return "[\n" + ",\n".join(f"    {_json(value)}" for value in values) + "\n  ]"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


class _Pools:
    """Processes that train, all with one release of Keras; those of the last release go when another is asked for."""

    def __init__(self, jobs: int, libraries: Path) -> None:
        self._jobs = jobs
        self._releases = KerasReleases(libraries)
        self._open: tuple[str, ProcessPoolExecutor] | None = None

    def __enter__(self) -> _Pools:
        return self

    def __exit__(self, *_: object) -> None:
        if self._open is not None:
            self._open[1].shutdown()

    def of(self, release: str) -> ProcessPoolExecutor:
        """The processes with this release, the installed one if empty. Raises `ReleaseMissingError`."""
        if self._open is not None and self._open[0] == release:
            return self._open[1]
        self.__exit__()
        folder = self._releases.folder(release) if release else None
        # Keras keeps each run's copy of the data (0.4 GB): a worker is replaced before they add up.
        pool = ProcessPoolExecutor(
            self._jobs,
            mp_context=get_context("spawn"),
            initializer=training.prepare,
            initargs=(1, folder),
            max_tasks_per_child=6,
        )
        self._open = release, pool
        return pool


def _release(job: Job) -> str:
    return training.VARIANTS[job.variant].release


def _run_all(pool: Executor, jobs: Sequence[Job], at_once: int) -> Iterator[tuple[Job, tuple[Run, ...]]]:
    """The jobs with their runs as they finish; the pool never holds more than one beside the `at_once`."""
    queue = iter(jobs)
    running: dict[Future[tuple[Run, ...]], Job] = {}
    try:
        while True:
            while len(running) < at_once + 1 and (job := next(queue, None)) is not None:
                running[pool.submit(training.train, job)] = job
            if not running:
                return
            ended, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                yield running.pop(future), future.result()
    except BrokenProcessPool as problem:
        raise CalibrationError(
            "a training process died (out of memory?); what is finished is kept: "
            "start again with fewer --jobs"
        ) from problem
    finally:
        for future in running:
            future.cancel()


class _Shown:
    """A progress bar on the terminal, or nothing."""

    def __init__(self, total: int, *, visible: bool) -> None:
        from rich.console import Console  # noqa: PLC0415 - not needed to read a journal
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._bar = Progress(
            TextColumn("training"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}"),
            console=Console(stderr=True),
            disable=not visible,
        )
        self._task = self._bar.add_task("", total=total)

    def __enter__(self) -> _Shown:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def done(self, count: int, what: str) -> None:
        if count:
            self._bar.update(self._task, advance=count, description=what)


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(content)
    draft.replace(path)
