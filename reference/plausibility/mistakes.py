"""Odd tables, one mistake at a time: those that were trained are made from the runs that made it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Final

from grader.model import Value
from reference.lab.batch_sizes import BATCH_SIZES, IMAGES, Ranges, Run, steps
from reference.plausibility.run_pools import averaging_variants, pools
from reference.plausibility.simulation import Column, Simulator, Table, write

Maker = Callable[[Random], Column]

_DOWN: Final = (60000, 1000, 100, 10)  # a chain as trained, the largest batch first


class Mistake(Value, frozen=True):
    """One kind of odd table: how to make one, and the causes that would be right to name."""

    name: str
    causes: tuple[str, ...]
    make: Callable[[Random], Table]


class Mistakes:
    """Makes odd tables from one set of reference ranges; which runs are in it is the caller's choice."""

    def __init__(self, source: Ranges) -> None:
        self._honest = Simulator(source)
        averaging = averaging_variants(source.runs)
        self._chains: dict[tuple[int, ...], dict[int, list[Run]]] = defaultdict(lambda: defaultdict(list))
        self._printed_chains: dict[tuple[int, ...], dict[int, list[Run]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for run in source.runs:
            if run.variant == "lab":
                self._chains[run.start][run.batch].append(run)
            if run.variant in averaging:
                self._printed_chains[run.start][run.batch].append(run)
        self._pools = pools(source).pools

    def all(self) -> tuple[Mistake, ...]:
        """Every kind of odd table that these runs allow."""
        trained: list[tuple[str, tuple[str, ...], Maker]] = [
            ("parameters never reset, smallest batch first", ("not-reset",), self._chain_up),
            ("parameters never reset, largest batch first", ("not-reset",), self._chain_down),
            *(
                [("the same, as Keras 3.5 prints it", ("not-reset",), self._printed_chain_down)]
                if self._printed_chains[_DOWN[:-1]][_DOWN[-1]]
                else []
            ),
            ("one reset forgotten", ("not-reset",), self._one_not_reset),
            ("test accuracy", ("test-accuracy",), self._pool("test-accuracy")),
            *(
                (f"{count} epochs", ("epochs",), self._pool(f"epochs {count}"))
                for count in (2, 3, 4, 5, 10)
                if len(self._pools.get(f"epochs {count}", {})) > 2
            ),
            ("losses", ("loss",), self._pool("loss")),
            ("easier data set (digits)", ("other-data",), self._pool("other-data")),
            *(
                (f"other network ({name})", ("other-network",), self._pool(f"other-network {name}"))
                for name in ("linear", "sigmoid", "cnn")
            ),
            ("pixels not scaled", ("not-scaled",), self._pool("not-scaled")),
            ("decimal point of an accuracy moved", ("typo", "per-cent"), self._point_moved),
            ("60000 at a hundredth", ("typo",), self._hundredth),
            ("leading digits of an accuracy exchanged", ("typo",), self._digits_exchanged),
            ("accuracies of two rows exchanged", ("exchanged",), self._rows_exchanged),
            ("accuracies upside down", ("exchanged",), self._turned),
            ("an accuracy of 0", ("zero",), self._zero),
            ("made up", ("accuracy", "times", "time-typo"), self._made_up),
        ]
        return (
            *(Mistake(name, causes, partial(self._odd_accuracies, make)) for name, causes, make in trained),
            *(
                Mistake(name, causes, partial(self._odd_times, spoil))
                for name, causes, spoil in _SPOILT_TIMES
            ),
        )

    def _odd_accuracies(self, make: Maker, chance: Random) -> Table:
        return write(chance, make(chance), self._honest.times(chance))

    def _odd_times(self, spoil: Callable[[Random, Column], Column], chance: Random) -> Table:
        times = spoil(chance, self._honest.times(chance))
        return write(chance, self._honest.accuracies(chance), times, whole=True)

    def _pool(self, name: str) -> Maker:
        """All rows from one pool; batch size 1, where it was not trained so, is left out."""
        pool = self._pools.get(name, {})
        return lambda chance: {batch: chance.choice(values) for batch, values in pool.items()}

    def _chain_up(self, chance: Random) -> Column:
        return self._chain(chance, BATCH_SIZES)

    def _chain_down(self, chance: Random) -> Column:
        return self._chain(chance, BATCH_SIZES[::-1])

    def _chain(self, chance: Random, order: tuple[int, ...]) -> Column:
        """One network through the sizes in this order, from the chain trained longest in it."""
        accuracies = self._honest.accuracies(chance, "lab")
        for batch in order:
            before = order[: order.index(batch)]
            known = [start for start in (before, before[1:]) if start and self._chains[start][batch]]
            if known:
                accuracies[batch] = chance.choice(self._chains[known[0]][batch]).accuracy
        return accuracies

    def _printed_chain_down(self, chance: Random) -> Column:
        """As printed by a release that prints the mean of the running averages; batch size 1 is left out."""
        drawn = {
            batch: chance.choice(runs)
            for index, batch in enumerate(_DOWN)
            if (runs := self._printed_chains[_DOWN[:index]][batch])
        }
        return {batch: run.printed for batch, run in drawn.items() if run.printed is not None}

    def _one_not_reset(self, chance: Random) -> Column:
        accuracies = self._honest.accuracies(chance, "lab")
        known = [start for start, sizes in self._chains.items() if len(start) == 1 and any(sizes.values())]
        start = chance.choice(sorted(known))
        batch = chance.choice(sorted(size for size, runs in self._chains[start].items() if runs))
        accuracies[batch] = chance.choice(self._chains[start][batch]).accuracy
        return accuracies

    def _point_moved(self, chance: Random) -> Column:
        accuracies = self._honest.accuracies(chance)
        batch = chance.choice(BATCH_SIZES[:4])
        accuracies[batch] *= chance.choice((0.1, 10.0))
        return accuracies

    def _hundredth(self, chance: Random) -> Column:
        return {**self._honest.accuracies(chance), 60000: 0.01}

    def _digits_exchanged(self, chance: Random) -> Column:
        accuracies = self._honest.accuracies(chance)
        batch = chance.choice(BATCH_SIZES[:4])
        digits = f"{accuracies[batch]:.4f}"[2:]
        if digits[0] == digits[1]:
            digits = digits[0] + digits[2] + digits[1] + digits[3]
        accuracies[batch] = float("0." + digits[1] + digits[0] + digits[2:])
        return accuracies

    def _rows_exchanged(self, chance: Random) -> Column:
        """Those of 1000 or 60000 with another row's: among the others nobody could see it."""
        accuracies = self._honest.accuracies(chance)
        one, other = chance.choice(((1, 1000), (10, 1000), (100, 1000), (1000, 60000), (10, 60000)))
        return {**accuracies, one: accuracies[other], other: accuracies[one]}

    def _turned(self, chance: Random) -> Column:
        accuracies = self._honest.accuracies(chance)
        return dict(zip(BATCH_SIZES, reversed(list(accuracies.values())), strict=True))

    def _zero(self, chance: Random) -> Column:
        return {**self._honest.accuracies(chance), chance.choice(BATCH_SIZES): 0.0}

    def _made_up(self, chance: Random) -> Column:
        """Figures that fall evenly from a first guess, as someone would invent them."""
        accuracy, fall = chance.uniform(0.75, 0.98), chance.uniform(0.01, 0.12)
        return {
            batch: max(0.0, accuracy - fall * index + chance.gauss(0.0, 0.01))
            for index, batch in enumerate(BATCH_SIZES)
        }


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


def _minutes(_: Random, times: Column) -> Column:
    return {**times, 1: times[1] / 60}


def _zeros(_: Random, times: Column) -> Column:
    return dict.fromkeys(times, 0.0)


_SPOILT_TIMES: Final[tuple[tuple[str, tuple[str, ...], Callable[[Random, Column], Column]], ...]] = (
    ("times upside down", ("times-rising",), _upside_down),
    ("batch sizes 1 and 10 as fast as 100", ("times-flat", "time-typo"), _flat),
    ("us per image for seconds, all rows", ("time-unit",), _per_image),
    ("us per image for seconds, 1000 and 60000", ("time-unit",), _per_image_tail),
    ("ms per step for seconds", ("time-unit",), _per_step),
    ("two times exchanged", ("time-typo", "times-rising"), _exchanged),
    ("a time ten times too large", ("time-typo", "time-unit"), _ten_times),
    ("batch size 1 in minutes", ("time-unit",), _minutes),
    ("all times 0", ("time-zero",), _zeros),
)
