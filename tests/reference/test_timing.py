import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.lab.batch_sizes import BATCH_SIZES
from reference.plausibility import timing
from reference.plausibility.timing import LATE, NOISE, TimedRow

SEED = (118, 13, 3, 1, 1)


def fitted(*seconds: float, half_step: float = 0.5) -> timing.TimeFit:
    return timing.fit([TimedRow(b, s, half_step) for b, s in zip(BATCH_SIZES, seconds, strict=False)])


def test_the_seeds_times_fit_an_ordinary_machine() -> None:
    found = fitted(*SEED)
    assert found.misfit < 0.1
    assert found.per_step == pytest.approx(118 / 60000, rel=0.05)
    assert abs(timing.speed_distance(found, [TimedRow(1, 118)])) < 0.2


@settings(max_examples=60)
@given(
    per_step=st.floats(3e-4, 1.2e-2),
    startup=st.floats(0.0, 3000.0),
    image=st.floats(0.0, 0.09),
    rounding=st.booleans(),
)
def test_times_of_any_machine_fit_at_any_speed(
    per_step: float, startup: float, image: float, rounding: bool
) -> None:
    """`startup` in steps and `image` in shares of a step, both within what machines have in common."""
    times = [timing.predict(startup * per_step, per_step, image * per_step, batch) for batch in BATCH_SIZES]
    found = fitted(
        *((round(time) for time in times) if rounding else times), half_step=0.5 if rounding else 0.01
    )
    assert found.misfit < 0.6
    if not rounding:
        assert found.predicted == pytest.approx(times, rel=0.3, abs=0.1)


@given(st.floats(0.02, 50.0))
def test_the_shape_is_judged_whatever_the_speed(factor: float) -> None:
    times = [second * factor for second in (1.0, 1.0, 3.0, 13.0, 118.0)]
    assert fitted(*times, half_step=0.5 * factor).misfit > 10


def test_a_delay_costs_as_much_as_it_is_rare() -> None:
    found = fitted(118, 13, 3, 1, 5)
    assert found.late[-1] == pytest.approx(3.5, abs=1.5)
    assert found.misfit == pytest.approx(
        sum(found.late) / LATE + sum(ratio**2 for ratio in found.ratios) / (2 * NOISE**2)
    )


@pytest.mark.parametrize("count", range(6))
def test_part_of_a_table_is_fitted(count: int) -> None:
    found = fitted(*SEED[:count])
    assert found.misfit < 0.1
    assert len(found.predicted) == count


def test_few_steps_tell_nothing_of_the_speed() -> None:
    rows = [TimedRow(1000, 90.0), TimedRow(60000, 80.0)]
    assert timing.speed_distance(timing.fit(rows), rows) == 0.0


@given(st.lists(st.floats(0, 1e12), min_size=1, max_size=5))
@settings(max_examples=100)
def test_any_times_are_fitted(times: list[float]) -> None:
    found = fitted(*times)
    assert found.misfit >= 0
    assert min(found.startup, found.per_step, found.per_image) >= 0
