"""A result in the terminal, for the student who checks their own work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from grader.feedback.textguard import on_one_line
from grader.feedback.verdict_words import Wording, concerns_student, points, run_sentence, to_mend, wording
from grader.model import CheckResult, Evidence, ExecutionStatus, QuestionResult, Result, Status, Verdict
from grader.translations import Phrasebook, phrasebook, translated

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


def render_terminal(
    result: Result, console: Console, *, draft: bool = False, book: Phrasebook | None = None
) -> None:
    """Per question what is found, what is missing, and a hint. Never the answer, never what is for staff.

    Everything is a rich `Text`, so nothing of a student's is read as markup, and control characters are shown.
    A `draft` is a student's own check: no person waits for it. In the result's own language, or in that of `book`.
    """
    book = book or phrasebook(result.language)
    words, result = wording(book, draft=draft), translated(result, book)
    for file in [file for file in result.files if file.note][:_FILES]:
        name, note = on_one_line(file.name, 80), on_one_line(file.note, 400)
        said = book.put("{0} could not be read: {1}", name, note) if file.unread else f"{name}: {note}"
        console.print(Text(said, style="red" if file.unread else "yellow"), highlight=False)
    for question in result.questions:
        _question(question, console, words, book)
    if result.execution.status is not ExecutionStatus.SKIPPED:
        console.print()
        _line(console, 0, Text(run_sentence(result.execution, book)))
    console.print()
    _line(console, 0, _summary(result, book, draft=draft))


def _question(
    question: QuestionResult, console: Console, words: Mapping[Verdict, Wording], book: Phrasebook
) -> None:
    said, style = words[question.verdict], _STYLES[question.verdict]
    had, most = book.figure(points(question.points)), book.figure(points(question.max))
    console.print()
    console.print(
        Rule(Text(on_one_line(question.title or question.id, 100), "bold"), align="left", style=style)
    )
    _line(
        console,
        0,
        Text.assemble(
            (f"{said.sign} {said.student}", style), "   ", book.put("{0} of {1} points", had, most)
        ),
    )
    for check in question.checks:
        if concerns_student(check):
            _check(check, console, words, book)


def _check(check: CheckResult, console: Console, words: Mapping[Verdict, Wording], book: Phrasebook) -> None:
    verdict = words[check.verdict]
    right = check.verdict is Verdict.PASS
    title = on_one_line(check.title or check.id, 200)
    said = on_one_line(check.message, 800)
    _line(
        console,
        2,
        Text.assemble(
            (f"{verdict.sign} ", _STYLES[check.verdict]),
            (title, "bold"),
            "" if right else f"  ({verdict.student})",
        ),
    )
    if said and not right and said.rstrip(".") != title.rstrip("."):
        _line(console, 4, Text(said))
    for quote in _quotes(check.evidence):
        _line(console, 4, quote)
    if check.max > 0 and check.verdict in {Verdict.REVIEW, Verdict.ERROR}:
        _line(console, 4, Text(verdict.meaning))
    if check.hint and check.verdict not in {Verdict.PASS, Verdict.ERROR}:
        for step, hint in enumerate((check.hint, *check.more_hints), 1):
            name = book.put("Hint {0}:", str(step)) if step > 1 else book.put("Hint:")
            _line(console, 4, Text.assemble((f"{name} ", "bold"), on_one_line(hint, 600)))


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


def _summary(result: Result, book: Phrasebook, *, draft: bool) -> Text:
    had, most = book.figure(points(result.points)), book.figure(points(result.max))
    total = book.put("In all {0} of {1} points", had, most)
    if result.status is Status.ERROR:
        return Text(
            book.put("{0}, which do not count: something went wrong in the grader, not in your work.", total)
        )
    lacking = sum(len(to_mend(question)) for question in result.questions)
    unread = sum(file.unread for file in result.files)
    mend = ", ".join(
        counted
        for counted in (
            _counted(book, unread, "one file could not be read", "{0} files could not be read"),
            _counted(book, lacking, "one thing to mend", "{0} things to mend"),
        )
        if counted
    )
    mend = mend or book.put("nothing to mend")
    waits = any(question.verdict is Verdict.REVIEW for question in result.questions)
    return Text.assemble(
        (f"{total}, {mend}.", "bold"),
        f" {book.put(_NOT_CERTAIN if draft else _WAITS)}" if waits else "",
    )


def _counted(book: Phrasebook, count: int, one: str, many: str) -> str:
    return "" if not count else book.put(one) if count == 1 else book.put(many, str(count))


def _line(console: Console, indent: int, text: Text) -> None:
    console.print(Padding(text, (0, 0, 0, indent), expand=False), highlight=False)
