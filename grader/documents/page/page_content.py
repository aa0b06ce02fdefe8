"""What stands on the pages of a document, in reading order: lines, tables and figures, without running heads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from grader.documents.blocks.line_kinds import Look, look
from grader.documents.page.page_figures import Region
from grader.documents.page.page_lines import TextLine
from grader.documents.page.page_tables import Box4, PlacedTable, joined_tables, unruled_tables

_PAGE_NUMBER: Final = re.compile(
    r"(?:page|sida|s\.)?\s{0,2}[-–]?\s{0,2}\d{1,3}\s{0,2}(?:(?:/|of|av|\()\s{0,2}\d{1,3}\)?)?\s{0,2}[-–]?",
    re.I,
)
_EDGE: Final = 0.09  # of the page's height, above and below: where running heads and feet stand


class PageContent(NamedTuple):
    """One page: its size in points, its lines from top to bottom, its ruled tables and its figures.

    `unseen` are lines that a reader of the page does not see, each with the reason. `turn` says by how many degrees to
    the right the page was turned to be read so; one page can stand here more than once, turned in several ways.
    `part` counts from 1 where a page is read in parts, column by column.
    """

    number: int
    width: float
    height: float
    lines: list[TextLine]
    tables: list[PlacedTable]
    regions: list[Region]
    unseen: Sequence[tuple[str, TextLine]] = ()
    turn: int = 0
    part: int = 0


class Item(NamedTuple):
    """Something on a page in reading order: a line, a table or a figure. `unseen`, `turn` and `part` as in `PageContent`."""

    page: int
    top: float
    line: TextLine | None
    table: PlacedTable | None
    region: Region | None
    number: int
    unseen: str = ""
    turn: int = 0
    part: int = 0

    @property
    def sheet(self) -> tuple[int, int, int]:
        """What it stands on: things on other sheets stand neither above nor below it."""
        return self.page, self.turn, self.part


def covers(outer: Box4, inner: Box4) -> bool:
    """Whether a box holds another, give or take two points."""
    return (
        outer[0] - 2 <= inner[0]
        and outer[1] - 2 <= inner[1]
        and outer[2] + 2 >= inner[2]
        and outer[3] + 2 >= inner[3]
    )


def without_edges(pages: list[PageContent]) -> list[PageContent]:
    """Takes out page numbers, and running heads and feet from their second appearance on."""
    seen: Counter[tuple[str, int]] = Counter()

    def mark(page: PageContent, line: TextLine) -> tuple[str, int] | None:
        if page.height * _EDGE < line.top and line.bottom < page.height * (1 - _EDGE):
            return None
        return re.sub(r"\d+", "#", line.text), round(line.base / 4)

    for page in pages:
        seen.update({key for line in page.lines if (key := mark(page, line)) is not None})
    kept_once: set[tuple[str, int]] = set()
    cleaned = []
    for page in pages:
        keep: list[TextLine] = []
        for index, line in enumerate(page.lines):
            if _is_page_number(page, index):
                continue
            key = mark(page, line)
            if (
                key is not None
                and seen[key] > 1
                and len(pages) > 1
                and not re.fullmatch(r"[\s#.,|]+", key[0])
            ):
                if key in kept_once:
                    continue
                kept_once.add(key)
            keep.append(line)
        cleaned.append(_renumbered(page, keep))
    return cleaned


def _is_page_number(page: PageContent, index: int) -> bool:
    """Whether a line is a page number: at the very edge, or the first or last line, apart, and right for its page."""
    line = page.lines[index]
    text = line.text.strip()
    if not any(char.isdigit() for char in text) or not _PAGE_NUMBER.fullmatch(text):
        return False
    if line.bottom < page.height * _EDGE or line.top > page.height * (1 - _EDGE):
        return True
    neighbour = page.lines[1] if index == 0 and len(page.lines) > 1 else page.lines[index - 1]
    outermost = index in {0, len(page.lines) - 1}
    apart = abs(neighbour.base - line.base) > 2.2 * line.size or len(page.lines) == 1
    digits = re.search(r"\d+", text)
    return outermost and apart and digits is not None and int(digits[0]) == page.number


def _renumbered(page: PageContent, keep: list[TextLine]) -> PageContent:
    """The page with some of its lines only; tables and figures point to them by their new numbers."""
    numbers = {id(line): index for index, line in enumerate(keep)}

    def moved(lines: frozenset[int]) -> frozenset[int]:
        return frozenset(
            numbers[id(page.lines[index])] for index in lines if id(page.lines[index]) in numbers
        )

    tables = [table._replace(lines=moved(table.lines)) for table in page.tables]
    regions = [region._replace(lines=moved(region.lines)) for region in page.regions]
    return page._replace(lines=keep, tables=tables, regions=regions)


def items_of(pages: Sequence[PageContent]) -> Iterator[Item]:
    """Everything on the pages in reading order; lines that went into a table or a plot are not given again.

    Lines are numbered over all parts of a page.
    """
    before: Counter[int] = Counter()
    for page in pages:
        first = before[page.number] + 1
        before[page.number] += len(page.lines)
        inside = {index for region in page.regions for index in region.lines}
        taken = {index for table in page.tables for index in table.lines} | inside
        free = [
            index
            for index, line in enumerate(page.lines)
            if index not in taken and not line.monospace and look(line.text) not in {Look.CODE, Look.PRINTED}
        ]
        tables = joined_tables([*page.tables, *unruled_tables(page.lines, free)])
        taken |= {index for table in tables for index in table.lines}
        items = [
            Item(page.number, line.base, line, None, None, index + first)
            for index, line in enumerate(page.lines)
            if index not in taken
        ]
        items += [
            Item(page.number, table.box[1], None, table, None, min(table.lines, default=0) + first)
            for table in tables
        ]
        items += [Item(page.number, region.box[1], None, None, region, 0) for region in page.regions]
        items += [Item(page.number, line.base, line, None, None, 0, reason) for reason, line in page.unseen]
        items.sort(key=lambda item: item.top)
        turned = page.turn or page.part
        yield from (item._replace(turn=page.turn, part=page.part) for item in items) if turned else items
