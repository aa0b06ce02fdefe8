"""Items on pages to blocks: wrapped lines become paragraphs, listings and tables go on over page breaks."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from grader.documents.blocks.blocks_from_lines import assemble
from grader.documents.blocks.collector import Collector
from grader.documents.blocks.line_kinds import LABEL, Look, look
from grader.documents.blocks.lines import Line
from grader.documents.blocks.text_tables import Rows
from grader.documents.core.document import Block, BlockKind, Box, Figure, Picture, Place
from grader.documents.page.code_indentation import blank_lines, code_layout, code_text, without_prompt
from grader.documents.page.page_content import Item, PageContent, covers
from grader.documents.page.page_figures import Region
from grader.documents.page.page_lines import TextLine
from grader.documents.page.page_tables import Box4, PlacedTable, continued

Placing = Callable[[Item, Box4], Place]
Cutting = Callable[[Item, Region], Picture | None]

_STICKS_OUT = 12.0  # points by which a right margin may be narrower than the left one
_MANY_LINES = 34  # from which a few ends are left out


class PageWriter:
    """Turns the items of all pages into blocks."""

    def __init__(
        self, collector: Collector, pages: Sequence[PageContent], placing: Placing, cutting: Cutting
    ) -> None:
        self.collector = collector
        self.placing = placing
        self.cutting = cutting
        self.body = _body_size(pages)
        self.margin = _right_margin(pages)
        self.margins = {
            (page.number, page.turn, page.part): _right_margin([page]) for page in pages if page.part
        }
        self.code_margin = max(
            (line.x1 for page in pages for line in page.lines if line.monospace), default=0.0
        )
        self.levels = _heading_sizes(pages, self.body)
        self.pending: list[Item] = []
        self.unseen: list[tuple[int, Item]] = []  # each with how many pending lines stand before it
        self.last_table: tuple[int, Rows, Place] | None = (
            None  # the table that may go on, and where its block stands
        )

    def write(self, items: Sequence[Item]) -> None:
        """Adds a block for everything, joining what a page break parted."""
        for item in items:
            if self.collector.full:
                break
            if item.unseen:
                self.unseen.append((len(self.pending), item))
                continue
            if item.line is not None:
                if not self._goes_on(item):
                    self.pending.append(item)
                continue
            if item.region is not None and self._in_the_way(item, items):
                continue
            if self.pending:  # else a table may go on that ended the page before
                self._flush()
            if item.table is not None:
                self._table(item, item.table)
            elif item.region is not None:
                self._figure(item, item.region)
        self._flush()

    @staticmethod
    def _in_the_way(item: Item, items: Sequence[Item]) -> bool:
        """Whether an image is a page-wide background behind text."""
        assert item.region is not None
        box = item.region.box
        return (
            item.region.image
            and sum(
                other.line is not None
                and not other.unseen
                and other.sheet == item.sheet
                and covers(box, (other.line.x0, other.line.top, other.line.x1, other.line.bottom))
                for other in items
            )
            > 8
        )

    # --- tables and figures

    def _place(self, item: Item, box: Box4 | None = None) -> Place:
        line = item.line
        edges = box or (
            (line.x0, line.top, line.x1, line.bottom) if line is not None else (0.0, item.top, 0.0, item.top)
        )
        return self.placing(item, edges)

    def _table(self, item: Item, table: PlacedTable) -> None:
        rows = table.rows
        before = self.last_table
        if before is not None and self._follows(item) and len(before[1][-1]) == len(rows[0]):
            more = rows[1:] if rows[0] == before[1][0] else rows
            self._replace_table((*before[1], *more), item.page)
            return
        place = self._place(item, table.box)
        self.collector.add(BlockKind.TABLE, "", place, rows=rows)
        self.last_table = (item.page, rows, place)

    def _follows(self, item: Item) -> bool:
        """Whether the last block is a table at the end of the page before."""
        blocks = self.collector.blocks
        return (
            self.last_table is not None
            and bool(blocks)
            and blocks[-1].kind is BlockKind.TABLE
            and item.page == self.last_table[0] + 1
            and not self.pending
        )

    def _replace_table(self, rows: Rows, page: int) -> None:
        assert self.last_table is not None
        place = self.last_table[2]
        self.collector.blocks.pop()
        self.collector.add(BlockKind.TABLE, "", place, rows=rows)
        self.last_table = (page, rows, place)

    def _goes_on(self, item: Item) -> bool:
        """Takes a single row at the top of a page into the table that the page before ended with."""
        if item.line is None or self.last_table is None or self.pending:
            return False
        blocks = self.collector.blocks
        on_next = item.page == self.last_table[0] + 1 and item.number <= 2
        if not on_next or not blocks or blocks[-1].kind is not BlockKind.TABLE:
            return False
        cells = continued(self.last_table[1], item.line)
        if cells is None or not re.match(r"[-−+~<≈(]?\d", cells[-1]):
            return False
        if cells != self.last_table[1][0]:
            self._replace_table((*self.last_table[1], cells), self.last_table[0])
        return True

    def _figure(self, item: Item, region: Region) -> None:
        words, picture = region.words, self.cutting(item, region)
        if picture is not None and not picture.data:
            return
        figure = Figure(
            region.kind,
            picture,
            "",
            words.words,
            words.ticks,
            words.labelled,
            curves=region.curves,
        )
        self.collector.add(BlockKind.FIGURE, "", self._place(item, region.box), figure=figure)

    # --- running text

    def _flush(self) -> None:
        """Adds the text so far; what is unseen follows the paragraph that it stands in or behind."""
        items, self.pending = self.pending, []
        unseen, self.unseen = self.unseen, []
        order = {(item.page, item.number): index for index, item in enumerate(items)}
        for block in assemble(self._lines(items)):
            at = order.get((block.place.page or 0, block.place.line or 0), 0)
            count = sum(behind <= at for behind, _ in unseen)
            self._add_unseen(unseen[:count])
            unseen = unseen[count:]
            self._add(block, "")
        self._add_unseen(unseen)

    def _add_unseen(self, unseen: Sequence[tuple[int, Item]]) -> None:
        for reason, group in itertools.groupby((item for _, item in unseen), key=lambda item: item.unseen):
            for block in assemble(self._lines(list(group))):
                self._add(block, reason)

    def _add(self, block: Block, unseen: str) -> None:
        self.collector.add(
            block.kind,
            block.text,
            block.place,
            rows=block.rows,
            level=block.level,
            language=block.language,
            unseen=unseen,
        )

    def _lines(self, items: Sequence[Item]) -> list[Line]:
        """Lines as their author ended them: wrapped prose joined, code with its indentation and blank lines."""
        result: list[Line] = []
        layout = code_layout(items)
        before: Item | None = None
        for index, item in enumerate(items):
            line = item.line
            assert line is not None
            is_code = layout[index].code
            level = 0 if is_code or item.unseen else self._level(line, items, index)
            gap = self._gap(before, item)
            if is_code:
                if before is not None and result and self._wrapped_remark(before, item, result[-1]):
                    result[-1] = self._appended(
                        result[-1], item, before.line is not None and before.line.trailing
                    )
                    before = item
                    continue
                result += [Line("", self._place(item))] * min(
                    blank_lines(before, item, layout[index].distance), 3
                )
                text = " " * layout[index].indent + code_text(line)
                result.append(
                    Line(
                        text,
                        self._place(item),
                        gap > 1.6,
                        line.monospace,
                        apart=line.monospace and layout[index].apart,
                    )
                )
            elif before is not None and result and not level and self._wraps(before, item, result[-1], gap):
                result[-1] = self._appended(result[-1], item)
            else:
                if gap > 1.6 or before is None:
                    result.append(Line("", self._place(item)))
                text = without_prompt(line)
                turned = before is not None and before.sheet != item.sheet
                result.append(
                    Line(text, self._place(item), starts=gap > 1.35 or turned, level=level, ended=True)
                )
            before = item
        return result

    def _gap(self, before: Item | None, item: Item) -> float:
        """The distance of two baselines in line heights; large between pages' ends that do not belong together."""
        if before is None or before.line is None or item.line is None:
            return 9.0
        if before.turn != item.turn:
            return 9.0
        if before.sheet != item.sheet:
            return 1.0
        return (item.line.base - before.line.base) / max(1.15 * max(before.line.size, item.line.size), 1.0)

    def _wrapped_remark(self, before: Item, item: Item, last: Line) -> bool:
        """Whether a line of code goes on with the comment or print-out that was too long for the line before."""
        one, other = before.line, item.line
        assert one is not None
        assert other is not None
        if not (one.monospace and other.monospace and last.monospace) or before.sheet != item.sheet:
            return False
        commented = (
            "#" in last.text
            and look(other.text) not in {Look.CODE, Look.PRINTED}
            and "#" not in other.text[:1]
        )
        printed = (
            look(last.text) is not Look.CODE
            and bool(re.search(r"\d\.?$|\w-?$", last.text))
            and bool(re.match(r"\d+\]", other.text))
        )
        first = other.words[0]
        too_long = one.x1 + one.pitch + first.x1 - first.x0 > self.code_margin + 0.5 * one.pitch
        return (
            (commented or printed) and too_long and (one.trailing or other.base - one.base < 1.6 * one.size)
        )

    def _wraps(self, before: Item, item: Item, last: Line, gap: float) -> bool:
        """Whether a line of prose goes on with the one before: it was full, and nothing else begins here."""
        one, other = before.line, item.line
        assert one is not None
        assert other is not None
        if one.monospace or last.level or not last.text or last.monospace or look(last.text) is Look.CODE:
            return False
        if gap > 1.75 or abs(one.size - other.size) > 0.6 or LABEL.match(other.text):
            return False
        if look(other.text) is Look.MATHS and not re.match(r"[a-zåäö(]", other.text):
            return False
        if before.sheet != item.sheet:
            return last.text.rstrip()[-1:] not in {".", "!", "?", ":"} and other.text[:1].islower()
        room = self._margin(before) - one.x1
        first = other.words[0]
        width = (first.x1 - first.x0) * len(first.text.split(maxsplit=1)[0]) / len(first.text)
        return width + 0.25 * one.size > room - 0.35 * one.size

    def _margin(self, item: Item) -> float:
        """Where lines of prose end at the latest: on all pages alike, but in a column where that one ends."""
        return self.margins.get(item.sheet, self.margin) if item.part else self.margin

    def _appended(self, last: Line, item: Item, spaced: bool = True) -> Line:
        """A line with the one that goes on with it; hyphens at line ends go."""
        assert item.line is not None
        text, more = last.text, item.line.text
        if not spaced and re.search(r"[\d.]$", text) and re.match(r"\d", more):
            text += more
        elif re.search(r"[a-zåäö]-$", text) and re.match(r"[a-zåäö]", more):
            text = text[:-1] + more
        else:
            text = f"{text} {more}"
        place, box = last.place, self._place(item).box
        if place.box is not None and box is not None and place.page == item.page:
            joined = Box(
                box.page,
                min(place.box.left, box.left),
                place.box.top,
                max(place.box.right, box.right),
                max(place.box.bottom, box.bottom),
            )
            place = msgspec.structs.replace(place, box=joined)
        return msgspec.structs.replace(last, text=text, place=place)

    def _level(self, line: TextLine, items: Sequence[Item], index: int) -> int:
        """The depth of a heading: by size, or a short bold line by itself; 0 for running text."""
        text = line.text
        if len(text) > 120 or not any(char.isalpha() for char in text):
            return 0
        if line.size > 1.12 * self.body:
            return (
                min(1 + self.levels.index(round(line.size, 1)), 5)
                if round(line.size, 1) in self.levels
                else 5
            )
        if not line.bold or line.maths:
            return 0
        after = items[index + 1].line if index + 1 < len(items) else None
        wraps = after is not None and after.bold and line.x1 > self._margin(items[index]) - 3 * line.size
        return 0 if wraps else 5


def _body_size(pages: Sequence[PageContent]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            if not line.monospace:
                sizes[round(line.size * 2) / 2] += len(line.text)
    if not sizes:
        return max((line.size for page in pages for line in page.lines), default=10.0)
    return sizes.most_common(1)[0][0]


def _right_margin(pages: Sequence[PageContent]) -> float:
    """Where lines of prose end at the latest, leaving out what sticks out.

    A line sticks out if it comes nearer to the right edge of its page than lines begin at the left one. Of many lines
    a few may still be odd; of few, such as a list of short lines with one sentence, the longest tells the margin.
    """
    lines = [
        (page, line) for page in pages for line in page.lines if not line.monospace and len(line.text) > 30
    ]
    if not lines:
        return max((page.width for page in pages), default=600.0) - 72
    left = min(line.x0 for _, line in lines)
    inside = [line.x1 for page, line in lines if line.x1 <= page.width - left + _STICKS_OUT]
    ends = sorted(inside or [line.x1 for _, line in lines])
    return ends[-1] if len(ends) < _MANY_LINES else ends[int(len(ends) * 0.97) - 1]


def _heading_sizes(pages: Sequence[PageContent], body: float) -> list[float]:
    return sorted(
        {
            round(line.size, 1)
            for page in pages
            for line in page.lines
            if line.size > 1.12 * body and not line.monospace
        },
        reverse=True,
    )
