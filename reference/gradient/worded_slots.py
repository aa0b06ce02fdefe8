"""Question 1 in words: the first and the second, node and variable, or nothing but the two in a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from reference.gradient.vocabulary import GradientWord, GradientWordKind
from reference.gradient.worded_claim import NEXT, WordedPair, claim, is_denied

_JOIN: Final = re.compile(
    r"[\s`'\"*_()\[\]“”‘’.]*(?:,|/|;|\||&|\.|\?|and|och|then|sedan|samt|respektive|resp\.?|respectively|\n|\t|→|->|=>)[\s`'\"*_()\[\]“”‘’]*(?:(?:then|the|finally|2\)|b\)|är|is|2\.)[\s`'\"]*){0,2}",
    re.I,
)


_ABOUT_ARGUMENTS: Final = re.compile(
    r"argument|\bput\b|\bfill|fyll|sätt|missing|saknas|replac|ersätt|byt|question\s?marks?|frågetecken|\?\?|answer|svar|nodes?\b|in\s(?:that\s|this\s|the\s)?order|ordning|should be|ska\s(?:stå|vara)|används?|blank",
    re.I,
)


_SLOTS: Final = {GradientWordKind.FIRST: 0, GradientWordKind.SECOND: 1}


_ATTRIBUTE: Final = re.compile(r"node|noden|nod|variable|variabel|variabeln", re.I)


_LOOSE: Final = re.compile(r"first|1st|först|första|second|2nd|andra|then|sedan|last|sist", re.I)


_NOTHING_MORE: Final = re.compile(
    r"[\s`'\"*_)”’]*(?:$|[,.;:!\n]|(?:and|och|then|sedan|first|second|först|sist|last|is|är|goes|as|som)\b)",
    re.I,
)


_SAYS: Final = re.compile(
    r"^[\W_]*(?:\w+[\W_]+){0,4}?(?:is|are|as|be|är|som|vara|blir|goes|go|comes|in|ska|should)?[\W_]*(?:\w+[\W_]+){0,2}$",
    re.I,
)


def by_slots(text: str, sentences: Sequence[Sequence[GradientWord]]) -> list[WordedPair]:
    """``the first is A, the second B``; ``node: A, variable: B``; ``A first, then B``; over several sentences."""
    flat = [word for inside in sentences for word in inside]
    slots: list[list[GradientWord]] = [[], []]
    taken: set[int] = set()
    blanks = [word for word in flat if word.kind is GradientWordKind.BLANK]
    if len(blanks) == 2 and not any(word.kind in _SLOTS for word in flat):
        flat = [
            msgspec.structs.replace(
                word,
                kind=GradientWordKind.FIRST if word is blanks[0] else GradientWordKind.SECOND,
                text="argument",
            )
            if word.kind is GradientWordKind.BLANK
            else word
            for word in flat
        ]
    flat = [word for word in flat if word.kind is not GradientWordKind.BLANK]
    if any(word.kind in _SLOTS and not _ATTRIBUTE.fullmatch(word.text) for word in flat):
        # "the loss node is the first": what it is called beside a place in an order
        flat = [word for at, word in enumerate(flat) if not _is_attribute(text, flat, at)]
    for at, word in enumerate(flat):
        if word.kind not in _SLOTS:
            continue
        after = flat[at + 1] if at + 1 < len(flat) else None
        before = flat[at - 1] if at else None
        chosen: GradientWord | None = None
        if _touches(text, word, after) and not (
            _touches(text, word, before) and before is not None and _is_closer(text, before, word, after)
        ):
            chosen = after
        elif _touches(text, word, before):
            chosen = before
        if chosen is not None and id(chosen) not in taken:
            taken.add(id(chosen))
            slots[_SLOTS[word.kind]].append(chosen)
    firsts = [one for one in slots[0] if not is_denied(text, one)] or slots[0]
    seconds = [one for one in slots[1] if not is_denied(text, one)] or slots[1]
    if not firsts or not seconds:
        return []
    if len({one.role for one in firsts}) > 1 or len({one.role for one in seconds}) > 1:
        return [claim(text, one, other) for one, other in zip(firsts, seconds, strict=False)]
    return [claim(text, firsts[0], seconds[0])]


def _is_attribute(text: str, flat: Sequence[GradientWord], at: int) -> bool:
    word = flat[at]
    if not _ATTRIBUTE.fullmatch(word.text):
        return False
    sides = [
        text[word.end : one.start] for one in flat[at + 1 : at + 2] if one.kind is GradientWordKind.MENTION
    ]
    sides += [
        text[one.end : word.start]
        for one in flat[max(0, at - 1) : at]
        if one.kind is GradientWordKind.MENTION
    ]
    return any(not side.strip(" `'\"*_-") for side in sides)


def _touches(text: str, slot: GradientWord, other: GradientWord | None) -> bool:
    if other is None or other.kind is not GradientWordKind.MENTION:
        return False
    if _LOOSE.fullmatch(slot.text):
        # An order of arguments, not of what happens ("first the loss is computed").
        around = text[max(0, min(slot.start, other.start) - NEXT) : max(slot.end, other.end) + NEXT]
        if not _ABOUT_ARGUMENTS.search(around) and not _NOTHING_MORE.match(text, max(slot.end, other.end)):
            return False
    between = text[slot.end : other.start] if other.start >= slot.end else text[other.end : slot.start]
    return (
        len(between) <= NEXT
        and not re.search(r"\b(?:and|och)\b|[;&]", between)
        and "." not in between.replace("...", "")
        and bool(_SAYS.match(between))
    )


def _is_closer(text: str, before: GradientWord, slot: GradientWord, after: GradientWord | None) -> bool:
    """Whether a slot belongs to what stands before it: "A is the first", "A first, then B"."""
    left = text[before.end : slot.start]
    if re.fullmatch(r"[\s`'\"*_]*[(\[][\s\w`'\"*]{0,12}", left):  # "A (the first)"
        return True
    right = text[slot.end : after.start] if after is not None else ""
    if re.match(
        r"[\W_]*(?:argument|node|variable|blank|plats)?[\W_]*(?:is|are|=|:|är|ska|should|→|->)",
        right.replace("?", ""),
        re.I,
    ):
        return False
    return bool(
        re.search(r"\b(?:is|as|are|är|som|for|in|at|för|på|i|replaces?|ersätter)\b|^[\s`'\"*]*$", left, re.I)
    )


def bare_pairs(text: str, inside: Sequence[GradientWord]) -> Iterator[WordedPair]:
    """Nothing but the two, in the order of the arguments."""
    mentions = [one for one in inside if one.kind is GradientWordKind.MENTION]
    if len(mentions) != 2 or any(
        one.kind in {GradientWordKind.REGARD, GradientWordKind.CHANGES} for one in inside
    ):
        return
    one, other = mentions
    if other.start - one.end > NEXT or not _JOIN.fullmatch(text, one.end, other.start):
        return
    start = max(text.rfind("\n", 0, one.start), text.rfind(". ", 0, one.start)) + 1
    end = text.find("\n", other.end)
    sentence = text[start : end if end >= 0 else len(text)]
    spare = (
        len(re.findall(r"(?!(?:and|och|the)\b)\b\w+", sentence))
        - len(re.findall(r"\w+", one.text))
        - len(re.findall(r"\w+", other.text))
    )
    if spare <= 3 or _ABOUT_ARGUMENTS.search(sentence):
        yield claim(text, one, other, bare=True)
