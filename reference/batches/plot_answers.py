"""Question 3's plot, from a submission to a finding: drawn by the kernel, or seen in a picture with its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from grader.checks import Answer, Finding, failed, missing, partial, passed, review
from grader.checks.curves import CurveStand
from grader.documents.core.curve import CurveSource
from grader.documents.core.document import Block, FigureKind
from grader.model import Evidence, Value, Verdict
from reference.batches.batch_answers import shared_table
from reference.batches.drawn_curves import (
    COLUMNS,
    FigureReading,
    find_curves,
    read_figures,
    shown_figures,
)
from reference.batches.other_plots import is_exact, other_plot
from reference.batches.plot_candidates import (
    ACCURACY_WORDS,
    TIME_WORDS,
    caption_of,
    other_figures,
    plot_candidates,
)

_MOST_MARKED: Final = 4  # figures with the table's points drawn over them
_MOST_OF: Final = 0.5  # of a picture's width and height, that a plot by itself takes
_SEVERAL: Final = 2  # points off the table's: one alone may be a figure that was read wrongly


class PlotCriteria(Value, frozen=True):
    """What a plot is worth, and when what a notebook drew is a curve of the table's.

    `share_one_curve`: of the points, where one of the two curves is plotted.
    `points`: so many of the five figures must be drawn, each within the relative distance `within`.
    """

    share_one_curve: float
    points: int
    within: float


def judge_plot(answer: Answer, criteria: PlotCriteria) -> Finding:
    """The finding of ``q3.plot``: by the curves' values where they could be followed, by words where not."""
    table = answer.shared(shared_table).figures()
    cells: dict[str, int | None] = dict.fromkeys(COLUMNS)
    if answer.run is not None:
        shown = shown_figures(answer.run)
        drawn = find_curves(shown, table, points=criteria.points, within=criteria.within)
        cells = {"time": drawn.times, "accuracy": drawn.accuracies}
    named = list(plot_candidates(answer))
    blocks = [block for block, _ in named]
    rest = other_figures(answer, blocks)
    readings = read_figures([*blocks, *rest], table, points=criteria.points)
    matched = {
        column: next((reading.block for reading in readings if reading.shows(column)), None)
        for column in COLUMNS
    }
    if all(cells[column] is not None or matched[column] is not None for column in COLUMNS):
        return _called_otherwise(matched) or _by_value(answer, cells, matched)
    others = {
        id(reading.block): said
        for reading in readings
        if (said := other_plot(reading, _read_words(reading.block), table, exact=is_exact(reading.block)))
    }
    elsewhere = [
        (reading.block, others[id(reading.block)]) for reading in readings if id(reading.block) in others
    ]
    named = [one for one in named if id(one[0]) not in others]
    readings = [reading for reading in readings if id(reading.block) not in others]
    by_words = _by_words(named, readings[: len(named)], criteria)
    known = [len(table.get(column, {})) for column in COLUMNS]
    finding = _with_values(by_words, named, readings, matched, criteria, fewest=min(known))
    if finding.verdict is Verdict.MISSING and elsewhere:
        return _of_something_else(elsewhere)
    places = {(one.source, one.where) for one in finding.evidence}
    marks = [one for reading in readings if (one := reading.marks()) and (one.source, one.where) in places]
    return msgspec.structs.replace(finding, marks=tuple(marks[:_MOST_MARKED]))


def _read_words(block: Block) -> str:
    return block.figure.words if block.figure is not None else ""


def _of_something_else(others: Sequence[tuple[Block, str]]) -> Finding:
    """No plot but of something else."""
    return missing(
        f"No plot of the two curves was found; the one that is there shows {others[0][1]}.",
        evidence=[block.evidence(caption_of(block)) for block, _ in others[:2]],
        hint="Plot the training time and the accuracy of each run against the batch size.",
    )


def _called_otherwise(matched: Mapping[str, Block | None]) -> Finding | None:
    """What a person looks at where each of the two pictures is called what the other one shows."""
    times, accuracies = matched["time"], matched["accuracy"]
    if times is None or accuracies is None or times is accuracies:
        return None
    of_times, of_accuracies = caption_of(times), caption_of(accuracies)
    swapped = (
        ACCURACY_WORDS.search(of_times)
        and not TIME_WORDS.search(of_times)
        and TIME_WORDS.search(of_accuracies)
        and not ACCURACY_WORDS.search(of_accuracies)
    )
    if not swapped:
        return None
    return review(
        "Both curves are plotted, but each picture is called what the other one shows; a person looks at them.",
        [times.evidence(of_times), accuracies.evidence(of_accuracies)],
        staff="By their points the curves are the table's; by their names they are exchanged.",
        hint="Which picture shows which curve?",
    )


def _by_value(
    answer: Answer, cells: Mapping[str, int | None], matched: Mapping[str, Block | None]
) -> Finding:
    """Both curves are the table's own figures."""
    evidence = []
    run = sorted(
        {cell for column in COLUMNS if matched[column] is None and (cell := cells[column]) is not None}
    )
    if run:
        source = next((one.name for one in answer.documents if one.format == "notebook"), "notebook")
        places = " and ".join(f"cell {cell}" for cell in run)
        evidence.append(Evidence(source, places, "drawn with the figures of the table"))
    seen: list[Block] = []
    for column in COLUMNS:
        block = matched[column]
        if block is not None and not any(block is other for other in seen):
            seen.append(block)
            evidence.append(block.evidence(caption_of(block)))
    staff = (
        "As drawn when the notebook was run."
        if run
        else "Recognised by their points: they are the table's figures."
    )
    return passed("Both curves are plotted.", evidence, staff=staff)


def _by_words(
    figures: Sequence[tuple[Block, str]], readings: Sequence[FigureReading], criteria: PlotCriteria
) -> Finding:
    """What the words at each figure say of it; a curve that was followed counts as named."""
    named = [
        (
            reading.block,
            bool(TIME_WORDS.search(words)) or reading.shows("time"),
            bool(ACCURACY_WORDS.search(words)) or reading.shows("accuracy"),
        )
        for (_, words), reading in zip(figures, readings, strict=True)
    ]
    both = [block for block, time, accuracy in named if time and accuracy and _is_plot(block)]
    if both:
        return passed("Both curves are plotted.", [block.evidence(caption_of(block)) for block in both[:2]])
    times = [block for block, time, _ in named if time and _is_plot(block)]
    accuracies = [block for block, _, accuracy in named if accuracy and _is_plot(block)]
    if times and accuracies:
        return passed(
            "Both curves are plotted, each in its own figure.",
            [times[0].evidence(caption_of(times[0])), accuracies[0].evidence(caption_of(accuracies[0]))],
        )
    unread = [block for block in (*times, *accuracies) if not (block.figure and block.figure.words)]
    unclear = [
        block
        for (block, time, accuracy), (_, words) in zip(named, figures, strict=True)
        if not words.strip() or not (time or accuracy)
    ]
    unclear = [
        block
        for block in unclear
        if not block.figure or block.figure.kind in {FigureKind.PLOT, FigureKind.UNKNOWN, FigureKind.OTHER}
    ]
    unclear += [block for block, time, accuracy in named if time and accuracy and not _is_drawn(block)]
    unclear += unread  # a caption or the code names one curve; what else is in the picture nobody has read
    if unclear:
        return review(
            "A figure was found; a person looks whether both curves are in it.",
            [block.evidence(caption_of(block)) for block in unclear[:3]],
            staff="A figure whose words could not be read, or that names neither time nor accuracy."
            if any(b.figure and (b.figure.picture or b.figure.curves) for b in unclear)
            else "A picture is named, but its file was not handed in.",
        )
    one = times or accuracies
    if one:
        have, lack = ("time", "accuracy") if times else ("accuracy", "time")
        return partial(
            f"The {have} is plotted, the {lack} is not.",
            criteria.share_one_curve,
            [one[0].evidence(caption_of(one[0]))],
            hint="Two curves are asked for.",
        )
    return missing(
        "No plot of the two curves was found.",
        hint="Plot time and accuracy against the batch size; a logarithmic axis helps.",
    )


def _with_values(
    finding: Finding,
    figures: Sequence[tuple[Block, str]],
    everything: Sequence[FigureReading],
    matched: Mapping[str, Block | None],
    criteria: PlotCriteria,
    *,
    fewest: int,
) -> Finding:
    """A finding by words, held against the curves that were followed. What was read off pixels only asks a person.

    `fewest`: how many figures the table's shorter column has; `everything` begins with the readings of the `figures` that may be the plot.
    """
    readings = everything[: len(figures)]
    lacking = [column for column in COLUMNS if matched[column] is None]
    if finding.verdict is Verdict.PASS:
        wrong = [reading for reading in readings if reading.contradicting and _is_plot(reading.block)]
        if wrong:
            return _contradicted(wrong, lacking, matched, criteria)
        followed = [  # or could have been, were the picture not so small or so wild
            reading for reading in readings if reading.block.figure is not None and _is_plot(reading.block)
        ]
        if followed and fewest >= criteria.points and len(lacking) == len(COLUMNS):
            return review(
                "A plot was found; a person looks whether its curves are those of the table.",
                [reading.block.evidence(caption_of(reading.block)) for reading in followed[:2]],
                staff="Its words name both curves, but none of its lines could be recognised as a column of the table.",
            )
        if followed and 0 < fewest < criteria.points and len(lacking) == len(COLUMNS):
            return review(
                "A plot was found; a person looks whether all five runs are in it.",
                [reading.block.evidence(caption_of(reading.block)) for reading in followed[:2]],
                staff="The table has too few figures to hold its curves against.",
            )
        hearsay = [column for column in lacking if _is_named_outside(figures, column)]
        if hearsay:
            return _one_seen([reading for reading in readings if _is_plot(reading.block)], hearsay[0])
    if finding.verdict is Verdict.PARTIAL:
        followed = [reading for reading in readings if reading.curves]
        unsure = [block for block, _ in figures if _is_raster(block) or not _is_named(block)]
        if unsure and not (
            len(followed) == len(figures)
            and len(lacking) == 1
            and sum(reading.told for reading in followed) == 1
            and all(_fills(reading) for reading in followed)
        ):
            return _one_seen([reading for reading in readings if reading.block in unsure], "")
    if finding.verdict is Verdict.MISSING:
        lines = [
            reading
            for reading in everything
            if reading.told
            or (reading.curves and (_is_textual(reading.block) or any(reading is one for one in readings)))
        ]
        if lines:
            return _one_seen(lines, "")
    return finding


def _contradicted(
    wrong: Sequence[FigureReading],
    lacking: Sequence[str],
    matched: Mapping[str, Block | None],
    criteria: PlotCriteria,
) -> Finding:
    evidence = [reading.block.evidence(caption_of(reading.block)) for reading in wrong[:2]]
    curves = [one for reading in wrong for one in reading.contradicting]
    differs = sorted({int(size) for _, reading in curves for size in reading.differs})
    sizes = ", ".join(str(size) for size in differs)
    sure = all(curve.source is not CurveSource.PIXELS for curve, _ in curves)
    if not sure or len(differs) < _SEVERAL:
        where = f" at batch size {sizes}" if sizes else ""
        return review(
            "A plot was found; a person compares its curves with the table.",
            evidence,
            staff=f"A curve{' read off a picture' if not sure else ''} seems to be none of the table's columns{where}.",
        )
    if len(lacking) < len(COLUMNS):
        have = next(column for column in COLUMNS if matched[column] is not None)
        return partial(
            f"The {have} is plotted as in the table; the other curve shows other figures than the table, at batch size {sizes}.",
            criteria.share_one_curve,
            evidence,
            hint="Which figures is that curve drawn from?",
        )
    return failed(
        f"The curves show other figures than the table, at batch size {sizes}.",
        evidence,
        hint="Which figures are the curves drawn from?",
    )


def _one_seen(readings: Sequence[FigureReading], lacking: str) -> Finding:
    said = (
        f"The curve of the {lacking} was not found in it." if lacking else "Only one of the curves was read."
    )
    return review(
        "A plot was found; a person looks whether both curves are in it.",
        [reading.block.evidence(caption_of(reading.block)) for reading in readings[:3]],
        staff=said,
    )


def _is_named_outside(figures: Sequence[tuple[Block, str]], column: str) -> bool:
    """Whether a curve is named by captions alone: no picture's own words name it, nor the code that drew it."""
    pattern = TIME_WORDS if column == "time" else ACCURACY_WORDS
    for block, words in figures:
        figure = block.figure
        caption = figure.caption if figure is not None else ""
        if pattern.search(words.replace(caption, " ", 1) if caption else words):
            return False
    return True


def _is_textual(block: Block) -> bool:
    """Whether a picture was taken for one of text: with lines in it that may be a slip of OCR."""
    kinds = {FigureKind.CODE, FigureKind.TABLE, FigureKind.EQUATION}
    return block.figure is not None and block.figure.kind in kinds


def _is_named(block: Block) -> bool:
    """Whether words on the axes or in a legend say what is drawn: without them one curve may be meant as two."""
    figure = block.figure
    return figure is not None and figure.labelled and figure.ticks > 0


def _is_raster(block: Block) -> bool:
    """Whether the words at a figure are what OCR made of its pixels."""
    figure = block.figure
    if figure is None or figure.picture is None:
        return False
    return not any(curve.source is not CurveSource.PIXELS for curve in figure.curves) and (
        figure.picture.media_type not in {"image/svg+xml", "application/pdf"}
    )


def _fills(reading: FigureReading) -> bool:
    """Whether the curve that was told takes most of its picture: beside it there may be another plot that was not."""
    width, height = reading.block.figure.size if reading.block.figure is not None else (0, 0)
    if not width or not height:
        return True
    told = [curve for curve, one in reading.curves if one.stand is not CurveStand.OTHER]
    xs, ys = zip(*(point for curve in told for point in curve.points), strict=True)
    return bool(max(xs) - min(xs) >= _MOST_OF * width and max(ys) - min(ys) >= _MOST_OF * height)


def _is_plot(block: Block) -> bool:
    kinds = {FigureKind.PLOT, FigureKind.UNKNOWN}
    return block.figure is None or (block.figure.kind in kinds and _is_drawn(block))


def _is_drawn(block: Block) -> bool:
    """Whether there may be a plot in a figure: one whose words were read has numbers on an axis, or a curve."""
    figure = block.figure
    return figure is None or not figure.words or figure.ticks > 2 or bool(figure.curves)
