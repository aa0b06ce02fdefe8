"""The class at a glance, for staff: what needs a person, how each question went, and every submission."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from grader.feedback.class_cloud import class_clouds
from grader.feedback.page_frame import address, page, slug
from grader.feedback.pair_lines import pair_lines
from grader.feedback.submission_page import author
from grader.feedback.textguard import on_one_line
from grader.feedback.verdict_words import VERDICTS, WORDING
from grader.lateness import late_mark
from grader.model import CheckResult, QuestionResult, Result, Status, Value, Verdict
from grader.page_data import Pair

MAX_REASONS: Final = 8  # of one submission in the list of what needs review
FIRST_REVIEWS: Final = 25  # shown at once; the rest opens on demand


_OPEN: Final = frozenset((Verdict.ERROR, Verdict.REVIEW))  # what is open counts neither as nought nor in full


class Reason(Value, frozen=True):
    """One thing for a person to decide, and where."""

    link: str
    title: str
    words: str


class Review(Value, frozen=True):
    """A submission that waits for a person; `at_stake` are the points that hang on it."""

    submission: str
    link: str
    status: Status
    at_stake: float
    reasons: tuple[Reason, ...]
    more: int


class Tally(Value, frozen=True):
    """A question's verdicts over the class, and the mean of its points."""

    id: str
    title: str
    max: float
    mean: float
    counts: tuple[tuple[Verdict, int], ...]


class Cell(Value, frozen=True):
    """What one submission came to in one question."""

    verdict: Verdict
    points: float


class SubmissionRow(Value, frozen=True):
    """One line of the table of all submissions. `cells` are in the order of the tallies."""

    submission: str
    link: str
    staff_link: str
    authors: str
    cells: tuple[Cell | None, ...]
    points: float
    max: float
    status: Status
    flags: tuple[str, ...]
    notes: int
    late: str = ""


class HistogramColumn(Value, frozen=True):
    """One column of the histogram, in the units of its drawing."""

    label: str
    count: int
    left: int
    height: float


class FlagLine(Value, frozen=True):
    """One flag of one submission."""

    submission: str
    link: str
    id: str
    words: str


def render_index(
    results: Sequence[Result], *, title: str, staff_folder: str = "staff", pairs: Sequence[Pair] = ()
) -> str:
    """``index.html`` of a graded folder. Links lead to ``feedback/<submission>.html``.

    What staff must decide links to the page of the same name in `staff_folder`; where there is none (an empty
    name), to the student's page. `pairs` link to ``similar/<one>--<other>.html``. The page works without its
    script, which sorts and filters the table.
    """
    ordered = sorted(results, key=lambda result: result.submission)
    tallies = _tallies(ordered)
    counted = [result for result in ordered if result.status is Status.GRADED]  # an open mark is no mark yet
    reviews = sorted(
        (_review(result, staff_folder) for result in ordered if result.status is not Status.GRADED),
        key=lambda review: (review.status is not Status.ERROR, -review.at_stake, review.submission),
    )
    flags = tuple(flag for result in ordered for flag in _flag_lines(result, staff_folder))
    widths = sorted({count for tally in tallies for _, count in tally.counts})
    return page(
        "index.html.j2",
        styles=("page.css", "charts.css", "index.css"),
        script="index.js",
        # Shares of a bar are classes: the policy allows no style attributes.
        css="".join(f".w-{width}{{flex-grow:{width}}}" for width in widths),
        title=title,
        words=WORDING,
        verdicts=VERDICTS,
        statuses=tuple(Status),
        count=len(ordered),
        errors=sum(result.status is Status.ERROR for result in ordered),
        mean=_mean(result.points for result in counted),
        open=len(ordered) - len(counted),
        most=max((result.max for result in ordered), default=0.0),
        first_reviews=reviews[:FIRST_REVIEWS],
        other_reviews=reviews[FIRST_REVIEWS:],
        tallies=tallies,
        columns=_histogram(counted),
        flags=flags,
        pairs=pair_lines(pairs),
        clouds=class_clouds(ordered),
        any_late=any(result.late for result in ordered),
        rows=[_row(result, tallies, staff_folder) for result in ordered],
    )


def _tallies(results: Sequence[Result]) -> tuple[Tally, ...]:
    by_id: dict[str, list[QuestionResult]] = {}
    for result in results:
        for question in result.questions:
            by_id.setdefault(question.id, []).append(question)
    made = []
    for own, questions in by_id.items():
        counts = Counter(question.verdict for question in questions)
        made.append(
            Tally(
                own,
                on_one_line(questions[0].title, 120),
                max(question.max for question in questions),
                _mean(question.points for question in questions if question.verdict not in _OPEN),
                tuple((verdict, counts[verdict]) for verdict in VERDICTS if counts[verdict]),
            )
        )
    return tuple(made)


def _review(result: Result, staff_folder: str) -> Review:
    link = _link(result, staff_folder or "feedback")
    waiting = [
        (question, check) for question in result.questions for check in question.checks if _waits(check)
    ]
    reasons: list[Reason] = []
    for question, check in waiting:
        reason = Reason(
            f"{link}#{slug(check.id)}",
            f"{on_one_line(question.id, 40)}: {on_one_line(check.title or check.id, 120)}",
            on_one_line(_cause(check.staff) or check.message, 260),
        )
        if all(reason.words != other.words for other in reasons):  # one crash stops every check alike
            reasons.append(reason)
    return Review(
        on_one_line(result.submission, 80),
        link,
        result.status,
        sum(check.max for _, check in waiting),
        tuple(reasons[:MAX_REASONS]),
        max(0, len(reasons) - MAX_REASONS),
    )


def _cause(staff: str) -> str:
    """What staff read of a check, of a traceback only its last line."""
    lines = [line for line in staff.splitlines() if line.strip()]
    return lines[-1] if lines and any(line.startswith("Traceback (") for line in lines) else staff


def _waits(check: CheckResult) -> bool:
    return check.max > 0 and check.verdict in {Verdict.REVIEW, Verdict.ERROR}


def _row(result: Result, tallies: Iterable[Tally], staff_folder: str) -> SubmissionRow:
    found = {question.id: Cell(question.verdict, question.points) for question in result.questions}
    return SubmissionRow(
        on_one_line(result.submission, 80),
        _link(result, "feedback"),
        _link(result, staff_folder) if staff_folder else "",
        ", ".join(author(student) for student in result.students[:8]),
        tuple(found.get(tally.id) for tally in tallies),
        result.points,
        result.max,
        result.status,
        tuple(on_one_line(flag.id, 60) for flag in result.flags[:10]),
        sum(bool(file.note) for file in result.files),
        late_mark(result),
    )


def _flag_lines(result: Result, staff_folder: str) -> Iterable[FlagLine]:
    link = _link(result, staff_folder or "feedback")
    for flag in result.flags[:20]:
        yield FlagLine(
            on_one_line(result.submission, 80),
            f"{link}#flags" if staff_folder else link,
            on_one_line(flag.id, 60),
            on_one_line(flag.message, 300),
        )


def _link(result: Result, folder: str) -> str:
    return f"{address(folder)}/{address(result.submission)}.html"


def _histogram(results: Sequence[Result]) -> tuple[HistogramColumn, ...]:
    """How many have each number of points, rounded down: at most 21 columns from none to all."""
    most = max((result.max for result in results), default=0.0)
    if not 0 < most < 1e6:
        return ()
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000, 10_000, 100_000) if most / step <= 20)
    last = int(most // step)
    counts = Counter(max(0, min(last, int(result.points // step))) for result in results)
    tallest = max(counts.values(), default=1)
    return tuple(
        HistogramColumn(str(place * step), counts[place], 44 * place, 90 * counts[place] / tallest)
        for place in range(last + 1)
    )


def _mean(values: Iterable[float]) -> float:
    given = list(values)
    return sum(given) / len(given) if given else 0.0
