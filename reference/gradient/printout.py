"""Whether the figures that the training cell of question 1 printed can come from training.

Three things are true of an honest printout: the loss after is the loss of the printed parameters, the
parameters lie on a path of gradient descent, and the loss before belongs to an earlier point of that path.
Students may press the cell any number of times and may change the rate or the number of steps, also between
two presses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from math import hypot
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.model import Value
from reference.lab.linear_regression import RATE, START, STEPS, curvature, gradient, loss, optimum

Array = npt.NDArray[np.floating[Any]]

# Float32 sums over ten examples, in an order that TensorFlow chooses: a few units in the seventh digit.
FLOAT32_SLACK = 4e-6
MOST_STEPS = 20000
DIVERGED = 1e30  # what is larger will not stay finite, in float32
# The rates students try. Above 2 / 109.98 = 0.0182 (the steep curvature) descent diverges; a tenth ends in
# NaN.
RATES = (0.01, 0.001, 0.005, 0.002, 0.015, 0.02, 0.0001, 0.0005, 0.003, 0.018, 0.05, 0.1)


class Problem(StrEnum):
    """What keeps a printout from being one of training."""

    NONE = ""
    NOT_FINITE = "not-finite"
    LOSS_MISMATCH = "loss-mismatch"
    LOSS_TOO_SMALL = "loss-too-small"
    LOSS_ROSE = "loss-rose"
    OFF_PATH = "off-path"
    BEFORE_OFF_PATH = "before-off-path"


class PrintoutJudgement(Value, frozen=True):
    """`rate` and `steps` describe the path found, from (0, 0); both are None where no path was looked for.

    `presses` is the number of presses of the cell as handed out, if that is what `steps` comes to.
    """

    consistent: bool
    problem: Problem = Problem.NONE
    message_for_student: str = ""
    message_for_staff: str = ""
    rate: float | None = None
    steps: int | None = None
    presses: int | None = None


class _Path(Value, frozen=True):
    """`steps` from `start` at a rate within `rates`, and `earlier` steps at the usual rate before."""

    start: tuple[float, float]
    rates: tuple[float, float]
    steps: int
    earlier: int = 0

    @property
    def rate(self) -> float:
        return sum(self.rates) / 2


def explain_printout(
    loss_before: float | None, loss_after: float | None, parameters: Sequence[float] | None
) -> PrintoutJudgement:
    """Judges the two losses and the (intercept, slope), each to the precision that it is written in.

    None stands for a figure that is not there. Raises `ValueError` unless there are exactly two parameters.
    """
    given = [value for value in (loss_before, loss_after, *(parameters or ())) if value is not None]
    if not all(abs(value) < DIVERGED for value in given):
        return PrintoutJudgement(
            consistent=False,
            problem=Problem.NOT_FINITE,
            message_for_student="The printed figures are not finite: training diverges at this rate.",
            message_for_staff="A figure of the printout is NaN or beyond bounds, as with rates above 0.018.",
        )
    if (odd := _odd_losses(loss_before, loss_after)) is not None:
        return odd
    if parameters is None:
        return PrintoutJudgement(consistent=True, message_for_staff="No parameters to compare with.")
    intercept, slope = parameters
    point = (float(intercept), float(slope))
    if loss_after is not None and not _loss_agrees(loss_after, point):
        if _loss_agrees(loss_after, point[::-1]):
            point = point[::-1]
        else:
            return _mismatch(loss_after, point)
    paths = list(_paths(loss_before, point))
    if not paths:
        return PrintoutJudgement(
            consistent=False,
            problem=Problem.OFF_PATH,
            message_for_student="Gradient descent from (0, 0) does not pass the parameters that you show: "
            "check that the printout belongs to the code.",
            message_for_staff=f"{point} is on no path of gradient descent from {START}, for any number "
            f"of steps up to {MOST_STEPS} and any rate below 0.018.",
        )
    for path in paths:
        if loss_before is None or _passes(path, loss_before):
            whole = path.rate == RATE and path.steps % STEPS == 0 and not path.earlier
            return PrintoutJudgement(
                consistent=True,
                message_for_staff=f"On the path of rate {path.rate:g}, step {path.earlier + path.steps}.",
                rate=path.rate,
                steps=path.earlier + path.steps,
                presses=path.steps // STEPS if whole else None,
            )
    return PrintoutJudgement(
        consistent=False,
        problem=Problem.BEFORE_OFF_PATH,
        message_for_student="The loss before training is not one that training passes on its way to "
        "the parameters you show.",
        message_for_staff=f"The parameters are on the path of rate {paths[0].rate:g}, step {paths[0].steps}; "
        f"the loss before ({loss_before:g}) is on none.",
    )


def _odd_losses(before: float | None, after: float | None) -> PrintoutJudgement | None:
    least = loss(optimum())
    for value in (before, after):
        if value is not None and value + _slack(value) < least:
            return PrintoutJudgement(
                consistent=False,
                problem=Problem.LOSS_TOO_SMALL,
                message_for_student=f"A loss of {value:g} is below what any line reaches on these data.",
                message_for_staff=f"Loss {value:g}; the least-squares line has {least:.6f}.",
            )
    if before is None or after is None or before + _slack(before) + _slack(after) >= after:
        return None
    if after > loss(START):
        return None  # a rate too large: the path decides
    return PrintoutJudgement(
        consistent=False,
        problem=Problem.LOSS_ROSE,
        message_for_student="The loss is larger after training than before.",
        message_for_staff=f"Loss {before:g} before, {after:g} after.",
    )


def _mismatch(after: float, point: tuple[float, float]) -> PrintoutJudgement:
    return PrintoutJudgement(
        consistent=False,
        problem=Problem.LOSS_MISMATCH,
        message_for_student="The loss after training is not the loss of the parameters printed with it: "
        "they come from different runs.",
        message_for_staff=f"Printed loss {after:g}; the parameters {point} have a loss of {loss(point):.6f}.",
    )


def _slack(value: float) -> float:
    """How far the true value may be from the written one: half its last digit, and float32.

    A whole number of four or more digits may have been rounded to three: 6230 stands for 6234.28.
    """
    whole, _, decimals = np.format_float_positional(abs(value), trim="-").partition(".")
    zeros = 0 if decimals else min(len(whole) - len(whole.rstrip("0")), max(0, len(whole) - 3))
    return float(0.5 * 10.0 ** (zeros - len(decimals)) + abs(value) * FLOAT32_SLACK)


def _loss_agrees(after: float, point: tuple[float, float]) -> bool:
    wobble = np.array([_slack(value) for value in point])
    allowed = _slack(after) + np.abs(gradient(point)) @ wobble + 0.5 * wobble @ curvature() @ wobble
    return bool(abs(after - loss(point)) <= allowed)


def _paths(before: float | None, point: tuple[float, float]) -> Iterator[_Path]:
    """Paths to the point: straight from the start, else with the rate changed where `before` was printed."""
    yield from _search(START, point)
    if before is None:
        return
    distances = _distances(START, RATE, 300)
    counts = np.flatnonzero(np.abs(_losses(distances) - before) <= _slack(before))
    for count in counts[counts > 0][:1]:
        place = np.array(optimum()) + np.linalg.eigh(curvature())[1] @ distances[count]
        for path in _search((float(place[0]), float(place[1])), point):
            yield _Path(path.start, path.rates, path.steps, earlier=int(count))


def _search(start: tuple[float, float], point: tuple[float, float]) -> Iterator[_Path]:
    """Paths of one rate from `start` to within the written precision of `point`, usual rates first.

    Along the two directions of the curvature, n steps at rate r multiply the distance to the optimum by
    (1 - r * curvature) ** n. The flat direction gives r for each n, the steep one then agrees or not.
    """
    curvatures, directions = np.linalg.eigh(curvature())
    best = np.array(optimum())
    first = directions.T @ (np.array(start) - best)
    last = directions.T @ (np.array(point) - best)
    allowed = hypot(*(_slack(value) + 1e-5 for value in point))
    for rate in RATES:
        distances = _distances(start, rate, MOST_STEPS)
        hits = np.flatnonzero((np.abs(distances - last) <= allowed).all(axis=1))
        yield from (_Path(start, (rate, rate), int(count)) for count in hits[:1])
    n = np.arange(1, MOST_STEPS + 1)
    flat, steep = curvatures
    ends = np.clip(np.array([last[0] - allowed, last[0] + allowed]) / first[0], 1e-12, 1.0)
    rates = (1.0 - ends[:, None] ** (1.0 / n)) / flat
    ahead = (1.0 - rates * steep) ** n * first[1]
    low, high = ahead.min(axis=0) - allowed, ahead.max(axis=0) + allowed
    turned = np.sign(1.0 - rates * steep).prod(axis=0) < 0  # passes 0 between the two ends
    low, high = np.where(turned, np.minimum(low, 0), low), np.where(turned, np.maximum(high, 0), high)
    near = (low <= last[1]) & (last[1] <= high) & (rates.mean(axis=0) > 0) & (rates.min(axis=0) < 2.0 / steep)
    yield from (
        _Path(start, (float(rates[0, index]), float(rates[1, index])), int(n[index]))
        for index in np.flatnonzero(near)[:50]
    )


def _distances(start: tuple[float, float], rate: float, count: int) -> Array:
    """Distances to the optimum along the two directions of curvature, shape (count + 1, 2), step by step."""
    curvatures, directions = np.linalg.eigh(curvature())
    first = directions.T @ (np.array(start) - np.array(optimum()))
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray((1.0 - rate * curvatures) ** np.arange(count + 1)[:, None] * first)


def _losses(distances: Array) -> Array:
    """The exact loss at each of these distances: that of the optimum and half the curvature times squares."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(loss(optimum()) + 0.5 * distances**2 @ np.linalg.eigvalsh(curvature()))


def _passes(path: _Path, before: float) -> bool:
    """Whether the loss before is that of a point on the path, or of where a changed rate set in."""
    if path.earlier:
        return True
    one, other = (_losses(_distances(path.start, rate, path.steps)) for rate in path.rates)
    slack = _slack(before)
    return bool(
        ((np.minimum(one, other) <= before + slack) & (before - slack <= np.maximum(one, other))).any()
    )
