"""A result in the terminal, for the student who checks their own work."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from grader.feedback.pages import VERDICT_WORDS
from grader.feedback.textguard import shown
from grader.model import CheckResult, Result, Verdict

_STYLES: Final = {
    Verdict.PASS: "green",
    Verdict.PARTIAL: "yellow",
    Verdict.FAIL: "red",
    Verdict.MISSING: "red",
    Verdict.REVIEW: "magenta",
    Verdict.NOT_RUN: "dim",
    Verdict.ERROR: "bold red",
}
_EXCERPT: Final = 160  # characters of a passage in the terminal


def render_terminal(result: Result, console: Console) -> None:
    """Per question what is found, what is missing, and a hint. Student text is never read as markup."""
    for file in result.files:
        if file.note:
            console.print(Text(f"{shown(file.name, 80)}: {shown(file.note, 300)}", style="yellow"))
    for question in result.questions:
        sign, words = VERDICT_WORDS[question.verdict.value]
        head = Text.assemble(
            (f"{sign} {words}", _STYLES[question.verdict]),
            f"   {question.points:g} of {question.max:g} points",
        )
        console.print(
            Panel(
                head, title=Text(question.title), title_align="left", border_style=_STYLES[question.verdict]
            )
        )
        for check in question.checks:
            _check(check, console)
    waiting = any(question.verdict is Verdict.REVIEW for question in result.questions)
    console.print(
        Text(
            f"In all {result.points:g} of {result.max:g} points"
            + (", and a person will look at what is marked ?." if waiting else ".")
        )
    )


def _check(check: CheckResult, console: Console) -> None:
    if check.max == 0 and check.verdict is Verdict.MISSING:
        return
    sign, words = VERDICT_WORDS[check.verdict.value]
    right = check.verdict is Verdict.PASS
    head = Text.assemble(
        (f"{sign} ", _STYLES[check.verdict]), (check.title, "bold"), "" if right else f"  ({words})"
    )
    console.print(Padding(head, (0, 0, 0, 2)))
    if not right:
        console.print(Padding(Text(shown(check.message, 600)), (0, 0, 0, 4)))
    for evidence in check.evidence[:3]:
        passage = " ".join(shown(evidence.excerpt, _EXCERPT).split())
        console.print(
            Padding(
                Text(f"{shown(evidence.source, 60)}, {evidence.where}: {passage}", style="dim"), (0, 0, 0, 4)
            )
        )
    if check.hint and check.verdict not in {Verdict.PASS, Verdict.ERROR}:
        console.print(Padding(Text.assemble(("Hint: ", "italic"), shown(check.hint, 400)), (0, 0, 0, 4)))
