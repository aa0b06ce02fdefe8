"""What is kept of a submission beside its result, so that every page can be made again from the ledger alone.

Pictures and notebooks are named by the digest of their bytes; the bytes lie beside the ledger.
"""

from __future__ import annotations

from grader.model import Value


class MarkedSeries(Value, frozen=True):
    """A column of a table where it would be drawn: `points` with the key that each `name` tells, `line` what is drawn.

    In the units of a curve, y upwards; in an `Overlay` in those of its picture, y downwards.
    """

    label: str
    points: tuple[tuple[float, float], ...]
    names: tuple[str, ...]
    line: tuple[tuple[float, float], ...] = ()


class PlotMarks(Value, frozen=True):
    """What a check would draw over a figure: by the `source` and `where` of its evidence. `read` tells from what its lines were."""

    source: str
    where: str
    read: str
    series: tuple[MarkedSeries, ...]


class Overlay(Value, frozen=True):
    """What is drawn over a passage's picture of this width and height, or by itself where there is no picture."""

    width: int
    height: int
    series: tuple[MarkedSeries, ...]


class Passage(Value, frozen=True):
    """A passage that a check rests on, for staff: its words, or the page's picture with the passage marked.

    `check_id` is the `CheckResult.id` beside which it stands; an empty one puts it at the end of the page. `picture`
    is the digest of a PNG, empty where there is none; `overlay` is drawn over it. `box` are the edges of the passage on its
    page in PDF points (left, top, right, bottom; empty where it has none), so that the page can be drawn again with the
    place marked.
    """

    check_id: str
    title: str
    text: str = ""
    picture: str = ""
    box: tuple[float, ...] = ()
    overlay: Overlay | None = None


class ExecutedCell(Value, frozen=True):
    """An executed cell, for everybody: all of it untrusted. `pictures` are digests of PNGs."""

    label: str
    source: str
    output_text: str = ""
    output_html: str = ""
    pictures: tuple[str, ...] = ()


class TracedText(Value, frozen=True):
    """A passage of a submission as it is shown beside another's."""

    where: str
    text: str


class Trace(Value, frozen=True):
    """What is kept of a submission to compare it: hashes, with the words each stands for, and the text itself."""

    hashes: tuple[int, ...] = ()
    passages: tuple[str, ...] = ()
    blocks: tuple[TracedText, ...] = ()


class PageData(Value, frozen=True):
    """All of it for one submission. `notebook` is the digest of the notebook as executed, `run` that of what its cells gave.

    Both are empty where none was run.
    """

    passages: tuple[Passage, ...] = ()
    cells: tuple[ExecutedCell, ...] = ()
    notebook: str = ""
    run: str = ""

    def blobs(self) -> frozenset[str]:
        """The digests of everything that lies beside the ledger for this page."""
        pictures = [passage.picture for passage in self.passages]
        shown = [picture for cell in self.cells for picture in cell.pictures]
        return frozenset((*pictures, *shown, self.notebook, self.run)) - {""}


class Pair(Value, frozen=True):
    """Two submissions that have more in common than chance allows; `odds` is the chance where it is known.

    `kind` is ``text`` or ``figures``. `passages` are of the texts, `figures` of the charts, by title and x.
    """

    one: str
    other: str
    kind: str
    share: float
    passages: tuple[str, ...] = ()
    figures: tuple[tuple[str, float, float], ...] = ()
    odds: float | None = None
