"""Why a table's accuracies are odd: what was done is inferred from what the calibration's other runs gave.

Every explanation says how likely these accuracies are under it; they are weighed against each other and
against "no reason known", under which any accuracy is as likely as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import exp, inf, log, pi, sqrt
from statistics import pstdev

from grader.model import Value
from reference.lab.batch_sizes import Ranges, Run
from reference.plausibility.accuracy import AccuracyModel
from reference.plausibility.tables import Cause, WrittenNumber

Table = Mapping[int, WrittenNumber]

_KERNEL = 0.008  # the least width put around each run of a pool, for versions that were not trained
_FLOOR = 0.004  # the least width of a fresh row's curve here, for the same reason
_SHOWN = 0.15  # an explanation of less weight than this is not named
_EDITS = 40.0  # so many ways to mistype a number of four digits


class Explanation(Value, frozen=True):
    """One explanation: how likely it makes the table (natural logarithm), and the rows it is about."""

    id: str
    likelihood: float
    batches: tuple[int, ...]
    detail: str = ""


class Pools(Value, frozen=True):
    """The calibration's runs that are not a fresh start of the lab's network, by what was done."""

    pools: dict[str, dict[int, tuple[float, ...]]]


# How often each is met among odd tables. Only the first is known from real reports; the rest are our weights.
_PRIOR = {
    "not-reset": 0.35,
    "test-accuracy": 0.15,
    "typo": 0.15,
    "epochs": 0.1,
    "other-data": 0.05,
    "other-network": 0.05,
    "not-scaled": 0.05,
    "accuracy": 0.1,
}


def pools(source: Ranges) -> Pools:
    """Sorts a calibration's runs by what they show."""
    found: dict[str, dict[int, list[float]]] = {}

    def put(name: str, run: Run, accuracy: float) -> None:
        found.setdefault(name, {}).setdefault(run.batch, []).append(accuracy)

    for run in source.runs:
        if run.variant == "lab":
            if not run.start:
                put("test-accuracy", run, run.test_accuracy)
                continue
            put("not-reset", run, run.accuracy)
            if set(run.start) == {run.batch}:
                put(f"epochs {len(run.start) + 1}", run, run.accuracy)
        elif run.variant == "digits":
            put("other-data", run, run.accuracy)
        elif run.variant == "unscaled":
            put("not-scaled", run, run.accuracy)
        elif run.variant in ("linear", "sigmoid", "cnn"):
            put(f"other-network {run.variant}", run, run.accuracy)
    return Pools({name: {b: tuple(v) for b, v in sizes.items()} for name, sizes in found.items()})


def explain(table: Table, model: AccuracyModel, known: Pools) -> tuple[Cause, ...]:
    """The likely causes of an odd column of accuracies, likeliest first; at least one."""
    candidates = [*_whole_table(table, known), *_row_by_row(table, model, known), *_typos(table, model)]
    odd = tuple(
        sorted({b for c in model.compare(table) if abs(c.distance) > 2.6 for b in c.batches})
    ) or tuple(table)
    candidates.append(Explanation("accuracy", 0.0, odd))
    best: dict[str, tuple[float, Explanation]] = {}
    for candidate in candidates:
        weight = candidate.likelihood + log(_PRIOR[candidate.id])
        if weight > best.get(candidate.id, (-inf, candidate))[0]:
            best[candidate.id] = (weight, candidate)
    top = max(weight for weight, _ in best.values())
    shares = {name: exp(weight - top) for name, (weight, _) in best.items()}
    whole = sum(shares.values())
    ranked = sorted(best.values(), key=lambda pair: pair[0], reverse=True)
    return tuple(
        _cause(explanation, shares[explanation.id] / whole, table)
        for position, (_, explanation) in enumerate(ranked)
        if position == 0 or (shares[explanation.id] / whole >= _SHOWN and explanation.id != "accuracy")
    )


def _whole_table(table: Table, known: Pools) -> list[Explanation]:
    """Explanations under which every row was measured in the same wrong way."""
    found = []
    for name, pool in known.pools.items():
        kind, _, detail = name.partition(" ")
        if kind != "not-reset":
            likelihood = sum(_pooled(pool, batch, cell) for batch, cell in table.items())
            found.append(Explanation(kind, likelihood, tuple(table), detail))
    return found


def _row_by_row(table: Table, model: AccuracyModel, known: Pools) -> list[Explanation]:
    """Some rows went on from the parameters of another, the others are fresh."""
    pool = known.pools.get("not-reset")
    if not pool:
        return []
    total, gone_on = 0.0, []
    for batch, cell in table.items():
        fresh, further = _fresh(model, batch, cell), _pooled(pool, batch, cell)
        total += max(fresh, further) + log(0.5)
        if further > fresh:
            gone_on.append(batch)
    return [Explanation("not-reset", total, tuple(gone_on))] if gone_on else []


def _typos(table: Table, model: AccuracyModel) -> list[Explanation]:
    """All rows but one are as they should be, and that one is a slip of a digit away from it."""
    found = []
    for batch, cell in table.items():
        others = sum(_fresh(model, other, kept) for other, kept in table.items() if other != batch)
        meant = max(
            (
                (_fresh(model, batch, WrittenNumber(value, cell.half_step)), value)
                for value in slips(cell.value)
            ),
            default=None,
        )
        if meant is not None and others > -inf:
            detail = f"{meant[1]:g}"
            found.append(Explanation("typo", others + meant[0] - log(_EDITS), (batch,), detail))
    return found


def slips(value: float) -> set[float]:
    """The numbers that a slip of one digit or of the decimal point makes `value` from, all from 0 to 1."""
    digits = f"{value:.6f}".rstrip("0").replace(".", "").lstrip("0")[:6]
    places = len(f"{value:.6f}".rstrip("0").partition(".")[2])
    near: set[float] = {value / 10, value / 100, value / 1000, value * 10}
    for index in range(len(digits)):
        for digit in "0123456789":
            near.add(int(digits[:index] + digit + digits[index + 1 :]) / 10**places)
        if index + 1 < len(digits):
            swapped = digits[:index] + digits[index + 1] + digits[index] + digits[index + 2 :]
            near.add(int(swapped) / 10**places)
    near.discard(value)
    return {other for other in near if 0.0 <= other <= 1.0}


def _fresh(model: AccuracyModel, batch: int, cell: WrittenNumber) -> float:
    """Logarithm of the density of an honest row."""
    spread = model.rows.get(batch)
    if spread is None:
        return 0.0
    gap = max(0.0, abs(cell.value - spread.middle) - cell.half_step)
    width = max(_FLOOR, spread.above if cell.value > spread.middle else spread.below)
    return -0.5 * (gap / width) ** 2 - log(width * sqrt(2 * pi))


def _pooled(pool: Mapping[int, Sequence[float]], batch: int, cell: WrittenNumber) -> float:
    """Logarithm of the density of a row of this pool. At batch size 1 the pool of 10 stands in, blurred."""
    values, least = pool.get(batch), _KERNEL
    if not values and batch == 1:
        values, least = pool.get(10), 4 * _KERNEL
    if not values:
        return 0.0
    width = max(least, 0.7 * pstdev(values))
    gaps = [max(0.0, abs(cell.value - value) - cell.half_step) / width for value in values]
    nearest = min(gaps)
    mean = sum(exp(-0.5 * (gap**2 - nearest**2)) for gap in gaps) / len(gaps)
    return log(mean) - 0.5 * nearest**2 - log(width * sqrt(2 * pi))


def _cause(explanation: Explanation, share: float, table: Table) -> Cause:
    student, staff = _WORDS[explanation.id](explanation, table)
    return Cause(
        explanation.id,
        student,
        f"{staff} Weight among the explanations tried: {share:.0%}.",
        tuple(sorted(explanation.batches)),
    )


Words = Callable[[Explanation, Table], tuple[str, str]]


def rows_named(batches: Sequence[int]) -> str:
    """The rows in words: one as "batch size 10", several as "batch sizes 10, 100 and 1000"."""
    names = [str(batch) for batch in sorted(batches)]
    if len(names) == 1:
        return f"batch size {names[0]}"
    return f"batch sizes {', '.join(names[:-1])} and {names[-1]}"


_WORDS: dict[str, Words] = {
    "not-reset": lambda found, _: (
        f"The accuracy at {rows_named(found.batches)} is higher than one epoch from a fresh start gives. "
        "Were all parameters reset before each run? If not, a run goes on from where the last one ended.",
        f"Parameters seem not reset: {rows_named(found.batches)} as in runs that go on from another.",
    ),
    "test-accuracy": lambda _found, _table: (
        "These look like accuracies on the test images. "
        "The question asks for the accuracy on the training images.",
        "The column follows the accuracy on the test images after the epoch.",
    ),
    "epochs": lambda found, _: (
        "These accuracies are higher than one epoch gives. "
        "Was the network trained for one epoch at each batch size?",
        f"The column follows the accuracy of epoch {found.detail}, not of the first.",
    ),
    "typo": lambda found, table: (
        f"Check the accuracy at {rows_named(found.batches)}: "
        "is a digit or the decimal point in the wrong place?",
        f"{table[found.batches[0]].value:g} at {rows_named(found.batches)} "
        f"is a slip away from {found.detail}; the other rows fit.",
    ),
    "other-data": lambda _found, _table: (
        "These accuracies are those of an easier data set. Was the network trained on the lab's own images?",
        "The column follows an easier data set of the same shape (digits in place of clothes).",
    ),
    "other-network": lambda found, _: (
        "These accuracies are not those of the lab's network. Was it changed before the runs?",
        f"The column follows another network ({found.detail}).",
    ),
    "not-scaled": lambda _found, _table: (
        "These accuracies are those of images whose pixels are not between 0 and 1. Was the set-up cell run?",
        "The column follows images that were not divided by 255.",
    ),
    "accuracy": lambda found, _: (
        f"The accuracy at {rows_named(found.batches)} is not what training the lab's network gives. "
        "Check the figures, and that each run started fresh.",
        f"{rows_named(found.batches).capitalize()}: outside the band, for no reason known.",
    ),
}
