"""Which of a few options a text names as its choice, and what its reasons speak of. It abstains when in doubt.

Word rules in English and Swedish. They are no judge of reasoning: they tell what can be checked (the option
named, the aspects spoken of, superlatives that the student's own figures can confirm or contradict).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from grader.checks.notation import plain
from grader.checks.numerals import NUMBER, numeral
from grader.model import Value

MAX_TEXT: Final = 8_000  # characters of reasoning that are read

_NUMBER_WORDS: Final = {
    "one": 1, "ten": 10, "hundred": 100, "one hundred": 100, "a hundred": 100, "thousand": 1000, "one thousand": 1000,
    "a thousand": 1000, "sixty thousand": 60000, "tio": 10, "hundra": 100, "etthundra": 100, "tusen": 1000,
    "ettusen": 1000, "sextiotusen": 60000,
}  # fmt: skip
# "one" alone is far oftener a pronoun than a size
_WORDS: Final = re.compile(
    r"\b("
    + "|".join(sorted((word for word in _NUMBER_WORDS if word != "one"), key=len, reverse=True))
    + r")\b",
    re.I,
)
_SENTENCE: Final = re.compile(r"(?<=[!?])\s+|(?<=\.)\s+(?=[^\d\s]|\d)|\n\s*\n|\n(?=\s*[-*•])|(?<=\.)\n")
_CLAUSE: Final = re.compile(
    r"(?<!\d),\s+|,\s+(?!\d)|(?<=\d):\s+(?=[a-zåäö])|;\s+|\s[-–—]\s|\s(?=but\b|whereas\b|while\b|although\b|though\b|even\sthough\b|so\s(?!far)|hence\b|therefore\b|thus\b|"
    r"men\b|medan\b|fast\sän\b|trots\b|därför\b|alltså\b|så\s(?:jag|vi|är|att))",
    re.I,
)
_STRONG: Final = re.compile(
    r"\b(?:best|optimal|optimum|ideal|prefer\w*|choos\w+|chose|choice|pick\w*|select\w*|recommend\w*|winner|wins?|winning|sweet\s?spot|"
    r"trade-?\s?off|compromise|balanced?|(?:good|great|reasonable)\s(?:choice|start\w*|option|pick)|(?:start|begin|go)(?:ing)?\s(?:\w+\s){0,3}?with|"
    r"most\s(?:suitable|efficient|reasonable|appropriate)|(?:should|would)\s(?:be\s)?(?:use|used|go)\b|suits?|"
    r"bäst\w*|optimalt?|väljer?|välja|valet|valt|vald\w*|föredra\w*|rekommender\w*|(?:börja|starta)\s(?:\w+\s){0,3}?med|lämplig\w*|vinner|"
    r"kompromiss\w*|avvägning\w*|balans\w*|mest\s(?:lämplig|effektiv)\w*)\b",
    re.I,
)
_WEAK: Final = re.compile(
    r"\b(?:better|good|great|most\saccuracy|highest\saccuracy\sper|bättre|bra|mest\s(?:noggrannhet|träffsäkerhet)|use|using|använd\w*)\b",
    re.I,
)
_SPENT: Final = re.compile(r"\b(?:given|for|per|i\sförhållande|på)\b.{0,24}\b(?:time|second|tid\w*)", re.I)
_CONCLUDES: Final = re.compile(
    r"^\W*(?:so|hence|therefore|thus|overall|in\sconclusion|to\sconclude|we\scan\sconclude|because\sof\sthis|därför|alltså|således|slutsats\w*)\b",
    re.I,
)
_BECAUSE: Final = re.compile(r"^\W*(?:because|since|as|due\sto|for\sthe|eftersom|då|för\satt|ty)\b", re.I)
_NEGATION: Final = re.compile(
    r"(?:\bnot\b|n't\b|\bnever\b|\bnor\b|\binte\b|\bej\b|\baldrig\b|\bneither\b|\bvarken\b|\bcannot\b|\bavoid\b|\bexcept\b|\bförutom\b|\butom\b)",
    re.I,
)
_NEGATED_BEHIND: Final = re.compile(
    r"\W{0,3}(?:is|was|would\sbe|will\sbe|seems?|looks?|är|var|vore|blir)\s(?:\w+ly\s)?(?:not|never|hardly|inte|aldrig|knappast)\b"
    r"|\W{0,3}(?:isn't|wasn't|wouldn't\sbe|doesn't|does\snot)\b",
    re.I,
)
_DISAGREES: Final = re.compile(
    r"\b(?:disagree|don't\sthink\sso|do\snot\sthink\sso|håller\sinte\smed)\b", re.I
)
_REVERSAL: Final = re.compile(r"\b(?:but|utan|men|rather)\b", re.I)
_COMPARED: Final = re.compile(
    r"\b(?:than|except(?:\sfor)?|besides|apart\sfrom|but\snot|utom|förutom|over|instead\sof|rather\sthan|compared\s(?:to|with)|versus|vs\.?|unlike|as\s(?:for|with|in)|än|istället\sför|i\sstället\sför|"
    r"jämfört\smed|mot|gentemot|against|framför|som\sför|from|until|below|above|under|över|up\sto|larger|smaller|beyond|till)\s(?:\w+\s){0,4}?\W{0,2}$",
    re.I,
)
_POOR: Final = re.compile(
    r"\b(?:worst|too\s(?:slow|low|large|big|small|long)|bad|poor\w*|slow(?:est)?\b|terrible|useless|no\s(?:good|use)|sämst\w*|för\s(?:långsam|låg|liten|stor|lång)\w*|dålig\w*)",
    re.I,
)
_REJECTED: Final = re.compile(
    r"\b(?:unwise|wast(?:e|ing|eful)|mistake|bad\sidea|pointless|avoid\w*|rule\w*\sout|is\sout|stupid|silly|olämplig\w*|slöseri|dumt|meningslös\w*|onödig\w*)\b",
    re.I,
)
_UNIT_BEHIND: Final = re.compile(
    r"^\s?-?(?:%|s\b|secs?\b|seconds?\b|sek\w*|min\w*|ms\b|us\b|x\b|times\b|gånger\b|percent|procent|per\s?cent|iterations?\b|epochs?\b|epoker?\b|neuron\w*|steps?\b|"
    r"extra\s|more\s(?:sec|min)|images?\b|bilder\b|samples?\s(?:in|of)|classes\b|klasser\b|percentage|procentenhet\w*|pp\b|layers?\b|fold\b|000\b)",
    re.I,
)
_MEASURE_BEFORE: Final = re.compile(
    r"(?:\b(?:takes?|took|only|just|bara|tar|tog|accuracy\s(?:of|is|was)|loss\s(?:of|is)|time\s(?:of|is|was)|factor(?:\sof)?)\s|\b(?:question|part|fråga|uppgift|task|exercise|section|avsnitt|figure|figur|table|tabell|lab|labb|group|grupp)[\s-]#?|[=~≈<>*/+]\s?(?<!size=)(?<!size\s=\s)(?<!\bb=)(?<!\bb\s=\s)(?<!bs=)(?<!bs\s=\s)(?<!storlek=)(?<!storlek\s=\s))$",
    re.I,
)


class Aspect(Value, frozen=True):
    """Something that reasons may speak of (the time, the accuracy), by pattern."""

    name: str
    words: str


class Choice(Value, frozen=True):
    """`options` named as the choice, empty if none or unclear; `sentence` is where.

    `mentioned` are all options that occur; `aspects` the names of those spoken of anywhere in the text.
    `unclear` is true if the text names something that could be a choice but not for certain which.
    `worded` is true if it speaks as one who chooses, whether or not an option is named.
    """

    options: tuple[int, ...]
    sentence: str
    mentioned: frozenset[int]
    aspects: frozenset[str]
    unclear: bool = False
    worded: bool = False


class _Mention(Value, frozen=True):
    option: int
    start: int
    end: int


def read_choice(
    text: str, options: Sequence[int], aspects: Sequence[Aspect], *, asked: bool = True
) -> Choice:
    """The option that a text chooses, by the strongest cue; see the module's docstring.

    `asked` says that the text stands under the question: a few words with one option in them are then a choice.
    """
    shown = plain(text[:MAX_TEXT])
    allowed = frozenset(options)
    spoken = frozenset(aspect.name for aspect in aspects if re.search(aspect.words, shown, re.I))
    mentioned = frozenset(mention.option for mention in _mentions(shown, allowed))
    found: list[tuple[int, int, tuple[int, ...], str]] = []  # strength, order, options, sentence
    for order, sentence in enumerate(sentences(shown)):
        for strength, named in _candidates(sentence, allowed, asked=asked):
            found.append((strength, order, named, sentence))
    if not found:
        words = re.findall(r"\w+", shown)
        if (
            asked
            and len(mentioned) == 1
            and len(words) <= 8
            and not any(sign.search(shown) for sign in (_POOR, _NEGATION, _REJECTED))
        ):
            return Choice(tuple(mentioned), shown.strip(), mentioned, spoken)
        said = next((one for one in sentences(shown) if _STRONG.search(one)), "")
        return Choice((), said, mentioned, spoken, unclear=bool(mentioned), worded=bool(said))
    strongest = max(strength for strength, *_ in found)
    best = [entry for entry in found if entry[0] == strongest]
    chosen = {option for _, _, given, _ in best for option in given}
    if len({frozenset(given) for _, _, given, _ in best}) > 1:
        if len({frozenset(given) for _, _, given, _ in best if len(given) == 1}) == 1 and any(
            len(given) > 1 for _, _, given, _ in best
        ):
            chosen = {option for _, _, given, _ in best if len(given) == 1 for option in given}
        else:
            return Choice((), best[-1][3], mentioned, spoken, unclear=True)
    return Choice(tuple(sorted(chosen)), best[-1][3], mentioned, spoken)


def sentences(text: str) -> list[str]:
    """The sentences of a plain text; numbers with points in them stay whole."""
    return [part.strip() for part in _SENTENCE.split(text) if part and part.strip()]


def _mentions(text: str, allowed: frozenset[int]) -> Iterator[_Mention]:
    for match in NUMBER.finditer(text):
        number = numeral(match)
        if (
            number is None
            or _UNIT_BEHIND.match(text[match.end() :][:20])
            or _MEASURE_BEFORE.search(text[: match.start()][-24:])
        ):
            continue
        value = next((int(reading) for reading in number.readings if reading in allowed), None)
        if value is not None and not re.match(r"[.,]\d", text[match.end() :][:2]):
            yield _Mention(value, match.start(), match.end())
    for match in _WORDS.finditer(text):
        value = _NUMBER_WORDS[match[0].lower()]
        if value in allowed and not _UNIT_BEHIND.match(text[match.end() :][:20]):
            yield _Mention(value, match.start(), match.end())


_BARE: Final = re.compile(
    r"(?:(?:a|the|en|ett)\s)?(?:batch\s?(?:size|storlek\w*)\s?(?:of|på|=|:)?\s?)?(?:[\d  ,.]{1,8}|(?:one\s|a\s)?\w{3,12})\s?[.!]",
    re.I,
)
_SAYS_I: Final = re.compile(r"\b(?:I|we|jag|vi)\b.*\b(?:would|will|choose|pick|skulle|väljer)", re.I)
_MOST: Final = re.compile(r"most|mest", re.I)
_STATES: Final = re.compile(r"\b(?:is|är|was|var|takes?|tar)\b")
_ANAPHOR: Final = re.compile(r"\b(?:that|it|this|which|den|det|denna)\b", re.I)

# How much a clause says: what concludes counts before what chooses, that before what only praises.
_CONCLUDED, _CHOSEN, _PRAISED, _NEAR_A_CUE = 4, 3, 2, 1


def _candidates(
    sentence: str, allowed: frozenset[int], *, asked: bool
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """(strength, options) for each clause of a sentence that chooses."""
    if _DISAGREES.search(sentence):
        return
    clauses = [clause for clause in _CLAUSE.split(sentence) if clause.strip()]
    cue_before = False
    last_named: tuple[int, ...] = ()
    alone = _alone(sentence, allowed)
    if alone and asked:
        yield _CHOSEN, alone
    for index, clause in enumerate(clauses):
        named = _chosen_in(clause, allowed)
        strong = bool(_STRONG.search(clause))
        if _REJECTED.search(clause):
            continue
        if not named:
            mentions = any(True for _ in _mentions(clause, allowed))
            labelled = index == 1 and bool(_alone(f"{clauses[0]}.", allowed))
            if strong and not mentions and len(last_named) == 1 and (labelled or _ANAPHOR.search(clause)):
                yield (
                    _CHOSEN,
                    last_named,
                )  # "with 100 ..., so that is what I would start with"; "100: the best"
            cue_before = strong and not mentions
            continue
        last_named = named
        following = clauses[index + 1] if index + 1 < len(clauses) else ""
        strength = _strength(clause, following, sentence, named, allowed, strong=strong)
        if strength or (cue_before and not _POOR.search(clause)):
            yield strength or _NEAR_A_CUE, named


def _alone(sentence: str, allowed: frozenset[int]) -> tuple[int, ...]:
    """The option of a sentence that says nothing else: "One hundred.", "Batch size 100!"."""
    named = {mention.option for mention in _mentions(sentence, allowed)}
    if len(named) == 1 and _BARE.fullmatch(sentence.strip()):
        return tuple(named)
    return ()


def _strength(
    clause: str,
    following: str,
    sentence: str,
    named: tuple[int, ...],
    allowed: frozenset[int],
    *,
    strong: bool,
) -> int:
    """How strongly a clause chooses what it names; 0 if it does not."""
    poor = bool(_POOR.search(clause)) and not strong
    concluded = bool(_CONCLUDES.search(clause))
    if strong or (concluded and not poor):
        return _CONCLUDED if concluded or _SAYS_I.search(clause) else _CHOSEN
    if poor:
        return 0
    if _WEAK.search(clause):
        return _CHOSEN if _MOST.search(clause) and _SPENT.search(sentence) else _PRAISED
    last = max((mention.end for mention in _mentions(clause, allowed)), default=len(clause))
    reasoned = bool(_BECAUSE.search(clause[last:])) or bool(_BECAUSE.match(following))
    return _PRAISED if reasoned and len(named) == 1 and not _STATES.search(clause) else 0


_LISTED: Final = re.compile(
    r"\s*(?:,|or|and|to|-|eller|och|till|/)?\s*(?:a\s)?(?:batch\s?size\s?(?:of\s)?)?", re.I
)
_REASON: Final = re.compile(r"\b(?:because|since|eftersom|due\sto)\b", re.I)
_STARTS_WITH_REASON: Final = re.compile(r"\W*(?:because|since|eftersom)\b", re.I)
_PAIR: Final = re.compile(r"\b(?:or|and|between|either|both|eller|och|mellan|antingen|båda)\b|-|/", re.I)


_MOST_MENTIONS: Final = 12  # of options in one clause


def _chosen_in(clause: str, allowed: frozenset[int]) -> tuple[int, ...]:
    """The options of a clause that are neither negated nor only compared with, nor given as a reason's figure."""
    kept: list[int] = []
    passed_over = False  # the mention before this one was
    last_end = 0
    mentions = sorted(_mentions(clause, allowed), key=lambda mention: mention.start)
    if len(mentions) > _MOST_MENTIONS:  # a list of figures, no sentence
        return ()
    for mention in mentions:
        before = clause[: mention.start]
        negations = list(_NEGATION.finditer(before))
        negated = bool(negations) and not _REVERSAL.search(before[negations[-1].end() :])
        negated = negated or bool(_NEGATED_BEHIND.match(clause[mention.end :]))
        listed = last_end > 0 and bool(_LISTED.fullmatch(clause[last_end : mention.start]))
        compared = passed_over if listed else bool(_COMPARED.search(before))
        reason = bool(kept) and bool(_REASON.search(before)) and not _STARTS_WITH_REASON.match(before)
        last_end, passed_over = mention.end, negated or compared or reason
        if not passed_over:
            kept.append(mention.option)
    unique = tuple(dict.fromkeys(kept))
    if len(unique) > 2 or (len(unique) == 2 and not _PAIR.search(clause)):
        return ()
    return unique


_HIGHEST: Final = re.compile(
    r"\b(?:highest|best|most|maximum|max|greatest|högsta?|bästa?|störst\w*|mest)\s(?:\w+\s){0,2}?$", re.I
)
_LOWEST: Final = re.compile(
    r"\b(?:fastest|quickest|shortest|lowest|least|minimum|snabbast\w*|kortast\w*|lägst\w*|minst)\b", re.I
)
_HEDGED: Final = re.compile(
    r"\b(?:almost|nearly|second|close\sto|among|one\sof|not|n't|nästan|inte|next|per|given|without|for\sthe|trade)\b",
    re.I,
)


def contradicted_superlative(
    text: str,
    chosen: int,
    figures: Mapping[str, Mapping[int, float]],
    aspects: Sequence[Aspect],
    options: Sequence[int],
) -> str:
    """The clause that claims the best accuracy or the shortest time for the chosen option against the student's own figures.

    `figures` gives, by aspect name, the value of each option; of the first aspect (time) less is better, of the second more.
    Empty if there is none. Clauses about another option, and hedged ones, are passed over.
    """
    time, accuracy = aspects[0], aspects[1]
    for sentence in sentences(plain(text[:MAX_TEXT])):
        for clause in _CLAUSE.split(sentence):
            if not clause or _HEDGED.search(clause):
                continue
            others = {mention.option for mention in _mentions(clause, frozenset(options))} - {chosen}
            if others:
                continue
            about = chosen in {
                mention.option for mention in _mentions(clause, frozenset(options))
            } or re.match(
                r"\W*(?:it|which|den|det|and|och|as\sit|since\sit|because\sit|eftersom\sden)\b", clause, re.I
            )
            if not about:
                continue
            for match in re.finditer(accuracy.words, clause, re.I):
                values = figures.get(accuracy.name, {})
                if (
                    _HIGHEST.search(clause[: match.start()])
                    and chosen in values
                    and values[chosen] < max(values.values())
                ):
                    return clause.strip()
            values = figures.get(time.name, {})
            if (
                _LOWEST.search(clause)
                and re.search(time.words, clause, re.I)
                and chosen in values
                and values[chosen] > min(values.values())
            ):
                return clause.strip()
    return ""
