"""OpenDocument texts, zipped (``.odt``) or flat (``.fodt``): code, MathML formulas, tables and pictures."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from grader.documents.blocks.collector import Collector
from grader.documents.blocks.ink import ALTERNATIVE, COMMENT, NOT_DISPLAYED, Colour
from grader.documents.blocks.line_kinds import Look, look
from grader.documents.blocks.typed_paragraphs import Flow, GatheredText, Paragraph
from grader.documents.core.document import BlockKind, Place
from grader.documents.core.xml_guard import Archive, guards, open_archive, parse_xml
from grader.documents.formulas.mathml import mathml_to_text
from grader.documents.office.odt_frames import Frames, chart_words
from grader.documents.office.odt_ink import Setting, joined, why_frame_unseen, why_text_unseen
from grader.documents.office.odt_styles import OdtStyles
from grader.documents.office.office_xml import attribute, children, count_shown, name_of, number, optional
from grader.errors import UnreadableDocumentError

_MOST_BLANKS: Final = 200  # that one text:s stands for
_PASSED_OVER: Final = frozenset(
    (
        "tracked-changes", "note-citation", "annotation-end", "forms", "sequence-decls", "variable-decls",
        "title", "desc", "page-number", "page-count", "soft-page-break", "table-column", "table-columns", "bookmark",
    )
)  # fmt: skip
_NEVER_SHOWN: Final = {
    "annotation": COMMENT,
    "script": "a script",
    "notes": COMMENT,
    "ruby-text": "set as the reading of another word",
}


def add_odt(data: bytes, name: str, collector: Collector) -> None:
    """Add the blocks of an OpenDocument text to a collector. Raises `UnreadableDocumentError` for what is none, locked, damaged or a bomb."""
    of_archive, of_xml = guards(collector.budget.limits)
    archive: Archive | None = None
    styles: etree._Element | None = None
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        root: etree._Element | None = parse_xml(data, of_xml)
    else:
        archive = open_archive(data, of_archive)
        manifest = optional(archive, "META-INF/manifest.xml")
        locked = manifest is not None and any(
            name_of(entry) == "encryption-data" for entry in manifest.iter()
        )
        if locked or "encrypted-package" in archive.names:
            raise UnreadableDocumentError(
                "The file is password-protected. Save it without a password and hand it in again."
            )
        root = archive.xml("content.xml", of_xml)
        styles = optional(archive, "styles.xml")
    body = None if root is None else next((entry for entry in root.iter() if name_of(entry) == "body"), None)
    body = next(children(body, "text"), None)
    if root is None or body is None:
        raise UnreadableDocumentError(
            "The file is no OpenDocument text. Export the report as PDF and hand that in."
        )
    _Walk(archive, OdtStyles(styles, root), name, collector).run(body, root if styles is None else styles)


class _List:
    """One list that is being walked: its style, its depth and how far it has counted."""

    def __init__(self, style: str, depth: int) -> None:
        self.style = style
        self.depth = depth
        self.count: int | None = None


class _Walk:
    """One pass over a document."""

    def __init__(self, archive: Archive | None, styles: OdtStyles, source: str, collector: Collector) -> None:
        self.frames = Frames(archive, collector.budget)
        self.styles = styles
        self.source = source
        self.collector = collector
        self.flow = Flow(collector)
        self.notes: list[etree._Element] = []
        self.ground = styles.paper
        self.unseen = ""  # why nothing is seen of what is being walked
        self.counts = dict.fromkeys(("paragraph", "table", "picture"), 0)

    def run(self, body: etree._Element, edges: etree._Element) -> None:
        self._edges(edges)
        self._blocks(body, "")
        self.flow.flush()
        for count, note in enumerate(self.notes, start=1):
            text = "\n".join(
                self._gathered(entry, None).text for entry in note.iter() if name_of(entry) == "p"
            )
            self.collector.add(BlockKind.PROSE, text, Place(self.source, f"footnote {count}"))

    def _place(self, what: str) -> Place:
        self.counts[what] += 1
        return Place(self.source, f"{what} {self.counts[what]}")

    def _edges(self, root: etree._Element) -> None:
        texts: dict[str, None] = {}
        for element in root.iter():
            if re.fullmatch(
                r"(?:header|footer)(?:-left|-first)?", name_of(element)
            ) and "style:" in _namespace(element):
                parts = (
                    self._gathered(entry, None).text
                    for entry in element.iter()
                    if name_of(entry) in {"p", "h"}
                )
                text = " ".join(" ".join(parts).split())
                if re.search(r"[^\W\d_]{2}", text):
                    texts.setdefault(text)
        if texts:
            self.collector.add(BlockKind.PROSE, "\n".join(texts), Place(self.source, "header and footer"))

    # --- blocks

    def _blocks(self, element: etree._Element, marker: str) -> None:
        for entry in element:
            if self.collector.full or not self.collector.budget.in_time():
                return
            match name_of(entry):
                case "p" | "h":
                    self._paragraph(entry, marker)
                    marker = ""
                case "table":
                    self._table(entry)
                case "list":
                    self._list(entry, None)
                case "frame":
                    self._frame(entry, None)
                case "annotation":
                    self._aside(_words(entry), COMMENT)
                case "section" | "index-body" if _is_hidden(entry):
                    self._within(entry, marker, NOT_DISPLAYED, None)
                case name if name and name not in _PASSED_OVER:
                    self._blocks(entry, marker)

    def _within(self, element: etree._Element, marker: str, reason: str, ground: Colour | None) -> None:
        """Walks what stands in a box, a row or a cell of its own colour, or one of which nothing is seen."""
        before = self.unseen, self.ground
        self.unseen, self.ground = self.unseen or reason, self.ground if ground is None else ground
        self._blocks(element, marker)
        self.unseen, self.ground = before

    def _aside(self, text: str, reason: str) -> None:
        """Keeps what a reader does not see at this place."""
        if text.strip():
            self.flow.paragraph(Paragraph("", self._place("paragraph"), unseen=((reason, text),)))

    def _list(self, element: etree._Element, above: _List | None) -> None:
        style = attribute(element, "style-name") or (above.style if above else "")
        this = _List(style, above.depth + 1 if above else 1)
        kind, prefix, suffix, start = self.styles.list_of(style).get(this.depth, ("", "", "", 1))
        for item in children(element, "list-item", "list-header"):
            marker = ""
            if name_of(item) == "list-item":
                this.count = start if this.count is None else this.count + 1
                this.count = number(attribute(item, "start-value"), this.count)
                marker = (
                    f"{prefix}{count_shown(this.count, _FORMS.get(kind, 'decimal'))}{suffix}" if kind else "-"
                )
            for entry in item:
                if name_of(entry) == "list":
                    self._list(entry, this)
                elif name_of(entry) in {"p", "h"}:
                    self._paragraph(entry, marker)
                    marker = ""

    def _paragraph(self, element: etree._Element, marker: str) -> None:
        style = self.styles.of("paragraph", attribute(element, "style-name"))
        gathered = self._gathered(element, style.monospace)
        text = gathered.text
        level = style.level
        if name_of(element) == "h":
            level = min(max(number(attribute(element, "outline-level"), 1), 1), 10)
        monospace = gathered.monospace(bool(style.monospace))
        code = monospace or look(text.split("\n", 1)[0]) in {Look.CODE, Look.MAYBE_CODE}
        if style.indent and code and not marker and not level:
            text = "\n".join(" " * style.indent + line for line in text.split("\n"))
        if style.caption and text.strip():
            self.flow.caption(text)
        if text.strip() or gathered.unseen or not gathered.frames:
            level = level if text.strip() else 0
            place = self._place("paragraph")
            self.flow.paragraph(Paragraph(text, place, level, monospace, marker, gathered.unseen))
        for frame in gathered.frames:
            self._frame(frame, None)

    def _table(self, element: etree._Element) -> None:
        """Read a table of figures; one that only lays out code, paragraphs or pictures is read as those."""
        limits = self.collector.budget.limits
        found = _rows(element)
        rows = [list(children(row, "table-cell", "covered-table-cell")) for row in found]
        around = self.styles.setting("table", attribute(element, "style-name")).get("box")
        reasons = [self.unseen or self._why_row_unseen(row) for row in found]
        grounds = [
            self.styles.setting("table-row", attribute(row, "style-name")).get("box") or around
            for row in found
        ]
        gone = _hidden_columns(element, limits.table_columns)
        widest = max((len(row) for row in rows), default=0)
        if widest <= 1 or len(rows) == 1 or any(_holds_code(cell) for row in rows for cell in row):
            self.flow.flush()
            for row, reason, ground in zip(rows, reasons, grounds, strict=True):
                for index, cell in enumerate(row):
                    column = NOT_DISPLAYED if index in gone else ""
                    self._within(cell, "", reason or column, self._ground(cell) or ground)
                    self.flow.flush()
            return
        place = self._place("table")
        frames: list[etree._Element] = []
        filled: list[list[str]] = []
        unseen: dict[str, list[list[str]]] = {}  # rows by the reason why nothing of them is seen
        asides: list[tuple[str, str]] = []
        before, self.unseen = self.unseen, ""  # a row that is not seen is read as it stands
        for row, reason, ground in zip(rows[: limits.table_rows], reasons, grounds, strict=False):
            texts: list[str] = []
            for index, cell in enumerate(row[: limits.table_columns]):
                text = self._cell(cell, frames, self._ground(cell) or ground, [] if reason else asides)
                if index in gone and not reason:
                    asides += [(NOT_DISPLAYED, f"{text}\n")]
                    text = ""
                texts.append(text)
                repeated = min(number(attribute(cell, "number-columns-repeated"), 1), limits.table_columns)
                texts += texts[-1:] * (repeated - 1)
            (unseen.setdefault(reason, []) if reason else filled).append(texts[: limits.table_columns])
        self.unseen = before
        self.flow.table(filled, place)
        for reason, hidden in unseen.items():
            self.flow.table(hidden, place, reason)
        if asides:
            self.flow.paragraph(Paragraph("", place, unseen=tuple(asides)))
        for frame in frames:
            self._frame(frame, None)

    def _why_row_unseen(self, row: etree._Element) -> str:
        if attribute(row, "visibility") in {"collapse", "filter"}:
            return NOT_DISPLAYED
        return str(self.styles.setting("table-row", attribute(row, "style-name")).get("unseen", ""))

    def _ground(self, cell: etree._Element) -> Colour | None:
        found: Colour | None = self.styles.setting("table-cell", attribute(cell, "style-name")).get("box")
        return found

    def _cell(
        self,
        cell: etree._Element,
        frames: list[etree._Element],
        ground: Colour | None,
        asides: list[tuple[str, str]],
    ) -> str:
        texts: list[str] = []
        before, self.ground = self.ground, ground or self.ground
        for entry in cell.iter():
            if name_of(entry) in {"p", "h"}:
                gathered = self._gathered(entry, None)
                texts.append(gathered.text)
                frames += gathered.frames
                asides += gathered.unseen
        self.ground = before
        return " ".join(" ".join(texts).split())

    # --- the text of a paragraph

    def _gathered(self, paragraph: etree._Element, monospace: bool | None) -> GatheredText:
        gathered = GatheredText()
        setting = self.styles.setting("paragraph", attribute(paragraph, "style-name"))
        hidden = any(name_of(entry) == "hidden-paragraph" and _is_hidden(entry) for entry in paragraph)
        setting = {**setting, "hidden": True} if hidden else setting
        self._inline(paragraph, gathered, setting, fixed=bool(monospace), raised="")
        return gathered

    def _inline(
        self, element: etree._Element, into: GatheredText, setting: Setting, *, fixed: bool, raised: str
    ) -> None:
        unseen = self.unseen or why_text_unseen(setting, self.ground)
        _add_words(element.text, into, fixed=fixed, raised=raised, unseen=unseen)
        for entry in element:
            match name_of(entry):
                case "s":
                    blanks = " " * min(max(number(attribute(entry, "c"), 1), 1), _MOST_BLANKS)
                    into.add(blanks, fixed=fixed, raised=raised, unseen=unseen)
                case "tab":
                    into.add("\t", fixed=fixed, unseen=unseen)
                case "line-break":
                    into.add("\n", fixed=fixed, unseen=unseen)
                case "note":
                    self.notes += [part for part in entry if name_of(part) == "note-body"]
                case "frame" | "custom-shape" | "rect" | "g":
                    self._frame(entry, into)
                case "math":
                    into.formula(mathml_to_text(entry), unseen=unseen)
                case name if name in _NEVER_SHOWN:
                    into.hide(_words(entry), _NEVER_SHOWN[name])
                case "hidden-text" | "variable-set" | "user-field-get" | "expression" if _is_hidden(entry):
                    into.hide(_words(entry) or attribute(entry, "string-value"), NOT_DISPLAYED)
                case "span":
                    name = attribute(entry, "style-name")
                    style = self.styles.of("text", name)
                    inner = fixed if style.monospace is None else style.monospace
                    within = joined(setting, self.styles.setting("text", name))
                    self._inline(entry, into, within, fixed=inner, raised=style.raised or raised)
                case name if name and name not in _PASSED_OVER:
                    self._inline(entry, into, setting, fixed=fixed, raised=raised)
            _add_words(entry.tail, into, fixed=fixed, raised=raised, unseen=unseen)

    # --- frames: pictures, formulas, charts, text boxes

    def _frame(self, frame: etree._Element, into: GatheredText | None) -> None:
        """Read a frame: a formula goes into the running text, the rest is kept for behind the paragraph."""
        formula = self.frames.formula(frame)
        if formula and into is not None:
            into.formula(formula)
            return
        if into is not None:
            into.frames.append(frame)
            return
        if formula:
            self.flow.paragraph(Paragraph(f"${formula}$", self._place("paragraph")))
            return
        alt = " ".join(
            "".join(str(part) for part in entry.itertext()) for entry in children(frame, "title", "desc")
        )
        box = next(children(frame, "text-box"), None)
        if box is not None or name_of(frame) != "frame":
            setting = self.styles.setting("graphic", attribute(frame, "style-name"))
            ground = None if setting.get("see-through") else setting.get("box")
            self._within(frame if box is None else box, "", why_frame_unseen(frame), ground)
            return
        chart = self.frames.inner_document(frame)
        if chart is not None and any(name_of(entry) == "chart" for entry in chart.iter()):
            self.flow.flush()
            self.collector.add(BlockKind.FIGURE, alt, self._place("picture"), figure=chart_words(chart))
            return
        image = next(children(frame, "image"), None)
        if image is not None:
            why = "A picture of the document is missing or only linked."
            shown = self.frames.picture(image)
            self.flow.figure(shown, alt, self._place("picture"), why)
            if shown is not None:
                return
        self._aside(alt, ALTERNATIVE)


_FORMS: Final = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


def _namespace(element: etree._Element) -> str:
    tag: object = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) else ""


def _words(element: etree._Element) -> str:
    """All words under an element, its paragraphs on lines of their own."""
    paragraphs = [entry for entry in element.iter() if name_of(entry) in {"p", "h"}] or [element]
    return "\n".join("".join(str(part) for part in entry.itertext()) for entry in paragraphs)


def _is_hidden(element: etree._Element) -> bool:
    """Tell whether a section or a field says of itself that it is not shown."""
    said = [attribute(element, name) for name in ("display", "is-hidden")]
    if "none" in said or "true" in said:
        return True
    condition = attribute(element, "condition")
    return bool(condition) and "false" not in said and name_of(element).startswith(("hidden", "section"))


def _hidden_columns(table: etree._Element, most: int) -> frozenset[int]:
    """Give the columns of a table that are collapsed, counted from 0."""
    at, hidden = 0, set[int]()
    for column in table.iter():
        if name_of(column) == "table-column" and at < most:
            repeated = min(max(number(attribute(column, "number-columns-repeated"), 1), 1), most)
            if attribute(column, "visibility") in {"collapse", "filter"}:
                hidden.update(range(at, at + repeated))
            at += repeated
        elif name_of(column) == "table-row":
            break
    return frozenset(hidden)


def _add_words(text: str | None, into: GatheredText, *, fixed: bool, raised: str, unseen: str = "") -> None:
    """Add text with blanks as OpenDocument reads them: a run of them is one, and none stands first in a line."""
    if text:
        words = re.sub(r"[ \t\r\n]+", " ", text)
        into.add(words.lstrip(" ") if into.empty else words, fixed=fixed, raised=raised, unseen=unseen)


def _rows(table: etree._Element) -> list[etree._Element]:
    rows: list[etree._Element] = []
    for entry in table:
        name = name_of(entry)
        if name == "table-row":
            rows.append(entry)
        elif name in {"table-header-rows", "table-rows", "table-row-group"}:
            rows += _rows(entry)
    return rows


def _holds_code(cell: etree._Element) -> bool:
    """Tell whether a cell holds a listing: two lines or more that are code for certain."""
    lines: list[str] = []
    for entry in cell.iter():
        if name_of(entry) in {"p", "h"} and len(lines) < 200:
            lines += "".join(str(part) for part in entry.itertext()).split("\n")
    return sum(look(line) is Look.CODE for line in lines) > 1
