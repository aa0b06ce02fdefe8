"""Which of a few options a text names as its choice. It abstains when in doubt. English and Swedish.

It stands on claims: what is denied, supposed, another's or taken back chooses nothing. A clause that concludes
("so 100") counts before one that picks, that before one that praises; options that something is only compared
with are none. "That is where we would start" speaks of what was spoken of last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from grader.checks.aspects import Aspect
from grader.checks.choice_words import (
    BEST,
    CONCLUDES,
    DISAGREES,
    FILLER,
    FIRST_PLACE,
    LATER,
    PAIRED,
    PER_COST,
    PICK,
    PRAISE,
    RANK,
    RANK_BEFORE,
    REASON,
    REFERS_BACK,
    REJECT,
    UNWISE,
)
from grader.checks.claims import Clause, Stance, clauses, stance_at
from grader.checks.degrees import Degree, form_of, plain_word
from grader.checks.option_mentions import Mention, Option, Options, Part, mentions, other_numbers
from grader.checks.prose_text import prose_text
from grader.checks.weighed_superlatives import WeighedSuperlative, WeighedSuperlatives
from grader.model import Value

MAX_TEXT: Final = 8_000  # characters of reasoning that are read
_MOST_MENTIONS: Final = 12  # of options in one clause; more are a list of figures
_PAIR: Final = 2  # options, of which one may be "the faster of them"
_FEW_WORDS: Final = 8  # an answer of no more words than this, with one option in it, is a choice

_CONCLUDED, _PICKED, _BEST, _BARE, _PRAISED, _LATER = 6, 5, 4, 4, 2, 1
_DOUBTED: Final = frozenset({Stance.SUPPOSED})
_OTHERS: Final = frozenset({Stance.OTHERS, Stance.GIVEN, Stance.TAKEN_BACK})
_MOST: Final = re.compile(r"\b(?:most|highest|mest|högst\w*)\s\w+", re.I)
_GIVEN: Final = r"\b(?:given|per|considering|in\srelation\sto|relative\sto|with\sregard\sto|for\sthe|i\sförhållande\still|med\stanke\spå|för\sden)\b"
_TELLS: Final = re.compile(
    r"\b(?:means?|has|had|takes?|took|gives?|gave|was|were|used?|uses|betyder|har|hade|tar|tog|ger|gav|var)\b",
    re.I,
)
_STATES: Final = re.compile(r"\b(?:is|är|was|var|takes?|tar|has|har|gives?|ger|combines?)\b", re.I)
_LABELS: Final = 60  # characters of a label, or of what is said behind one
_LABEL: Final = re.compile(r"\W*(?:\w+\W+){0,2}?[\w.,]+\s?:")
_NO_MORE: Final = re.compile(  # "100: as accurate, in 4 s. Winner."
    r"\W*(?:(?:the|our|clear|is|är)\s)*(?:winner|best(?:\s(?:one|choice|option|trade-?off|compromise))?|choice|bäst(?:a\svalet)?|vinnare|valet|vårt\sval)\W*",
    re.I,
)
_TAKING: Final = re.compile(
    r"\W*(?:(?:but|and|so|men|och)\s)?(?:att\s\w+|to\s\w+|(?:runn|us|train|go|start|begin|choos|pick|tak)ing)\s[^.;:]{1,60}?\b(?:takes?|took|costs?|needs?|requires?|tar|tog|kostar|behöver|kräver)\b"
    r"|\W*(?:tar|väljer|kör|använder|går|ökar|minskar)\s(?:man|vi|jag|du)\s[^.;:]{1,60}?\bså\b",
    re.I,
)
_FIRST_WORD: Final = 12  # characters of the clause behind, for "simply because"
_PREDICATE: Final = re.compile(
    r"\W*(?:is|are|seems?|looks|wins|would|will|är|vore|blir|känns|verkar|vinner)\b", re.I
)
_MILD: Final = re.compile(  # doubts that still name one's own choice: "maybe 100"
    r"maybe|perhaps|possibly|could|might|may|kanske|möjligen|möjligtvis|eventuellt|skulle\s(?:\w+\s)?kunna|kan\s\w+|.{0,20}\bguess(?:ed)?|.{0,12}\bgiss\w+",
    re.I,
)


class Choice(Value, frozen=True):
    """`options` named as the choice, empty if none or unclear; `sentence` is where.

    `mentioned` are all options that occur, `rejected` those turned down, `outside` numbers chosen that are no option.
    `unclear` is true if the text names something that could be a choice but not for certain which.
    `worded` is true if it speaks as one who chooses, whether or not an option is named.
    """

    options: tuple[Option, ...]
    sentence: str
    mentioned: frozenset[Option]
    rejected: frozenset[Option] = frozenset()
    outside: tuple[str, ...] = ()
    unclear: bool = False
    worded: bool = False


class _Candidate(Value, frozen=True):
    strength: int
    order: int
    options: tuple[Option, ...]
    sentence: int
    hedged: bool = False
    label: bool = False  # an option and a colon


class _Read(Value, frozen=True):
    """A clause with what it says of options: `plain` are those it speaks of on the writer's own account."""

    clause: Clause
    all: tuple[Mention, ...]
    plain: tuple[Mention, ...]
    denied: tuple[Mention, ...]
    hedged: bool


Described = Callable[[str, Sequence[Option]], Option | None]
"""Tells which option a description names ("the middle one", "the most accurate one"), None if it names none.

The second argument are the two that were spoken of last, for "the faster of them"; empty if there are no such two.
"""


def read_choice(
    text: str,
    options: Options,
    aspects: Sequence[Aspect] = (),
    *,
    asked: bool = True,
    described: Described | None = None,
) -> Choice:
    """The option that a text chooses, by the strongest cue; see the module's docstring.

    `asked` says that the text stands under the question: a few words with one option in them are then a choice.
    """
    shown = prose_text(text[:MAX_TEXT])
    own = frozenset(options.values)
    read = [_read(shown, clause, options) for clause in clauses(shown)]
    mentioned = frozenset(mention.option for one in read for mention in one.all) & own
    reader = _Reader(shown, options, read, aspects, asked=asked, described=described)
    found = reader.candidates()
    sentence = reader.sentence
    rejected = frozenset(reader.rejected)
    sure = [one for one in found if not one.hedged]
    if not sure:
        hedged = {one.options for one in found}
        if len(hedged) == 1 and len(next(iter(hedged))) == 1 and not reader.conditional:
            return Choice(next(iter(hedged)), sentence(found[-1].sentence), mentioned, rejected)
        if not found and asked and (short := _short_answer(shown, read)) is not None:
            return Choice((short,), shown.strip(), mentioned, rejected)
        if found:
            return Choice((), sentence(found[-1].sentence), mentioned, rejected, unclear=True, worded=True)
        where = next((one.clause.sentence for one in read if _chooses(one.clause.text)), None)
        said = "" if where is None else sentence(where)
        return Choice((), said, mentioned, rejected, reader.outside, bool(mentioned), bool(said))
    strongest = max(one.strength for one in sure)
    best = [one for one in sure if one.strength == strongest]
    sets = {frozenset(one.options) for one in best}
    if len(sets) > 1:
        single = {one for one in sets if len(one) == 1}
        if len(single) == 1 and any(len(one) > 1 for one in sets):
            sets = single
        else:
            return Choice((), sentence(best[-1].sentence), mentioned, rejected, unclear=True, worded=True)
    chosen = next(iter(sets))
    if len(chosen) > 1:  # "10 or 100, of which we would take 100"
        last = best[-1].order
        later = {frozenset(one.options) for one in sure if one.order > last and one.strength >= _PICKED}
        chosen = next(iter(later)) if len(later) == 1 and next(iter(later)) < chosen else chosen
    if reader.outside and len(chosen) == 1 and strongest <= _PRAISED:
        return Choice(
            (), sentence(best[-1].sentence), mentioned, rejected, reader.outside, unclear=True, worded=True
        )
    if chosen <= rejected and not any(one.strength >= _PICKED for one in best):
        return Choice((), sentence(best[-1].sentence), mentioned, rejected, unclear=True, worded=True)
    ordered = tuple(option for option in options.values if option in chosen)
    return Choice(ordered, sentence(best[-1].sentence), mentioned, rejected)


def _short_answer(text: str, read: Sequence[_Read]) -> Option | None:
    """The one option in an answer of a few words."""
    named = {mention.option for one in read for mention in one.plain}
    every = {mention.option for one in read for mention in one.all}
    few = len(re.findall(r"\w+", text)) <= _FEW_WORDS and not _TELLS.search(text)
    plain = all(one.clause.stance is Stance.ASSERTED for one in read) and not REJECT.search(text)
    return next(iter(named)) if len(named) == 1 and len(every) == 1 and few and plain else None


def _chooses(text: str) -> bool:
    return bool(PICK.search(text) or BEST.search(text))


def _read(text: str, clause: Clause, options: Options) -> _Read:
    found = mentions(text, options, clause.start, clause.end)
    if len(found) > _MOST_MENTIONS:
        found = ()
    stances = [stance_at(text, one.start, one.end) for one in found]
    spoken = [
        (one, stance) for one, (stance, _) in zip(found, stances, strict=True) if one.part is Part.SPOKEN_OF
    ]
    plain = tuple(one for one, stance in spoken if stance is Stance.ASSERTED or stance in _DOUBTED)
    denied = tuple(one for one, stance in spoken if stance is Stance.DENIED)
    hedged = any(stance in _DOUBTED for _, stance in spoken) or (not spoken and clause.stance in _DOUBTED)
    return _Read(clause, found, plain, denied, hedged)


class _Reader:
    """Goes through the clauses in order; remembers what was spoken of last."""

    def __init__(
        self,
        text: str,
        options: Options,
        read: Sequence[_Read],
        aspects: Sequence[Aspect],
        *,
        asked: bool,
        described: Described | None,
    ) -> None:
        self.text = text
        self.options = options
        self.read = read
        self.asked = asked
        self.described = described
        self._aspects = aspects
        nouns = "|".join(aspect.nouns for aspect in aspects) or "(?!)"
        self._aspect_behind = re.compile(
            rf"\s(?:(?:test|training|train|overall|possible|measured|resulting)\s){{0,2}}(?:{nouns})(?!\w)",
            re.I,
        )
        costs = "|".join(aspect.nouns for aspect in aspects if aspect.less_is_better) or "(?!)"
        self._cost = re.compile(rf"{_GIVEN}.{{0,12}}\b(?:{costs})(?!\w)", re.I)
        self._weighed = WeighedSuperlatives(aspects)
        self._filler = re.compile(FILLER.replace("CALLED", options.called), re.I)
        self._costly: dict[int, bool] = {}
        self.rejected: set[Option] = set()
        self.outside: tuple[str, ...] = ()
        self.conditional = any(
            one.clause.stance in _DOUBTED
            and not _MILD.fullmatch(one.clause.cue)
            and not (one.clause.text.rstrip().endswith("?") and not one.all)  # "which one to start with?"
            for one in read
        )
        spans: dict[int, list[int]] = {}
        for one in read:
            spans.setdefault(one.clause.sentence, [one.clause.start, one.clause.end])[1] = one.clause.end
        self._spans = spans

    def sentence(self, number: int) -> str:
        """The sentence of that number."""
        start, end = self._spans[number]
        return self.text[start:end].strip()

    def candidates(self) -> list[_Candidate]:
        """All clauses that choose, in order."""
        found: list[_Candidate] = []
        topic: tuple[Option, ...] = ()
        cue_strength = 0  # of a clause that ends in a colon: "Our recommendation: 100"
        cue_sentence = -1
        labelled = False  # by a place that is not the first
        item: tuple[Option, ...] = ()  # of which a line of a list speaks
        pair: tuple[Option, ...] = ()  # the two that were spoken of last
        naming = {
            one.clause.sentence for one in self.read if one.plain
        }  # a description there is beside a name
        for order, one in enumerate(self.read):
            clause = one.clause
            following = self.read[order + 1].clause if order + 1 < len(self.read) else None
            if clause.stance in _OTHERS or DISAGREES.search(clause.text):
                cue_strength = 0
                continue
            words = clause.text
            if clause.start == 0 or self.text[: clause.start].rstrip(" \t-*•+–").endswith("\n"):
                item = tuple(mention.option for mention in one.plain[:1]) if self._is_label(words) else ()
            named = self._named(one)
            pick, best = self._says(PICK, clause), self._says(BEST, clause) or self._per_cost(clause)
            reject = self._says(REJECT, clause)
            denied_word = self._denied_choice(clause)
            if denied_word or (reject and not (pick or best)):
                self.rejected.update(mention.option for mention in (*one.plain, *one.denied))
            self.rejected.update(mention.option for mention in one.denied)
            strength = 0
            if (pick or best) and UNWISE.search(words):
                self.rejected.update(mention.option for mention in one.plain)
                strength, named = 0, ()
            elif denied_word and not self._says(PICK, clause):
                strength, named = 0, ()
            elif not named and (pick or best) and not one.all:
                found_option = self.described(words, pair) if self.described else None
                outside = other_numbers(self.text, self.options, clause.start, clause.end)
                if outside:
                    self.outside += outside
                elif found_option is not None:
                    named, strength = (found_option,), _PICKED if pick else _BEST
                elif item and len(words) <= _LABELS and _NO_MORE.fullmatch(words):
                    named, strength = item, _PICKED if pick else _BEST
                elif len(topic) == 1 and (
                    REFERS_BACK.search(words) or _PREDICATE.match(words) or cue_strength
                ):
                    named, strength = topic, _PICKED if pick else _BEST
            elif named:
                strength = self._strength(one, named, following, bool(pick), bool(best), bool(reject))
                near = cue_sentence == clause.sentence or (
                    cue_sentence == clause.sentence - 1 and self._opens(one)
                )
                if not strength and cue_strength and near:
                    strength = cue_strength if self._bare(one) or not reject else 0
                if labelled and cue_sentence == clause.sentence and strength <= _BARE:
                    strength = 0  # "worst: 60000", "fastest: 1000"
            alone = not one.all and clause.sentence not in naming and self._describes_alone(clause)
            if not strength and self.described and alone:
                found_option = self.described(words, pair)
                if found_option is not None:
                    named, strength = (found_option,), _BARE
            if strength and named:
                if LATER.search(words) and strength < _CONCLUDED:
                    strength = _LATER
                label = strength <= _BARE and self._is_label(words) and self._bare(one)
                found.append(_Candidate(strength, order, named, clause.sentence, one.hedged, label))
            spoken = tuple(dict.fromkeys(mention.option for mention in one.plain))
            if len(spoken) == 1:
                topic = spoken
            elif len(spoken) > 1:
                topic = spoken[:1] if self._is_subject(one) else ()
            every = tuple(dict.fromkeys(mention.option for mention in one.all))
            pair = every if len(every) == _PAIR else () if len(every) > _PAIR else pair
            colon = words.rstrip().endswith((":", "=", "?")) or (
                following is not None and self._opens_colon(clause, following)
            )
            cue_strength = (_PICKED if pick else _BEST if best else 0) if colon and not one.all else 0
            before_colon = (
                self.text[one.all[-1].end if one.all else clause.start : clause.end] if colon else ""
            )
            if FIRST_PLACE.fullmatch(before_colon.strip(" ,;:=-*•")):
                cue_strength = _BEST
            labelled = self._ranks(before_colon) and not (not one.all and (pick or best))
            cue_sentence = clause.sentence
        labels = {one.options for one in found if one.label}
        return [one for one in found if not (one.label and len(labels) > 1)]  # a line for each chooses none

    def _ranks(self, label: str) -> bool:
        """Whether a label before a colon ranks options by something else than being the best: "worst", "fastest", "second"."""
        words = re.findall(r"[a-zåäö]+", label.lower())
        if len(words) > _FEW_WORDS:
            return False
        stems = [stem for aspect in self._aspects for stem in (*aspect.little, *aspect.much)]
        degrees = [
            (plain.degree if (plain := plain_word(word)) is not None else form_of(word, stems))
            for word in words
        ]
        return bool(REJECT.search(label) or RANK.search(label)) or Degree.MOST in degrees

    @staticmethod
    def _is_label(words: str) -> bool:
        """Whether a clause is a word or three and a colon."""
        return len(words) <= _LABELS and bool(_LABEL.fullmatch(words))

    def _opens(self, one: _Read) -> bool:
        """Whether a clause begins with an option."""
        before = self.text[one.clause.start : one.plain[0].start] if one.plain else "none"
        return not re.search(r"\w", self._filler.sub("", before))

    def _is_subject(self, one: _Read) -> bool:
        """Whether a clause begins with the first of its options and only measures it by the others: "100 takes a quarter of 10"."""
        first, second = one.plain[0], one.plain[1]
        between = self.text[first.end : second.start]
        return self._opens(one) and (
            between.count("(") > between.count(")")
            or bool(re.search(r"\w+\s.*\b(?:of|for|för|hos|av)\s(?:\w+\s)?$", between, re.I))
        )

    def _describes_alone(self, clause: Clause) -> bool:
        """Whether a clause is a few words and no statement: "The middle one."."""
        few = len(clause.text.split()) <= _FEW_WORDS and clause.stance is Stance.ASSERTED
        return self.asked and few and not _STATES.search(clause.text)

    def _opens_colon(self, clause: Clause, following: Clause) -> bool:
        return self.text[clause.end - 1 : following.start + 1].strip().startswith((":", "-", "–", "->", "=>"))

    def _named(self, one: _Read) -> tuple[Option, ...]:
        """The options that a clause may choose: one, or two joined by "or"."""
        unique = tuple(dict.fromkeys(mention.option for mention in one.plain))
        if len(unique) == 1:
            return unique
        if len(unique) == 2 and PAIRED.search(one.clause.text) and self._joined(one.plain):
            return unique
        if len(unique) > 1:
            return self._nearest(one)
        return ()

    def _joined(self, plain: Sequence[Mention]) -> bool:
        return all(
            re.fullmatch(
                rf"\W*(?:(?:or|and|to|eller|och|till|a|of|{self.options.called})\W+){{0,4}}",
                self.text[left.end : right.start],
                re.I,
            )
            for left, right in pairwise(plain)
        )

    def _nearest(self, one: _Read) -> tuple[Option, ...]:
        """Of several options the one that a verb of choosing has as its object."""
        match = self._says(PICK, one.clause)
        if match is None:
            return ()
        behind = [mention for mention in one.plain if mention.start >= match.end()]
        if behind and len({mention.option for mention in behind}) == 1 and behind[0].start - match.end() < 30:
            return (behind[0].option,)
        return ()

    def _says(self, words: re.Pattern[str], clause: Clause) -> re.Match[str] | None:
        """The first such word of a clause that is not denied, nor another's."""
        for match in words.finditer(self.text, clause.start, clause.end):
            stance, _ = stance_at(self.text, match.start(), match.end())
            if stance is Stance.ASSERTED or stance in _DOUBTED:
                if words is BEST and (
                    self._of_an_aspect(match, clause)
                    or RANK_BEFORE.search(self.text[clause.start : match.start()])
                ):
                    continue
                return match
        return None

    def _of_an_aspect(self, match: re.Match[str], clause: Clause) -> bool:
        """Whether "best" praises one aspect ("the best accuracy"), not the option."""
        if not re.fullmatch(r"best|bästa?|optimal\w*|perfect|ideal", match[0], re.I):
            return False
        behind = self.text[match.end() : clause.end]
        return bool(self._aspect_behind.match(behind)) and not self._per_cost(clause)

    def _per_cost(self, clause: Clause) -> re.Match[str] | WeighedSuperlative | None:
        match = PER_COST.search(self.text, clause.start, clause.end)
        if match is None and self._speaks_of_cost(clause.sentence):
            match = _MOST.search(self.text, clause.start, clause.end)
        if match and stance_at(self.text, match.start(), match.end())[0] is Stance.ASSERTED:
            return match
        for one in self._weighed.find(self.text, clause.start, clause.end):
            if stance_at(self.text, one.start, one.end)[0] is Stance.ASSERTED:
                return one
        return None

    def _speaks_of_cost(self, sentence: int) -> bool:
        """Whether a sentence measures by what something costs; each is looked at once."""
        if sentence not in self._costly:
            self._costly[sentence] = bool(self._cost.search(self.sentence(sentence)))
        return self._costly[sentence]

    def _denied_choice(self, clause: Clause) -> bool:
        """Whether a word of choosing stands in the clause and is denied."""
        return any(
            stance_at(self.text, match.start(), match.end())[0] is Stance.DENIED
            for words in (PICK, BEST, PRAISE)
            for match in words.finditer(self.text, clause.start, clause.end)
        )

    def _strength(
        self,
        one: _Read,
        named: tuple[Option, ...],
        following: Clause | None,
        pick: bool,
        best: bool,
        reject: bool,
    ) -> int:
        """How strongly a clause chooses what it names; 0 if it does not."""
        words = one.clause.text
        concluded = bool(CONCLUDES.match(words))
        bare = self._bare(one)
        if pick and not best and _TAKING.match(words):
            pick = False  # "to run with 1 takes two minutes"
        if pick or best:
            if reject and not pick:
                return 0
            strength = _CONCLUDED if concluded else _PICKED if pick else _BEST
            return strength - 1 if REASON.match(words) and not concluded else strength
        if reject:
            return 0
        if bare and (concluded or self._arrow(one)):
            return _CONCLUDED
        if bare and (self.asked or len(named) == 1):
            alone = self._ends_sentence(one) or (
                following is not None
                and bool(
                    REASON.match(self.text[one.plain[-1].end : following.end + _FIRST_WORD].lstrip(" ,)"))
                )
            )
            contrasted = (
                bool(re.match(r"\W*(?:but|utan|men|rather)\b", words, re.I))
                or self.text[one.plain[0].end : one.clause.end + 1].strip()[:1] == ":"
            )
            if (alone and self.asked) or contrasted:
                return _BARE
        if concluded and len(named) == 1 and not self._states(one):
            return _PRAISED
        return _PRAISED if self._says(PRAISE, one.clause) else 0

    def _arrow(self, one: _Read) -> bool:
        return bool(
            re.search(r"(?:->|=>|→|⇒)\W*$", self.text[max(0, one.plain[0].start - 4) : one.plain[0].start])
        )

    def _states(self, one: _Read) -> bool:
        return bool(_STATES.search(self.text[one.plain[-1].end : one.clause.end]))

    def _bare(self, one: _Read) -> bool:
        """Whether a clause says no more than its option, or that and a reason: "so 100", "100 as it is quick"."""
        if not one.plain:
            return False
        before = self.text[one.clause.start : one.plain[0].start]
        behind = self.text[one.plain[-1].end : one.clause.end]
        before = CONCLUDES.sub("", before) if CONCLUDES.match(before) else before
        left = self._filler.sub("", before)
        if re.search(r"\w", left):
            return False
        reason = REASON.match(behind.lstrip())
        return bool(reason) or not re.search(r"\w", self._filler.sub("", behind))

    def _ends_sentence(self, one: _Read) -> bool:
        behind = self.text[one.clause.end : one.clause.end + 2]
        return (
            one.clause.text.rstrip().endswith((".", "!", ")"))
            or not behind.strip()
            or behind.startswith("\n")
            or bool(REASON.match(self.text[one.plain[-1].end : one.clause.end].lstrip()))
        )
