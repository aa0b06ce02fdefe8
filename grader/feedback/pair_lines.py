"""Which submissions are alike, a line each: on the class page, on the staff pages, on the page of a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from grader.feedback.page_frame import address
from grader.feedback.textguard import on_one_line
from grader.grading.clusters import Cluster
from grader.model import Value
from grader.page_data import Pair

FOLDER: Final = "similar"
NAMED: Final = 6  # members of a cluster in its line


class PairLine(Value, frozen=True):
    """Two submissions that are alike, and the page that shows them side by side."""

    one: str
    other: str
    link: str
    words: str


class ClusterLine(Value, frozen=True):
    """Submissions that are alike, and the page that shows them: how many, the first of them, what ties them most."""

    count: int
    names: tuple[str, ...]
    link: str
    words: str


def pair_lines(pairs: Sequence[Pair]) -> tuple[PairLine, ...]:
    """One line for each two submissions, whatever they have in common; links are from the graded folder."""
    return tuple(
        PairLine(
            on_one_line(same[0].one, 80),
            on_one_line(same[0].other, 80),
            f"{FOLDER}/{address(name)}.html",
            likeness(same),
        )
        for name, same in by_page(pairs).items()
    )


def cluster_lines(clusters: Sequence[Cluster]) -> tuple[ClusterLine, ...]:
    """One line for each cluster; that of two submissions leads to the page that shows them side by side."""
    return tuple(
        ClusterLine(
            len(cluster.members),
            tuple(on_one_line(name, 80) for name in cluster.members[:NAMED]),
            f"{FOLDER}/{address(page_of(cluster))}.html",
            likeness(next(iter(by_page(cluster.pairs).values()))),
        )
        for cluster in clusters
    )


def page_of(cluster: Cluster) -> str:
    """The name of the page that shows a cluster."""
    return cluster.key if len(cluster.members) > 2 else page_name(cluster.pairs[0])


def page_name(pair: Pair) -> str:
    """The name of the page that shows two submissions side by side."""
    return f"{pair.one}--{pair.other}"


def by_page(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    """What each two submissions have in common, by the name of their page."""
    found: dict[str, list[Pair]] = {}
    for pair in pairs:
        found.setdefault(page_name(pair), []).append(pair)
    return found


def likeness(same: Sequence[Pair]) -> str:
    """What two submissions have in common, in words."""
    return ", ".join(_words(pair) for pair in same)


def _words(pair: Pair) -> str:
    if pair.kind == "text":
        return f"{pair.share:.0%} of the text"
    chance = f", by chance {pair.odds:.0e}" if pair.odds is not None else ""
    return f"{len(pair.figures)} figures{chance}"
