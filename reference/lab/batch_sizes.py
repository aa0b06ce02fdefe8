"""Question 3's five batch sizes, and the reference figures for them as they lie in ``ranges.json``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from grader.errors import GraderError
from grader.model import Value

BATCH_SIZES: tuple[int, ...] = (1, 10, 100, 1000, 60000)
IMAGES = 60000
CLASSES = 10
# The calibration's variants that are the lab as handed out, under one library or another.
HONEST_VARIANTS = ("lab", "graph", "keras2", "keras3", "keras3.5", "keras3.8", "keras3.10", "keras3.13")


class RangesError(GraderError, ValueError):
    """``ranges.json`` cannot be read."""


class ObservedRange(Value, frozen=True):
    """Smallest and largest of what real reports show: `seconds` for an epoch, `accuracy` from 0 to 1."""

    batch: int
    seconds: tuple[float, float]
    accuracy: tuple[float, float]


class Run(Value, frozen=True):
    """One training of one epoch in the calibration.

    `variant` names network, data and library (see ``reference/calibration/training.py``). `start` is empty for
    a fresh start; else it lists the batch sizes of the epochs whose parameters this one went on from. `accuracy`
    and `loss` are what the history holds, averages over the epoch; `printed` is the accuracy in the last line
    of the progress bar, None where it was not kept. `test_accuracy` is measured afterwards, `seconds` is the
    epoch's wall time.
    """

    variant: str
    batch: int
    seed: int
    accuracy: float
    loss: float
    test_accuracy: float
    seconds: float
    start: tuple[int, ...] = ()
    printed: float | None = None


class ObservedGap(Value, frozen=True):
    """Smallest and largest lead in accuracy of one batch size over another in the real reports."""

    ahead: int
    behind: int
    accuracy: tuple[float, float]


class Null(Value, frozen=True):
    """Pairs of a raw probability and the share of simulated honest tables whose own is as small, ascending."""

    accuracies: tuple[tuple[float, float], ...] = ()
    times: tuple[tuple[float, float], ...] = ()


class Ranges(Value, frozen=True):
    """All of ``ranges.json``: what real reports show, every calibration run, and where it ran.

    `reports` is how many real runs a range was taken from, at each batch size. `null` says what simulated
    honest tables come to (see ``reference/plausibility/null.py``).
    """

    schema: int
    date: str
    source: str
    reports: int
    observed: tuple[ObservedRange, ...]
    observed_gaps: tuple[ObservedGap, ...] = ()
    versions: dict[str, str] = msgspec.field(default_factory=dict)
    hardware: str = ""
    null: Null = Null()
    runs: tuple[Run, ...] = ()


def read_ranges(raw: bytes) -> Ranges:
    """The content of a ``ranges.json``. Raises `RangesError` if it is not one."""
    try:
        return msgspec.json.decode(raw, type=Ranges)
    except msgspec.DecodeError as problem:
        raise RangesError(
            f"not a file of reference ranges: {problem}; `grader reference --calibrate` writes one"
        ) from problem


@cache
def ranges() -> Ranges:
    """The ranges shipped with the assignment."""
    return read_ranges(files("reference.lab").joinpath("ranges.json").read_bytes())


def steps(batch: int, images: int = IMAGES) -> int:
    """The number of training steps in one epoch: `images` over `batch`, rounded up."""
    return -(-images // batch)
