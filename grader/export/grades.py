"""A result -> the grade an LMS shows: points, points of another maximum, pass or fail, or a letter."""

from __future__ import annotations

from grader.errors import ExportError
from grader.export.cells import number_cell
from grader.export.options import ExportOptions
from grader.model import Result

_EXACT = 1e-9  # points are sums of floats: 0.1 + 0.2 must still reach 0.3


def grade_of(result: Result, options: ExportOptions) -> str:
    """The grade by the options' rule: letters, then pass and fail, then points.

    Raises `ExportError` if the rule is incomplete (no pass mark, no letter for few points).
    """
    if options.letters:
        return _letter(result, options)
    if options.pass_letters is not None:
        passing, failing = options.pass_letters
        return passing if has_passed(result, options) else failing
    return number_cell(scaled(result, options))


def scaled(result: Result, options: ExportOptions) -> float:
    """The points, on the scale of `ExportOptions.points_possible` if that is given."""
    if options.points_possible is None:
        return result.points
    if result.max <= 0:
        raise ExportError(f"{result.submission}: a maximum of {result.max} points cannot be rescaled")
    return result.points * options.points_possible / result.max


def has_passed(result: Result, options: ExportOptions) -> bool:
    """Whether the points reach the pass mark. Raises `ExportError` if none is given."""
    if options.pass_mark is None:
        raise ExportError("pass or fail needs a pass mark: say with --pass-mark how many points are enough")
    return result.points >= options.pass_mark - _EXACT


def _letter(result: Result, options: ExportOptions) -> str:
    share = result.points / result.max if result.max > 0 else 0.0
    for letter in sorted(options.letters, key=lambda letter: -letter.share):
        if share >= letter.share - _EXACT:
            return letter.grade
    lowest = min(options.letters, key=lambda letter: letter.share)
    raise ExportError(
        f"{result.submission}: the scale has no grade below {lowest.share:g} of the points; add one at 0"
    )
