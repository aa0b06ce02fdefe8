"""Runs a student's answer to question 1 by itself, with data and a start that nobody has seen, and looks where it goes.

The answer is the training loop as it stands in the notebook, with the definitions that it needs and nothing else of
theirs, in a child of its own. The points that the parameters pass are noted each time that a tape begins to record;
they leave as JSON. Outside, each step is held against the analytic gradient, at whatever rate and for however many
steps the student chose. Made-up constants, forged outputs and patched libraries of other cells do not fit.
"""

from __future__ import annotations

import ast
import itertools
import math
import random
import secrets
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from grader.checks import Answer
from grader.checks.slicing import CodeSlice, slice_of
from grader.checks.terms import FreeTerm, RecorderTerm, Term
from grader.execution import Executor
from grader.model import ExecutionStatus, Value
from reference.gradient.code_evidence import CodeEvidence, Computation
from reference.gradient.gradient_effect import only_element, same_variable
from reference.gradient.gradient_use import Program
from reference.lab.linear_regression import (
    EXAMPLES_X,
    EXAMPLES_Y,
    Point,
    axes,
    curvature,
    gradient,
)
from reference.lab.notebook_plan import PROFILES, profile, restart

SECONDS: Final = 20.0  # for some steps on ten numbers; what takes longer is for a person
MAX_POINTS: Final = 40  # of the path; then the loop is ended
_STEADY: Final = 5e-3  # relative; float32 stays two orders below
_RESOLUTION: Final = 2e-6  # of float32, with a little room
_FAR: Final = 1e12  # of a parameter: beyond it descent has run away
_FLAT: Final = 2e-3  # of the first gradient: nearer to the optimum, float32 says nothing about the direction

_PRELUDE: Final = """
import {library} as tf
try:
    tf.enable_eager_execution()
except AttributeError:
    pass
examples_x = [float(value) for value in inputs["x"]]
examples_y = [float(value) for value in inputs["y"]]
parameters = tf.Variable(inputs["start"], dtype=tf.float32)

def model(x, p):
    return x * p[1] + p[0]

def training_loss(p):
    return tf.reduce_sum(tf.square(tf.constant(examples_y) - model(tf.constant(examples_x), p)))
"""
_RECORDER: Final = """
class PathIsLongEnough(BaseException):
    pass

path_of_parameters = []

def note_parameters():
    value = globals()[{name!r}]
    path_of_parameters.append([float(one) for one in value.numpy().reshape(-1)[:4]])
    if len(path_of_parameters) >= {most}:
        raise PathIsLongEnough

if hasattr({name}, "assign"):
    {name}.assign(inputs["start"])
"""
_TRAINING: Final = """
try:
    pass
except PathIsLongEnough:
    pass
else:
    note_parameters_once_more = True
"""
_LIBRARIES: Final = {
    "2019": "tensorflow.compat.v1",
    "2021-2023": "tensorflow.compat.v1",
    "today": "tensorflow",
}


class ProbeOutcome(StrEnum):
    """Whether the answer trains as the analytic gradient does."""

    AGREES = "agrees"
    DIFFERS = "differs"
    FAILS = "fails"  # it ends in an error before it has trained
    NOT_RUN = "not run"  # it cannot be taken out of its notebook, or did not end


class ProbeFinding(Value, frozen=True):
    """`seed` makes the same data again; `note` is for staff."""

    outcome: ProbeOutcome
    note: str
    seed: int = 0


def probe_answer(answer: Answer, code: CodeEvidence, computations: Sequence[Computation]) -> ProbeFinding:
    """Runs the last of the computations that read right: what was trained with in the end."""
    program, computation = _chosen(code, computations)
    if program is None or answer.executor is None:
        return ProbeFinding(ProbeOutcome.NOT_RUN, "The computation stands in no notebook that is run.")
    sources = [part.block.text for part in program.parts]
    built = probe_cells(program, computation, sources)
    if isinstance(built, str):
        return ProbeFinding(ProbeOutcome.NOT_RUN, f"It could not be run by itself: {built}.")
    return run_probe(answer.executor(), built, profile(sources))


def _chosen(code: CodeEvidence, computations: Sequence[Computation]) -> tuple[Program | None, Computation]:
    for computation in reversed(computations):
        for program in code.programs:
            if program.run and any(call is computation.call for call in program.flow.calls):
                return program, computation
    return None, computations[-1]


def probe_cells(program: Program, computation: Computation, sources: Sequence[str]) -> list[str] | str:
    """The cells of the probe but for what comes before them; in words why there are none."""
    call = computation.call
    if call is None:
        return "the call could not be followed"
    source = call.argument(1, "sources")
    if source is None:
        return "it has no second argument"
    moved = only_element(source)
    name = _name_of(program, moved)
    if name is None:
        return "what the gradient is taken with regard to has no name of its own"
    marks = {call.top}
    marks |= {
        step.top for step in program.steps if same_variable(step.target, moved) and step.top >= call.top
    }
    marks |= {
        binding.top
        for binding in program.flow.bindings
        if isinstance(binding.after, RecorderTerm) and binding.after is call.receiver
    }
    begin = max(
        (number for number, text in enumerate(sources) if number <= call.top[0] and restart(text)), default=0
    )
    cut = slice_of([part.listing.tree for part in program.parts], marks, begin=begin)
    if cut is None:
        return "the training loop could not be cut out"
    return _cells(cut, name)


def _name_of(program: Program, moved: Term) -> str | None:
    if isinstance(moved, FreeTerm):
        return moved.name
    found = [
        binding.name
        for binding in program.flow.bindings
        if binding.after is moved and program.flow.names.get(binding.name) is not None
    ]
    return found[0] if found else None


def _cells(cut: CodeSlice, name: str) -> list[str] | str:
    data = _FreshData()
    needed = [data.visit(_copy(statement)) for statement in cut.needed]
    points = _PathPoints()
    piece = [points.visit(data.visit(_copy(statement))) for statement in cut.piece]
    needed = [
        points.visit(statement) if isinstance(statement, ast.FunctionDef) else statement
        for statement in needed
    ]
    if not points.found:
        return "no tape records in it"
    training = ast.parse(_TRAINING)
    attempt = training.body[0]
    assert isinstance(attempt, ast.Try)
    attempt.body = [*piece, ast.parse("note_parameters()").body[0]]
    attempt.orelse = []
    cells = []
    for body in (needed, training.body):
        module = ast.Module(list(body), [])
        ast.fix_missing_locations(module)
        try:
            cells.append(ast.unparse(module))
        except (RecursionError, ValueError):
            return "its code could not be written out again"
    return [cells[0], _RECORDER.format(name=name, most=MAX_POINTS), cells[1]]


def _copy(statement: ast.stmt) -> ast.stmt:
    return ast.parse(ast.unparse(statement)).body[0]


class _FreshData(ast.NodeTransformer):
    """Puts data that nobody has seen in the place of the handout's examples, wherever they are written out."""

    def visit_List(self, node: ast.List) -> ast.expr:
        return self._replaced(node)

    def visit_Tuple(self, node: ast.Tuple) -> ast.expr:
        return self._replaced(node) if isinstance(node.ctx, ast.Load) else node

    def _replaced(self, node: ast.List | ast.Tuple) -> ast.expr:
        values = [
            float(one.value)
            for one in node.elts
            if isinstance(one, ast.Constant) and isinstance(one.value, int | float)
        ]
        for key, examples in (("x", EXAMPLES_X), ("y", EXAMPLES_Y)):
            alike = sum(
                math.isclose(value, example) for value, example in zip(values, examples, strict=False)
            )
            if len(values) == len(node.elts) and alike >= 0.7 * len(examples):
                return ast.parse(f"[float(one) for one in inputs[{key!r}]]", mode="eval").body
        self.generic_visit(node)
        return node


class _PathPoints(ast.NodeTransformer):
    """Notes the parameters each time before a tape begins to record."""

    def __init__(self) -> None:
        self.found = False

    def visit_With(self, node: ast.With) -> ast.stmt | list[ast.stmt]:
        self.generic_visit(node)
        if not any("GradientTape" in ast.unparse(item.context_expr) for item in node.items):
            return node
        self.found = True
        return [ast.parse("note_parameters()").body[0], node]


def run_probe(executor: Executor, cells: Sequence[str], era: str) -> ProbeFinding:
    """Runs the cells with fresh data, and says whether the path is one of gradient descent."""
    seed = secrets.randbits(48)
    inputs = fresh_inputs(seed)
    prelude = _PRELUDE.format(library=_LIBRARIES[era])
    run = executor.run_code(
        [prelude, *cells], "path_of_parameters", PROFILES[era], inputs=inputs, seconds=SECONDS
    )
    if run.status is ExecutionStatus.FAILED:
        what = run.error.name if run.error is not None else "an error"
        return ProbeFinding(
            ProbeOutcome.FAILS, f"Run by itself with fresh data (seed {seed}) it raises {what}.", seed
        )
    if run.status is not ExecutionStatus.OK:
        return ProbeFinding(ProbeOutcome.NOT_RUN, f"Run by itself: {run.status}. {run.note}".strip(), seed)
    if descends(run.value, inputs):
        note = f"Run with fresh data (seed {seed}) it follows the analytic gradient."
        return ProbeFinding(ProbeOutcome.AGREES, note, seed)
    note = f"Run with fresh data (seed {seed}) it does not follow the analytic gradient."
    return ProbeFinding(ProbeOutcome.DIFFERS, note, seed)


def fresh_inputs(seed: int) -> dict[str, Any]:
    """Random examples and a random start. Descent diverges at no smaller rate than with the handout's examples."""
    chance = random.Random(seed)  # noqa: S311 - nobody can guess the seed, and that is enough
    count = len(EXAMPLES_X)
    x = [chance.uniform(0.1, 4.2) for _ in range(count)]
    steepest = axes(curvature(EXAMPLES_X)).steep
    while axes(curvature(x)).steep > steepest:
        x = [at * 0.95 for at in x]
    x = [round(at, 3) for at in x]
    slope, intercept = chance.uniform(1.0, 5.0), chance.uniform(5.0, 25.0)
    y = [round(slope * at + intercept + chance.gauss(0.0, 1.0), 3) for at in x]
    return {"x": x, "y": y, "start": [round(chance.uniform(-3.0, 3.0), 3) for _ in range(2)]}


def descends(path: object, inputs: Mapping[str, Any]) -> bool:
    """Whether each step of a path (pairs of parameters) goes down the analytic gradient, at any rate, from the start.

    Steps so near to the optimum that float32 cannot tell their direction, and such as ran away, are not looked at.
    """
    points = _points(path)
    if len(points) < 2 or not all(
        math.isclose(one, other, rel_tol=1e-5, abs_tol=1e-4)
        for one, other in zip(points[0], inputs["start"], strict=True)
    ):
        return False
    first = math.hypot(*gradient(points[0], inputs["x"], inputs["y"]))
    looked_at = 0
    for here, there in itertools.pairwise(points):
        if not all(abs(one) <= _FAR for one in (*here, *there)):  # not a number is no smaller either
            break
        slope = gradient(here, inputs["x"], inputs["y"])
        if math.hypot(*slope) < _FLAT * first:
            break
        step = (there[0] - here[0], there[1] - here[1])
        rate = -(step[0] * slope[0] + step[1] * slope[1]) / (slope[0] ** 2 + slope[1] ** 2)
        rest = math.hypot(step[0] + rate * slope[0], step[1] + rate * slope[1])
        length = math.hypot(*step)
        allowed = _STEADY * length + _RESOLUTION * (1.0 + max(map(abs, here)))
        if rate <= 0.0 or rest > allowed or length < 10 * _RESOLUTION:
            return False
        looked_at += 1
    return looked_at > 0


def _points(path: object) -> list[Point]:
    """The pairs of numbers of a path as it came out of the child; none where it is anything else."""
    if not isinstance(path, list):
        return []
    found: list[Point] = []
    for pair in path:
        if not isinstance(pair, list) or len(pair) != 2:
            return []
        if any(isinstance(part, bool) or not isinstance(part, int | float) for part in pair):
            return []
        try:
            found.append((float(pair[0]), float(pair[1])))
        except OverflowError:  # a whole number of hundreds of digits
            return []
    return found
