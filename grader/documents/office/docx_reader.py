"""Word documents: code with its indentation, formulas, tables and pictures, from ``document.xml``.

Converters drop the indentation of code that is typed as paragraphs, or formulas, or both; so this is a walker
of our own over the main part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from grader.documents.blocks.collector import Collector
from grader.documents.blocks.ink import WHITE, Colour
from grader.documents.blocks.line_kinds import Look, look
from grader.documents.blocks.lines import Line
from grader.documents.blocks.typed_paragraphs import Flow, GatheredText, Paragraph
from grader.documents.core.document import BlockKind, FigureKind, Place
from grader.documents.core.xml_guard import Archive, guards, open_archive
from grader.documents.formulas.omml import omml_to_text
from grader.documents.office.docx_beside import TextBeside
from grader.documents.office.docx_ink import (
    box_setting,
    shade_of,
    shades_of_table,
    why_paragraph_unseen,
    why_row_unseen,
)
from grader.documents.office.docx_package import (
    Numbering,
    Style,
    Styles,
    heading_level,
    parts_of_kind,
    relationships,
)
from grader.documents.office.docx_pictures import PictureFound, chart_words, pictures_of
from grader.documents.office.docx_text import Surroundings, all_text, chosen, gathered, unchosen
from grader.documents.office.office_xml import attribute, child, children, name_of, number, optional, value
from grader.errors import UnreadableDocumentError

_TWIPS_A_SPACE: Final = (
    180  # Word's Tab key at the start of a line moves it by 720 twips, four spaces of code
)
_MOST_SPACES: Final = 60
_THROUGH: Final = frozenset(
    ("sdtContent", "sdt", "ins", "moveTo", "customXml", "smartTag", "body", "txbxContent")
)


def add_docx(data: bytes, name: str, collector: Collector) -> None:
    """Add the blocks of a Word document to a collector. Raises `UnreadableDocumentError` for what is none, locked, damaged or a bomb."""
    of_archive, of_xml = guards(collector.budget.limits)
    archive = open_archive(data, of_archive)
    main = next(iter(parts_of_kind(relationships(archive, ""), "officeDocument")), "word/document.xml")
    root = archive.xml(main, of_xml)
    if root is None:
        raise UnreadableDocumentError(
            "The file is an archive, but no Word document. Export the report as PDF and hand that in."
        )
    _Walk(archive, main, root, name, collector).run(root)


class _Walk:
    """One pass over a document."""

    def __init__(
        self, archive: Archive, main: str, root: etree._Element, source: str, collector: Collector
    ) -> None:
        self.archive = archive
        self.source = source
        self.collector = collector
        self.flow = Flow(collector)
        self.targets = relationships(archive, main)
        styles = next(iter(parts_of_kind(self.targets, "styles")), "word/styles.xml")
        numbering = next(iter(parts_of_kind(self.targets, "numbering")), "word/numbering.xml")
        theme = next(iter(parts_of_kind(self.targets, "theme")), "word/theme/theme1.xml")
        self.styles = Styles(optional(archive, styles), optional(archive, theme))
        self.beside = TextBeside(archive, self.targets, root)
        self.ground = WHITE
        self.unseen = ""  # why nothing is seen of what is being walked
        self.numbering = Numbering(optional(archive, numbering))
        self.counts = dict.fromkeys(("paragraph", "table", "picture"), 0)

    def run(self, root: etree._Element) -> None:
        self.ground = self.beside.paper(root, self.styles.theme)
        self._edges()
        self._blocks(root)
        self.flow.flush()
        self._footnotes()
        for reason, text in self.beside.rest():
            self.collector.add_lines(
                [Line(line, self._place("paragraph"), unseen=reason) for line in text.split("\n")]
            )

    def _place(self, what: str) -> Place:
        self.counts[what] += 1
        return Place(self.source, f"{what} {self.counts[what]}")

    # --- what stands outside of the text

    def _edges(self) -> None:
        """Add headers and footers, each text once, as one paragraph in front: authors stand there."""
        texts: dict[str, None] = {}
        for part in parts_of_kind(self.targets, "header", "footer"):
            root = optional(self.archive, part)
            if root is not None:
                text = " ".join(
                    " ".join(self._gathered(entry).text.split())
                    for entry in root.iter()
                    if name_of(entry) == "p"
                )
                if re.search(r"[^\W\d_]{2}", text):
                    texts.setdefault(text.strip())
        if texts:
            self.collector.add(BlockKind.PROSE, "\n".join(texts), Place(self.source, "header and footer"))

    def _footnotes(self) -> None:
        for kind in ("footnote", "endnote"):
            for part in parts_of_kind(self.targets, f"{kind}s"):
                root = optional(self.archive, part)
                for count, note in enumerate(
                    (note for note in children(root, kind) if not attribute(note, "type")), start=1
                ):
                    text = "\n".join(
                        filter(None, (self._gathered(entry).text for entry in children(note, "p")))
                    )
                    place = Place(self.source, f"{kind} {count}")
                    self.collector.add(BlockKind.PROSE, text, place)

    # --- blocks

    def _blocks(self, element: etree._Element) -> None:
        for entry in element:
            if self.collector.full or not self.collector.budget.in_time():
                return
            name = name_of(entry)
            if name == "p":
                self._paragraph(entry)
            elif name == "tbl":
                self._table(entry)
            elif name == "AlternateContent":
                for choice in chosen(entry):
                    self._blocks(choice)
                self._aside(unchosen(entry), "kept for programs that cannot show what stands there")
            elif name == "oMathPara":
                formula = GatheredText()
                formula.formula(omml_to_text(entry))
                self.flow.paragraph(Paragraph(formula.text, self._place("paragraph")))
            elif name == "altChunk":
                self.collector.budget.note("A part that was inserted from another file was not read.")
                self._aside(self.beside.chunk(attribute(entry, "id")), "a part of another file")
            elif name == "moveFrom":
                self._aside(all_text(entry), "moved away by its author")
            elif name in _THROUGH:
                self._blocks(entry)

    def _aside(self, text: str, reason: str) -> None:
        """Keeps what a reader does not see at this place."""
        if text.strip():
            self.flow.paragraph(Paragraph("", self._place("paragraph"), unseen=((reason, text),)))

    def _gathered(self, element: etree._Element, *, fixed: bool = False) -> GatheredText:
        """The text of a paragraph, on the ground that it is set on."""
        properties = child(element, "pPr")
        setting = self.styles.of_paragraph(value(properties, "pStyle"))
        shade = shade_of(child(properties, "shd"), self.styles.theme) or setting.get("paragraph")
        unseen = self.unseen or why_paragraph_unseen(properties) or setting.get("unseen", "")
        around = Surroundings(setting, shade or self.ground, unseen, self.beside.comments)
        return gathered(element, self.styles, fixed=fixed, around=around)

    def _paragraph(self, element: etree._Element) -> None:
        properties = child(element, "pPr")
        style = self.styles.of(value(properties, "pStyle"))
        segment = self._gathered(element, fixed=style.monospace)
        text = segment.text
        monospace = segment.monospace(style.monospace)
        level = style.level or heading_level("", value(properties, "outlineLvl"))
        marker = self._marker(properties, style) if text.strip() else ""
        if not level:
            text = self._indented(text, properties, monospace=monospace, listed=bool(marker))
        place = self._place("paragraph")
        if style.caption and text.strip():
            self.flow.caption(text)
        self.flow.paragraph(
            Paragraph(text, place, level if text.strip() else 0, monospace, marker, segment.unseen)
        )
        for drawing in segment.frames:
            for found in self._pictures(drawing):
                self._picture(found)
            for box in _text_boxes(drawing):
                reason, fill = box_setting(box, self.styles.theme)
                self._within(box, reason, fill)

    def _within(self, element: etree._Element, reason: str, ground: Colour | None) -> None:
        """Walks what stands in a box, a row or a cell of its own colour, or one of which nothing is seen."""
        before = self.unseen, self.ground
        self.unseen, self.ground = self.unseen or reason, self.ground if ground is None else ground
        self._blocks(element)
        self.unseen, self.ground = before

    def _marker(self, properties: etree._Element | None, style: Style) -> str:
        own = child(properties, "numPr")
        list_id = value(own, "numId") or style.list_id
        level = number(value(own, "ilvl")) if own is not None else style.list_level
        return self.numbering.marker(list_id, level) if list_id else ""

    @staticmethod
    def _indented(text: str, properties: etree._Element | None, *, monospace: bool, listed: bool) -> str:
        """Give code that was moved in by the ruler or the Tab key its indentation as spaces."""
        indent = child(properties, "ind")
        if indent is None or listed or not text.strip():
            return text
        if not monospace and look(text.split("\n", 1)[0]) not in {Look.CODE, Look.MAYBE_CODE}:
            return text
        left = number(attribute(indent, "left") or attribute(indent, "start"))
        left += number(attribute(indent, "firstLine")) - number(attribute(indent, "hanging"))
        spaces = " " * min(max(round(left / _TWIPS_A_SPACE), 0), _MOST_SPACES)
        return "\n".join(spaces + line for line in text.split("\n"))

    def _picture(self, found: PictureFound) -> None:
        place = self._place("picture")
        if found.chart:
            self.flow.flush()
            root = optional(self.archive, found.chart)
            self.collector.add(BlockKind.FIGURE, found.alt, place, figure=chart_words(root))
            return
        data = None
        why = "A picture of the document is only linked, not stored in it."
        if found.member:
            why = "A picture of the document is missing or damaged."
            try:
                data = self.archive.read(found.member)
            except UnreadableDocumentError:
                data = None
        kind = FigureKind.EQUATION if found.formula else FigureKind.UNKNOWN
        self.flow.figure(data, found.alt, place, why, kind)

    # --- tables

    def _table(self, element: etree._Element) -> None:
        """Read a table of figures; one that only lays out code, paragraphs or pictures is read as those."""
        lines = list(_rows(element))
        rows = [list(_cells(row)) for row in lines]
        reasons = [self.unseen or why_row_unseen(row) for row in lines]
        grounds = self._grounds(element)
        widest = max((len(row) for row in rows), default=0)
        if widest <= 1 or len(rows) == 1 or any(_holds_code(cell) for row in rows for cell in row):
            self.flow.flush()
            for row, reason in zip(rows, reasons, strict=True):
                for cell in row:
                    if not re.fullmatch(r"[\d\s]*", _all_text(cell)) or widest == 1 or _has_picture(cell):
                        self._within(cell, reason, self._ground(cell, grounds))
                        self.flow.flush()
            return
        place = self._place("table")
        pictures: list[PictureFound] = []
        filled: list[list[str]] = []
        unseen: dict[str, list[list[str]]] = {}  # rows by the reason why nothing of them is seen
        asides: list[tuple[str, str]] = []
        before, self.unseen = self.unseen, ""  # a row that is not seen is read as it stands
        most = self.collector.budget.limits.table_columns
        for row, reason in zip(rows[: self.collector.budget.limits.table_rows], reasons, strict=False):
            texts: list[str] = []
            for cell in row[:most]:
                merged = child(cell, "tcPr", "vMerge")
                goes_on = merged is not None and attribute(merged, "val") != "restart"
                ground = self._ground(cell, grounds)
                texts.append("" if goes_on else self._cell(cell, pictures, ground, [] if reason else asides))
                texts += [""] * (min(number(value(cell, "tcPr", "gridSpan"), 1), most) - 1)
            (unseen.setdefault(reason, []) if reason else filled).append(texts)
        self.unseen = before
        self.flow.table(filled, place)
        for reason, hidden in unseen.items():
            self.flow.table(hidden, place, reason)
        if asides:
            self.flow.paragraph(Paragraph("", place, unseen=tuple(asides)))
        for found in pictures:
            self._picture(found)

    def _grounds(self, table: etree._Element) -> list[Colour]:
        """What the cells of a table without a colour of their own may stand on."""
        style = self.styles.table_style(value(table, "tblPr", "tblStyle"))
        return shades_of_table(table, style, self.styles.theme)

    def _ground(self, cell: etree._Element, grounds: Sequence[Colour]) -> Colour | None:
        """The ground of a cell: its own, else the darkest that the table's style gives to any; None for the paper."""
        own = shade_of(child(cell, "tcPr", "shd"), self.styles.theme)
        return own if own is not None else min(grounds, key=lambda one: sum(one[:3]), default=None)

    def _cell(
        self,
        cell: etree._Element,
        pictures: list[PictureFound],
        ground: Colour | None,
        asides: list[tuple[str, str]],
    ) -> str:
        texts: list[str] = []
        before, self.ground = self.ground, self.ground if ground is None else ground
        for entry in cell.iter():
            if name_of(entry) == "p" and not any(
                name_of(above) == "txbxContent" for above in entry.iterancestors()
            ):
                segment = self._gathered(entry)
                texts.append(segment.text)
                asides += segment.unseen
                pictures += [found for drawing in segment.frames for found in self._pictures(drawing)]
        self.ground = before
        return " ".join(" ".join(texts).split())

    # --- the text of a paragraph

    def _pictures(self, drawing: etree._Element) -> list[PictureFound]:
        return pictures_of(drawing, self.targets)


def _text_boxes(drawing: etree._Element) -> list[etree._Element]:
    """Give the outermost text boxes of a drawing."""
    boxes = [inner for inner in drawing.iter() if name_of(inner) == "txbxContent"]
    return [box for box in boxes if not any(name_of(above) == "txbxContent" for above in box.iterancestors())]


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for entry in table:
        name = name_of(entry)
        if name == "tr":
            yield entry
        elif name in _THROUGH:
            yield from _rows(entry)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for entry in row:
        name = name_of(entry)
        if name == "tc":
            yield entry
        elif name in _THROUGH:
            yield from _cells(entry)


def _all_text(element: etree._Element) -> str:
    return "".join(
        (inner.text or "") if name_of(inner) == "t" else "\n"
        for inner in element.iter()
        if name_of(inner) in {"t", "br", "p", "tab"}
    )


def _holds_code(cell: etree._Element) -> bool:
    """Tell whether a cell holds a listing: two lines or more that are code for certain."""
    lines = [line for line in _all_text(cell).split("\n")[:200] if line.strip()]
    return len(lines) > 1 and sum(look(line) is Look.CODE for line in lines) > 1


def _has_picture(cell: etree._Element) -> bool:
    return any(name_of(inner) in {"drawing", "pict", "object"} for inner in cell.iter())
