"""Question 1's linear regression, its loss and its gradient by hand, in plain numbers.

The loss is a sum of squares, so each step of gradient descent is a linear map of the distance to the optimum.
That gives the parameters after any number of steps in closed form, and lets a printed loss and pair of
parameters be judged without running anything. Ten examples and two parameters need no library of arrays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

from grader.model import Value

Matrix: TypeAlias = tuple[tuple[float, float], tuple[float, float]]
Point: TypeAlias = tuple[float, float]

# Cell 22 of the handout (2023).
EXAMPLES_X: tuple[float, ...] = (2.02, 0.19, 2.9, 1.02, 0.35, 4.39, 0.15, 2.53, 3.07, 0.05)
EXAMPLES_Y: tuple[float, ...] = (27.07, 19.91, 26.18, 23.48, 19.22, 32.51, 20.11, 28.93, 28.29, 20.01)
START: Point = (0.0, 0.0)
RATE = 0.01
STEPS = 10


class Axes(Value, frozen=True):
    """The two directions in which the loss curves least and most: `flat` and `steep` are the curvatures, each with its unit vector."""

    flat: float
    steep: float
    flat_direction: Point
    steep_direction: Point


def _residuals(parameters: Sequence[float], x: Sequence[float], y: Sequence[float]) -> list[float]:
    intercept, slope = parameters
    return [value - (at * slope + intercept) for at, value in zip(x, y, strict=True)]


def loss(
    parameters: Sequence[float], x: Sequence[float] = EXAMPLES_X, y: Sequence[float] = EXAMPLES_Y
) -> float:
    """The sum (not the mean) of squared errors over the examples, in double precision; `parameters` is (intercept, slope)."""
    return math.fsum(one * one for one in _residuals(parameters, x, y))


def gradient(
    parameters: Sequence[float], x: Sequence[float] = EXAMPLES_X, y: Sequence[float] = EXAMPLES_Y
) -> Point:
    """The derivative of `loss` by (intercept, slope): -2 times the residuals, plain and times `x`, summed."""
    residuals = _residuals(parameters, x, y)
    return -2.0 * math.fsum(residuals), -2.0 * math.fsum(
        one * at for one, at in zip(residuals, x, strict=True)
    )


def optimum(x: Sequence[float] = EXAMPLES_X, y: Sequence[float] = EXAMPLES_Y) -> Point:
    """The least-squares (intercept, slope). Raises `ValueError` if all `x` are the same."""
    mean, middle = math.fsum(x) / len(x), math.fsum(y) / len(y)
    spread = [at - mean for at in x]
    if not any(spread):
        raise ValueError("all x are the same: no line is the best one")
    along = math.fsum(off * (value - middle) for off, value in zip(spread, y, strict=True))
    slope = along / math.fsum(off * off for off in spread)
    return middle - slope * mean, slope


def curvature(x: Sequence[float] = EXAMPLES_X) -> Matrix:
    """The 2 by 2 matrix of second derivatives of `loss`, the same everywhere."""
    total = 2.0 * math.fsum(x)
    return (2.0 * len(x), total), (total, 2.0 * math.fsum(at * at for at in x))


def axes(matrix: Matrix) -> Axes:
    """The principal axes of a symmetric matrix: its eigenvalues, the smaller one first, and their directions."""
    (one, mixed), (_, other) = matrix
    middle, half = (one + other) / 2, math.hypot((one - other) / 2, mixed)
    angle = math.atan2(2 * mixed, one - other) / 2  # of the steep direction
    steep = (math.cos(angle), math.sin(angle))
    return Axes(
        flat=(one * other - mixed * mixed) / (middle + half) if middle + half else 0.0,
        steep=middle + half,
        flat_direction=(-steep[1], steep[0]),
        steep_direction=steep,
    )
