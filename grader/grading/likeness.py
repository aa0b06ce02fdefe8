"""Texts and figures that two submissions have in common and the rest of the class has not.

Texts are compared by winnowed word shingles (Schleimer, Wilkerson and Aiken 2003): of every run of words the
smallest hash of a window is kept, so that any common passage of `SHINGLE + WINDOW - 1` words is found. What stands
in many submissions tells nothing and is left out, and what was handed out is not looked at. Staff only; nobody loses points.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from math import prod
from typing import Final

import msgspec

from grader.checks.assignment import Coincidence
from grader.documents.core.document import Block, BlockKind, Document
from grader.documents.given.edition import GivenText
from grader.documents.given.given_text import told_apart
from grader.model import Chart, Evidence, Flag, Result
from grader.page_data import Pair, Trace, TracedText
from grader.shingles import digest, shingles

SHINGLE: Final = 6  # words
WINDOW: Final = 4  # shingles of which one is kept
COMMON: Final = 0.1  # share of the class, or three submissions, from which a passage tells nothing
ALIKE: Final = 0.45  # share of the shorter text's own passages from which a pair is shown
ENOUGH: Final = 25  # kept shingles, about a hundred words: less is too little to tell
FEW_FIGURES: Final = 4  # equal points in one chart from which a pair is shown
CLUSTER: Final = 4  # submissions with all figures the same, up to which each is shown beside each
MOST_TEXT: Final = 60_000  # characters of a submission that are compared
RARE: Final = 0.01  # expected pairs of the whole class that coincide so, below which figures are shown
_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_COMPARED: Final = frozenset({BlockKind.PROSE, BlockKind.CODE})


def trace(documents: Sequence[Document], given: GivenText | None = None) -> Trace:
    """The winnowed shingles of all prose and code but what was `given`: of a changed cell only the changed lines."""
    given = given or GivenText()
    kept: dict[int, str] = {}
    blocks: list[TracedText] = []
    left = MOST_TEXT
    for document in documents:
        for told in told_apart(document.visible(), given).blocks:
            block = told.own
            if (
                block is not None
                and not told.aside
                and block.kind in _COMPARED
                and not block.ocr
                and left > 0
            ):
                text = _own_lines(block, given)[:left]
                left -= len(text)
                blocks.append(TracedText(f"{block.place.source}, {block.place.where}", text))
                kept.update(_winnowed([word for word, _, _ in words_of(text)]))
    return Trace(tuple(kept), tuple(kept.values()), tuple(blocks))


def _own_lines(block: Block, given: GivenText) -> str:
    if block.kind is not BlockKind.CODE or not given.lines:
        return block.text
    return "\n".join(line for line in block.text.split("\n") if not given.line(line))


def words_of(text: str) -> list[tuple[str, int, int]]:
    """The words and signs that are compared, each with its start and end in the text."""
    return [(found[0].lower(), *found.span()) for found in _TOKEN.finditer(text)]


def shingles_of(blocks: Sequence[TracedText]) -> set[str]:
    """All runs of `SHINGLE` words, kept or not."""
    made: set[str] = set()
    for block in blocks:
        words = [word for word, _, _ in words_of(block.text)]
        made.update(shingles(words, SHINGLE))
    return made


def _winnowed(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    runs = shingles(words, SHINGLE)
    hashes = [int.from_bytes(digest(run, 7), "big") for run in runs]
    last = -1
    for at in range(max(1, len(hashes) - WINDOW + 1) if hashes else 0):
        window = range(at, min(at + WINDOW, len(hashes)))
        smallest = min(window, key=lambda index: (hashes[index], -index))
        if smallest != last:
            last = smallest
            yield hashes[smallest], runs[smallest]


def similar(
    traces: Mapping[str, Trace], results: Sequence[Result], coincidence: Coincidence | None = None
) -> list[Pair]:
    """All pairs that are alike in text or figures, the most alike first; partners in one submission are no pair."""
    people = {result.submission: {student.id for student in result.students} for result in results}
    pairs = [*_texts(traces), *_figures(results, coincidence)]
    apart = [pair for pair in pairs if not people.get(pair.one, set()) & people.get(pair.other, set())]
    return sorted(
        apart, key=lambda pair: (pair.odds if pair.odds is not None else 1 - pair.share, pair.one, pair.other)
    )


def _texts(traces: Mapping[str, Trace]) -> Iterator[Pair]:
    frequency = Counter(mark for one in traces.values() for mark in set(one.hashes))
    many = max(3, COMMON * len(traces))
    own = {name: {mark for mark in one.hashes if frequency[mark] < many} for name, one in traces.items()}
    holders: dict[int, list[str]] = {}
    for name, marks in sorted(own.items()):
        for mark in marks:
            holders.setdefault(mark, []).append(name)
    shared: Counter[tuple[str, str]] = Counter()
    for names in holders.values():
        shared.update(combinations(names, 2))
    for (one, other), count in shared.items():
        shorter = min(len(own[one]), len(own[other]))
        if shorter >= ENOUGH and count >= ALIKE * shorter:
            words = dict(zip(traces[one].hashes, traces[one].passages, strict=False))
            passages = [words[mark] for mark in traces[one].hashes if mark in own[one] & own[other]]
            yield Pair(one, other, "text", count / shorter, tuple(passages[:12]))


def _figures(results: Sequence[Result], coincidence: Coincidence | None) -> Iterator[Pair]:
    """Pairs with the same points in charts of their own figures, judged by the assignment's odds.

    The charts of a pair count together: four of five times alone are no wonder, with four accuracies they are. Where
    more than `CLUSTER` submissions have all figures the same, each is shown beside the first of them only.
    """
    alike: dict[frozenset[tuple[str, float, float]], list[Result]] = {}
    for result in sorted(results, key=lambda result: result.submission):
        if own := _own_points(result):
            alike.setdefault(own, []).append(result)
    pairs = len(results) * (len(results) - 1) / 2
    for points, members in alike.items():
        both = combinations(members, 2) if len(members) <= CLUSTER else ((members[0], x) for x in members[1:])
        for one, other in both if len(members) > 1 else ():
            yield from _same_figures(one, other, points, points, coincidence, pairs)
    for (left, ours), (right, theirs) in combinations(alike.items(), 2):
        for one, other in product(_few(ours), _few(theirs)):
            yield from _same_figures(one, other, left, right, coincidence, pairs)


def _few(members: list[Result]) -> list[Result]:
    """All of a few that are the same, the first of many."""
    return members if len(members) <= CLUSTER else members[:1]


def _same_figures(
    one: Result,
    other: Result,
    left: frozenset[tuple[str, float, float]],
    right: frozenset[tuple[str, float, float]],
    coincidence: Coincidence | None,
    pairs: float,
) -> Iterator[Pair]:
    """The pair, if what both have in common is more than chance allows among so many `pairs`."""
    common = left & right
    if len(common) < FEW_FIGURES:
        return
    by_chart: dict[str, list[tuple[float, float]]] = {}
    for chart, x, y in sorted(common):
        by_chart.setdefault(chart, []).append((x, y))
    telling = {chart: same for chart, same in by_chart.items() if len(same) >= FEW_FIGURES}
    if not telling:
        return
    odds = None
    if coincidence is not None:
        odds = prod(coincidence(chart, same) for chart, same in telling.items())
        if odds * pairs >= RARE:
            return
    count = sum(len(same) for same in telling.values())
    sizes = [Counter(chart for chart, _, _ in side) for side in (left, right)]
    most = sum(max(size[chart] for size in sizes) for chart in telling)
    titles = {_name(chart): chart.title for chart in _charts(one)}
    figures = tuple((titles.get(chart, chart), x, y) for chart, same in telling.items() for x, y in same)
    first, second = sorted((one.submission, other.submission))
    yield Pair(first, second, "figures", count / most, figures=figures, odds=odds)


def _own_points(result: Result) -> frozenset[tuple[str, float, float]]:
    """The points of a submission's own figures, each with its chart; the last series is its own."""
    return frozenset(
        (_name(chart), x, y)
        for chart in _charts(result)
        for x, y in zip(chart.series[-1].x, chart.series[-1].y, strict=False)
    )


def _charts(result: Result) -> list[Chart]:
    return [chart for question in result.questions for chart in question.charts if chart.series]


def _name(chart: Chart) -> str:
    return chart.id or chart.title


def flags(pairs: Sequence[Pair]) -> dict[str, list[Flag]]:
    """For each submission the flags of its pairs, for staff."""
    found: dict[str, list[Flag]] = {}
    for pair in pairs:
        for mine, theirs in ((pair.one, pair.other), (pair.other, pair.one)):
            if pair.kind == "text":
                message = f"{pair.share:.0%} of the text's own passages stand in {theirs} as well."
            else:
                chance = (
                    f" Honest runs coincide so by a chance of about {pair.odds:.0e}."
                    if pair.odds is not None
                    else ""
                )
                message = f"The same figures as {theirs}.{chance}"
            same = pair.passages or [f"{title}: {y:g} at {x:g}" for title, x, y in pair.figures]
            evidence = (Evidence(theirs, "the same in both", "\n".join(same)),)
            found.setdefault(mine, []).append(Flag(f"same-{pair.kind}", message, evidence))
    return found


def with_flags(results: Sequence[Result], pairs: Sequence[Pair]) -> list[Result]:
    """The results with the flags of their pairs."""
    found = flags(pairs)
    return [
        msgspec.structs.replace(result, flags=(*result.flags, *found.get(result.submission, ())))
        for result in results
    ]
