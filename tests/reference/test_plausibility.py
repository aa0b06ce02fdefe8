import itertools
import subprocess
import sys
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.lab.batch_sizes import BATCH_SIZES, HONEST_VARIANTS, ranges
from reference.plausibility.null import halves
from reference.plausibility.plausible_figures import DOUBT, Judge, Row, bands, judge_figures

SECONDS = (118, 13, 3, 1, 1)
ACCURACIES = (0.8124, 0.8251, 0.8185, 0.7097, 0.1000)


def table(
    seconds: Sequence[float | None] = SECONDS, accuracies: Sequence[float | None] = ACCURACIES
) -> list[Row]:
    return [Row(b, s, a) for b, s, a in zip(BATCH_SIZES, seconds, accuracies, strict=True)]


def test_the_seeds_table_is_plausible() -> None:
    judged = judge_figures(table())
    assert judged.plausible
    assert judged.causes == ()
    assert judged.score > 0.1


def test_no_table_within_the_real_reports_is_doubted() -> None:
    """Every corner of the ranges that real reports span, with the leads of 10 over 100 that they show."""
    observed = ranges().observed
    (gap,) = ranges().observed_gaps
    for seconds in itertools.product(*(seen.seconds for seen in observed)):
        assert judge_figures(table(seconds)).plausible, seconds
    for accuracies in itertools.product(*(seen.accuracy for seen in observed)):
        if gap.accuracy[0] - 0.003 <= accuracies[1] - accuracies[2] <= gap.accuracy[1] + 1e-9:
            assert judge_figures(table(accuracies=accuracies)).plausible, accuracies


@pytest.mark.parametrize(
    "accuracies",
    [
        (0.81, 0.83, 0.82, 0.71, 0.1),
        (0.8, 0.8, 0.8, 0.7, 0.1),
        (0.8124000001, 0.8251, 0.8185, 0.7097, 0.10000000000000001),
        (0.825, 0.8395, 0.8168, 0.73, 0.0621),
    ],
)
def test_rounded_and_other_honest_accuracies_are_plausible(accuracies: Sequence[float]) -> None:
    assert judge_figures(table(accuracies=accuracies)).plausible


@pytest.mark.parametrize(
    "seconds",
    [
        (25, 3, 1, 0, 0),
        (700, 75, 12, 6, 7),
        (77.2, 8.1, 1.3, 0.6, 0.9),
        (47, 6, 1, 1, 4),
        (199, 20, 4, 2, 2),
    ],
)
def test_slow_and_fast_machines_are_plausible(seconds: Sequence[float]) -> None:
    assert judge_figures(table(seconds)).plausible


@pytest.mark.parametrize(
    ("accuracies", "cause", "batches"),
    [
        ((0.8124, 0.8551, 0.8685, 0.8897, 0.89), "not-reset", {1000, 60000}),
        ((0.8124, 0.8251, 0.8185, 0.8897, 0.89), "not-reset", {1000, 60000}),
        ((0.8124, 0.8251, 0.8185, 0.7097, 0.8723), "not-reset", {60000}),
        ((None, None, None, 0.8850, None), "not-reset", {1000}),
        ((0.830, 0.846, 0.842, 0.810, 0.26), "test-accuracy", {100, 1000}),
        ((0.8464, 0.8652, 0.8647, 0.8343, 0.19), "epochs", {100, 1000}),
        ((0.8124, 8.251, 0.8185, 0.7097, 0.1), "typo", {10}),
        ((0.8124, 0.8251, 0.1885, 0.7097, 0.1), "typo", {100}),
        ((81.24, 82.51, 81.85, 70.97, 10.0), "per-cent", set()),
        ((0.8124, 1.7, 0.8185, 0.7097, 0.1), "impossible", {10}),
        ((0.8124, -0.1, 0.8185, 0.7097, 0.1), "impossible", {10}),
        ((0.8124, float("nan"), 0.8185, 0.7097, 0.1), "impossible", {10}),
        ((0.92, 0.919, 0.885, 0.705, 0.1), "other-data", {10, 100}),
        ((0.9123, 0.9411, 0.9198, 0.8071, 0.1121), "other-data", {10, 100, 1000}),
        ((0.8502, 0.8561, 0.8411, 0.7298, 0.0912), "not-reset", {1, 10, 100}),
        ((0.82, 0.8458, 0.84, 0.7374, 0.0912), "not-reset", {10, 100}),
        ((0.8124, 0.8251, 0.8712, 0.7097, 0.1), "not-reset", {100}),
        ((0.8462, 0.8655, 0.8643, 0.836, 0.2297), "epochs", {10, 100, 1000}),
        ((0.885, 0.9013, 0.9044, 0.8791, 0.6482), "epochs", {10, 100, 1000}),
        ((0.92, 0.95, 0.952, 0.93, 0.81), "epochs", {10, 100, 1000}),
        ((0.8124, 0.8251, 0.8185, 0.1, 0.7097), "exchanged", {1000, 60000}),
        ((0.1, 0.7097, 0.8185, 0.8251, 0.8124), "exchanged", set(BATCH_SIZES)),
        ((0.8124, 0.8251, 0.8185, 0.7097, 0.01), "typo", {60000}),
        ((0.8124, 0.8251, 0.8185, 0.7097, 0.0), "zero", {60000}),
        ((0.0, 0.0, 0.0, 0.0, 0.0), "zero", set(BATCH_SIZES)),
        ((0.1, 0.1, 0.1, 0.1, 0.1), "guessed", {1, 10, 100, 1000}),
        ((0.8124, 0.8251, 0.1, 0.7097, 0.1), "guessed", {100}),
        ((0.1, 0.6011, 0.7512, 0.6019, 0.0981), "not-scaled", {10, 100, 1000}),
        ((0.5261, 0.4801, 0.5274, 0.8377, 2.39), "loss", set(BATCH_SIZES)),
        ((0.95, 0.9, 0.85, 0.8, 0.75), "accuracy", {60000}),
        ((0.771, 0.7815, 0.7597, 0.6144, 0.85), "not-reset", {60000}),
    ],
)
def test_odd_accuracies_are_doubted_for_the_right_reason(
    accuracies: Sequence[float | None], cause: str, batches: set[int]
) -> None:
    judged = judge_figures(table(accuracies=accuracies))
    assert not judged.plausible
    assert judged.score < DOUBT
    found = {one.id: one for one in judged.causes}
    assert cause in found
    assert batches <= set(found[cause].batches)
    assert found[cause].message_for_student
    assert found[cause].message_for_staff


def test_mnist_like_figures_are_doubted() -> None:
    assert not judge_figures(table(accuracies=(0.97, 0.97, 0.96, 0.9, 0.12))).plausible


@pytest.mark.parametrize(
    ("seconds", "cause"),
    [
        ((1, 1, 3, 13, 118), "times-rising"),
        ((3, 3, 3, 1, 1), "times-flat"),
        ((1, 1, 1, 1, 1), "times-flat"),
        ((118, 13, 3, 16, 16), "time-unit"),
        ((2000, 217, 50, 17, 16), "time-unit"),
        ((2, 2, 4, 12, 900), "time-unit"),
        ((118, 3, 13, 1, 1), "time-typo"),
        ((118, 130, 3, 1, 1), "time-typo"),
        ((0, 0, 0, 0, 0), "time-zero"),
        ((118, 0, 3, 1, 1), "time-zero"),
        ((2, 13, 3, 1, 1), "time-unit"),
        ((10, 10, 10, 10, 10), "times-flat"),
        ((-3, 13, 3, 1, 1), "impossible"),
        ((float("inf"), 13, 3, 1, 1), "impossible"),
    ],
)
def test_odd_times_are_doubted_for_the_right_reason(seconds: Sequence[float], cause: str) -> None:
    judged = judge_figures(table(seconds))
    assert not judged.plausible
    assert cause in {one.id for one in judged.causes}


@pytest.mark.parametrize(
    "rows", [[], [Row(1)], [Row(10, 13.0)], [Row(100, None, 0.8185)], [Row(50, 5.0, 0.2)]]
)
def test_what_is_not_there_is_not_doubted(rows: list[Row]) -> None:
    assert judge_figures(rows).plausible


def test_students_are_not_told_the_answer() -> None:
    judged = judge_figures(table(accuracies=(0.8124, 0.8251, 0.1885, 0.8897, 0.89)))
    for cause in judged.causes:
        for band in bands():
            assert f"{band.median:.2f}" not in cause.message_for_student


def test_bands_hold_the_reference_median_and_the_real_reports() -> None:
    for band, seen in zip(bands(), ranges().observed, strict=True):
        assert band.batch == seen.batch
        assert 0 <= band.low < band.median < band.high <= 1
        assert band.low <= seen.accuracy[0] <= seen.accuracy[1] <= band.high


# The last lines that Keras 3.5 printed with seed 100, and what the history of the same runs holds.
PRINTED = (0.7710, 0.7815, 0.7597, 0.6144, 0.1054)
HISTORY = (0.8124, 0.8245, 0.8166, 0.7310, 0.1054)


@pytest.mark.parametrize("accuracies", [PRINTED, HISTORY, (0.77, 0.78, 0.76, 0.61, 0.11)])
def test_what_a_library_prints_is_as_plausible_as_its_history(accuracies: Sequence[float]) -> None:
    assert judge_figures(table(accuracies=accuracies)).plausible
    for left_out in range(5):
        some = [None if index == left_out else one for index, one in enumerate(accuracies)]
        assert judge_figures(table(accuracies=some)).plausible


@pytest.mark.parametrize("row", [1, 2, 3])
def test_a_row_of_the_other_form_among_the_rest_is_doubted(row: int) -> None:
    mixed = [PRINTED[index] if index == row else one for index, one in enumerate(HISTORY)]
    assert not judge_figures(table(accuracies=mixed)).plausible


def test_the_bands_are_those_of_the_form_that_the_table_has() -> None:
    for accuracies in (PRINTED, HISTORY):
        for band, accuracy in zip(bands(table(accuracies=accuracies)), accuracies, strict=True):
            assert band.low <= accuracy <= band.high
    assert bands() == bands(table(accuracies=HISTORY))


def test_tables_of_held_out_runs_are_plausible_by_a_judge_that_has_not_seen_them() -> None:
    """Real runs alone, nothing smoothed: of a library's tables, run by run, hardly any is doubted."""
    doubted = tables = 0
    for learnt, held_out in halves(ranges()):
        judge = Judge.from_ranges(learnt)
        for variant in HONEST_VARIANTS:
            for shown in ("accuracy", "printed"):
                column = {
                    batch: [
                        value
                        for run in held_out.runs
                        if (run.variant, run.batch, run.start) == (variant, batch, ())
                        and (value := getattr(run, shown)) is not None
                    ]
                    for batch in BATCH_SIZES
                }
                for turn in range(max(len(values) for values in column.values())):
                    rows = [
                        Row(batch, None, round(values[turn % len(values)], 4), accuracy_step=1e-4)
                        for batch, values in column.items()
                        if values
                    ]
                    tables += 1
                    doubted += not judge.judge_figures(rows).plausible
    assert tables > 100
    assert doubted <= tables * 0.02


def test_the_written_precision_can_be_given() -> None:
    assert judge_figures([Row(100, None, 0.8, accuracy_step=0.1)]).plausible
    assert not judge_figures([Row(100, None, 0.8, accuracy_step=0.0001)]).plausible


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            Row,
            st.sampled_from([*BATCH_SIZES, 0, -1, 7]),
            st.none() | st.floats() | st.sampled_from([5e-324, 1e-300, 1.7e308]),
            st.none() | st.floats() | st.floats(0, 3),
            st.none() | st.floats(0, 1e300),
            st.none() | st.floats(0, 1e300),
        ),
        max_size=8,
    )
)
def test_any_rows_are_judged(rows: list[Row]) -> None:
    judged = judge_figures(rows)
    assert judged.plausible == (not judged.causes)
    assert 0.0 <= judged.score <= 1.0


def test_judging_needs_no_heavy_library() -> None:
    code = (
        "import sys; from reference.plausibility.plausible_figures import Row, judge_figures; judge_figures([Row(1, 118.0, 0.9)]);"
        "heavy = {'tensorflow', 'cv2', 'pandas', 'matplotlib', 'keras', 'tf_keras', 'rich'};"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
