"""The invisible text that scanners lay over a page: dropped where OCR reads the same in the picture, else kept as unseen."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from grader.documents.core.document import Block
from grader.documents.pdf.pdf_ink import OVER_PICTURE

_LIKE: Final = (
    0.85  # share of the letters of a passage that OCR finds again: two readings of one page differ by slips
)
_LONGEST: Final = 300  # characters of a line that are compared
_MOST: Final = 300  # blocks of a document, and lines of a page, that are compared
_NUMBERS: Final = re.compile(r"\d+")


def without_agreeing(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without those passages of a text layer that OCR read in the pictures of their page as well.

    What OCR read stands there already, and counts as read by OCR. A passage agrees if every number in it was read, and
    each of its lines is like a line that was read; whatever differs stays, unseen, so that a person compares.
    """
    read: dict[int | None, list[str]] = {}
    for block in blocks:
        if block.ocr:
            read.setdefault(block.place.page, []).extend(map(_letters, _lines(block)))
    kept = []
    for index, block in enumerate(blocks):
        found = read.get(block.place.page)
        if block.unseen == OVER_PICTURE and found and index < _MOST and _agrees(block, found[:_MOST]):
            continue
        kept.append(block)
    return kept


def _lines(block: Block) -> list[str]:
    return ["\t".join(row) for row in block.rows] or block.text.split("\n")


def _letters(text: str) -> str:
    """The letters, digits and signs of arithmetic of a line, without blanks and marks that OCR takes one for another."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in plain if char.isalnum() or char in "+-*=/^()<>_")


def _agrees(block: Block, read: Sequence[str]) -> bool:
    whole = "".join(read)
    numbers = Counter(_NUMBERS.findall(" ".join(_lines(block))))
    if any(number not in whole for number in numbers):
        return False
    return all(_is_found(_letters(line)[:_LONGEST], read, whole) for line in _lines(block))


def _is_found(line: str, read: Sequence[str], whole: str) -> bool:
    """Whether a line was read: as a part of all that was read, or like some line of it."""
    if len(line) < 2 or line in whole:
        return True
    return any(_is_like(line, other[:_LONGEST]) for other in read)


def _is_like(line: str, other: str) -> bool:
    if len(other) < _LIKE * len(line):
        return False
    matcher = SequenceMatcher(None, line, other, autojunk=False)
    return sum(match.size for match in matcher.get_matching_blocks()) >= _LIKE * len(line)
