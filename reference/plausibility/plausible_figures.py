"""Whether a table of times and accuracies can come from training the lab's network once for each batch size.

Three questions are put to a table, each with the probability that an honest table does as badly: are the
accuracies what a fresh epoch gives, in one of the forms that libraries show it in, do the times fall as on some
machine, and is that machine one of this world. The first two probabilities are corrected by what simulated honest tables came to (`Ranges.null`). Three
times the smallest is the score: at most that share of honest tables scores as low.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from math import erfc, exp, inf, isfinite, log, sqrt

from grader.model import Value
from reference.lab.batch_sizes import BATCH_SIZES, IMAGES, Null, ObservedRange, Ranges, ranges
from reference.plausibility import accuracy_causes, time_causes, timing
from reference.plausibility.accuracy import BAND_WIDTHS, AccuracyModel, Comparison, learn, learn_printed
from reference.plausibility.accuracy_causes import Form
from reference.plausibility.accuracy_words import rows_named
from reference.plausibility.run_pools import pools
from reference.plausibility.tables import (
    Band,
    Cause,
    Row,
    TableJudgement,
    WrittenNumber,
    written_accuracy,
    written_seconds,
)

__all__ = ["DOUBT", "Band", "Cause", "Judge", "Row", "TableJudgement", "bands", "judge", "judge_figures"]

DOUBT = 0.003  # the level that docs/plausibility.md measures; the rubric's own is to be the same
# An untrained network is right about one image in ten, with a spread that reaches far down, but hardly ever about so
# few: the accuracy, and the share of 1500 networks drawn anew (Glorot uniform, ReLU) that had no higher one. Here
# stands 0.1 with its decimal point moved.
_FEWEST_GUESSED = (0.0105, 1 / 1500)


class Scores(Value, frozen=True):
    """The probability that an honest table is as odd, for each of the three questions; 1 for no figures."""

    accuracies: float
    times: float
    speed: float

    @property
    def joint(self) -> float:
        """The table's score: three questions were put, so three times the smallest (Bonferroni)."""
        return min(1.0, 3.0 * min(self.accuracies, self.times, self.speed))


class Judge(Value, frozen=True):
    """A judge made from one set of reference ranges; see `judge` for the one shipped."""

    forms: tuple[Form, ...]
    observed: tuple[ObservedRange, ...]
    null: Null

    @classmethod
    def from_ranges(cls, source: Ranges) -> Judge:
        """A judge that has learnt from these ranges alone."""
        forms = [Form(learn(source), pools(source))]
        if (printed := learn_printed(source)) is not None:
            forms.append(Form(printed, pools(source, printed=True)))
        return cls(tuple(forms), source.observed, source.null)

    def bands(self, rows: Sequence[Row] = ()) -> tuple[Band, ...]:
        """The accuracy band of each batch size, smallest batch first; 99.5 of 100 honest runs lie within.

        Of the forms in which libraries show accuracies it is the one that `rows` come nearest to.
        """
        return _bands(self._nearest(_columns(rows)[0])[0])

    def printed_bands(self) -> tuple[Band, ...]:
        """The bands of what Keras 3.0 to 3.10 print, smallest batch first; none if they were not trained."""
        return tuple(band for form in self.forms[1:] for band in _bands(form.model))

    def judge_figures(self, rows: Sequence[Row], doubt: float = DOUBT) -> TableJudgement:
        """Judges what is there of the five rows; rows of other batch sizes are left out of it.

        Of several rows with the same batch size the first counts. Plausible is what scores at least `doubt`.
        """
        impossible = self._impossible(rows)
        if impossible:
            return TableJudgement(plausible=False, score=0.0, causes=impossible)
        accuracies, times = _columns(rows)
        scores = self.scores(rows)
        if scores.joint >= doubt:
            return TableJudgement(plausible=True, score=scores.joint)
        causes: list[Cause] = []
        if scores.accuracies < doubt / 3:
            causes += accuracy_causes.explain(accuracies, self.forms)
        if min(scores.times, scores.speed) < doubt / 3:
            causes += time_causes.explain(times)
        return TableJudgement(plausible=False, score=scores.joint, causes=tuple(causes))

    def scores(self, rows: Sequence[Row]) -> Scores:
        """The three probabilities, two of them corrected by the simulated tables."""
        raw = self.raw_scores(rows)
        untrained = _columns(rows)[0].get(IMAGES)
        few = _FEWEST_GUESSED[1] if untrained and untrained.value <= _FEWEST_GUESSED[0] else 1.0
        return Scores(
            accuracies=min(few, share(self.null.accuracies, raw.accuracies)),
            times=share(self.null.times, raw.times),
            # Nobody can say how fast machines are: the prior is all there is.
            speed=raw.speed,
        )

    def raw_scores(self, rows: Sequence[Row]) -> Scores:
        """The three probabilities, each as its own model has it.

        A column that lies within the ranges of the real reports, row for row, is never odd: however seldom
        the models would give it, it has been seen.
        """
        accuracies, times = _columns(rows)
        if all(_within(accuracies, seen.batch, seen.accuracy) for seen in self.observed):
            accuracies = {}
        if all(_within(times, seen.batch, seen.seconds) for seen in self.observed):
            times = {}
        _, compared = self._nearest(accuracies)
        largest = _largest(compared)
        timed = [timing.TimedRow(batch, cell.value, cell.half_step) for batch, cell in sorted(times.items())]
        found = timing.fit(timed)
        return Scores(
            accuracies=min(1.0, max(1, len(compared)) * _two_sided(largest)),
            times=exp(-found.misfit),
            speed=_two_sided(timing.speed_distance(found, timed)),
        )

    def _nearest(self, accuracies: dict[int, WrittenNumber]) -> tuple[AccuracyModel, tuple[Comparison, ...]]:
        """The model of the form that the accuracies come nearest to, and their distances from it."""
        compared = [(form.model, form.model.compare(accuracies)) for form in self.forms]
        return min(compared, key=lambda pair: _largest(pair[1]))

    def _impossible(self, rows: Sequence[Row]) -> tuple[Cause, ...]:
        """Figures that are none: outside 0 to 1, below 0 seconds, infinite."""
        found: list[Cause] = []
        if any(row.accuracy is not None and row.accuracy > 1.0 for row in rows):
            losses = accuracy_causes.loss_cause(_figures(rows), self.forms)
            if losses is not None:
                return (losses,)
        for row in rows:
            where = rows_named([row.batch])
            if row.accuracy is not None and not 0.0 <= row.accuracy <= 1.0:
                found.append(self._impossible_accuracy(row.batch, row.accuracy))
            if row.seconds is not None and not (isfinite(row.seconds) and row.seconds >= 0.0):
                found.append(
                    Cause(
                        "impossible",
                        f"The time at {where} is not a time.",
                        f"Time {row.seconds:g} at {where}.",
                        (row.batch,),
                    )
                )
        return tuple(found)

    def _impossible_accuracy(self, batch: int, value: float) -> Cause:
        where = rows_named([batch])
        spreads = [form.model.rows[batch] for form in self.forms if batch in form.model.rows]
        for divisor, name in ((100.0, "per-cent"), (10.0, "typo")):
            if any(abs(spread.distance(value / divisor)) < BAND_WIDTHS for spread in spreads):
                return Cause(
                    name,
                    f"Check the accuracy at {where}: "
                    "is the decimal point, or a per cent sign, in the wrong place?",
                    f"Accuracy {value:g} at {where}; {value / divisor:g} would fit.",
                    (batch,),
                )
        return Cause(
            "impossible",
            f"The accuracy at {where} is not between 0 and 1 (or 0 % and 100 %).",
            f"Accuracy {value:g} at {where}.",
            (batch,),
        )


@cache
def judge() -> Judge:
    """The judge made from the ranges that are shipped with the assignment."""
    return Judge.from_ranges(ranges())


def judge_figures(rows: Sequence[Row], doubt: float = DOUBT) -> TableJudgement:
    """Judges a table, or the part of one that is there, by the shipped ranges."""
    return judge().judge_figures(rows, doubt)


def bands(rows: Sequence[Row] = ()) -> tuple[Band, ...]:
    """The accuracy band of each batch size by the shipped ranges, smallest batch first (see `Judge.bands`)."""
    return judge().bands(rows)


def _columns(rows: Sequence[Row]) -> tuple[dict[int, WrittenNumber], dict[int, WrittenNumber]]:
    """The possible accuracies and times, by batch size."""
    accuracies: dict[int, WrittenNumber] = {}
    times: dict[int, WrittenNumber] = {}
    for row in rows:
        if row.batch not in BATCH_SIZES:
            continue
        if (accuracy := written_accuracy(row)) is not None and 0.0 <= accuracy.value <= 1.0:
            accuracies.setdefault(row.batch, accuracy)
        if (seconds := written_seconds(row)) is not None and 0.0 <= seconds.value < inf:
            times.setdefault(row.batch, seconds)
    return accuracies, times


def _figures(rows: Sequence[Row]) -> dict[int, WrittenNumber]:
    """What stands in the column of accuracies, whether it can be one or not."""
    figures: dict[int, WrittenNumber] = {}
    for row in rows:
        if row.batch in BATCH_SIZES and (cell := written_accuracy(row)) is not None and isfinite(cell.value):
            figures.setdefault(row.batch, cell)
    return figures


def share(null: Sequence[tuple[float, float]], raw: float) -> float:
    """The share of honest tables whose raw probability is at most `raw`; `raw` itself if none were simulated.

    Between the points of `null` it is interpolated in logarithms, below the first it falls in proportion.
    """
    if not null:
        return raw
    points = [point for point, _ in null]
    index = bisect_left(points, raw)
    if index == 0:
        first, least = null[0]
        return least * raw / first
    if index == len(points):
        return 1.0
    (low, below), (high, above) = null[index - 1], null[index]
    part = (log(raw) - log(low)) / (log(high) - log(low))
    return exp(log(below) + part * (log(above) - log(below)))


def _bands(model: AccuracyModel) -> tuple[Band, ...]:
    return tuple(
        Band(
            batch,
            max(0.0, spread.middle - BAND_WIDTHS * spread.below),
            spread.middle,
            min(1.0, spread.middle + BAND_WIDTHS * spread.above),
        )
        for batch, spread in sorted(model.rows.items())
    )


def _largest(compared: Sequence[Comparison]) -> float:
    return max((abs(one.distance) for one in compared), default=0.0)


def _within(column: dict[int, WrittenNumber], batch: int, seen: tuple[float, float]) -> bool:
    """Whether the row is not there, or as real reports have it."""
    return batch not in column or seen[0] <= column[batch].value <= seen[1]


def _two_sided(distance: float) -> float:
    """The probability that a normal value is so far from its mean, on either side."""
    return erfc(abs(distance) / sqrt(2.0))
