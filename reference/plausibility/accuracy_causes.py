"""Why a table's accuracies are odd: what was done is inferred from what the calibration's other runs gave.

Every explanation says how likely these accuracies are under it; they are weighed against each other and
against "no reason known", under which any accuracy is as likely as any other. Rows that an explanation leaves
as they should be may be those of any form in which libraries show the accuracy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import exp, inf, log, pi, sqrt
from typing import Final

import msgspec

from grader.model import Value
from reference.lab.batch_sizes import CLASSES, IMAGES
from reference.plausibility.accuracy import AccuracyModel
from reference.plausibility.accuracy_words import WORDS
from reference.plausibility.run_pools import Pools, pooled, top, widened
from reference.plausibility.tables import Cause, Explanation, WrittenNumber

Table = Mapping[int, WrittenNumber]
Candidates = list[Explanation]

_FLOOR = 0.004  # the least width of a fresh row's curve here, for versions that were not trained
_SHOWN = 0.1  # an explanation of less weight than this is not named
_OTHER_FORM = 0.3  # of odd tables, those in a form that only some libraries show
_EDITS = 60.0  # so many ways to mistype a number of four digits
_GONE_ON = 0.3  # of the rows of a table in which some resets were forgotten
_LARGEST_LOSS = 10.0  # one that does no better than guessing has 2.3
_GUESSED = 0.02  # the width of accuracies that are those of guessing
_EASIER: Final = {1: (0.87, 0.97), 10: (0.9, 0.97), 100: (0.87, 0.96), 1000: (0.76, 0.9)}
_TYPED_ZERO = 100.0  # how much likelier a 0 is in a cell left empty than any other figure


class Form(Value, frozen=True):
    """One form in which accuracies are shown (see ``accuracy.py``): what is honest in it, and the other runs."""

    model: AccuracyModel
    known: Pools


# How often each is met among odd tables. Only the first is known from real reports; the rest are our weights.
_PRIOR: Final = {
    "not-reset": 0.35,
    "epochs": 0.15,
    "test-accuracy": 0.08,
    "typo": 0.1,
    "exchanged": 0.06,
    "other-data": 0.05,
    "other-network": 0.04,
    "not-scaled": 0.04,
    "guessed": 0.04,
    "loss": 0.03,
    "zero": 0.03,
    "accuracy": 0.1,
}


def explain(table: Table, forms: Sequence[Form]) -> tuple[Cause, ...]:
    """The likely causes of an odd column of accuracies, likeliest first; at least one."""
    candidates: Candidates = []
    for position, form in enumerate(forms):
        found = [
            *_whole_table(table, form.known),
            *_chains(table, form),
            *_row_by_row(table, form),
            *_typos(table, form.model),
            *_exchanged(table, form.model),
            *_guessed(table, form.model),
            *_zeros(table, form.model),
            *_easier(table, form.model),
        ]
        rarer = log(_OTHER_FORM) if position else 0.0
        candidates += [msgspec.structs.replace(one, likelihood=one.likelihood + rarer) for one in found]
    candidates.append(Explanation("accuracy", 0.0, _odd_rows(table, forms)))
    best: dict[str, tuple[float, Explanation]] = {}
    for candidate in candidates:
        weight = candidate.likelihood + log(_PRIOR[candidate.id])
        if weight > best.get(candidate.id, (-inf, candidate))[0]:
            best[candidate.id] = (weight, candidate)
    top_weight = max(weight for weight, _ in best.values())
    shares = {name: exp(weight - top_weight) for name, (weight, _) in best.items()}
    whole = sum(shares.values())
    ranked = sorted(best.values(), key=lambda pair: pair[0], reverse=True)
    return tuple(
        _cause(explanation, shares[explanation.id] / whole, table)
        for position, (_, explanation) in enumerate(ranked)
        if position == 0 or (shares[explanation.id] / whole >= _SHOWN and explanation.id != "accuracy")
    )


def loss_cause(table: Table, forms: Sequence[Form]) -> Cause | None:
    """The cause where figures, some of them no accuracies at all, are losses; None if they are not."""
    if not all(0.0 <= cell.value <= _LARGEST_LOSS for cell in table.values()):
        return None
    for form in forms:
        pool = form.known.pools.get("loss", {})
        if pool and sum(pooled(pool, batch, cell) for batch, cell in table.items()) > 0.0:
            return _cause(Explanation("loss", 0.0, tuple(table)), 1.0, table)
    return None


def _odd_rows(table: Table, forms: Sequence[Form]) -> tuple[int, ...]:
    compared = [form.model.compare(table) for form in forms]
    nearest = min(compared, key=lambda found: max((abs(one.distance) for one in found), default=0.0))
    return tuple(sorted({b for one in nearest if abs(one.distance) > 2.6 for b in one.batches})) or tuple(
        table
    )


def _whole_table(table: Table, known: Pools) -> Candidates:
    """Explanations under which every row was measured in the same wrong way."""
    found = []
    for name, pool in known.pools.items():
        kind, _, detail = name.partition(" ")
        if kind != "not-reset":
            # With pixels up to 255 and a step an image the network may learn nothing at all.
            told = {b: cell for b, cell in table.items() if kind != "not-scaled" or b in pool}
            likelihood = sum(pooled(pool, batch, cell) for batch, cell in told.items())
            found.append(Explanation(kind, likelihood, tuple(table), detail))
    longest = max(
        (int(name.partition(" ")[2]) for name in known.pools if name.startswith("epochs ")), default=0
    )
    if longest:
        found += _more_epochs(table, known.pools[f"epochs {longest}"], longest)
    return found


def _more_epochs(table: Table, pool: Mapping[int, Sequence[float]], longest: int) -> Candidates:
    """More epochs than were trained: every row is above what those give."""
    total = 0.0
    for batch, cell in table.items():
        highest = top(pool, batch)
        if highest is None or not highest < cell.value < 1.0:
            return []
        total -= log(1.0 - highest)
    return [Explanation("epochs", total, tuple(table), f"{longest + 1} or a later one")]


def _chains(table: Table, form: Form) -> Candidates:
    """One network went through all the sizes, the smallest batch first or the largest."""
    found = []
    for name, order in (("up", sorted(table)), ("down", sorted(table, reverse=True))):
        pool = form.known.pools.get(f"not-reset {name}")
        if not pool or len(order) < 3:
            continue
        total = _fresh(form.model, order[0], table[order[0]])
        gone_on = []
        for batch in order[1:]:
            fresh, further = _fresh(form.model, batch, table[batch]), pooled(pool, batch, table[batch])
            total += further
            if further > fresh:
                gone_on.append(batch)
        if gone_on:
            first = "smallest" if name == "up" else "largest"
            found.append(Explanation("not-reset", total, tuple(gone_on), f"the {first} batch first"))
    return found


def _row_by_row(table: Table, form: Form) -> Candidates:
    """Some rows went on from the parameters of another, the others are fresh."""
    pool = form.known.pools.get("not-reset")
    if not pool:
        return []
    total, gone_on = 0.0, []
    for batch, cell in table.items():
        fresh = _fresh(form.model, batch, cell) + log(1.0 - _GONE_ON)
        further = pooled(pool, batch, cell) + log(_GONE_ON)
        total += max(fresh, further)
        if further > fresh:
            gone_on.append(batch)
    return [Explanation("not-reset", total, tuple(gone_on))] if gone_on else []


def _typos(table: Table, model: AccuracyModel) -> Candidates:
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
    near: set[float] = {value / 10, value / 100, value / 1000, value * 10, value * 100}
    for index in range(len(digits)):
        for digit in "0123456789":
            near.add(int(digits[:index] + digit + digits[index + 1 :]) / 10**places)
        if index + 1 < len(digits):
            swapped = digits[:index] + digits[index + 1] + digits[index] + digits[index + 2 :]
            near.add(int(swapped) / 10**places)
    near.discard(value)
    return {other for other in near if 0.0 <= other <= 1.0}


def _exchanged(table: Table, model: AccuracyModel) -> Candidates:
    """Two rows' accuracies are exchanged, or the whole column stands upside down."""
    batches = sorted(table)
    found = []
    for one, other in combinations(batches, 2):
        mixed = {**table, one: table[other], other: table[one]}
        total = sum(_fresh(model, batch, cell) for batch, cell in mixed.items())
        found.append(Explanation("exchanged", total - log(10), (one, other)))
    turned = dict(zip(batches, [table[batch] for batch in reversed(batches)], strict=True))
    if len(batches) > 2:
        total = sum(_fresh(model, batch, cell) for batch, cell in turned.items())
        found.append(Explanation("exchanged", total - log(4), tuple(batches), "upside down"))
    return found


def _guessed(table: Table, model: AccuracyModel) -> Candidates:
    """Some rows are those of a network that was not trained, or learnt nothing: one in ten is right."""
    total, rows = 0.0, []
    for batch, cell in table.items():
        fresh = _fresh(model, batch, cell) + log(0.5)
        width = widened(_GUESSED, cell)
        guessed = -0.5 * ((cell.value - 1 / CLASSES) / width) ** 2 - log(width * sqrt(2 * pi)) + log(0.5)
        total += max(fresh, guessed)
        if guessed > fresh and batch < IMAGES:
            rows.append(batch)
    return [Explanation("guessed", total, tuple(rows))] if rows else []


def _zeros(table: Table, model: AccuracyModel) -> Candidates:
    """Cells of 0 are cells without a figure."""
    zero = tuple(batch for batch, cell in table.items() if cell.value == 0.0)
    if not zero:
        return []
    total = sum(_fresh(model, batch, cell) for batch, cell in table.items() if batch not in zero)
    return [Explanation("zero", total + len(zero) * log(_TYPED_ZERO), zero)]


def _easier(table: Table, model: AccuracyModel) -> Candidates:
    """An easier data set of the same shape (handwritten digits): higher throughout, but fresh at the largest batch."""
    total = 0.0
    rows = []
    for batch, cell in table.items():
        low, high = _EASIER.get(batch, (1.0, 0.0))
        if low > high:
            total += _fresh(model, batch, cell)
        elif low <= cell.value <= high:
            total -= log(high - low)
            rows.append(batch)
        else:
            return []
    return [Explanation("other-data", total, tuple(rows))] if len(rows) > 1 else []


def _fresh(model: AccuracyModel, batch: int, cell: WrittenNumber) -> float:
    """Logarithm of the density of an honest row."""
    spread = model.rows.get(batch)
    if spread is None:
        return 0.0
    width = widened(max(_FLOOR, spread.above if cell.value > spread.middle else spread.below), cell)
    return -0.5 * ((cell.value - spread.middle) / width) ** 2 - log(width * sqrt(2 * pi))


def _cause(explanation: Explanation, share: float, table: Table) -> Cause:
    student, staff = WORDS[explanation.id](explanation, table)
    return Cause(
        explanation.id,
        student,
        f"{staff} Weight among the explanations tried: {share:.0%}.",
        tuple(sorted(explanation.batches)),
    )
