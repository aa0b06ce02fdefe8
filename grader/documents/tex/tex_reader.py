r"""Reports in TeX: listings, formulas as they are written, tables, figures; no macro is ever expanded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from grader.documents.blocks.collector import Collector
from grader.documents.blocks.picture_references import PictureSource, none_beside
from grader.documents.blocks.typed_paragraphs import Flow, GatheredText, Paragraph
from grader.documents.core.document import BlockKind, Figure, Place
from grader.documents.core.encoding import decode
from grader.documents.tex.tex_grammar import (
    DEFINES,
    FORMULAS,
    HEADINGS,
    INCLUDES,
    LAST_ARGUMENT,
    SILENT,
    TABLES,
    Node,
    arguments,
    as_written,
    inner,
    kind,
    parse,
    required,
    source,
    symbol,
)
from grader.documents.tex.tex_plots import drawing
from grader.documents.tex.tex_source import PICTURES, Chunk, Listing, prepare
from grader.documents.tex.tex_tables import is_caption, rows_of

_SPECIALS: Final = {"~": "\u00a0", "``": "“", "''": "”", "--": "–", "---": "—"}
_UNSEEN: Final = re.compile(
    r"\\(?:label|tag)\*?\s*\{[^{}]{0,200}\}|\\(?:nonumber|notag|displaystyle)(?![A-Za-z])\s?"
)
_CODE_MACROS: Final = frozenset(("texttt", "code", "ttfamily"))


def add_tex(data: bytes, name: str, collector: Collector, pictures: PictureSource) -> None:
    """Add the blocks of a report in TeX to a collector. Raises `UnreadableDocumentError` for bytes that are no text."""
    prepared = prepare(decode(data))
    if prepared.cut:
        collector.budget.note("The file is very long: the rest of it was not read.")
    walk = _Walk(name, collector, prepared.listings, pictures)
    walk.title(prepared.preamble)
    for chunk in prepared.chunks:
        if collector.full or not collector.budget.in_time():
            break
        walk.chunk(chunk)
    walk.finish()


class _Walk:
    """One pass over the chunks of a document."""

    def __init__(
        self, name: str, collector: Collector, listings: Sequence[Listing], pictures: PictureSource
    ) -> None:
        self.name = name
        self.collector = collector
        self.flow = Flow(collector)
        self.listings = listings
        self.pictures = pictures
        self.folders: list[str] = []
        self.text = GatheredText()
        self.line = 1
        self.start = 1
        self.marker = ""
        self.lists: list[int | None] = []
        self.titles: list[str] = []

    # --- chunks

    def title(self, preamble: str) -> None:
        """Add the title, the authors and the date as the first paragraph."""
        found: list[str] = []
        for wanted in ("title", "subtitle", "author", "date"):
            for match in list(re.finditer(rf"\\{wanted}\s*(?:\[[^\[\]]{{0,200}}\])?\s*\{{", preamble))[:4]:
                nodes = parse(preamble[match.end() - 1 : _closing(preamble, match.end() - 1)])
                found.append(self._words(nodes or []))
        for folders in re.findall(r"\\graphicspath\s*\{((?:\{[^{}]{0,200}\}\s*){1,10})\}", preamble)[:1]:
            self.folders = [
                folder.strip("{}/ ").removeprefix("./") for folder in re.findall(r"\{[^{}]*\}", folders)
            ]
        for name in re.findall(r"\\(?:input|include)\s*\{([^{}\n]{1,200})\}", preamble)[:10]:
            self._not_read(name)
        self.collector.add(BlockKind.PROSE, "\n".join(filter(None, found)), Place(self.name, "title", line=1))

    def chunk(self, chunk: Chunk) -> None:
        """Add what stands between two blank lines."""
        self.line = self.start = chunk.line
        nodes = parse(chunk.text)
        if nodes is None:
            self.collector.budget.note(
                "A passage of the TeX source could not be parsed and was read as plain text."
            )
            self.text.add(" ".join(re.sub(r"\\[A-Za-z]+\*?|[{}]", " ", chunk.text).split()), fixed=False)
        else:
            self._nodes(nodes, chunk.text)
        self._end_paragraph()

    def finish(self) -> None:
        """Add what is still waiting."""
        self._end_paragraph()
        self.flow.flush()

    def _place(self, line: int | None = None) -> Place:
        line = line or self.start
        return Place(self.name, f"line {line}", line=line)

    def _end_paragraph(self) -> None:
        gathered, self.text = self.text, GatheredText()
        text = "\n".join(line.strip(" ") for line in gathered.text.split("\n")).strip("\n")
        if text.strip():
            monospace = gathered.monospace(False)
            self.flow.paragraph(Paragraph(text, self._place(), 0, monospace, self.marker))
            self.flow.paragraph(Paragraph("", self._place()))
            self.marker = ""
        self.start = self.line

    # --- nodes

    def _nodes(self, nodes: Iterable[Node], chunk: str = "", *, fixed: bool = False) -> None:
        defining = False
        for node in nodes:
            sort = kind(node)
            if defining:  # \def\name#1{...}: passed over up to its body
                defining = sort != "Group"
                continue
            match sort:
                case "Chars":
                    self._chars(node.chars, fixed=fixed)
                case "Group":
                    self._nodes(node.nodelist or [], fixed=fixed)
                case "Specials":
                    self.text.add(_SPECIALS.get(node.specials_chars, node.specials_chars), fixed=fixed)
                case "Math":
                    self._formula(source(node.nodelist or []), display=node.displaytype == "display")
                case "Environment":
                    self._environment(node, fixed=fixed)
                case "Macro":
                    defining = node.macroname in DEFINES
                    self._macro(node, fixed=fixed)
            self.line += node.latex_verbatim().count("\n") if chunk else 0

    def _chars(self, text: str, *, fixed: bool) -> None:
        for number, paragraph in enumerate(re.split(r"\n[ \t]*\n\s*", text)):
            if number:
                self._end_paragraph()
            words = re.sub(r"[ \t\n]+", " ", paragraph)
            self.text.add(words.lstrip(" ") if self.text.empty else words, fixed=fixed)

    def _formula(self, tex: str, *, display: bool) -> None:
        tex = " ".join(_UNSEEN.sub("", tex).split())
        if display:
            self._end_paragraph()
            self.flow.flush()
            self.collector.add(BlockKind.MATHS, tex, self._place(self.line))
        elif tex:
            self.text.formula(tex)

    def _environment(self, node: Node, *, fixed: bool) -> None:
        name = node.environmentname
        if name in FORMULAS:
            self._formula(source(node.nodelist or []), display=name != "math")
        elif name in TABLES:
            self._end_paragraph()
            nodes = node.nodelist or []
            for caption in filter(is_caption, nodes):
                self._nodes(required(caption)[-1:])
                self._end_paragraph()
            rows = rows_of(nodes, self._words, self.collector.budget.limits)
            self.flow.table(rows, self._place(self.line))
        elif name in {"Highlighting", "Shaded", "semiverbatim"}:
            self._highlighted(node)
        elif name in {"itemize", "enumerate", "description", "compactitem", "compactenum"}:
            self._end_paragraph()
            self.lists.append(0 if "enum" in name else None)
            self._nodes(node.nodelist or [], fixed=fixed)
            self._end_paragraph()
            self.lists.pop()

        else:
            self._end_paragraph()
            self._nodes(node.nodelist or [], fixed=fixed)
            self._end_paragraph()

    def _macro(self, node: Node, *, fixed: bool) -> None:
        name = node.macroname
        words = required(node)
        if name in HEADINGS:
            self._end_paragraph()
            heading = self._words(words)
            self.flow.paragraph(Paragraph(heading, self._place(self.line), HEADINGS[name]))
        elif name in {"graderlisting", "graderinline"}:
            self._listing(source(inner(words[0])) if words else "", inline=name == "graderinline")
        elif name in {"\\", "newline", "tabularnewline"}:
            self.text.add("\n", fixed=fixed)
        elif name == "par":
            self._end_paragraph()
        elif name == "item":
            self._item(node)
        elif name in {"includegraphics", "includesvg"}:
            self._picture(source(inner(words[-1])) if words else "")
        elif name in {"caption", "captionof", "subcaption"}:
            self._end_paragraph()
            self.flow.caption(self._words(words[-1:]))
            self._nodes(words[-1:], fixed=fixed)
            self._end_paragraph()
        elif name in INCLUDES:
            self._not_read(source(inner(words[-1])) if words else "")
        elif name in {"title", "author", "subtitle", "date"}:
            self._end_paragraph()
            self._nodes(words, fixed=False)
            self._end_paragraph()
        elif name in SILENT or name in DEFINES:
            return
        elif name in {"num", "qty", "SI"} and words:
            self._nodes(words, fixed=fixed)
        elif name == "texorpdfstring":
            self._nodes(words[:1], fixed=fixed)
        elif name in {"textsuperscript", "textsubscript"}:
            sign = "^" if name == "textsuperscript" else "_"
            self.text.add(self._words(words), fixed=fixed, raised=sign)
        elif name == "ensuremath":
            self._formula(source(inner(words[0])) if words else "", display=False)
        elif name == "footnote":
            self.text.add(f" ({self._words(words)})", fixed=False)
        elif (shown := symbol(node)) is not None:
            self.text.add(shown, fixed=fixed)
        else:
            inside = words[-1:] if name in LAST_ARGUMENT else arguments(node) if name == "url" else words
            self._nodes(inside, fixed=fixed or name in _CODE_MACROS)

    # --- parts

    def _words(self, nodes: Sequence[Node]) -> str:
        """Give the text of some nodes on one line, without adding it anywhere."""
        apart = _Walk(self.name, Collector(self.collector.budget), self.listings, none_beside)
        apart._nodes(nodes)
        apart.finish()
        return " ".join(
            f"${block.text}$" if block.kind is BlockKind.MATHS else " ".join(block.text.split())
            for block in apart.collector.blocks
        )

    def _item(self, node: Node) -> None:
        self._end_paragraph()
        label = self._words(arguments(node)[:1])
        self.marker = label.strip("[]") or "-"
        if self.lists and self.lists[-1] is not None and not label:
            self.lists[-1] += 1
            self.marker = f"{self.lists[-1]}."

    def _listing(self, index: str, *, inline: bool) -> None:
        if not index.isdecimal() or int(index) >= len(self.listings):
            return
        listing = self.listings[int(index)]
        if inline:
            self.text.add(listing.text, fixed=True)
            return
        self._end_paragraph()
        self.flow.flush()
        place = self._place(listing.line)
        self.line = listing.line + listing.text.count("\n")
        if listing.name in PICTURES:
            self.collector.add(BlockKind.FIGURE, "", place, figure=drawing(listing.text))
            return
        language = listing.language or {"pycode": "python", "python": "python"}.get(listing.name, "")
        if listing.name in {"lstlisting", "minted"} and not language:
            self.collector.add(BlockKind.CODE, listing.text, place)
        else:
            self.collector.add_listing(listing.text.strip("\n"), place, language.lower())

    def _highlighted(self, node: Node) -> None:
        """Add code that pandoc has coloured: every token a macro, blanks and line ends as they are."""
        self._end_paragraph()
        self.flow.flush()
        text = as_written(node.nodelist or [])
        self.collector.add_listing(text.strip("\n"), self._place(self.line), "python")

    def _picture(self, name: str) -> None:
        self._end_paragraph()
        self.flow.flush()
        name = name.strip()
        for candidate in (name, *(f"{folder}/{name}" for folder in self.folders)):
            found = self.pictures(candidate)
            if found is not None:
                break
        else:
            found = None
            shown = name if len(name) <= 80 else name[:77] + "..."
            self.collector.budget.note(f"The picture “{shown}” was not handed in with the report.")
        self.collector.add(BlockKind.FIGURE, name[:200], self._place(self.line), figure=Figure(picture=found))

    def _not_read(self, name: str) -> None:
        name = " ".join(name.split())[:80]
        self.collector.budget.note(
            f"The file “{name}”, which the report includes, was not read: hand in one file."
        )


def _closing(text: str, start: int) -> int:
    """Give the position behind the brace that closes the one at `start`, at most 4,000 characters on."""
    depth = 0
    for at in range(start, min(len(text), start + 4_000)):
        if text[at] in "{}" and text[at - 1 : at] != "\\":
            depth += 1 if text[at] == "{" else -1
            if not depth:
                return at + 1
    return min(len(text), start + 4_000)
