"""Whether the figures that the training cell of question 1 printed can come from training.

Three things are true of an honest printout: the loss after is the loss of the printed parameters, the
parameters lie on a path of gradient descent, and the loss before belongs to an earlier point of that path.
Students may press the cell any number of times and may change the rate or the number of steps, also between
two presses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from math import expm1, hypot, log
from typing import Final

from grader.model import Value
from reference.lab.linear_regression import (
    RATE,
    START,
    STEPS,
    Point,
    axes,
    curvature,
    gradient,
    loss,
    optimum,
)

# Float32 sums over ten examples, in an order that TensorFlow chooses: a few units in the seventh digit.
FLOAT32_SLACK = 4e-6
MOST_STEPS = 20000
DIVERGED = 1e30  # what is larger will not stay finite, in float32
_BEST: Final = optimum()
_LEAST: Final = loss(_BEST)
_AXES: Final = axes(curvature())
_MANY: Final = 50  # paths of other rates that are looked at
_STILL: Final = 1e-9  # nearer to the optimum than this, further steps change nothing that is printed
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
    nearest: _Path | None = None
    for path in _paths(loss_before, point):
        nearest = nearest or path
        if loss_before is None or _passes(path, loss_before):
            whole = path.rate == RATE and path.steps % STEPS == 0 and not path.earlier
            return PrintoutJudgement(
                consistent=True,
                message_for_staff=f"On the path of rate {path.rate:g}, step {path.earlier + path.steps}.",
                rate=path.rate,
                steps=path.earlier + path.steps,
                presses=path.steps // STEPS if whole else None,
            )
    if nearest is None:
        return PrintoutJudgement(
            consistent=False,
            problem=Problem.OFF_PATH,
            message_for_student="Gradient descent from (0, 0) does not pass the parameters that you show: "
            "check that the printout belongs to the code.",
            message_for_staff=f"{point} is on no path of gradient descent from {START}, for any number "
            f"of steps up to {MOST_STEPS} and any rate below 0.018.",
        )
    return PrintoutJudgement(
        consistent=False,
        problem=Problem.BEFORE_OFF_PATH,
        message_for_student="The loss before training is not one that training passes on its way to "
        "the parameters you show.",
        message_for_staff=f"The parameters are on the path of rate {nearest.rate:g}, step {nearest.steps}; "
        f"the loss before ({loss_before:g}) is on none.",
    )


def _odd_losses(before: float | None, after: float | None) -> PrintoutJudgement | None:
    least = _LEAST
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
    whole, _, decimals = f"{Decimal(repr(abs(value))):f}".removesuffix(".0").partition(".")
    zeros = 0 if decimals else min(len(whole) - len(whole.rstrip("0")), max(0, len(whole) - 3))
    return float(0.5 * 10.0 ** (zeros - len(decimals)) + abs(value) * FLOAT32_SLACK)


def _loss_agrees(after: float, point: Point) -> bool:
    first, second = (_slack(value) for value in point)
    (one, mixed), (_, other) = curvature()
    along = [abs(part) for part in gradient(point)]
    bent = 0.5 * (one * first * first + 2 * mixed * first * second + other * second * second)
    return abs(after - loss(point)) <= _slack(after) + along[0] * first + along[1] * second + bent


def _paths(before: float | None, point: Point) -> Iterator[_Path]:
    """Paths to the point: straight from the start, else with the rate changed where `before` was printed."""
    yield from _search(START, point)
    if before is None:
        return
    slack = _slack(before)
    for count, off in enumerate(islice(_distances(START, RATE), 301)):
        if count and abs(_loss_at(off) - before) <= slack:
            place = tuple(
                best + off[0] * flat + off[1] * steep
                for best, flat, steep in zip(_BEST, _AXES.flat_direction, _AXES.steep_direction, strict=True)
            )
            for path in _search((place[0], place[1]), point):
                yield _Path(path.start, path.rates, path.steps, earlier=count)
            return


def _search(start: Point, point: Point) -> Iterator[_Path]:
    """Paths of one rate from `start` to within the written precision of `point`, usual rates first.

    Along the two directions of the curvature, n steps at rate r multiply the distance to the optimum by
    (1 - r * curvature) ** n. The flat direction gives r for each n, the steep one then agrees or not.
    """
    first, last = _off(start), _off(point)
    allowed = hypot(*(_slack(value) + 1e-5 for value in point))
    for rate in RATES:
        for count, off in enumerate(_distances(start, rate)):
            if abs(off[0] - last[0]) <= allowed and abs(off[1] - last[1]) <= allowed:
                yield _Path(start, (rate, rate), count)
                break
    yield from islice(_of_other_rates(start, first, last, allowed), _MANY)


def _of_other_rates(start: Point, first: Point, last: Point, allowed: float) -> Iterator[_Path]:
    """For each number of steps the rates that the flat direction leaves, where the steep direction bears them out."""
    ends = [min(1.0, max(1e-12, (last[0] + off) / first[0])) for off in (-allowed, allowed)]
    logs = [log(end) for end in ends]
    flat, steep = _AXES.flat, _AXES.steep
    for n in range(1, MOST_STEPS + 1):
        one, other = (-expm1(part / n) / flat for part in logs)
        if one + other <= 0.0 or min(one, other) >= 2.0 / steep:
            continue
        left = [1.0 - rate * steep for rate in (one, other)]
        ahead = [part**n * first[1] for part in left]
        low, high = min(ahead) - allowed, max(ahead) + allowed
        if left[0] * left[1] < 0.0:  # passes 0 between the two ends
            low, high = min(low, 0.0), max(high, 0.0)
        if low <= last[1] <= high:
            yield _Path(start, (one, other), n)


def _off(point: Point) -> Point:
    """A point's distances to the optimum along the flat and the steep direction."""
    one, other = point[0] - _BEST[0], point[1] - _BEST[1]
    flat, steep = _AXES.flat_direction, _AXES.steep_direction
    return flat[0] * one + flat[1] * other, steep[0] * one + steep[1] * other


def _distances(start: Point, rate: float) -> Iterator[Point]:
    """Distances to the optimum along the two directions, from no step on, until steps change nothing or run away."""
    flat, steep = _off(start)
    by_flat, by_steep = 1.0 - rate * _AXES.flat, 1.0 - rate * _AXES.steep
    for _ in range(MOST_STEPS + 1):
        yield flat, steep
        if abs(flat) + abs(steep) < _STILL or abs(steep) > DIVERGED:
            return
        flat *= by_flat
        steep *= by_steep


def _loss_at(off: Point) -> float:
    """The exact loss at these distances: that of the optimum and half the curvature times squares."""
    return _LEAST + 0.5 * (_AXES.flat * off[0] * off[0] + _AXES.steep * off[1] * off[1])


def _passes(path: _Path, before: float) -> bool:
    """Whether the loss before is that of a point on the path, or of where a changed rate set in."""
    if path.earlier:
        return True
    slack = _slack(before)
    walks = [islice(_distances(path.start, rate), path.steps + 1) for rate in path.rates]
    for one, other in zip(*walks, strict=False):  # one may have come to rest before the other
        losses = _loss_at(one), _loss_at(other)
        if min(losses) <= before + slack and before - slack <= max(losses):
            return True
    return False
