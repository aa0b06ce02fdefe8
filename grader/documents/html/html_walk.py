"""One pass over the elements of a page: paragraphs with their formulas, listings, tables, pictures, and what is unseen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Final

import msgspec
from lxml import etree
from lxml import html as lxml_html

from grader.documents.blocks.blocks_from_lines import assemble
from grader.documents.blocks.collector import Collector
from grader.documents.blocks.ink import ALTERNATIVE, COMMENT
from grader.documents.blocks.lines import Line
from grader.documents.blocks.picture_references import PictureSource, add_figure, none_beside
from grader.documents.core.document import Block, BlockKind, Place
from grader.documents.figures.svg import drawing
from grader.documents.formulas.mathml import local_name
from grader.documents.html.html_appearance import Appearance
from grader.documents.html.html_elements import (
    SpanningCell,
    all_text,
    laid_out,
    near,
    rows_of,
    spanning,
    text_by_reason,
)
from grader.documents.html.html_formulas import (
    Formula,
    formula_in_address,
    formula_of,
    formula_of_maths,
    formula_of_script,
    is_drawn_elsewhere,
    is_formula_image,
    only_drawn,
)
from grader.documents.html.html_styles import Styles

_MAX_DEPTH: Final = 120  # of nested elements; what is deeper is read as plain text
# fmt: off
_SKIPPED: Final = frozenset(("head", "style", "embed", "button", "nav", "title", "meta", "link"))
_STAND_INS: Final = frozenset(("iframe", "object", "select", "canvas", "audio", "video"))  # what is in them, a browser hides
_INLINE: Final = frozenset((
    "a", "abbr", "b", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "label", "mark", "q", "rp", "rt", "s", "samp",
    "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var",
))
_SPOKEN: Final = ("aria-label", "aria-description", "title", "data-content", "data-text")  # attributes that hold text
_BLOCKS: Final = frozenset((
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "footer",
    "form", "header", "html", "main", "ol", "p", "section", "summary", "ul",
))
# fmt: on
_OUTPUT: Final = re.compile(
    r"\b(?:output_subarea|jp-OutputArea-output|jp-RenderedText|output_text|output_stream|cell_output|output)\b"
)
_LEAST_HIDDEN: Final = 8  # characters of a comment or attribute; shorter ones are marks of programs
_MOST_HIDDEN: Final = 4_000
_PROMPT: Final = re.compile(
    r"\b(?:prompt|jp-InputPrompt|jp-OutputPrompt|input_prompt|output_prompt|jp-Collapser|linenos?|lineno|gutter|anchor-link)\b"
)


class _Paragraph:
    """The inline text that has come since the last block began."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.monospace: list[bool] = []
        self.figures: list[tuple[str, str]] = []
        self.unseen: dict[str, list[str]] = {}  # by reason
        self.asides: list[Block] = []

    def hide(self, text: str, reason: str) -> None:
        """Takes text that a reader does not see."""
        if text.strip():
            self.unseen.setdefault(reason, []).append(text)

    def add(self, text: str, monospace: bool) -> None:
        if text:
            self.parts.append(text)
            if text.strip("\u00a0 \n\t"):
                self.monospace.append(monospace)


class Walk:
    """One pass over the elements of a page."""

    def __init__(
        self,
        collector: Collector,
        pictures: PictureSource,
        styles: Styles,
        source: str,
        fixed: Place | None = None,
        appearance: Appearance | None = None,
    ) -> None:
        self.appearance = Appearance() if appearance is None else appearance
        self.asides: list[tuple[int, Block]] = []  # unseen blocks, and behind which line they stand
        self.collector = collector
        self.pictures = pictures
        self.styles = styles
        self.source = source
        self.fixed = fixed
        self.current = _Paragraph()
        self.lines: list[Line] = []  # paragraphs not yet added: code may go on in the next one
        self.count = 0
        self.cell = -1
        self.items: dict[etree._Element, int] = {}  # the number of the next item of each numbered list
        self.numbers: Counter[str] = Counter()  # tables, listings and pictures are counted by themselves

    def run(self, root: etree._Element) -> None:
        """Adds what stands under an element."""
        self._walk(root, 0, monospace=False)
        self._end_paragraph()
        self._end_lines()

    def _place(self, what: str = "paragraph") -> Place:
        if self.fixed is not None:
            return msgspec.structs.replace(self.fixed)  # lines of one paragraph are told by their place
        if self.cell >= 0:
            return Place(self.source, f"cell {self.cell}", cell=self.cell)
        if what == "paragraph":
            return Place(self.source, f"paragraph {self.count + 1}")
        self.numbers[what] += 1
        return Place(self.source, f"{what} {self.numbers[what]}")

    # --- elements

    def _walk(self, element: etree._Element, depth: int, *, monospace: bool) -> None:
        if self.collector.full or (self.count % 64 == 0 and not self.collector.budget.in_time()):
            return
        name, classes = local_name(element), element.get("class", "")
        if not name:
            self._comment(element)
            return
        if name in _SKIPPED or (classes and (_PROMPT.search(classes) or only_drawn(element, classes))):
            return
        reason = self.appearance.whole.get(element, "")
        if reason or name in _STAND_INS:
            self._unseen(element, reason or "shown only where its element cannot be", depth)
            return
        if depth > _MAX_DEPTH:
            self._all_text(element, monospace)
            return
        self._attributes(element)
        formula = formula_of_script(element) if name == "script" else formula_of(element, name, classes)
        if formula is not None or name == "script":
            self._formula(formula)
            return
        handler = _HANDLERS.get(name)
        if handler is not None:
            handler(self, element, depth, monospace)
            return
        if name == "div" and self._is_cell(classes):
            self._end_paragraph()
            self._end_lines()
            self.cell += 1
        if name in _BLOCKS:
            self._end_paragraph()
            self._children(element, depth, monospace)
            if name == "p" and not self.current.parts and self.lines:
                self.lines.append(
                    Line("", self.lines[-1].place)
                )  # a blank line of code that is typed as paragraphs
            self._end_paragraph()
            return
        self._children(element, depth, monospace or name in {"code", "tt", "kbd", "samp"})

    def _children(self, element: etree._Element, depth: int, monospace: bool) -> None:
        fixed = monospace or self.styles.monospace(element)
        reason = self.appearance.own.get(element, "")
        self._text(element.text, fixed, reason)
        for child in element:
            self._walk(child, depth + 1, monospace=fixed)
            self._text(child.tail, fixed, reason)

    def _text(self, text: str | None, monospace: bool, unseen: str = "") -> None:
        if text and unseen:
            self.current.hide(re.sub(r"[ \t\r\n\f]+", " ", text), unseen)
        elif text:
            self.current.add(re.sub(r"[ \t\r\n\f]+", " ", text), monospace)

    def _all_text(self, element: etree._Element, monospace: bool) -> None:
        seen, unseen = text_by_reason(element, self.appearance)
        self.current.add(" ".join(seen.split()), monospace)
        for reason, text in unseen.items():
            self.current.hide(" ".join(text.split()), reason)

    # --- what a reader does not see

    def _unseen(self, element: etree._Element, reason: str, depth: int) -> None:
        """Keeps what stands in an element of which nothing is seen, beside the paragraph that it stands in."""
        if local_name(element) in _INLINE and not any(local_name(inner) not in _INLINE for inner in element):
            self.current.hide(all_text(element), reason)
            return
        inner = Walk(Collector(self.collector.budget), none_beside, self.styles, self.source, self._place())
        if depth > _MAX_DEPTH:
            inner._all_text(element, False)
        elif local_name(element) in _STAND_INS or local_name(element) in {
            "noscript",
            "template",
            "table",
            "tr",
            "td",
        }:
            inner._children(element, depth + 1, False)
        elif local_name(element) in _HANDLERS and local_name(element) != "svg":
            _HANDLERS[local_name(element)](inner, element, depth + 1, False)
        else:
            inner._children(element, depth + 1, False)
        inner._end_paragraph()
        inner._end_lines()
        framed = element.get("srcdoc", "")[:20_000]
        if framed.strip():
            parsed = lxml_html.fragment_fromstring(framed, create_parent="div")
            inner._children(parsed, depth + 1, False)
            inner._end_paragraph()
            inner._end_lines()
        self.current.asides += [
            msgspec.structs.replace(block, unseen=reason, figure=None)
            for block in inner.collector.blocks
            if block.text.strip()
        ]

    def _comment(self, element: etree._Element) -> None:
        text = str(element.text or "").strip() if isinstance(element, etree._Comment) else ""
        if _LEAST_HIDDEN <= len(text) <= _MOST_HIDDEN and not text.startswith("["):  # not Word's conditions
            self.current.hide(text, COMMENT)

    def _attributes(self, element: etree._Element) -> None:
        for name in _SPOKEN if len(element.attrib) else ():
            text = element.get(name, "").strip()
            if _LEAST_HIDDEN <= len(text) <= _MOST_HIDDEN and not _is_name(text):
                self.current.hide(f"{text}\n", "an attribute of its element")

    @staticmethod
    def _is_cell(classes: str) -> bool:
        names = classes.split()
        return "jp-Cell" in names or ("cell" in names and "border-box-sizing" in names)

    def _formula(self, formula: Formula | None) -> None:
        tex = " ".join(formula.tex.split()) if formula is not None else ""
        if formula is None or not tex:
            return
        if formula.display:
            self._end_paragraph()
            self._end_lines()
            self.collector.add(BlockKind.MATHS, tex, self._place())
            self.count += 1
        else:
            self.current.add(f"${tex}$", False)

    # --- elements with a meaning of their own

    def _on_math(self, element: etree._Element, _depth: int, _monospace: bool) -> None:
        self._formula(formula_of_maths(element))

    def _on_br(self, _element: etree._Element, _depth: int, _monospace: bool) -> None:
        self.current.add("\n", False)

    def _on_sup(self, element: etree._Element, depth: int, monospace: bool) -> None:
        self._raised(element, "^", depth, monospace)

    def _on_sub(self, element: etree._Element, depth: int, monospace: bool) -> None:
        self._raised(element, "_", depth, monospace)

    def _raised(self, element: etree._Element, sign: str, depth: int, monospace: bool) -> None:
        text = " ".join(all_text(element).split())
        if len(element) or not re.fullmatch(r"[\w+\-−*().,]{1,24}", text):
            self._children(element, depth, monospace)
            return
        self.current.add(
            f"{sign}{text}" if len(text) == 1 or text.isdigit() else f"{sign}{{{text}}}", monospace
        )

    def _on_hr(self, _element: etree._Element, _depth: int, _monospace: bool) -> None:
        self._end_paragraph()

    def _heading(self, element: etree._Element, depth: int, monospace: bool) -> None:
        self._end_paragraph()
        self._children(element, depth, monospace)
        heading, self.current = self.current, _Paragraph()
        text = "".join(heading.parts).rstrip("¶ \n")
        figures = heading.figures
        self._end_lines()
        self.collector.add(
            BlockKind.HEADING, " ".join(text.split()), self._place(), level=int(local_name(element)[1])
        )
        self.count += 1
        self._add_figures(figures)
        self._keep_unseen(heading, self._place())

    def _on_li(self, element: etree._Element, depth: int, monospace: bool) -> None:
        self._end_paragraph()
        parent = element.getparent()
        marker = "-"
        if parent is not None and local_name(parent) == "ol":
            start = re.match(r"-?\d{1,4}", parent.get("start", "1"))
            number = self.items.get(parent, int(start[0]) if start else 1)
            self.items[parent] = number + 1
            marker = f"{number}."
        self.current.add(f"{marker} ", False)
        self._children(element, depth, monospace)
        self._end_paragraph()

    def _on_pre(self, element: etree._Element, _depth: int, _monospace: bool) -> None:
        self._end_paragraph()
        self._end_lines()
        seen, unseen = text_by_reason(element, self.appearance)
        text = seen.strip("\n")
        for reason, hidden in unseen.items():
            self.current.hide(hidden, reason)
        context = " ".join(ancestor.get("class", "") for ancestor in near(element))
        language = re.search(
            r"\b(?:language-|sourceCode |highlight-|lang-|brush:\s?)(\w+)|\bhl-(ipython|python)\w*", context
        )
        is_output = bool(_OUTPUT.search(context)) and not re.search(
            r"input_area|jp-InputArea|highlight", context
        )
        if is_output:
            self.collector.add(BlockKind.OUTPUT, text, self._place("listing"))
        elif re.search(r"jp-InputArea|input_area|\bhighlight\b", context):
            self.collector.add(BlockKind.CODE, text, self._place("listing"), language="python")
        else:
            found = next(filter(None, language.groups()), "") if language else ""
            self.collector.add_listing(
                text, self._place("listing"), "python" if found.startswith("ipython") else found
            )
        self.count += 1

    def _on_img(self, element: etree._Element, _depth: int, _monospace: bool) -> None:
        source = element.get("src", "") or element.get("data-src", "")
        alt = element.get("alt", "")
        if alt.startswith("No description has been provided"):  # nbconvert's words, not the student's
            alt = ""
        tex = formula_in_address(source) or (
            alt.strip(" $") if is_formula_image(element) and is_drawn_elsewhere(source) else ""
        )
        if tex:
            self.current.add(f"${tex}$", False)
        elif source and element.get("width") not in {"0", "1"}:
            self.current.figures.append((source, alt))
        elif alt:
            self.current.hide(alt, ALTERNATIVE)

    def _on_svg(self, element: etree._Element, _depth: int, _monospace: bool) -> None:
        self._end_paragraph()
        self._end_lines()
        for inner in element.iter():
            reason = self.appearance.whole.get(inner, "") or self.appearance.own.get(inner, "")
            if local_name(inner) in {"desc", "title", "metadata"} or (
                reason and local_name(inner) in {"text", "tspan"}
            ):
                self.current.hide(f"{all_text(inner)}\n", reason or "a description inside of a drawing")
        figure = drawing(element, self.collector.budget)
        if figure is not None:
            self.collector.add(BlockKind.FIGURE, "", self._place("drawing"), figure=figure)

    def _on_figcaption(self, element: etree._Element, depth: int, monospace: bool) -> None:
        """A caption: with its picture if there is one, else a paragraph."""
        figure = next((outer for outer in element.iterancestors() if local_name(outer) == "figure"), None)
        if figure is None or not any(local_name(inner) in {"img", "svg"} for inner in figure.iter()):
            self._end_paragraph()
            self._children(element, depth, monospace)
            self._end_paragraph()

    def _on_figure(self, element: etree._Element, depth: int, monospace: bool) -> None:
        self._end_paragraph()
        caption = next((all_text(inner) for inner in element.iter() if local_name(inner) == "figcaption"), "")
        before = len(self.current.figures)
        self._children(element, depth, monospace)
        self.current.figures[before:] = [
            (source, alt or " ".join(caption.split())) for source, alt in self.current.figures[before:]
        ]
        self._end_paragraph()

    def _on_table(self, element: etree._Element, depth: int, monospace: bool) -> None:
        """A table of cells; one that only lays out code or paragraphs is read as those."""
        self._end_paragraph()
        rows = list(rows_of(element))
        widest = max((len(row) for row in rows), default=0)
        listing = next((inner for inner in element.iter() if local_name(inner) == "pre"), None)
        if widest <= 1 or (listing is not None and widest == 2 and len(rows) == 1):
            for row in rows:
                for cell in row:
                    self._walk_cell(cell, depth, monospace)
            return
        self._end_lines()
        figures: list[tuple[str, str]] = []
        spans: list[list[SpanningCell]] = []
        for row in rows[: self.collector.budget.limits.table_rows]:
            spans.append([spanning(cell, self._cell_text(cell, depth, figures)) for cell in row])
        filled = laid_out(spans)
        self.collector.add(BlockKind.TABLE, "", self._place("table"), rows=filled)
        self.count += 1
        self._add_figures(figures)

    def _walk_cell(self, cell: etree._Element, depth: int, monospace: bool) -> None:
        if _PROMPT.search(cell.get("class", "")):
            return
        self._end_paragraph()
        reason = self.appearance.whole.get(cell, "")
        if reason:
            self._unseen(cell, reason, depth)
            self._end_paragraph()
            return
        self._children(cell, depth + 1, monospace)
        self._end_paragraph()

    def _cell_text(self, cell: etree._Element, depth: int, figures: list[tuple[str, str]]) -> str:
        inner = Walk(
            Collector(self.collector.budget),
            none_beside,
            self.styles,
            self.source,
            self.fixed,
            self.appearance,
        )
        reason = self.appearance.whole.get(cell, "")
        if reason:
            inner._unseen(cell, reason, depth)
        else:
            inner._children(cell, depth + 1, False)
        inner._end_paragraph(keep_figures=figures)
        inner._end_lines()
        self.current.asides += [block for block in inner.collector.blocks if block.unseen]
        return " ".join(" ".join(block.text.split()) for block in inner.collector.blocks if not block.unseen)

    # --- paragraphs

    def _end_paragraph(self, keep_figures: list[tuple[str, str]] | None = None) -> None:
        current, self.current = self.current, _Paragraph()
        text = "".join(current.parts)
        monospace = bool(current.monospace) and all(current.monospace)
        if text.strip("\u00a0 \n"):
            place = self._place()
            for index, line in enumerate(text.split("\n")):
                shown = line.strip(" ") if not monospace else line.rstrip(" ")
                shown = re.sub(r"^[ \u00a0]+", lambda gap: gap[0].replace("\u00a0", " "), shown)
                self.lines.append(Line(shown, place, starts=not index, monospace=monospace))
            self.count += 1
        elif current.parts and self.lines and self.lines[-1].text:
            self.lines.append(Line("", self.lines[-1].place))
        self._keep_unseen(current, self._place() if current.unseen else None)
        if keep_figures is not None:
            keep_figures += current.figures
        elif current.figures:
            self._end_lines()
            self._add_figures(current.figures)

    def _keep_unseen(self, paragraph: _Paragraph, place: Place | None) -> None:
        """Puts what was not seen in a paragraph behind the lines that it has come to."""
        at = len(self.lines) - 1
        self.asides += [(at, block) for block in paragraph.asides]
        for reason, parts in paragraph.unseen.items():
            lines = [Line(text, place or self._place(), unseen=reason) for text in "".join(parts).split("\n")]
            self.asides += [(at, block) for block in assemble(lines)]

    def _end_lines(self) -> None:
        lines, self.lines = self.lines, []
        asides, self.asides = self.asides, []
        self.collector.add_lines(lines, beside=asides)

    def _add_figures(self, figures: list[tuple[str, str]]) -> None:
        for source, alt in figures:
            add_figure(self.collector, source, alt, self._place("picture"), self.pictures, alt)
            self.count += 1


def _is_name(text: str) -> bool:
    """Whether an attribute is one word or address: such are no answers."""
    return " " not in text and not re.search(r"[=*(]", text)


_HANDLERS: Final[dict[str, Callable[[Walk, etree._Element, int, bool], None]]] = {
    "math": Walk._on_math,
    "br": Walk._on_br,
    "sup": Walk._on_sup,
    "sub": Walk._on_sub,
    "hr": Walk._on_hr,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), Walk._heading),
    "li": Walk._on_li,
    **dict.fromkeys(("pre", "textarea"), Walk._on_pre),
    "img": Walk._on_img,
    "svg": Walk._on_svg,
    "figure": Walk._on_figure,
    "figcaption": Walk._on_figcaption,
    "table": Walk._on_table,
}
