"""A line of a file on its way to a block."""

from __future__ import annotations

from grader.documents.core.document import Place
from grader.model import Value


class Line(Value, frozen=True):
    """One line of a file. `starts` begins a paragraph, `apart` another listing than the line before belongs to.

    `monospace` is true if it is set in a fixed-pitch type, `level` is the depth of a heading, `ended` says that its
    author ended it here, however long it is. `unseen` says why a reader of the page does not see it, as in `Block`.
    """

    text: str
    place: Place
    starts: bool = False
    monospace: bool = False
    level: int = 0
    apart: bool = False
    ended: bool = False
    unseen: str = ""
