"""Which results may leave the house: those that are graded and, where someone releases them, released."""

from __future__ import annotations

from collections.abc import Iterable

from grader.export.options import ExportOptions
from grader.model import Result, Status, Value


class Selection(Value, frozen=True):
    """The results to export and, for each of the others, the reason it stays."""

    chosen: tuple[Result, ...]
    withheld: tuple[tuple[str, str], ...]


def select(results: Iterable[Result], options: ExportOptions) -> Selection:
    """The results to export. A result in error is ours to mend, so it is never exported as a grade."""
    chosen: list[Result] = []
    withheld: list[tuple[str, str]] = []
    for result in results:
        reason = _reason(result, options)
        if reason:
            withheld.append((result.submission, reason))
        else:
            chosen.append(result)
    return Selection(chosen=tuple(chosen), withheld=tuple(withheld))


def _reason(result: Result, options: ExportOptions) -> str:
    if result.status is Status.ERROR:
        return "grading it failed on our side; grade again"
    if options.released is not None and result.submission not in options.released:
        return "not released"
    if result.status is Status.REVIEW and not options.include_review:
        return "a person has to review it first"
    return ""
