"""What frames in an OpenDocument text hold: formulas, charts and pictures, stored as members of the archive."""

from __future__ import annotations

import base64
import binascii
import posixpath

from lxml import etree

from grader.documents.core.document import Figure, FigureKind
from grader.documents.core.limits import Budget
from grader.documents.core.xml_guard import Archive
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
    return Figure(FigureKind.PLOT, None, "", " ".join(words[:100]), min(values, 999), titled)
