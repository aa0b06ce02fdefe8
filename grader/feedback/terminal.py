"""A result in the terminal, for the student who checks their own work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from grader.feedback.textguard import on_one_line
from grader.feedback.verdict_words import (
    DRAFT_WORDING,
    WORDING,
    Wording,
    concerns_student,
    points,
    run_sentence,
    to_mend,
)
from grader.model import CheckResult, Evidence, ExecutionStatus, QuestionResult, Result, Status, Verdict

_STYLES: Final = {
    Verdict.PASS: "green",
    Verdict.PARTIAL: "yellow",
    Verdict.FAIL: "red",
    Verdict.MISSING: "red",
    Verdict.REVIEW: "magenta",
    Verdict.NOT_RUN: "dim",
    Verdict.ERROR: "bold red",
}
_EXCERPT: Final = 160  # characters of a passage
_QUOTES: Final = 3
_WAITS: Final = "What is marked ? a teacher will look at; it has cost you nothing."
_NOT_CERTAIN: Final = "What is marked ? could not be judged for certain; it has cost you nothing."
_FILES: Final = 20


def render_terminal(result: Result, console: Console, *, draft: bool = False) -> None:
    """Per question what is found, what is missing, and a hint. Never the answer, never what is for staff.

    Everything is a rich `Text`, so nothing of a student's is read as markup, and control characters are shown.
    A `draft` is a student's own check: no person waits for it.
    """
    words = DRAFT_WORDING if draft else WORDING
    for file in [file for file in result.files if file.note][:_FILES]:
        console.print(
            Text(
                f"{on_one_line(file.name, 80)}{' could not be read' if file.unread else ''}: {on_one_line(file.note, 400)}",
                style="red" if file.unread else "yellow",
            ),
            highlight=False,
        )
    for question in result.questions:
        _question(question, console, words)
    if result.execution.status is not ExecutionStatus.SKIPPED:
        console.print()
        _line(console, 0, Text(run_sentence(result.execution)))
    console.print()
    _line(console, 0, _summary(result, draft=draft))


def _question(question: QuestionResult, console: Console, words: Mapping[Verdict, Wording]) -> None:
    wording, style = words[question.verdict], _STYLES[question.verdict]
    console.print()
    console.print(
        Rule(Text(on_one_line(question.title or question.id, 100), "bold"), align="left", style=style)
    )
    _line(
        console,
        0,
        Text.assemble(
            (f"{wording.sign} {wording.student}", style),
            f"   {points(question.points)} of {points(question.max)} points",
        ),
    )
    for check in question.checks:
        if concerns_student(check):
            _check(check, console, words)


def _check(check: CheckResult, console: Console, words: Mapping[Verdict, Wording]) -> None:
    wording = words[check.verdict]
    right = check.verdict is Verdict.PASS
    title = on_one_line(check.title or check.id, 200)
    said = on_one_line(check.message, 800)
    _line(
        console,
        2,
        Text.assemble(
            (f"{wording.sign} ", _STYLES[check.verdict]),
            (title, "bold"),
            "" if right else f"  ({wording.student})",
        ),
    )
    if said and not right and said.rstrip(".") != title.rstrip("."):
        _line(console, 4, Text(said))
    for quote in _quotes(check.evidence):
        _line(console, 4, quote)
    if check.max > 0 and check.verdict in {Verdict.REVIEW, Verdict.ERROR}:
        _line(console, 4, Text(wording.meaning))
    if check.hint and check.verdict not in {Verdict.PASS, Verdict.ERROR}:
        for step, hint in enumerate((check.hint, *check.more_hints), 1):
            _line(
                console,
                4,
                Text.assemble((f"Hint{f' {step}' if step > 1 else ''}: ", "bold"), on_one_line(hint, 600)),
            )


def _quotes(evidence: tuple[Evidence, ...]) -> Iterable[Text]:
    seen: set[str] = set()
    for item in evidence:
        place = ", ".join(
            part for part in (on_one_line(item.source, 60), on_one_line(item.where, 60)) if part
        )
        passage = on_one_line(item.excerpt, _EXCERPT)
        if passage and passage not in seen:
            if len(seen) == _QUOTES:
                yield Text("…", "dim")
                return
            seen.add(passage)
            yield Text.assemble((f"{place}: ", "dim"), (passage, "cyan"))


def _summary(result: Result, *, draft: bool) -> Text:
    total = f"In all {points(result.points)} of {points(result.max)} points"
    if result.status is Status.ERROR:
        return Text(f"{total}, which do not count: something went wrong in the grader, not in your work.")
    lacking = sum(len(to_mend(question)) for question in result.questions)
    unread = sum(file.unread for file in result.files)
    mend = ", ".join(
        counted
        for counted in (
            f"{_number(unread, 'file')} could not be read" if unread else "",
            f"{_number(lacking, 'thing')} to mend" if lacking else "",
        )
        if counted
    )
    mend = mend or "nothing to mend"
    waits = any(question.verdict is Verdict.REVIEW for question in result.questions)
    return Text.assemble(
        (f"{total}, {mend}.", "bold"),
        f" {_NOT_CERTAIN if draft else _WAITS}" if waits else "",
    )


def _number(count: int, what: str) -> str:
    return f"one {what}" if count == 1 else f"{count} {what}s"


def _line(console: Console, indent: int, text: Text) -> None:
    console.print(Padding(text, (0, 0, 0, indent), expand=False), highlight=False)
