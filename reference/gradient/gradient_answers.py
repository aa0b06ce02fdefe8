"""Question 1, from a submission to findings: every place where the call, or an answer in words, may stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from grader.checks import Answer, Finding, failed, missing, passed, review
from grader.checks.code import Bindings, Call, bindings, clean, find_calls, parse_statement
from grader.documents.core.document import Block, BlockKind
from grader.model import Evidence, Flag, Value
from reference.gradient.gradient_call import MESSAGES, Judged, Mistake, judge_call, prose_answers
from reference.gradient.printout import explain_printout
from reference.gradient.trusted_gradient import Outcome, confirm

_CODE: Final = (BlockKind.CODE, BlockKind.PROSE, BlockKind.MATHS, BlockKind.TABLE, BlockKind.HEADING)
_EXAMPLE_BLOCK: Final = re.compile(r"\by\s*=\s*x\s*\*\s*x\b|\by\s*=\s*x\s*\*\*\s*2\b|tf\.square\(x\)")


class Found(Value, frozen=True):
    """One call in the submission, where it stands, and how it is judged.

    `given`: it is the handout's worked example. `altered`: what is assigned is not the gradient, but made of it.
    """

    call: Call
    block: Block
    judged: Judged
    given: bool
    known: Bindings
    altered: bool = False

    @property
    def evidence(self) -> Evidence:
        """The line of the call."""
        return self.block.evidence(
            (f"{self.call.assigned} = " if self.call.assigned else "") + self.call.text
        )


def judge_expression(answer: Answer) -> Finding:
    """The finding of ``q1.expression``."""
    blocks = [block for block in answer.everything if _may_hold_code(block)]
    calls = list(_calls(blocks))
    live = [found for found in calls if not found.call.commented and not found.given]
    right = [found for found in live if found.judged.right]
    wrong = [found for found in live if found.judged.mistake not in {Mistake.NONE, Mistake.NOT_FILLED_IN}]
    blank = [found for found in live if found.judged.mistake is Mistake.NOT_FILLED_IN]
    unsure = [found for found in live if not found.judged.certain]
    if right:  # beside the right call, one of the worked example's is an explanation
        wrong = [found for found in wrong if found.judged.mistake is not Mistake.EXAMPLE]
    if right and not wrong:
        return _confirmed(right, answer)
    if right:
        return review(
            "More than one gradient computation was found, and they differ.",
            [right[0].evidence, wrong[0].evidence],
            staff=f"A right call and a wrong one ({wrong[0].judged.mistake}): which is the answer?",
        )
    words = _in_words(answer)
    if words is not None and wrong:
        return review(
            "The code and the words differ; a person looks at them.",
            [wrong[0].evidence, *words.evidence],
            staff=f"The call is wrong ({wrong[0].judged.mistake}), the words are {'right' if words.share else 'unclear'}.",
        )
    if words is not None:
        return words
    if wrong:
        if all(found.block.ocr for found in wrong):
            return review(
                "The gradient computation was read from a picture; a person looks at it.",
                [wrong[0].evidence],
                staff=f"Read by OCR as a wrong call ({wrong[0].judged.mistake}); an OCR reading never fails an answer.",
            )
        return _wrong(wrong[0])
    if unsure:
        settled = _settled_by_running(unsure[0], answer)
        if settled is not None:
            return settled
        return review(
            "A gradient computation was found that the program cannot judge for certain; a person looks at it.",
            [found.evidence for found in unsure[:2]],
            staff=f"In the call, {unsure[0].judged.doubt}.",
        )
    commented = [found for found in calls if found.call.commented and not found.given and found.judged.right]
    if commented:
        return review(
            "The gradient computation stands in a comment; a person looks at it.",
            [commented[0].evidence],
            staff="The right call, but commented out."
            + (" The code still has its question marks." if blank else ""),
        )
    by_hand = _by_hand(blocks)
    if by_hand is not None:
        return by_hand
    if blank:
        return _wrong(blank[0])
    return _nowhere(answer, calls)


def _may_hold_code(block: Block) -> bool:
    """Code, words with code in them, and a listing that looks like output; not what a notebook's cell printed."""
    return block.kind in _CODE or (block.kind is BlockKind.OUTPUT and block.place.cell is None)


def _calls(blocks: Sequence[Block]) -> Iterable[Found]:
    code = [block.text for block in blocks if block.kind not in {BlockKind.MATHS, BlockKind.HEADING}]
    whole = bindings(code)
    for block in blocks:
        calls = find_calls(block.text, "gradient")
        if not calls:
            continue
        own = bindings([block.text])
        known = Bindings({**whole.names, **own.names}, whole.functions | own.functions)
        for call in calls:
            judged = judge_call(call, known)
            example = (
                judged.mistake is Mistake.EXAMPLE
                and bool(_EXAMPLE_BLOCK.search(block.text))
                and "training_loss" not in block.text
            )
            altered = judged.right and _is_altered(call, block.text)
            if altered:
                judged = Judged(right=False, certain=False, doubt="something else is done to the gradient")
            yield Found(call, block, judged, example, known, altered)


def _is_altered(call: Call, text: str) -> bool:
    """Whether the line of the call assigns something computed from the gradient: its negative, a multiple, a part."""
    line = clean(text).split("\n")[call.line - 1]
    tree = parse_statement(line.strip().removeprefix("+").strip())
    if not isinstance(tree, ast.Assign):
        return False
    match tree.value:
        case ast.UnaryOp() | ast.BinOp():
            return not isinstance(tree.targets[0], ast.Name) or "param" not in tree.targets[0].id.lower()
        case ast.Subscript():
            sources = call.argument(1, "sources") or ""
            return not sources.lstrip().startswith(("[", "(", "list(", "{"))
        case _:
            return False


def _confirmed(found: Sequence[Found], answer: Answer) -> Finding:
    """A call that reads right; where a notebook is run, it is run by itself as well, with data nobody has seen."""
    if answer.run is None or answer.executor is None:
        return _right(found)
    first = found[0]
    ran = confirm(answer.executor(), first.call, first.known)
    if ran.outcome in {Outcome.DIFFERS, Outcome.FAILS}:
        return review(
            "The gradient computation reads right, but does not run as it should by itself; a person looks at it.",
            [first.evidence],
            staff=ran.note,
        )
    return msgspec.structs.replace(_right(found), staff=ran.note)


def _settled_by_running(found: Found, answer: Answer) -> Finding | None:
    """A call that cannot be read for certain, judged by what it does."""
    if answer.executor is None or found.block.ocr or not found.call.parsed or found.altered:
        return None
    ran = confirm(answer.executor(), found.call, found.known)
    if ran.outcome is Outcome.AGREES:
        return passed(
            "The gradient is computed of the right node, with regard to the right variable.",
            [found.evidence],
            staff=ran.note,
        )
    if ran.outcome is Outcome.DIFFERS:
        return failed(
            "Run with fresh data, this computation does not give the gradient that training needs.",
            [found.evidence],
            hint="The gradient of which node, and with regard to which variable?",
            staff=ran.note,
        )
    return None


def _right(found: Sequence[Found]) -> Finding:
    first = min(found, key=lambda one: one.block.ocr)
    staff = "Read from a picture by OCR." if first.block.ocr else ""
    return passed(
        "The gradient is computed of the right node, with regard to the right variable.",
        [first.evidence],
        staff=staff,
    )


def _wrong(found: Found) -> Finding:
    message, hint = MESSAGES[found.judged.mistake]
    return failed(message, [found.evidence], hint=hint, staff=f"Mistake: {found.judged.mistake}.")


def _in_words(answer: Answer) -> Finding | None:
    """An answer in prose, under the question first."""
    section = [block for block in answer.section if block.kind in _CODE]
    rest = [block for block in answer.everything if block.kind in _CODE and block not in section]
    known = bindings([])
    for blocks, own in ((_with_whole_prose(section), True), (rest, False)):
        for block in blocks:
            for statement in prose_answers(
                block.text, known, bare_pair=own and block.kind is not BlockKind.CODE
            ):
                evidence = [block.evidence(statement.passage)]
                if statement.judged.right:
                    return passed(
                        "The answer names the right node and the right variable.",
                        evidence,
                        staff="Answered in words.",
                    )
                return review(
                    "An answer in words was found that the program cannot judge for certain; a person looks at it.",
                    evidence,
                    staff=f"In words: {statement.judged.doubt}.",
                )
    return None


def _with_whole_prose(blocks: Sequence[Block]) -> Sequence[Block]:
    """The blocks, and behind them all their prose as one: an answer may be spread over a list."""
    prose = [block for block in blocks if block.kind is BlockKind.PROSE]
    if len(prose) < 2:
        return blocks
    return [*blocks, msgspec.structs.replace(prose[0], text="\n".join(block.text for block in prose))]


def _by_hand(blocks: Sequence[Block]) -> Finding | None:
    """What is assigned to ``gradient`` without the tape: a fixed number is wrong, a formula is for a person."""
    for block in blocks:
        for match in re.finditer(r"^[ \t]*(?:gradients?|grads?)\s*=\s*(?!=)(.{3,400})$", block.text, re.M):
            if "gradient(" in match[1]:
                continue
            evidence = [block.evidence(match[0])]
            if (
                re.fullmatch(
                    r"(?:\w+\.)?(?:constant|array|Variable|convert_to_tensor)?\(?\s*\[?\(?[-\d., eE]+\]?\)?(?:\s*,\s*(?:dtype\s*=\s*)?[\w.]+)?\s*\)?\s*(?:#.*)?",
                    match[1].strip(),
                )
                and not block.ocr
            ):
                message, hint = MESSAGES[Mistake.LITERAL]
                return failed(message, evidence, hint=hint, staff="The gradient is typed in as a constant.")
            return review(
                "The gradient is computed without the tape; a person looks at it.",
                evidence,
                staff="No call of tape.gradient; something else is assigned to the gradient.",
            )
    return None


def _nowhere(answer: Answer, calls: Sequence[Found]) -> Finding:
    pictures = answer.unread_pictures
    if pictures:
        return review(
            "No gradient computation was found in the text; it may be in a picture, which a person looks at.",
            [picture.evidence(picture.text or "picture") for picture in pictures[:3]],
            staff="No call in the text; unread pictures are there.",
        )
    examples = [found for found in calls if found.given]
    prose = [
        block for block in answer.section if block.kind is BlockKind.PROSE and len(block.text.split()) > 5
    ]
    if prose and re.search(r"gradient|loss|derivat|förlust", " ".join(block.text for block in prose), re.I):
        return review(
            "An answer in words was found that the program cannot judge; a person looks at it.",
            [block.evidence() for block in prose[:2]],
            staff="Prose about gradients, but no call and no pair of arguments that could be read.",
        )
    if examples and not any(found.block.place.cell is not None for found in examples):
        return _wrong(msgspec.structs.replace(examples[0], given=False))
    return missing(
        "No gradient computation was found, in code or in words.",
        hint="Complete the line marked QUESTION 1 and put it into the report.",
    )


_NUMBER: Final = r"([-+]?(?:\d+(?:[.,]\d+)?(?:e[+-]?\d+)?|nan|inf))"
_BEFORE: Final = re.compile(r"loss\s+before\s+training\s*:?\s*" + _NUMBER, re.I)
_AFTER: Final = re.compile(r"loss\s+after\s+training\s*:?\s*" + _NUMBER, re.I)
_PARAMETERS: Final = re.compile(
    r"\(?\s*intercept\s*,\s*slope\s*\)?\s*:?\s*\[?\(?\s*" + _NUMBER + r"[\s,;]+" + _NUMBER, re.I
)


def judge_figures(answer: Answer) -> Finding:
    """The finding of ``q1.figures``: worth no points, but a flag where the figures cannot come from training."""
    for block in answer.everything:
        if block.kind in {BlockKind.FIGURE, BlockKind.HEADING}:
            continue
        after, parameters = _AFTER.search(block.text), _PARAMETERS.search(block.text)
        before = _BEFORE.search(block.text)
        if after is None and parameters is None:
            continue
        point = [_float(parameters[1]), _float(parameters[2])] if parameters else None
        judgement = explain_printout(
            _float(before[1]) if before else None, _float(after[1]) if after else None, point
        )
        shown = [
            block.evidence(
                " | ".join(" ".join(match[0].split()) for match in (before, after, parameters) if match)
            )
        ]
        if judgement.consistent:
            return passed("The printed figures belong together.", shown, staff=judgement.message_for_staff)
        flag = Flag(
            "figures-off-path", judgement.message_for_staff or judgement.message_for_student, tuple(shown)
        )
        return review(judgement.message_for_student, shown, staff=judgement.message_for_staff, flags=[flag])
    return missing("No printed loss or parameters were found; they are not required.")


def _float(text: str) -> float:
    return float(text.replace(",", "."))
