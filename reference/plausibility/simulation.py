"""Honest tables as students might hand them in, made from the calibration's runs.

The accuracies of trained runs, as the history holds them or as they were printed, the times of a
machine somewhere within a factor of 30, written to the digits that people write.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from math import exp, log
from random import Random
from statistics import fmean, stdev

from reference.lab.batch_sizes import BATCH_SIZES, HONEST_VARIANTS, IMAGES, Ranges, Run, steps
from reference.plausibility.run_pools import averaging_variants, pools
from reference.plausibility.tables import Row

Column = dict[int, float]
Table = tuple[Row, ...]

SLOWEST, FASTEST = 750.0, 25.0  # seconds at batch size 1: a factor of 30 around the real reports' 109 to 199
RUN_NOISE = 0.2  # run-to-run spread of log(time) on one shared machine
LATE_SHARE, LATE_SECONDS = 0.2, 1.0  # so many runs start cold or stall, by an exponential time of this mean


# Trained one after the other on one machine with nothing else to do, so that their times are in proportion.
_TIMED = ("lab", "graph", "keras2", "keras3")


class Simulator:
    """Makes tables from one set of reference ranges; which runs are in it is the caller's choice."""

    def __init__(self, source: Ranges) -> None:
        self._source = source
        self._fresh: dict[tuple[str, int], list[Run]] = defaultdict(list)
        self._chains: dict[tuple[int, ...], dict[int, list[Run]]] = defaultdict(lambda: defaultdict(list))
        for run in source.runs:
            if not run.start:
                self._fresh[(run.variant, run.batch)].append(run)
            if run.variant == "lab":
                self._chains[run.start][run.batch].append(run)
        self._pools = pools(source).pools
        self._averaging = averaging_variants(source.runs)
        self._bandwidths: dict[tuple[int, bool], float] = {}

    def honest(self, chance: Random, variant: str | None = None, *, printed: bool | None = None) -> Table:
        """A table of one honest group.

        `variant` is the library that it ran, any if None. `printed` says whether it copied the last printed line
        or the history, which is the same but for some libraries; one or the other if None.
        """
        return write(chance, self.accuracies(chance, variant, printed=printed), self.times(chance))

    def from_reports(self, chance: Random) -> Table:
        """A table drawn from the ranges of the real reports, with the gaps that they show."""
        while True:
            accuracies = {seen.batch: chance.uniform(*seen.accuracy) for seen in self._source.observed}
            if all(
                gap.accuracy[0] <= accuracies[gap.ahead] - accuracies[gap.behind] <= gap.accuracy[1]
                for gap in self._source.observed_gaps
            ):
                break
        times = {seen.batch: chance.uniform(*seen.seconds) for seen in self._source.observed}
        return write(chance, accuracies, times)

    def accuracies(
        self, chance: Random, variant: str | None = None, *, printed: bool | None = None
    ) -> Column:
        """A trained run for each batch size, all of one library where it was trained at that size.

        Smoothed: some normal noise is put on each run (Silverman's rule), or the tails would be those of the
        few runs alone. It makes honest tables a little more varied than they are.
        """
        chosen = variant or chance.choice(HONEST_VARIANTS)
        shown = chosen in self._averaging and (chance.random() < 0.5 if printed is None else printed)
        column: Column = {}
        for batch in BATCH_SIZES:
            averaged = shown and batch < IMAGES  # of one step the mean is that step's own
            values = self._shown(chosen, batch, averaged=averaged) or [
                value
                for name in HONEST_VARIANTS
                for value in self._shown(name, batch, averaged=averaged)
                if not averaged or name in self._averaging
            ]
            drawn = chance.choice(values) + chance.gauss(0.0, self._bandwidth(batch, averaged=averaged))
            column[batch] = min(1.0, max(0.0, drawn))
        return column

    def _shown(self, variant: str, batch: int, *, averaged: bool) -> list[float]:
        """The accuracies of a library's fresh runs, as the history holds them or as they were printed."""
        runs = self._fresh[(variant, batch)]
        if averaged:
            return [run.printed for run in runs if run.printed is not None]
        return [run.accuracy for run in runs]

    def _bandwidth(self, batch: int, *, averaged: bool) -> float:
        if (batch, averaged) not in self._bandwidths:
            names = self._averaging if averaged else HONEST_VARIANTS
            values = [value for name in names for value in self._shown(name, batch, averaged=averaged)]
            spread = stdev(values) if len(values) > 1 else 0.0
            self._bandwidths[(batch, averaged)] = 1.06 * spread * len(values) ** -0.2
        return self._bandwidths[(batch, averaged)]

    def times(self, chance: Random) -> Column:
        """The times of a made-up machine: one of the trained libraries' costs, stretched and jittered."""
        library = chance.choice([name for name in _TIMED if self._fresh[(name, 1)]])
        mean = {
            batch: fmean(run.seconds for run in self._fresh[(library, batch)] or self._fresh[("lab", batch)])
            for batch in BATCH_SIZES
        }
        per_step = (mean[1] - mean[10]) / (steps(1) - steps(10))
        constant = mean[60000]
        speed = _log_uniform(chance, FASTEST, SLOWEST) / mean[1]
        # How start-up and images compare with steps differs between machines: cores, disks, accelerators.
        startup = 0.5 * constant * _log_uniform(chance, 0.5, 4.0)
        images = 0.5 * constant * _log_uniform(chance, 0.1, 3.0)
        return {
            batch: speed * (startup + images + per_step * steps(batch)) * exp(chance.gauss(0.0, RUN_NOISE))
            + (chance.expovariate(1.0 / LATE_SECONDS) if chance.random() < LATE_SHARE else 0.0)
            for batch in BATCH_SIZES
        }


def write(
    chance: Random, accuracies: Mapping[int, float], times: Mapping[int, float], *, whole: bool = False
) -> Table:
    """The table as someone would write it: whole seconds mostly, two to four digits of accuracy."""
    time_digits = 0 if whole or chance.random() < 0.8 else chance.choice((1, 2))
    digits = chance.choices((4, 3, 2), (0.75, 0.15, 0.1))[0]
    return tuple(
        Row(
            batch,
            round(times[batch], time_digits) if batch in times else None,
            round(accuracies[batch], digits) if batch in accuracies else None,
            10.0**-time_digits,
            10.0**-digits,
        )
        for batch in BATCH_SIZES
    )


def _log_uniform(chance: Random, low: float, high: float) -> float:
    return exp(chance.uniform(log(low), log(high)))
