"""The time of one epoch at each batch size, on hardware that nobody knows.

time = start-up + steps x cost of a step + images x cost of an image

The images are the same 60000 at every batch size, so five points alone cannot tell start-up from the cost of
an image. What any machine shares is their proportion to the cost of a step, which updates all 118 282 weights
however small the batch: start-up costs no more than `STARTUP_STEPS` steps, an image no more than
`IMAGE_SHARE` of a step. Those two limits turn the three costs into a cone: the non-negative combinations of
three curves. A table is judged by its distance from that cone, so the machine's speed plays no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, inf, log, sqrt
from typing import Final, NamedTuple, TypeAlias

from grader.model import Value
from reference.lab.batch_sizes import IMAGES, steps

STARTUP_STEPS = 4000.0
IMAGE_SHARE = 0.1
NOISE = 0.25  # run-to-run spread of log(time) on a shared machine
# Real reports come to 1.8-3.3 ms a step, our own runs to 0.8-1.7 ms. Machines within a factor of 30 of each
# other are taken for usual: they span four standard deviations.
USUAL_STEP = 2e-3
SPEED_SPREAD = log(30) / 4
LATE = (
    1.2  # seconds by which a run is late besides, on average where it is: the first compiles, a host stalls
)
_LONGEST, _FINEST = 1e9, 1e-6  # seconds: what is longer, or written more finely, is no other measurement
_ROUNDS = 40
_DELAYS: Final = (
    0.0,
    *(0.05 * 600.0 ** (place / 31) for place in range(32)),
)  # seconds: none, and from 0.05 to 30
_SAME = 1e-12  # what is left of a column besides the others, squared, if it follows from them


class TimedRow(Value, frozen=True):
    """One measured epoch: `seconds` as written, `half_step` half of the last written digit's worth."""

    batch: int
    seconds: float
    half_step: float = 0.5


class TimeFit(Value, frozen=True):
    """The nearest times that a machine could give.

    `late` is by how many seconds each row is taken to have been held up, `ratios` the logarithm of what
    remains of the written time over the predicted one, rounding allowed for. `misfit` is the natural
    logarithm of how unlikely those are together: half the squares of the ratios over `NOISE`, and the delays
    over `LATE`.
    """

    startup: float
    per_step: float
    per_image: float
    predicted: tuple[float, ...]
    late: tuple[float, ...]
    ratios: tuple[float, ...]
    misfit: float


def predict(startup: float, per_step: float, per_image: float, batch: int) -> float:
    """Seconds for one epoch at this batch size, from the three costs in seconds."""
    return startup + per_step * steps(batch) + per_image * IMAGES


def fit(rows: Sequence[TimedRow]) -> TimeFit:
    """Fits the three costs to the rows, all times at least 0. With fewer than two rows everything fits."""
    if not rows:
        return TimeFit(0.0, 0.0, 0.0, (), (), (), 0.0)
    curves = [_curves(row.batch) for row in rows]
    spans = [_Span.of(row) for row in rows]
    target = [max(span.written, 0.25 * span.half) for span in spans]
    best: tuple[float, _Three, list[_Explained]] | None = None
    for _ in range(_ROUNDS):
        weights = _nonnegative(
            [(a / one, b / one, c / one) for (a, b, c), one in zip(curves, target, strict=True)]
        )
        explained = [
            _explained(_time(curve, weights), span) for curve, span in zip(curves, spans, strict=True)
        ]
        target = [one.seconds for one in explained]
        misfit = fsum(0.5 * (one.ratio / NOISE) ** 2 + one.delay / LATE for one in explained)
        if best is not None and misfit > best[0] - 1e-4:
            break
        best = (misfit, weights, explained)
    assert best is not None
    misfit, weights, explained = best
    return TimeFit(
        startup=weights[0],
        per_step=weights[1] + weights[0] / STARTUP_STEPS + weights[2] / IMAGE_SHARE,
        per_image=weights[2],
        predicted=tuple(_time(curve, weights) for curve in curves),
        late=tuple(one.delay for one in explained),
        ratios=tuple(one.ratio for one in explained),
        misfit=misfit,
    )


_Three: TypeAlias = tuple[float, float, float]


class _Span(NamedTuple):
    """The seconds that are written, within measure, and half of the last digit's worth."""

    written: float
    half: float

    @classmethod
    def of(cls, row: TimedRow) -> _Span:
        return cls(min(max(row.seconds, 0.0), _LONGEST), min(max(row.half_step, _FINEST), _LONGEST))


class _Explained(NamedTuple):
    """The likeliest undelayed time of a row within rounding, its delay, and log(time / predicted)."""

    seconds: float
    delay: float
    ratio: float


def _curves(batch: int) -> _Three:
    """What start-up, steps and images add to an epoch, the first and the last at their limits beside the steps."""
    count = float(steps(batch))
    return 1.0 + count / STARTUP_STEPS, count, IMAGES + count / IMAGE_SHARE


def _time(curve: _Three, weights: _Three) -> float:
    return curve[0] * weights[0] + curve[1] * weights[1] + curve[2] * weights[2]


def _explained(predicted: float, span: _Span) -> _Explained:
    floor = max(predicted, 1e-9)
    low, high = max(span.written - span.half, 0.0), span.written + span.half
    best, least = _Explained(0.0, 0.0, 0.0), inf
    for delay in _DELAYS:
        if delay / LATE >= least:  # so does each longer one
            break
        nearest = min(max(floor, low - delay, 1e-6), max(high - delay, 1e-6))
        ratio = log(nearest / floor)
        cost = 0.5 * (ratio / NOISE) ** 2 + delay / LATE
        if cost < least:
            best, least = _Explained(nearest, delay, ratio), cost
    return best


def speed_distance(found: TimeFit, rows: Sequence[TimedRow]) -> float:
    """How far the cost of a step is from usual, in standard deviations of its logarithm; negative if faster.

    Only a run of many steps tells: without batch size 1 or 10 the answer is 0.
    """
    if found.per_step <= 0 or all(row.batch > 10 for row in rows):
        return 0.0
    return log(found.per_step / USUAL_STEP) / SPEED_SPREAD


def _nonnegative(rows: Sequence[_Three]) -> _Three:
    """The weights of the columns, none negative, that bring all rows nearest to 1: the best of all subsets of the three.

    By Cramer's rule, on columns of length one: for so few unknowns a general solver takes ten times as long.
    """
    lengths, columns = [], []
    for column in zip(*rows, strict=True):
        largest = max(column)  # none is negative; the squares of times beyond reason would vanish
        length = largest * sqrt(fsum((one / largest) ** 2 for one in column))
        lengths.append(length)
        columns.append([one / length for one in column])
    first, second, third = columns
    ab, ac, bc = _along(first, second), _along(first, third), _along(second, third)
    a, b, c = fsum(first), fsum(second), fsum(third)
    outer = _pair(ac, a, c)
    best, most = (0.0, 0.0, 0.0), 0.0
    for solution in (
        (a, 0.0, 0.0),
        (0.0, b, 0.0),
        (0.0, 0.0, c),
        (*_pair(ab, a, b), 0.0),
        (outer[0], 0.0, outer[1]),
        (0.0, *_pair(bc, b, c)),
        _triple(ab, ac, bc, (a, b, c)),
    ):
        explained = solution[0] * a + solution[1] * b + solution[2] * c
        if min(solution) >= 0.0 and explained > most:
            best, most = solution, explained
    return best[0] / lengths[0], best[1] / lengths[1], best[2] / lengths[2]


def _along(one: Sequence[float], other: Sequence[float]) -> float:
    return fsum(left * right for left, right in zip(one, other, strict=True))


def _pair(cosine: float, one: float, other: float) -> tuple[float, float]:
    """The weights of two columns of length one; negative where the two are the same."""
    rest = 1.0 - cosine * cosine
    if rest < _SAME:
        return -1.0, -1.0
    return (one - cosine * other) / rest, (other - cosine * one) / rest


def _triple(ab: float, ac: float, bc: float, aim: tuple[float, float, float]) -> tuple[float, float, float]:
    """The weights of three columns of length one; negative where one of them follows from the others."""
    a, b, c = aim
    rest = 1.0 + 2.0 * ab * ac * bc - ab * ab - ac * ac - bc * bc
    if rest < _SAME:
        return -1.0, -1.0, -1.0
    return (
        (a * (1.0 - bc * bc) + b * (ac * bc - ab) + c * (ab * bc - ac)) / rest,
        (a * (ac * bc - ab) + b * (1.0 - ac * ac) + c * (ab * ac - bc)) / rest,
        (a * (ab * bc - ac) + b * (ab * ac - bc) + c * (1.0 - ab * ab)) / rest,
    )
