"""A few of the runs that `chaos.py` beside this file makes by the hundred."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(os.name == "nt", reason="workers of clusters run on POSIX systems"),
]


def test_workers_and_schedulers_are_killed_while_batches_are_graded(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("chaos_of_workers", Path(__file__).with_name("chaos.py"))
    assert spec is not None
    assert spec.loader is not None
    chaos = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(chaos)
    runs, kills = chaos.run_chaos(tmp_path, runs=4, seed=3)
    assert runs == 4
    assert sum(kills.values()) >= 4
