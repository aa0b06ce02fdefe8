"""From lines as they stand in a file to blocks: which runs are code, tables, print-outs, formulas or paragraphs.

Every reader whose format does not say so itself (plain text, paragraphs typed in a word processor, the lines of a
PDF page) comes here, so that the same text gives the same blocks whatever file it stands in.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from grader.documents.blocks.code_spans import code_runs
from grader.documents.blocks.line_kinds import LABEL, Look, listing_kind, look
from grader.documents.blocks.lines import Line
from grader.documents.blocks.paragraphs import paragraphs
from grader.documents.blocks.text_tables import Rows, is_row_of_figures, joined, table_at
from grader.documents.core.document import Block, BlockKind, Place

_RETRIED: Final = 40  # lines in columns that make no table; more are not tried again from their second line


_CODE_LANGUAGES: Final = frozenset(
    ["python", "py", "python3", "ipython", "ipython3", "pycon", "pytb", "r", "julia"]
)


def read_listing(text: str, place: Place, language: str = "") -> list[Block]:
    """What a fenced or preformatted passage is. A named language is believed."""
    if language.lower().strip("{}. ") in _CODE_LANGUAGES:
        return [Block(BlockKind.CODE, text, place, language=language)]
    lines = text.split("\n")
    kind = listing_kind(lines)
    if kind is BlockKind.CODE:
        return [Block(BlockKind.CODE, text, place, language=language)]
    if kind is BlockKind.OUTPUT:
        return [Block(BlockKind.OUTPUT, text, place, language=language)]
    parts = assemble([Line(line, place, starts=not index) for index, line in enumerate(lines)])
    return [
        part if part.kind is not BlockKind.PROSE else msgspec.structs.replace(part, kind=BlockKind.OUTPUT)
        for part in parts
    ]


def assemble(lines: Sequence[Line], beside: Iterable[tuple[int, Block]] = ()) -> list[Block]:
    """The blocks of a run of lines; blank lines part paragraphs and may stand inside code.

    What is unseen is read by itself, and stands behind the block that holds the line before it, as do blocks `beside`
    the lines, each with the index of the line that it follows. So the visible text is read as if there were nothing else.
    """
    seen = _evenly_spaced([line for line in lines if not line.unseen])
    blocks = list(_assembled(seen))
    aside = [*beside] if len(seen) == len(lines) else [*_unseen(lines), *beside]
    return _interleaved(blocks, lines, aside) if aside else blocks


def _evenly_spaced(lines: Sequence[Line]) -> list[Line]:
    """The lines with single blanks in rows of figures that have more, where a row beside them has as many figures and none.

    One blank too many in one row of five makes no columns.
    """
    even = list(lines)
    rows = [len(line.text.split()) if is_row_of_figures(line.text) else 0 for line in lines]
    for at, line in enumerate(lines):
        if rows[at] > 2 and "  " in line.text.strip() and not line.level:
            beside = [
                other for other in (at - 1, at + 1) if 0 <= other < len(lines) and rows[other] == rows[at]
            ]
            if any("  " not in lines[other].text.strip() for other in beside):
                even[at] = msgspec.structs.replace(line, text=" ".join(line.text.split()))
    return even


def _unseen(lines: Sequence[Line]) -> Iterator[tuple[int, Block]]:
    """The unseen lines as blocks, run by run; an empty line among them belongs to the run."""
    run: list[Line] = []
    last = -1  # the visible line before the run
    for index, line in enumerate([*lines, None]):
        if run and (line is None or line.unseen != run[-1].unseen) and (line is None or line.text.strip()):
            reason = run[-1].unseen
            for block in _assembled([msgspec.structs.replace(one, unseen="") for one in run]):
                yield last, msgspec.structs.replace(block, unseen=reason)
            run = []
        if line is not None and line.unseen:
            run.append(line)
        elif line is not None and not run:
            last = index
        elif line is not None:
            run.append(msgspec.structs.replace(line, unseen=run[-1].unseen))


def _interleaved(
    blocks: Sequence[Block], lines: Sequence[Line], aside: Iterable[tuple[int, Block]]
) -> list[Block]:
    """Blocks of visible lines with the others between them; a block begins at the line whose place it has."""
    starts: dict[int, int] = {}
    for index, line in enumerate(lines):
        if not line.unseen:
            starts.setdefault(id(line.place), index)
    waiting = sorted(aside, key=lambda pair: pair[0])
    merged: list[Block] = []
    taken = 0
    for block in blocks:
        start = starts.get(id(block.place), 0)
        while taken < len(waiting) and waiting[taken][0] < start:
            merged.append(waiting[taken][1])
            taken += 1
        merged.append(block)
    return [*merged, *(block for _, block in waiting[taken:])]


def _assembled(lines: Sequence[Line]) -> Iterator[Block]:
    texts = [line.text for line in lines]
    looks = [look(text) for text in texts]
    code = code_runs(lines, looks)
    stops = [*code, len(lines)]
    running = at = no_table_before = 0
    while at < len(lines):
        stop = stops[bisect_right(stops, at)] if at < stops[-1] else len(lines)
        found: tuple[int, list[Block]] | None = None
        if at in code:
            found = code[at], list(_listing(lines[at : code[at]]))
        elif not lines[at].level and at >= no_table_before:
            table, end = table_at(texts, at, stop)
            if table and not _is_print_out(looks[at:end]):
                found = end, list(_table(table, lines[at].place))
            elif end - at > _RETRIED:
                no_table_before = end
        if found is None and looks[at] is Look.PRINTED and not lines[at].level:
            end = at + 1
            while end < stop and _prints_on(looks, texts, end):
                end += 1
            if end - at > 1 or re.match(r"\s*\d{1,8}/\d{1,8}\s", texts[at]):
                found = end, [Block(BlockKind.OUTPUT, "\n".join(texts[at:end]).rstrip(), lines[at].place)]
        if found is None:
            at += 1
            continue
        yield from paragraphs(lines[running:at])
        yield from found[1]
        running = at = found[0]
    yield from paragraphs(lines[running:])


def _is_print_out(looks: Sequence[Look]) -> bool:
    return sum(entry is Look.PRINTED for entry in looks) * 2 >= len(looks)


def _prints_on(looks: Sequence[Look], texts: Sequence[str], at: int) -> bool:
    if looks[at] is Look.PRINTED:
        return True
    following = looks[at + 1] if at + 1 < len(looks) else None
    spaced = bool(re.search(r"\S {3,}\S", texts[at]))
    return (spaced or looks[at] is Look.BLANK) and following is Look.PRINTED


def _listing(lines: Sequence[Line]) -> Iterator[Block]:
    text = "\n".join(line.text for line in lines)
    if listing_kind(text.split("\n")) is BlockKind.PROSE:
        plain = [msgspec.structs.replace(line, monospace=False) for line in lines]
        yield from (_assembled(plain) if any(line.monospace for line in lines) else paragraphs(plain))
        return
    yield from read_listing(text, lines[0].place)


def _table(rows: Rows, place: Place) -> Iterator[Block]:
    """A table; a question's label that stands before its first cell becomes a paragraph of its own."""
    first = rows[0][0]
    label = LABEL.match(first)
    if label is not None and len(label[0].strip()) > 1 and re.search(r"[A-Za-z]", first[label.end() :]):
        yield Block(BlockKind.PROSE, label[0].strip(), place)
        rows = ((first[label.end() :].strip(" :.)"), *rows[0][1:]), *rows[1:])
    yield Block(BlockKind.TABLE, joined(rows), place, rows=rows)
