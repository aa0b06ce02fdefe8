"""A sample of the made-up plots: nothing right fails, nothing wrong passes, most are told without a word."""

import pytest
from plot_rates import cases

pytestmark = pytest.mark.filterwarnings("ignore")  # of fonts that are not here


def test_right_plots_never_fail_and_wrong_ones_never_pass() -> None:
    kept = list(cases(12, seed=7, blank=False, ocr=False))
    assert not [case for case in kept if case.kept in {"right one failed", "wrong one passed"}]


@pytest.mark.slow
def test_curves_are_told_without_words() -> None:
    clean = [case for case in cases(45, seed=8, blank=True, ocr=False) if case.look.clean]
    assert sum(case.kept == "as expected" for case in clean) >= 0.8 * len(clean)
