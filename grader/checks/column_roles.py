"""Which series is which column: by the words that stand with it, by unit, by what can stand there.

One model for grids, lists, sentences and code: series with labels go in, columns come out. Words decide first. What
has none goes to the columns that are lacking, where one assignment is better than every other; two that are as good
leave both open, so that a figure that fits two readings is read as none.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import isclose
from typing import Final

from grader.checks.quantities import Quantity, Unit
from grader.checks.record_types import Arrangement, Column, Measure, Reading, Series, Table
from grader.model import Value

MAX_LABEL: Final = 160  # characters of one label that are read
_MAX_UNNAMED: Final = 8  # series without words that are tried against the columns that are lacking
_MAX_ROLES: Final = 3
_UNITS: Final = {
    Measure.DURATION: frozenset({Unit.NONE, Unit.SECONDS, Unit.PER_SAMPLE}),
    Measure.SHARE: frozenset({Unit.NONE, Unit.PER_CENT}),
    Measure.NUMBER: frozenset({Unit.NONE, Unit.PER_CENT}),
    Measure.ANYTHING: frozenset(Unit),
}
_HEADING_UNIT: Final = (
    (re.compile(r"µs|μs|\bus\b|micro|mikro", re.I), 1e-6),
    (re.compile(r"\(ms\)|\bms\b|milli", re.I), 1e-3),
    (re.compile(r"\(h\)|\bhours?\b|\btimmar\b", re.I), 3600.0),
    (re.compile(r"\(m\)|\bmin(?:s|utes?|uter)?\b", re.I), 60.0),
)
_TIMES_IN: Final = re.compile(  # over a table: "time in ms", "tiderna är i minuter"
    r"\b\w{0,12}(?:time|tid)(?:s|en|er|erna)?\b[^.\n\d]{0,16}?[\s(\[](?:(?:in|i)\s)?(?P<unit>ms|millis\w*|µs|μs|us|min(?:s|utes?|uter)?|hours?|h|timmar)\b",
    re.I,
)
_PER_CENT: Final = re.compile(r"%|\bper\s?cent|\bprocent", re.I)


class Name(Value, frozen=True):
    """A column that words name. `sure`: by a heading that can be no other's. None: two columns are named alike."""

    column: Column | None
    sure: bool = False


@cache
def _patterns(table: Table) -> tuple[tuple[Column, re.Pattern[str], re.Pattern[str] | None], ...]:
    return tuple(
        (column, re.compile(column.heading, re.I), re.compile(column.surest, re.I) if column.surest else None)
        for column in table.columns
    )


def fits(column: Column, units: Iterable[Unit]) -> bool:
    """Whether figures of these units can be a column's."""
    return set(units) <= _UNITS[column.measure]


def name_of(label: str, units: Iterable[Unit], table: Table) -> Name | None:
    """The column that a label names for figures of these units; None if it names none."""
    words = re.sub(r"[_*`\"']", " ", label[:MAX_LABEL]).strip(" :=-,;|")
    wanted = set(units)
    if not words:
        return None
    found: Name | None = None
    for column, pattern, surest in _patterns(table):
        if not wanted <= _UNITS[column.measure] or not pattern.search(words):
            continue
        if found is None:
            found = Name(column, bool(surest and surest.search(words)))
            if not column.required:
                return found
        elif column.required and found.column is not None and column.measure is not found.column.measure:
            return Name(None)  # "time and accuracy": either
    return found


def names_in(label: str, table: Table) -> list[Column]:
    """All columns that a label names, in the order in which it does."""
    words = label[:MAX_LABEL].replace("_", " ")
    found: list[tuple[int, int, Column]] = []
    covered: list[tuple[int, int]] = []
    for column, pattern, _ in _patterns(table):
        for match in itertools.islice(pattern.finditer(words), 8):
            if match.end() > match.start() and not any(
                start < match.end() and match.start() < end for start, end in covered
            ):
                covered.append(match.span())
                found.append((*match.span(), column))
    return [column for _, _, column in sorted(found, key=lambda entry: entry[:2])]


def roles(arrangement: Arrangement, table: Table) -> dict[str, dict[int, Reading]]:
    """The readings by column and key, as far as words, units and contents leave no doubt."""
    named: dict[str, list[tuple[bool, Series]]] = {}
    unnamed: list[Series] = []
    doubtful: set[str] = set()
    for series in arrangement.series:
        units = kinds(series)
        if {Unit.SECONDS, Unit.PER_CENT} <= units:
            continue
        name = _name(series, units, table)
        if name is None:
            if arrangement.bare or units & {Unit.SECONDS, Unit.PER_CENT}:
                unnamed.append(series)
        elif name.column is not None:
            if name.column.required and _contradicts(series, name.column.measure):
                doubtful.add(name.column.name)  # the headings do not stand over their columns
            named.setdefault(name.column.name, []).append((name.sure, series))
    if doubtful:
        return {}
    chosen: dict[str, dict[int, Reading]] = {}
    closed: set[str] = set()
    for column in table.columns:
        own = named.get(column.name)
        if not own:
            continue
        closed.add(column.name)
        readings = _one_of(own, column)
        if readings:
            chosen[column.name] = readings
    lacking = [column for column in table.columns if column.required and column.name not in closed]
    for column, series in _assigned(unnamed[:_MAX_UNNAMED], lacking):
        chosen[column.name] = {
            key: _in_unit(reading, column, series) for key, reading in series.readings.items()
        }
    return chosen


def kinds(series: Series) -> set[Unit]:
    """The units of a series; a figure without one has that of the others."""
    return {reading.quantity.unit for reading in series.readings.values()} - {Unit.NONE} or {Unit.NONE}


def _name(series: Series, units: set[Unit], table: Table) -> Name | None:
    if series.column is not None:
        surest = next(pattern for column, _, pattern in _patterns(table) if column.name == series.column.name)
        return Name(series.column, bool(surest and surest.search(" ".join(series.labels))))
    unit_words = next(
        (
            reading.quantity.text
            for reading in series.readings.values()
            if reading.quantity.unit is Unit.PER_SAMPLE
        ),
        "",
    )
    own, *around = (*series.labels, "")
    doubt: Name | None = None
    if (
        series.above
        and (over := _from_above(series.above, name_of(own, units, table), units, table)) is not None
    ):
        return over
    for label in (*(f"{group} {own}" for group in around if group), f"{own} {unit_words}", *around):
        name = name_of(label, units, table)
        if name is not None and name.column is not None:
            return name
        doubt = doubt or name
    return doubt


def _from_above(above: str, own: Name | None, units: set[Unit], table: Table) -> Name | None:
    """What the line over a table says of a column that does not say it surely itself: ``Accuracy``, below ``On the test set``."""
    over = name_of(above, units, table)
    if over is None or not over.sure or over.column is None or over.column.required or (own and own.sure):
        return None
    if own is not None and (own.column is None or own.column.measure is not over.column.measure):
        return None
    named = [column.name for column in names_in(above, table)]
    alike = named.count(own.column.name) if own is not None and own.column is not None else 0
    return over if alike <= named.count(over.column.name) else None


def _contradicts(series: Series, measure: Measure) -> bool:
    values = [reading.quantity for reading in series.readings.values()]
    if measure is Measure.SHARE and sum(value.value < 0 for value in values) >= 2:
        return True  # a change, not a share
    odd = sum(not _possible(value, measure) for value in values)
    return odd * 2 > len(values)


def _possible(quantity: Quantity, measure: Measure) -> bool:
    if measure is Measure.SHARE:
        return 0 <= quantity.value <= 100
    return measure is not Measure.DURATION or quantity.value >= 0


def _one_of(named: Sequence[tuple[bool, Series]], column: Column) -> dict[int, Reading]:
    """The series of those that are named alike: the surer ones, as far as they agree; none if they do not."""
    best = [series for sure, series in named if sure] or [series for _, series in named]
    if column.measure is Measure.DURATION and len(best) > 1:
        best = [series for series in best if Unit.PER_SAMPLE not in kinds(series)] or best
    joined: dict[int, Reading] = {}
    for series in best:
        for key, reading in series.readings.items():
            shown = _in_unit(reading, column, series)
            if key in joined and not _agree(joined[key].quantity, shown.quantity):
                return {}
            joined.setdefault(key, shown)
    return joined


def _agree(one: Quantity, other: Quantity) -> bool:
    """Whether two figures are the same, rounded or in another unit."""
    (first, of_first), (second, of_second) = _with_margin(one), _with_margin(other)
    return isclose(first, second, abs_tol=1e-9 + of_first + of_second)


def _with_margin(quantity: Quantity) -> tuple[float, float]:
    """The value, a share as a fraction, and half the worth of its last written digit."""
    value = quantity.value / 100 if quantity.unit is Unit.PER_CENT else quantity.value
    match = re.search(r"\d+(?:[.,](\d+))?", quantity.text)
    written = float(match[0].replace(",", ".")) if match else 0.0
    step = 10.0 ** -len(match[1] or "") if match else 0.0
    return value, 0.5 * step * (abs(value / written) if written else 1.0)


def _in_unit(reading: Reading, column: Column, series: Series) -> Reading:
    """A reading in the unit that its heading gives where the cell gives none, or else the line over the table."""
    quantity = reading.quantity
    if quantity.unit is not Unit.NONE:
        return reading
    heading = " ".join(series.labels)
    if column.measure is Measure.DURATION:
        declared = _TIMES_IN.search(series.above)
        if declared is not None and not re.search(r"\bs\b|sec|sek", heading, re.I):
            heading = f"{heading} ({declared['unit']})"
        scale = next((factor for pattern, factor in _HEADING_UNIT if pattern.search(heading)), 1.0)
        return Reading(Quantity(quantity.value * scale, Unit.SECONDS, quantity.text), reading.evidence)
    if column.measure is Measure.SHARE and quantity.value > 1 and _PER_CENT.search(heading):
        return Reading(Quantity(quantity.value, Unit.PER_CENT, quantity.text), reading.evidence)
    return reading


def _assigned(unnamed: Sequence[Series], lacking: Sequence[Column]) -> list[tuple[Column, Series]]:
    """What goes where in all of the best assignments of series without words to columns without series."""
    lacking = lacking[:_MAX_ROLES]
    best = -1.0
    chosen: list[tuple[int | None, ...]] = []
    most = max((len(series.readings) for series in unnamed), default=1)
    worth = [
        [
            None if (score := _worth(series, column.measure)) is None else score * len(series.readings) / most
            for series in unnamed
        ]
        for column in lacking
    ]
    options: tuple[int | None, ...] = (None, *range(len(unnamed)))
    for places in itertools.product(options, repeat=len(lacking)):
        taken = [place for place in places if place is not None]
        if len(set(taken)) < len(taken):
            continue
        scores = [worth[role][place] for role, place in enumerate(places) if place is not None]
        if any(score is None for score in scores):
            continue
        total = sum(score for score in scores if score is not None)
        if total > best + 1e-9:
            best, chosen = total, [places]
        elif total > best - 1e-9:
            chosen.append(places)
    agreed: list[tuple[Column, Series]] = []
    for role, column in enumerate(lacking):
        own = {one[role] for one in chosen}
        place = own.pop() if len(own) == 1 else None
        if place is not None:
            agreed.append((column, unnamed[place]))
    return agreed


def _worth(series: Series, measure: Measure) -> float | None:
    """How well figures without a telling heading can be this measure; None if they cannot."""
    units = kinds(series)
    values = [reading.quantity.value for reading in series.readings.values()]
    fractions = any(value % 1 for value in values)
    if len(values) < 2 and units == {Unit.NONE}:
        return None
    if not units <= _UNITS[measure] or min(values) < 0:
        return None
    if measure is Measure.SHARE:
        if units == {Unit.PER_CENT}:
            return 3.0
        if max(values) <= 1:
            return 1.0 if fractions else None
        return (1.0 if fractions else 0.5) if max(values) <= 100 else None
    if measure is Measure.DURATION:
        if Unit.PER_SAMPLE in units:
            return 0.5
        if Unit.SECONDS in units:
            return 3.0
        return 0.5 if max(values) <= 1 else 1.0
    return None


def filled(columns: Mapping[str, Mapping[int, Reading]], table: Table) -> int:
    """How many cells of the required columns there are."""
    return sum(len(columns.get(column.name, {})) for column in table.columns if column.required)
