"""Submissions that are alike on one page, for staff: who they are, what ties each, and which can be opened side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from grader.feedback.chart_points import figure
from grader.feedback.page_frame import address, page
from grader.feedback.pair_lines import by_page, likeness
from grader.feedback.textguard import on_one_line, shown
from grader.grading.clusters import PAGES, Cluster
from grader.model import Value
from grader.page_data import Pair

TIED: Final = 300  # members of which it is shown what ties them; the others are named
_PASSAGES: Final = 6  # of one tie


class Tie(Value, frozen=True):
    """A member, and the one it is most like: what they have in common, and the page of the two if there is one."""

    submission: str
    link: str
    authors: str
    other: str
    words: str
    page: str
    passages: tuple[str, ...]


class Member(Value, frozen=True):
    """A member by its name, and its staff page."""

    submission: str
    link: str


def render_cluster(cluster: Cluster, authors: Mapping[str, str], *, title: str) -> str:
    """The page of a cluster; `authors` are of its members, as far as they are known."""
    opened = by_page(cluster.shown())
    ties: dict[str, Tie] = {}
    for name, same in by_page(cluster.pairs).items():
        for mine, theirs in ((same[0].one, same[0].other), (same[0].other, same[0].one)):
            if mine not in ties and len(ties) < TIED:
                link = f"{address(name)}.html" if name in opened else ""
                ties[mine] = Tie(
                    on_one_line(mine, 80),
                    _staff(mine),
                    on_one_line(authors.get(mine, ""), 300),
                    on_one_line(theirs, 80),
                    likeness(same),
                    link,
                    _told(same),
                )
    return page(
        "cluster.html.j2",
        styles=("page.css", "similar.css"),
        title=title,
        count=len(cluster.members),
        opened=[
            (
                f"{address(name)}.html",
                on_one_line(same[0].one, 80),
                on_one_line(same[0].other, 80),
                likeness(same),
            )
            for name, same in opened.items()
        ],
        ties=[ties[name] for name in sorted(ties)],
        others=[Member(on_one_line(name, 80), _staff(name)) for name in cluster.members if name not in ties],
        most=PAGES,
    )


def _staff(submission: str) -> str:
    return f"../staff/{address(submission)}.html"


def _told(same: Sequence[Pair]) -> tuple[str, ...]:
    """The passages and figures that two have in common, a line each."""
    lines: list[str] = []
    for pair in same:
        lines += [shown(passage, 300) for passage in pair.passages[:_PASSAGES]]
        lines += [f"{on_one_line(name, 80)}: {figure(y)} at {figure(x)}" for name, x, y in pair.figures[:24]]
    return tuple(lines)
