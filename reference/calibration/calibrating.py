"""The calibration: plans the training runs, does those not yet done, and writes ``ranges.json``.

Every finished job is one line of a journal beside the output, written through to the disk before the next is
counted, so a killed calibration loses only what was running. The journal is the truth; the output is made
from it after every round, so an early stop leaves a usable file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import msgspec

from grader.errors import GraderError
from grader.model import Value
from reference.calibration import training
from reference.calibration.training import Job
from reference.lab.batch_sizes import BATCH_SIZES, Ranges, Run, ranges
from reference.lab.fashion_mnist import find_dataset
from reference.plausibility import null

DEFAULT_SEEDS = 32


class CalibrationError(GraderError, RuntimeError):
    """A calibration cannot go on; what is finished is kept."""


class JournalLine(Value, frozen=True):
    """One finished job, and what it ran on."""

    job: Job
    runs: tuple[Run, ...]
    versions: dict[str, str]
    hardware: str


class Share(Value, frozen=True):
    """How often a chain of epochs is trained: once for every `per` seeds, at least once."""

    variant: str
    batches: tuple[int, ...]
    per: float


# Batch size 1 takes as long as all others together many times over, so it gets fewer seeds. Order is
# importance: within a round the honest runs of the lab come first.
SHARES: tuple[Share, ...] = (
    *(Share("lab", (batch,), 1) for batch in (60000, 1000, 100, 10)),
    Share("lab", (1,), 5),
    *(Share("graph", (batch,), 2) for batch in (60000, 1000, 100, 10)),
    Share("graph", (1,), 10),
    *(Share(name, (batch,), 4) for name in ("keras2", "keras3") for batch in (60000, 1000, 100, 10)),
    Share("keras3", (1,), 20),
    # Not reset: the table's order, the table upside down, and the same size again (a second epoch).
    Share("lab", (10, 100, 1000, 60000), 5),
    Share("lab", (60000, 1000, 100, 10), 5),
    *(Share("lab", (batch, batch), 5) for batch in (60000, 1000, 100, 10)),
    Share("lab", (100, 10, 100, 1000, 60000), 10),
    Share("lab", (1, 10, 100, 1000, 60000), 20),
    Share("lab", (1, 1), 40),
    # Another network, other data.
    *(
        Share(name, (batch,), 5)
        for name in ("digits", "linear", "sigmoid", "unscaled")
        for batch in (60000, 1000, 100, 10)
    ),
    *(Share("cnn", (batch,), 10) for batch in (60000, 1000, 100, 10)),
    # New kinds go last: the seeds of a kind come from its place.
    *(Share("lab", (batch,) * 5, 13) for batch in (60000, 1000, 100, 10)),
    *(Share("lab", pair, 10) for pair in ((10, 100), (100, 10), (100, 1000), (1000, 100), (1000, 60000))),
    Share("lab", (100, 1), 20),
)


def plan(seeds: int = DEFAULT_SEEDS, batch_sizes: Sequence[int] = BATCH_SIZES) -> tuple[tuple[Job, ...], ...]:
    """The jobs, round by round; the first round has every kind once. Only chains of `batch_sizes` are kept.

    Every kind of job draws its own seeds, so that no two rows of a table share their start values.
    """
    rounds: list[list[Job]] = [[] for _ in range(seeds)]
    wanted = set(batch_sizes)
    for kind, share in enumerate(SHARES):
        if not wanted.issuperset(share.batches):
            continue
        count = max(1, round(seeds / share.per))
        for turn in range(count):
            rounds[turn * seeds // count].append(Job(share.variant, share.batches, 1000 * kind + turn + 1))
    return tuple(tuple(jobs) for jobs in rounds)


def calibrate(
    out: Path,
    *,
    seeds: int = DEFAULT_SEEDS,
    jobs: int = 1,
    batch_sizes: Sequence[int] = BATCH_SIZES,
    progress: bool = True,
    journal: Path | None = None,
    executor: Executor | None = None,
) -> None:
    """Trains what is planned and not yet in the journal, then writes `out`; goes on where it was stopped.

    `jobs` processes train at the same time, one thread each. `executor`, if given, runs the jobs instead (a
    Dask client's `get_executor()`, say); its workers need TensorFlow and the data set. `journal` is
    ``<out>.journal.jsonl`` unless given. Raises `fashion_mnist.DatasetMissingError`, or `CalibrationError`
    if a worker dies.
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
    finished = {line.job for line in book.lines()}
    rounds = plan(seeds, batch_sizes)
    total = sum(len(turn) for turn in rounds)
    with ExitStack() as stack:
        shown = stack.enter_context(_Shown(total, visible=progress))
        pool = executor or stack.enter_context(
            # Keras keeps each run's copy of the data (0.4 GB): a worker is replaced before they add up.
            ProcessPoolExecutor(
                jobs, mp_context=get_context("spawn"), initializer=training.prepare, max_tasks_per_child=6
            )
        )
        for turn in rounds:
            waiting = [job for job in turn if job not in finished]
            shown.done(len(turn) - len(waiting), "already in the journal")
            for job, runs in _run_all(pool, waiting, jobs):
                book.add(JournalLine(job, runs, training.versions(), training.hardware()))
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
        versions=lines[-1].versions if lines else {},
        hardware=lines[-1].hardware if lines else "",
    )
    made = msgspec.structs.replace(made, null=null.simulate(made, tables))
    _replace(out, encode_ranges(made))


def encode_ranges(made: Ranges) -> bytes:
    """`ranges.json` as text that diffs well: one run a line."""
    document = msgspec.to_builtins(made)
    runs = document.pop("runs")
    lines = []
    for name, value in document.items():
        listed = isinstance(value, list) and value
        lines.append(f'  "{name}": {_one_a_line(value) if listed else _json(value)}')
    return ("{\n" + ",\n".join([*lines, f'  "runs": {_one_a_line(runs)}']) + "\n}\n").encode()


def _one_a_line(values: list[object]) -> str:
    return "[\n" + ",\n".join(f"    {_json(value)}" for value in values) + "\n  ]"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


class RunJournal:
    """An append-only file of finished jobs. A line cut off by a kill is dropped on the next start."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def lines(self) -> tuple[JournalLine, ...]:
        """All finished jobs. Raises `CalibrationError` at a damaged line that is not the last."""
        return tuple(self._read())

    def add(self, line: JournalLine) -> None:
        """Appends one finished job and waits until it is on the disk."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._cut_torn_tail()
        with self._path.open("ab") as stream:
            stream.write(msgspec.json.encode(line) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())

    def _read(self) -> Iterator[JournalLine]:
        if not self._path.exists():
            return
        content = self._path.read_bytes()
        for number, raw in enumerate(content[: content.rfind(b"\n") + 1].splitlines(), 1):
            try:
                yield msgspec.json.decode(raw, type=JournalLine)
            except msgspec.DecodeError as problem:
                raise CalibrationError(
                    f"{self._path}, line {number}: {problem}; delete that line and start again"
                ) from problem

    def _cut_torn_tail(self) -> None:
        if not self._path.exists():
            return
        with self._path.open("rb+") as stream:
            content = stream.read()
            stream.truncate(content.rfind(b"\n") + 1)


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
