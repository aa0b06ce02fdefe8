"""Question 1, from a submission to findings: every place where the answer may stand, weighed against each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from grader.checks import Answer, Finding, failed, missing, passed, review
from grader.checks.candidates import Candidate, Strength, Weighed, Worth, weigh
from grader.documents.core.document import Block, BlockKind
from grader.model import ExecutionStatus
from reference.gradient.code_evidence import CodeEvidence, read_code
from reference.gradient.gradient_call import told
from reference.gradient.gradient_candidates import (
    WORDS,
    GradientCandidate,
    candidates_from_code,
    candidates_from_words,
)
from reference.gradient.gradient_probe import ProbeOutcome, probe_answer
from reference.gradient.mistakes import MESSAGES, GradientMistake
from reference.gradient.role_names import Role
from reference.gradient.vocabulary import gradient_words

PASSED: Final = "The gradient is computed of the right node, with regard to the right variable."
PASSED_IN_WORDS: Final = "The answer names the right node and the right variable."


def judge_expression(answer: Answer) -> Finding:
    """The finding of ``q1.expression``."""
    code = read_code(answer)
    found = [*candidates_from_code(code, answer), *candidates_from_words(answer)]
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
        if block.kind in WORDS and block.place.cell is None and not block.unseen
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
