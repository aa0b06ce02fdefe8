"""Texts and figures that two submissions have in common and the rest of the class has not.

Texts are compared by winnowed word shingles (Schleimer, Wilkerson and Aiken 2003): of every run of words the
smallest hash of a window is kept, so that any common passage of `SHINGLE + WINDOW - 1` words is found. What stands
in many submissions tells nothing and is left out, and what was handed out is not looked at. Staff only; nobody loses points.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from grader.checks.assignment import Coincidence
from grader.documents.core.document import Block, BlockKind, Document
from grader.documents.given.edition import GivenText
from grader.documents.given.given_text import told_apart
from grader.grading.alike_figures import Point, alike_figures
from grader.model import Chart, Evidence, Flag, Result, Value
from grader.page_data import Pair, Trace, TracedText
from grader.shingles import digest, shingles

SHINGLE: Final = 6  # words
WINDOW: Final = 4  # shingles of which one is kept
MOST_TEXT: Final = 60_000  # characters of a submission that are compared
SHOWN_PASSAGES: Final = 12  # of a pair
MOST_FLAGS: Final = 6  # of one submission and one kind; more are counted in one
_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_COMPARED: Final = frozenset({BlockKind.PROSE, BlockKind.CODE})


class Compared(Value, frozen=True):
    """All that one submission is compared by: the marks of its text, packed, its own figures, who it is by.

    `points` are (chart, x, y); `titles` are of the charts.
    """

    submission: str
    marks: bytes = b""
    points: tuple[Point, ...] = ()
    titles: Mapping[str, str] = {}
    people: tuple[str, ...] = ()


class AlikeTexts(Value, frozen=True):
    """Two submissions whose texts are alike; `marks` are of the passages that both have and the class has not.

    `basis` is a digest of what was compared; a pair that is `known` to stand on it was not compared again.
    """

    one: str
    other: str
    basis: str
    share: float
    marks: tuple[int, ...]
    known: bool

    def shown(self, passages: Mapping[int, str]) -> Pair:
        """The pair with its passages, which are those of `one` by their marks in the order of its text."""
        same = frozenset(self.marks)
        words = tuple(text for mark, text in passages.items() if mark in same)
        return Pair(self.one, self.other, "text", self.share, words[:SHOWN_PASSAGES])


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


def compared(result: Result, traced: Trace) -> Compared:
    """What a submission is compared with all others by, from its result and its trace."""
    from grader.grading.alike_texts import packed  # noqa: PLC0415 - numpy only where texts are compared

    return Compared(
        result.submission,
        packed(traced.hashes),
        tuple(sorted(_own_points(result))),
        {_name(chart): chart.title for chart in _charts(result)},
        tuple(student.id for student in result.students),
    )


def similar(
    traces: Mapping[str, Trace], results: Sequence[Result], coincidence: Coincidence | None = None
) -> list[Pair]:
    """All pairs that are alike in text or figures, the most alike first; partners in one submission are no pair."""
    from grader.grading.alike_texts import packed  # noqa: PLC0415 - as above

    by_name = {result.submission: result for result in results}
    ones = [
        compared(by_name[name], traces.get(name, Trace()))
        if name in by_name
        else Compared(name, packed(traces[name].hashes))
        for name in sorted({*by_name, *traces})
    ]
    found = pairs_of(ones, coincidence)
    fresh = {pair.one for pair in found if isinstance(pair, AlikeTexts)}
    held = {name: passages_by_mark(traces[name]) for name in fresh}
    return by_likeness(pair.shown(held[pair.one]) if isinstance(pair, AlikeTexts) else pair for pair in found)


def pairs_of(
    ones: Sequence[Compared],
    coincidence: Coincidence | None,
    known: Mapping[tuple[str, str], str] | None = None,
) -> list[Pair | AlikeTexts]:
    """All pairs of a class that is in order of its names: of texts the marks only, whose words stand in a trace.

    `known` are the texts that were found to be alike before, each two with their basis.
    """
    from grader.grading.alike_texts import alike_texts, unpacked  # noqa: PLC0415 - as above

    place = {one.submission: at for at, one in enumerate(ones)}
    before = {
        (place[one], place[other]): basis
        for (one, other), basis in (known or {}).items()
        if one in place and other in place
    }
    people = [frozenset(one.people) for one in ones]

    def related(one: int, other: int) -> bool:
        return bool(people[one] & people[other])

    found: list[Pair | AlikeTexts] = [
        AlikeTexts(
            ones[same.one].submission,
            ones[same.other].submission,
            same.basis,
            same.share,
            same.marks,
            same.known,
        )
        for same in alike_texts([unpacked(one.marks) for one in ones], before)
        if not related(same.one, same.other)
    ]
    own = [frozenset(one.points) for one in ones]
    for alike in alike_figures(own, coincidence, related=related):
        if not related(alike.one, alike.other):
            first = ones[alike.one]
            figures = tuple((first.titles.get(chart, chart), x, y) for chart, x, y in alike.points)
            found.append(
                Pair(
                    first.submission,
                    ones[alike.other].submission,
                    "figures",
                    alike.share,
                    figures=figures,
                    odds=alike.odds,
                )
            )
    return found


def passages_by_mark(traced: Trace) -> dict[int, str]:
    """The words that each mark of a submission stands for, in the order of its text."""
    return dict(zip(traced.hashes, traced.passages, strict=False))


def by_likeness(pairs: Iterable[Pair]) -> list[Pair]:
    """The most alike first."""
    return sorted(
        pairs,
        key=lambda pair: (
            pair.odds if pair.odds is not None else 1 - pair.share,
            pair.one,
            pair.other,
            pair.kind,
        ),
    )


def _own_points(result: Result) -> frozenset[Point]:
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
    """For each submission the flags of its pairs, for staff: the first `MOST_FLAGS` of a kind, and how many more."""
    found: dict[str, list[Flag]] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for pair in pairs:
        for mine, theirs in ((pair.one, pair.other), (pair.other, pair.one)):
            counts[mine, pair.kind] += 1
            if counts[mine, pair.kind] <= MOST_FLAGS:
                found.setdefault(mine, []).append(_flag(pair, theirs))
    for (mine, kind), count in counts.items():
        if count > MOST_FLAGS:
            what = "text" if kind == "text" else "figures"
            message = f"It is alike in {what} to {count - MOST_FLAGS} more submissions: see their cluster."
            found[mine].append(Flag(f"same-{kind}", message))
    return found


def _flag(pair: Pair, theirs: str) -> Flag:
    if pair.kind == "text":
        message = f"{pair.share:.0%} of the text's own passages stand in {theirs} as well."
    else:
        chance = (
            f" Honest runs coincide so by a chance of about {pair.odds:.0e}." if pair.odds is not None else ""
        )
        message = f"The same figures as {theirs}.{chance}"
    same = pair.passages or [f"{title}: {y:g} at {x:g}" for title, x, y in pair.figures]
    return Flag(f"same-{pair.kind}", message, (Evidence(theirs, "the same in both", "\n".join(same)),))


def with_flags(results: Sequence[Result], pairs: Sequence[Pair]) -> list[Result]:
    """The results with the flags of their pairs."""
    found = flags(pairs)
    return [
        msgspec.structs.replace(result, flags=(*result.flags, *found.get(result.submission, ())))
        for result in results
    ]
