import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from reference.calibration.calibrating import calibrate
from reference.calibration.keras_releases import KerasReleases, ReleaseMissingError
from reference.calibration.planning import plan
from reference.calibration.run_journal import CalibrationError, RunJournal
from reference.calibration.training import Job, last_printed
from reference.lab.batch_sizes import BATCH_SIZES, HONEST_VARIANTS, Run, read_ranges
from reference.lab.fashion_mnist import DatasetMissingError, find_dataset


class MadeUpRuns(Executor):
    """Stands in for workers: gives runs at once, without training, and keeps what it was asked for."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        (job,) = args
        self.jobs.append(job)
        future: Future[Any] = Future()
        future.set_result(
            tuple(
                Run(job.variant, batch, job.seed, 0.8, 0.5, 0.81, 1.0, job.batches[:index])
                for index, batch in enumerate(job.batches)
            )
        )
        return future


def calibrated(out: Path, executor: Executor, seeds: int = 4, **options: Any) -> None:
    calibrate(out, seeds=seeds, executor=executor, progress=False, **options)


def test_every_batch_size_is_planned_and_no_job_twice() -> None:
    rounds = plan()
    jobs = [job for turn in rounds for job in turn]
    assert len(set(jobs)) == len(jobs)
    assert len({(job.seed, job.variant) for job in jobs}) == len(jobs)
    for batch in BATCH_SIZES:
        fresh = [job for job in jobs if job.batches[0] == batch and job.variant == "lab"]
        assert len(fresh) >= (8 if batch == 1 else 30)
    assert {job.variant for job in jobs if job.batches == (100,)} >= set(HONEST_VARIANTS)
    assert {job.batches for job in rounds[0] if job.variant == "lab"} >= {(batch,) for batch in BATCH_SIZES}


def test_a_plan_keeps_to_the_batch_sizes_asked_for() -> None:
    assert {batch for turn in plan(3, [10, 100]) for job in turn for batch in job.batches} == {10, 100}


def test_more_seeds_only_add_jobs() -> None:
    few, more = ({job for turn in plan(seeds) for job in turn} for seeds in (10, 40))
    assert few <= more


def test_all_runs_are_written_with_where_they_came_from(tmp_path: Path) -> None:
    out = tmp_path / "ranges.json"
    calibrated(out, MadeUpRuns())
    made = read_ranges(out.read_bytes())
    planned = [job for turn in plan(4) for job in turn]
    assert len(made.runs) == sum(len(job.batches) for job in planned)
    assert {"python", "tensorflow", "tf-keras", "keras", "numpy"} <= made.versions.keys()
    assert made.hardware
    assert made.date
    assert len(made.observed) == 5


def test_finished_jobs_are_not_done_again(tmp_path: Path) -> None:
    out = tmp_path / "ranges.json"
    first, second, third = MadeUpRuns(), MadeUpRuns(), MadeUpRuns()
    calibrated(out, first, seeds=2)
    calibrated(out, second, seeds=4)
    calibrated(out, third, seeds=4)
    assert not set(first.jobs) & set(second.jobs)
    assert set(first.jobs) | set(second.jobs) == {job for turn in plan(4) for job in turn}
    assert third.jobs == []


def test_a_line_cut_off_by_a_kill_is_dropped(tmp_path: Path) -> None:
    out = tmp_path / "ranges.json"
    calibrated(out, MadeUpRuns(), seeds=1)
    book = tmp_path / "ranges.json.journal.jsonl"
    whole = book.read_bytes()
    book.write_bytes(whole[:-25])
    again = MadeUpRuns()
    calibrated(out, again, seeds=1)
    assert len(again.jobs) == 1
    assert book.read_bytes() == whole


def test_an_earlier_output_is_gone_on_from(tmp_path: Path) -> None:
    """The journal is not handed on with the ranges; what they hold is not trained again."""
    out = tmp_path / "ranges.json"
    calibrated(out, MadeUpRuns(), seeds=2)
    before = read_ranges(out.read_bytes()).runs
    (tmp_path / "ranges.json.journal.jsonl").unlink()
    more = MadeUpRuns()
    calibrated(out, more, seeds=4)
    assert {job for turn in plan(2) for job in turn}.isdisjoint(more.jobs)
    assert set(before) <= set(read_ranges(out.read_bytes()).runs)


@pytest.mark.parametrize(
    ("shown", "accuracy"),
    [
        ("60000/60000 - 1s 17us/sample - loss: 0.5281 - acc: 0.8168\n", 0.8168),
        (
            "\r 1/600 [..] - ETA: 1:02 - loss: 2.3 - accuracy: 0.1100\r600/600 [==] - accuracy: 0.8168\n",
            0.8168,
        ),
        ("\x1b[1m60/60\x1b[0m \x1b[1m1s\x1b[0m 12ms/step - accuracy: 0.6144 - loss: 1.2205\n", 0.6144),
        ("1/1 - 1s - accuracy: 9.8e-02 - loss: 2.3\n", 0.098),
        ("", None),
    ],
)
def test_the_last_printed_accuracy_is_kept(shown: str, accuracy: float | None) -> None:
    assert last_printed(shown) == accuracy


def test_a_release_that_is_there_is_taken_and_one_that_is_not_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "keras-3.5.0"
    (there / "keras").mkdir(parents=True)
    (there / "keras" / "__init__.py").touch()
    assert KerasReleases(tmp_path).folder("3.5.0") == there
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(
        ReleaseMissingError, match=r"pip install --no-deps --target .*keras-3\.8\.0 keras==3\.8\.0"
    ):
        KerasReleases(tmp_path).folder("3.8.0")
    assert not (tmp_path / "keras-3.8.0").exists()


def test_every_release_that_students_have_had_is_planned_at_every_size() -> None:
    jobs = {(job.variant, job.batches) for turn in plan() for job in turn}
    for variant in ("keras3.5", "keras3.8", "keras3.10", "keras3.13"):
        assert {(variant, (batch,)) for batch in BATCH_SIZES} <= jobs


def test_a_damaged_journal_is_named(tmp_path: Path) -> None:
    book = tmp_path / "j.jsonl"
    book.write_text("{}\n")
    with pytest.raises(CalibrationError, match=r"j\.jsonl, line 1"):
        RunJournal(book).lines()


@pytest.mark.parametrize("options", [{"seeds": 0}, {"jobs": 0}, {"batch_sizes": [7]}])
def test_wrong_options_are_refused(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(CalibrationError, match="at least 1"):
        calibrated(tmp_path / "r.json", MadeUpRuns(), **options)


def test_without_the_data_set_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Path:
        raise DatasetMissingError("not here")

    monkeypatch.setattr("reference.calibration.calibrating.find_dataset", missing)
    with pytest.raises(DatasetMissingError):
        calibrate(tmp_path / "r.json", progress=False)
    assert list(tmp_path.iterdir()) == []


SLOW = """
import sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_calibration import MadeUpRuns, calibrate

class Slow(MadeUpRuns):
    def submit(self, fn, /, *args, **options):
        time.sleep(0.03)
        return super().submit(fn, *args, **options)

calibrate(Path({out!r}), seeds=4, executor=Slow(), progress=False)
"""


def test_killed_in_the_middle_it_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "ranges.json"
    book = tmp_path / "ranges.json.journal.jsonl"
    code = SLOW.format(tests=str(Path(__file__).parent), out=str(out))
    child = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[2])
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and (not book.exists() or book.read_bytes().count(b"\n") < 10):
            time.sleep(0.02)
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    before = {line.job for line in RunJournal(book).lines()}
    assert 10 <= len(before) < len([job for turn in plan(4) for job in turn])
    rest = MadeUpRuns()
    calibrated(out, rest)
    assert not before & set(rest.jobs)
    assert before | set(rest.jobs) == {job for turn in plan(4) for job in turn}
    lines = RunJournal(book).lines()
    assert len(lines) == len({line.job for line in lines})


TRAINED = """
from reference.calibration import training
training.prepare()
run = training.train(training.Job("lab", (60000,), 1))[0]
print(run.accuracy, run.printed)
try:
    training.train(training.Job("keras3.5", (60000,), 1))
except training.OtherReleaseError as problem:
    print(problem)
"""


def test_a_trained_run_is_that_of_the_lab() -> None:
    """One step at batch size 60000 with seed 1, as one run of the handout gave it: 0.1030."""
    try:
        find_dataset()
    except DatasetMissingError:
        pytest.skip("Fashion-MNIST is not on this machine")
    done = subprocess.run(
        [sys.executable, "-c", TRAINED],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert done.returncode == 0, done.stderr
    figures, _, refused = done.stdout.partition("\n")
    accuracy, printed = map(float, figures.split())
    assert accuracy == pytest.approx(0.1030, abs=0.002)
    assert printed == pytest.approx(accuracy, abs=0.0001)
    assert "Keras 3.5.0" in refused
