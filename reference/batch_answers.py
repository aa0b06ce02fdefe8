"""Question 3, from a submission to findings: table, plausibility, plot, choice, reasoning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from grader.checks import Answer, Finding, missing, partial, passed, review
from grader.checks.choice import Aspect, Choice, contradicted_superlative, read_choice, sentences
from grader.documents.document import Block, BlockKind, FigureKind
from grader.model import Chart, Evidence, Flag, Series
from reference import plausibility
from reference.batch_sizes import BATCH_SIZES
from reference.batch_table import BatchTable, TableRow, read_batch_table, speaks_of_figures, unread_shares
from reference.drawn_curves import find_curves
from reference.notebook_agreement import disagreement

TIME: Final = Aspect(
    "time",
    r"\btim(?:e|es|ing)\b|\bsec(?:ond)?s?\b|\bsek|\btid\w*|\b\d+\s?s\b|\bfast\w*|\bquick\w*|\bslow\w*|\bspeed\w*|\bsnabb\w*|\blångsam\w*|\bcheap\b|\befficien\w*|\beffektiv\w*|\bduration",
)
ACCURACY: Final = Aspect(
    "accuracy",
    r"accura\w*|\bacc\b|noggrann\w*|träffsäker\w*|precision|\d\s?%|percentage\s?points?|procentenhet\w*|\bpp\b|\bperforman\w*|\bprestanda",
)
ASPECTS: Final = (TIME, ACCURACY)
TOLERANCE: Final = (
    0.05  # how far below the best accuracy of the student's own table a choice may lie and hold its own
)
_ROW: Final = 120  # characters of a line that is a row of figures and nothing else
_FEW_CELLS: Final = 4  # figures in all, below which there is no table to speak of


def _table(answer: Answer) -> BatchTable:
    own = read_batch_table(answer.section)
    if own.complete:
        return own
    wider = read_batch_table(answer.everything)
    return wider if wider.cells > own.cells else own


def judge_table(answer: Answer) -> Finding:
    """The finding of ``q3.table``."""
    table = answer.shared(_table)
    charts = _charts(table)
    shown = _distinct([row.evidence for row in table.rows])
    if table.complete:
        return passed(
            "Time and training accuracy are given for all five batch sizes.",
            shown,
            staff="Read from a picture by OCR." if any(row.ocr for row in table.rows) else "",
            charts=charts,
            flags=disagreement(answer.documents, table),
        )
    if not table.rows:
        pictures = answer.unread_pictures
        if pictures:
            return review(
                "No table was found in the text; it may be in a picture, which a person looks at.",
                [picture.evidence(picture.text or "picture") for picture in pictures[:3]],
                staff="No figures in the text; unread pictures are there.",
            )
        return _unarranged(answer) or missing(
            "No times and accuracies were found for any of the five batch sizes."
        )
    lacking = [f"{batch:,}".replace(",", " ") for batch in BATCH_SIZES if not _has(table, batch)]
    message = "Figures are missing for batch size " + ", ".join(lacking) + "."
    if table.only_test:
        message = "The accuracies are those of the test set; the training set's are asked for."
        if (
            not any(row.accuracy is not None for row in table.rows)
            and all(row.seconds is not None for row in table.rows)
            and len(table.rows) == len(BATCH_SIZES)
        ):
            return partial(
                message,
                0.5,
                shown,
                hint="Which line of the output belongs to training, and which to evaluation?",
                charts=charts,
            )
    pictures = answer.unread_pictures
    if pictures and not table.only_test:
        return review(
            message + " The rest may be in a picture, which a person looks at.",
            [*shown, *(picture.evidence(picture.text or "picture") for picture in pictures[:2])],
            staff=f"{table.cells} of 10 figures in the text; unread pictures are there.",
            charts=charts,
        )
    if table.cells < _FEW_CELLS and (doubt := _unarranged(answer)) is not None:
        return doubt
    if not table.only_test and (seen := unread_shares(table, answer.section)) is not None:
        return review(
            message + " There are other figures that the program could not place, which a person looks at.",
            [*shown, seen.evidence()],
            staff=f"{table.cells} of 10 figures were read; accuracies that belong to no row are there.",
            charts=charts,
        )
    return partial(message, table.cells / (2 * len(BATCH_SIZES)), shown, charts=charts)


def _unarranged(answer: Answer) -> Finding | None:
    """Figures that a person sees and the program cannot put into rows are for that person."""
    seen = speaks_of_figures(answer.section) or speaks_of_figures(answer.everything)
    if seen is None:
        return None
    return review(
        "Figures for the batch sizes were found, but not in a form that the program can read; a person looks at them.",
        [seen.evidence()],
        staff="Sizes and accuracies are there, in no arrangement that could be read.",
        hint="A table with one row a batch size is easiest to read.",
    )


def _has(table: BatchTable, batch: int) -> bool:
    return any(
        row.batch == batch and row.seconds is not None and row.accuracy is not None for row in table.rows
    )


def judge_plausibility(answer: Answer) -> Finding:
    """The finding of ``q3.plausible``."""
    table = answer.shared(_table)
    judged = plausibility.judge_table([row.row for row in table.rows])
    per_sample = [row for row in table.rows if row.per_sample]
    if per_sample:
        staff = "Times are those per sample or step, not the whole: " + _cells(per_sample)
        return review(
            "Some of the times are those that one sample or one step took, not the whole training.",
            _distinct([row.evidence for row in per_sample]),
            staff=staff,
            hint="The first number in the line, in seconds, is the time of the whole run.",
            flags=[Flag("time-unit", staff)],
        )
    if judged.plausible:
        return passed(
            "The figures are such as training from a fresh start gives.",
            staff=f"Share of honest tables at least as odd: {judged.score:.2f}.",
        )
    bands = ", ".join(f"{band.batch}: {band.low:.3f} to {band.high:.3f}" for band in plausibility.bands())
    shown = _distinct(
        [
            row.evidence
            for row in table.rows
            if not judged.causes or any(row.batch in cause.batches for cause in judged.causes)
        ]
        or [row.evidence for row in table.rows]
    )
    flags = [Flag(cause.id, cause.message_for_staff, tuple(shown[:5])) for cause in judged.causes] or [
        Flag("implausible", "The table is odd for no reason we know.", tuple(shown[:5]))
    ]
    message = (
        " ".join(cause.message_for_student for cause in judged.causes)
        or "The figures are unlike those of the runs that we know."
    )
    return review(
        message,
        shown,
        staff=" ".join(flag.message for flag in flags)
        + f" Share of honest tables as odd: {judged.score:.4f}. Plausible accuracies: {bands}.",
        flags=flags,
    )


def _cells(rows: Sequence[TableRow]) -> str:
    return ", ".join(f"{row.batch}: {row.seconds:g} s" for row in rows if row.seconds is not None)


_PLOT_TIME: Final = re.compile(TIME.words + r"|second|tid(?:en|er)?\b", re.I)
_PLOT_ACCURACY: Final = re.compile(r"acc|nogg|träff", re.I)
_PLOT_BATCH: Final = re.compile(r"batch|storlek|\bsize", re.I)
_REGRESSION: Final = re.compile(r"examples_[xy]|test_y|intercept|regression|predict|imshow|class_names", re.I)


def judge_plot(answer: Answer) -> Finding:
    """The finding of ``q3.plot``."""
    if answer.run is not None:
        drawn = find_curves(answer.run.figures, answer.shared(_table).figures())
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
            0.5,
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


def _prose(answer: Answer) -> tuple[Block, ...]:
    """Prose that can hold the reasoning: under the question, else under none."""
    own = tuple(block for block in answer.section if block.kind is BlockKind.PROSE)
    return own or tuple(block for block in answer.sections.rest if block.kind is BlockKind.PROSE)


def _choice(answer: Answer) -> tuple[Choice, tuple[Block, ...]]:
    blocks = _prose(answer)
    rows = {row.evidence.excerpt for row in answer.shared(_table).rows if len(row.evidence.excerpt) < _ROW}
    text = "\n\n".join(
        "\n".join(
            line
            for line in block.text.split("\n")
            if line.strip() and line.strip() not in rows and "\t" not in line
        )
        for block in blocks
    )
    asked = any(block.kind is BlockKind.PROSE for block in answer.section)
    return read_choice(text, BATCH_SIZES, ASPECTS, asked=asked), blocks


def _place(passage: str, blocks: Sequence[Block]) -> list[Evidence]:
    """The block that a sentence stands in, with the sentence as its excerpt."""
    start = " ".join(passage.split())[:24]
    for block in blocks:
        if start and start in " ".join(block.text.split()):
            return [block.evidence(passage)]
    return [block.evidence() for block in blocks[:2]]


def judge_choice(answer: Answer) -> Finding:
    """The finding of ``q3.choice``."""
    choice, blocks = answer.shared(_choice)
    shown = _place(choice.sentence, blocks)
    if not choice.options:
        text = " ".join(block.text for block in blocks)
        if not text.strip() or len(text.split()) < 4:
            return _no_prose(answer, "No batch size is named as the one to start with.")
        if not choice.mentioned and not choice.aspects and not choice.worded:
            return missing("No batch size is named as the one to start with.")
        return review(
            "The program could not tell for certain which batch size you would start with; a person looks at it.",
            shown,
            staff="No one of the five sizes is named as the choice."
            if not choice.unclear
            else "Several sizes are named; which is the choice is not certain.",
            hint="Name one batch size in so many words.",
        )
    if len(choice.options) > 1:
        return review(
            "More than one batch size is named as the choice; a person looks at it.",
            shown,
            staff=f"Named: {', '.join(map(str, choice.options))}.",
            hint="Decide for one of them.",
        )
    return _held_against_table(choice.options[0], answer, shown)


def _held_against_table(chosen: int, answer: Answer, shown: list[Evidence]) -> Finding:
    figures = answer.shared(_table).figures()
    times, accuracies = figures["time"], figures["accuracy"]
    if chosen not in times or chosen not in accuracies or len(accuracies) < 3:
        return review(
            "A batch size is named, but there are no figures to hold it against; a person looks at it.",
            shown,
            staff=f"Chosen: {chosen}; the table has no figures for it or too few others.",
        )
    better = [
        batch
        for batch in times.keys() & accuracies.keys()
        if times[batch] <= times[chosen]
        and accuracies[batch] >= accuracies[chosen]
        and (times[batch], accuracies[batch]) != (times[chosen], accuracies[chosen])
    ]
    behind = max(accuracies.values()) - accuracies[chosen]
    if better:
        return review(
            "By your own table another batch size is no slower and no less accurate; a person looks at the reasons.",
            shown,
            staff=f"Chosen {chosen} ({times[chosen]:g} s, {accuracies[chosen]:.4g}) is beaten by {', '.join(map(str, sorted(better)))} in time and accuracy.",
            hint="Compare your choice with each of the others in your own table.",
        )
    if behind > TOLERANCE:
        return review(
            "The batch size you chose is fast, but less accurate than others in your table; a person looks at the reasons.",
            shown,
            staff=f"Chosen {chosen}: {behind:.3f} below the best accuracy of the student's own table.",
        )
    return passed(f"Batch size {chosen} is chosen, and holds its own in the table.", shown)


def judge_reasoning(answer: Answer) -> Finding:
    """The finding of ``q3.reasoning``: credit only where all that can be checked holds; never a fail."""
    choice, blocks = answer.shared(_choice)
    text = "\n\n".join(block.text for block in blocks)
    shown = _place(choice.sentence, blocks)
    if len(text.split()) < 4 or (not choice.aspects and not choice.mentioned):
        return _no_prose(answer, "No reasons for a choice were found.")
    settled = answer.finding("q3.choice")
    doubts = []
    if settled is None or settled.share < 1:
        doubts.append("the choice itself is not settled")
    if lacking := [aspect.name for aspect in ASPECTS if aspect.name not in choice.aspects]:
        doubts.append(f"{' and '.join(lacking)} is not spoken of")
    if not doubts:
        claim = contradicted_superlative(
            text, choice.options[0], answer.shared(_table).figures(), ASPECTS, BATCH_SIZES
        )
        if claim:
            doubts.append(f"{claim!r} is not what the student's own table says")
        if sum(len(sentence.split()) for sentence in sentences(text)) < 6:
            doubts.append("there are hardly any words")
    if doubts:
        return review(
            "A person looks at the reasons.",
            shown,
            staff="Not credited automatically: " + "; ".join(doubts) + ".",
            hint="Speak of both time and accuracy, with your own figures.",
        )
    return passed("The choice is reasoned from both time and accuracy.", shown)


def _no_prose(answer: Answer, message: str) -> Finding:
    pictures = [
        block
        for block in answer.unread_pictures
        if block.figure is None or block.figure.kind is not FigureKind.PLOT
    ]
    if pictures and not _prose(answer):
        return review(
            message + " It may be in a picture, which a person looks at.",
            [pictures[0].evidence(pictures[0].text or "picture")],
            staff="No prose in the text; unread pictures are there.",
        )
    return missing(message)


def _charts(table: BatchTable) -> tuple[Chart, ...]:
    """The student's points over the plausible band, and the times."""
    accuracies = [row for row in table.rows if row.accuracy is not None]
    times = [row for row in table.rows if row.seconds is not None]
    if len(accuracies) + len(times) < _FEW_CELLS:
        return ()
    bands = plausibility.bands()
    x = tuple(float(band.batch) for band in bands)
    charts = [
        Chart(
            "Training accuracy",
            "batch size",
            "accuracy",
            (
                Series(
                    "plausible after one epoch",
                    x,
                    tuple(band.median for band in bands),
                    tuple(band.low for band in bands),
                    tuple(band.high for band in bands),
                ),
                Series(
                    "your figures",
                    tuple(float(row.batch) for row in accuracies),
                    tuple(row.accuracy or 0.0 for row in accuracies),
                ),
            ),
            log_x=True,
        ),
        Chart(
            "Training time",
            "batch size",
            "seconds",
            (
                Series(
                    "your figures",
                    tuple(float(row.batch) for row in times),
                    tuple(row.seconds or 0.0 for row in times),
                ),
            ),
            log_x=True,
        ),
    ]
    return tuple(chart for chart in charts if chart.series[-1].x)


def _distinct(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Each passage once; rows of one table together."""
    places: dict[tuple[str, str], list[str]] = {}
    for one in evidence:
        lines = places.setdefault((one.source, one.where), [])
        if one.excerpt not in lines:
            lines.append(one.excerpt)
    return [Evidence(source, where, "\n".join(lines)) for (source, where), lines in places.items()]
