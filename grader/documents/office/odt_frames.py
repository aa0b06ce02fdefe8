"""What frames in an OpenDocument text hold: formulas, charts and pictures, stored as members of the archive."""

from __future__ import annotations

import base64
import binascii
import posixpath

from lxml import etree

from grader.documents.core.curve import MOST_CURVES, MOST_POINTS, Curve
from grader.documents.core.document import Figure, FigureKind
from grader.documents.core.limits import Budget
from grader.documents.core.xml_guard import Archive
from grader.documents.figures.number_curves import curve_of_numbers, kept, number
from grader.documents.formulas.mathml import mathml_to_text
from grader.documents.office.office_xml import attribute, children, name_of, optional
from grader.errors import UnreadableDocumentError


class Frames:
    """Looks into frames; `archive` is None for a flat file, which holds everything itself."""

    def __init__(self, archive: Archive | None, budget: Budget) -> None:
        self._archive = archive
        self._budget = budget

    def formula(self, frame: etree._Element) -> str:
        """Give the formula in a frame in TeX; empty if there is none."""
        for entry in children(frame, "object"):
            inline = next(children(entry, "math"), None)
            root = self.inner_document(frame) if inline is None else inline
            if root is not None and name_of(root) == "math":
                return mathml_to_text(root)
        return ""

    def inner_document(self, frame: etree._Element) -> etree._Element | None:
        """Give the root of the document that a frame embeds; None if there is none."""
        for entry in children(frame, "object"):
            folder = attribute(entry, "href").removeprefix("./").rstrip("/")
            if folder and self._archive is not None:
                found = optional(self._archive, posixpath.join(folder, "content.xml"))
                if found is None:
                    self._budget.note("A formula or chart of the document could not be read.")
                return found
            return next((inner for inner in entry if name_of(inner) == "document"), None)
        return None

    def picture(self, image: etree._Element) -> bytes | None:
        """Give the bytes of an image; None if they are missing, damaged or only linked."""
        name = attribute(image, "href").removeprefix("./")
        if name and self._archive is not None:
            try:
                return self._archive.read(name)
            except UnreadableDocumentError:
                return None
        stored = next(children(image, "binary-data"), None)
        text = "" if stored is None else (stored.text or "")
        if not text or len(text) > self._budget.limits.picture_bytes * 2:
            return None
        try:
            return base64.b64decode("".join(text.split()))
        except (binascii.Error, ValueError):
            return None


def chart_words(root: etree._Element) -> Figure:
    """Give what stands on a chart: titles, of its axes too, and how many values it shows."""
    words: list[str] = []
    titled = False
    for element in root.iter():
        if name_of(element) == "title":
            words.append(" ".join("".join(str(part) for part in element.itertext()).split())[:200])
            above = element.getparent()
            titled = titled or (above is not None and name_of(above) == "axis")
    values = sum(name_of(element) == "table-cell" for element in root.iter())
    return Figure(
        FigureKind.PLOT, None, "", " ".join(words[:100]), min(values, 999), titled, curves=_series(root)
    )


def _series(root: etree._Element) -> tuple[Curve, ...]:
    """The columns of the table that a chart keeps: the first of them is x, unless it holds words.

    Writer names columns by addresses of another document; in its own copy they stand in the order of the series,
    domains of x before them.
    """
    columns: list[list[str]] = []
    for row in [row for row in root.iter() if name_of(row) == "table-row"][:MOST_POINTS]:
        for at, cell in enumerate(list(children(row, "table-cell"))[: MOST_CURVES + 1]):
            while len(columns) <= at:
                columns.append([])
            own = attribute(cell, "value") or "".join(str(part) for part in cell.itertext()).strip()
            columns[at].append(own)
    bodies = [[number(cell) for cell in column] for column in columns]
    heads = [column[0] if column and number(column[0]) is None else "" for column in columns]
    bodies = [
        body[1:] if head or (body and body[0] is None) else body
        for body, head in zip(bodies, heads, strict=True)
    ]
    filled = [at for at, body in enumerate(bodies) if sum(cell is not None for cell in body) >= 3]
    across: list[float | None] = []
    if len(filled) > 1 and any(name_of(element) == "domain" for element in root.iter()):
        across = bodies[filled.pop(0)]
    elif columns and filled and filled[0] > 0:
        across = bodies[0]
    elif len(filled) > 1 and filled[0] == 0:
        across = bodies[filled.pop(0)]
    return kept([curve_of_numbers(across, bodies[at], heads[at]) for at in filled])
