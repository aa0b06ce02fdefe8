"""How likely it is that two honest groups write down the same figures for question 3."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi, prod, sqrt

from reference.accuracy import learn
from reference.batch_sizes import ranges

_MOST_DIGITS = 4  # of an accuracy, as Keras prints it
_SAME_TIME = 0.35  # two machines give the same whole number of seconds about so often, from lab.md's tables


def coincidence(title: str, points: Sequence[tuple[float, float]]) -> float:
    """The chance that independent honest runs give these same points of the chart called `title`.

    Two normal figures of spread s, rounded to steps d, are equal with probability d / (2 s sqrt(pi)). Who writes
    fewer digits coincides more often: the step is that of the accuracies as they are written.
    """
    if title != "Training accuracy":
        return _SAME_TIME ** len(points)
    rows = learn(ranges()).rows
    step = _step([accuracy for _, accuracy in points])
    chances = []
    for batch, _ in points:
        spread = rows.get(int(batch))
        width = min(spread.below, spread.above) if spread is not None else 1.0
        chances.append(min(1.0, step / (2 * width * sqrt(pi))))
    return prod(chances)


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
