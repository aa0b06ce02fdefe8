"""Runs a student's gradient computation, and nothing else of theirs, in our own training loop with fresh data.

The answer is one expression, ``tape.gradient(...)``, with the student's names followed back to the handout's. It is
grafted into trusted code, trained a few steps from a random start on random examples, and the path of the
parameters is compared, outside of the kernel, with the path of the analytic gradient. Made-up constants and
forged outputs do not fit data that nobody has seen.
"""

from __future__ import annotations

import ast
import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import numpy as np

from grader.checks.code import Bindings, Call, parse_expression
from grader.execution import Executor
from grader.model import ExecutionStatus, Value
from reference.lab.linear_regression import gradient
from reference.lab.notebook_plan import PROFILES

PROFILE: Final = PROFILES["2021-2023"]
SECONDS: Final = 30.0  # for a few steps on ten numbers; a call that takes longer is no answer
_KNOWN: Final = frozenset(
    ("tape", "loss", "parameters", "training_loss", "model", "examples_x", "examples_y", "tf")
)
_MAX_STEPS: Final = 6  # of following a name
_TOLERANCE: Final = 2e-3  # relative; float32 over a few steps stays two orders below
_ALLOWED: Final = (ast.expr, ast.keyword, ast.operator, ast.unaryop, ast.expr_context)
_REFUSED: Final = (
    ast.Lambda,
    ast.Await,
    ast.Yield,
    ast.YieldFrom,
    ast.NamedExpr,
    ast.JoinedStr,
    ast.GeneratorExp,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
)

_TRAINING: Final = """
import tensorflow.compat.v1 as tf
tf.enable_eager_execution()
examples_x = [float(value) for value in inputs["x"]]
examples_y = [float(value) for value in inputs["y"]]
parameters = tf.Variable(inputs["start"], dtype=tf.float32)

def model(x, p):
    return x * p[1] + p[0]

def training_loss(p):
    return tf.reduce_sum(tf.square(examples_y - model(tf.constant(examples_x), p)))

path = []
for _ in range(int(inputs["steps"])):
    with tf.GradientTape(persistent=True) as tape:
        loss = training_loss(parameters)
    gradient = ANSWER
    while isinstance(gradient, (list, tuple)) and len(gradient) == 1:
        gradient = gradient[0]
    parameters.assign(parameters - inputs["rate"] * gradient)
    path.append([float(value) for value in parameters.numpy()])
"""


class Outcome(StrEnum):
    """Whether the student's computation trains as the analytic gradient does."""

    AGREES = "agrees"
    DIFFERS = "differs"
    FAILS = "fails"  # it raises an error where the handout's call would not
    UNKNOWN = "unknown"  # it could not be run by itself, or not here


class Confirmation(Value, frozen=True):
    """`seed` makes the same data again; `note` is for staff."""

    outcome: Outcome
    seed: int = 0
    note: str = ""


def confirm(executor: Executor, call: Call, known: Bindings) -> Confirmation:
    """Runs the call in trusted code, isolated, and compares. Nothing of the student's but the call is run."""
    answer = graft(call, known)
    if answer is None:
        return Confirmation(Outcome.UNKNOWN, note="The call uses names that mean nothing by themselves.")
    seed = secrets.randbits(48)
    inputs = fresh_inputs(seed)
    run = executor.run_code(
        [_TRAINING.replace("ANSWER", answer)], "path", PROFILE, inputs=inputs, seconds=SECONDS
    )
    if run.status is ExecutionStatus.FAILED:
        what = f"{run.error.name}" if run.error is not None else "an error"
        return Confirmation(Outcome.FAILS, seed, f"Run by itself it raises {what}.")
    if run.status is not ExecutionStatus.OK:
        return Confirmation(Outcome.UNKNOWN, seed, f"Could not be run: {run.status}. {run.note}".strip())
    if agrees(run.value, inputs):
        return Confirmation(
            Outcome.AGREES, seed, f"Run with fresh data (seed {seed}) it follows the analytic gradient."
        )
    return Confirmation(
        Outcome.DIFFERS, seed, f"Run with fresh data (seed {seed}) it does not follow the analytic gradient."
    )


def graft(call: Call, known: Bindings) -> str | None:
    """The call as an expression of the handout's names alone; None if that cannot be done."""
    if not call.parsed:
        return None
    arguments = [*call.arguments, *(f"{name}={value}" for name, value in call.keywords.items())]
    tree = parse_expression(f"tape.{call.method}({', '.join(arguments)})")
    if tree is None:
        return None
    followed = _Followed(known)
    tree = followed.visit(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            return None
        if isinstance(node, _REFUSED) or not isinstance(node, _ALLOWED):
            return None
    return None if followed.unknown else ast.unparse(tree)


class _Followed(ast.NodeTransformer):
    """Puts what a name is bound to in its place, until only the handout's names are left."""

    def __init__(self, known: Bindings, steps: int = _MAX_STEPS) -> None:
        self.known, self.steps, self.unknown = known, steps, False

    def visit_Name(self, node: ast.Name) -> ast.expr:
        bound = self.known.names.get(node.id)
        if node.id in _KNOWN and (
            bound is None or node.id in {"loss", "parameters", "tape", "tf", "examples_x", "examples_y"}
        ):
            return node
        if bound is None or self.steps <= 0:
            self.unknown = True
            return node
        tree = parse_expression(bound)
        inner = _Followed(self.known, self.steps - 1)
        # The value of the loss must be the one computed inside the tape's block, whatever it is called.
        if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "training_loss":
            return ast.Name("loss", ast.Load())
        found = inner.visit(tree) if tree is not None else None
        if not isinstance(found, ast.expr) or inner.unknown:
            self.unknown = True
            return node
        return found


def fresh_inputs(seed: int) -> dict[str, Any]:
    """Random examples, start, rate and number of steps. The rate stays below where descent diverges."""
    chance = np.random.default_rng(seed)
    x = chance.uniform(0.1, 5.0, 10).round(3)
    y = (chance.uniform(1.0, 5.0) * x + chance.uniform(5.0, 25.0) + chance.normal(0.0, 1.0, 10)).round(3)
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "start": chance.uniform(-3.0, 3.0, 2).round(3).tolist(),
        "rate": round(float(chance.uniform(0.001, 0.003)), 5),
        "steps": int(chance.integers(4, 9)),
    }


def agrees(path: object, inputs: Mapping[str, Any]) -> bool:
    """Whether a path (one pair of parameters a step) is that of the analytic gradient on the same inputs."""
    point = np.array(inputs["start"], dtype=np.float64)
    expected = []
    for _ in range(inputs["steps"]):
        point = point - inputs["rate"] * np.asarray(gradient(point, inputs["x"], inputs["y"]))
        expected.append(point)
    try:
        given = np.array(path, dtype=np.float64)
    except (TypeError, ValueError):
        return False
    wanted = np.array(expected)
    return given.shape == wanted.shape and bool(np.allclose(given, wanted, rtol=_TOLERANCE, atol=_TOLERANCE))
