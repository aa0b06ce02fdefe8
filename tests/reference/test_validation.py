import pytest

from reference.lab.batch_sizes import BATCH_SIZES, HONEST_VARIANTS, Run, ranges, steps
from reference.lab.rendered_digits import draw
from reference.plausibility.accuracy import learn, learn_printed, spread_of
from reference.plausibility.null import halves, simulate
from reference.plausibility.plausible_figures import share
from reference.plausibility.run_pools import averaging_variants
from reference.plausibility.validation import honest_rates, main, mistake_rates


def test_the_shipped_ranges_are_a_real_calibration() -> None:
    shipped = ranges()
    for batch in BATCH_SIZES:
        runs = [run for run in shipped.runs if run.batch == batch and not run.start]
        lab = [run for run in runs if run.variant == "lab"]
        assert len(lab) >= (8 if batch == 1 else 30)
        assert len({run.seed for run in lab}) == len(lab)
        assert {run.variant for run in runs} & set(HONEST_VARIANTS) - {"lab"}
        for variant in ("keras3.5", "keras3.8", "keras3.10"):
            printed = [run for run in runs if run.variant == variant]
            assert printed
            for run in printed:
                assert run.printed is not None
                # The early steps count in every running average: the mean of those is less, but for one step.
                assert (run.printed < run.accuracy - 0.02) == (batch < 60000)
    assert shipped.null.accuracies
    assert shipped.null.times
    assert shipped.hardware
    assert shipped.versions["tensorflow"]


def test_the_shipped_scores_are_those_of_the_shipped_runs() -> None:
    again, shipped = simulate(ranges(), tables=1200), ranges().null
    for known, found in ((shipped.accuracies, again.accuracies), (shipped.times, again.times)):
        raw = {part: value for value, part in found}
        for value, part in known:
            if 0.02 <= part <= 0.5:
                assert raw[part] == pytest.approx(value, rel=0.5)


def test_a_share_lies_between_those_of_its_neighbours() -> None:
    null = ((0.001, 0.0005), (0.01, 0.005), (0.1, 0.5), (1.0, 1.0))
    assert share(null, 0.01) == pytest.approx(0.005)
    assert 0.0005 < share(null, 0.004) < 0.005
    assert share(null, 0.0005) == pytest.approx(0.00025)
    assert share(null, 0.0) == 0.0
    assert share(null, 1.0) == 1.0
    assert share((), 0.3) == 0.3


def test_the_halves_share_no_run() -> None:
    for learnt, held_out in halves(ranges()):
        assert not {(r.variant, r.seed) for r in learnt.runs} & {(r.variant, r.seed) for r in held_out.runs}
        assert len(learnt.runs) + len(held_out.runs) == len(ranges().runs)


def test_honest_tables_are_seldom_doubted() -> None:
    for rate in honest_rates(ranges(), 200):
        # 0.5 % is stated: of 200 tables five or more would be doubted once in 300 times
        assert rate.doubted <= 5, rate


def test_every_mistake_is_caught_more_often_than_not() -> None:
    rates = {rate.name: rate for rate in mistake_rates(ranges(), 20)}
    assert len(rates) >= 20
    for name, rate in rates.items():
        least = 0.3 if name in HARD else 0.8
        assert rate.doubted >= least * rate.tables, rate


# Told apart from an honest table only in part of the cases; the rates are in docs/plausibility.md.
HARD = {"one reset forgotten", "us per image for seconds, all rows"}


def test_the_command_prints_both_tables(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--tables", "10"])
    printed = capsys.readouterr().out
    assert "| 60000 | 0.1000 |" in printed
    assert "The seed's table: plausible" in printed
    assert "| all libraries |" in printed
    assert "| times upside down |" in printed


def test_more_versions_widen_the_spread() -> None:
    def runs(variant: str, accuracies: list[float]) -> list[Run]:
        return [Run(variant, 100, index, value, 0, 0, 0) for index, value in enumerate(accuracies)]

    one = runs("lab", [0.81, 0.82, 0.83])
    assert spread_of(one) == pytest.approx((0.0001 * 4 / 3) ** 0.5)
    assert spread_of([*one, *runs("keras3", [0.85, 0.86, 0.87])]) > 2 * spread_of(one)


def test_without_runs_the_real_reports_are_the_model() -> None:
    import msgspec

    model = learn(msgspec.structs.replace(ranges(), runs=()))
    assert model.rows[100].middle == pytest.approx(0.8165)


def test_libraries_that_print_the_history_are_told_from_those_that_do_not() -> None:
    assert averaging_variants(ranges().runs) == {"keras3.5", "keras3.8", "keras3.10"}
    history, printed = learn(ranges()), learn_printed(ranges())
    assert printed is not None
    for batch in (1, 10, 100, 1000):
        assert printed.rows[batch].middle < history.rows[batch].middle - 0.02


def test_steps_are_rounded_up() -> None:
    assert [steps(batch) for batch in BATCH_SIZES] == [60000, 6000, 600, 60, 1]
    assert steps(7, 15) == 3


def test_drawn_digits_are_always_the_same_and_of_ten_kinds() -> None:
    one, again = draw(train=500, test=100), draw(train=500, test=100)
    assert one.train_images.shape == (500, 28, 28)
    assert one.test_images.shape == (100, 28, 28)
    assert (one.train_images == again.train_images).all()
    assert set(one.train_labels.tolist()) == set(range(10))
    assert 0.05 < one.train_images.mean() / 255 < 0.5
