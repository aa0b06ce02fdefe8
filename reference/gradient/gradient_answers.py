"""Question 1, from a submission to findings: every place where the answer may stand, weighed against each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from grader.checks import Answer, Finding, failed, missing, passed, review
from grader.checks.candidates import Candidate, Strength, Weighed, Worth, weigh
from grader.checks.claims import Stance
from grader.documents.core.document import Block, BlockKind
from grader.model import ExecutionStatus, Value
from reference.gradient.code_evidence import CodeEvidence, Computation, is_cell, read_code
from reference.gradient.gradient_call import GradientReading, told
from reference.gradient.gradient_probe import ProbeOutcome, probe_answer
from reference.gradient.mistakes import MESSAGES, GradientMistake
from reference.gradient.roles import Role
from reference.gradient.vocabulary import gradient_words
from reference.gradient.worded_pair import WordedPair, worded_pairs

_WORDS: Final = (BlockKind.PROSE, BlockKind.HEADING, BlockKind.MATHS, BlockKind.TABLE)
RIGHT_KEY: Final = "right"
PASSED: Final = "The gradient is computed of the right node, with regard to the right variable."
PASSED_IN_WORDS: Final = "The answer names the right node and the right variable."


class GradientCandidate(Value, frozen=True, eq=False):
    """A candidate with what it was made of: a computation, a claim in words, or something made by hand."""

    candidate: Candidate
    computation: Computation | None = None
    pair: WordedPair | None = None
    reading: GradientReading | None = None


def judge_expression(answer: Answer) -> Finding:
    """The finding of ``q1.expression``."""
    code = read_code(answer)
    found = [*_from_code(code, answer), *_from_words(answer)]
    made = {id(one.candidate): one for one in found}
    if any(one.candidate.worth is Worth.RIGHT and one.candidate.strength >= Strength.STRAY for one in found):
        # Beside the right answer, a call of the worked example's is an explanation.
        found = [one for one in found if one.candidate.key != GradientMistake.EXAMPLE]
    weighed = weigh([one.candidate for one in found])
    best = made[id(weighed.best)] if weighed.best is not None else None
    if best is None or best.candidate.worth is Worth.BLANK:
        return _without_answer(weighed, best, answer)
    other = weighed.against or _doubted_elsewhere(best, found)
    if other is not None:
        return _conflict(best.candidate, other)
    match best.candidate.worth:
        case Worth.RIGHT:
            return _right(best, found, code, answer)
        case Worth.WRONG:
            return _wrong(best)
        case _:
            return _unclear(best, found, code, answer)


# --- candidates ------------------------------------------------------------------------------------------------


def _from_code(code: CodeEvidence, answer: Answer) -> Iterator[GradientCandidate]:
    places = _Places(answer)
    for computation in code.computations:
        if computation.given:
            continue
        reading = computation.reading
        worth = (
            Worth.RIGHT
            if reading.right
            else Worth.BLANK
            if reading.blank
            else Worth.WRONG
            if reading.wrong
            else Worth.UNCLEAR
        )
        strength = places.strength(computation.block)
        if computation.inert:
            strength = min(strength, Strength.INERT)
        if computation.stance is not Stance.ASSERTED and worth is not Worth.BLANK:
            strength = min(strength, Strength.NOT_MEANT)
        key = RIGHT_KEY if reading.right else str(reading.mistake or reading.doubt)
        candidate = Candidate(
            computation.block,
            computation.text,
            worth,
            strength,
            key,
            computation.stance,
            computation.why or (f"In the call, {reading.doubt}." if reading.doubt else ""),
            run=computation.run and not computation.inert,
        )
        yield GradientCandidate(candidate, computation, reading=reading)
    trained = any(one.reading.right and one.run and not one.inert for one in code.computations)
    for block, hand, run in code.by_hand:
        if trained and run:
            continue
        line = _line(block.text, hand.line)
        if hand.typed_in:
            reading = GradientReading(right=False, mistake=GradientMistake.TYPED_IN)
            worth, why = Worth.WRONG, "The gradient is typed in as fixed numbers."
        else:
            kind = "by differences of the loss" if hand.differences else "by a formula"
            reading = GradientReading(right=False, doubt=f"it is computed {kind}, without the tape")
            worth, why = Worth.UNCLEAR, f"No tape: the gradient is computed {kind}."
        candidate = Candidate(
            block, line, worth, places.strength(block), str(reading.mistake or "by hand"), why=why, run=run
        )
        yield GradientCandidate(candidate, reading=reading)


def _line(text: str, number: int) -> str:
    lines = text.split("\n")
    found = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    return found or text.strip()[:200]


class _Places:
    """How much a block's place says: under the question, elsewhere, or where no reader sees it."""

    def __init__(self, answer: Answer) -> None:
        self.own = {(block.place, block.kind) for block in answer.section}

    def strength(self, block: Block) -> Strength:
        if block.unseen:
            return Strength.UNSEEN
        if not self.own or is_cell(block) or (block.place, block.kind) in self.own:
            return Strength.ANSWER
        return Strength.STRAY


def _from_words(answer: Answer) -> Iterator[GradientCandidate]:
    places = _Places(answer)
    own = [block for block in answer.section if block.kind in _WORDS]
    rest = [
        block for block in answer.everything if block.kind in _WORDS and not any(block is one for one in own)
    ]
    seen: set[tuple[str, str]] = set()
    for blocks, bare in ((_passages(own), True), (_passages(rest), False)):
        for block, text in blocks:
            for pair in worded_pairs(text, bare=bare):
                if not _is_about_training(pair) or (pair.passage, block.place.source) in seen:
                    continue
                seen.add((pair.passage, block.place.source))
                strength = places.strength(block)
                if not pair.asserted:
                    strength = min(strength, Strength.NOT_MEANT)
                right = pair.right and not pair.explains
                why = f"In words: {pair.stance}" + (f" ({pair.cue})." if pair.cue else ".")
                candidate = Candidate(
                    block,
                    pair.passage,
                    Worth.RIGHT if right else Worth.UNCLEAR,
                    strength,
                    RIGHT_KEY if right else "words",
                    pair.stance,
                    why if not pair.asserted else "In words.",
                )
                yield GradientCandidate(candidate, pair=pair)
    for block in answer.everything:
        if block.kind is BlockKind.CODE:
            comments = "\n".join(re.findall(r"#+(?!#)[ \t]*([^\n]{3,400})", block.text[:20_000]))
            for pair in worded_pairs(comments):
                if pair.right and pair.asserted:
                    candidate = Candidate(
                        block,
                        pair.passage,
                        Worth.RIGHT,
                        Strength.INERT,
                        RIGHT_KEY,
                        why="It stands in a comment.",
                    )
                    yield GradientCandidate(candidate, pair=pair)


def _is_about_training(pair: WordedPair) -> bool:
    return Role.LOSS in {pair.target, pair.source} or Role.PARAMETERS in {pair.target, pair.source}


def _passages(blocks: Sequence[Block]) -> Iterator[tuple[Block, str]]:
    """Each block's words; a table read along and down; behind them all prose of one file as one."""
    for block in blocks:
        if block.kind is BlockKind.TABLE and block.rows:
            yield block, "\n".join(": ".join(cell.strip() for cell in row) for row in block.rows)
            for row in block.rows[1:6]:
                yield (
                    block,
                    "\n".join(
                        f"{head.strip()}: {cell.strip()}"
                        for head, cell in zip(block.rows[0], row, strict=False)
                    ),
                )
        else:
            yield block, block.text
    prose = [
        block for block in blocks if block.kind in {BlockKind.PROSE, BlockKind.HEADING} and not block.unseen
    ]
    for source in dict.fromkeys(block.place.source for block in prose):
        own = [block for block in prose if block.place.source == source]
        if len(own) > 1:
            yield own[0], "\n".join(block.text for block in own)[:20_000]


# --- findings --------------------------------------------------------------------------------------------------


def _doubted_elsewhere(best: GradientCandidate, found: Iterable[GradientCandidate]) -> Candidate | None:
    """Against a right answer in a report: what a notebook runs and cannot be told. Against one in words: its reverse."""
    if best.candidate.worth is not Worth.RIGHT:
        return None
    for one in found:
        if one.candidate.strength < Strength.STRAY or one.candidate.worth is not Worth.UNCLEAR:
            continue
        if one.candidate.run and not best.candidate.run:
            return one.candidate
        reverse = one.pair is not None and (one.pair.target, one.pair.source) == (Role.PARAMETERS, Role.LOSS)
        if reverse and best.pair is not None and one.candidate.strength >= best.candidate.strength:
            return one.candidate
    return None


def _conflict(best: Candidate, other: Candidate) -> Finding:
    return review(
        "Two answers were found, and they differ; a person looks at both.",
        [best.evidence, other.evidence],
        staff=f"Which is the answer? One reads {best.worth} ({best.key}), the other {other.worth} ({other.key}).",
    )


def _right(
    best: GradientCandidate, found: Sequence[GradientCandidate], code: CodeEvidence, answer: Answer
) -> Finding:
    staff = "Read from a picture by OCR." if best.candidate.block.ocr else best.candidate.why
    message = PASSED if best.pair is None else PASSED_IN_WORDS
    if best.pair is not None:
        staff = f"Answered in words. {staff}".strip()
    running = [
        one.computation
        for one in found
        if one.computation is not None and one.candidate.run and one.candidate.worth is Worth.RIGHT
    ]
    if running and _is_run(answer):
        ran = probe_answer(answer, code, running)
        staff = " ".join(part for part in (staff, ran.note) if part)
        if ran.outcome is not ProbeOutcome.AGREES:
            return review(
                "The gradient computation reads right, but does not train as it should when it is run by itself; a person looks at it.",
                [best.candidate.evidence],
                staff=staff,
            )
    return passed(message, [best.candidate.evidence], staff=staff)


def _is_run(answer: Answer) -> bool:
    return (
        answer.run is not None
        and answer.executor is not None
        and answer.run.status is not ExecutionStatus.SKIPPED
    )


def _wrong(best: GradientCandidate) -> Finding:
    candidate, reading = best.candidate, best.reading
    assert reading is not None
    if candidate.block.ocr:
        return review(
            "The gradient computation was read from a picture; a person looks at it.",
            [candidate.evidence],
            staff=f"Read by OCR as a wrong call ({reading.mistake}); an OCR reading never fails an answer.",
        )
    written = best.computation.call.written if best.computation is not None and best.computation.call else ()
    one, other = (*written, "", "")[:2]
    message, hint = told(reading, _call_alone(candidate.passage), one, other)
    return failed(message, [candidate.evidence], hint=hint, staff=f"Mistake: {reading.mistake}.")


def _call_alone(passage: str) -> str:
    return passage.partition("#")[0].strip() or passage


def _unclear(
    best: GradientCandidate, found: Sequence[GradientCandidate], code: CodeEvidence, answer: Answer
) -> Finding:
    candidate, computation = best.candidate, best.computation
    if (
        computation is not None
        and computation.reading.only_names
        and candidate.run
        and not candidate.block.ocr
        and _is_run(answer)
    ):
        ran = probe_answer(answer, code, [computation])
        if ran.outcome is ProbeOutcome.AGREES:
            return passed(PASSED, [candidate.evidence], staff=ran.note)
        candidate = msgspec.structs.replace(candidate, why=f"{candidate.why} {ran.note}".strip())
    shown = [
        one.candidate.evidence
        for one in found
        if one.candidate.worth is Worth.UNCLEAR and one.candidate.strength >= Strength.STRAY
    ]
    if best.pair is not None:
        return review(
            "An answer in words was found that the program cannot judge for certain; a person looks at it.",
            shown[:2],
            staff=f"In words: the gradient of {best.pair.target} with regard to {best.pair.source}.",
        )
    if computation is None:
        return review(
            "The gradient is computed without the tape; a person looks at it.", shown[:2], staff=candidate.why
        )
    return review(
        "A gradient computation was found that the program cannot judge for certain; a person looks at it.",
        shown[:2],
        staff=candidate.why,
    )


_ASIDE: Final = {
    Strength.UNSEEN: "An answer was found where a reader of the page does not see it; a person looks at it.",
    Strength.NOT_MEANT: "The answer was found named, but not as your own answer; a person looks at it.",
    Strength.INERT: "A gradient computation was found only where nothing runs it, or in a comment; a person looks at it.",
}


def _without_answer(weighed: Weighed, blank: GradientCandidate | None, answer: Answer) -> Finding:
    """Nothing that is an answer by itself: what lies beside, pictures, the question marks, or nothing."""
    beside = sorted(
        (one for one in weighed.aside if one.worth is Worth.RIGHT or blank is None),
        key=lambda one: (one.worth is Worth.RIGHT, one.strength),
        reverse=True,
    )
    if beside:
        first = beside[0]
        left = " The code still has its question marks." if blank is not None else ""
        return review(
            _ASIDE[first.strength],
            [one.evidence for one in beside[:2]],
            staff=f"{first.why or first.block.unseen or first.strength.name.lower()}{left}",
        )
    named = _words_beside(answer) if blank is not None else []
    if named:
        return review(
            "The call still has its question marks, and the words beside it could not be judged; a person looks at them.",
            [block.evidence() for block in named[:2]],
            staff="Mistake: not-filled-in. Words of the section name both of the call's arguments.",
        )
    if blank is not None:
        message, hint = MESSAGES[GradientMistake.NOT_FILLED_IN]
        call = f"`{' '.join(_call_alone(blank.candidate.passage).split())[:160]}`"
        return failed(
            message.format(call=call), [blank.candidate.evidence], hint=hint, staff="Mistake: not-filled-in."
        )
    return _nowhere(answer)


def _words_beside(answer: Answer) -> list[Block]:
    """Words of a report's section that name what the call needs, though not in a way that could be read."""
    found = [
        block
        for block in answer.section
        if block.kind in _WORDS and block.place.cell is None and not block.unseen
    ]
    named = {word.role for block in found for word in gradient_words(block.text[:20_000])}
    return found if {Role.LOSS, Role.PARAMETERS} <= named else []


def _nowhere(answer: Answer) -> Finding:
    pictures = answer.unread_pictures
    if pictures:
        return review(
            "No gradient computation was found in the text; it may be in a picture, which a person looks at.",
            [picture.evidence(picture.text or "picture") for picture in pictures[:3]],
            staff="No call in the text; unread pictures are there.",
        )
    prose = [
        block
        for block in answer.section
        if block.kind in {BlockKind.PROSE, BlockKind.MATHS}
        and len(block.text.split()) > 3
        and not block.unseen
    ]
    if prose and re.search(
        r"gradi|loss|deriv|förlust|parameter|∇|∂", " ".join(block.text for block in prose), re.I
    ):
        return review(
            "An answer in words was found that the program cannot judge; a person looks at it.",
            [block.evidence() for block in prose[:2]],
            staff="Prose about gradients, but no call and no pair of arguments that could be read.",
        )
    return missing(
        "No gradient computation was found, in code or in words.",
        hint="Complete the line marked QUESTION 1 and put it into the report.",
    )
