"""Reads the relations of a text: what is said of which option, in which aspect, and against which others.

What is denied is kept as denied ("not slower"); what is supposed or another's is left out. Whom "it" means is told
by the options named last; a subject that is not plain is marked as guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from grader.checks.aspects import Aspect
from grader.checks.choice_words import REJECT
from grader.checks.claims import STRUCK_OUT, Clause, Stance, clauses, stance_at
from grader.checks.comparisons import Comparisons
from grader.checks.degrees import Degree, Side, form_of
from grader.checks.figure_owners import FigureOwners
from grader.checks.number_words import MORPHEME
from grader.checks.option_mentions import Mention, Option, Options, Part, mentions
from grader.checks.relation_words import (
    AMONG_SOME,
    BALANCE,
    BEATS,
    BECAUSE_OF,
    BEYOND,
    BOUGHT,
    CHANGE,
    COMPARES,
    CONNECTING,
    COUNTS,
    DOES,
    FACING,
    FALLS,
    IT,
    JOINED_ANEW,
    KEPT,
    OF_ALL,
    PRONOUN,
    RATIO,
    RISES,
    SHRINKING,
    SPENT,
    THERE,
    TREND,
    WEIGHS,
    WHICH,
)
from grader.checks.relations import Kind, Relation, Sure
from grader.checks.told_degrees import DegreeReader
from grader.checks.told_figures import told_figures
from grader.checks.weighed_superlatives import WeighedSuperlatives

MOST_RELATIONS: Final = 400  # that are read in one text
_CLOSE: Final = 3  # characters between an option and the "which" that speaks of it
_LAST_WORD: Final = 40  # characters that hold the last word of a clause
_PAIR: Final = 2  # options; figures of more are a list
_NO: Final = re.compile(r"(?:no|none|nothing|inget|ingen)\b", re.I)


class RelationReader:
    """Reads all relations of a text about options in some aspects; `topic` is what it speaks of unless it says otherwise."""

    def __init__(self, text: str, options: Options, aspects: Sequence[Aspect], topic: Option | None) -> None:
        self.text = text
        self.options = options
        self.aspects = aspects
        self.chosen = topic
        self._degrees = DegreeReader(text, aspects, options.called)
        self._comparisons = Comparisons(options, aspects)
        self._named_in: dict[int, set[Option]] = {}
        self._changes = False  # words of change without an aspect
        self._kept: set[int] = set()  # sentences that limit what they praise
        self._among: set[int] = set()  # sentences that speak of some options alone
        self._carried = ""  # the aspect that the clause before ends with
        self._there: set[int] = set()  # sentences that refer back to a place
        self._spent: set[int] = set()  # sentences that weigh one aspect by another
        self._nouns = {aspect.name: re.compile(rf"(?:{aspect.nouns})", re.I) for aspect in aspects}
        nouns = "|".join(aspect.nouns for aspect in aspects)
        self._figures = FigureOwners(options, aspects)
        costs = "|".join(aspect.nouns for aspect in aspects if aspect.less_is_better) or "cost"
        joining = rf"\b(?:{nouns}|{options.called}|{CONNECTING})\b|\W"
        self._of = re.compile(joining, re.I)
        units = "|".join(unit.words for aspect in aspects for unit in aspect.units)
        self._of_with_figures = re.compile(rf"{joining}|\d|(?<=[\d\s])(?:{units})\b", re.I)
        self._per_cost = re.compile(rf"\b(?:for|för|per)\s(?:the\s|its\s|that\s|den\s)?(?:{costs})\b", re.I)
        self._weighed = WeighedSuperlatives(aspects)
        self._beyond = re.compile(BEYOND.replace("CALLED", options.called), re.I)
        self._trend = re.compile(TREND.replace("CALLED", options.called), re.I)

    @property
    def loose(self) -> bool:
        """Whether words of degree or of change were found that belong to no aspect."""
        return bool(self._degrees.loose) or self._changes

    def read(self) -> tuple[Relation, ...]:
        """All relations, in order."""
        result: list[Relation] = []
        topic, before = self.chosen, -1
        spoken_in = -1
        spoken_last: set[Option] = set()  # in the last sentence that speaks of any
        every = clauses(self.text)
        self._spent = {
            clause.sentence
            for clause in every
            if SPENT.search(clause.text) or self._per_cost.search(clause.text)
        }
        self._among = {clause.sentence for clause in every if AMONG_SOME.search(clause.text)}
        self._kept = {clause.sentence for clause in every if KEPT.search(clause.text)}
        for clause in every:
            if clause.stance in {Stance.OTHERS, Stance.GIVEN} or clause.cue == STRUCK_OUT:
                continue
            named = mentions(self.text, self.options, clause.start, clause.end)
            spoken = [one for one in named if one.part is not Part.COMPARED]
            self._named_in.setdefault(clause.sentence, set()).update(one.option for one in named)
            if THERE.search(clause.text):
                self._there.add(clause.sentence)
            own = {
                one.option for one in spoken if stance_at(self.text, one.start, one.end)[0] is Stance.ASSERTED
            }
            if own:
                spoken_last = own if clause.sentence != spoken_in else spoken_last | own
                spoken_in = clause.sentence
            if clause.sentence != before and not spoken and not PRONOUN.match(clause.text):
                topic = self.chosen
            before = clause.sentence
            labelled = None if named else self._labelled(every, clause)
            if labelled is None:
                only = spoken_in >= 0 and spoken_last <= {
                    topic
                }  # before any is named, it goes without saying of none
                result += self._in_clause(clause, named, spoken, topic, only=only)
            else:
                result += self._in_clause(clause, named, spoken, labelled, only=False)
            self._carried = next(
                (name for name, pattern in self._nouns.items() if _ends_with(pattern, clause.text)), ""
            )
            if len(own) == 1:
                topic = next(iter(own))
            elif own:
                topic = self.chosen if self.chosen in own else None
            if len(result) > MOST_RELATIONS:
                break
        return tuple(self._listed(result))

    def _labelled(self, every: Sequence[Clause], clause: Clause) -> Option | None:
        """The option behind a label that says something of it: "fastest: 1000"."""
        if not clause.text.rstrip().endswith((":", "=")):
            return None
        behind = next(
            (one for one in every if one.start >= clause.end and one.sentence == clause.sentence), None
        )
        named = mentions(self.text, self.options, behind.start, behind.end) if behind is not None else ()
        return named[0].option if named else None

    def nouns_in(self, text: str) -> frozenset[str]:
        """The aspects that a text names in any way: by noun, adjective or unit."""
        found = {name for name, pattern in self._nouns.items() if pattern.search(text)}
        for aspect in self.aspects:
            words = [word.lower() for word in re.findall(r"[A-Za-zåäöÅÄÖ]+", text)]
            if any(form_of(word, aspect.little + aspect.much) for word in words):
                found.add(aspect.name)
            if any(
                re.search(
                    rf"(?:\d|\b{MORPHEME}|\bfew|\bnågra|\bfå|\bper|\beach|\bevery|\bvarje|\bthat|\bthis|\bwhole|\bden|\bhela)\s?-?(?:{unit.words})(?!\w)",
                    text,
                    re.I,
                )
                for unit in aspect.units
            ):
                found.add(aspect.name)
            if aspect.hints and re.search(aspect.hints, text, re.I):
                found.add(aspect.name)
            if aspect.fraction and re.search(r"(?<![\d.,])0?[.,]\d{2,}", text):
                found.add(aspect.name)
        return frozenset(found)

    def speaks_of(self, sentence: int, option: Option) -> bool:
        """Whether a sentence names an option, or speaks of it as "there"."""
        return option in self._named_in.get(sentence, ()) or sentence in self._there

    def names(self, sentence: int, option: Option) -> bool:
        """Whether a sentence names an option."""
        return option in self._named_in.get(sentence, ())

    def names_any(self, sentence: int) -> bool:
        """Whether a sentence names any option."""
        return bool(self._named_in.get(sentence))

    def _in_clause(
        self,
        clause: Clause,
        named: Sequence[Mention],
        spoken: Sequence[Mention],
        topic: Option | None,
        *,
        only: bool,
    ) -> Iterator[Relation]:
        compared = [one for one in named if one.part is not Part.SPOKEN_OF]
        if not spoken and (topic in {one.option for one in compared} or self._beyond.match(clause.text)):
            topic = None  # "after 100 the accuracy drops"
        weighed_by = tuple(self._weighed.find(self.text, clause.start, clause.end))
        degrees = list(
            self._degrees.read(clause, spent=clause.sentence in self._spent, carried=self._carried)
        )
        starts = [one.start for one in degrees] + [clause.end]
        for told in (
            *degrees,
            *self._comparisons.unrivalled(clause),
            *self._comparisons.beaten(self.text, clause),
            *told_figures(self.text, clause, self.aspects, len(named)),
            *self._others(clause),
        ):
            found = self._comparisons.compared_with_all(self.text, clause, told)
            stance, _ = stance_at(self.text, told.start, told.end)
            if stance is Stance.TAKEN_BACK:  # what one turned away from is weighed too
                stance = Stance.ASSERTED
            if stance not in {Stance.ASSERTED, Stance.DENIED} and not (
                found.kind is Kind.WEIGHED and stance is Stance.SUPPOSED
            ):
                continue
            rival = self._comparisons.without_rival(self.text, clause, told, degrees)
            if stance is Stance.DENIED and rival is not None:
                yield self._rivalled(rival, named, topic, only=only)
                continue
            if found.faint and found.degree is Degree.MOST and found.kind is Kind.DEGREE:
                stance = Stance.ASSERTED if _NO.match(self.text, found.start) else stance
            upto = next((start for start in starts if start > found.start), clause.end)
            near = [one for one in compared if found.end <= one.start < upto]
            objects = dict.fromkeys(one.option for one in near or compared)
            possessed = self._figures.possessed(self.text, clause, found)
            aside = self._figures.owner(self.text, found, named) or (
                None if possessed else self._aside(clause, found, named)
            )
            subject, sure = aside or self._subject(clause, found, spoken, topic, only=only)
            if sure is Sure.ELIDED and possessed:
                sure = Sure.REFERRED
            denied = stance is Stance.DENIED
            weighed = denied and bool(WEIGHS.search(clause.text))
            yield replace(
                found,
                subject=subject,
                sure=sure,
                objects=tuple(one for one in objects if one != subject),
                denied=denied and not weighed,
                faint=found.faint
                or self._limited(clause, told)
                or any(one.twice and found.start in one.at for one in weighed_by),
                hedged=found.hedged
                or weighed
                or self._bought(clause, found, compared)
                or any(not one.twice and found.start in one.at for one in weighed_by)
                or clause.stance is Stance.TAKEN_BACK
                or (found.degree is Degree.MOST and clause.sentence in self._among),
                supposed=stance is Stance.SUPPOSED,
                turned_from=clause.stance is Stance.TAKEN_BACK,
            )

    def _bought(self, clause: Clause, found: Relation, compared: Sequence[Mention]) -> bool:
        """Whether a comparison is said of what an option before it gets: "an eighth of what 1 needs for a lower accuracy"."""
        before = any(one.end <= found.start for one in compared)
        return (
            found.degree is Degree.MORE
            and before
            and bool(BOUGHT.search(self.text[clause.start : found.start]))
        )

    def _rivalled(
        self,
        found: Relation,
        named: Sequence[Mention],
        topic: Option | None,
        *,
        only: bool,
    ) -> Relation:
        """A superlative by negation, of the option behind it ("nothing is faster than 10"), else of what was spoken of."""
        behind = {one.option for one in named if one.start >= found.end}
        if len(behind) == 1:
            return replace(found, subject=next(iter(behind)), sure=Sure.NAMED)
        sure = Sure.ELIDED if only and not named else Sure.GUESSED
        return replace(found, subject=None if behind else topic, sure=sure)

    def _limited(self, clause: Clause, found: Relation) -> bool:
        """Whether a superlative is limited by what else its sentence says: "the fastest while still accurate"."""
        if found.degree is not Degree.MOST or OF_ALL.match(self.text[found.end : clause.end].lstrip()):
            return False
        return clause.sentence in self._kept

    def _aside(
        self, clause: Clause, found: Relation, named: Sequence[Mention]
    ) -> tuple[Option | None, Sure] | None:
        """Whom a remark in brackets or behind "which" is about: what was named last before it. None outside of such."""
        before = self.text[clause.start : found.start]
        bracket = before.rfind("(")
        if bracket > max(before.rfind(")"), 0):
            last = [one for one in named if one.end <= clause.start + bracket]
            return (last[-1].option if last else None), Sure.GUESSED
        for match in WHICH.finditer(before):
            place = clause.start + match.start()
            if any(0 <= place - one.end <= _CLOSE for one in named):
                return next(one.option for one in named if 0 <= place - one.end <= _CLOSE), Sure.GUESSED
        return None

    def _subject(
        self, clause: Clause, found: Relation, spoken: Sequence[Mention], topic: Option | None, *, only: bool
    ) -> tuple[Option | None, Sure]:
        before = [one for one in spoken if one.end <= found.start and not self._bracketed_off(one, found)]
        behind = [one for one in spoken if one.start >= found.end]
        if (
            before
            and behind
            and found.degree is Degree.MOST
            and self._joined_anew(before[-1], found, behind[0])
        ):
            return behind[0].option, Sure.NAMED if len({one.option for one in behind}) == 1 else Sure.GUESSED
        if before:
            plain = len({one.option for one in before}) == 1 and not FACING.match(self.text, before[-1].end)
            return before[-1].option, Sure.NAMED if plain else Sure.GUESSED
        if behind:
            between = self.text[found.end : behind[0].start]
            if COMPARES.search(between):
                return topic, Sure.GUESSED
            close = len({one.option for one in behind}) == 1 and _consists_of(self._of, between)
            close &= "(" not in between  # "3 s (10 needs 15 s)"
            return behind[0].option, Sure.NAMED if close else Sure.GUESSED
        if not only:
            return topic, Sure.GUESSED
        return topic, Sure.REFERRED if IT.match(clause.text) else Sure.ELIDED

    def _bracketed_off(self, one: Mention, found: Relation) -> bool:
        """Whether a mention stands in brackets that close before something is said: "from 83 % (for 10) to 82 %"."""
        between = self.text[one.end : found.start]
        close = between.find(")")
        return (
            close >= 0
            and "(" not in between[:close]
            and self.text.rfind("(", max(0, one.start - 24), one.start) >= 0
        )

    def _joined_anew(self, before: Mention, found: Relation, behind: Mention) -> bool:
        """Whether a superlative begins another statement: "… for 10 and the lowest time, 1 s, for 1000"."""
        return bool(
            JOINED_ANEW.search(self.text[before.end : found.start])
            and _consists_of(self._of_with_figures, self.text[found.end : behind.start])
        )

    def _others(self, clause: Clause) -> Iterator[Relation]:
        part = clause.text
        places: list[tuple[Aspect, int, int]] = []
        for aspect in self.aspects:
            match = self._nouns[aspect.name].search(self.text, clause.start, clause.end)
            if match:
                places.append((aspect, match.start(), match.end()))
        weighed = any(not one.twice for one in self._weighed.find(self.text, clause.start, clause.end))
        if weighed or (len(places) > 1 and BALANCE.search(part) and not BEATS.search(part)):
            for aspect, start, end in places:
                yield Relation(aspect.name, Kind.BALANCE, start, end, clause.sentence)
        change = CHANGE.search(part)
        ratio = RATIO.search(part)
        because = BECAUSE_OF.search(part) or REJECT.search(part)
        if change and not places and clause.stance is Stance.ASSERTED:
            self._changes = True
        for aspect, start, end in places:
            if change:
                kind = Kind.TREND if self._of_all(part) else Kind.CHANGE
                side = self._direction(part) if kind is Kind.TREND else Side.NONE
                yield Relation(aspect.name, kind, start, end, clause.sentence, side=side)
            elif DOES.search(part):
                yield Relation(aspect.name, Kind.CHANGE, start, end, clause.sentence)
            elif ratio:
                yield Relation(aspect.name, Kind.DIFFERENCE, start, end, clause.sentence)
            elif COUNTS.search(part):
                yield Relation(aspect.name, Kind.WEIGHED, start, end, clause.sentence)
            elif because:
                yield Relation(aspect.name, Kind.NAMED, start, end, clause.sentence)

    def _direction(self, part: str) -> Side:
        """Whether something rises or falls with the options: "the time decreases as the size increases"."""
        size = self._trend.search(part)
        if size is None:
            return Side.NONE
        rest = part[: size.start()] + " " * (size.end() - size.start()) + part[size.end() :]
        said = [side for side, words in ((1, RISES), (-1, FALLS)) if words.search(rest)]
        sized = -1 if SHRINKING.search(size[0]) else 1
        if len(said) != 1:
            return Side.NONE
        return Side.LARGE if said[0] * sized > 0 else Side.SMALL

    def _of_all(self, part: str) -> bool:
        return bool(self._trend.search(part)) and not mentions(part, self.options)

    def _listed(self, relations: list[Relation]) -> Iterator[Relation]:
        """Marks the figures of a sentence that tells those of three options or more."""
        of: dict[int, set[Option]] = {}
        for one in relations:
            if one.kind is Kind.VALUE and one.subject is not None:
                of.setdefault(one.sentence, set()).add(one.subject)
        for one in relations:
            many = len(of.get(one.sentence, ())) > _PAIR
            yield replace(one, listed=True) if many and one.kind is Kind.VALUE else one


def _consists_of(piece: re.Pattern[str], text: str) -> bool:
    """Whether a text is nothing but such pieces: taken one after another and never back, as their words overlap."""
    at = 0
    while at < len(text):
        match = piece.match(text, at)
        if match is None or match.end() == at:
            return False
        at = match.end()
    return True


def _ends_with(pattern: re.Pattern[str], text: str) -> bool:
    """Whether the last word of a text is one that a pattern names."""
    words = re.findall(r"\w+", text[-_LAST_WORD:])
    return bool(words) and bool(pattern.fullmatch(words[-1]))
