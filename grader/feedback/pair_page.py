"""Two submissions side by side, for staff: what they have in common and nobody else has is marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from grader.feedback.chart_points import figure
from grader.feedback.page_frame import address, page
from grader.feedback.submission_page import author
from grader.feedback.textguard import on_one_line, shown
from grader.grading.likeness import SHINGLE, shingles_of, words_of
from grader.model import Result, Value
from grader.page_data import Pair, Trace, TracedText

_OTHERS: Final = 20  # submissions beside the pair whose words are taken to be everybody's


class Piece(Value, frozen=True):
    """A stretch of text; `same` if it stands in both."""

    text: str
    same: bool


class SidePassage(Value, frozen=True):
    """A block of one submission in pieces. `same` is the share of its words that stand in both."""

    where: str
    pieces: tuple[Piece, ...]
    same: float


class Side(Value, frozen=True):
    """One of the two: who it is, where its page is, and its text."""

    submission: str
    link: str
    authors: str
    passages: tuple[SidePassage, ...]


class FigureRow(Value, frozen=True):
    """The figures of both at one place of a chart, as they are written; empty where one has none."""

    title: str
    x: str
    left: str
    right: str
    same: bool


def render_pair(
    pairs: Sequence[Pair], results: Mapping[str, Result], traces: Mapping[str, Trace], *, title: str
) -> str:
    """The page of two submissions; `pairs` are what they have in common, one of each kind at most.

    `results` and `traces` are those of the whole class: what stands in several others too is not marked.
    """
    one, other = pairs[0].one, pairs[0].other
    left, right = traces.get(one, Trace()), traces.get(other, Trace())
    others = islice((trace for name, trace in sorted(traces.items()) if name not in {one, other}), _OTHERS)
    common = shingles_of(left.blocks) & shingles_of(right.blocks)
    for trace in others if common else ():
        common -= shingles_of(trace.blocks)
    return page(
        "similar.html.j2",
        styles=("page.css", "similar.css"),
        title=title,
        pairs=pairs,
        sides=(_side(results[one], left, common), _side(results[other], right, common)),
        rows=_rows(results[one], results[other]),
    )


def _side(result: Result, trace: Trace, common: set[str]) -> Side:
    return Side(
        on_one_line(result.submission, 80),
        f"../staff/{address(result.submission)}.html",
        ", ".join(author(student) for student in result.students[:8]),
        tuple(_passage(block, common) for block in trace.blocks),
    )


def _passage(block: TracedText, common: set[str]) -> SidePassage:
    words = words_of(block.text)
    covered = [False] * len(words)
    for at in range(len(words) - SHINGLE + 1):
        if " ".join(word for word, _, _ in words[at : at + SHINGLE]) in common:
            covered[at : at + SHINGLE] = [True] * SHINGLE
    share = sum(covered) / len(words) if words else 0.0
    return SidePassage(on_one_line(block.where, 120), tuple(_pieces(block.text, words, covered)), share)


def _pieces(text: str, words: Sequence[tuple[str, int, int]], covered: Sequence[bool]) -> Iterator[Piece]:
    """The text cut where marking begins or ends; what stands between two marked words is marked too."""
    start, same = 0, bool(covered and covered[0])
    for (_, begin, _), now in zip(words, covered, strict=True):
        if now is not same:
            yield Piece(shown(text[start:begin]), same)
            start, same = begin, now
    yield Piece(shown(text[start:]), same)


def _rows(left: Result, right: Result) -> tuple[FigureRow, ...]:
    """The own figures of both, chart by chart."""
    charts = [_points(left), _points(right)]
    rows = []
    for title in dict.fromkeys(title for chart in charts for title in chart):
        ours, theirs = (chart.get(title, {}) for chart in charts)
        for x in sorted({*ours, *theirs}):
            left_words, right_words = (figure(points[x]) if x in points else "" for points in (ours, theirs))
            same = x in ours and ours.get(x) == theirs.get(x)
            rows.append(FigureRow(on_one_line(title, 80), figure(x), left_words, right_words, same))
    return tuple(rows)


def _points(result: Result) -> dict[str, dict[float, float]]:
    charts = [chart for question in result.questions for chart in question.charts if chart.series]
    return {chart.title: dict(zip(chart.series[-1].x, chart.series[-1].y, strict=False)) for chart in charts}
