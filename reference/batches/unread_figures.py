"""Figures that a person sees and the reader of tables could not place: they are for a person, never missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil
from typing import Final

from grader.checks.quantities import Unit, prepared, quantity_spans
from grader.checks.written_keys import in_digits
from grader.documents.core.document import Block, BlockKind
from reference.batches.batch_table import BatchTable, is_summary
from reference.batches.figure_columns import TABLE
from reference.lab.batch_sizes import BATCH_SIZES

_MOST: Final = 0.6  # share of the figures that are lacking
_MAX_TEXT: Final = 40_000  # characters of one block
_SHARE: Final = re.compile(
    r"(?<![\d.,])(?:0?[.,]\d{2,}|\d{1,2}(?:[.,]\d+)?(?:\s|\\,|~){0,2}(?:\\?%|per\s?cent|procent))(?!\d)", re.I
)


def speaks_of_figures(blocks: Sequence[Block], least: int) -> Block | None:
    """A block from which figures for at least so many sizes can be seen, whatever their arrangement; None if there is none.

    Of code only a block counts that holds both by itself: other code holds numbers too.
    """
    own = _own(blocks)
    counts = [len(_SHARE.findall(block.text[:_MAX_TEXT])) for block in own]
    if len(_sizes(own)) >= least and sum(counts) >= least:
        return own[counts.index(max(counts))]
    return next(
        (
            block
            for block in blocks
            if block.kind is BlockKind.CODE
            and len(_SHARE.findall(block.text[:_MAX_TEXT])) >= least
            and len(_sizes([block])) >= least
        ),
        None,
    )


def unread_figures(table: BatchTable, blocks: Sequence[Block], repeated_within: float) -> Block | None:
    """A block with accuracies, or times, that are none of the table's, enough for the rows that lack them; None if none is.

    Prose repeats the table's accuracies rounded: what is less than `repeated_within` from one of them is no other.
    """
    own = _own(blocks)
    sizes = _sizes(own)
    shares = {size for size in BATCH_SIZES if size not in table.figures()["accuracy"]}
    times = {size for size in BATCH_SIZES if size not in table.figures()["time"]}
    every = len(BATCH_SIZES)
    if shares:
        known = [*table.figures()["accuracy"].values(), *table.elsewhere]
        others = _other_shares(own, known, repeated_within)
        placed = shares <= sizes or len(shares) == every
        if (placed or len(shares) > 1) and len(others) >= (_most_of(len(shares)) if placed else len(shares)):
            return next(iter(others.values()))
    if len(times) == 1 and (own_line := _line_with_time(own, next(iter(times)))) is not None:
        return own_line
    if len(times) > 1 and (times <= sizes or len(times) == every):
        told = set(table.figures()["time"].values()) | table.elsewhere
        seen = {
            span.quantity.value: block
            for block in own
            for span in quantity_spans(prepared(block.text[:_MAX_TEXT]))
            if span.quantity.unit is Unit.SECONDS and span.quantity.value not in told
        }
        if len(seen) >= _most_of(len(times)):
            return next(iter(seen.values()))
    return None


def _line_with_time(blocks: Sequence[Block], size: int) -> Block | None:
    """A block with a line that begins with a size and holds several times: none of them may be the size's."""
    opens = re.compile(
        rf"\W{{0,8}}(?:(?:{TABLE.key_heading})\w{{0,10}}[^\d\n]{{0,12}})?{_written(size)}", re.I
    )
    for block in blocks:
        for line in prepared(block.text[:_MAX_TEXT]).split("\n"):
            if opens.match(line) and any(span.quantity.unit is Unit.SECONDS for span in quantity_spans(line)):
                return block
    return None


def _most_of(lacking: int) -> int:
    """So many figures that belong to no row are likely those that are lacking: some may be alike, or repeat another."""
    return ceil(_MOST * lacking)


def _other_shares(blocks: Sequence[Block], known: Sequence[float], within: float) -> dict[float, Block]:
    others: dict[float, Block] = {}
    for block in blocks:
        for match in _SHARE.finditer(block.text[:_MAX_TEXT]):
            value = float(re.sub(r"[^\d.]", "", match[0].replace(",", ".")))
            share = value if re.fullmatch(r"[\d.,]+", match[0]) else value / 100
            if share <= 1 and not any(abs(share - other) < within for other in known):
                others.setdefault(share, block)
    return others


def _own(blocks: Sequence[Block]) -> list[Block]:
    return [
        block
        for block in blocks
        if block.kind not in {BlockKind.CODE, BlockKind.FIGURE} and not is_summary(block)
    ]


def _sizes(blocks: Sequence[Block]) -> set[int]:
    """The batch sizes that stand in a text, in whatever spelling."""
    text = "\n".join(in_digits(prepared(block.text[:_MAX_TEXT]), TABLE) for block in blocks)
    return {size for size in BATCH_SIZES if re.search(_written(size), text)}


def _written(size: int) -> str:
    digits = str(size)
    gap = r"[ ,.\u00a0\u2009\u202f]?"
    own = digits if size < 1000 else f"{digits[:-3]}{gap}{digits[-3:]}"
    return rf"(?<![\d.,]){own}(?![.,]?\d)"
