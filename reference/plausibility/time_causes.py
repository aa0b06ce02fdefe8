"""Why a table's times are odd: an explanation undoes one mistake, and is as good as the rest then fits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from math import exp, log

from grader.model import Value
from reference.lab.batch_sizes import IMAGES, steps
from reference.plausibility import timing
from reference.plausibility.accuracy_words import rows_named
from reference.plausibility.tables import Cause, WrittenNumber
from reference.plausibility.timing import TimedRow

Table = Mapping[int, WrittenNumber]

_SHORTEST = 0.02  # seconds that no epoch of 60000 images falls below, on any machine
_FLAT = (
    2.5  # batch size 1 takes at least 10 times as long as 100 on any machine; less than this is no rounding
)
_LEFT = 4.5  # what an explanation leaves unexplained may be at most this odd
_NUDGE = 2.0  # an explanation must make the table so much likelier (natural logarithm) to be named


class _Undone(Value, frozen=True):
    """A table with one mistake undone, and what it costs to suppose that mistake (natural logarithm)."""

    cause: Cause
    rows: tuple[TimedRow, ...]
    cost: float


def explain(table: Table) -> tuple[Cause, ...]:
    """The likeliest cause of an odd column of times."""
    rows = tuple(TimedRow(batch, cell.value, cell.half_step) for batch, cell in sorted(table.items()))
    if (zero := _zero(rows)) is not None:
        return (zero,)
    before = oddness(rows)
    undone = [
        *_units(rows),
        *_cells_per_sample(rows),
        *_minutes(rows),
        *_reversed(rows),
        *_swapped(rows),
        *_typos(rows),
    ]
    rated = [
        (left + attempt.cost, index)
        for index, attempt in enumerate(undone)
        if (left := oddness(attempt.rows)) < _LEFT
    ]
    flat = _flat(table)
    if rated and min(rated)[0] + _NUDGE < before:
        cause = undone[min(rated)[1]].cause
        return (flat if flat is not None and cause.id == "time-typo" and cause.batches == (1,) else cause,)
    if flat is not None:
        return (flat,)
    found = timing.fit(rows)
    gaps = [
        late / timing.LATE + abs(ratio) / timing.NOISE
        for late, ratio in zip(found.late, found.ratios, strict=True)
    ]
    worst = rows[gaps.index(max(gaps))]
    return (
        Cause(
            "times",
            "The times do not fall with the batch size as they do on any machine: check them row by row.",
            f"On the likeliest machine these times have odds of 1 to {exp(min(found.misfit, 30)):.0f}; "
            f"most is wrong at {rows_named([worst.batch])}. "
            f"A step would take {found.per_step * 1000:.2g} ms.",
            (worst.batch,),
        ),
    )


def oddness(rows: Sequence[TimedRow]) -> float:
    """How unlikely these times are (natural logarithm, 0 for nothing odd): the shape and the speed."""
    found = timing.fit(rows)
    return found.misfit + 0.5 * timing.speed_distance(found, rows) ** 2


def _units(rows: Sequence[TimedRow]) -> list[_Undone]:
    """The whole column in another unit."""
    units: tuple[tuple[str, str, Callable[[TimedRow], float]], ...] = (
        ("microseconds per image", "us/sample", lambda _: IMAGES / 1e6),
        ("milliseconds per step", "ms/step", lambda row: steps(row.batch) / 1e3),
        ("milliseconds", "ms", lambda _: 1e-3),
        ("minutes", "min", lambda _: 60.0),
    )
    return [
        _Undone(
            Cause(
                "time-unit",
                "The times do not look like seconds. Keras prints several: "
                "the question asks for the first, the seconds of the whole epoch.",
                f"Read as {unit} ({short}), the times are those of an ordinary machine.",
                tuple(row.batch for row in rows),
            ),
            tuple(_scaled(row, factor(row)) for row in rows),
            log(20),
        )
        for unit, short, factor in units
        if all(row.seconds * factor(row) > _SHORTEST for row in rows)
    ]


def _cells_per_sample(rows: Sequence[TimedRow]) -> list[_Undone]:
    """Some cells, not all, hold the time per image: "1s 17us/sample" copied as 17."""
    # Large batches most often: there the seconds are few and the time per image stands out.
    last = [tuple(range(first, len(rows))) for first in range(1, len(rows))]
    found = []
    for chosen in {*last, *((index,) for index in range(len(rows)))}:
        count = len(chosen)
        if count < len(rows):
            batches = tuple(rows[index].batch for index in chosen)
            found.append(
                _Undone(
                    Cause(
                        "time-unit",
                        f"The time at {rows_named(batches)} looks like the time for one image or one step. "
                        "The question asks for the first number, the seconds of the whole epoch.",
                        f"Read as microseconds per image at {rows_named(batches)}, the times fit.",
                        batches,
                    ),
                    tuple(
                        _scaled(row, IMAGES / 1e6) if index in chosen else row
                        for index, row in enumerate(rows)
                    ),
                    log(20) + 2.0 * count,
                )
            )
    return found


def _minutes(rows: Sequence[TimedRow]) -> list[_Undone]:
    """The longest runs, not all, are in minutes."""
    return [
        _Undone(
            Cause(
                "time-unit",
                f"Is the time at {rows_named(batches)} in minutes? The question asks for seconds.",
                f"Read as minutes at {rows_named(batches)}, the times fit.",
                batches,
            ),
            (*(_scaled(row, 60.0) for row in rows[:count]), *rows[count:]),
            log(30) + 2.0 * (count - 1),
        )
        for count in (1, 2)
        if count < len(rows) - 1 and rows[count - 1].batch <= 10
        for batches in [tuple(row.batch for row in rows[:count])]
    ]


def _zero(rows: Sequence[TimedRow]) -> Cause | None:
    """Times of 0 where many steps are made; None if there are none, or what is left is odd as well."""
    zero = [row for row in rows if row.seconds == 0.0]
    rest = [row for row in rows if row.seconds > 0.0]
    if not any(row.batch < 1000 for row in zero) or (len(rest) > 1 and oddness(rest) > _LEFT):
        return None
    batches = tuple(row.batch for row in zero)
    return Cause(
        "time-zero",
        f"The time at {rows_named(batches)} is given as 0 s. Is the figure missing, or was it rounded too far?",
        f"0 s at {rows_named(batches)}.",
        batches,
    )


def _reversed(rows: Sequence[TimedRow]) -> list[_Undone]:
    turned = tuple(
        TimedRow(row.batch, other.seconds, other.half_step)
        for row, other in zip(rows, reversed(rows), strict=True)
    )
    return [
        _Undone(
            Cause(
                "times-rising",
                "The times rise with the batch size. Which of your runs has the most steps to make?",
                "The times are upside down: read from below, they fit.",
                tuple(row.batch for row in rows),
            ),
            turned,
            log(10),
        )
    ]


def _swapped(rows: Sequence[TimedRow]) -> list[_Undone]:
    found = []
    for one, other in combinations(range(len(rows)), 2):
        mixed = list(rows)
        mixed[one] = TimedRow(rows[one].batch, rows[other].seconds, rows[other].half_step)
        mixed[other] = TimedRow(rows[other].batch, rows[one].seconds, rows[one].half_step)
        batches = (rows[one].batch, rows[other].batch)
        found.append(
            _Undone(
                Cause(
                    "times-rising" if len(rows) == 2 else "time-typo",
                    f"Check the times at {rows_named(batches)}: are they exchanged?",
                    f"With the times at {rows_named(batches)} exchanged, the table fits.",
                    batches,
                ),
                tuple(mixed),
                log(30),
            )
        )
    return found


def _typos(rows: Sequence[TimedRow]) -> list[_Undone]:
    """One cell is wrong by whatever: the others fit without it."""
    if len(rows) < 3:
        return []
    return [
        _Undone(
            Cause(
                "time-typo",
                f"Check the time at {rows_named([row.batch])}: it does not go with the other rows.",
                f"Without {rows_named([row.batch])} ({row.seconds:g} s) the times fit.",
                (row.batch,),
            ),
            tuple(other for other in rows if other is not row),
            log(100),
        )
        for row in rows
    ]


def _flat(table: Table) -> Cause | None:
    if 1 not in table:
        return None
    for batch in (100, 1000, 60000):
        if batch in table and table[1].value < _FLAT * table[batch].value:
            return Cause(
                "times-flat",
                f"Batch size 1 makes many more steps than {batch}: can it take as little time?",
                f"Batch size 1 in {table[1].value:g} s, {batch} in {table[batch].value:g} s.",
                (1, batch),
            )
    return None


def _scaled(row: TimedRow, factor: float) -> TimedRow:
    return TimedRow(row.batch, row.seconds * factor, max(row.half_step * factor, 1e-3))
