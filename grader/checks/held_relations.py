"""Whether a single relation is borne out by figures: true, false by a clear margin, or not to be told.

"Clear", "alike" and "apart" are the aspect's own tolerances; a level such as "fast" is false only of what is far from
all that is good.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import Final

from grader.checks.aspects import Aspect
from grader.checks.degrees import Degree, Side
from grader.checks.option_mentions import Option
from grader.checks.relations import Kind, Relation, Sure

Values = Mapping[Option, float]
Held = tuple[bool | None, tuple[Option, ...]]
"""True, False or None if it cannot be told; and the options whose figures tell."""

_UNTOLD: Final[Held] = (None, ())
_PAIR: Final = 2  # options, without which there is nothing to compare
_UNIT: Final = 0.6  # a figure told in whole units, or nearly
_ROUGHLY: Final = 0.12  # of a value, within which it is told as a round figure


def holds(one: Relation, aspect: Aspect, values: Values) -> Held:
    """Holds a relation in an aspect against the values of the options."""
    subject = one.subject
    if one.kind is Kind.TREND:
        return _trend(values, one)
    if len(values) < _PAIR or subject is None or subject not in values:
        return _UNTOLD
    if one.kind is Kind.VALUE:
        return _value(aspect, values, one, subject)
    if one.kind is not Kind.DEGREE or one.denied:  # a negation may reach less far than it seems
        return _UNTOLD
    if one.degree is Degree.EQUAL:
        return _equal(aspect, values, one, subject)
    if one.side is Side.NONE:
        return _UNTOLD
    if one.degree is Degree.LEVEL:
        return _level(aspect, values, one, subject)
    return (_more if one.degree is Degree.MORE else _most)(aspect, values, one, subject)


def _trend(values: Values, one: Relation) -> Held:
    """Whether values rise or fall from the smallest option to the largest as is said; the run between may do as it likes."""
    ordered = sorted(option for option in values if not isinstance(option, str))
    if len(ordered) < _PAIR or one.side is Side.NONE or one.denied:
        return _UNTOLD
    rise = values[ordered[-1]] - values[ordered[0]]
    if rise == 0:
        return _UNTOLD
    return (rise > 0) is (one.side is Side.LARGE), ()


def _most(aspect: Aspect, values: Values, one: Relation, subject: Option) -> Held:
    best = (min if one.side is Side.SMALL else max)(values, key=lambda option: values[option])
    if values[subject] == values[best]:
        return True, (best,)
    if aspect.gap(values[subject], values[best]) > aspect.clear:
        return False, (subject, best)
    return _UNTOLD


def _more(aspect: Aspect, values: Values, one: Relation, subject: Option) -> Held:
    sign, value = -1 if one.side is Side.SMALL else 1, values[subject]
    objects = [option for option in one.objects if option in values]
    if not objects:
        return (True, ()) if any(sign * (value - other) > 0 for other in values.values()) else _UNTOLD
    if all(sign * (value - values[option]) > 0 for option in objects):
        return True, ()
    wrong = [
        option
        for option in objects
        if sign * (value - values[option]) < 0 and aspect.gap(value, values[option]) > aspect.clear
    ]
    if wrong and len(objects) > 1:
        return False, ()  # it may be meant of some of them
    return (False, (subject, *wrong)) if wrong else _UNTOLD


def _equal(aspect: Aspect, values: Values, one: Relation, subject: Option) -> Held:
    gaps = {option: aspect.gap(values[subject], values[option]) for option in one.objects if option in values}
    far = [option for option, gap in gaps.items() if gap > aspect.apart]
    if far:
        return (False, (subject, *far)) if len(gaps) == 1 else _UNTOLD
    return (True, ()) if gaps and all(gap <= aspect.alike for gap in gaps.values()) else _UNTOLD


def _level(aspect: Aspect, values: Values, one: Relation, subject: Option) -> Held:
    value, ordered = values[subject], sorted(values, key=lambda option: values[option])
    best, worst = (ordered[0], ordered[-1]) if aspect.less_is_better else (ordered[-1], ordered[0])
    if (one.side is Side.SMALL) == aspect.less_is_better:
        middle = median(values.values())
        if value == values[worst] and aspect.gap(value, middle) > aspect.apart:
            return False, (subject, best)
        near = aspect.gap(value, values[best]) <= aspect.apart or aspect.gap(value, middle) <= aspect.alike
        return (True, ()) if near else _UNTOLD
    if value == values[best] and aspect.gap(value, values[worst]) > aspect.apart:
        return False, (subject, worst)
    return (True, ()) if value == values[worst] else _UNTOLD


def _value(aspect: Aspect, values: Values, one: Relation, subject: Option) -> Held:
    if one.value is None:
        return _UNTOLD
    value, told = values[subject], one.value
    far = aspect.gap(value, told) > (aspect.alike if aspect.ratio else _UNIT * aspect.alike)
    if is_told(aspect, value, told) or one.denied:
        return True, ()
    if one.bound:
        return (True, ()) if one.bound * (value - told) >= 0 else (False, (subject,)) if far else _UNTOLD
    if any(is_told(aspect, other, told) for other in values.values()):  # another option's figure
        return (False if one.sure >= Sure.REFERRED else None), ()
    return (False, (subject,)) if far else _UNTOLD


def is_told(aspect: Aspect, value: float, told: float) -> bool:
    """Whether a figure told can be this value, rounded."""
    if aspect.ratio:
        return abs(value - told) <= max(_UNIT, _ROUGHLY * value)
    return abs(value - told) <= 2 * aspect.clear
