"""Question 1 answered in words or in signs: of what the gradient is said to be, and with regard to what.

Words that count (`vocabulary`) are put into two slots by the words that relate them: "of", "with respect to", "the
first", "node". Only what the writer asserts (`grader.checks.claims`) fills a slot for certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from grader.checks.claims import Stance, clauses, stance_at
from grader.model import Value
from reference.gradient.roles import Role
from reference.gradient.vocabulary import GradientWord, GradientWordKind, abbreviated, gradient_words

MAX_TEXT: Final = 20_000  # characters of one passage
_NEAR: Final = 90  # characters from "with respect to" back to what is differentiated
_NEXT: Final = 45  # characters from a relating word to what it relates
_FILLER: Final = re.compile(r"[\s\W]*(?:\w+\W+){0,6}\w*\W*")
_JOIN: Final = re.compile(
    r"[\s`'\"*_()\[\]“”‘’.]*(?:,|/|;|\||&|\.|\?|and|och|then|sedan|samt|respektive|resp\.?|respectively|\n|\t|→|->|=>)[\s`'\"*_()\[\]“”‘’]*(?:(?:then|the|finally|2\)|b\)|är|is|2\.)[\s`'\"]*){0,2}",
    re.I,
)
_ABOUT_ARGUMENTS: Final = re.compile(
    r"argument|\bput\b|\bfill|fyll|sätt|missing|saknas|replac|ersätt|byt|question\s?marks?|frågetecken|\?\?|answer|svar|nodes?\b|in\s(?:that\s|this\s|the\s)?order|ordning|should be|ska\s(?:stå|vara)|används?|blank",
    re.I,
)
_DERIVATIVE_SIGN: Final = re.compile(
    r"[d∂δ]\s?[({]?\s?([^\W\d_][\w]{0,20}|θ)\s?(?:\([^()]{0,30}\))?\s?[)}]?\s?/\s?\(?\s?[d∂δ]\s?[({]?\s?([^\W\d_][\w]{0,20}|θ)\s?[)}]?"
)
_NABLA: Final = re.compile(
    r"(?:∇|nabla)\s?(?:_\s?)?[{(]?\s?([^\W\d_]\w{0,20})\s?[})]?\s?[({]?\s?([^\W\d_]\w{0,20})", re.I
)
_TEX: Final = (
    (re.compile(r"\\[,;:! ]"), " "),
    (
        re.compile(
            r"\\(?:text|mathrm|mathit|operatorname|mathbf|texttt|textit|boldsymbol)\s?\{([^{}]{0,60})\}"
        ),
        r"\1",
    ),
    (re.compile(r"\\partial\b ?"), "∂"),
    (re.compile(r"\\nabla\b ?"), "∇"),
    (re.compile(r"\\(?:theta|vartheta)\b"), "θ"),
    (re.compile(r"\\[dt]?frac\s?\{([^{}]{0,80})\}\s?\{([^{}]{0,80})\}"), r"\1/\2"),
    (re.compile(r"\\_"), "_"),
)


class WordedPair(Value, frozen=True):
    """A claim about the gradient: of `target` with regard to `source`, in a `passage`, with the writer's stance.

    `cue` are the words that the stance rests on. `bare`: nothing but the two stood there, in this order.
    `explains`: it says what a gradient tells (how one thing changes with another), not what was computed.
    """

    target: Role
    source: Role
    passage: str
    stance: Stance
    cue: str = ""
    bare: bool = False
    explains: bool = False

    @property
    def right(self) -> bool:
        """Whether it is the pair that training needs."""
        return self.target is Role.LOSS and self.source is Role.PARAMETERS

    @property
    def asserted(self) -> bool:
        """Whether its writer stands by it."""
        return self.stance is Stance.ASSERTED


def worded_pairs(text: str, *, bare: bool = False) -> list[WordedPair]:
    """All claims about the gradient in a passage; with `bare` also ``loss, parameters`` without any other words."""
    shown = text[:MAX_TEXT]
    for pattern, plain in _TEX:
        shown = pattern.sub(plain, shown)
    found = [*_signs(shown)]
    sentences = list(_sentences(shown))
    carried: GradientWord | None = None
    for inside in sentences:
        made, carried = _by_regard(shown, inside, carried)
        found.extend(made)
    sentences = [
        [word for word in inside if word.kind is not GradientWordKind.LOOSELY] for inside in sentences
    ]
    if not any(one.asserted for one in found):
        found.extend(_by_slots(shown, sentences))
    if bare and not found:
        for inside in sentences:
            found.extend(_bare(shown, inside))
        if not found and len(sentences) > 1 and sum(len(one) for one in sentences) == 2:
            found.extend(_bare(shown, [word for one in sentences for word in one]))
    if not found:
        for inside in sentences:
            found.extend(_by_change(shown, inside))
    return found


def _sentences(text: str) -> Iterator[list[GradientWord]]:
    """The words that count, sentence by sentence."""
    number = {}
    ends: list[tuple[int, int]] = []
    for clause in clauses(text):
        ends.append((clause.end, clause.sentence))
    waiting: list[GradientWord] = []
    at, current = 0, -1
    for word in gradient_words(text):
        while at < len(ends) and ends[at][0] <= word.start:
            at += 1
        sentence = ends[at][1] if at < len(ends) else current
        if sentence != current and waiting:
            yield waiting
            waiting = []
        current = sentence
        number[id(word)] = sentence
        waiting.append(word)
    if waiting:
        yield waiting


def _signs(text: str) -> Iterator[WordedPair]:
    for match in _DERIVATIVE_SIGN.finditer(text):
        target, source = abbreviated(match[1]), abbreviated(match[2])
        if Role.UNKNOWN not in {target, source}:
            stance, cue = stance_at(text, *match.span())
            yield WordedPair(target, source, match[0], stance, cue)
    for match in _NABLA.finditer(text):
        source, target = abbreviated(match[1]), abbreviated(match[2])
        if Role.UNKNOWN not in {target, source}:
            stance, cue = stance_at(text, *match.span())
            yield WordedPair(target, source, match[0], stance, cue)


def _pair(
    text: str, target: GradientWord, source: GradientWord, *others: GradientWord, bare: bool = False
) -> WordedPair:
    start = min(one.start for one in (target, source, *others))
    end = max(one.end for one in (target, source, *others))
    stance, cue = Stance.ASSERTED, ""
    for one in (target, source, *others):
        stance, cue = stance_at(text, one.start, one.end)
        if stance is not Stance.ASSERTED:
            break
    passage = " ".join(text[start:end].split())
    return WordedPair(target.role, source.role, passage[:300], stance, cue, bare)


def _denied(text: str, word: GradientWord) -> bool:
    return stance_at(text, word.start, word.end)[0] is Stance.DENIED


def _by_regard(
    text: str, inside: Sequence[GradientWord], carried: GradientWord | None
) -> tuple[list[WordedPair], GradientWord | None]:
    """``the gradient of A with respect to B``, in any order; A may stand in the sentence before."""
    found: list[WordedPair] = []
    derived_from: GradientWord | None = None
    for at, word in enumerate(inside):
        if word.kind is GradientWordKind.DERIVATIVE:
            following = _mention_after(text, inside, at, _NEAR)
            if following is not None:
                derived_from = following
        if word.kind is GradientWordKind.DERIVED and at and inside[at - 1].kind is GradientWordKind.MENTION:
            derived_from = inside[at - 1]
        if word.kind is not GradientWordKind.REGARD and not _is_loosely(text, inside, at):
            continue
        source = next(
            (
                one
                for one in inside[at + 1 : at + 4]
                if one.kind is GradientWordKind.MENTION and one.start - word.end <= _NEXT
            ),
            None,
        )
        if source is None or not _REACHES.fullmatch(text, word.end, source.start):
            continue
        if any(one.kind in _RELATES and word.end <= one.start < source.start for one in inside):
            continue
        target = _target(text, inside, at, source, carried)
        if target is None:
            continue
        if _denied(text, source) and any(
            one.kind is GradientWordKind.REGARD and one.start > source.end and not _denied(text, one)
            for one in inside
        ):
            continue  # "not with regard to A but with regard to B": B is looked at next
        found.append(_pair(text, target, source, word))
    return found, derived_from


_REACHES: Final = re.compile(r"[\s`'\"*_(:“‘]*(?:[\w'’-]+[\s`'\"*_(“‘:=]+){0,6}")
_RELATES: Final = frozenset((GradientWordKind.REGARD, GradientWordKind.DERIVATIVE))
_ARTICLES: Final = re.compile(
    r"\s(?:(?:the|our|its|all|both|each|these|two|your|de|den|det|våra|alla|modellens)\s)*[`'\"*_]*"
)


def _is_loosely(text: str, inside: Sequence[GradientWord], at: int) -> bool:
    """``the derivative of A by B``: a short word that relates the two, right between them."""
    if inside[at].kind is not GradientWordKind.LOOSELY or not 0 < at < len(inside) - 1:
        return False
    before, after = inside[at - 1], inside[at + 1]
    return (
        before.kind is after.kind is GradientWordKind.MENTION
        and any(one.kind in {GradientWordKind.DERIVATIVE, GradientWordKind.DERIVED} for one in inside[:at])
        and len(text[before.end : inside[at].start].strip(" `'\"*_")) == 0
        and _ARTICLES.fullmatch(text, inside[at].end, after.start) is not None
    )


def _mention_after(text: str, inside: Sequence[GradientWord], at: int, reach: int) -> GradientWord | None:
    """What a derivative is of: the first mention behind it that the writer does not deny."""
    end = inside[at].end
    first: GradientWord | None = None
    for one in inside[at + 1 :]:
        if one.start - end > reach or one.kind in {GradientWordKind.REGARD, GradientWordKind.DERIVATIVE}:
            break
        if one.kind is GradientWordKind.MENTION:
            first = first or one
            if not _denied(text, one):
                return one
            end = one.end
    return first


def _target(
    text: str, inside: Sequence[GradientWord], at: int, source: GradientWord, carried: GradientWord | None
) -> GradientWord | None:
    before = inside[:at]
    start = inside[at].start
    for number in range(len(before) - 1, -1, -1):
        if (
            before[number].kind is GradientWordKind.REGARD
        ):  # "of A with respect to B, or of C with respect to D"
            between = [one for one in before[number + 2 :] if one.kind is GradientWordKind.MENTION]
            if between:
                return between[-1]
        if before[number].kind is GradientWordKind.DERIVATIVE:
            found = _mention_after(text, inside[:at], number, _NEAR)
            if found is not None:
                return found
            break
    near = [one for one in before if one.kind is GradientWordKind.MENTION and start - one.end <= _NEAR]
    used = [one for one in near if not _follows_regard(before, one)]
    kept = [one for one in used if not _denied(text, one)] or used
    if kept:
        return kept[-1]
    behind = [one for one in inside[at + 1 :] if one.start > source.end]
    mentions = [one for one in behind if one.kind is GradientWordKind.MENTION]
    if mentions and any(
        one.kind in {GradientWordKind.DERIVATIVE, GradientWordKind.DERIVED} for one in behind
    ):
        return mentions[0]
    return carried


def _follows_regard(before: Sequence[GradientWord], mention: GradientWord) -> bool:
    at = before.index(mention)
    return at > 0 and before[at - 1].kind is GradientWordKind.REGARD


def _by_change(text: str, inside: Sequence[GradientWord]) -> Iterator[WordedPair]:
    """``how A changes when B does``, ``how B affects A``: the condition is part of what is said."""
    for at, word in enumerate(inside):
        before = inside[at - 1] if at else None
        after = next(
            (one for one in inside[at + 1 : at + 3] if one.kind is not GradientWordKind.CHANGES), None
        )
        if before is None or after is None or before.kind is not GradientWordKind.MENTION is not after.kind:
            continue
        if after.kind is not GradientWordKind.MENTION or after.start - word.end > _NEXT:
            continue
        if word.kind is GradientWordKind.CHANGES and _WHEN.search(text, word.end, after.start):
            target, source = before, after
        elif word.kind is GradientWordKind.AFFECTS:
            target, source = after, before
        else:
            continue
        stance, cue = stance_at(text, before.start, before.end)
        passage = " ".join(text[before.start : after.end].split())
        yield WordedPair(target.role, source.role, passage, stance, cue, explains=True)


_WHEN: Final = re.compile(r"\b(?:if|when|as|with|on|om|när|då|med|av|på|depending)\b", re.I)
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


def _by_slots(text: str, sentences: Sequence[Sequence[GradientWord]]) -> list[WordedPair]:
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
    firsts = [one for one in slots[0] if not _denied(text, one)] or slots[0]
    seconds = [one for one in slots[1] if not _denied(text, one)] or slots[1]
    if not firsts or not seconds:
        return []
    if len({one.role for one in firsts}) > 1 or len({one.role for one in seconds}) > 1:
        return [_pair(text, one, other) for one, other in zip(firsts, seconds, strict=False)]
    return [_pair(text, firsts[0], seconds[0])]


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
        around = text[max(0, min(slot.start, other.start) - _NEXT) : max(slot.end, other.end) + _NEXT]
        if not _ABOUT_ARGUMENTS.search(around) and not _NOTHING_MORE.match(text, max(slot.end, other.end)):
            return False
    between = text[slot.end : other.start] if other.start >= slot.end else text[other.end : slot.start]
    return (
        len(between) <= _NEXT
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


def _bare(text: str, inside: Sequence[GradientWord]) -> Iterator[WordedPair]:
    """Nothing but the two, in the order of the arguments."""
    mentions = [one for one in inside if one.kind is GradientWordKind.MENTION]
    if len(mentions) != 2 or any(
        one.kind in {GradientWordKind.REGARD, GradientWordKind.CHANGES} for one in inside
    ):
        return
    one, other = mentions
    if other.start - one.end > _NEXT or not _JOIN.fullmatch(text, one.end, other.start):
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
        yield _pair(text, one, other, bare=True)
