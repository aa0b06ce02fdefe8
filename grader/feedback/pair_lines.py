"""Which two submissions are alike, a line each: on the class page, and on the staff pages of both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from grader.feedback.page_frame import address
from grader.feedback.textguard import on_one_line
from grader.model import Value
from grader.page_data import Pair

FOLDER: Final = "similar"


class PairLine(Value, frozen=True):
    """Two submissions that are alike, and the page that shows them side by side."""

    one: str
    other: str
    link: str
    words: str


def pair_lines(pairs: Sequence[Pair]) -> tuple[PairLine, ...]:
    """One line for each two submissions, whatever they have in common; links are from the graded folder."""
    return tuple(
        PairLine(
            on_one_line(same[0].one, 80),
            on_one_line(same[0].other, 80),
            f"{FOLDER}/{address(name)}.html",
            ", ".join(_likeness(pair) for pair in same),
        )
        for name, same in by_page(pairs).items()
    )


def by_page(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    """What each two submissions have in common, by the name of their page."""
    found: dict[str, list[Pair]] = {}
    for pair in pairs:
        found.setdefault(f"{pair.one}--{pair.other}", []).append(pair)
    return found


def _likeness(pair: Pair) -> str:
    if pair.kind == "text":
        return f"{pair.share:.0%} of the text"
    chance = f", by chance {pair.odds:.0e}" if pair.odds is not None else ""
    return f"{len(pair.figures)} figures{chance}"
