"""The maximum an LMS has for an assignment, against ours: points of one scale on another mislead silently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grader.export.cells import number_cell
from grader.export.options import ExportOptions
from grader.model import Result


def other_maximum(
    where: str, maxima: Iterable[float], results: Sequence[Result], options: ExportOptions
) -> tuple[str, ...]:
    """A sentence where what is named by `where` counts to other `maxima` than we do; letters have none."""
    theirs = sorted(set(maxima))
    ours = options.points_possible or max((result.max for result in results), default=0.0)
    if not results or not theirs or theirs == [ours] or options.letters or options.pass_letters is not None:
        return ()
    return (
        f"the {where}'s maximum is {', '.join(map(number_cell, theirs))} points and ours {number_cell(ours)}: "
        "points are written as they are unless you give the maximum to rescale them to",
    )


def number_in(text: str) -> float | None:
    """The number a cell or heading holds, with a decimal point or comma, or None."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None
