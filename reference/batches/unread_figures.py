"""Figures that a person sees and the reader of tables could not place: they are for a person, never missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from grader.checks.quantities import Unit, prepared, quantity_spans
from grader.checks.written_keys import in_digits
from grader.documents.core.document import Block, BlockKind
from reference.batches.batch_table import BatchTable, is_summary
from reference.batches.figure_columns import TABLE
from reference.lab.batch_sizes import BATCH_SIZES

_MAX_TEXT: Final = 40_000  # characters of one block
_SHARE: Final = re.compile(r"(?<![\d.,])(?:0?[.,]\d{2,}|\d{1,2}(?:[.,]\d+)?\s?\\?%)(?!\d)")


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
    if shares and shares <= sizes:
        others = _other_shares(own, list(table.figures()["accuracy"].values()), repeated_within)
        if len(others) >= len(shares):
            return next(iter(others.values()))
    if len(times) > 1 and times <= sizes:
        known = set(table.figures()["time"].values())
        seen = {
            span.quantity.value: block
            for block in own
            for span in quantity_spans(prepared(block.text[:_MAX_TEXT]))
            if span.quantity.unit is Unit.SECONDS and span.quantity.value not in known
        }
        if len(seen) >= len(times):
            return next(iter(seen.values()))
    return None


def _other_shares(blocks: Sequence[Block], known: Sequence[float], within: float) -> dict[float, Block]:
    others: dict[float, Block] = {}
    for block in blocks:
        for match in _SHARE.finditer(block.text[:_MAX_TEXT]):
            value = float(re.sub(r"[^\d.]", "", match[0].replace(",", ".")))
            share = value / 100 if "%" in match[0] else value
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
