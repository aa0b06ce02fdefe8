"""Question 1's linear regression in NumPy alone: its loss, its gradient by hand, and the path of training.

The loss is a sum of squares, so each step of gradient descent is a linear map of the distance to the optimum.
That gives the parameters after any number of steps in closed form, and lets a printed loss and pair of
parameters be judged without running anything.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from grader.model import Value

Array = npt.NDArray[np.floating[Any]]

# Cell 22 of the handout (2023).
EXAMPLES_X: tuple[float, ...] = (2.02, 0.19, 2.9, 1.02, 0.35, 4.39, 0.15, 2.53, 3.07, 0.05)
EXAMPLES_Y: tuple[float, ...] = (27.07, 19.91, 26.18, 23.48, 19.22, 32.51, 20.11, 28.93, 28.29, 20.01)
START: tuple[float, float] = (0.0, 0.0)
RATE = 0.01
STEPS = 10


class Press(Value, frozen=True):
    """What one press of the training cell prints: `parameters` are (intercept, slope) after it."""

    loss_before: float
    loss_after: float
    parameters: tuple[float, float]


def predict(parameters: npt.ArrayLike, x: npt.ArrayLike = EXAMPLES_X) -> Array:
    """The line `x * slope + intercept` at each `x`; `parameters` is (intercept, slope)."""
    intercept, slope = np.asarray(parameters)
    return np.asarray(np.asarray(x) * slope + intercept)


def loss(parameters: npt.ArrayLike, x: npt.ArrayLike = EXAMPLES_X, y: npt.ArrayLike = EXAMPLES_Y) -> float:
    """The sum (not the mean) of squared errors over the examples, in double precision."""
    residual = np.asarray(y, dtype=np.float64) - predict(np.asarray(parameters, dtype=np.float64), x)
    return float(residual @ residual)


def gradient(
    parameters: npt.ArrayLike, x: npt.ArrayLike = EXAMPLES_X, y: npt.ArrayLike = EXAMPLES_Y
) -> tuple[float, float]:
    """The derivative of `loss` by (intercept, slope): -2 times the residuals, plain and times `x`, summed."""
    points = np.asarray(x, dtype=np.float64)
    residual = np.asarray(y, dtype=np.float64) - predict(np.asarray(parameters, dtype=np.float64), points)
    return float(-2.0 * residual.sum()), float(-2.0 * (residual @ points))


def optimum(x: npt.ArrayLike = EXAMPLES_X, y: npt.ArrayLike = EXAMPLES_Y) -> tuple[float, float]:
    """The least-squares (intercept, slope). Raises `ValueError` if all `x` are the same."""
    points, values = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    spread = points - points.mean()
    if not spread.any():
        raise ValueError("all x are the same: no line is the best one")
    slope = float(spread @ (values - values.mean()) / (spread @ spread))
    return float(values.mean() - slope * points.mean()), slope


def curvature(x: npt.ArrayLike = EXAMPLES_X) -> Array:
    """The 2 by 2 matrix of second derivatives of `loss`, the same everywhere."""
    points = np.asarray(x, dtype=np.float64)
    return 2.0 * np.array([[float(points.size), points.sum()], [points.sum(), points @ points]])


def trajectory(
    presses: int,
    rate: float = RATE,
    steps: int = STEPS,
    *,
    start: npt.ArrayLike = START,
    dtype: npt.DTypeLike = np.float32,
) -> tuple[Press, ...]:
    """What `presses` runs of the training cell print, each going on from the last.

    `dtype` is float32 as in the lab; TensorFlow may sum in another order, so its figures agree to about one
    part in a million. Use float64 for the exact path. Non-finite figures come out where the rate diverges.
    """
    x, y = np.asarray(EXAMPLES_X, dtype=dtype), np.asarray(EXAMPLES_Y, dtype=dtype)
    p = np.array(start, dtype=dtype)
    step = np.asarray(rate, dtype=dtype)
    two = np.asarray(2.0, dtype=dtype)

    def residual() -> Array:
        return np.asarray(y - (x * p[1] + p[0]))

    printed: list[Press] = []
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(presses):
            before = float(np.sum(residual() ** 2))
            for _ in range(steps):
                r = residual()
                p = p + step * np.array([np.sum(two * r), np.sum(two * r * x)], dtype=dtype)
            printed.append(Press(before, float(np.sum(residual() ** 2)), (float(p[0]), float(p[1]))))
    return tuple(printed)
