"""The student's call alone, in trusted code, with data nobody has seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.checks.code import bindings, find_calls
from grader.execution import Executor, Settings
from reference.gradient.trusted_gradient import Outcome, agrees, confirm, fresh_inputs, graft


def grafted(code: str) -> str | None:
    return graft(find_calls(code, "gradient")[-1], bindings([code]))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("g = tape.gradient(loss, parameters)", "tape.gradient(loss, parameters)"),
        ("p = parameters\nl = training_loss(p)\ng = t.gradient(l, [p])", "tape.gradient(loss, [parameters])"),
        (
            "g = tape.gradient(sources=parameters, target=loss)",
            "tape.gradient(sources=parameters, target=loss)",
        ),
        ("g = tape.gradient(mystery, parameters)", None),
        ("g = tape.gradient(loss, parameters.__class__)", None),
        ("g = tape.gradient((lambda: loss)(), parameters)", None),
        ("g = tape.gradient([x for x in (loss,)], parameters)", None),
        ("g = tape.gradient(__import__('os').system('id'), parameters)", None),
    ],
)
def test_only_the_handouts_names_are_grafted(code: str, expected: str | None) -> None:
    assert grafted(code) == expected


def test_paths_are_compared_with_the_analytic_gradient() -> None:
    inputs = fresh_inputs(7)
    assert inputs == fresh_inputs(7) != fresh_inputs(8)
    for forged in (
        None,
        "1",
        [],
        [[1, 2]],
        [[float("nan"), 0]] * inputs["steps"],
        [[0, 0]] * inputs["steps"],
        {"a": 1},
    ):
        assert not agrees(forged, inputs)


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with Executor(Settings()) as running:
        if running.refusal():
            pytest.skip(f"notebooks are not run on this host: {running.refusal()}")
        yield running


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("tape.gradient(loss, parameters)", Outcome.AGREES),
        ("tape.gradient(loss, [parameters])", Outcome.AGREES),
        ("tape.gradient(loss, parameters, output_gradients=tf.constant(2.0))", Outcome.DIFFERS),
        ("tape.gradient(parameters, loss)", Outcome.FAILS),
        ("tape.gradient(unknown, parameters)", Outcome.UNKNOWN),
    ],
)
def test_what_it_does_decides(code: str, outcome: Outcome, executor: Executor) -> None:
    (call,) = find_calls(code, "gradient")
    assert confirm(executor, call, bindings([])).outcome is outcome
