"""The calibration's runs sorted by what was done in them, and how likely a figure is among runs of one kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import exp, log, pi, sqrt
from statistics import pstdev
from typing import Final

from grader.model import Value
from reference.lab.batch_sizes import HONEST_VARIANTS, Ranges, Run
from reference.plausibility.tables import WrittenNumber

Pool = Mapping[int, Sequence[float]]

KERNEL: Final = 0.008  # the least width put around each run of a pool, for versions that were not trained
_WIDEST = 0.035  # around the runs of a pool that has several sorts in it
_STAND_IN = (
    0.025  # around runs of batch size 10 that stand in for those of 1, seldom trained: it takes minutes
)
_ENOUGH = 5  # runs of batch size 1 that need no others beside them
_LONGEST_CHAIN = 4  # epochs before a run that students make by pressing the cell again


class Pools(Value, frozen=True):
    """Accuracies, or losses, by what was done and by batch size.

    The names: ``test-accuracy``; ``epochs N``; ``not-reset``, and of those ``not-reset up`` (smallest batch
    first) and ``not-reset down``; ``other-data``, ``other-network NAME``, ``not-scaled``; ``loss``.
    """

    pools: dict[str, dict[int, tuple[float, ...]]]


def pools(source: Ranges, *, printed: bool = False) -> Pools:
    """Sorts a calibration's runs; `printed` takes what the averaging releases of Keras print of them."""
    found: dict[str, dict[int, list[float]]] = {}

    def put(name: str, run: Run, value: float) -> None:
        found.setdefault(name, {}).setdefault(run.batch, []).append(value)

    averaging = averaging_variants(source.runs)
    for run in source.runs:
        value = run.accuracy
        if printed:
            if run.printed is None or run.variant not in averaging:
                continue
            value = run.printed
        elif run.variant in averaging:
            continue
        if run.variant in HONEST_VARIANTS and not run.start:
            if run.variant == "lab" or printed:
                put("test-accuracy", run, run.test_accuracy)
                put("loss", run, run.loss)
        elif run.variant in HONEST_VARIANTS:
            for name in _chain_names(run):
                put(name, run, value)
        elif run.variant == "digits":
            put("other-data", run, value)
        elif run.variant == "unscaled":
            put("not-scaled", run, value)
        else:
            put(f"other-network {run.variant}", run, value)
    return Pools({name: {b: tuple(v) for b, v in sizes.items()} for name, sizes in found.items()})


def averaging_variants(runs: Iterable[Run]) -> frozenset[str]:
    """The libraries whose last printed line says another accuracy than the history holds: Keras 3.0 to 3.10."""
    return frozenset(
        run.variant for run in runs if run.printed is not None and abs(run.printed - run.accuracy) > 0.001
    )


def _chain_names(run: Run) -> list[str]:
    names = []
    if len(run.start) <= _LONGEST_CHAIN:
        names.append("not-reset")
    order = list(pairwise((*run.start, run.batch)))
    if all(one < other for one, other in order):
        names.append("not-reset up")
    if all(one > other for one, other in order):
        names.append("not-reset down")
    if all(one == other for one, other in order):
        names.append(f"epochs {len(run.start) + 1}")
    return names


def pooled(pool: Pool, batch: int, cell: WrittenNumber) -> float:
    """Logarithm of the density of a row of this pool. At batch size 1 the pool of 10 stands in, blurred.

    0, as for any accuracy whatever, where nothing was trained.
    """
    values, least = pool.get(batch, ()), KERNEL
    if batch == 1 and len(values) < _ENOUGH:
        values, least = (*values, *pool.get(10, ())), _STAND_IN
    if not values:
        return 0.0
    width = widened(max(least, min(_WIDEST, 0.7 * pstdev(values))), cell)
    gaps = [abs(cell.value - value) / width for value in values]
    nearest = min(gaps)
    mean = sum(exp(-0.5 * (gap**2 - nearest**2)) for gap in gaps) / len(gaps)
    return log(mean) - 0.5 * nearest**2 - log(width * sqrt(2 * pi))


def widened(width: float, cell: WrittenNumber) -> float:
    """The width of a normal curve as it is seen through the rounding of a written number."""
    return sqrt(width**2 + cell.half_step**2 / 3.0)


def top(pool: Pool, batch: int) -> float | None:
    """The highest figure of a pool at a batch size, that of 10 standing in for 1; None without runs."""
    values = pool.get(batch) or (pool.get(10) if batch == 1 else None)
    return max(values) if values else None
