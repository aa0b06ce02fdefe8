"""What the training cell of question 1 prints, press by press, in the lab's own precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from grader.model import Value
from reference.lab.linear_regression import EXAMPLES_X, EXAMPLES_Y, RATE, START, STEPS

Array = npt.NDArray[np.floating[Any]]


class Press(Value, frozen=True):
    """What one press of the training cell prints: `parameters` are (intercept, slope) after it."""

    loss_before: float
    loss_after: float
    parameters: tuple[float, float]


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
