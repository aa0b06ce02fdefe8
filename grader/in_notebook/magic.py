"""The magic ``%check``: all questions, or those named; ``--hint 2`` for nearer hints, ``--assignment`` where there are several."""

from __future__ import annotations

import argparse
import io
import shlex
import tempfile
from pathlib import Path
from typing import Any, Final

import msgspec
from rich.console import Console

from grader.checks.assignment import Assignment
from grader.checks.assignment_finding import installed, load
from grader.errors import GraderError, SeveralAssignmentsError
from grader.feedback import render_terminal
from grader.feedback.check_fragment import render_fragment
from grader.grading.grading import grade
from grader.grading.recognising import recognised
from grader.grading.student_view import for_student
from grader.in_notebook.open_notebook import OpenNotebook, Shell, open_notebook
from grader.model import FileKind, Result, Submission, SubmittedFile
from grader.translations import LANGUAGES, Phrasebook, phrasebook

_WIDTH: Final = 96


class Checked:
    """What a check came to, shown as a page in a notebook and as text anywhere else."""

    def __init__(self, result: Result, notes: tuple[str, ...], book: Phrasebook | None = None) -> None:
        self.result = result
        self.notes = notes
        self.book = book or phrasebook(result.language)

    def _repr_html_(self) -> str:
        return render_fragment(self.result, self.notes, self.book)

    def __repr__(self) -> str:
        out = io.StringIO()
        console = Console(
            file=out, width=_WIDTH, color_system=None, force_terminal=False, force_jupyter=False
        )
        render_terminal(self.result, console, draft=True, book=self.book)
        return "\n".join((*map(self.book.say, self.notes), out.getvalue().strip("\n")))


def load_ipython_extension(shell: Any) -> None:
    """Adds ``%check`` to an IPython shell."""

    def check(line: str) -> Checked | None:
        """Checks this notebook: %check, or %check q1 --hint 2."""
        try:
            asked = _parser().parse_args(shlex.split(line))
        except (SystemExit, ValueError):
            return None  # argparse has said why
        try:
            return check_notebook(
                shell, asked.questions, steps=asked.hint, assignment=asked.assignment, language=asked.language
            )
        except GraderError as problem:
            print(f"grader: {problem}")
            return None

    shell.register_magic_function(check, magic_kind="line", magic_name="check")


def check_notebook(
    shell: Shell,
    questions: list[str] | None = None,
    *,
    steps: int = 1,
    assignment: str | None = None,
    language: str | None = None,
) -> Checked:
    """Checks the notebook of a shell as it stands, without running it. Raises `GraderError`."""
    found = open_notebook(shell)
    with tempfile.TemporaryDirectory(prefix="grader-check-") as folder:
        path = Path(folder, found.name)
        path.write_text(found.text, encoding="utf-8")
        submission = Submission(path.stem, (SubmittedFile(found.name, path, FileKind.NOTEBOOK),))
        lab = _assignment(assignment, submission)
        result = for_student(grade(submission, lab, rubric="").result, steps)
    known = {question.id for question in result.questions} | {
        check.id for question in result.questions for check in question.checks
    }
    if unknown := [one for one in questions or [] if one not in known]:
        raise GraderError(
            f"there is no question {unknown[0]!r}; there are {', '.join(question.id for question in result.questions)}"
        )
    if questions:
        kept = tuple(
            question
            for question in result.questions
            if question.id in questions or any(check.id in questions for check in question.checks)
        )
        result = msgspec.structs.replace(
            result,
            questions=kept,
            points=sum(question.points for question in kept),
            max=sum(question.max for question in kept),
        )
    return Checked(result, _notes(found), phrasebook(language or result.language, lab.place))


def _assignment(name: str | None, submission: Submission) -> Assignment:
    try:
        return load(name, [Path.cwd()])
    except SeveralAssignmentsError:
        return recognised([load(one) for one in installed()], submission)


def _notes(found: OpenNotebook) -> tuple[str, ...]:
    if found.from_history:
        return (
            "The notebook's file was not found: only the cells that you ran in this session were checked, and no text.",
        )
    if found.unsaved:
        if found.unsaved == 1:
            cells = "One cell is not saved yet, and checked as last run."
        else:
            cells = f"{found.unsaved} cells are not saved yet, and checked as last run."
        return (f"{cells} Save the notebook for the rest of it to be as new.",)
    return ()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="%check", description="Checks this notebook: hints, never the answers.", add_help=True
    )
    parser.add_argument(
        "questions", nargs="*", metavar="QUESTION", help="q1, or q1.expression; all if none is named"
    )
    parser.add_argument("--hint", type=int, choices=(0, 1, 2, 3), default=1, help="how near the hints come")
    parser.add_argument("--language", choices=LANGUAGES, help="the language of what is said")
    parser.add_argument("--assignment", metavar="NAME|PATH", help="which assignment")
    return parser
