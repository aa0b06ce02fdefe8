"""Each second of a submission is counted once."""

from __future__ import annotations

from grader import stopwatch
from grader.stopwatch import Stopwatch, moved, timed


def test_what_runs_within_a_part_is_taken_out_of_it(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    now = iter([0.0, 1.0, 4.0, 6.0, 7.0, 9.0])
    monkeypatch.setattr(stopwatch.time, "perf_counter", lambda: next(now))
    watch = Stopwatch()
    with watch.counting(), timed("checks"):  # 0 to 9
        with timed("reading"):  # 1 to 4
            pass
        with timed("kernel"):  # 6 to 7
            moved("cells", 0.75)
    assert watch.seconds() == {"kernel": 0.25, "cells": 0.75, "reading": 3.0, "checks": 5.0}


def test_nobody_counts_unless_asked() -> None:
    with timed("reading"):
        moved("cells", 1.0)
    assert Stopwatch().seconds() == {}
