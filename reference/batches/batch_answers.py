"""Question 3, from a submission to findings: the table and whether its figures are plausible, with their charts."""

from __future__ import annotations

from collections.abc import Sequence

from grader.checks import Answer, Finding, missing, partial, passed, review
from grader.model import Chart, Evidence, Flag, Series, Value
from reference.batches.batch_table import BatchTable, TableRow, read_batch_table
from reference.batches.lacking_figures import lacking_hint, lacking_message
from reference.batches.notebook_agreement import disagreement
from reference.batches.unread_figures import speaks_of_figures, unread_figures
from reference.lab.batch_sizes import BATCH_SIZES
from reference.plausibility import plausible_figures
from reference.plausibility.coincidence import ACCURACY_CHART, TIME_CHART


class TableCriteria(Value, frozen=True):
    """What a table is worth; its ten figures are five times and five training accuracies.

    `share_a_figure`: of the points, for each figure that is there, while some are lacking.
    `share_with_test_accuracies`: of the points, where all is there but the accuracies are those of the test set.
    `share_with_times_of_steps`: of the points, where all is there but the times are those of one step or sample.
    `least_figures`: with fewer than these read, what stands in another form is for a person, and no chart is drawn.
    `least_sizes`: so many sizes, and as many accuracies, in whatever form, are figures that a person must look at.
    `repeated_within`: an accuracy in prose so close to one of the table repeats it, rounded; any other is a new one.
    """

    share_a_figure: float
    share_with_test_accuracies: float
    share_with_times_of_steps: float
    least_figures: int
    least_sizes: int
    repeated_within: float


class PlausibilityCriteria(Value, frozen=True):
    """When a table is plausible.

    `doubt`: a table at which fewer than this share of honest tables are as odd is for a person to look at.
    `least_accuracies`: with fewer, plausible ones have only the share of the points that they are of the five.
    """

    doubt: float
    least_accuracies: int


def shared_table(answer: Answer) -> BatchTable:
    """The table as read once for all checks: under the question if it is whole there, else wherever most of it is."""
    own = read_batch_table(answer.section)
    if own.complete:
        return own
    wider = read_batch_table(answer.everything)
    return wider if wider.cells > own.cells else own


def judge_table(answer: Answer, criteria: TableCriteria) -> Finding:
    """The finding of ``q3.table``."""
    table = answer.shared(shared_table)
    charts = _charts(table, criteria)
    shown = _distinct([row.evidence for row in table.rows])
    if table.complete and table.steps_only:
        return partial(
            "The times are those of one step or one sample; the time of the whole run is asked for.",
            criteria.share_with_times_of_steps,
            shown,
            hint="The first number in the line that training prints, in seconds, is the time of the whole run.",
            charts=charts,
        )
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
        return _unarranged(answer, criteria) or missing(
            "No times and accuracies were found for any of the five batch sizes."
        )
    message = lacking_message(table)
    if table.only_test:
        message = "The accuracies are those of the test set; the training set's are asked for."
        if (
            not any(row.accuracy is not None for row in table.rows)
            and all(row.seconds is not None for row in table.rows)
            and len(table.rows) == len(BATCH_SIZES)
        ):
            return partial(
                message,
                criteria.share_with_test_accuracies,
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
    if table.cells < criteria.least_figures and (doubt := _unarranged(answer, criteria)) is not None:
        return doubt
    seen = unread_figures(table, answer.section, criteria.repeated_within)
    if not table.only_test and seen is not None:
        return review(
            message + " There are other figures that the program could not place, which a person looks at.",
            [*shown, seen.evidence()],
            staff=f"{table.cells} of 10 figures were read; figures that belong to no row are there.",
            charts=charts,
        )
    return partial(
        message, table.cells * criteria.share_a_figure, shown, hint=lacking_hint(table), charts=charts
    )


def _unarranged(answer: Answer, criteria: TableCriteria) -> Finding | None:
    """Figures that a person sees and the program cannot put into rows are for that person."""
    least = criteria.least_sizes
    seen = speaks_of_figures(answer.section, least) or speaks_of_figures(answer.everything, least)
    if seen is None:
        return None
    return review(
        "Figures for the batch sizes were found, but not in a form that the program can read; a person looks at them.",
        [seen.evidence()],
        staff="Sizes and accuracies are there, in no arrangement that could be read.",
        hint="A table with one row a batch size is easiest to read.",
    )


def judge_plausibility(answer: Answer, criteria: PlausibilityCriteria) -> Finding:
    """The finding of ``q3.plausible``."""
    table = answer.shared(shared_table)
    judged = plausible_figures.judge_figures([row.row for row in table.rows], criteria.doubt)
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
    if not table.figures()["accuracy"]:
        return _without_accuracies(table)
    known = len(table.figures()["accuracy"])
    if judged.plausible and known < criteria.least_accuracies:
        return partial(
            "What is given is plausible, but with so few accuracies it cannot be seen whether each run started fresh.",
            known / len(BATCH_SIZES),
            _distinct([row.evidence for row in table.rows]),
            staff=f"{known} of 5 accuracies; share of honest tables at least as odd: {judged.score:.2f}.",
        )
    if judged.plausible:
        return passed(
            "The figures are such as training from a fresh start gives."
            if table.figures()["time"]
            else "The accuracies are such as training from a fresh start gives; there are no times beside them.",
            staff=f"Share of honest tables at least as odd: {judged.score:.2f}.",
        )
    bands = ", ".join(
        f"{band.batch}: {band.low:.3f} to {band.high:.3f}"
        for band in plausible_figures.bands([row.row for row in table.rows])
    )
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


def _without_accuracies(table: BatchTable) -> Finding:
    """Times alone, or accuracies of the test set: whether the runs were those asked for cannot be seen from them."""
    if table.only_test:
        return missing(
            "The accuracies are those of the test set: only those of the training set show whether each run started fresh.",
            hint="The accuracy on the training images stands in the line that training prints.",
        )
    return missing(
        "Only times were found: without training accuracies it cannot be seen whether each run started fresh.",
        hint="The accuracy on the training images stands in the line that training prints.",
    )


def _cells(rows: Sequence[TableRow]) -> str:
    return ", ".join(f"{row.batch}: {row.seconds:g} s" for row in rows if row.seconds is not None)


def _charts(table: BatchTable, criteria: TableCriteria) -> tuple[Chart, ...]:
    """The student's points over the plausible band, and the times."""
    accuracies = [row for row in table.rows if row.accuracy is not None]
    times = [row for row in table.rows if row.seconds is not None]
    if len(accuracies) + len(times) < criteria.least_figures:
        return ()
    bands = plausible_figures.bands([row.row for row in table.rows])
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
                    tuple(round(band.median, 6) for band in bands),
                    tuple(round(band.low, 6) for band in bands),
                    tuple(round(band.high, 6) for band in bands),
                ),
                Series(
                    "your figures",
                    tuple(float(row.batch) for row in accuracies),
                    tuple(row.accuracy or 0.0 for row in accuracies),
                ),
            ),
            log_x=True,
            id=ACCURACY_CHART,
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
            id=TIME_CHART,
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
