"""Tables as students might hand them in, honest and not, made from the calibration's runs.

Honest: the accuracies of trained runs, the times of a machine somewhere within a factor of 30, written to
the digits that people write. Odd: one mistake at a time, the trained ones from runs that made it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from math import exp, log
from random import Random
from statistics import fmean, stdev

from grader.model import Value
from reference.lab.batch_sizes import BATCH_SIZES, HONEST_VARIANTS, IMAGES, Ranges, Run, steps
from reference.plausibility.accuracy_causes import pools
from reference.plausibility.tables import Row

Column = dict[int, float]
Table = tuple[Row, ...]

SLOWEST, FASTEST = 750.0, 25.0  # seconds at batch size 1: a factor of 30 around the real reports' 109 to 199
RUN_NOISE = 0.2  # run-to-run spread of log(time) on one shared machine
LATE_SHARE, LATE_SECONDS = 0.2, 1.0  # so many runs start cold or stall, by an exponential time of this mean


class Mistake(Value, frozen=True):
    """One kind of odd table: how to make one, and the causes that would be right to name."""

    name: str
    causes: tuple[str, ...]
    make: Callable[[Random], Table]


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
        self._bandwidths: dict[int, float] = {}

    def honest(self, chance: Random, variant: str | None = None) -> Table:
        """A table of one honest group; `variant` is the library that it ran, any if None."""
        return write(chance, self.accuracies(chance, variant), self.times(chance))

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

    def accuracies(self, chance: Random, variant: str | None = None) -> Column:
        """A trained run for each batch size, all of one library where it was trained at that size.

        Smoothed: some normal noise is put on each run (Silverman's rule), or the tails would be those of the
        few runs alone. It makes honest tables a little more varied than they are.
        """
        chosen = variant or chance.choice(HONEST_VARIANTS)
        column: Column = {}
        for batch in BATCH_SIZES:
            runs = self._fresh[(chosen, batch)] or self._any_library(batch)
            drawn = chance.choice(runs).accuracy + chance.gauss(0.0, self._bandwidth(batch))
            column[batch] = min(1.0, max(0.0, drawn))
        return column

    def _any_library(self, batch: int) -> list[Run]:
        return [run for name in HONEST_VARIANTS for run in self._fresh[(name, batch)]]

    def _bandwidth(self, batch: int) -> float:
        if batch not in self._bandwidths:
            values = [run.accuracy for run in self._any_library(batch)]
            spread = stdev(values) if len(values) > 1 else 0.0
            self._bandwidths[batch] = 1.06 * spread * len(values) ** -0.2
        return self._bandwidths[batch]

    def times(self, chance: Random) -> Column:
        """The times of a made-up machine: one of the trained libraries' costs, stretched and jittered."""
        library = chance.choice([name for name in HONEST_VARIANTS if self._fresh[(name, 1)]])
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

    def mistakes(self) -> tuple[Mistake, ...]:
        """Every kind of odd table that these runs allow."""
        trained: list[tuple[str, tuple[str, ...], Callable[[Random], Column]]] = [
            ("parameters never reset, smallest batch first", ("not-reset",), self._chain_up),
            ("parameters never reset, largest batch first", ("not-reset",), self._chain_down),
            ("one reset forgotten", ("not-reset",), self._one_not_reset),
            ("test accuracy", ("test-accuracy",), self._pool("test-accuracy")),
            *((f"{count} epochs", ("epochs",), self._pool(f"epochs {count}")) for count in (2, 3, 4, 5)),
            ("easier data set (digits)", ("other-data",), self._pool("other-data")),
            *(
                (f"other network ({name})", ("other-network",), self._pool(f"other-network {name}"))
                for name in ("linear", "sigmoid", "cnn")
            ),
            ("pixels not scaled", ("not-scaled",), self._pool("not-scaled")),
            ("decimal point of an accuracy moved", ("typo", "per-cent"), self._point_moved),
            ("leading digits of an accuracy exchanged", ("typo",), self._digits_exchanged),
            ("made up", ("accuracy", "times", "time-typo"), self._made_up),
        ]
        return (
            *(Mistake(name, causes, partial(self._odd_accuracies, make)) for name, causes, make in trained),
            *(
                Mistake(name, causes, partial(self._odd_times, spoil))
                for name, causes, spoil in _SPOILT_TIMES
            ),
        )

    def _odd_accuracies(self, make: Callable[[Random], Column], chance: Random) -> Table:
        return write(chance, make(chance), self.times(chance))

    def _odd_times(self, spoil: Callable[[Random, Column], Column], chance: Random) -> Table:
        return write(chance, self.accuracies(chance), spoil(chance, self.times(chance)), whole=True)

    def _pool(self, name: str) -> Callable[[Random], Column]:
        """All rows from one pool; batch size 1, where it was not trained so, is left out."""
        pool = self._pools.get(name, {})
        return lambda chance: {batch: chance.choice(values) for batch, values in pool.items()}

    def _chain_up(self, chance: Random) -> Column:
        return self._chain(chance, BATCH_SIZES)

    def _chain_down(self, chance: Random) -> Column:
        return self._chain(chance, BATCH_SIZES[::-1])

    def _chain(self, chance: Random, order: tuple[int, ...]) -> Column:
        """One network through the sizes in this order, from the chain trained longest in it."""
        accuracies = self.accuracies(chance, "lab")
        for batch in order:
            before = order[: order.index(batch)]
            known = [start for start in (before, before[1:]) if start and self._chains[start][batch]]
            if known:
                accuracies[batch] = chance.choice(self._chains[known[0]][batch]).accuracy
        return accuracies

    def _one_not_reset(self, chance: Random) -> Column:
        accuracies = self.accuracies(chance, "lab")
        known = [start for start, sizes in self._chains.items() if len(start) == 1 and any(sizes.values())]
        start = chance.choice(sorted(known))
        batch = chance.choice(sorted(size for size, runs in self._chains[start].items() if runs))
        accuracies[batch] = chance.choice(self._chains[start][batch]).accuracy
        return accuracies

    def _point_moved(self, chance: Random) -> Column:
        accuracies = self.accuracies(chance)
        batch = chance.choice(BATCH_SIZES[:4])
        accuracies[batch] *= chance.choice((0.1, 10.0))
        return accuracies

    def _digits_exchanged(self, chance: Random) -> Column:
        accuracies = self.accuracies(chance)
        batch = chance.choice(BATCH_SIZES[:4])
        digits = f"{accuracies[batch]:.4f}"[2:]
        if digits[0] == digits[1]:
            digits = digits[0] + digits[2] + digits[1] + digits[3]
        accuracies[batch] = float("0." + digits[1] + digits[0] + digits[2:])
        return accuracies

    def _made_up(self, chance: Random) -> Column:
        """Figures that fall evenly from a first guess, as someone would invent them."""
        accuracy, fall = chance.uniform(0.75, 0.98), chance.uniform(0.01, 0.12)
        return {
            batch: max(0.0, accuracy - fall * index + chance.gauss(0.0, 0.01))
            for index, batch in enumerate(BATCH_SIZES)
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


def _upside_down(_: Random, times: Column) -> Column:
    return dict(zip(BATCH_SIZES, reversed(list(times.values())), strict=True))


def _flat(_: Random, times: Column) -> Column:
    return {**times, 1: times[100], 10: times[100]}


def _per_image(_: Random, times: Column) -> Column:
    return {batch: seconds / IMAGES * 1e6 for batch, seconds in times.items()}


def _per_image_tail(_: Random, times: Column) -> Column:
    return {batch: seconds / IMAGES * 1e6 if batch >= 1000 else seconds for batch, seconds in times.items()}


def _per_step(_: Random, times: Column) -> Column:
    return {batch: seconds / steps(batch) * 1e3 for batch, seconds in times.items()}


def _exchanged(chance: Random, times: Column) -> Column:
    """Two cells exchanged, among those whose times differ by a factor of three or more."""
    pairs = [
        (one, other)
        for one in BATCH_SIZES
        for other in BATCH_SIZES
        if one < other and times[one] > 3.0 * times[other]
    ]
    one, other = chance.choice(pairs)
    return {**times, one: times[other], other: times[one]}


def _ten_times(chance: Random, times: Column) -> Column:
    batch = chance.choice(BATCH_SIZES[1:4])
    return {**times, batch: 10.0 * max(1.0, times[batch])}


_SPOILT_TIMES: tuple[tuple[str, tuple[str, ...], Callable[[Random, Column], Column]], ...] = (
    ("times upside down", ("times-rising",), _upside_down),
    ("batch sizes 1 and 10 as fast as 100", ("times-flat", "time-typo"), _flat),
    ("us per image for seconds, all rows", ("time-unit",), _per_image),
    ("us per image for seconds, 1000 and 60000", ("time-unit",), _per_image_tail),
    ("ms per step for seconds", ("time-unit",), _per_step),
    ("two times exchanged", ("time-typo", "times-rising"), _exchanged),
    ("a time ten times too large", ("time-typo", "time-unit"), _ten_times),
)
