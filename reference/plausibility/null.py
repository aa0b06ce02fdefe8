"""What simulated honest tables score, so that a score means the share of honest tables that do as badly.

Cross-fitted: a judge that learnt from one half of the runs judges tables made from the other half, both ways
round, so that no table is judged by a judge that has seen its runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import msgspec

from reference.lab.batch_sizes import HONEST_VARIANTS, Null, Ranges, Run
from reference.plausibility.plausible_figures import Judge, Scores
from reference.plausibility.simulation import Simulator

SHARES = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
TABLES = 8000


def halves(source: Ranges) -> Iterator[tuple[Ranges, Ranges]]:
    """Ranges to learn from and those to make tables from: every other start of a kind, then the other way round."""
    starts: dict[tuple[str, int], list[Run]] = {}
    for run in source.runs:
        starts.setdefault((run.variant, run.seed), []).append(run)
    chains = sorted((max((*run.start, run.batch) for run in runs), start) for start, runs in starts.items())
    parts = [
        _with_runs(source, [run for _, start in chains[side::2] for run in starts[start]]) for side in (0, 1)
    ]
    yield parts[0], parts[1]
    yield parts[1], parts[0]


def simulate(source: Ranges, tables: int = TABLES, seed: int = 1) -> Null:
    """What the accuracies and the times of so many simulated honest tables come to.

    Empty unless both halves of the runs have an honest run at every batch size.
    """
    chance = Random(seed)  # noqa: S311 - a simulation, not a secret
    raw: list[Scores] = []
    for learnt, held_out in halves(source):
        if not complete(learnt) or not complete(held_out):
            return Null()
        judge, simulator = Judge.from_ranges(learnt), Simulator(held_out)
        # A calibration stopped early may not have learnt yet what some libraries print.
        printed = None if judge.printed_bands() else False
        raw += [judge.raw_scores(simulator.honest(chance, printed=printed)) for _ in range(tables // 2)]
    return Null(_quantiles([one.accuracies for one in raw]), _quantiles([one.times for one in raw]))


def _quantiles(values: list[float]) -> tuple[tuple[float, float], ...]:
    ranked = sorted(values)
    points: list[tuple[float, float]] = []
    for share in SHARES:
        value = max(ranked[min(len(ranked) - 1, round(share * len(ranked)))], 1e-300)
        if not points or value > points[-1][0]:
            points.append((float(f"{value:.4g}"), share))
    return tuple(points)


def complete(source: Ranges) -> bool:
    """Whether there is an honest run at every batch size that reports show."""
    trained = {run.batch for run in source.runs if run.variant in HONEST_VARIANTS and not run.start}
    return trained >= {seen.batch for seen in source.observed}


def _with_runs(source: Ranges, runs: list[Run]) -> Ranges:
    return msgspec.structs.replace(source, runs=tuple(runs))
