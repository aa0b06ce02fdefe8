"""Question 3's plot, from a submission to a finding: drawn by the kernel, or seen in a picture with its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from grader.checks import Answer, Finding, missing, partial, passed, review
from grader.documents.core.document import Block, BlockKind, FigureKind
from grader.model import Evidence, Value
from reference.batches.batch_answers import shared_table
from reference.batches.drawn_curves import find_curves

_PLOT_TIME: Final = re.compile(
    r"\btim(?:e|es|ing)\b|\bsec(?:ond)?s?\b|\bsek|\btid\w*|\b\d+\s?s\b|\bfast\w*|\bquick\w*|\bslow\w*|\bspeed\w*|\bsnabb\w*|\blångsam\w*|\bcheap\b|\befficien\w*|\beffektiv\w*|\bduration"
    r"|second|tid(?:en|er)?\b",
    re.I,
)
_PLOT_ACCURACY: Final = re.compile(r"acc|nogg|träff", re.I)
_PLOT_BATCH: Final = re.compile(r"batch|storlek|\bsize", re.I)
_REGRESSION: Final = re.compile(r"examples_[xy]|test_y|intercept|regression|predict|imshow|class_names", re.I)


class PlotCriteria(Value, frozen=True):
    """What a plot is worth, and when what a notebook drew is a curve of the table's.

    `share_one_curve`: of the points, where one of the two curves is plotted.
    `points`: so many of the five figures must be drawn, each within the relative distance `within`.
    """

    share_one_curve: float
    points: int
    within: float


def judge_plot(answer: Answer, criteria: PlotCriteria) -> Finding:
    """The finding of ``q3.plot``."""
    if answer.run is not None:
        drawn = find_curves(
            answer.run.figures,
            answer.shared(shared_table).figures(),
            points=criteria.points,
            within=criteria.within,
        )
        if drawn.both:
            cells = sorted({cell for cell in (drawn.times, drawn.accuracies) if cell is not None})
            places = " and ".join(f"cell {cell}" for cell in cells)
            source = next(
                (document.name for document in answer.documents if document.format == "notebook"), "notebook"
            )
            return passed(
                "Both curves are plotted.",
                [Evidence(source, places, "drawn with the figures of the table")],
                staff="As drawn when the notebook was run.",
            )
    figures = list(_figures(answer))
    both = [
        block
        for block, words in figures
        if _PLOT_TIME.search(words) and _PLOT_ACCURACY.search(words) and _is_plot(block)
    ]
    if both:
        return passed("Both curves are plotted.", [block.evidence(_caption(block)) for block in both[:2]])
    times = [block for block, words in figures if _PLOT_TIME.search(words) and _is_plot(block)]
    accuracies = [block for block, words in figures if _PLOT_ACCURACY.search(words) and _is_plot(block)]
    if times and accuracies:
        return passed(
            "Both curves are plotted, each in its own figure.",
            [times[0].evidence(_caption(times[0])), accuracies[0].evidence(_caption(accuracies[0]))],
        )
    unread = [block for block in (*times, *accuracies) if not (block.figure and block.figure.words)]
    unclear = [
        block
        for block, words in figures
        if not words.strip() or not (_PLOT_TIME.search(words) or _PLOT_ACCURACY.search(words))
    ]
    unclear = [
        block
        for block in unclear
        if not block.figure or block.figure.kind in {FigureKind.PLOT, FigureKind.UNKNOWN, FigureKind.OTHER}
    ]
    unclear += unread  # a caption or the code names one curve; what else is in the picture nobody has read
    if unclear:
        return review(
            "A figure was found; a person looks whether both curves are in it.",
            [block.evidence(_caption(block)) for block in unclear[:3]],
            staff="A figure whose words could not be read, or that names neither time nor accuracy."
            if any(b.figure and b.figure.picture for b in unclear)
            else "A picture is named, but its file was not handed in.",
        )
    one = times or accuracies
    if one:
        have, lack = ("time", "accuracy") if times else ("accuracy", "time")
        return partial(
            f"The {have} is plotted, the {lack} is not.",
            criteria.share_one_curve,
            [one[0].evidence(_caption(one[0]))],
            hint="Two curves are asked for.",
        )
    return missing(
        "No plot of the two curves was found.",
        hint="Plot time and accuracy against the batch size; a logarithmic axis helps.",
    )


def _is_plot(block: Block) -> bool:
    return block.figure is None or block.figure.kind in {FigureKind.PLOT, FigureKind.UNKNOWN}


def _figures(answer: Answer) -> Sequence[tuple[Block, str]]:
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
        words = " ".join(filter(None, (read, caption, _plot_words(code))))
        speaks_of_both = bool(_PLOT_TIME.search(code) and _PLOT_ACCURACY.search(code))
        elsewhere = id(block) not in own and not speaks_of_both
        if code and not _PLOT_BATCH.search(code) and (_REGRESSION.search(code) or elsewhere):
            continue  # the regression line, or the grid of pictures
        if block.figure is not None and block.figure.kind in {
            FigureKind.CODE,
            FigureKind.TABLE,
            FigureKind.EQUATION,
        }:
            continue
        if id(block) in own or (_PLOT_TIME.search(words) and _PLOT_ACCURACY.search(words)):
            found.append((block, words))
    return found


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


def _caption(block: Block) -> str:
    """What the student calls the figure; what was read in it is for staff alone, for it is full of slips."""
    return (block.figure.caption if block.figure else "") or block.text or "figure"
