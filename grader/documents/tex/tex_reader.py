r"""Reports in TeX: listings, formulas as they are written, tables, figures; no macro is ever expanded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from grader.documents.blocks.collector import Collector
from grader.documents.blocks.picture_references import PictureSource
from grader.documents.blocks.typed_paragraphs import Flow, GatheredText, Paragraph
from grader.documents.core.document import BlockKind, Figure, Picture, Place
from grader.documents.core.encoding import decode
from grader.documents.tex.tex_grammar import (
    BODIES,
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
from grader.documents.tex.tex_ink import CHANGES, DROPPED, NEVER_SET, SETS, Ink, Palette, changed, within
from grader.documents.tex.tex_macros import SENTINEL, Definitions
from grader.documents.tex.tex_maths_ink import seen_of_maths
from grader.documents.tex.tex_plots import drawing
from grader.documents.tex.tex_source import MAX_CHARACTERS, PICTURES, Chunk, Listing, prepare
from grader.documents.tex.tex_tables import is_caption, rows_of

_SPECIALS: Final = {"~": "\u00a0", "``": "“", "''": "”", "--": "–", "---": "—"}
_UNSEEN: Final = re.compile(
    r"\\(?:label|tag)\*?\s*\{[^{}]{0,200}\}|\\(?:nonumber|notag|displaystyle)(?![A-Za-z])\s?"
)
_COLOUR: Final = re.compile(
    r"\\(?:definecolor|providecolor)\s*\{([^{}]{1,60})\}\s*\{([^{}]{1,20})\}\s*\{([^{}]{1,60})\}"
)
_COLOUR_LET: Final = re.compile(r"\\colorlet\s*\{([^{}]{1,60})\}\s*\{([^{}]{1,60})\}")
_PAGE_COLOUR: Final = re.compile(r"\\pagecolor\s*\{([^{}]{1,60})\}")
_MOST_COLOURS: Final = 300
_MOST_DEEP: Final = 30
_SHORTEST_ANSWER: Final = 8  # characters
MAX_ASIDE: Final = 20_000  # characters of one piece of source that is never set
_MOST_ASIDES: Final = 60  # paragraphs of one such piece
_DEFINITION: Final = "the text of a definition"
_CODE_MACROS: Final = frozenset(("texttt", "code", "ttfamily"))


def add_tex(data: bytes, name: str, collector: Collector, pictures: PictureSource) -> None:
    """Add the blocks of a report in TeX to a collector. Raises `UnreadableDocumentError` for bytes that are no text."""
    text = decode(data)
    prepared = prepare(text)
    if prepared.cut:
        collector.budget.cut("The file is very long: the rest of it was not read.")
    walk = _Walk(name, collector, prepared.listings, pictures, Meanings(text[:MAX_CHARACTERS]))
    walk.title(prepared.preamble)
    for chunk in prepared.chunks:
        if collector.full or not collector.budget.in_time():
            break
        walk.chunk(chunk)
    walk.finish()


def _in_passing(_: str) -> Picture | None:
    """A source for words that are read by themselves: their pictures are looked for where they stand."""
    return None


class Meanings:
    """What a source defines: its colours, its macros and environments, and what has been found out of these."""

    def __init__(self, text: str = "") -> None:
        self.palette = Palette()
        self.defined = Definitions(text)
        self.told: set[str] = set()  # macros whose text has been kept
        self.tried: dict[
            str, str
        ] = {}  # why what is given to a macro is not seen, by the macro and the argument
        for name, model, values in _COLOUR.findall(text)[:_MOST_COLOURS]:
            self.palette.define(name, model, values)
        for name, values in _COLOUR_LET.findall(text)[:_MOST_COLOURS]:
            self.palette.define(name, "", values)


class _Walk:
    """One pass over the chunks of a document."""

    def __init__(
        self,
        name: str,
        collector: Collector,
        listings: Sequence[Listing],
        pictures: PictureSource,
        meanings: Meanings,
        ink: Ink | None = None,
    ) -> None:
        self.meanings = meanings
        self.ink = ink or Ink()
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
        for ground in _PAGE_COLOUR.findall(preamble)[-1:]:
            self.ink = changed(self.ink, "pagecolor", [ground], self.meanings.palette) or self.ink
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
        for aside in chunk.asides:
            self._aside(aside.text, aside.reason)

    def _aside(self, source_text: str, reason: str) -> None:
        """Adds source that is never set on the page, read as if it were."""
        apart = _Walk(self.name, Collector(self.collector.budget), (), _in_passing, self.meanings, Ink())
        text = re.sub(r"^[ \t]*%+[ \t]?", "", source_text[:MAX_ASIDE], flags=re.M)
        if len(text.strip()) < _SHORTEST_ANSWER:
            return
        for chunk in prepare(text).chunks[:_MOST_ASIDES]:
            nodes = parse(chunk.text)
            if nodes is not None:
                apart._nodes(nodes, chunk.text)
            apart._end_paragraph()
        apart.flow.flush()
        self.flow.flush()
        for block in apart.collector.blocks:
            self.collector.add(block.kind, block.text, self._place(), rows=block.rows, unseen=reason)

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
        if text.strip() or gathered.unseen:
            monospace = gathered.monospace(False)
            self.flow.paragraph(Paragraph(text, self._place(), 0, monospace, self.marker, gathered.unseen))
            self.flow.paragraph(Paragraph("", self._place()))
            self.marker = ""
        self.start = self.line

    # --- nodes

    def _nodes(self, nodes: Iterable[Node], chunk: str = "", *, fixed: bool = False) -> None:
        defining = ""  # what is defined, up to its body
        left = 0  # how many names \let still takes
        moved = False  # whether the length of a move comes next
        given: list[str] = []  # what becomes of the next groups: the arguments of a macro of the source's own
        for node in nodes:
            sort = kind(node)
            if defining == "let":  # \\let\\name\\other, or with a sign of equality between
                left -= sort == "Macro" or (sort == "Chars" and bool(node.chars.strip("= ")))
                defining = "let" if left > 0 else ""
                if sort == "Macro" or not node.latex_verbatim().strip("= "):
                    continue
            if defining:  # \def\name#1{...}: passed over up to its body
                if sort == "Group" or (sort == "Macro" and required(node)):
                    self._not_set([node], _DEFINITION if defining in DEFINES else DROPPED)
                    defining = ""
                continue
            if given and sort == "Group":
                self._within(node.nodelist or [], self._hidden(given.pop(0)), fixed=fixed)
                continue
            given = given if sort == "Chars" and not node.chars.strip() else []
            if moved and sort == "Chars":  # \kern-4000pt takes its length without brackets
                self.ink = changed(self.ink, "kern", [node.chars], self.meanings.palette) or self.ink
            moved = sort == "Macro" and node.macroname in {"kern", "hskip", "vskip"}
            match sort:
                case "Chars":
                    self._chars(node.chars, fixed=fixed)
                case "Group":
                    self._within(node.nodelist or [], self.ink, fixed=fixed)
                case "Specials":
                    self._add(_SPECIALS.get(node.specials_chars, node.specials_chars), fixed=fixed)
                case "Math":
                    self._formula(source(node.nodelist or []), display=node.displaytype == "display")
                case "Environment":
                    before = self.ink
                    self._environment(node, fixed=fixed)
                    self.ink = before
                case "Macro":
                    name = node.macroname
                    defining = name if name in DEFINES or name in BODIES else ""
                    left = 2
                    given = self._given(name)
                    self._macro(node, fixed=fixed)
            self.line += node.latex_verbatim().count("\n") if chunk else 0

    def _add(self, text: str, *, fixed: bool, raised: str = "") -> None:
        self.text.add(text, fixed=fixed, raised=raised, unseen=self.ink.unseen)

    def _within(self, nodes: Iterable[Node], ink: Ink, *, fixed: bool) -> None:
        """Walks nodes in an ink of their own."""
        before, self.ink = self.ink, ink
        self._nodes(nodes, fixed=fixed)
        self.ink = before

    def _hidden(self, reason: str) -> Ink:
        return self.ink.hidden(reason) if reason else self.ink

    def _not_set(self, nodes: Sequence[Node], reason: str) -> None:
        """Keeps what is given to a macro that does not set it, where it is as long as an answer."""
        text = source(nodes)
        words = self._words(nodes) if "grader" in text else _plain(text)
        if len(words) >= _SHORTEST_ANSWER:
            self.text.hide(f"{words}\n", reason)

    def _given(self, name: str) -> list[str]:
        """Why what is given to a macro of the source's own is not seen, one reason (or none) an argument."""
        alias = self.meanings.defined.aliases.get(name, "")
        if alias in SETS:
            return [self._fate(f"\\{alias}{{{SENTINEL}}}")]
        name = alias or name
        macro = self.meanings.defined.macros.get(name)
        return [] if macro is None else [self._tried(name, one) for one in range(1, macro.count + 1)]

    def _tried(self, name: str, argument: int) -> str:
        key = f"{name} {argument}"
        if key not in self.meanings.tried:
            self.meanings.tried[key] = ""  # for a macro that stands in its own body
            self.meanings.tried[key] = self._fate(self.meanings.defined.tried(name, argument))
        return self.meanings.tried[key]

    def _fate(self, body: str) -> str:
        """Why the sentinel in a piece of source is not seen; empty if it is."""
        apart = _Walk(self.name, Collector(self.collector.budget), (), _in_passing, self.meanings, Ink())
        for chunk in prepare(body).chunks:
            if SENTINEL in chunk.text:
                apart._nodes(parse(chunk.text) or [])
        apart.finish()
        found = [block.unseen for block in apart.collector.blocks if SENTINEL in block.text]
        return DROPPED if not found else "" if "" in found else found[0]

    def _chars(self, text: str, *, fixed: bool) -> None:
        for number, paragraph in enumerate(re.split(r"\n[ \t]*\n\s*", text)):
            if number:
                self._end_paragraph()
            words = re.sub(r"[ \t\n]+", " ", paragraph)
            self._add(words.lstrip(" ") if self.text.empty else words, fixed=fixed)

    def _formula(self, tex: str, *, display: bool) -> None:
        tex = " ".join(_UNSEEN.sub("", tex).split())
        tex, unseen = seen_of_maths(tex, self.ink, self.meanings.palette)
        if display:
            self._end_paragraph()
            self.flow.flush()
            self.collector.add(BlockKind.MATHS, tex.strip(), self._place(self.line))
        elif tex.strip():
            self.text.formula(tex)
        for reason, hidden in unseen.items():
            self.text.hide(f"${hidden}$", reason)

    def _environment(self, node: Node, *, fixed: bool) -> None:
        name = node.environmentname
        if name in FORMULAS:
            self._formula(source(node.nodelist or []), display=name != "math")
        elif name in CHANGES:
            nodes = node.nodelist or []
            spec = [source(inner(nodes[0]))] if nodes and kind(nodes[0]) == "Group" else []
            self.ink = changed(self.ink, name, spec, self.meanings.palette) or self.ink
            self._nodes(nodes[len(spec) :], fixed=fixed)
        elif name == "lrbox" or name in self.meanings.defined.excluded:
            self._end_paragraph()
            self._within(node.nodelist or [], self._hidden(DROPPED), fixed=fixed)
            self._end_paragraph()
        elif name in self.meanings.defined.environments:
            key = f"environment {name}"
            if key not in self.meanings.tried:
                self.meanings.tried[key] = ""
                self.meanings.tried[key] = self._fate(self.meanings.defined.environments[name])
            self._end_paragraph()
            self._within(node.nodelist or [], self._hidden(self.meanings.tried[key]), fixed=fixed)
            self._end_paragraph()
        elif name in TABLES:
            self._end_paragraph()
            nodes = node.nodelist or []
            for caption in filter(is_caption, nodes):
                self._nodes(required(caption)[-1:])
                self._end_paragraph()
            self._in_columns(node)
            rows = rows_of(nodes, self._words, self.collector.budget.limits)
            self.flow.table(rows, self._place(self.line))
            for picture in _pictures_in(nodes):
                self._picture(source(inner(required(picture)[-1])) if required(picture) else "")
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

    def _in_columns(self, node: Node) -> None:
        """Takes the ink that a table's columns ask for by ``>{...}``."""
        form = "".join(source([one]) for one in arguments(node))[:2_000]
        for piece in re.findall(r">\s*\{((?:[^{}]|\{[^{}]{0,100}\}){0,300})\}", form)[:20]:
            self._nodes(
                [one for one in parse(piece) or [] if kind(one) == "Macro" and one.macroname in CHANGES]
            )

    def _set_in_ink(self, node: Node, name: str, *, fixed: bool) -> bool:
        """Takes a macro that changes how what follows, or its last argument, is set; false for other macros."""
        given = [_argument(one) for one in arguments(node) if _argument(one) != "*"]
        if name in CHANGES:
            self.ink = changed(self.ink, name, given, self.meanings.palette) or self.ink
            return True
        ink = within(self.ink, name, given[:-1], self.meanings.palette) if name in SETS else None
        if ink is None:
            return False
        if name in NEVER_SET or name == "gradergobbletwo":
            for one in required(node):
                self._within([one], ink, fixed=fixed)
        else:
            self._within(required(node)[-1:], ink, fixed=fixed)
        return True

    def _macro(self, node: Node, *, fixed: bool) -> None:
        name = self.meanings.defined.aliases.get(node.macroname, node.macroname)
        words = required(node)
        if self._set_in_ink(node, name, fixed=fixed):
            return
        macro = self.meanings.defined.macros.get(name)
        if macro is not None and not macro.count:
            body = _plain(macro.body)
            if len(body) >= _SHORTEST_ANSWER and name not in self.meanings.told:
                self.meanings.told.add(name)
                self.text.hide(f"{body}\n", "the text of a macro of the source, which is not expanded")
            return
        if name in HEADINGS:
            self._end_paragraph()
            heading = self._words(words)
            self.flow.paragraph(Paragraph(heading, self._place(self.line), HEADINGS[name]))
        elif name in {"graderlisting", "graderinline"}:
            self._listing(source(inner(words[0])) if words else "", inline=name == "graderinline")
        elif name in {"\\", "newline", "tabularnewline"}:
            self._add("\n", fixed=fixed)
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
        elif name == "pdftooltip":
            self._nodes(words[:1], fixed=fixed)
            self._not_set(words[1:], DROPPED)
        elif name in {"graderfirstoftwo", "gradersecondoftwo"}:
            kept = slice(0, 1) if name == "graderfirstoftwo" else slice(1, 2)
            self._nodes(words[kept], fixed=fixed)
            self._not_set([one for one in words if one not in words[kept]], DROPPED)
        elif name in SILENT or name in DEFINES or name in BODIES:
            return
        elif name in {"num", "qty", "SI"} and words:
            self._nodes(words, fixed=fixed)
        elif name == "texorpdfstring":
            self._nodes(words[:1], fixed=fixed)
        elif name in {"textsuperscript", "textsubscript"}:
            sign = "^" if name == "textsuperscript" else "_"
            self._add(self._words(words), fixed=fixed, raised=sign)
        elif name == "ensuremath":
            self._formula(source(inner(words[0])) if words else "", display=False)
        elif name == "footnote":
            self._add(f" ({self._words(words)})", fixed=False)
        elif (shown := symbol(node)) is not None:
            self._add(shown, fixed=fixed)
        else:
            inside = words[-1:] if name in LAST_ARGUMENT else arguments(node) if name == "url" else words
            self._nodes(inside, fixed=fixed or name in _CODE_MACROS)

    # --- parts

    def _words(self, nodes: Sequence[Node]) -> str:
        """Give the text of some nodes on one line, without adding it anywhere."""
        apart = _Walk(
            self.name, Collector(self.collector.budget), self.listings, _in_passing, self.meanings, self.ink
        )
        apart._nodes(nodes)
        apart.finish()
        for block in apart.collector.blocks:
            if block.unseen:
                self.text.hide(f"{block.text}\n", block.unseen)
        return " ".join(
            f"${block.text}$" if block.kind is BlockKind.MATHS else " ".join(block.text.split())
            for block in apart.collector.blocks
            if not block.unseen and block.figure is None
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
            self._add(listing.text, fixed=True)
            return
        if self.ink.unseen:
            self.text.hide(listing.text, self.ink.unseen)
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
        if self.pictures is _in_passing:
            return
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


def _plain(text: str) -> str:
    """Gives the words of a piece of source without its macros, for what is not set anyway."""
    return " ".join(re.sub(r"\\[A-Za-z@]+ ?|[{}]", " ", text).split())


def _argument(node: Node) -> str:
    """Gives an argument as it was written, in its brackets if it is an option."""
    text = source(inner(node))
    return f"[{text}]" if kind(node) == "Group" and node.delimiters[0] == "[" else text


def _pictures_in(nodes: Sequence[Node], depth: int = 0) -> Iterator[Node]:
    """Gives the pictures that stand in the cells of a table."""
    for node in nodes:
        if kind(node) == "Macro" and node.macroname in {"includegraphics", "includesvg"}:
            yield node
        elif depth < _MOST_DEEP:
            deeper = required(node) if kind(node) == "Macro" else getattr(node, "nodelist", None) or []
            yield from _pictures_in(deeper, depth + 1)


def _closing(text: str, start: int) -> int:
    """Give the position behind the brace that closes the one at `start`, at most 4,000 characters on."""
    depth = 0
    for at in range(start, min(len(text), start + 4_000)):
        if text[at] in "{}" and text[at - 1 : at] != "\\":
            depth += 1 if text[at] == "{" else -1
            if not depth:
                return at + 1
    return min(len(text), start + 4_000)
