"""What one epoch from a fresh start reaches at each batch size, learnt from the calibration's runs.

Two forms of it are shown to students. The history holds the accuracy over the whole epoch, and most libraries
print it. Keras 3.0 to 3.10 print the mean of what the progress bar showed after each step, which is less: the
early steps, that know little, count in all of them. Each form has a model of its own.

Around the runs' median lies a normal curve with a width of its own to either side: the spread between seeds
and library versions, widened to where real reports have been. How far a row lies from the median in such
widths is its distance; the lead of one batch size over another has one too, where real reports show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import sqrt
from statistics import NormalDist, fmean, median, pvariance, stdev, variance

import msgspec

from grader.model import Value
from reference.lab.batch_sizes import BATCH_SIZES, HONEST_VARIANTS, IMAGES, Ranges, Run
from reference.plausibility.run_pools import averaging_variants
from reference.plausibility.tables import WrittenNumber

# Until enough runs of a batch size are there, its spread is taken from real reports alone.
LEAST_RUNS = 4
LEAST_PRINTED = 1  # of a batch size, in the printed form: its least width and what history allows do the rest
# Of how far real reports lie off our runs, this much is allowed to the printed form, of which there are none: they
# are from other libraries.
_SHARED_REACH = 0.5
_FEW = 2.0  # runs: with as many a spread is taken for twice what they show
# No width is less: TensorFlow has had more versions than were trained, each with its own numerics.
LEAST_WIDTH = 0.003
BAND_WIDTHS = 2.81  # 99.5 % of a normal curve lies within


class Spread(Value, frozen=True):
    """A normal curve with two widths: `below` and `above` the `middle`."""

    middle: float
    below: float
    above: float

    def distance(self, value: float, half_step: float = 0.0) -> float:
        """How many widths `value` is off the middle, negative below; rounding is given the benefit."""
        gap = value - self.middle
        if abs(gap) <= half_step:
            return 0.0
        return (gap - half_step) / self.above if gap > 0 else (gap + half_step) / self.below


class Comparison(Value, frozen=True):
    """One distance: of a row, or of the lead of `batches[0]` over `batches[1]`."""

    batches: tuple[int, ...]
    distance: float


class AccuracyModel(Value, frozen=True):
    """The spread of every batch size, and of the leads of one over another."""

    rows: dict[int, Spread]
    leads: dict[tuple[int, int], Spread]

    def compare(self, table: Mapping[int, WrittenNumber]) -> tuple[Comparison, ...]:
        """The distances of all rows and leads that the table has."""
        found = [
            Comparison((batch,), self.rows[batch].distance(cell.value, cell.half_step))
            for batch, cell in table.items()
            if batch in self.rows
        ]
        for (ahead, behind), spread in self.leads.items():
            if ahead in table and behind in table:
                lead = table[ahead].value - table[behind].value
                half = table[ahead].half_step + table[behind].half_step
                found.append(Comparison((ahead, behind), spread.distance(lead, half)))
        return tuple(found)


def learn(source: Ranges) -> AccuracyModel:
    """The model from a calibration's runs and what real reports show beside them."""
    fresh = [run for run in source.runs if run.variant in HONEST_VARIANTS and not run.start]
    # How many widths out the largest of so many honest reports is to be expected (Blom 1958).
    reach = NormalDist().inv_cdf((source.reports - 0.375) / (source.reports + 0.25))
    rows: dict[int, Spread] = {}
    for seen in source.observed:
        low, high = seen.accuracy
        runs = [run for run in fresh if run.batch == seen.batch]
        if len(runs) < LEAST_RUNS:
            middle = (low + high) / 2
            within = (high - low) / (2 * reach)
        else:
            middle = median(run.accuracy for run in runs)
            within = spread_of(runs)
        rows[seen.batch] = Spread(
            middle, max(within, (middle - low) / reach), max(within, (high - middle) / reach)
        )
    leads: dict[tuple[int, int], Spread] = {}
    for gap in source.observed_gaps:
        low, high = gap.accuracy
        ahead, behind = ([run for run in fresh if run.batch == batch] for batch in (gap.ahead, gap.behind))
        if min(len(ahead), len(behind)) < LEAST_RUNS:
            middle, within = (low + high) / 2, (high - low) / (2 * reach)
        else:
            middle = rows[gap.ahead].middle - rows[gap.behind].middle
            within = sqrt(spread_of(ahead) ** 2 + spread_of(behind) ** 2)
        leads[(gap.ahead, gap.behind)] = Spread(
            middle, max(within, (middle - low) / reach), max(within, (high - middle) / reach)
        )
    return AccuracyModel(rows, leads)


def learn_printed(source: Ranges) -> AccuracyModel | None:
    """The model of what the averaging releases of Keras print; None unless they were trained at every size."""
    history = learn(source)
    averaging = averaging_variants(source.runs)
    rows: dict[int, Spread] = {}
    for batch, spread in history.rows.items():
        runs = [
            msgspec.structs.replace(run, accuracy=run.printed)
            for run in source.runs
            if run.variant in averaging and not run.start and run.batch == batch and run.printed is not None
        ]
        if len(runs) < LEAST_PRINTED:
            return None
        # A spread known from few runs may well be more; of one step the mean is that step's own.
        within = spread_of(runs) * (1.0 + _FEW / len(runs))
        rows[batch] = (
            spread if batch == IMAGES else _widened(median(run.accuracy for run in runs), within, spread)
        )
    leads = {
        (ahead, behind): _widened(
            rows[ahead].middle - rows[behind].middle,
            sqrt(rows[ahead].below ** 2 + rows[behind].below ** 2),
            spread,
        )
        for (ahead, behind), spread in history.leads.items()
    }
    return AccuracyModel(rows, leads)


def _widened(middle: float, within: float, history: Spread) -> Spread:
    return Spread(
        middle,
        max(within, _SHARED_REACH * history.below),
        max(within, _SHARED_REACH * history.above),
    )


def spread_of(runs: Sequence[Run]) -> float:
    """The standard deviation of the next run, of a version not among these: seeds and versions together.

    A version's mean is itself uncertain, and so is the spread of so few versions; both only widen the result.
    """
    groups = [[run.accuracy for run in runs if run.variant == name] for name in {run.variant for run in runs}]
    several = [group for group in groups if len(group) >= 2]
    degrees = sum(len(group) - 1 for group in several)
    within = sum(variance(group) * (len(group) - 1) for group in several) / degrees if degrees else 0.0
    between = pvariance([fmean(group) for group in groups]) if len(groups) > 1 else 0.0
    inflation = 1.0 + 1.0 / len(runs)
    return max(sqrt((within + between) * inflation), LEAST_WIDTH)


def correlations(runs: Iterable[Run]) -> dict[tuple[int, int], float]:
    """How the versions' means go together between neighbouring batch sizes; from -1 to 1.

    Only versions trained at both sizes count. Reported, not used: with four versions it is itself a guess.
    """
    means: dict[int, dict[str, list[float]]] = {batch: {} for batch in BATCH_SIZES}
    for run in runs:
        if run.variant in HONEST_VARIANTS and not run.start:
            means[run.batch].setdefault(run.variant, []).append(run.accuracy)
    found: dict[tuple[int, int], float] = {}
    for one, other in pairwise(BATCH_SIZES):
        shared = sorted(means[one].keys() & means[other].keys())
        pairs = [(fmean(means[one][name]), fmean(means[other][name])) for name in shared]
        if len(pairs) < 3:
            continue
        first, second = ([pair[side] for pair in pairs] for side in (0, 1))
        spread = stdev(first) * stdev(second)
        if spread:
            centre = fmean(first), fmean(second)
            covariance = sum((a - centre[0]) * (b - centre[1]) for a, b in pairs) / (len(pairs) - 1)
            found[(one, other)] = covariance / spread
    return found
