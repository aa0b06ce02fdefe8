"""Texts and figures that two submissions have in common and the rest of the class has not.

Texts are compared by winnowed word shingles (Schleimer, Wilkerson and Aiken 2003): of every run of words the
smallest hash of a window is kept, so that any common passage of `SHINGLE + WINDOW - 1` words is found. What stands
in many submissions (the handout, the question) tells nothing and is left out. Staff only; nobody loses points.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from math import prod
from typing import Final

import msgspec

from grader.documents.document import BlockKind, Document
from grader.model import Evidence, Flag, Result, Value

SHINGLE: Final = 6  # words
WINDOW: Final = 4  # shingles of which one is kept
COMMON: Final = 0.1  # share of the class, or three submissions, from which a passage tells nothing
ALIKE: Final = 0.45  # share of the shorter text's own passages from which a pair is shown
ENOUGH: Final = 25  # kept shingles, about a hundred words: less is too little to tell
FEW_FIGURES: Final = 4  # equal points in one chart from which a pair is shown
MOST_TEXT: Final = 60_000  # characters of a submission that are compared
RARE: Final = 0.01  # expected pairs of the whole class that coincide so, below which figures are shown
_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_COMPARED: Final = frozenset({BlockKind.PROSE, BlockKind.CODE})


class Block(Value, frozen=True):
    """A passage of a submission as it is shown beside another's."""

    where: str
    text: str


class Trace(Value, frozen=True):
    """What is kept of a submission to compare it: hashes, with the words each stands for, and the text itself."""

    hashes: tuple[int, ...] = ()
    passages: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()


class Pair(Value, frozen=True):
    """Two submissions that have more in common than chance allows; `odds` is the chance where it is known.

    `kind` is ``text`` or ``figures``. `passages` are of the texts, `figures` of the charts, by title and x.
    """

    one: str
    other: str
    kind: str
    share: float
    passages: tuple[str, ...] = ()
    figures: tuple[tuple[str, float, float], ...] = ()
    odds: float | None = None


Coincidence = Callable[[str, Sequence[tuple[float, float]]], float]


def trace(documents: Sequence[Document]) -> Trace:
    """The winnowed shingles of all prose and code."""
    kept: dict[int, str] = {}
    blocks: list[Block] = []
    left = MOST_TEXT
    for document in documents:
        for block in document.blocks:
            if block.kind in _COMPARED and not block.ocr and left > 0:
                text = block.text[:left]
                left -= len(text)
                blocks.append(Block(f"{block.place.source}, {block.place.where}", text))
                kept.update(_winnowed([word for word, _, _ in words_of(text)]))
    return Trace(tuple(kept), tuple(kept.values()), tuple(blocks))


def words_of(text: str) -> list[tuple[str, int, int]]:
    """The words and signs that are compared, each with its start and end in the text."""
    return [(found[0].lower(), *found.span()) for found in _TOKEN.finditer(text)]


def shingles_of(blocks: Sequence[Block]) -> set[str]:
    """All runs of `SHINGLE` words, kept or not."""
    made: set[str] = set()
    for block in blocks:
        words = [word for word, _, _ in words_of(block.text)]
        made.update(" ".join(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1))
    return made


def _winnowed(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    shingles = [" ".join(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)]
    hashes = [
        int.from_bytes(hashlib.blake2b(text.encode(), digest_size=7).digest(), "big") for text in shingles
    ]
    last = -1
    for at in range(max(1, len(hashes) - WINDOW + 1) if hashes else 0):
        window = range(at, min(at + WINDOW, len(hashes)))
        smallest = min(window, key=lambda index: (hashes[index], -index))
        if smallest != last:
            last = smallest
            yield hashes[smallest], shingles[smallest]


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

    The charts of a pair count together: four of five times alone are no wonder, with four accuracies they are.
    """
    points = {result.submission: _own_points(result) for result in results}
    pairs = len(points) * (len(points) - 1) / 2
    for (one, left), (other, right) in combinations(sorted(points.items()), 2):
        equal = {title: sorted(left[title] & right[title]) for title in left.keys() & right.keys()}
        telling = {title: same for title, same in sorted(equal.items()) if len(same) >= FEW_FIGURES}
        if not telling:
            continue
        odds = None
        if coincidence is not None:
            odds = prod(coincidence(title, same) for title, same in telling.items())
            if odds * pairs >= RARE:
                continue
        count = sum(len(same) for same in telling.values())
        most = sum(max(len(left[title]), len(right[title])) for title in telling)
        figures = tuple((title, x, y) for title, same in telling.items() for x, y in same)
        yield Pair(one, other, "figures", count / most, figures=figures, odds=odds)


def _own_points(result: Result) -> dict[str, set[tuple[float, float]]]:
    """The points of a submission's own figures, by the title of their chart; the last series is its own."""
    charts = [chart for question in result.questions for chart in question.charts if chart.series]
    return {chart.title: set(zip(chart.series[-1].x, chart.series[-1].y, strict=False)) for chart in charts}


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
