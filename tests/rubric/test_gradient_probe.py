"""The answer by itself: what is cut out of a notebook, and which paths are those of gradient descent."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from grader.checks.dataflow import read_flow
from grader.checks.listings import parse_listing
from grader.documents.core.document import Block, BlockKind, Document, Place
from grader.execution import Executor, Settings
from reference.gradient.code_evidence import INTEREST, Computation
from reference.gradient.gradient_call import judge_call
from reference.gradient.gradient_probe import ProbeOutcome, descends, fresh_inputs, probe_cells, run_probe
from reference.gradient.gradient_use import Program
from reference.gradient.shown_code import CodePart
from reference.gradient.training_flow import training_steps
from reference.lab.linear_regression import EXAMPLES_X, EXAMPLES_Y, gradient

SETUP = "import tensorflow.compat.v1 as tf\ntf.enable_eager_execution()"
DATA = (
    f"examples_x = {list(EXAMPLES_X)}\nexamples_y = {list(EXAMPLES_Y)}\nparameters = tf.Variable([0.0, 0.0])\n"
    "def model(x, p):\n    return x * p[1] + p[0]\n"
    "def training_loss(p):\n    return tf.reduce_sum(tf.square(examples_y - model(tf.constant(examples_x), p)))\n"
    "unrelated = 1 / 0"
)
LOOP = (
    "for i in range(10):\n    with tf.GradientTape() as tape:\n        loss = training_loss(parameters)\n"
    "    gradient = {}\n    tf.assign(parameters, parameters - 0.01 * gradient)\nprint('done')"
)
RIGHT = "tape.gradient(loss, parameters)"


def cells_of(*sources: str) -> list[str] | str:
    blocks = [
        Block(BlockKind.CODE, text, Place("n.ipynb", f"cell {i}", cell=i)) for i, text in enumerate(sources)
    ]
    parts = tuple(CodePart(block, parse_listing(block.text)) for block in blocks)
    flow = read_flow([part.listing for part in parts], INTEREST)
    document = Document("n.ipynb", "notebook", tuple(blocks))
    program = Program(document, parts, flow, tuple(training_steps(flow)), run=True)
    call = next(one for one in flow.calls if one.name == "gradient")
    return probe_cells(
        program, Computation(blocks[call.segment], call.source, judge_call(call), call), sources
    )


def test_the_loop_and_what_it_needs_and_nothing_else() -> None:
    needed, recorder, training = cells_of(SETUP, DATA, "tf.GradientTape.gradient = None", LOOP.format(RIGHT))
    assert "def training_loss" in needed
    assert "inputs['x']" in needed
    assert "2.02" not in needed
    assert "unrelated" not in needed
    assert "GradientTape.gradient" not in needed + training
    assert "parameters.assign" in recorder
    assert "0.01 * gradient" in training  # as it stands
    assert "done" not in training


def path_of(rate: float, steps: int, seed: int) -> tuple[list[list[float]], dict[str, object]]:
    inputs = fresh_inputs(seed)
    point = np.array(inputs["start"])
    path = [point.tolist()]
    for _ in range(steps):
        point = point - rate * np.asarray(gradient(point, inputs["x"], inputs["y"]))
        path.append(np.float32(point).tolist())
    return path, inputs


@pytest.mark.parametrize("rate", [0.0001, 0.003, 0.01, 0.03])
@pytest.mark.parametrize("steps", [1, 10, 39])
def test_any_rate_and_number_of_steps_is_a_descent(rate: float, steps: int) -> None:
    for seed in range(20):
        path, inputs = path_of(rate, steps, seed)
        assert descends(path, inputs)


@pytest.mark.parametrize("seed", range(20))
def test_no_other_path_is(seed: int) -> None:
    path, inputs = path_of(0.01, 10, seed)
    uphill, _ = path_of(-0.001, 10, seed)
    fixed = [[path[0][0] + 4.9 * k, path[0][1] + 9.4 * k] for k in range(10)]
    for other in (
        uphill,
        fixed,
        [path[0]] * 10,
        path[1:],
        path[:1],
        [],
        None,
        "path",
        [[1]],
        [[10**400, 1]] * 3,
        [[True, 1.0]] * 3,
        [[float("nan")] * 2] * 4,
        {"a": 1},
    ):
        assert not descends(other, inputs)


def test_fresh_data_never_make_a_sound_rate_diverge() -> None:
    for seed in range(50):
        path, _ = path_of(0.018, 30, seed)
        assert max(abs(value) for value in path[-1]) < 200
    assert fresh_inputs(7) == fresh_inputs(7) != fresh_inputs(8)


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with Executor(Settings()) as running:
        if running.refusal():
            pytest.skip(f"notebooks are not run on this host: {running.refusal()}")
        yield running


@pytest.mark.slow
@pytest.mark.parametrize(
    ("expression", "outcome"),
    [
        (RIGHT, ProbeOutcome.AGREES),
        ("tape.gradient(loss, [parameters])[0]", ProbeOutcome.AGREES),
        ("tape.gradient(loss, parameters, output_gradients=tf.constant(-2.0))", ProbeOutcome.DIFFERS),
        (f"tf.constant([-491.42, -943.684]) + 0 * {RIGHT}", ProbeOutcome.DIFFERS),
        ("tape.gradient(parameters, loss)", ProbeOutcome.FAILS),
    ],
)
def test_what_it_does_decides(expression: str, outcome: ProbeOutcome, executor: Executor) -> None:
    cells = cells_of(SETUP, DATA, LOOP.format(expression))
    assert isinstance(cells, list)
    assert run_probe(executor, cells, "2021-2023").outcome is outcome
