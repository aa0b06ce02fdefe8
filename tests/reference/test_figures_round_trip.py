"""Ten figures in any arrangement come back equal, or not at all: never as other figures."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference.rendered_tables import ARRANGEMENTS, drawn, read_back

SHARE = 0.95  # of the figures that have to come back, of each arrangement
SAMPLES = 12


@pytest.mark.parametrize("name", ARRANGEMENTS)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1 << 30))
def test_no_figure_comes_back_as_another(name: str, seed: int) -> None:
    made, ten, way = drawn(name, seed)
    with TemporaryDirectory() as folder:
        assert read_back(made, ten, way, Path(folder)).wrong == (), made.text


@pytest.mark.parametrize("name", ARRANGEMENTS)
def test_nearly_all_figures_come_back(name: str, tmp_path: Path) -> None:
    back = [read_back(*drawn(name, seed), tmp_path) for seed in range(SAMPLES)]
    assert sum(one.equal for one in back) >= SHARE * 10 * SAMPLES
