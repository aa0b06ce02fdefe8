"""A student's own check as a piece of a notebook's output: the same words as in the terminal, as HTML without script."""

from __future__ import annotations

from collections.abc import Sequence

from grader.feedback.page_frame import environment
from grader.feedback.verdict_words import concerns_student, wording
from grader.model import Result
from grader.translations import Phrasebook, phrasebook, translated


def render_fragment(result: Result, notes: Sequence[str] = (), book: Phrasebook | None = None) -> str:
    """The fragment, in the result's language or that of `book`; all that comes from a student is escaped."""
    book = book or phrasebook(result.language)
    result = translated(result, book)
    return (
        environment(book.language)
        .get_template("in_notebook.html.j2")
        .render(
            questions=[
                (question, [check for check in question.checks if concerns_student(check)])
                for question in result.questions
            ],
            words=wording(book, draft=True),
            notes=[book.say(note) for note in notes],
            files=[file for file in result.files if file.note][:20],
            total=sum(question.points for question in result.questions),
            most=sum(question.max for question in result.questions),
        )
    )
