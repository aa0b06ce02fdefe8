"""What reasons say of options: each a relation in one aspect ("faster than 10", "only 3 s", "the most accurate").

A relation is what the text says, not whether it is so; `grader.checks.reasons` holds it against figures. What is
denied is kept as denied ("not slower"), what is supposed or another's is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum, StrEnum
from typing import Final

from msgspec.structs import replace

from grader.checks.aspects import Aspect, Unit
from grader.checks.choice_words import REJECT
from grader.checks.claims import STRUCK_OUT, Clause, Stance, clauses, stance_at
from grader.checks.degrees import AS, MORE, MOST, NEARLY, Degree, Side, Word, form_of, plain_word
from grader.checks.number_words import MORPHEME, spelled_numbers
from grader.checks.numerals import NUMBER, numeral
from grader.checks.option_mentions import Mention, Option, Part, mentions
from grader.model import Value

MOST_RELATIONS: Final = 400  # that are read in one text


class Kind(StrEnum):
    """What a relation rests on."""

    DEGREE = "degree"  # an adjective
    VALUE = "value"  # a figure
    DIFFERENCE = "difference"  # "0.7 points less", "a quarter of the time"
    CHANGE = "change"  # "starts to fall after"
    NAMED = "named"  # the aspect is given as the reason, no more: "is out because of the time"
    BALANCE = "balance"  # "the best compromise between time and accuracy"
    WEIGHED = "weighed"  # "as the time counts too"
    TREND = "trend"  # of all options: "larger ones take longer"


class Sure(IntEnum):
    """How sure it is which option a relation is about."""

    GUESSED = 0
    REFERRED = 1  # "it", and there is only one that it can be
    NAMED = 2


class Relation(Value, frozen=True):
    """One relation: of `subject` (None if of none), against `objects`, from `start` to before `end` in the text.

    `value` is a figure in the aspect's own unit; `bound` is -1 for "under", 1 for "over", 0 for the figure itself.
    `hedged`: a qualifier stands beside it ("second", "almost", "among those") and it cannot be held to the letter.
    """

    aspect: str
    kind: Kind
    start: int
    end: int
    sentence: int
    subject: Option | None = None
    sure: Sure = Sure.GUESSED
    objects: tuple[Option, ...] = ()
    side: Side = Side.NONE
    degree: Degree = Degree.LEVEL
    denied: bool = False
    hedged: bool = False
    value: float | None = None
    bound: int = 0
    supposed: bool = False  # "if only accuracy counted"
    turned_from: bool = False  # said of what the writer has turned away from
    listed: bool = False  # one of a list of figures of several options


_TOKEN: Final = re.compile(r"[A-Za-zÅÄÖåäöéü]+(?:'[a-z]+)?|\d[\d.,]*|%|[^\s\w]")
_QUALIFIED: Final = re.compile(
    r"\b(?:within|inom|(?:for|för|per|of)\s(?:the\s|its\s|that\s|den\s)?(?:tim|tid|second|spent)\w*|second|third|next|näst|almost|nearly|nästan|close|among|amongst|bland|one\sof|en\sav|among\sthe|of\sthe\s(?:two|three|remaining|others?|fast|quick|accurate|good)\w*|av\sde\s\w+|of\sthose|above|over|without|still|yet|with\s(?:an?|still|accept|ok|good|decent|reason)\w*|med\s(?:bra|ok|hyfsad|rimlig|god)\w*"
    r"|where|at\swhich|for\swhich|där|that\s(?:still|is|has)|which\sstill|per|given|considering|relative|compared|jämfört|i\sförhållande|for\sthe\stime|test\w*|val\w*|relatively|fairly|pretty|quite|ganska|relativt|hyfsat)\b",
    re.I,
)
_WEIGHS: Final = re.compile(
    r"\b(?:justif\w*|worth|matters?|outweigh\w*|make\sup|compensat\w*|important|relevant|irrelevant|(?:a\s)?(?:concern|problem|issue)|difference|care|spelar|värt|värd|motiver\w*|skillnad|roll|viktig\w*)\b",
    re.I,
)
_CHANGE: Final = re.compile(
    r"\b(?:increas\w*|decreas\w*|drop\w*|fall\w*|fell|los[et]\w*|losing|lost|gain\w*|ris(?:e|es|ing)|rose|grow\w*|grew|flatten\w*|level\w*\s(?:out|off)|plateau\w*|declin\w*|deteriorat\w*|improv\w*|suffer\w*|sav\w+|cost\w*|sacrific\w*|stays?|differ\w*|skilj\w*|knee|elbow|steep\w*|degrad\w*|reduc\w*|cut\w*|shrink\w*|goes\s(?:up|down)|went\s(?:up|down)"
    r"|sjunk\w*|öka\w*|minska\w*|tappa\w*|förlora\w*|vinn\w*|stig\w*|plana\w*|faller|falla|föll|växer|avta\w*|försämra\w*|förbättra\w*|spara\w*|kostar|knä\w*)(?!\w)",
    re.I,
)
_BALANCE: Final = re.compile(
    r"\b(?:compromise|trade-?\s?off|balanc\w*|middle\sground|golden\smean|sweet\s?spot|combination|combin\w*|most\s\w+\s(?:for|per|given)|best\s\w+\s(?:for|per|given)|kompromiss\w*|avvägning\w*|balans\w*|kombination\w*|mest\s\w+\s(?:för|per)|bäst\w*\s\w+\s(?:för|per)|both|båda?|ratio|kvot\w*|förhållande)(?!\w)",
    re.I,
)
_BECAUSE_OF: Final = re.compile(
    r"\b(?:because\sof|due\sto|thanks\sto|on\saccount\sof|in\sterms\sof|(?:first|second|third|ranks?\s\w+)\sin|på\sgrund\sav|tack\svare|när\sdet\sgäller|considering|with\sregard\sto)\b",
    re.I,
)
_PRONOUN: Final = re.compile(
    r"\W*(?:(?:but|men|and|och|so|because|since|as|eftersom|då|för|while|although|that|att|where|still|yet)\s)*(?:it|its|it's|that|this|which|these|den|det|dess|vilket|som|denna|where|there|där)\b",
    re.I,
)
_COMPARES: Final = re.compile(r"\b(?:compared|than|än|jämfört|versus|vs|against|mot|as|som)\b", re.I)
_OF: Final = re.compile(
    r"(?:\W|\b(?:accuracy|time|noggrannhet\w*|träffsäkerhet\w*|tid\w*|training|of|for|with|at|is|was|by|the|a|batch|size|has|belongs|given|achieved|got|reached|to|using|hos|för|med|är|har|av|vid|storlek\w*|batchstorlek\w*|performance|result|score|all)\b)*",
    re.I,
)
_SAVED: Final = re.compile(
    r"\b(?:sav\w+|gain\w*|los[est]\w*|losing|cost\w*|differ\w*|sacrific\w*|trad(?:e|ing)\b(?!-)|tappa\w*|förlora\w*|spara\w*|skilj\w*|skillnad\w*|vinst\w*)",
    re.I,
)
_OTHER_FIGURE: Final = re.compile(
    r"\b(?:per|more\sepochs|less\stime|faster|quicker|of\sthe\stime|snabbare|times|improve\w*|reduc\w*)\b",
    re.I,
)
_FEW_UNITS: Final = re.compile(
    r"\b(?:few|couple\sof|some|several|extra|additional|more|mere|many|några|få|ett\spar|flera|fler|enstaka)\W$",
    re.I,
)
_DOES: Final = re.compile(r"\b(?:does|do|did|gör\sdet)\b\W*$", re.I)
_CONJUNCTION: Final = re.compile(r"[,;(]|\b(?:and|och|but|men|while|medan|because|since|eftersom)\b", re.I)
_WHICH: Final = re.compile(r"\b(?:which|that|who|som(?!\s\w+st\b)|vilken|vilket)\b", re.I)
_SPENT: Final = re.compile(
    r"\b(?:given|per|spent|divid\w*|ratio|regard\w*|relative|proportion\w*|efficien\w*|förhållande|kvot\w*|delar|dividera\w*|(?:for|för)\s(?:the\s|its\s|that\s|den\s)?ti[md]\w*)\b",
    re.I,
)
_COUNTS: Final = re.compile(
    r"\b(?:counts?|counted|matters?|mattered|important|concern|priority|limited|räknas|räknades|viktig\w*|spelar)\b",
    re.I,
)
_THERE: Final = re.compile(r"\b(?:there|here|där|här)\b", re.I)
_DIFFERS: Final = re.compile(
    r"\W*(?:\w+\s)?(?:more|extra|less|longer|lower|higher|slower|faster|fewer|shorter|worse|better|behind|ahead|difference|gain|loss|below|above|additional|mer|mindre|fler|extra|längre|lägre|högre|sämre|bättre|skillnad|snabbare|långsammare|kortare|points?|units?)\b",
    re.I,
)
_LOSES: Final = re.compile(
    r"\b(?:los\w+|lost|gain\w*|drop\w*|differ\w*|sav\w+|sacrific\w*|cost\w*|only|within|extra|more|less|another|additional|tappa\w*|förlora\w*|skilj\w*|vinn\w*|sparar?|inom|bara)\W+(?:(?:by|of|about|around|less|than|under|a|some|just|barely|hardly|only|med|cirka|knappt|mindre|än|ungefär)\W+){0,4}$",
    re.I,
)
_BOUND: Final = (
    (
        1,
        re.compile(
            r"\b(?:above|over|more\sthan|at\sleast|exceed\w*|beyond|över|mer\sän|minst)\W{1,3}(?:\w+\W)?$",
            re.I,
        ),
    ),
    (
        -1,
        re.compile(
            r"\b(?:below|under|less\sthan|at\smost|within|only\sup\sto|inom|mindre\sän|högst|knappt|barely|hardly|almost|nearly|nästan|close\sto)\W{1,3}(?:\w+\W)?$",
            re.I,
        ),
    ),
)
_SHARE_OF: Final = re.compile(
    r"\s?(?:of|av)\s(?:the\s|its\s|that\s)?(?:time|best|accuracy|max\w*|top|original|tid\w*|what|highest|noggrannhet\w*|images|data|epoch)",
    re.I,
)
_RATIO: Final = re.compile(
    r"\b(?:half|halva|hälften|quarter|fjärdedel\w*|third|tredjedel\w*|fifth|tenth|fraction|tenfold|twice|double|doubled?|dubbelt|dubbla|tripled?|fourfold|bråkdel\w*|(?:\d+(?:[.,]\d+)?|several|many|some|few|många|flera|"
    + MORPHEME
    + r")[\s-]?(?:times|gånger|fold|faldig\w*|x))\b|\b\d+(?:[.,]\d+)?\s?x\b",
    re.I,
)
_SIZE_TREND: Final = re.compile(  # of all options, not of one
    r"\b(?:larger|bigger|higher|smaller|lower|större|mindre|högre|lägre|increasing|decreasing|growing|ökande|minskande)\s(?:\w+\s){0,1}?(?:ones?|sizes?|values?|batch\w*|\w*storlek\w*|värde\w*)\b"
    r"|\b(?:sizes?|values?|batch\w*|\w*storlek\w*|värde\w*)\s(?:is\s|are\s)?(?:increas\w*|decreas\w*|grow\w*|rais\w*|öka\w*|minska\w*)|\bwith\s(?:the\s)?(?:\w+\s)?(?:size|storlek\w*)\b",
    re.I,
)


_REACH: Final = 5  # words between an adjective and the noun behind it
_COPULAS: Final = frozenset("is are was were be gets stays är var blir".split())
_CLOSE: Final = 3  # characters between an option and the "which" that speaks of it
_TIMES_AS: Final = frozenset(("as", "så", "lika"))
_WITHIN: Final = frozenset("training train test overall possible resulting classification final".split())
_JOINS: Final = frozenset(("and", "och", "the", "training", "its", "test"))
_MANY: Final = 3  # figures in one clause, beyond which they are a list
_STOPS: Final = frozenset(
    "and or but as since because due when than is are was were that which between for per at with to by from while if so , ( ) ; : one choice option batch size batches sizes value alternative och eller men som eftersom då för att är var blir mellan med på till från än när om val valet alternativet storleken batchstorleken".split()
)


class RelationReader:
    """Reads all relations of a text about some options in some aspects. `topic` is what it speaks of unless it says otherwise."""

    def __init__(
        self, text: str, options: Sequence[Option], aspects: Sequence[Aspect], topic: Option | None
    ) -> None:
        self.text = text
        self.options = options
        self.aspects = aspects
        self.chosen = topic
        self._named_in: dict[int, set[Option]] = {}
        self._spent: set[int] = set()  # sentences that weigh one aspect by another
        self.loose: list[str] = []  # words of degree that belong to no aspect
        self._there: set[int] = set()  # sentences that refer back to a place
        self._nouns = {aspect.name: re.compile(rf"(?:{aspect.nouns})", re.I) for aspect in aspects}

    def read(self) -> tuple[Relation, ...]:
        """All relations, in order."""
        result: list[Relation] = []
        topic, before = self.chosen, -1
        spoken_in = -1
        spoken_last: set[Option] = set()  # in the last sentence that speaks of any
        every = clauses(self.text)
        self._spent = {clause.sentence for clause in every if _SPENT.search(clause.text)}
        for clause in every:
            if clause.stance in {Stance.OTHERS, Stance.GIVEN} or clause.cue == STRUCK_OUT:
                continue
            named = mentions(self.text, self.options, clause.start, clause.end)
            spoken = [one for one in named if one.part is not Part.COMPARED]
            self._named_in.setdefault(clause.sentence, set()).update(one.option for one in named)
            if _THERE.search(clause.text):
                self._there.add(clause.sentence)
            own = {
                one.option for one in spoken if stance_at(self.text, one.start, one.end)[0] is Stance.ASSERTED
            }
            if own:
                spoken_last = own if clause.sentence != spoken_in else spoken_last | own
                spoken_in = clause.sentence
            if clause.sentence != before and not spoken and not _PRONOUN.match(clause.text):
                topic = self.chosen
            before = clause.sentence
            result += self._in_clause(clause, named, spoken, topic, only=spoken_last <= {topic})
            if len(own) == 1:
                topic = next(iter(own))
            elif own:
                topic = self.chosen if self.chosen in own else None
            if len(result) > MOST_RELATIONS:
                break
        return tuple(self._listed(result))

    def nouns_in(self, text: str) -> frozenset[str]:
        """The aspects that a text names in any way: by noun, adjective or unit."""
        found = {name for name, pattern in self._nouns.items() if pattern.search(text)}
        for aspect in self.aspects:
            words = [word.lower() for word in re.findall(r"[A-Za-zåäöÅÄÖ]+", text)]
            if any(form_of(word, aspect.little + aspect.much) for word in words):
                found.add(aspect.name)
            if any(re.search(rf"\d\s?-?(?:{unit.words})(?!\w)", text, re.I) for unit in aspect.units):
                found.add(aspect.name)
            if aspect.fraction and re.search(r"(?<![\d.,])0?[.,]\d{2,}", text):
                found.add(aspect.name)
        return frozenset(found)

    def speaks_of(self, sentence: int, option: Option) -> bool:
        """Whether a sentence names an option, or speaks of it as "there"."""
        return option in self._named_in.get(sentence, ()) or sentence in self._there

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
        if not spoken and topic in {one.option for one in compared}:  # "after 100 the accuracy drops"
            topic = None
        degrees = list(self._degrees(clause))
        starts = [one.start for one in degrees] + [clause.end]
        for found in (
            *degrees,
            *self._figures(clause, named),
            *self._some(clause),
            *self._others(clause),
        ):
            stance, _ = stance_at(self.text, found.start, found.end)
            if stance is Stance.TAKEN_BACK:  # what one turned away from is weighed too
                stance = Stance.ASSERTED
            if stance not in {Stance.ASSERTED, Stance.DENIED} and not (
                found.kind is Kind.WEIGHED and stance is Stance.SUPPOSED
            ):
                continue
            upto = next((start for start in starts if start > found.start), clause.end)
            near = [one for one in compared if found.end <= one.start < upto]
            objects = dict.fromkeys(one.option for one in near or compared)
            aside = self._aside(clause, found, named)
            subject, sure = aside or self._subject(clause, found, spoken, topic, only=only)
            denied = stance is Stance.DENIED
            weighed = denied and bool(_WEIGHS.search(clause.text))
            yield replace(
                found,
                subject=subject,
                sure=sure,
                objects=tuple(one for one in objects if one != subject),
                denied=denied and not weighed,
                hedged=found.hedged or weighed or clause.stance is Stance.TAKEN_BACK,
                supposed=stance is Stance.SUPPOSED,
                turned_from=clause.stance is Stance.TAKEN_BACK,
            )

    def _aside(
        self, clause: Clause, found: Relation, named: Sequence[Mention]
    ) -> tuple[Option | None, Sure] | None:
        """Whom a remark in brackets or behind "which" is about: what was named last before it. None outside of such."""
        before = self.text[clause.start : found.start]
        bracket = before.rfind("(")
        if bracket > max(before.rfind(")"), 0):
            last = [one for one in named if one.end <= clause.start + bracket]
            return (last[-1].option if last else None), Sure.GUESSED
        for match in _WHICH.finditer(before):
            place = clause.start + match.start()
            if any(0 <= place - one.end <= _CLOSE for one in named):
                return next(one.option for one in named if 0 <= place - one.end <= _CLOSE), Sure.GUESSED
        return None

    def _subject(
        self, clause: Clause, found: Relation, spoken: Sequence[Mention], topic: Option | None, *, only: bool
    ) -> tuple[Option | None, Sure]:
        before = [one for one in spoken if one.end <= found.start]
        behind = [one for one in spoken if one.start >= found.end]
        if before:
            return before[-1].option, Sure.NAMED if len({one.option for one in before}) == 1 else Sure.GUESSED
        if behind:
            between = self.text[found.end : behind[0].start]
            if _COMPARES.search(between):
                return topic, Sure.GUESSED
            close = len({one.option for one in behind}) == 1 and bool(_OF.fullmatch(between))
            return behind[0].option, Sure.NAMED if close else Sure.GUESSED
        return topic, Sure.REFERRED if only else Sure.GUESSED

    # --- adjectives

    def _degrees(self, clause: Clause) -> Iterator[Relation]:
        tokens = list(_TOKEN.finditer(self.text, clause.start, clause.end))
        words = [token[0].lower() for token in tokens]
        nouns = {
            aspect.name: [
                index for index, word in enumerate(words) if self._nouns[aspect.name].fullmatch(word)
            ]
            for aspect in self.aspects
        }
        for index, word in enumerate(words):
            own = self._own_adjective(word)
            if own is not None:
                aspect, side, degree = own
                side, degree = self._modified(words, index, side, degree)
                yield self._degree(clause, aspect, side, degree, tokens[index])
                continue
            plain = plain_word(word)
            if word in NEARLY and any(self._names(word) for word in words[index + 1 : index + 3]):
                plain = Word(Side.NONE, Degree.EQUAL)  # "nearly the accuracy of 10"
            if plain is None:
                continue
            if word in MORE | MOST and index + 1 < len(words) and self._own_adjective(words[index + 1]):
                continue
            if plain.degree is Degree.MOST and _is_yardstick(words, index):
                continue
            bound = self._bound_to(index, words, nouns)
            if (
                plain.side in {Side.GOOD, Side.BAD}
                and plain.degree is Degree.MOST
                and _BALANCE.search(clause.text)
            ):
                continue  # the compromise is best
            if not bound and plain.side is not Side.NONE:
                _, degree = self._modified(words, index, plain.side, plain.degree)
                if degree is Degree.EQUAL and plain.side in {Side.GOOD, Side.BAD}:
                    bound = tuple(aspect.name for aspect in self.aspects if aspect.quality)
                elif degree is not Degree.MOST and plain.side is not Side.GOOD or degree is Degree.MORE:
                    self.loose.append(tokens[index][0])
            for name in bound:
                aspect = next(one for one in self.aspects if one.name == name)
                side = plain.side
                if side in {Side.GOOD, Side.BAD}:
                    side = Side.SMALL if (side is Side.GOOD) == aspect.less_is_better else Side.LARGE
                side, degree = self._modified(words, index, side, plain.degree)
                yield self._degree(clause, aspect, side, degree, tokens[index])

    def _names(self, word: str) -> bool:
        return any(pattern.fullmatch(word) for pattern in self._nouns.values())

    def _own_adjective(self, word: str) -> tuple[Aspect, Side, Degree] | None:
        for aspect in self.aspects:
            for side, stems in ((Side.SMALL, aspect.little), (Side.LARGE, aspect.much)):
                degree = form_of(word, stems)
                if degree is not None:
                    return aspect, side, degree
        return None

    def _modified(self, words: Sequence[str], index: int, side: Side, degree: Degree) -> tuple[Side, Degree]:
        """An adjective with what stands before it: "more accurate", "least accurate", "as accurate as"."""
        before = words[index - 1] if index else ""
        if degree is Degree.LEVEL:
            if before in MORE:
                return (side if MORE[before] > 0 else side.other), Degree.MORE
            if before in MOST:
                return (side if MOST[before] > 0 else side.other), Degree.MOST
            if before in _TIMES_AS and {"times", "gånger", "twice"} & set(words[max(0, index - 3) : index]):
                return side, Degree.MORE  # "four times as long"
            if before in AS and (before == "lika" or "as" in words[index + 1 : index + 6]):
                return side, Degree.EQUAL
        return side, degree

    def _bound_to(self, index: int, words: Sequence[str], nouns: dict[str, list[int]]) -> tuple[str, ...]:
        """The aspects that an adjective speaks of: the noun close behind it, else those before it."""
        behind = [
            (place - index, name)
            for name, places in nouns.items()
            for place in places
            if 0 < place - index <= _REACH
        ]
        stop = next(
            (at for at in range(index + 1, min(len(words), index + _REACH + 1)) if words[at] in _STOPS),
            len(words),
        )
        close = [(gap, name) for gap, name in behind if index + gap < stop]
        own = plain_word(words[index])
        best = own is not None and own.side is Side.GOOD and own.degree is Degree.MOST
        if best:  # "best" is the word of choosing too: it is of an aspect only right beside it
            close = [(gap, name) for gap, name in close if set(words[index + 1 : index + gap]) <= _WITHIN]
        if close:
            return (min(close)[1],)
        before = [
            (index - place, name)
            for name, places in nouns.items()
            for place in places
            if 0 < index - place <= 9
        ]  # noqa: PLR2004
        if before:
            gap, nearest = min(before)
            between = set(words[index - gap + 1 : index])
            if best and not between & _COPULAS:
                return ()
            joined = [
                name
                for other, name in before
                if other > gap and set(words[index - other + 1 : index - gap]) <= _JOINS
            ]
            plural = bool({"both", "both", "både", "båda", "are", "were"} & set(words[:index]))
            return (nearest, *joined) if plural else (nearest,)
        return ()

    def _degree(
        self, clause: Clause, aspect: Aspect, side: Side, degree: Degree, token: re.Match[str]
    ) -> Relation:
        behind = _CONJUNCTION.split(self.text[token.end() : min(clause.end, token.end() + 60)], maxsplit=1)[0]
        near = self.text[max(clause.start, token.start() - 24) : token.end()] + behind
        hedged = bool(_QUALIFIED.search(near)) or (
            degree is not Degree.LEVEL and clause.sentence in self._spent
        )
        hedged = hedged or (bool(aspect.unlike) and bool(re.search(aspect.unlike, near, re.I)))
        return Relation(
            aspect.name,
            Kind.DEGREE,
            token.start(),
            token.end(),
            clause.sentence,
            side=side,
            degree=degree,
            hedged=hedged,
        )

    # --- figures

    def _figures(self, clause: Clause, named: Sequence[Mention]) -> Iterator[Relation]:
        numbers: list[tuple[float, int, int]] = []
        for match in NUMBER.finditer(self.text, clause.start, clause.end):
            number = numeral(match)
            if number is not None:
                numbers.append((float(number.value), match.start(), match.end()))
        part = self.text[clause.start : clause.end]
        numbers += [
            (float(one.value), clause.start + one.start, clause.start + one.end)
            for one in spelled_numbers(part)
            if not one.article
            or re.match(
                r"\s?(?:second|minute|point|percent|sekund|minut|procent)", part[one.end : one.end + 9], re.I
            )
        ]
        numbers += [
            (1.0, clause.start + match.start(), clause.start + match.end())
            for match in re.finditer(
                r"\b(?:an?|en|ett)(?=\s(?:\w+\s)?(?:second|minute|point|percent|sekund|minut|procent)\w*\b)",
                part,
                re.I,
            )
        ]
        for value, start, end in sorted(numbers, key=lambda one: one[1]):
            for one in self._figure(clause, value, start, end):
                yield replace(one, listed=len(numbers) - len(named) > _MANY)

    def _some(self, clause: Clause) -> Iterator[Relation]:
        """A few of a unit, uncounted: "just a few more seconds"."""
        for aspect in self.aspects:
            for unit in aspect.units:
                for match in re.finditer(rf"(?<=\s)(?:{unit.words})(?!\w)", clause.text, re.I):
                    start = clause.start + match.start()
                    if _FEW_UNITS.search(self.text[max(clause.start, start - 16) : start]):
                        yield Relation(
                            aspect.name, Kind.DIFFERENCE, start, clause.start + match.end(), clause.sentence
                        )

    def _figure(self, clause: Clause, value: float, start: int, end: int) -> Iterator[Relation]:
        behind = self.text[end : min(clause.end, end + 40)]
        before = self.text[max(clause.start, start - 40) : start]
        for aspect in self.aspects:
            unit, length = _unit(aspect, behind)
            if unit is None and aspect.fraction and 0 < value < 1 and not behind[:1].isalpha():
                unit, length = Unit("", 1.0), 0
            if unit is None:
                continue
            wide = self.text[max(clause.start, start - 50) : min(clause.end, end + length + 40)]
            differs = (
                unit.difference
                or bool(_DIFFERS.match(self.text[end + length : clause.end]))
                or bool(_LOSES.search(before))
                or bool(_SAVED.search(self.text, clause.start, start))
                or bool(re.match(r"\s(?:more|extra|fewer|less|additional|mer|fler)\s", behind, re.I))
            )
            other = (
                bool(aspect.unlike and re.search(aspect.unlike, wide, re.I))
                or bool(_OTHER_FIGURE.search(wide) and not aspect.ratio)
                or bool(_SHARE_OF.match(self.text[end + length : clause.end]))
            )
            kind = Kind.DIFFERENCE if differs or other else Kind.VALUE
            bound = next((side for side, pattern in _BOUND if pattern.search(before)), 0)
            yield Relation(
                aspect.name,
                kind,
                start,
                end + length,
                clause.sentence,
                value=value * unit.factor,
                bound=bound,
                hedged=other,
            )

    # --- the rest

    def _others(self, clause: Clause) -> Iterator[Relation]:
        part = clause.text
        places: list[tuple[Aspect, int, int]] = []
        for aspect in self.aspects:
            match = self._nouns[aspect.name].search(self.text, clause.start, clause.end)
            if match:
                places.append((aspect, match.start(), match.end()))
        if len(places) > 1 and _BALANCE.search(part):
            for aspect, start, end in places:
                yield Relation(aspect.name, Kind.BALANCE, start, end, clause.sentence)
        change = _CHANGE.search(part)
        ratio = _RATIO.search(part)
        because = _BECAUSE_OF.search(part) or REJECT.search(part)
        for aspect, start, end in places:
            if change:
                kind = Kind.TREND if self._of_all(part) else Kind.CHANGE
                yield Relation(aspect.name, kind, start, end, clause.sentence)
            elif _DOES.search(part):
                yield Relation(aspect.name, Kind.CHANGE, start, end, clause.sentence)
            elif ratio:
                yield Relation(aspect.name, Kind.DIFFERENCE, start, end, clause.sentence)
            elif _COUNTS.search(part):
                yield Relation(aspect.name, Kind.WEIGHED, start, end, clause.sentence)
            elif because:
                yield Relation(aspect.name, Kind.NAMED, start, end, clause.sentence)

    def _of_all(self, part: str) -> bool:
        return bool(_SIZE_TREND.search(part)) and not mentions(part, self.options)

    def _listed(self, relations: list[Relation]) -> Iterator[Relation]:
        """Marks the figures of a sentence that tells those of three options or more."""
        of: dict[int, set[Option]] = {}
        for one in relations:
            if one.kind is Kind.VALUE and one.subject is not None:
                of.setdefault(one.sentence, set()).add(one.subject)
        for one in relations:
            many = len(of.get(one.sentence, ())) > 2  # noqa: PLR2004
            yield replace(one, listed=True) if many and one.kind is Kind.VALUE else one


def _is_yardstick(words: Sequence[str], index: int) -> bool:
    """Whether a superlative is what something is measured by: "than the best", "close to the highest"."""
    before = [
        word
        for word in words[max(0, index - 3) : index]
        if word not in {"the", "den", "det", "de", "very", "all"}
    ]
    return bool(before) and before[-1] in _MEASURING


_MEASURING: Final = frozenset(
    "than to of from below under behind near as än av från under bakom nära".split()
)


def _unit(aspect: Aspect, behind: str) -> tuple[Unit | None, int]:
    for unit in aspect.units:
        match = re.match(
            rf"[\s-]?(?:(?:more|extra|fewer|whole|additional|percentage|fler|extra|mere)\s)?(?:{unit.words})(?!\w)",
            behind,
            re.I,
        )
        if match:
            return unit, match.end()
    return None, 0
