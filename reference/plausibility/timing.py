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
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.model import Value
from reference.lab.batch_sizes import IMAGES, steps

Array = npt.NDArray[np.floating[Any]]

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
_DELAYS = np.concatenate([[0.0], np.geomspace(0.05, 30.0, 32)])
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
    counts = np.array([steps(row.batch) for row in rows], dtype=np.float64)
    curves = np.column_stack([1.0 + counts / STARTUP_STEPS, counts, IMAGES + counts / IMAGE_SHARE])
    written = np.clip(np.array([row.seconds for row in rows], dtype=np.float64), 0.0, _LONGEST)
    half = np.clip(np.array([row.half_step for row in rows], dtype=np.float64), _FINEST, _LONGEST)
    target = np.maximum(written, 0.25 * half)
    best: tuple[float, Array, Array, Array] | None = None
    for _ in range(_ROUNDS):
        scale = 1.0 / target
        weights = _nonnegative(curves * scale[:, None], target * scale)
        target, late, ratios = _explained(curves @ weights, written, half)
        misfit = float(0.5 * (ratios @ ratios) / NOISE**2 + late.sum() / LATE)
        if best is not None and misfit > best[0] - 1e-4:
            break
        best = (misfit, weights, late, ratios)
    assert best is not None
    misfit, weights, late, ratios = best
    return TimeFit(
        startup=float(weights[0]),
        per_step=float(weights[1] + weights[0] / STARTUP_STEPS + weights[2] / IMAGE_SHARE),
        per_image=float(weights[2]),
        predicted=_plain(curves @ weights),
        late=_plain(late),
        ratios=_plain(ratios),
        misfit=misfit,
    )


def _explained(predicted: Array, written: Array, half: Array) -> tuple[Array, Array, Array]:
    """For each row the likeliest undelayed time within rounding, its delay, and log(time / predicted)."""
    floor = np.maximum(predicted, 1e-9)[:, None]
    low = np.maximum(written - half, 0.0)[:, None] - _DELAYS
    high = (written + half)[:, None] - _DELAYS
    nearest = np.clip(floor, np.maximum(low, 1e-6), np.maximum(high, 1e-6))
    ratios = np.log(nearest / floor)
    cost = 0.5 * (ratios / NOISE) ** 2 + _DELAYS / LATE
    choice = cost.argmin(axis=1)
    rows = np.arange(len(written))
    return nearest[rows, choice], _DELAYS[choice], ratios[rows, choice]


def _plain(values: Array) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def speed_distance(found: TimeFit, rows: Sequence[TimedRow]) -> float:
    """How far the cost of a step is from usual, in standard deviations of its logarithm; negative if faster.

    Only a run of many steps tells: without batch size 1 or 10 the answer is 0.
    """
    if found.per_step <= 0 or all(row.batch > 10 for row in rows):
        return 0.0
    return log(found.per_step / USUAL_STEP) / SPEED_SPREAD


def _nonnegative(matrix: Array, target: Array) -> Array:
    """Least squares with no negative weight: the best of all subsets of the (three) columns.

    By Cramer's rule, on columns of length one: for so few unknowns a general solver takes ten times as long.
    """
    largest = matrix.max(axis=0)  # none is negative; the squares of times beyond reason would vanish
    lengths = largest * np.sqrt(((matrix / largest) ** 2).sum(axis=0))
    columns = matrix / lengths
    (_, ab, ac), (_, _, bc), _ = (columns.T @ columns).tolist()
    a, b, c = (columns.T @ target).tolist()
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
    found: Array = np.asarray(best, dtype=np.float64) / lengths
    return found


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
