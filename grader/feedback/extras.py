"""What a staff page shows besides the result: passages as they stand in the original, and executed cells."""

from __future__ import annotations

from grader.model import Value


class Passage(Value, frozen=True):
    """A passage that a check rests on: its words around it, or the page's picture with the passage marked (PNG)."""

    check: str
    title: str
    text: str = ""
    picture: bytes = b""


class CellView(Value, frozen=True):
    """An executed cell: its label, source, output in words, HTML output (untrusted) and pictures (PNG)."""

    label: str
    source: str
    output: str = ""
    html: str = ""
    pictures: tuple[bytes, ...] = ()


class FeedbackExtras(Value, frozen=True):
    """Passages for staff; cells for everybody."""

    passages: tuple[Passage, ...] = ()
    cells: tuple[CellView, ...] = ()
