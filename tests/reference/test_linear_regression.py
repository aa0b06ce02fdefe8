import os
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.lab.linear_regression import (
    EXAMPLES_X,
    EXAMPLES_Y,
    START,
    axes,
    curvature,
    gradient,
    loss,
    optimum,
)
from reference.lab.training_path import trajectory

# What the handout's cell prints, press by press (2023, on TensorFlow 2.21): loss after, intercept, slope.
PRINTED = {
    1: (248.048981, 12.2778835, 5.68694258),
    2: (60.6204, 16.3145, 4.1912),
    3: (22.4336, 18.1365, 3.5161),
    4: (14.6534, 18.9589, 3.2114),
    5: (13.0683, 19.3301, 3.0738),
    12: (12.6626921, 19.6343937, 2.96110463),
}

numbers = st.floats(-20, 20, allow_nan=False, width=32)


def test_first_gradient_and_loss_are_those_of_the_lab() -> None:
    assert gradient(START) == pytest.approx((-491.42, -943.684))
    assert loss(START) == pytest.approx(6234.28564, rel=1e-6)


def test_optimum_is_where_the_gradient_vanishes_and_numpy_agrees() -> None:
    slope, intercept = np.polyfit(EXAMPLES_X, EXAMPLES_Y, 1)
    assert optimum() == pytest.approx((intercept, slope))
    assert gradient(optimum()) == pytest.approx((0, 0), abs=1e-9)
    assert loss(optimum()) == pytest.approx(12.662684, abs=1e-6)


@pytest.mark.parametrize(("press", "printed"), PRINTED.items())
def test_float32_trajectory_prints_the_labs_figures(press: int, printed: tuple[float, float, float]) -> None:
    last = trajectory(press)[-1]
    # printed to nine or to four digits; TensorFlow's own sums differ by about one part in a million
    assert (last.loss_after, *last.parameters) == pytest.approx(printed, rel=1e-6, abs=6e-5)


def test_each_press_goes_on_from_the_last() -> None:
    presses = trajectory(4)
    assert [one.loss_after for one in presses[:-1]] == [one.loss_before for one in presses[1:]]
    assert trajectory(1, steps=40)[0].parameters == presses[-1].parameters


def test_double_precision_agrees_with_single() -> None:
    for single, double in zip(trajectory(12), trajectory(12, dtype=np.float64), strict=True):
        assert single.parameters == pytest.approx(double.parameters, rel=1e-5)


def test_too_large_a_rate_diverges_without_a_warning() -> None:
    assert not np.isfinite(trajectory(30, rate=0.1)[-1].loss_after)


@given(
    st.lists(st.tuples(numbers, numbers), min_size=2, max_size=12),
    st.tuples(numbers, numbers),
    st.tuples(numbers, numbers),
)
def test_curvature_and_gradient_describe_the_loss_exactly(
    points: list[tuple[float, float]], at: tuple[float, float], move: tuple[float, float]
) -> None:
    """The loss is quadratic: value, gradient and curvature at one point give it everywhere."""
    x, y = zip(*points, strict=True)
    step = np.array(move)
    expected = loss(at, x, y) + np.array(gradient(at, x, y)) @ step + 0.5 * step @ curvature(x) @ step
    assert loss(np.array(at) + step, x, y) == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_optimum_of_equal_x_is_an_error() -> None:
    with pytest.raises(ValueError, match="all x are the same"):
        optimum([1.0, 1.0], [2.0, 3.0])


@pytest.fixture(scope="module")
def tf() -> Any:
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow's own imports warn
        import tensorflow

    return tensorflow


@settings(max_examples=25, deadline=None)
@given(
    points=st.lists(st.tuples(numbers, numbers), min_size=1, max_size=12),
    parameters=st.tuples(numbers, numbers),
)
def test_gradient_is_tensorflows(
    tf: Any, points: list[tuple[float, float]], parameters: tuple[float, float]
) -> None:
    x, y = zip(*points, strict=True)
    p = tf.Variable(parameters, dtype=tf.float64)
    with tf.GradientTape() as tape:
        value = tf.reduce_sum((tf.constant(y, tf.float64) - (tf.constant(x, tf.float64) * p[1] + p[0])) ** 2)
    assert loss(parameters, x, y) == pytest.approx(float(value), rel=1e-9, abs=1e-9)
    assert gradient(parameters, x, y) == pytest.approx(tape.gradient(value, p).numpy(), rel=1e-9, abs=1e-6)


def test_trajectory_is_tensorflows(tf: Any) -> None:
    p = tf.Variable(START, dtype=tf.float32)
    x, y = tf.constant(EXAMPLES_X), tf.constant(EXAMPLES_Y)
    for press in trajectory(12):
        for _ in range(10):
            with tf.GradientTape() as tape:
                value = tf.reduce_sum((y - (x * p[1] + p[0])) ** 2)
            p.assign(p - 0.01 * tape.gradient(value, p))
        assert press.parameters == pytest.approx(p.numpy(), rel=2e-6)


@given(st.lists(numbers, min_size=1, max_size=12))
def test_the_axes_are_those_of_numpy(x: list[float]) -> None:
    found = axes(curvature(x))
    values, directions = np.linalg.eigh(np.array(curvature(x)))
    assert (found.flat, found.steep) == pytest.approx(tuple(values), rel=1e-9, abs=1e-9 * values[1])
    if values[1] - values[0] > 1e-6 * values[1]:
        assert abs(np.dot(found.steep_direction, directions[:, 1])) == pytest.approx(1.0)
        assert abs(np.dot(found.flat_direction, directions[:, 0])) == pytest.approx(1.0)
