"""The class at a glance, for staff: what needs a person, how each question went, and every submission.

Of a large class the list goes on over several pages, and what needs a person is cut: its size does not grow with the class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from markupsafe import Markup

from grader.feedback.class_cloud import ClassClouds
from grader.feedback.class_reviews import MOST_REVIEWS, Review, link_to, most_urgent, review_of
from grader.feedback.flag_groups import FlagGroups
from grader.feedback.page_frame import page
from grader.feedback.pair_lines import cluster_lines
from grader.feedback.submission_page import author
from grader.feedback.textguard import on_one_line
from grader.feedback.verdict_words import VERDICTS, WORDING
from grader.grading.clusters import Cluster, clusters
from grader.lateness import late_mark
from grader.model import QuestionResult, Result, Status, Value, Verdict
from grader.page_data import Pair

FIRST_REVIEWS: Final = 25  # shown at once; the rest opens on demand
ROWS: Final = 250  # of the table on one page
MOST_CLUSTERS: Final = 60  # on the class page; each submission's own page leads to its cluster
MOST_NAMES: Final = 300_000  # characters of what the search over all pages knows

_OPEN: Final = frozenset((Verdict.ERROR, Verdict.REVIEW))  # what is open counts neither as nought nor in full


class Tally(Value, frozen=True):
    """A question's verdicts over the class, and the mean of the points that are no longer open; None where all are."""

    id: str
    title: str
    max: float
    mean: float | None
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


class ListPage(Value, frozen=True):
    """One page of the list of all submissions: its file, its number from 1, its rows."""

    name: str
    number: int
    rows: tuple[SubmissionRow, ...]


class PageLink(Value, frozen=True):
    """A page of the list, and the first and the last submission on it."""

    link: str
    number: int
    first: str
    last: str


def render_index(
    results: Iterable[Result], *, title: str, staff_folder: str = "staff", pairs: Sequence[Pair] = ()
) -> str:
    """``index.html`` of a graded folder: the first of the pages that a `ClassView` makes."""
    view = ClassView(staff_folder)
    for result in sorted(results, key=lambda result: result.submission):
        view.add(result)
    return view.render(view.pages()[0], title=title, clusters=clusters(pairs))


class ClassView:
    """The class as its pages show it, put together result by result; of each only what is shown is kept.

    Links lead to ``feedback/<submission>.html``. What staff must decide links to the page of the same name in
    `staff_folder`; where there is none (an empty name), to the student's page. The pages work without their script,
    which sorts, filters and searches.
    """

    def __init__(self, staff_folder: str = "staff") -> None:
        self._staff = staff_folder
        self._rows: list[tuple[SubmissionRow, dict[str, Cell]]] = []
        self._tallies: dict[str, _Counting] = {}
        self._points: list[tuple[float, float]] = []  # of those whose mark is no longer open, with their most
        self._most = 0.0
        self._errors = 0
        self._reviews: list[Review] = []
        self._open = 0
        self._any_late = False
        self._flags = FlagGroups()
        self._clouds = ClassClouds()

    def add(self, result: Result) -> None:
        """Takes in one result, as it stands with its decisions. They come in the order of their names."""
        for question in result.questions:
            self._tallies.setdefault(question.id, _Counting(question)).add(question)
        self._most = max(self._most, result.max)
        self._errors += result.status is Status.ERROR
        self._any_late |= result.late
        if result.status is Status.GRADED:  # an open mark is no mark yet
            self._points.append((result.points, result.max))
        else:
            self._open += 1
            self._reviews.append(review_of(result, self._staff))
            if len(self._reviews) >= 2 * MOST_REVIEWS:
                self._reviews = most_urgent(self._reviews)
        link = link_to(result, self._staff or "feedback")
        self._flags.add(result.submission, f"{link}#flags" if self._staff else link, result.flags)
        self._clouds.add(result)
        cells = {question.id: Cell(question.verdict, question.points) for question in result.questions}
        self._rows.append((_row(result, self._staff), cells))

    def pages(self) -> tuple[ListPage, ...]:
        """The pages that list all submissions, `ROWS` on each; the first is the class page itself."""
        count = max(1, -(-len(self._rows) // ROWS))
        return tuple(
            ListPage(
                page_name(number),
                number,
                tuple(self._with_cells(row, cells) for row, cells in self._rows[at : at + ROWS]),
            )
            for number, at in enumerate(range(0, count * ROWS, ROWS), 1)
        )

    def _with_cells(self, row: SubmissionRow, cells: Mapping[str, Cell]) -> SubmissionRow:
        return msgspec.structs.replace(row, cells=tuple(cells.get(own) for own in self._tallies))

    def links(self) -> tuple[PageLink, ...]:
        """The pages of the list with the first and the last submission on each; none if there is but one."""
        starts = range(0, len(self._rows), ROWS)
        if len(starts) < 2:
            return ()
        return tuple(
            PageLink(
                page_name(number),
                number,
                self._rows[at][0].submission,
                self._rows[min(at + ROWS, len(self._rows)) - 1][0].submission,
            )
            for number, at in enumerate(starts, 1)
        )

    def render(self, shown: ListPage, *, title: str, clusters: Sequence[Cluster] = ()) -> str:
        """One of the `pages`. `clusters` link to the pages of submissions that are alike."""
        tallies = [counting.tally() for counting in self._tallies.values()]
        listed: dict[str, Any] = {
            "title": title,
            "words": WORDING,
            "verdicts": VERDICTS,
            "statuses": tuple(Status),
            "count": len(self._rows),
            "tallies": tallies,
            "rows": shown.rows,
            "number": shown.number,
            "links": self.links(),
            "any_late": self._any_late,
        }
        styles = ("page.css", "charts.css", "index.css")
        if shown.number > 1:
            return page("list.html.j2", styles=styles, script="index.js", names="", **listed)
        reviews = most_urgent(self._reviews)
        widths = sorted({count for tally in tallies for _, count in tally.counts})
        return page(
            "index.html.j2",
            styles=styles,
            script="index.js",
            # Shares of a bar are classes: the policy allows no style attributes.
            css="".join(f".w-{width}{{flex-grow:{width}}}" for width in widths),
            errors=self._errors,
            waiting=self._open - self._errors,
            mean=_mean(points for points, _ in self._points),
            open=self._open,
            most=self._most,
            first_reviews=reviews[:FIRST_REVIEWS],
            other_reviews=reviews[FIRST_REVIEWS:],
            unlisted_reviews=self._open - len(reviews),
            columns=_histogram(self._points),
            flagged=self._flags.submissions,
            flags=self._flags.groups(),
            clusters=cluster_lines(clusters[:MOST_CLUSTERS]),
            more_clusters=max(0, len(clusters) - MOST_CLUSTERS),
            clouds=self._clouds.drawn(),
            names=Markup(self._names()),  # noqa: S704 - JSON without a single "<"
            **listed,
        )

    def _names(self) -> str:
        """Who is on which page, for the search; without the students' names where that would be too much."""
        if len(self._rows) <= ROWS:
            return ""
        rows = [
            (row.submission, row.authors, number // ROWS + 1)
            for number, (row, _) in enumerate(self._rows)
            if number >= ROWS
        ]
        text = msgspec.json.encode(rows).decode()
        if len(text) > MOST_NAMES:
            text = msgspec.json.encode([(name, "", number) for name, _, number in rows]).decode()
        return text.replace("<", "\\u003c") if len(text) <= MOST_NAMES else ""


class _Counting:
    """A question's verdicts as they are counted."""

    def __init__(self, first: QuestionResult) -> None:
        self._id = first.id
        self._title = on_one_line(first.title, 120)
        self._max = first.max
        self._counts: Counter[Verdict] = Counter()
        self._points: list[float] = []

    def add(self, question: QuestionResult) -> None:
        self._max = max(self._max, question.max)
        self._counts[question.verdict] += 1
        if question.verdict not in _OPEN:
            self._points.append(question.points)

    def tally(self) -> Tally:
        counts = tuple((verdict, self._counts[verdict]) for verdict in VERDICTS if self._counts[verdict])
        return Tally(self._id, self._title, self._max, _mean(self._points), counts)


def page_name(number: int) -> str:
    """The file of a page of the list."""
    return "index.html" if number == 1 else f"index-{number}.html"


def _row(result: Result, staff_folder: str) -> SubmissionRow:
    return SubmissionRow(
        on_one_line(result.submission, 80),
        link_to(result, "feedback"),
        link_to(result, staff_folder) if staff_folder else "",
        ", ".join(author(student) for student in result.students[:8]),
        (),
        result.points,
        result.max,
        result.status,
        tuple(dict.fromkeys(on_one_line(flag.id, 60) for flag in result.flags[:10])),
        sum(bool(file.note) for file in result.files),
        late_mark(result),
    )


def _histogram(marks: Sequence[tuple[float, float]]) -> tuple[HistogramColumn, ...]:
    """How many have each number of points, rounded down: at most 21 columns from none to all."""
    most = max((most for _, most in marks), default=0.0)
    if not 0 < most < 1e6:
        return ()
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000, 10_000, 100_000) if most / step <= 20)
    last = int(most // step)
    counts = Counter(max(0, min(last, int(points // step))) for points, _ in marks)
    tallest = max(counts.values(), default=1)
    return tuple(
        HistogramColumn(str(place * step), counts[place], 44 * place, 90 * counts[place] / tallest)
        for place in range(last + 1)
    )


def _mean(values: Iterable[float]) -> float | None:
    given = list(values)
    return sum(given) / len(given) if given else None
