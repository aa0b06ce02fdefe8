"""Question 1, the figures that training prints: whether loss and parameters belong together."""

from __future__ import annotations

import re
from typing import Final

from grader.checks import Answer, Finding, missing, passed, review
from grader.documents.core.document import BlockKind
from grader.model import Flag
from reference.gradient.printout import explain_printout

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
