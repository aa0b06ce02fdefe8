"""Whether the reasons for a choice are borne out by figures: each relation holds, is refuted, or cannot be told.

Refuted is only what is unambiguous: the option is named (or is the only one spoken of), nothing qualifies the
words, and the figures say the contrary by a clear margin. Anything less is a doubt, for a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

from grader.checks.aspects import Aspect
from grader.checks.choice_words import REJECT
from grader.checks.claims import Clause, Stance, clauses
from grader.checks.degrees import Degree, Side
from grader.checks.option_mentions import Option
from grader.checks.prose_text import prose_text
from grader.checks.relations import Kind, Relation, RelationReader, Sure
from grader.model import Value

MAX_TEXT: Final = 8_000  # characters of reasoning that are read

Figures = Mapping[str, Mapping[Option, float]]
"""By the name of the aspect, the value of each option."""

_BY_THEMSELVES: Final = frozenset({Kind.DEGREE, Kind.VALUE, Kind.DIFFERENCE})
_COMPARING: Final = frozenset({Degree.MORE, Degree.EQUAL})
_ELSEWHERE: Final = frozenset({Stance.OTHERS, Stance.GIVEN})
_WEIGHING: Final = frozenset({Kind.DEGREE, Kind.BALANCE, Kind.NAMED})


class Refuted(Value, frozen=True):
    """A relation that the figures contradict, with its words, and the options whose figures say so."""

    words: str
    relation: Relation
    options: tuple[Option, ...]


class Reasons(Value, frozen=True):
    """`given` are the aspects in which the choice is weighed by something that bears on it; `named` all that are spoken of.

    `refuted` is contradicted by the figures for certain, `doubted` are words that seem to be.
    `loose`: words of degree ("higher") are left that belong to no aspect the program knows.
    `first` is the clause in which the first reason stands. `weighing`: something is said of how options compare.
    """

    given: frozenset[str]
    named: frozenset[str]
    refuted: tuple[Refuted, ...] = ()
    doubted: tuple[str, ...] = ()
    first: str = ""
    weighing: bool = False
    loose: bool = False


def read_reasons(
    text: str, options: Sequence[Option], aspects: Sequence[Aspect], chosen: Option | None, figures: Figures
) -> Reasons:
    """What speaks for the choice in a text, held against figures. `chosen` is None if nothing is for certain."""
    shown = prose_text(text[:MAX_TEXT])
    reader = RelationReader(shown, options, aspects, chosen)
    found = reader.read()
    judge = _Judge(aspects, options, figures)
    parts = clauses(shown)
    given: set[str] = set()
    refuted: list[Refuted] = []
    doubted: list[str] = []
    first = ""
    supposing = any(one.kind is Kind.WEIGHED and one.supposed for one in found)
    for one in found:
        clause = _clause_of(parts, one)
        held, against = judge.holds(one)
        if held is False and one.hedged and one.degree in {Degree.MOST, Degree.MORE}:
            held = None
        if held is False:
            words = clause.text.strip(" ,;:") if clause else shown[one.start : one.end]
            if one.sure is not Sure.GUESSED and against and not one.hedged and not one.listed:
                refuted.append(Refuted(words, one, against))
            elif (not one.listed and one.sure is not Sure.GUESSED) or (
                one.subject == chosen and not one.denied and not one.hedged
            ):
                doubted.append(words)
            continue
        if _bears_on(one, chosen, clause, reader, supposing=supposing):
            given.add(one.aspect)
            first = first or (clause.text if clause else "")
    weighing = any(one.kind in _WEIGHING for one in found)
    named = frozenset().union(
        *(
            reader.nouns_in(part.text)
            for part in parts
            if part.stance not in _ELSEWHERE
            and (part.stance is not Stance.SUPPOSED or reader.names_any(part.sentence))
        )
    )
    return Reasons(
        frozenset(given), named, tuple(refuted), tuple(doubted), first, weighing, bool(reader.loose)
    )


def _clause_of(parts: Sequence[Clause], one: Relation) -> Clause | None:
    return next((part for part in parts if part.start <= one.start < part.end), None)


def _bears_on(
    one: Relation, chosen: Option | None, clause: Clause | None, reader: RelationReader, *, supposing: bool
) -> bool:
    """Whether a relation says something for or against the choice, not of the run of figures alone."""
    if chosen is None or one.listed or one.kind is Kind.TREND or clause is None:
        return False
    if one.kind is Kind.BALANCE:
        return True
    involved = one.subject == chosen or chosen in one.objects
    if one.kind is Kind.CHANGE:
        return reader.speaks_of(one.sentence, chosen)
    if one.kind is Kind.WEIGHED:
        return one.supposed or supposing
    if one.kind is Kind.NAMED:
        return one.subject is not None
    alone = one.sure is Sure.GUESSED and one.kind in _BY_THEMSELVES
    against_the_choice = one.kind is Kind.DEGREE and one.degree in _COMPARING and not one.objects
    return involved or alone or against_the_choice or one.turned_from or bool(REJECT.search(clause.text))


class _Judge:
    """Holds single relations against the figures."""

    def __init__(self, aspects: Sequence[Aspect], options: Sequence[Option], figures: Figures) -> None:
        self.aspects = {aspect.name: aspect for aspect in aspects}
        self.options = options
        self.figures = figures

    def holds(self, one: Relation) -> tuple[bool | None, tuple[Option, ...]]:
        """True, False or None if it cannot be told; and the options whose figures tell."""
        aspect, values = self.aspects[one.aspect], self.figures.get(one.aspect, {})
        if len(values) < 2 or (one.subject is None and one.kind is not Kind.TREND):
            return None, ()
        if one.kind is Kind.VALUE:
            return self._value(aspect, values, one)
        if one.kind is not Kind.DEGREE or one.subject not in values:
            return None, ()
        value = values[one.subject]
        if one.side is Side.NONE and one.degree is not Degree.EQUAL:
            return None, ()
        held, against = {
            Degree.LEVEL: self._level,
            Degree.MORE: self._more,
            Degree.MOST: self._most,
            Degree.EQUAL: self._equal,
        }[one.degree](aspect, values, one, value)
        if one.denied and held is not None:  # a negation may reach less far than it seems
            return None, ()
        return held, against

    def _most(
        self, aspect: Aspect, values: Mapping[Option, float], one: Relation, value: float
    ) -> tuple[bool | None, tuple[Option, ...]]:
        best = (min if one.side is Side.SMALL else max)(values, key=lambda option: values[option])
        if value == values[best]:
            return True, (best,)
        if aspect.gap(value, values[best]) > aspect.clear:
            return False, (one.subject, best) if one.subject is not None else ()
        return None, ()

    def _more(
        self, aspect: Aspect, values: Mapping[Option, float], one: Relation, value: float
    ) -> tuple[bool | None, tuple[Option, ...]]:
        sign = -1 if one.side is Side.SMALL else 1
        objects = [option for option in one.objects if option in values]
        if not objects:
            return (True, ()) if any(sign * (value - other) > 0 for other in values.values()) else (None, ())
        wrong = [
            option
            for option in objects
            if sign * (value - values[option]) < 0 and aspect.gap(value, values[option]) > aspect.clear
        ]
        if wrong and one.subject is not None:
            return (False if len(objects) == 1 else None), (one.subject, *wrong)
        return (True if all(sign * (value - values[option]) > 0 for option in objects) else None), ()

    def _equal(
        self, aspect: Aspect, values: Mapping[Option, float], one: Relation, value: float
    ) -> tuple[bool | None, tuple[Option, ...]]:
        objects = [option for option in one.objects if option in values]
        if not objects:
            return None, ()
        gaps = {option: aspect.gap(value, values[option]) for option in objects}
        far = tuple(option for option, gap in gaps.items() if gap > aspect.apart)
        if far and one.subject is not None:
            return (False if len(objects) == 1 else None), (one.subject, *far)
        return (True if all(gap <= aspect.alike for gap in gaps.values()) else None), ()

    def _level(
        self, aspect: Aspect, values: Mapping[Option, float], one: Relation, value: float
    ) -> tuple[bool | None, tuple[Option, ...]]:
        """ "Fast", "accurate": true near the best, false only for what is far from all that is good."""
        good = (one.side is Side.SMALL) == aspect.less_is_better
        order = sorted(values.values(), reverse=not aspect.less_is_better)
        best, worst, middle = order[0], order[-1], median(order)
        if good:
            if value == worst and aspect.gap(value, middle) > aspect.apart:
                far = next(option for option in values if values[option] == best)
                return False, (one.subject, far) if one.subject is not None else ()
            return (
                True
                if aspect.gap(value, best) <= aspect.apart or aspect.gap(value, middle) <= aspect.alike
                else None
            ), ()
        if value == best and aspect.gap(value, worst) > aspect.apart:
            far = next(option for option in values if values[option] == worst)
            return False, (one.subject, far) if one.subject is not None else ()
        return (True if value == worst else None), ()

    def _value(
        self, aspect: Aspect, values: Mapping[Option, float], one: Relation
    ) -> tuple[bool | None, tuple[Option, ...]]:
        if one.value is None:
            return None, ()
        same = [option for option, value in values.items() if self._rounds_to(aspect, value, one.value)]
        if one.subject not in values:
            return (True if same else None), ()
        value = values[one.subject]
        if one.subject in same or one.denied:
            return True, ()
        if one.bound:
            right = one.bound * (value - one.value) >= 0
            return (True if right else None if aspect.gap(value, one.value) <= _far(aspect) else False), (
                one.subject,
            )
        if same:  # another option's figure
            return (False if one.sure is Sure.NAMED else None), ()
        if aspect.gap(value, one.value) <= _far(aspect):
            return None, ()
        return False, (one.subject,)

    @staticmethod
    def _rounds_to(aspect: Aspect, value: float, told: float) -> bool:
        if aspect.ratio:
            return abs(value - told) <= max(0.6, 0.12 * value)  # told in whole units, or nearly
        return abs(value - told) <= 2 * aspect.clear


def _far(aspect: Aspect) -> float:
    """A gap beyond which a figure told is not the one meant."""
    return aspect.alike if aspect.ratio else 0.6 * aspect.alike
