"""A result as a comment of a few lines, for an LMS that shows one beside the grade: what a student may read, no more."""

from __future__ import annotations

from typing import Final

from grader.export.cells import number_cell
from grader.lateness import late_words
from grader.model import QuestionResult, Result, Status, Verdict

MOST: Final = 4_000  # characters; Canvas and Moodle take more, nobody reads more
_MENDED: Final = frozenset((Verdict.FAIL, Verdict.PARTIAL, Verdict.MISSING))


def comment(result: Result) -> str:
    """Points a question and, where something is lacking, what; without staff's notes, flags and hints."""
    open_ = result.status is Status.REVIEW
    whole = "A teacher still looks at this; what stands here is not the mark."
    lines = [whole if open_ else f"{number_cell(result.points)} of {number_cell(result.max)} points."]
    if words := late_words(result):
        lines.append(words)
    lines += [_question(question) for question in result.questions if question.max > 0]
    return "\n".join(lines)[:MOST]


def _question(question: QuestionResult) -> str:
    name = question.title or question.id
    if question.verdict is Verdict.REVIEW:
        head = f"{name}: a teacher looks at this."
    else:
        head = f"{name}: {number_cell(question.points)} of {number_cell(question.max)}."
    lacking = [
        check.message
        for check in question.checks
        if check.max > 0 and check.verdict in _MENDED and check.message
    ]
    return " ".join([head, *dict.fromkeys(lacking)])
