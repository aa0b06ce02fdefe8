"""Where a text names one of a few options, and in which part: spoken of, compared with, or one of those at hand.

Options are numbers, percentages or names; numbers are read in figures, powers, words and "1k". A number that
measures something ("100 seconds", "question 10", "accuracy of 10 %") names no option.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Final

from grader.checks.number_words import spelled_numbers
from grader.checks.numerals import NUMBER, numeral
from grader.model import Value

Option = int | float | str


class Options(Value, frozen=True):
    """What there is to choose from. `called` is a pattern of what one of them is called ("size")."""

    values: tuple[Option, ...]
    called: str = r"options?|values?|alternativ\w*|värde\w*"


_POWER: Final = re.compile(r"(?<![\w.,])(10|2)\s?\^\s?[({]?\s?(\d{1,2})\s?[)}]?(?!\w)")
_THOUSANDS: Final = re.compile(r"(?<![\w.,])(\d{1,4})\s?k\b", re.I)
_UNIT_BEHIND: Final = re.compile(
    r"[A-Za-zåäö]|[.,]?\d|\s?-?(?:%|°|€|\$|s\b|ms\b|us\b|x\b|(?:secs?|seconds?|sek\w*|min|mins|minutes?|minuter|hours?|tim\w*|percent\w*|procent\w*|per\s?cent|pp|points?|times|gånger|fold|faldigt|iterations?|epochs?|epoker?|neuron\w*|nodes?|steps?|steg"
    r"|classes|klasser|layers?|lager|runs?|samples?\s(?:in|of)|images?|bilder|parameters?|people|of\s(?:us|them|the)|to\s\d+\s?%)\b"
    r"|(?:extra|more|fewer|less|additional|whole|mere|fler|mer|mindre|hela|ynka)\s|/\s?\d)",
    re.I,
)
_TOGETHER: Final = re.compile(
    r"\s?(?:images?|bilder|samples?|exempel)\s(?:per|in\s(?:each|every|a)|at\sa\stime|i\s(?:varje|taget)|åt\sgången|each)\b",
    re.I,
)
_SET_TO: Final = re.compile(
    r"\b(?:set|sets|setting|sätt\w*|sätter|ställ\w*|(?:decreas|lower|reduc|increas|rais|chang|switch|sänk|höj|minska|öka|ändra|byt)\w*\s(?:the|our|den|batch\w*|size|storlek\w*))\s(?:\w+\W){0,5}(?:to|till)\s(?:be\s)?\W{0,2}$",
    re.I,
)
_GOING_TO: Final = (  # "going down to 1 takes": of 1
    r"\b(?:go(?:es|ing)?|mov(?:e|ing)|switch\w*|step\w*|chang(?:e|ing)|att\sgå|gå|går|byta|byter|hoppa|kliva)\s(?:(?:man|vi|even|further|all\sthe\sway|ända|ännu)\s)?"
    r"(?:(?:down|up|back|ner|ned|upp|tillbaka)\s)?(?:to|till)\s(?:(?:FILLING)\s){0,3}[\"'`(]{0,2}$"
)
_MEASURE_BEFORE: Final = re.compile(
    r"(?:\b(?:takes|took|needs?|tog|accuracy\s(?:is|was|=)|loss\s(?:of|is|was)|times?\s(?:is|was|are)|factor(?:\sof)?|top|part|steps?|approximately\s[\d.]+\s?to)\s"
    r"|\b(?:question|fråga|uppgift|task|exercise|section|avsnitt|fig(?:ure)?|figur|table|tabell|lab|labb|group|grupp|page|sida|step|cell|epoch|layer|seed)[\s.-]{1,2}#?|[<>*/+^]\s?|(?<!\d)-\s?|\d[.,]|\w)$",
    re.I,
)
_LEADS_IN: Final = re.compile(r"(?:->|=>)\s?$|(?:^|\n)[ \t]*[-*•+–][ \t]+$")
"""An arrow or a list's mark before a number, which take nothing from it."""
_LIKENED: Final = (
    r"(?:(?:%\s(?:of|av)|\b(?:than|än|over|beats?|outperforms?|outdoes|surpass(?:es)?|slår|överträffar|framför|versus|vs\.?|unlike|against|besides|apart\sfrom|gentemot|mot|compared\s(?:to|with)|jämfört\smed|relative\sto|from|från|until|till\sdess|below|above|under|över|beyond|up\sto|down\sto|upp\still|ner\still|ned\still"
    r"|(?:quarter|half|third|fifth|tenth|fraction|(?:[\d.,]+|two|three|four|five|six|seven|eight|nine|ten|forty|several|many|few)\s?times|fjärdedel\w*|hälften|tredjedel\w*|bråkdel\w*)\s(?:of|av|the|as)|(?:percent|procent)\s(?:of|av)|what|like|liksom|som\sför|som\smed|as\s(?:for|with|in|at|that\sof)|to(?=\s\w*\W{0,3}$)|same\sas|close\sto|nära"
    r"|(?:larger|smaller|bigger|higher|lower|greater|less|more|else|other|större|mindre|högre|lägre|annat|annan)\s(?:than|än)?|before|after|före|efter|near))\b"
    r"(?:\s(?:FILLING|e\.?g\.?|going)){0,5}\s?[\"'`(]{0,2}\s?)$"
)
_EQUATED: Final = r"\b(?:as|lika|same|samma|similar|equal|nearly|almost|nästan|about|roughly|ungefär)\b.{0,60}\b(?:as|som|of|with|for|för|med)\s(?:(?:FILLING)\s){0,5}[\"'`(]{0,2}$"
_AMONG: Final = r"(?:^|[,;:(]\s?|\b(?:choice|choose|choosing|choice|decide|stands|valet|välja|compare|comparing|difference|from|skillnad\w*)\s)\W{0,3}(?:of|out\sof|between|among|amongst|av|mellan|bland|both|comparing)\s(?:(?:the|two|CALLED)\s){0,3}\W{0,2}$"
_JOINED: Final = r"\W{0,4}(?:,|and|or|nor|to|och|eller|till|samt|resp\.?|-|–|/|&)?\s*(?:(?:for|with|the|a|an|even|not|för|med|of|CALLED)\s){0,4}\W{0,3}"
_FILLING: Final = r"the|a|an|that|of|for|with|using|in|by|en|ett|med|på|för|accuracy|time|one|case|both|either|each|even|både|CALLED"
_LIST_GOES_ON: Final = re.compile(r"\s*(?:,|and|or|och|eller)\s", re.I)
_AMOUNT: Final = 100  # from which "a hundred" is a number whatever stands beside it
_OF_TWO: Final = re.compile(
    r"\b(?:(?P<first>the\sformer|(?:den|det)\sförra|förstnämnda|(?:den|det)\sförsta\sav\sdem)|(?P<last>the\slatter|(?:den|det)\ssenare|sistnämnda))\b(?!\s(?:half|part|delen|hälften))",
    re.I,
)
_LOOKED_BACK: Final = 300  # characters in which the two are named that "the latter" is one of
_BEFORE: Final = 100  # characters before a mention that tell its part


class _Patterns:
    """How options stand in a sentence, by what they are called."""

    def __init__(self, called: str) -> None:
        filling = _FILLING.replace("CALLED", called)
        self.likened = re.compile(_LIKENED.replace("FILLING", filling), re.I)
        self.extreme = re.compile(
            rf"\b(?:the|den)\s(?:very\s|allra\s)?(?P<which>largest|biggest|smallest|största|minsta)\s(?:{called})(?<!s)(?<!arna)(?!\w)(?!\s(?:that|which|with|som|med|of|där)\b)",
            re.I,
        )
        self.going_to = re.compile(_GOING_TO.replace("FILLING", filling), re.I)
        self.equated = re.compile(_EQUATED.replace("FILLING", filling), re.I)
        self.among = re.compile(_AMONG.replace("CALLED", called), re.I)
        self.joined = re.compile(_JOINED.replace("CALLED", called), re.I)
        self.called_before = re.compile(rf"(?:{called})\s(?:of\s|om\s|på\s|med\s)?$", re.I)


@cache
def _patterns(called: str) -> _Patterns:
    return _Patterns(called)


class Part(StrEnum):
    """What a mention does in its clause."""

    SPOKEN_OF = "spoken of"
    COMPARED = "compared with"
    AMONG = "among"  # "of 10 and 100": what there is to choose from


class Mention(Value, frozen=True):
    """An option named from `start` to before `end`."""

    option: Option
    start: int
    end: int
    part: Part = Part.SPOKEN_OF


def mentions(text: str, options: Options, start: int = 0, end: int | None = None) -> tuple[Mention, ...]:
    """All options named in a stretch of a text (the whole if none is given), in order, each with its part in it."""
    end = len(text) if end is None else end
    patterns = _patterns(options.called)
    found = sorted(_named(text, options, start, end), key=lambda one: (one.start, -one.end))
    result: list[Mention] = []
    for one in found:
        if result and one.start < result[-1].end:
            continue
        joined = bool(result) and bool(patterns.joined.fullmatch(text, result[-1].end, one.start))
        if joined and text[result[-1].end : one.start].strip() == ",":  # "compared with 10, 100 needs"
            joined = bool(_LIST_GOES_ON.match(text, one.end))
        part = (
            result[-1].part
            if joined and result[-1].part is not Part.SPOKEN_OF
            else _part(text, start, one, patterns)
        )
        result.append(Mention(one.option, one.start, one.end, part))
    return tuple(result)


def other_numbers(text: str, options: Options, start: int, end: int) -> tuple[str, ...]:
    """Whole numbers in a stretch of a text that measure nothing and are no option: "a width of 50"."""
    found = []
    for match in NUMBER.finditer(text, start, end):
        number = numeral(match)
        if (
            number is not None
            and number.value.denominator == 1
            and not {int(reading) for reading in number.readings if reading.denominator == 1}
            & set(_numbers(options))
            and _names(text, match.start(), match.end(), start, options)
        ):
            found.append(match[0])
    return tuple(found)


def _numbers(options: Options) -> dict[Fraction, Option]:
    return {Fraction(str(option)): option for option in options.values if not isinstance(option, str)}


def _named(text: str, options: Options, start: int, end: int) -> Iterator[Mention]:
    for match in _OF_TWO.finditer(text, start, end):
        named = sorted(
            _by_name(text, options, max(0, match.start() - _LOOKED_BACK), match.start()),
            key=lambda one: one.start,
        )
        two = list(dict.fromkeys(one.option for one in reversed(named)))[:2]
        if len(two) == 2:
            yield Mention(two[1] if match["first"] else two[0], match.start(), match.end())
    ordered = sorted(option for option in options.values if not isinstance(option, str))
    if len(ordered) == len(options.values):
        for match in _patterns(options.called).extreme.finditer(text, start, end):
            small = match["which"].lower() in {"smallest", "minsta"}
            yield Mention(ordered[0] if small else ordered[-1], match.start(), match.end())
    yield from _by_name(text, options, start, end)


def _by_name(text: str, options: Options, start: int, end: int) -> Iterator[Mention]:
    numbers = _numbers(options)
    if numbers:
        for match in _POWER.finditer(text, start, end):
            option = numbers.get(Fraction(int(match[1]) ** int(match[2])))
            if option is not None:
                yield Mention(option, match.start(), match.end())
        for match in _THOUSANDS.finditer(text, start, end):
            option = numbers.get(Fraction(1000 * int(match[1])))
            if option is not None:
                yield Mention(option, match.start(), match.end())
        for match in NUMBER.finditer(text, start, end):
            number = numeral(match)
            option = (
                next((numbers[one] for one in number.readings if one in numbers), None) if number else None
            )
            if option is not None and _names(text, match.start(), match.end(), start, options):
                yield Mention(option, match.start(), match.end())
        for word in spelled_numbers(text[start:end]):
            option = numbers.get(Fraction(word.value))
            left, right = start + word.start, start + word.end
            sized = bool(_patterns(options.called).called_before.search(text[max(start, left - 24) : left]))
            if (
                option is not None
                and (sized or not word.article or word.value >= _AMOUNT)
                and _names(text, left, right, start, options)
            ):
                yield Mention(option, left, right)
    for option in options.values:
        if isinstance(option, str):
            for match in re.finditer(rf"(?<!\w){re.escape(option)}(?!\w)", text[start:end], re.I):
                yield Mention(option, start + match.start(), start + match.end())


def _names(text: str, start: int, end: int, first: int, options: Options) -> bool:
    """Whether the number here names something rather than measuring it."""
    before = text[max(first, start - _BEFORE) : start]
    if _UNIT_BEHIND.match(text[end : end + 24]):
        images = re.match(r"\s?(?:images?|bilder|samples?|exempel)\b", text[end : end + 12], re.I)
        together = _TOGETHER.match(text[end : end + 40])
        return bool(images and (together or _patterns(options.called).called_before.search(before)))
    return not _MEASURE_BEFORE.search(before) or bool(_LEADS_IN.search(before))


def _part(text: str, first: int, one: Mention, patterns: _Patterns) -> Part:
    before = text[max(first, one.start - _BEFORE) : one.start]
    if patterns.among.search(before):
        return Part.AMONG
    if _SET_TO.search(before) or patterns.going_to.search(before):
        return Part.SPOKEN_OF
    if patterns.likened.search(before) or patterns.equated.search(before):
        return Part.COMPARED
    return Part.SPOKEN_OF
