"""Whether the reasons for a choice are borne out by figures: each relation holds, is refuted, or cannot be told.

Refuted is only what is unambiguous: the option is named (or is the only one spoken of), nothing qualifies the
words, and the figures say the contrary by a clear margin. Anything less is a doubt, for a person.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from grader.checks.aspects import Aspect
from grader.checks.choice_words import CONCLUDES, PICK, REFERS_BACK, REJECT
from grader.checks.claims import Clause, Stance, clauses
from grader.checks.degrees import Degree
from grader.checks.held_relations import holds, is_told
from grader.checks.option_mentions import Option, Options, mentions
from grader.checks.prose_text import prose_text
from grader.checks.relation_reader import RelationReader
from grader.checks.relation_words import COMPROMISE
from grader.checks.relations import Kind, Relation, Sure
from grader.model import Value

MAX_TEXT: Final = 8_000  # characters of reasoning that are read

Figures = Mapping[str, Mapping[Option, float]]
"""By the name of the aspect, the value of each option."""

_BY_THEMSELVES: Final = frozenset({Kind.DEGREE, Kind.VALUE, Kind.DIFFERENCE})
_PREMISES: Final = 2  # sentences before a conclusion that it is drawn from
_FAR: Final = 2.5  # times its own figure, from which a figure is hardly meant as that
_SIDE_BY_SIDE: Final = 3  # figures of one aspect in a sentence; more are a list
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
    text: str, options: Options, aspects: Sequence[Aspect], chosen: Option | None, figures: Figures
) -> Reasons:
    """What speaks for the choice in a text, held against figures. `chosen` is None if nothing is for certain."""
    shown = prose_text(text[:MAX_TEXT])
    reader = RelationReader(shown, options, aspects, chosen)
    found = reader.read()
    by_name = {aspect.name: aspect for aspect in aspects}
    parts = clauses(shown)
    given: set[str] = set()
    refuted: list[Refuted] = []
    doubted: list[str] = []
    first = ""
    between = _is_compromise(parts, options, shown, chosen)
    led_to = _premises(parts, options, shown, chosen)
    supposing = any(one.kind is Kind.WEIGHED and one.supposed for one in found)
    for one in found:
        clause = _clause_of(parts, one)
        values = figures.get(one.aspect, {})
        one = _of_its_owner(one, by_name[one.aspect], values, chosen, reader)  # noqa: PLW2901 - the same, better understood
        held, against = holds(one, by_name[one.aspect], values)
        implied = _than_the_choice(one, chosen, reader)
        if (
            held is not False
            and implied is not None
            and holds(implied, by_name[one.aspect], values)[0] is False
        ):
            doubted.append(clause.text.strip(" ,;:") if clause else shown[one.start : one.end])
            continue
        if held is False and one.hedged and one.degree in {Degree.MOST, Degree.MORE}:
            held = None
        if held is False:
            words = clause.text.strip(" ,;:") if clause else shown[one.start : one.end]
            plain = not (
                one.hedged
                or one.faint
                or one.listed
                or _weighed_before(parts, one, against, options, shown)
                or (one.kind is Kind.VALUE and not _is_a_claim(one, by_name[one.aspect], values))
            )
            if one.sure is not Sure.GUESSED and against and plain:
                refuted.append(Refuted(words, one, against))
            elif not one.listed and (
                one.sure is not Sure.GUESSED or (one.subject == chosen and not one.hedged)
            ):
                doubted.append(words)
            continue
        if _bears_on(one, chosen, clause, reader, supposing=supposing) or (
            (
                one.sentence in led_to
                and (one.kind is Kind.CHANGE or (one.kind is Kind.TREND and held is True))
            )
            or (between and one.kind is Kind.DEGREE and held is True)
        ):
            given.add(one.aspect)
            first = first or (clause.text if clause else "")
    given |= _set_side_by_side(found, by_name, figures, chosen)
    weighing = any(one.kind in _WEIGHING for one in found)
    named = frozenset().union(
        *(
            reader.nouns_in(part.text)
            for part in parts
            if part.stance not in _ELSEWHERE
            and (part.stance is not Stance.SUPPOSED or reader.names_any(part.sentence))
        )
    )
    return Reasons(frozenset(given), named, tuple(refuted), tuple(doubted), first, weighing, reader.loose)


def _of_its_owner(
    one: Relation,
    aspect: Aspect,
    values: Mapping[Option, float],
    chosen: Option | None,
    reader: RelationReader,
) -> Relation:
    """A figure as that of the option whose it is, the choice or one of its sentence, where its subject was not named.

    One that nobody has, but by which two of them differ, is taken for that: "11 s for one per cent".
    """
    if one.kind is not Kind.VALUE or one.value is None or one.sure is Sure.NAMED:
        return one
    owners = [
        option
        for option, value in values.items()
        if is_told(aspect, value, one.value) and (option == chosen or reader.names(one.sentence, option))
    ]
    if one.subject in owners:
        return one
    if owners:
        return replace(one, subject=chosen if chosen in owners else owners[0], sure=Sure.GUESSED)
    return replace(one, kind=Kind.DIFFERENCE) if _is_a_difference(one.value, aspect, values) else one


def _is_a_difference(told: float, aspect: Aspect, values: Mapping[Option, float]) -> bool:
    """Whether a figure is nobody's, but that by which two options differ."""
    return not any(is_told(aspect, value, told) for value in values.values()) and any(
        is_told(aspect, abs(value - other), told)
        for value, other in itertools.combinations(values.values(), 2)
    )


def _is_a_claim(one: Relation, aspect: Aspect, values: Mapping[Option, float]) -> bool:
    """Whether a figure that is not its option's is told of it all the same, rather than by how much it differs or some ratio."""
    if one.value is None or one.subject is None or one.subject not in values:
        return False
    ratio = aspect.fraction and one.value * _FAR < values[one.subject]
    return not ratio and not _is_a_difference(one.value, aspect, values)


def _set_side_by_side(
    found: Sequence[Relation], by_name: Mapping[str, Aspect], figures: Figures, chosen: Option | None
) -> set[str]:
    """The aspects in which a sentence gives the choice's own figure and one or two others' ("3 s instead of 14 s")."""
    told: dict[tuple[int, str], list[float]] = {}
    for one in found:
        if one.value is not None and not one.supposed and one.kind in {Kind.VALUE, Kind.DIFFERENCE}:
            told.setdefault((one.sentence, one.aspect), []).append(one.value)
    aspects = set()
    for (_, name), told_here in told.items():
        values, aspect = figures.get(name, {}), by_name[name]
        if chosen is None or chosen not in values or not 1 < len(told_here) <= _SIDE_BY_SIDE:
            continue
        rivals = [figure for figure in told_here if not is_told(aspect, values[chosen], figure)]
        others = [value for option, value in values.items() if option != chosen]
        known = all(any(is_told(aspect, value, figure) for value in others) for figure in rivals)
        if len(rivals) == len(told_here) - 1 and known:
            aspects.add(name)
    return aspects


def _premises(parts: Sequence[Clause], options: Options, text: str, chosen: Option | None) -> frozenset[int]:
    """The sentences that a choice is concluded from: its own, and the two before one that opens with "hence"."""
    if chosen is None:
        return frozenset()
    found: set[int] = set()
    for part in parts:
        named = {one.option for one in mentions(text, options, part.start, part.end)}
        back = not named and PICK.search(part.text) and REFERS_BACK.search(part.text)
        if (chosen in named or back) and part.stance is Stance.ASSERTED and CONCLUDES.match(part.text):
            found.update(range(part.sentence - _PREMISES, part.sentence + 1))
    return frozenset(found)


def _than_the_choice(one: Relation, chosen: Option | None, reader: RelationReader) -> Relation | None:
    """A comparison with nothing, beside the choice, as one with the choice: "100, since 1000 is slower"."""
    bare = one.kind is Kind.DEGREE and one.degree is Degree.MORE and not one.objects and not one.hedged
    if not bare or chosen is None or one.subject in {None, chosen} or not reader.names(one.sentence, chosen):
        return None
    return replace(one, objects=(chosen,))


def _is_compromise(parts: Sequence[Clause], options: Options, text: str, chosen: Option | None) -> bool:
    """Whether the choice is called a compromise: what is said of the others then speaks for it."""
    return chosen is not None and any(
        part.stance is Stance.ASSERTED
        and COMPROMISE.search(part.text)
        and {one.option for one in mentions(text, options, part.start, part.end)} == {chosen}
        for part in parts
    )


def _clause_of(parts: Sequence[Clause], one: Relation) -> Clause | None:
    return next((part for part in parts if part.start <= one.start < part.end), None)


def _weighed_before(
    parts: Sequence[Clause], one: Relation, against: Sequence[Option], options: Options, text: str
) -> bool:
    """Whether the options that refute a superlative are spoken of in another sentence, and may be out of the race by then."""
    if one.degree is not Degree.MOST:
        return False
    return any(
        mention.option in against and mention.option != one.subject
        for part in parts
        if part.sentence < one.sentence and part.stance not in _ELSEWHERE
        for mention in mentions(text, options, part.start, part.end)
    )


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
        return reader.speaks_of(one.sentence, chosen) or (one.subject == chosen and one.sure >= Sure.REFERRED)
    if one.kind is Kind.WEIGHED:
        return one.supposed or supposing
    if one.kind is Kind.NAMED:
        return one.subject is not None
    alone = one.sure is Sure.GUESSED and one.kind in _BY_THEMSELVES
    against_the_choice = one.kind in _BY_THEMSELVES and reader.names(one.sentence, chosen)
    compares = one.kind is Kind.DIFFERENCE or (one.kind is Kind.DEGREE and one.degree in _COMPARING)
    against_the_choice |= compares and not one.objects
    return involved or alone or against_the_choice or one.turned_from or bool(REJECT.search(clause.text))
