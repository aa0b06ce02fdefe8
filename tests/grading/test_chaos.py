"""A few of the batches that `chaos.py` beside this file runs by the hundred."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for chaos
from chaos import Batch, Chaos, run_batches

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL"),
]


def test_batches_with_a_kill_in_each(tmp_path: Path) -> None:
    assert run_batches(tmp_path, batches=4, first=20261126) >= 1


@pytest.mark.parametrize("victim", ["worker", "reader"])
def test_a_batch_goes_on_by_itself_where_one_of_its_processes_is_killed(tmp_path: Path, victim: str) -> None:
    Chaos(tmp_path).run(Batch(("right", "wrong", "no pdf", "notebook"), victim, 0.5))
