"""Ten figures in lines, lists and sentences."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from tests.reference.figure_ways import (
    SIZES,
    Rendered,
    Ten,
    Way,
    plain,
    share_written,
    signed,
    size_written,
    time_written,
)


def _named(ten: Ten, way: Way, at: int) -> tuple[str, str, str]:
    """A size, a time and an accuracy, each with its unit."""
    share = share_written(ten.shares[at], way)
    return size_written(SIZES[at], way), time_written(ten.seconds[at], way), share


LINES: Final = {
    "en": (
        "{m}Batch size {b}: {t}, accuracy {a}",
        "{m}Batch size {b}: accuracy {a}, time {t}",
        "{m}batch_size={b} -> {t} - acc: {a}",
        "{m}Batch size = {b}; training time = {t}; training accuracy = {a}",
        "{m}Batch {b}: time {t} | loss 0.5312 | acc {a}",
        "{m}Batch size {b}: run {t}, compile 3.1 s, accuracy {a}",
        "{m}Batch size {b}: {t}, train accuracy {a}, test accuracy 0.8311",
        "{m}Batch size {b} took {t} and gave an accuracy of {a}.",
        "{m}With a batch size of {b}, training took {t} and the training accuracy was {a}",
        "{m}{b} samples per batch: {t}, acc. {a}",
        "{m}Batch size {b}: {t} (2 ms/step), accuracy: {a}, loss: 0.61",
        "{m}bs {b}: acc {a} after {t}",
    ),
    "sv": (
        "{m}Batchstorlek {b}: {t}, noggrannhet {a}",
        "{m}Batchstorlek {b}: noggrannhet {a}, tid {t}",
        "{m}Batch size {b} tog {t} och gav noggrannheten {a}.",
        "{m}Med batchstorlek {b} tog träningen {t} och träffsäkerheten blev {a}",
        "{m}Batchstorlek {b}: tid {t}, träningsnoggrannhet {a}, testnoggrannhet 0,8311",
        "{m}Storlek {b} - tid {t} - träffsäkerhet {a}",
    ),
}


def lines(ten: Ten, way: Way) -> Rendered:
    """One line a row."""
    draw = random.Random(way.seed)
    template = draw.choice(LINES[way.language])
    marker = draw.choice(["- ", "* ", "", "n. ", "n) "])
    made = []
    for at in range(5):
        b, t, a = _named(ten, way, at)
        made.append(template.format(m=marker.replace("n", str(at + 1)), b=b, t=t, a=a))
    form = draw.choice(["md", "txt"])
    return Rendered(form, ("\n" if marker or form == "txt" else "\n\n").join(made))


def short_lines(ten: Ten, way: Way) -> Rendered:
    """Lines of figures alone."""
    draw = random.Random(way.seed)
    way = way._replace(sizes=way.sizes if way.sizes in {"plain", "k", "space"} else "plain")
    template = draw.choice(
        [
            "{b}: {t}, {a}",
            "{b} - {t} - {a}",
            "{b} ({t}, {a})",
            "- {b}: {t}; {a}",
            "{b} -> {t} / {a}",
            "{b} = {t}, {a}",
        ]
    )
    if way.comma and ", " in template:
        template = template.replace(", ", "; ")
    made = [template.format(b=b, t=t, a=a) for b, t, a in (_named(ten, way, at) for at in range(5))]
    return Rendered("md", "\n\n".join(made))


def paragraph(ten: Ten, way: Way) -> Rendered:
    """All rows in one paragraph."""
    draw = random.Random(way.seed)
    first, *rest = [_named(ten, way, at) for at in range(5)]
    if way.language == "en":
        opening, following, last = draw.choice(
            [
                (
                    "For batch size {b} the epoch took {t} and the training accuracy ended at {a}. ",
                    "for {b} it was {t} and {a}, ",
                    "and for {b} it was {t} and only {a}.",
                ),
                (
                    "With batch size {b} the training took {t} and reached {a} accuracy. ",
                    "With {b} it took {t} and reached {a}. ",
                    "With {b} it took {t} and reached {a}.",
                ),
                (
                    "Batch size {b} needed {t} for an accuracy of {a}, ",
                    "batch size {b} needed {t} for {a}, ",
                    "and batch size {b} needed {t} for {a}.",
                ),
                (
                    "I got an accuracy of {a} in {t} with batch size {b}, ",
                    "{a} in {t} with {b}, ",
                    "and {a} in {t} with {b}.",
                ),
                (
                    "A batch size of {b} gave {a} in {t}. ",
                    "A batch size of {b} gave {a} in {t}. ",
                    "A batch size of {b} gave {a} in {t}.",
                ),
            ]
        )
    else:
        opening, following, last = draw.choice(
            [
                (
                    "Med batchstorlek {b} tog det {t} och noggrannheten blev {a}. ",
                    "Med {b} tog det {t} och noggrannheten blev {a}. ",
                    "Med {b} tog det {t} och noggrannheten blev {a}.",
                ),
                (
                    "För batchstorlek {b} tog träningen {t} med noggrannheten {a}, ",
                    "för {b} {t} och {a}, ",
                    "och för {b} {t} och {a}.",
                ),
            ]
        )
    made = [opening, *[following] * 3, last]
    text = "".join(
        template.format(b=b, t=t, a=a) for template, (b, t, a) in zip(made, [first, *rest], strict=True)
    )
    return Rendered(draw.choice(["md", "txt"]), text)


def nested(ten: Ten, way: Way) -> Rendered:
    """The figures of a row below its size, as a list in a list or under headings."""
    draw = random.Random(way.seed)
    time, share, size = (
        ("Time", "Accuracy", "Batch size") if way.language == "en" else ("Tid", "Noggrannhet", "Batchstorlek")
    )
    style = draw.choice(["list", "heading", "bold", "prose", "bare"])
    made = []
    for at in range(5):
        b, t, a = _named(ten, way, at)
        figures = [f"{time}: {t}", f"{share}: {a}"]
        if way.accuracy_first:
            figures.reverse()
        if "test" in way.besides:
            figures.append("Test accuracy: 0.8301" if way.language == "en" else "Testnoggrannhet: 0,8301")
        if style == "list":
            made.append(f"- {size} {b}\n" + "\n".join(f"  - {one}" for one in figures))
        elif style == "heading":
            made.append(f"#### {size} {b}\n\n" + "\n\n".join(figures) + "\n")
        elif style == "bold":
            made.append(f"**{size}: {b}**\n\n" + "  \n".join(figures) + "\n")
        elif style == "bare":
            made.append(f"- {size} {b}\n  - {t}\n  - {a if '%' in a else share.lower() + ' ' + a}")
        else:
            made.append(
                f"### {size} {b}\n\n"
                + (
                    f"It took {t} and the accuracy was {a} on the training set.\n"
                    if way.language == "en"
                    else f"Det tog {t} och noggrannheten blev {a} på träningsdatan.\n"
                )
            )
    return Rendered("md", "\n".join(made))


def apart(ten: Ten, way: Way) -> Rendered:
    """Two lists, one of times and one of accuracies."""
    time, share = (
        ("Training time", "Training accuracy") if way.language == "en" else ("Träningstid", "Noggrannhet")
    )
    way = way._replace(sizes=way.sizes if way.sizes in {"plain", "k", "space", "full"} else "plain")
    rows = [_named(ten, way, at) for at in range(5)]
    parts = [
        f"{time}:\n\n" + "\n".join(f"- {b}: {t}" for b, t, _ in rows),
        f"{share}:\n\n" + "\n".join(f"- {b}: {a}" for b, _, a in rows),
    ]
    if way.accuracy_first:
        parts.reverse()
    return Rendered("md", "\n\n".join(parts))


def _joined(cells: Sequence[str], way: Way) -> str:
    gap = "; " if way.comma and way.time != "clock" else ", "
    return gap.join(cells[:-1]) + (" and " if way.language == "en" else " och ") + cells[-1]


def respectively(ten: Ten, way: Way) -> Rendered:
    """Lists of numbers in a sentence."""
    way = way._replace(sizes="plain" if way.sizes in {"comma", "words", "power", "full"} else way.sizes)
    sizes = _joined([size_written(size, way) for size in SIZES], way._replace(comma=way.sizes == "space"))
    bare = [signed(plain(one), way) for one in ten.seconds]
    times = _joined(bare, way) + (" seconds" if way.language == "en" else " sekunder")
    shares = _joined([share_written(one, way) for one in ten.shares], way)
    if way.language == "en":
        template = (
            "For batch sizes {b} the training times were {t} and the training accuracies were {a}, respectively.",
            "Batch sizes: {b}\n\nTimes: {t}\n\nAccuracies: {a}",
            "I ran it with batch sizes {b}. It took {t} respectively, and the accuracy was {a}.",
        )[way.heading % 3]
    else:
        template = (
            "För batchstorlekarna {b} var träningstiderna {t} och noggrannheterna {a} respektive.",
            "Batchstorlekar: {b}\n\nTider: {t}\n\nNoggrannhet: {a}",
        )[way.heading % 2]
    return Rendered(("md", "txt")[way.heading % 2], template.format(b=sizes, t=times, a=shares))
