"""Markdown as students write it: stars that are products, fences never closed, tables made of tabs, HTML between."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from grader.documents.blocks.collector import Collector
from grader.documents.blocks.embedded_pictures import set_aside, with_embedded
from grader.documents.blocks.ink import ALTERNATIVE, COMMENT
from grader.documents.blocks.line_kinds import LABEL, Look, look
from grader.documents.blocks.lines import Line
from grader.documents.blocks.paragraphs import unwrapped
from grader.documents.blocks.picture_references import PictureSource, add_figure
from grader.documents.blocks.text_tables import table_at
from grader.documents.core.document import BlockKind, Place
from grader.documents.core.limits import shortened
from grader.documents.html.html_reader import read_fragment
from grader.documents.tex.tex_ink import Ink
from grader.documents.tex.tex_maths_ink import seen_of_maths
from grader.documents.text.markdown_html import OpenElements, style_sheets

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Placing = Callable[[int], Place]  # from a line, counted from 0, to its place

_FENCE: Final = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})\s*(?P<info>[^`]*)$")
_MAX_FORMULAS: Final = 600  # signs that open or close one, in one text
_SHORTEST_ANSWER: Final = 8  # characters
_NUMBER_ALONE: Final = re.compile(r"\d{2,}[.)]")
_REMARK: Final = re.compile(r"\s{0,3}\[[^\]\n]{1,60}\]:\s{0,3}(?:<>|#)\s{1,3}[\"'(](.{1,2000})[\"')]\s*$")
_MAX_NESTING: Final = 40  # of lists and quotes; markdown-it reads deeper ones as text


@cache
def _parser(maths: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only where there is Markdown to read
    from mdit_py_plugins.amsmath import amsmath_plugin  # noqa: PLC0415
    from mdit_py_plugins.dollarmath import dollarmath_plugin  # noqa: PLC0415
    from mdit_py_plugins.texmath import texmath_plugin  # noqa: PLC0415

    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING}).enable(
        ["table", "strikethrough"]
    )
    if maths:
        parser.use(dollarmath_plugin, allow_space=True, double_inline=True, allow_digits=True)
        parser.use(texmath_plugin, delimiters="brackets").use(amsmath_plugin)
    return parser


def _parse(text: str) -> list[Token]:
    """The tokens of a text, with formulas where there are no more than any report has.

    The rules for formulas look for each closing sign to the end of the text: quadratic in their number. Where they are
    left out, what is marked as a formula is still found in `running_text`.
    """
    openings = sum(text.count(sign) for sign in ("$$", "\\[", "\\(", "\\begin"))
    return _parser(openings <= _MAX_FORMULAS).parse(text)


def read_markdown(text: str, collector: Collector, place: Placing, pictures: PictureSource) -> None:
    """Adds the blocks of a Markdown text; `text` is decoded and clean."""
    text, urls = set_aside(text)
    pictures = with_embedded(pictures, urls, collector.budget)
    lines, numbers = _repaired(shortened(text, collector.budget).split("\n"))
    lines, skipped = _without_front_matter(lines, collector, place)
    numbers = numbers[skipped:]

    def original(line: int) -> Place:
        return place(numbers[min(line, len(numbers) - 1)] if numbers else 0)

    tokens = _parse("\n".join(lines))
    _Walk(lines, tokens, collector, original, pictures).run()


def _without_front_matter(lines: list[str], collector: Collector, place: Placing) -> tuple[list[str], int]:
    """Takes a YAML head off; its title and authors become a heading and a paragraph."""
    if not lines or lines[0].strip() != "---":
        return lines, 0
    end = next(
        (index for index, line in enumerate(lines[1:60], start=1) if line.strip() in {"---", "..."}), 0
    )
    if not end or not all(re.match(r"[\w-]+\s*:|\s+\S|-\s|#|\s*$", line) for line in lines[1:end]):
        return lines, 0
    for index, line in enumerate(lines[1:end], start=1):
        key, _, value = line.partition(":")
        value = value.strip().strip("'\"")
        if key.strip().lower() == "title" and value:
            collector.add(BlockKind.HEADING, value, place(index), level=1)
        elif value and key.strip().lower() in {
            "author",
            "authors",
            "name",
            "subtitle",
            "date",
            "student",
            "students",
        }:
            collector.add(BlockKind.PROSE, value, place(index))
        elif line.startswith((" ", "-")) and line.strip(" -"):
            collector.add(BlockKind.PROSE, line.strip(" -"), place(index))
    return lines[end + 1 :], end + 1


def _repaired(lines: list[str]) -> tuple[list[str], list[int]]:
    """The lines with a closing fence wherever one was forgotten, and the original number of each."""
    kept: list[str] = []
    numbers: list[int] = []
    opened: tuple[int, str] | None = None  # where in `kept` a fence was opened, and with what
    for number, line in enumerate(lines):
        match = _FENCE.match(line)
        if match is not None:
            fence, info = match["fence"], match["info"].strip()
            if opened is None:
                opened = (len(kept), fence)
            elif fence.startswith(opened[1]) and not info and _answer_in(kept, opened[0]) is None:
                opened = None
            elif not info or re.fullmatch(
                r"[A-Za-z]\w{0,20}", info
            ):  # the fence before was left open: this opens another
                _close(kept, numbers, *opened)
                opened = (len(kept), fence)
        kept.append(line)
        numbers.append(number)
    if opened is not None:
        _close(kept, numbers, *opened)
    return kept, numbers


def _answer_in(lines: Sequence[str], start: int) -> int | None:
    """The first line behind a fence that heads an answer, which no code does."""
    for index in range(start + 1, len(lines)):
        bare, after_blank = lines[index].strip(), not lines[index - 1].strip()
        if not after_blank or not bare or lines[index].startswith((" ", "\t")):
            continue
        if bare.startswith(("**", "##")) or (LABEL.match(bare) and not bare.startswith(("- ", "* ", "#"))):
            return index
    return None


def _close(kept: list[str], numbers: list[int], start: int, fence: str) -> None:
    """Closes a fence where its code ends: before the first line that heads an answer or reads like prose."""
    end = _answer_in(kept, start) or len(kept)
    for index in range(start + 1, end):
        after_blank = not kept[index - 1].strip()
        if after_blank and look(kept[index]) is Look.WORDS and len(kept[index].split()) > 4:
            end = index
            break
    while end > start + 1 and not kept[end - 1].strip():
        end -= 1
    kept.insert(end, fence)
    numbers.insert(end, numbers[end - 1])


class _Walk:
    """One pass over the tokens of a Markdown text."""

    def __init__(
        self,
        lines: Sequence[str],
        tokens: Sequence[Token],
        collector: Collector,
        place: Placing,
        pictures: PictureSource,
    ) -> None:
        self.lines = lines
        self.tokens = tokens
        self.collector = collector
        self.place = place
        self.pictures = pictures
        self.markers: list[str] = []  # of the list items entered whose text has not come yet
        self.item_line = 0  # where the list item entered last begins
        self.unseen: dict[str, list[str]] = {}  # of the passage that is being read, by reason
        html = [token.content for token in tokens if token.type == "html_block"]
        self.styles = style_sheets(html)
        self.open = OpenElements(self.styles)
        self.remarks = deque(
            (index, found[1])
            for index, line in enumerate(lines)
            if (found := _REMARK.match(line)) is not None
        )

    def run(self) -> None:
        self._walk()
        self._keep_remarks(len(self.lines))

    def _walk(self) -> None:
        at = 0
        while at < len(self.tokens) and not self.collector.full and self.collector.budget.in_time():
            at = self._step(at)

    def _step(self, at: int) -> int:
        token = self.tokens[at]
        line = token.map[0] if token.map else 0
        if token.map and token.level == 0:
            self._keep_remarks(line)
        match token.type:
            case "heading_open" if token.markup in {"-", "="} and "\n" in self.tokens[at + 1].content:
                self._paragraph(
                    self.tokens[at + 1], line
                )  # a rule that was meant to part it from what follows
                return at + 3
            case "heading_open":
                self.open.enter(token.tag)
                text = "".join(part for part in self._inline(self.tokens[at + 1]))
                self.open.leave(token.tag)
                self.collector.add(
                    BlockKind.HEADING, self._marked(text), self.place(line), level=int(token.tag[1])
                )
                self._keep_unseen(line)
                return at + 3
            case "paragraph_open":
                self.open.enter("p")
            case "paragraph_close":
                self.open.leave("p")
            case "list_item_open":
                self.item_line = line
                self.markers.append(f"{token.info}{token.markup}" if token.info else "-")
            case "list_item_close":
                self._lone_number()
                self.markers.clear()
            case "inline":
                self._paragraph(token, line)
            case "fence" | "code_block":
                text = token.content.removesuffix("\n")
                inside = line + (token.type == "fence")
                self.markers.clear()
                language, _, label = token.info.strip().partition(" ")
                self.collector.add_listing(text, self.place(inside), language, unseen=self.open.look.unseen)
                if len(label.strip()) >= _SHORTEST_ANSWER:
                    self._hide(label, "the label of a listing")
                    self._keep_unseen(line)
            case "math_block" | "math_block_label" | "math_block_eqno" | "math_block_double":
                self.collector.add(BlockKind.MATHS, self._maths(token.content), self.place(line))
                self._keep_unseen(line)
            case "amsmath":
                inner = re.sub(r"^\\begin\{[^}]*\}|\\end\{[^}]*\}$", "", token.content.strip())
                self.collector.add(BlockKind.MATHS, self._maths(inner), self.place(line))
                self._keep_unseen(line)
            case "table_open":
                return self._table(at, line)
            case "html_block":
                return self._html(at, line)
            case _:
                pass
        return at + 1

    def _lone_number(self) -> None:
        """A list's number with nothing behind it, too high for a list that begins: an answer such as "100."."""
        marker = "".join(self.markers)
        if _NUMBER_ALONE.fullmatch(marker):
            self.collector.add(BlockKind.PROSE, marker, self.place(self.item_line))

    def _marked(self, text: str) -> str:
        marker = " ".join(self.markers)
        self.markers.clear()
        return f"{marker} {text}" if marker else text

    # --- what a reader does not see

    def _maths(self, tex: str) -> str:
        """What is seen of a formula; the rest is kept aside."""
        look = self.open.look
        ink = Ink(look.colour, look.ground, reason=look.unseen)
        seen, unseen = seen_of_maths(tex, ink)
        for reason, hidden in unseen.items():
            self._hide(f"${hidden.strip()}$ ", reason)
        return seen

    def _hide(self, text: str, reason: str) -> None:
        if text.strip():
            self.unseen.setdefault(reason, []).append(text)

    def _keep_unseen(self, line: int) -> None:
        """Puts what was not seen of a passage behind it."""
        unseen, self.unseen = self.unseen, {}
        for reason, parts in unseen.items():
            lines = "".join(parts).strip("\n").split("\n")
            self.collector.add_lines([Line(one, self.place(line), unseen=reason) for one in lines])

    def _keep_remarks(self, line: int) -> None:
        """Adds the comments above a line that are written as references nobody refers to."""
        while self.remarks and self.remarks[0][0] < line:
            at, text = self.remarks.popleft()
            self._hide(text, COMMENT)
            self._keep_unseen(at)

    def _paragraph(self, token: Token, line: int) -> None:
        raw = token.content.split("\n")
        figures: list[tuple[str, str]] = []
        text = "".join(self._inline(token, figures))
        shown = text.split("\n")
        if len(shown) != len(raw):
            raw = shown
        plain = not self.unseen and not any(child.type == "html_inline" for child in token.children or [])
        mixed = [
            source if plain and look(source) is Look.CODE else cleaned
            for source, cleaned in zip(raw, shown, strict=True)
        ]
        by_line = any("\t" in entry or look(entry) in {Look.CODE, Look.PRINTED} for entry in mixed)
        by_line = by_line or any(
            table_at(mixed, index, len(mixed))[0] for index in range(min(len(mixed) - 1, 200))
        )
        if text.strip():
            if not by_line and not any(look(entry) is Look.MATHS for entry in mixed):
                mixed = self._marked(unwrapped(mixed)).split("\n")
            elif self.markers:
                mixed[0] = self._marked(mixed[0])
            lines = [
                Line(entry, self.place(line + index), starts=not index) for index, entry in enumerate(mixed)
            ]
            self.collector.add_lines(lines)
        for url, alt in figures:
            add_figure(self.collector, url, alt, self.place(line), self.pictures, alt)
        self._keep_unseen(line)

    def _inline(self, token: Token, figures: list[tuple[str, str]] | None = None) -> Iterator[str]:
        """The text of an inline token as its author would read it aloud; pictures go to `figures`."""
        children = token.children or []
        partners = _partners(children)
        before = ""
        for index, child in enumerate(children):
            piece = ""
            match child.type:
                case "text" | "text_special" | "code_inline":
                    piece = child.content
                case "softbreak" | "hardbreak":
                    piece = "\n"
                case "math_inline":
                    seen = self._maths(child.content).strip()
                    piece = f"${seen}$" if seen else ""
                case "math_inline_double" | "math_block" | "math_single":
                    seen = self._maths(child.content).strip()
                    piece = f"$${seen}$$" if seen else ""
                case "em_open" | "em_close" | "strong_open" | "strong_close" | "s_open" | "s_close":
                    piece = (
                        ""
                        if child.tag == "s"
                        else self._emphasis(children, index, partners.get(index), before)
                    )
                    (self.open.enter if child.nesting > 0 else self.open.leave)(child.tag)
                case "image":
                    if figures is not None and not self.open.look.gone:
                        figures.append((str(child.attrs.get("src", "")), child.content))
                    else:
                        self._hide(child.content, self.open.look.gone or ALTERNATIVE)
                case "html_inline":
                    if child.content.startswith("<!--"):
                        self._hide(child.content.removeprefix("<!--").removesuffix("-->"), COMMENT)
                    self.open.take(child.content, whole=False)
                    piece = self._inline_html(child.content, None if self.open.look.gone else figures)
                case _:
                    piece = ""
            title = str(child.attrs.get("title", "")) if child.attrs else ""
            if len(title) >= _SHORTEST_ANSWER:
                self._hide(f"{title}\n", "an attribute of its element")
            reason = self.open.look.unseen
            if piece and reason:
                if "math" not in child.type:
                    self._hide(piece, reason)
            elif piece:
                before = piece
                yield piece

    @staticmethod
    def _emphasis(children: Sequence[Token], index: int, partner: int | None, before: str) -> str:
        """The sign itself where a star or underscore joins figures or names (``28*28*128``), else nothing."""
        closing = children[index].type.endswith("close")
        if partner is None:
            return ""
        opened, closed = (partner, index) if closing else (index, partner)
        left = children[opened - 1].content[-1:] if opened else ""
        right = children[closed + 1].content[:1] if closed + 1 < len(children) else ""
        inner_left = children[opened + 1].content[:1] if opened + 1 < len(children) else ""
        joins = left.isalnum() or left in {")", "]"} or right.isalnum() or right in {"(", "["}
        figures = inner_left.isdigit() or inner_left in {"(", "-"} or left.isdigit() or right.isdigit()
        return children[index].markup if joins and (figures or before[-1:].isalnum()) and left + right else ""

    @staticmethod
    def _inline_html(tag: str, figures: list[tuple[str, str]] | None) -> str:
        name = re.match(r"</?([a-zA-Z0-9]+)", tag)
        match name[1].lower() if name else "":
            case "br":
                return "\n"
            case "sup":
                return "}" if tag.startswith("</") else "^{"
            case "sub":
                return "}" if tag.startswith("</") else "_{"
            case "img":
                source = re.search(r"\bsrc\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", tag, re.I)
                alt = re.search(r"\balt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tag, re.I)
                if source and figures is not None:
                    figures.append(
                        (
                            next(filter(None, source.groups()), ""),
                            next(filter(None, alt.groups()), "") if alt else "",
                        )
                    )
                return ""
            case _:
                return ""

    def _table(self, at: int, line: int) -> int:
        rows: list[tuple[str, ...]] = []
        row: list[str] = []
        figures: list[tuple[str, str]] = []
        index = at + 1
        while index < len(self.tokens) and self.tokens[index].type != "table_close":
            token = self.tokens[index]
            if token.type == "tr_open":
                row = []
            elif token.type == "tr_close":
                rows.append(tuple(row))
            elif token.type == "inline":
                row.append("".join(self._inline(token, figures)))
            index += 1
        self.markers.clear()
        self.collector.add(BlockKind.TABLE, "", self.place(line), rows=tuple(rows))
        self._keep_unseen(line)
        for url, alt in figures:
            add_figure(self.collector, url, alt, self.place(line), self.pictures, alt)
        return index + 1

    def _html(self, at: int, line: int) -> int:
        """Raw HTML up to the next token; a table that blank lines broke apart is put together again."""
        token = self.tokens[at]
        html, end = token.content, token.map[1] if token.map else line
        lower = html.lower()
        if lower.count("<table") > lower.count("</table"):
            for index in range(end, len(self.lines)):
                html += self.lines[index] + "\n"
                if "</table" in self.lines[index].lower():
                    end = index + 1
                    break
        before = "".join(f"<style>{style}</style>" for style in self.styles) + self.open.tags
        read_fragment(before + html if before else html, self.collector, self.place(line), self.pictures)
        self.open.take(html, whole=True)
        at += 1
        while at < len(self.tokens) and ((bounds := self.tokens[at].map) is None or bounds[0] < end):
            at += 1
        return at


def _partners(children: Sequence[Token]) -> dict[int, int]:
    """The other end of each emphasis, by its index, both ways."""
    found: dict[int, int] = {}
    opened: dict[tuple[str, int], int] = {}
    for at, token in enumerate(children):
        if token.nesting > 0:
            opened[token.type.removesuffix("_open"), token.level] = at
        elif token.nesting < 0:
            start = opened.pop((token.type.removesuffix("_close"), token.level), None)
            if start is not None:
                found[at], found[start] = start, at
    return found
