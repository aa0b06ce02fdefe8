"""A student's own check as a piece of a notebook's output: the same words as in the terminal, as HTML without script."""

from __future__ import annotations

from collections.abc import Sequence

from grader.feedback.page_frame import environment
from grader.feedback.verdict_words import DRAFT_WORDING, concerns_student, points
from grader.model import Result


def render_fragment(result: Result, notes: Sequence[str] = ()) -> str:
    """The fragment; all that comes from a student is escaped."""
    return (
        environment()
        .get_template("in_notebook.html.j2")
        .render(
            questions=[
                (question, [check for check in question.checks if concerns_student(check)])
                for question in result.questions
            ],
            words=DRAFT_WORDING,
            notes=notes,
            files=[file for file in result.files if file.note][:20],
            total=points(sum(question.points for question in result.questions)),
            most=points(sum(question.max for question in result.questions)),
        )
    )
