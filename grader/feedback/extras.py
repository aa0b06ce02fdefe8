"""What a page shows besides the result: passages as they stand in the original, and executed cells."""

from __future__ import annotations

from grader.model import Value


class Passage(Value, frozen=True):
    """A passage that a check rests on, for staff: its words, or the page's picture with the passage marked (PNG).

    `check_id` is the `CheckResult.id` beside which it stands; an empty one puts it at the end of the page.
    """

    check_id: str
    title: str
    text: str = ""
    picture_png: bytes | None = None


class CellView(Value, frozen=True):
    """An executed cell, for everybody: all of it untrusted. Pictures are PNG."""

    label: str
    source: str
    output_text: str = ""
    output_html: str = ""
    images_png: tuple[bytes, ...] = ()


class FeedbackExtras(Value, frozen=True):
    """Passages for staff; cells for everybody."""

    passages: tuple[Passage, ...] = ()
    cells: tuple[CellView, ...] = ()
