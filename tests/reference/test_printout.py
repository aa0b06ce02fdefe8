import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.gradient.printout import Problem, explain_printout
from reference.lab.linear_regression import loss, optimum
from reference.lab.training_path import trajectory

SEED = (12.662714, 12.6626921, (19.6343937, 2.96110463))


def test_the_seed_reports_printout_is_the_twelfth_press() -> None:
    judged = explain_printout(*SEED)
    assert judged.consistent
    assert (judged.rate, judged.steps, judged.presses) == (0.01, 120, 12)


@pytest.mark.parametrize(
    ("before", "after", "parameters", "presses"),
    [
        (6234.28564, 248.048981, (12.2778835, 5.68694258), 1),
        (6234.29, 248.05, (12.28, 5.687), 1),
        (None, 60.6204, (16.3145, 4.1912), 2),
        (248.048981, None, (16.3145, 4.1912), 2),
    ],
)
def test_presses_are_counted(
    before: float | None, after: float | None, parameters: tuple[float, float], presses: int
) -> None:
    judged = explain_printout(before, after, parameters)
    assert judged.consistent
    assert judged.presses == presses


@settings(max_examples=60, deadline=None)
@given(
    presses=st.integers(1, 40),
    rate=st.sampled_from([0.01, 0.001, 0.005, 0.0137, 0.017, 0.003, 0.0001]),
    steps=st.sampled_from([1, 5, 10, 20, 100]),
    digits=st.integers(3, 9),
)
def test_every_honest_printout_is_consistent(presses: int, rate: float, steps: int, digits: int) -> None:
    last = trajectory(presses, rate, steps)[-1]
    before, after, *parameters = (
        float(f"{value:.{digits}g}") for value in (last.loss_before, last.loss_after, *last.parameters)
    )
    judged = explain_printout(before, after, parameters)
    assert judged.consistent, judged


def test_a_rate_changed_between_presses_is_consistent() -> None:
    first = trajectory(1)[-1]
    second = trajectory(1, 0.001, 30, start=first.parameters)[-1]
    assert explain_printout(second.loss_before, second.loss_after, second.parameters).consistent


def test_parameters_in_the_other_order_are_read() -> None:
    before, after, (intercept, slope) = SEED
    assert explain_printout(before, after, (slope, intercept)).presses == 12


@pytest.mark.parametrize(
    ("before", "after", "parameters", "problem"),
    [
        (6234.28564, 248.048981, (13.2778835, 5.68694258), Problem.LOSS_MISMATCH),
        (6234.28564, 60.6204, (12.2778835, 5.68694258), Problem.LOSS_MISMATCH),
        (6234.28564, round(loss((10.0, 5.0)), 4), (10.0001, 5.0001), Problem.LOSS_MISMATCH),
        (6234.28564, None, (10.01, 5.01), Problem.OFF_PATH),
        (None, None, (3.1416, 2.7183), Problem.OFF_PATH),
        (6234.28564, 1.2345, None, Problem.LOSS_TOO_SMALL),
        (60.6204, 248.048981, (12.2778835, 5.68694258), Problem.LOSS_ROSE),
        (7777.77, 248.048981, (12.2778835, 5.68694258), Problem.BEFORE_OFF_PATH),
        (float("nan"), float("nan"), (float("nan"), float("nan")), Problem.NOT_FINITE),
    ],
)
def test_made_up_printouts_are_not(
    before: float | None, after: float | None, parameters: tuple[float, float] | None, problem: Problem
) -> None:
    judged = explain_printout(before, after, parameters)
    assert not judged.consistent
    assert judged.problem is problem
    assert judged.message_for_student
    assert judged.message_for_staff


def test_losses_alone_are_judged_by_what_is_possible() -> None:
    assert explain_printout(6234.28564, 100.0, None).consistent
    assert explain_printout(None, None, None).consistent


def test_the_students_message_never_gives_the_figures_away() -> None:
    judged = explain_printout(6234.28564, 248.048981, (13.2778835, 5.68694258))
    assert f"{optimum()[0]:.2f}" not in judged.message_for_student
    assert "201" not in judged.message_for_student


@given(
    before=st.floats() | st.none(),
    after=st.floats() | st.none(),
    parameters=st.tuples(st.floats(), st.floats()),
)
@settings(max_examples=50, deadline=2000)
def test_any_figures_are_judged(
    before: float | None, after: float | None, parameters: tuple[float, float]
) -> None:
    assert isinstance(explain_printout(before, after, parameters).consistent, bool)
