"""What a check returns: a verdict, what the student and the staff read, and the passages it rests on."""

from __future__ import annotations

from collections.abc import Iterable

from grader.model import Chart, Evidence, Flag, Value, Verdict
from grader.page_data import PlotMarks


class Finding(Value, frozen=True):
    """`share` of the points, from 0 to 1; `hint` replaces the check's own hint where it can be more exact."""

    verdict: Verdict
    message: str
    share: float
    staff: str = ""
    evidence: tuple[Evidence, ...] = ()
    hint: str = ""
    flags: tuple[Flag, ...] = ()
    charts: tuple[Chart, ...] = ()
    marks: tuple[PlotMarks, ...] = ()  # for staff, over the figures it rests on


def passed(
    message: str,
    evidence: Iterable[Evidence] = (),
    *,
    staff: str = "",
    charts: Iterable[Chart] = (),
    flags: Iterable[Flag] = (),
) -> Finding:
    """Shown to be right."""
    return Finding(
        Verdict.PASS, message, 1.0, staff, tuple(evidence), flags=tuple(flags), charts=tuple(charts)
    )


def partial(
    message: str,
    share: float,
    evidence: Iterable[Evidence] = (),
    *,
    hint: str = "",
    staff: str = "",
    charts: Iterable[Chart] = (),
    flags: Iterable[Flag] = (),
) -> Finding:
    """Some of it is right: `share` of the points."""
    if not 0 < share < 1:
        raise ValueError(f"a partial finding gives between none and all of the points, not {share}")
    return Finding(Verdict.PARTIAL, message, share, staff, tuple(evidence), hint, tuple(flags), tuple(charts))


def failed(
    message: str, evidence: Iterable[Evidence], *, hint: str = "", staff: str = "", flags: Iterable[Flag] = ()
) -> Finding:
    """Shown to be wrong, by the evidence."""
    shown = tuple(evidence)
    if not shown:
        raise ValueError("a failed check shows what is wrong: give evidence, or review")
    return Finding(Verdict.FAIL, message, 0.0, staff, shown, hint, tuple(flags))


def missing(message: str, *, hint: str = "", staff: str = "", evidence: Iterable[Evidence] = ()) -> Finding:
    """Looked for everywhere and not there."""
    return Finding(Verdict.MISSING, message, 0.0, staff, tuple(evidence), hint)


def review(
    message: str,
    evidence: Iterable[Evidence] = (),
    *,
    staff: str,
    hint: str = "",
    flags: Iterable[Flag] = (),
    charts: Iterable[Chart] = (),
) -> Finding:
    """Something is there that a person must judge; `staff` says what to look at and why."""
    return Finding(Verdict.REVIEW, message, 0.0, staff, tuple(evidence), hint, tuple(flags), tuple(charts))
