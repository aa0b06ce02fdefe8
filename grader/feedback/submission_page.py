"""The feedback page of one submission: what each part of the template is given, bounded and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

from grader.feedback.chart_points import Point, curves, figure
from grader.feedback.charts import chart_svg
from grader.feedback.extras import FeedbackExtras, bounded
from grader.feedback.page_frame import address, page, slug
from grader.feedback.pair_lines import FOLDER, pair_lines
from grader.feedback.textguard import on_one_line, shown
from grader.feedback.verdict_words import (
    DRAFT_SENTENCE,
    ENGLISH,
    STATUS_SENTENCE,
    Wording,
    concerns_student,
    points,
    run_sentence,
    wording,
)
from grader.marks import comments_on, decided
from grader.model import (
    Chart,
    CheckResult,
    Evidence,
    Execution,
    Flag,
    QuestionResult,
    Result,
    Student,
    Value,
    Verdict,
)
from grader.page_data import Pair
from grader.translations import Phrasebook, phrasebook, translated

# More than an honest submission ever has; a page stays a page whatever is handed in.
MAX_QUOTES: Final = 12
MAX_FILES: Final = 40
MAX_FLAGS: Final = 40
MAX_CHARTS: Final = 6
NO_EXTRAS: Final = FeedbackExtras()


class Quote(Value, frozen=True):
    """A passage of the student's and its place; `block` where line breaks and indentation matter."""

    place: str
    text: str
    block: bool


class Quotes(Value, frozen=True):
    """The passages of a check, and how many more there are."""

    quotes: tuple[Quote, ...]
    more: int = 0


class CheckView(Value, frozen=True):
    """A check as the page shows it. `meaning` explains the verdict itself."""

    id: str
    anchor: str
    verdict: Verdict
    points: float
    max: float
    title: str
    message: str
    meaning: str
    hint: str
    more_hints: tuple[str, ...]
    staff: str
    found: Quotes
    comment: str
    decided: str


class ChartView(Value, frozen=True):
    """A chart: the picture (an ``svg`` element, or empty) and its figures as a table, one row for each x."""

    title: str
    x_label: str
    y_label: str
    svg: Markup
    curves: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int


class QuestionView(Value, frozen=True):
    """A question with what is to be seen of it."""

    anchor: str
    title: str
    verdict: Verdict
    points: float
    max: float
    checks: tuple[CheckView, ...]
    charts: tuple[ChartView, ...]
    comment: str
    decided: str


class FlagView(Value, frozen=True):
    """A flag, for staff."""

    title: str
    message: str
    found: Quotes


def render_feedback(
    result: Result,
    *,
    staff: bool = False,
    extras: FeedbackExtras = NO_EXTRAS,
    pairs: Sequence[Pair] = (),
    cluster: str = "",
    draft: bool = False,
    book: Phrasebook | None = None,
) -> str:
    """One self-contained HTML page for one submission; the same values give the same page.

    With `staff` it also holds what only staff may see: `CheckResult.staff`, the flags, `extras.passages`, which
    submissions it is like (`pairs`, and the page of its `cluster` of more than two) and how the notebook was isolated.
    Nothing of these is in the page for students. The marks are those with the result's decisions in them. A `draft` is a
    student's own check: no person waits for it. The page for a student is in the result's language,
    or in that of `book`; the one for staff is English.
    """
    book = ENGLISH if staff else book or phrasebook(result.language)
    words, result = wording(book, draft=draft), translated(result, book)
    said, result = _Said(result, staff=staff), decided(result)
    questions = tuple(_question(question, said, words, book, staff=staff) for question in result.questions)
    shown_extras = bounded(extras if staff else FeedbackExtras(cells=extras.cells))
    passages = shown_extras.passages
    places = {check.id for question in questions for check in question.checks}
    return page(
        "feedback.html.j2",
        styles=("page.css", "charts.css", "feedback.css"),
        language=book.language,
        result=result,
        staff=staff,
        alike=pair_lines(pairs) if staff else (),
        cluster=f"{FOLDER}/{address(cluster)}.html" if staff and cluster else "",
        words=words,
        authors=[author(student) for student in result.students[:20]],
        share=f"{_share(result):.1f}",
        sentence=book.say((DRAFT_SENTENCE if draft else STATUS_SENTENCE)[result.status]),
        files=[file for file in result.files if file.note][:MAX_FILES],
        handed_in=[on_one_line(file.name, 80) for file in result.files[:MAX_FILES]],
        flags=[_flag(flag) for flag in result.flags[:MAX_FLAGS]] if staff else [],
        questions=questions,
        comment=said.comments.get("", ""),
        passages=passages,
        loose_passages=[passage for passage in passages if passage.check_id not in places],
        run=run_sentence(result.execution, book),
        run_details=_run_details(result.execution),
        cells=shown_extras.cells,
        more_cells=max(0, len(extras.cells) - len(shown_extras.cells)),
    )


def author(student: Student) -> str:
    """A student's name and identifier, each once."""
    name, own = on_one_line(student.name, 120), on_one_line(student.id, 80)
    return f"{name} ({own})" if name and own and name != own else name or own


class _Said:
    """What people said of a result: comments for the student, and for staff who decided what."""

    def __init__(self, result: Result, *, staff: bool) -> None:
        self.comments = comments_on(result)
        self.decisions = {one.check: one for one in result.decisions} if staff else {}

    def decision(self, check: str) -> str:
        """The newest decision on a check or question, in words, for staff; also one that no longer stands."""
        one = self.decisions.get(check)
        if one is None or one.verdict is None:
            return ""
        words = (
            f"{one.verdict} with {points(one.points or 0.0)} points by {on_one_line(one.by, 80)}, {one.at}"
        )
        if one.student:
            words += f", for {on_one_line(one.student, 80)} alone"
        if one.reason:
            words += f": {on_one_line(one.reason, 300)}"
        return f"Decided: {words}" if one.valid else f"The work has changed since it was decided: {words}"


def _question(
    question: QuestionResult,
    said: _Said,
    words: Mapping[Verdict, Wording],
    book: Phrasebook,
    *,
    staff: bool,
) -> QuestionView:
    anchor = slug(question.id)
    return QuestionView(
        anchor=anchor,
        title=on_one_line(question.title or question.id, 200),
        verdict=question.verdict,
        points=question.points,
        max=question.max,
        checks=tuple(
            _check(check, said, words, book, staff=staff)
            for check in question.checks
            if staff or concerns_student(check)
        ),
        charts=chart_views(question, anchor),
        comment=said.comments.get(question.id, ""),
        decided=said.decision(question.id),
    )


def chart_views(question: QuestionResult, anchor: str) -> tuple[ChartView, ...]:
    """The charts of a question; `anchor` begins the ids within them, so that several can stand on one page."""
    return tuple(
        _chart(chart, f"{anchor}-chart{place}") for place, chart in enumerate(question.charts[:MAX_CHARTS])
    )


def _check(
    check: CheckResult, said: _Said, words: Mapping[Verdict, Wording], book: Phrasebook, *, staff: bool
) -> CheckView:
    title = on_one_line(check.title or check.id, 300)
    message = "" if _same(check.message, title) else check.message
    hinted = check.verdict not in {Verdict.PASS, Verdict.ERROR} or check.max == 0
    comment = said.comments.get(check.id, "")
    return CheckView(
        id=check.id,
        anchor=slug(check.id),
        verdict=check.verdict,
        points=check.points,
        max=check.max,
        title=title,
        message=message,
        meaning=_meaning(check, words, book),
        hint=check.hint if hinted else "",
        more_hints=check.more_hints if hinted else (),
        staff=check.staff if staff else "",
        found=_quotes(check.evidence),
        comment="" if comment == message else comment,
        decided=said.decision(check.id),
    )


def _meaning(check: CheckResult, words: Mapping[Verdict, Wording], book: Phrasebook) -> str:
    if check.max > 0:
        return words[check.verdict].meaning
    return "" if check.verdict is Verdict.PASS else book.say("A remark only: it costs no points.")


def _same(message: str, title: str) -> bool:
    return message.strip().rstrip(".").casefold() == title.strip().rstrip(".").casefold()


def _quotes(evidence: Sequence[Evidence]) -> Quotes:
    """Passages with the same place are one, each passage once."""
    by_place: dict[str, list[str]] = {}
    for item in evidence:
        source, where = on_one_line(item.source, 120), on_one_line(item.where, 80)
        texts = by_place.setdefault(", ".join(part for part in (source, where) if part), [])
        text = shown(item.excerpt).strip("\n")
        if text and text not in texts:
            texts.append(text)
    quotes = tuple(
        Quote(place, text, block=_is_block(text))
        for place, texts in by_place.items()
        for text in [shown("\n".join(texts))]
    )
    return Quotes(quotes[:MAX_QUOTES], max(0, len(quotes) - MAX_QUOTES))


def _is_block(text: str) -> bool:
    """Whether a passage is code, a table or an output rather than sentences."""
    words = text.split()
    wordy = sum(word.strip(".,;:!?()'\"").isalpha() for word in words)
    return "\t" in text or "   " in text or wordy < 0.6 * len(words)


def _flag(flag: Flag) -> FlagView:
    return FlagView(on_one_line(flag.id, 80), flag.message, _quotes(flag.evidence))


def _chart(chart: Chart, name: str) -> ChartView:
    drawn = curves(chart)
    places = sorted({point.x for curve in drawn for point in curve.points})
    by_place = [{point.x: _in_words(point) for point in curve.points} for curve in drawn]
    return ChartView(
        title=on_one_line(chart.title, 100),
        x_label=on_one_line(chart.x_label, 60),
        y_label=on_one_line(chart.y_label, 60),
        svg=Markup(chart_svg(chart, name)),  # noqa: S704 - drawn by our template, labels escaped by it
        curves=tuple(curve.label for curve in drawn),
        rows=tuple((figure(place), *(words.get(place, "") for words in by_place)) for place in places),
        left_out=sum(curve.left_out for curve in drawn),
    )


def _in_words(point: Point) -> str:
    if point.low is None or point.high is None:
        return figure(point.y)
    return f"{figure(point.low)} to {figure(point.high)}"


def _share(result: Result) -> float:
    return max(0.0, min(100.0, 100 * result.points / result.max)) if result.max > 0 else 0.0


def _run_details(execution: Execution) -> str:
    parts = [
        f"status {execution.status.value}",
        f"{points(execution.seconds)} s",
        f"{execution.segments} segments",
        f"profile {on_one_line(execution.profile, 80)}" if execution.profile else "",
        "isolation: " + ", ".join(on_one_line(layer, 60) for layer in execution.isolation[:20])
        if execution.isolation
        else "",
    ]
    return "; ".join(part for part in parts if part)
