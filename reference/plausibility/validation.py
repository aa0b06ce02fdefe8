"""How often honest tables are doubted and odd ones caught: ``python -m reference.plausibility.validation``.

Cross-validated as in ``reference/plausibility/null.py``: judges learn from one half of the calibration's seeds, tables
are made from the other half.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from math import sqrt
from pathlib import Path
from random import Random
from statistics import median

from grader.model import Value
from reference.lab.batch_sizes import BATCH_SIZES, HONEST_VARIANTS, Ranges, ranges, read_ranges
from reference.plausibility.accuracy import correlations
from reference.plausibility.mistakes import Mistakes
from reference.plausibility.null import halves
from reference.plausibility.plausible_figures import DOUBT, Judge
from reference.plausibility.run_pools import averaging_variants
from reference.plausibility.simulation import Simulator
from reference.plausibility.tables import Row

# The table of the report that the assignment came with: seconds and accuracy.
SEED_TABLE = {1: (118, 0.8124), 10: (13, 0.8251), 100: (3, 0.8185), 1000: (1, 0.7097), 60000: (1, 0.1000)}


class Rate(Value, frozen=True):
    """`doubted` of `tables` tables of one kind; `named` of them with a right cause, None for honest ones."""

    name: str
    tables: int
    doubted: int
    named: int | None = None

    def upper(self) -> float:
        """The upper end of the 95 % interval of the rate (Wilson 1927)."""
        n, z = self.tables, 1.96
        share = self.doubted / n
        middle = share + z * z / (2 * n)
        reach = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        return (middle + reach) / (1 + z * z / n)


def honest_rates(source: Ranges, tables: int, seed: int = 2) -> tuple[Rate, ...]:
    """False alarms on `tables` honest tables each: all libraries, each one, real ranges, cells missing.

    Libraries that print another accuracy than the history holds count twice, once for either.
    """
    averaging = averaging_variants(source.runs)
    kinds: list[tuple[str, Callable[[Simulator, Random], Sequence[Row]]]] = [
        ("all libraries", lambda simulator, chance: simulator.honest(chance)),
        *(
            (
                f"library: {name}" + (", " + ("printed" if printed else "history")) * (name in averaging),
                lambda simulator, chance, name=name, printed=printed: simulator.honest(
                    chance, name, printed=printed
                ),
            )
            for name in HONEST_VARIANTS
            for printed in ((False, True) if name in averaging else (False,))
        ),
        ("drawn from the real reports' ranges", lambda simulator, chance: simulator.from_reports(chance)),
        ("some cells missing", lambda simulator, chance: _with_gaps(simulator.honest(chance), chance)),
    ]
    chance = Random(seed)  # noqa: S311 - a simulation, not a secret
    pairs = [(Judge.from_ranges(learnt), Simulator(held_out)) for learnt, held_out in halves(source)]
    return tuple(
        Rate(
            name,
            tables // 2 * 2,
            sum(
                not judge.judge_figures(make(simulator, chance)).plausible
                for judge, simulator in pairs
                for _ in range(tables // 2)
            ),
        )
        for name, make in kinds
    )


def mistake_rates(source: Ranges, tables: int, seed: int = 3) -> tuple[Rate, ...]:
    """How many of `tables` odd tables of each kind are doubted, and how many for a right reason."""
    chance = Random(seed)  # noqa: S311 - a simulation, not a secret
    found: dict[str, list[int]] = {}
    for learnt, held_out in halves(source):
        judge = Judge.from_ranges(learnt)
        for mistake in Mistakes(held_out).all():
            counts = found.setdefault(mistake.name, [0, 0, 0])
            for _ in range(tables // 2):
                judgement = judge.judge_figures(mistake.make(chance))
                counts[0] += 1
                counts[1] += not judgement.plausible
                counts[2] += any(cause.id in mistake.causes for cause in judgement.causes)
    return tuple(Rate(name, *counts) for name, counts in found.items())


def report(source: Ranges, tables: int) -> Iterator[str]:
    """The tables of ``docs/plausibility.md``, line by line, in Markdown."""
    yield from _reproduction(source)
    yield ""
    yield f"Doubted: score below {DOUBT}. {tables} tables of each kind."
    yield ""
    yield "| honest tables | doubted | at most (95 %) |"
    yield "| --- | ---: | ---: |"
    for rate in honest_rates(source, tables):
        yield f"| {rate.name} | {rate.doubted / rate.tables:.2%} | {rate.upper():.2%} |"
    yield ""
    yield "| one mistake | caught | for a right reason |"
    yield "| --- | ---: | ---: |"
    for rate in mistake_rates(source, max(2, tables // 10)):
        yield f"| {rate.name} | {rate.doubted / rate.tables:.1%} | {(rate.named or 0) / rate.tables:.1%} |"


def _reproduction(source: Ranges) -> Iterator[str]:
    judge = Judge.from_ranges(source)
    yield "| batch | seed's accuracy | runs | median | spread (sd) | band | seed's time | median time |"
    yield "| ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: |"
    for band in judge.bands():
        runs = [
            run
            for run in source.runs
            if run.batch == band.batch and run.variant in HONEST_VARIANTS and not run.start
        ]
        middle = f"{median(run.accuracy for run in runs):.4f}" if runs else "-"
        seconds = f"{median(run.seconds for run in runs):.1f} s" if runs else "-"
        mean = sum(run.accuracy for run in runs) / max(1, len(runs))
        spread = sqrt(sum((run.accuracy - mean) ** 2 for run in runs) / max(1, len(runs) - 1))
        yield (
            f"| {band.batch} | {SEED_TABLE[band.batch][1]:.4f} | {len(runs)} | {middle} | {spread:.4f} "
            f"| {band.low:.3f} to {band.high:.3f} | {SEED_TABLE[band.batch][0]} s | {seconds} |"
        )
    yield ""
    yield from _shown(source, judge)
    judged = judge.judge_figures([Row(batch, *SEED_TABLE[batch]) for batch in BATCH_SIZES])
    yield ""
    yield f"The seed's table: {'plausible' if judged.plausible else 'doubted'}, score {judged.score:.2g}."
    found = correlations(source.runs)
    if found:
        listed = ", ".join(f"{one} and {other}: {value:+.2f}" for (one, other), value in found.items())
        yield ""
        yield f"Correlation of the libraries' means between neighbouring sizes: {listed}."


def _shown(source: Ranges, judge: Judge) -> Iterator[str]:
    """What each library printed and what its history held, in the same runs; and the bands of the former."""
    yield "| library | " + " | ".join(map(str, BATCH_SIZES)) + " |"
    yield "| --- |" + " ---: |" * len(BATCH_SIZES)
    for name in HONEST_VARIANTS:
        cells = []
        for batch in BATCH_SIZES:
            pairs = [
                (run.printed, run.accuracy)
                for run in source.runs
                if (run.variant, run.batch, run.start) == (name, batch, ()) and run.printed is not None
            ]
            printed, held = (median(pair[side] for pair in pairs) if pairs else 0.0 for side in (0, 1))
            cells.append(f"{printed:.4f} / {held:.4f} ({len(pairs)})" if pairs else "-")
        if any(cell != "-" for cell in cells):
            yield f"| {name} | " + " | ".join(cells) + " |"
    bands = judge.printed_bands()
    if bands:
        yield (
            "| band of what is printed | "
            + " | ".join(f"{band.low:.3f} to {band.high:.3f}" for band in bands)
            + " |"
        )


def _with_gaps(table: Sequence[Row], chance: Random) -> list[Row]:
    return [
        Row(
            row.batch,
            None if chance.random() < 0.3 else row.seconds,
            None if chance.random() < 0.3 else row.accuracy,
            row.seconds_step,
            row.accuracy_step,
        )
        for row in table
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the report for the shipped ranges, or for those of a file."""
    parser = argparse.ArgumentParser(prog="python -m reference.plausibility.validation", description=__doc__)
    parser.add_argument("--ranges", type=Path, help="a file of reference ranges other than the shipped one")
    parser.add_argument(
        "--tables", type=int, default=10000, help="tables of each honest kind (default 10000)"
    )
    chosen = parser.parse_args(arguments)
    source = read_ranges(chosen.ranges.read_bytes()) if chosen.ranges else ranges()
    for line in report(source, chosen.tables):
        print(line)


if __name__ == "__main__":
    main()
