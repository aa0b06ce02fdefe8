"""How likely it is that two honest groups write down the same figures for question 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import pi, prod, sqrt
from typing import Final

from reference.lab.batch_sizes import ranges
from reference.plausibility.accuracy import Spread, learn

_MOST_DIGITS = 4  # of an accuracy, as Keras prints it
_SAME_TIME = (
    0.35  # two machines give the same whole number of seconds about so often, from the tables of docs/lab.md
)


ACCURACY_CHART: Final = "accuracy"  # ids of the charts of question 3
TIME_CHART: Final = "time"


def coincidence(chart: str, points: Sequence[tuple[float, float]]) -> float:
    """The chance that independent honest runs give these same points of the chart with this id.

    Two normal figures of spread s, rounded to steps d, are equal with probability d / (2 s sqrt(pi)). Who writes
    fewer digits coincides more often: the step is that of the accuracies as they are written.
    """
    if chart != ACCURACY_CHART:
        return _SAME_TIME ** len(points)
    rows = _spreads()
    step = _step([accuracy for _, accuracy in points])
    chances = []
    for batch, _ in points:
        spread = rows.get(int(batch))
        width = min(spread.below, spread.above) if spread is not None else 1.0
        chances.append(min(1.0, step / (2 * width * sqrt(pi))))
    return prod(chances)


@cache
def _spreads() -> Mapping[int, Spread]:
    """How far honest accuracies of each batch size lie apart, learnt once from the calibration's runs."""
    return learn(ranges()).rows


def _step(accuracies: Sequence[float]) -> float:
    """The last digit in which the accuracies are written, as a share."""
    digits = next(
        (
            count
            for count in range(1, _MOST_DIGITS)
            if all(abs(round(a, count) - a) < 1e-9 for a in accuracies)
        ),
        _MOST_DIGITS,
    )
    return float(10**-digits)
