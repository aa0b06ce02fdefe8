"""What the forms that decide have in common: verdicts, points, a comment from the bank, and who was faster."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from starlette.exceptions import HTTPException

from grader.marks import DECIDABLE
from grader.model import Verdict
from grader.store import Ledger, LoggedDecision

CHOICES: Final = DECIDABLE


def verdict_of(text: str) -> Verdict:
    """The verdict of a form. Raises 422."""
    if text not in {choice.value for choice in CHOICES}:
        raise HTTPException(422, "Choose one of: " + ", ".join(choice.value for choice in CHOICES) + ".")
    return Verdict(text)


def number_of(text: str) -> float | None:
    """The points of a form, with a point or a comma; None where nothing is said. Raises 422."""
    if not text.strip():
        return None
    try:
        return float(text.strip().replace(",", "."))
    except ValueError as problem:
        raise HTTPException(422, f"{text[:40]!r} is no number of points.") from problem


def with_banked(comment: str, banked: str) -> str:
    """What was written, and the comment that was chosen from the bank beneath it."""
    parts = [part.strip() for part in (comment, banked) if part.strip()]
    return "\n".join(dict.fromkeys(parts))


def faster(
    ledger: Ledger, seen: int, submissions: Iterable[str], check: str, name: str
) -> list[LoggedDecision]:
    """What others decided of these since a page was loaded that had all rows up to `seen` in it."""
    names = set(submissions)
    return [
        row
        for row in ledger.log.rows_after(seen)
        if row.submission in names and row.decision.check == check and row.decision.by != name
    ]
