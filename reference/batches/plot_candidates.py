"""The figures of a submission that may be question 3's plot, with all words known of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from grader.checks import Answer
from grader.documents.core.document import Block, BlockKind, FigureKind

TIME_WORDS: Final = re.compile(
    r"\btim(?:e|es|ing)\b|\bsec(?:ond)?s?\b|\bsek|\btid\w*|\b\d+\s?s\b|\bfast\w*|\bquick\w*|\bslow\w*|\bspeed\w*|\bsnabb\w*|\blångsam\w*|\bcheap\b|\befficien\w*|\beffektiv\w*|\bduration"
    r"|second|tid(?:en|er)?\b",
    re.I,
)
ACCURACY_WORDS: Final = re.compile(r"acc|nogg|träff", re.I)
_PLOT_BATCH: Final = re.compile(r"batch|storlek|\bsize", re.I)
_RATIO: Final = re.compile(
    r"(?:accurac\w*|acc|noggrannhet\w*|träffsäkerhet\w*)\s{0,3}(?:/|÷|per|by|divided by|delat med)\s{0,3}"
    r"(?:second\w*|sekund\w*|s\b|time\b|tid\b|minut\w*)",
    re.I,
)  # one curve, of neither
_EPOCH: Final = re.compile(r"\bepo(?:ch|k|ker)s?\b", re.I)
_REGRESSION: Final = re.compile(r"examples_[xy]|test_y|intercept|regression|predict|imshow|class_names", re.I)


def plot_candidates(answer: Answer) -> Sequence[tuple[Block, str]]:
    """Figures that may be the curves, with all words known of each: read in it, its caption, the code that drew it."""
    found: list[tuple[Block, str]] = []
    pool = answer.everything
    own = {id(block) for block in answer.section} or {id(block) for block in answer.sections.rest}
    for index, block in enumerate(pool):
        if block.kind is not BlockKind.FIGURE:
            continue
        code = _drawn_by(pool, index)
        if block.figure is not None and block.figure.picture is None and not block.figure.words:
            found.append((block, ""))  # named, but not handed in: nobody has seen it
            continue
        read = block.figure.words if block.figure else ""
        caption = (
            block.figure.caption if block.figure and read else ""
        )  # alone it is only what the student says of it
        words = _RATIO.sub(" ", " ".join(filter(None, (read, caption, _plot_words(code)))))
        if _EPOCH.search(words) and not _PLOT_BATCH.search(words):
            words = ""  # epoch by epoch, so that time and accuracy are of another kind
        speaks_of_both = bool(TIME_WORDS.search(code) and ACCURACY_WORDS.search(code))
        elsewhere = id(block) not in own and not speaks_of_both
        if code and not _PLOT_BATCH.search(code) and (_REGRESSION.search(code) or elsewhere):
            continue  # the regression line, or the grid of pictures
        if block.figure is not None and block.figure.kind in {
            FigureKind.CODE,
            FigureKind.TABLE,
            FigureKind.EQUATION,
        }:
            continue
        if id(block) in own or (TIME_WORDS.search(words) and ACCURACY_WORDS.search(words)):
            found.append((block, words))
    return found


def other_figures(answer: Answer, candidates: Sequence[Block]) -> list[Block]:
    """The other figures of a submission, but for what the lab's own cells drew: the regression line, the grid of pictures."""
    pool = answer.everything
    return [
        block
        for index, block in enumerate(pool)
        if block.kind is BlockKind.FIGURE
        and not any(block is one for one in candidates)
        and not (_REGRESSION.search(code := _drawn_by(pool, index)) and not _PLOT_BATCH.search(code))
    ]


def _drawn_by(pool: Sequence[Block], index: int) -> str:
    """The code of the cell that made a figure, if it came out of a notebook."""
    place = pool[index].place
    cell = place.cell
    if cell is None or place.line is not None:  # a cell of Markdown has lines, an output has none
        return ""
    same = [
        block.text
        for block in pool
        if block.kind is BlockKind.CODE and block.place.cell == cell and block.place.source == place.source
    ]
    return "\n".join(same)


def _plot_words(code: str) -> str:
    """The strings and names in plotting code that say what is drawn."""
    return " ".join(
        re.findall(
            r"(?:plot|scatter|bar|semilogx|loglog|label|title|legend)\w*\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)",
            code[:20_000],
        )
    )


def caption_of(block: Block) -> str:
    """What the student calls the figure; what was read in it is for staff alone, for it is full of slips."""
    return (block.figure.caption if block.figure else "") or block.text or "figure"
