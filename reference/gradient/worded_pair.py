"""Question 1 answered in words or in signs: of what the gradient is said to be, and with regard to what.

Words that count (`vocabulary`) are put into two slots by the words that relate them: "of", "with respect to", "the
first", "node". Only what the writer asserts (`grader.checks.claims`) fills a slot for certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from grader.checks.claims import clauses, stance_at
from reference.gradient.role_names import Role
from reference.gradient.vocabulary import GradientWord, GradientWordKind, abbreviated, gradient_words
from reference.gradient.worded_claim import NEXT, WordedPair, claim, is_denied
from reference.gradient.worded_slots import bare_pairs, by_slots

MAX_TEXT: Final = 20_000  # characters of one passage
_NEAR: Final = 90  # characters from "with respect to" back to what is differentiated
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
        found.extend(by_slots(shown, sentences))
    if bare and not found:
        for inside in sentences:
            found.extend(bare_pairs(shown, inside))
        if not found and len(sentences) > 1 and sum(len(one) for one in sentences) == 2:
            found.extend(bare_pairs(shown, [word for one in sentences for word in one]))
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
                if one.kind is GradientWordKind.MENTION and one.start - word.end <= NEXT
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
        if is_denied(text, source) and any(
            one.kind is GradientWordKind.REGARD and one.start > source.end and not is_denied(text, one)
            for one in inside
        ):
            continue  # "not with regard to A but with regard to B": B is looked at next
        found.append(claim(text, target, source, word))
    return found, derived_from


# Nothing is tried twice (``++``): an underscore may end a word or stand between two, and twenty of them took a tenth of a second, a page of those half a minute.
_REACHES: Final = re.compile(r"[\s`'\"*_(:“‘]*(?:(?:[^\W_]|['’-])++[\s`'\"*_(“‘:=]++){0,6}")
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
            if not is_denied(text, one):
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
    kept = [one for one in used if not is_denied(text, one)] or used
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
        if after.kind is not GradientWordKind.MENTION or after.start - word.end > NEXT:
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
