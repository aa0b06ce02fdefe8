"""A document told apart: what was handed out, and what its authors put in.

Words are compared as runs of shingles, so that layout, the conversion to another format and a word changed here and there do
not hide a copy; a run counts only where it is too long for chance. Of a sentence that is given but for a few words, the
clauses with those words stay: students type answers right behind the question.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from grader.documents.core.document import Block, BlockKind, Document
from grader.documents.figures.badges import is_badge
from grader.documents.given.edition import (
    GivenText,
    code_hash,
    comment_hash,
    comments,
    picture_hash,
    text_hash,
    words,
)
from grader.documents.given.given_runs import CHANCE, GivenWords, Stream
from grader.model import Value

COPY_SHARE: Final = 0.4  # of a document's words in long runs, from which it is a copy of the handout
COPY_WORDS: Final = 100
COPY_CELLS: Final = 3  # code cells as handed out, from which a document is a copy
LISTING: Final = 8  # given lines of code that are a copied listing wherever they stand
QUOTED: Final = 0.7  # share of a sentence's words below which it is its author's, with a quotation in it
MOSTLY: Final = (
    0.75  # share of a sentence's words from which it is the handout's, though it ends in other words
)
ENDING: Final = 4  # such words
_TEXT: Final = frozenset((BlockKind.PROSE, BlockKind.HEADING))
_NOTHING: Final[frozenset[str]] = frozenset()


class Told(Value, frozen=True):
    """What is the author's own of one block: the block itself, a part of it, or nothing.

    `dropped` counts the sentences taken out. `aside` says that what is left are comments which may have been given.
    """

    own: Block | None
    dropped: int = 0
    aside: bool = False


class ToldDocument(Value, frozen=True):
    """Each block of a document in order, told apart; `copy` says that the document began as the handout."""

    blocks: tuple[Told, ...]
    copy: bool


def told_apart(document: Document, given: GivenText, instructions: str = "") -> ToldDocument:
    """Tells apart what was given. `instructions` is a pattern for sentences that only a handout says."""
    blocks = document.blocks
    streams = [Stream(blocks, indexes, given) for indexes in _passages(blocks)]
    cells = [block.text for block in blocks if block.kind is BlockKind.CODE]
    copy = _is_copy(streams, sum(code_hash(cell) in given.code for cell in cells))
    code = {
        index: _told_code(block, given, copy=copy)
        for index, block in enumerate(blocks)
        if block.kind is BlockKind.CODE
    }
    told = dict(code)
    for stream in streams:
        stream.count_runs(copy=copy)
        for index in stream.indexes:
            if copy:
                stream.cover_code(index, blocks[index].text)
            told[index] = _told_text(blocks[index], stream.given_words(index), instructions)
    drawing = {
        blocks[index].place.cell
        for index, one in told.items()
        if index in code and one.own is not blocks[index]
    }
    for index, block in enumerate(blocks):
        if index not in told:
            drawn = (
                block.kind is BlockKind.FIGURE and block.place.line is None and block.place.cell in drawing
            )
            told[index] = Told(
                None
                if (drawn and document.format == "notebook") or _is_given(block, given, copy=copy)
                else block
            )
    return ToldDocument(tuple(told[index] for index in range(len(blocks))), copy)


def _is_copy(streams: Sequence[Stream], cells: int) -> bool:
    total = sum(len(stream.words) for stream in streams)
    long = sum(end - start for stream in streams for start, end in stream.runs if end - start >= CHANCE)
    return (long >= COPY_WORDS and long >= COPY_SHARE * total) or cells >= COPY_CELLS


def _passages(blocks: Sequence[Block]) -> Iterator[list[int]]:
    """The indexes of text blocks that follow one another: a shingle may begin in one and end in the next."""
    indexes: list[int] = []
    for index, block in enumerate(blocks):
        if block.kind in _TEXT:
            indexes.append(index)
        elif indexes:
            yield indexes
            indexes = []
    if indexes:
        yield indexes


# --- text

_SENTENCE: Final = re.compile(r"(?<=[.!?])(?=\s)(?!\s+\d)|(?<=\n)|(?<=\s)(?=#\s)")  # a comment is one
_STATES: Final = re.compile(r"\b(?:is|are|was|were|equals|gives?|gave|är|var|blir|blev|ger|gav)\b", re.I)
_CLAUSE: Final = re.compile(
    r"(?<=[.,;:?!)])(?=\s|[*_`])|(?<=[–—=→])(?=\s)|(?<=\s-)(?=\s)|(?<=\s)(?=[(\[])|(?<=\n)"
)


def _told_text(block: Block, marks: GivenWords, instructions: str) -> Told:
    spans = words(block.text)
    kept: list[str] = []
    dropped = 0
    at = first = 0
    for sentence in filter(None, _SENTENCE.split(block.text)):
        at += len(sentence)
        last = first
        while last < len(spans) and spans[last][2] <= at:
            last += 1
        own = _own_of_sentence(sentence, at - len(sentence), spans, first, last, marks)
        if own and instructions and re.search(instructions, own, re.I):
            own = _behind_instruction(own)
        if own != sentence:
            dropped += 1
        kept.append(own or _gap(sentence))
        first = last
    if not dropped:
        return Told(block)
    text = "".join(kept).strip()
    if not any(sign.isalnum() for sign in text):
        return Told(None, dropped)
    return Told(msgspec.structs.replace(block, text=text), dropped)


def _own_of_sentence(
    sentence: str,
    offset: int,
    spans: Sequence[tuple[str, int, int]],
    first: int,
    last: int,
    marks: GivenWords,
) -> str:
    """What is its author's of a sentence: the whole, the clauses with words of one's own, or nothing."""
    given = sum(marks.covered[first:last])
    if not given or given < QUOTED * (last - first):
        return sentence
    marks.extend(first, last)
    if given >= MOSTLY * (last - first) and _ends_otherwise(sentence, offset, spans, first, last, marks):
        return ""
    own = [spans[at][1] - offset for at in range(first, last) if not marks.covered[at]]
    if not own:
        return ""
    kept: list[str] = []
    at = 0
    for clause in filter(None, _CLAUSE.split(sentence)):
        its_own = bisect_left(own, at) < bisect_left(own, at + len(clause))
        kept.append(clause if its_own else _gap(clause))
        at += len(clause)
    return "".join(kept)


def _gap(dropped: str) -> str:
    """What stands in place of a dropped piece, so that its neighbours do not run together."""
    return "\n" if dropped.endswith("\n") else " "


def _ends_otherwise(
    sentence: str,
    offset: int,
    spans: Sequence[tuple[str, int, int]],
    first: int,
    last: int,
    marks: GivenWords,
) -> bool:
    """Whether a long given sentence only ends in other words: no figures, no sign before them, nothing that states."""
    if last - first < CHANCE:
        return False
    tail = last
    while tail > first and not marks.covered[tail - 1]:
        tail -= 1
    if last - tail > ENDING or marks.covered.count(0, first, tail):
        return False
    ending = sentence[spans[tail - 1][2] - offset : spans[last - 1][2] - offset]
    return all(sign.isalpha() or sign.isspace() for sign in ending) and not _STATES.search(ending)


def _behind_instruction(sentence: str) -> str:
    """What follows the colon of a sentence that tells what to do, unless that asks on."""
    _, colon, behind = sentence.rpartition(": ")
    return (
        behind
        if colon and any(sign.isalnum() for sign in behind) and not behind.rstrip().endswith("?")
        else ""
    )


# --- everything else


def _told_code(block: Block, given: GivenText, *, copy: bool) -> Told:
    """A cell that is as it was handed out is given; of it stay the comments that were not. One that was changed stays whole.

    What changed in it means nothing without the lines around it; `GivenText.line` tells which of them were given. Outside of a
    copy a few given lines are what their author quotes from the handout to say something with it.
    """
    lines = [line for line in block.text.split("\n") if code_hash(line)]
    whole = code_hash(block.text)
    copied = whole in given.code or ((copy or len(lines) >= LISTING) and all(map(given.line, lines)))
    if lines and not copied:
        return Told(block)
    added = [
        comment
        for comment in comments(block.text)
        if (mark := comment_hash(comment)) and mark not in given.comments
    ]
    if not lines and len(added) == len(comments(block.text)):
        return Told(block)
    if not any(sign.isalnum() for sign in "".join(added)):
        return Told(None)
    # Comments that an edition's fingerprints do not know are nobody's prose: they may be the handout's own.
    return Told(msgspec.structs.replace(block, text="\n".join(added)), aside=whole in given.bare)


def _is_given(block: Block, given: GivenText, *, copy: bool) -> bool:
    if block.kind is BlockKind.FIGURE:
        figure = block.figure
        return is_badge(block) or (
            figure is not None
            and (
                (figure.picture is not None and picture_hash(figure.picture.data) in given.pictures)
                or (bool(figure.address) and picture_hash(figure.address) in given.pictures)
            )
        )
    if block.kind is BlockKind.OUTPUT:
        lines = [line for line in block.text.split("\n") if line.strip()]
        listing = copy and all(map(given.line, lines))  # a line of code that a reader took for a print-out
        return listing or text_hash(block.text) in given.outputs
    return text_hash(block.text) in given.others
