"""Ten figures in every arrangement that students give them, made up: what is rendered has to be read back.

``python -m tests.reference.rendered_tables`` prints how many of the figures come back, by arrangement. Every
arrangement is drawn with languages, decimal commas, units, spellings of the sizes, and columns besides.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from math import isclose
from pathlib import Path
from typing import Final, NamedTuple

from grader.documents import read_document
from reference.batches.batch_table import read_batch_table

SIZES: Final = (1, 10, 100, 1000, 60000)
CHOICE: Final = {
    "en": "Batch size 100 is best to start with: it is nearly as accurate as 10 and takes only a few seconds.",
    "sv": "Batchstorlek 100 är bäst att börja med: den är nästan lika bra som 10 och tar bara några sekunder.",
}


class Way(NamedTuple):
    """How figures are written: language, decimal sign, units, the sizes' spelling, and what stands besides."""

    language: str
    comma: bool
    per_cent: bool
    time: str  # "s", "bare", "seconds", "clock", "m s", "ms", "min"
    sizes: str  # "plain", "space", "comma", "dot", "k", "power", "full", "words"
    accuracy_first: bool
    besides: tuple[str, ...]
    heading: int
    seed: int


class Rendered(NamedTuple):
    """A report's answer as text of a format."""

    format: str
    text: str


class Ten(NamedTuple):
    """The figures: seconds and accuracy by size, both as they will be written."""

    seconds: tuple[float, ...]
    shares: tuple[float, ...]


def drawn_ten(draw: random.Random) -> Ten:
    """Figures such as training gives, now and then with decimals."""
    digits = draw.choice([0, 0, 0, 1, 2])
    first = draw.uniform(61, 260)
    times = [first, draw.uniform(12, 40), draw.uniform(2.2, 9), draw.uniform(1, 3.4), draw.uniform(0.6, 4.4)]
    shares = [
        draw.uniform(0.80, 0.84),
        draw.uniform(0.82, 0.85),
        draw.uniform(0.81, 0.83),
        draw.uniform(0.70, 0.74),
        draw.uniform(0.06, 0.13),
    ]
    written = draw.choice([3, 4, 4, 4])
    return Ten(
        tuple(max(1.0, round(time, digits)) if not digits else round(time, digits) for time in times),
        tuple(round(share, written) for share in shares),
    )


def drawn_way(draw: random.Random) -> Way:
    """One way of writing, each of its parts drawn for itself."""
    besides = [name for name in ("loss", "test", "rate", "steps", "run") if draw.random() < 0.18]
    return Way(
        language=draw.choice(["en", "en", "sv"]),
        comma=draw.random() < 0.3,
        per_cent=draw.random() < 0.45,
        time=draw.choice(["s", "s", " s", "bare", "bare", "seconds", "clock", "m s", "ms", "min"]),
        sizes=draw.choice(
            ["plain", "plain", "plain", "space", "comma", "dot", "k", "power", "full", "words"]
        ),
        accuracy_first=draw.random() < 0.3,
        besides=tuple(besides),
        heading=draw.randrange(6),
        seed=draw.randrange(1 << 30),
    )


def size_written(size: int, way: Way) -> str:
    """A batch size in the way's spelling."""
    if way.sizes == "full":
        return ("full batch" if way.language == "en" else "hela datasetet") if size == 60000 else str(size)
    if way.sizes == "words":
        words = {
            "en": ("one", "ten", "one hundred", "one thousand", "sixty thousand"),
            "sv": ("ett", "tio", "hundra", "tusen", "sextiotusen"),
        }
        return words[way.language][SIZES.index(size)]
    if size < 1000 and way.sizes != "power":
        return str(size)
    grouped = f"{str(size)[:-3]}%s{str(size)[-3:]}"
    return {
        "space": grouped % " ",
        "comma": grouped % ",",
        "dot": grouped % ".",
        "k": f"{size // 1000}k",
        "power": {1: "10^0", 10: "10^1", 100: "10^2", 1000: "10^3", 60000: "6*10^4"}[size],
    }.get(way.sizes, str(size))


def _sign(text: str, way: Way) -> str:
    return text.replace(".", ",") if way.comma else text


def _plain(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def time_written(seconds: float, way: Way, *, headed: bool = False) -> str:
    """A time in the way's unit; `headed`: the heading gives the unit."""
    if way.time in {"clock", "m s"} and seconds == int(seconds) and seconds >= 60:
        minutes, rest = divmod(int(seconds), 60)
        return f"{minutes}:{rest:02d}" if way.time == "clock" else f"{minutes} min {rest} s"
    if way.time == "clock" and seconds == int(seconds):
        return f"0:{int(seconds):02d}"
    if way.time == "ms":
        return f"{_plain(round(seconds * 1000, 3))}" + ("" if headed else " ms")
    if way.time == "min" and headed:
        return _sign(_plain(round(seconds / 60, 6)), way)
    number = _sign(_plain(seconds), way)
    if headed:
        return number
    return number + {"s": "s", "seconds": " seconds" if way.language == "en" else " sekunder"}.get(
        way.time, " s"
    )


def share_written(share: float, way: Way, *, headed: bool = False) -> str:
    """An accuracy as a fraction or in per cent."""
    if not way.per_cent:
        return _sign(f"{share:.4f}" if round(share, 4) == share else _plain(share), way)
    number = _sign(_plain(round(share * 100, 4)), way)
    return number if headed else f"{number}{'%' if way.heading % 2 else ' %'}"


# --- grids -----------------------------------------------------------------------------------------------------


def grid(ten: Ten, way: Way) -> list[list[str]]:
    """Headings and rows of a table."""
    english = way.language == "en"
    headed = way.time in {"bare", "ms", "min"}
    unit = {"ms": "ms", "min": "min"}.get(way.time, "s")
    size = (
        ["Batch size", "batch_size", "Batch", "BS", "Batch size", "Size"]
        if english
        else ["Batchstorlek", "Batch-storlek", "Storlek", "Batch", "Batch size", "Batchstorlek"]
    )
    time = (
        ["Time", "Training time", "time", "Duration", "Elapsed time", "Train time"]
        if english
        else ["Tid", "Träningstid", "tid", "Tidsåtgång", "Tid", "Träningstid"]
    )
    share = (
        ["Accuracy", "Training accuracy", "acc", "Train acc.", "Training set accuracy", "Acc"]
        if english
        else [
            "Noggrannhet",
            "Träningsnoggrannhet",
            "Träffsäkerhet",
            "acc",
            "Noggrannhet (träning)",
            "Träningsprecision",
        ]
    )
    at = way.heading
    columns: list[tuple[str, list[str]]] = [
        (
            time[at] + (f" ({unit})" if at % 2 else f" [{unit}]") if headed else time[at],
            [time_written(seconds, way, headed=headed) for seconds in ten.seconds],
        ),
        (
            f"{share[at]} (%)" if way.per_cent and headed else share[at],
            [share_written(one, way, headed=headed) for one in ten.shares],
        ),
    ]
    if way.accuracy_first:
        columns.reverse()
    draw = random.Random(way.seed)
    extras = {
        "loss": ("Loss" if english else "Förlust", [f"{draw.uniform(0.4, 2.4):.4f}" for _ in SIZES]),
        "test": (
            "Test accuracy" if english else "Testnoggrannhet",
            [share_written(round(draw.uniform(0.1, 0.86), 4), way, headed=headed) for _ in SIZES],
        ),
        "rate": (
            draw.choice(["Accuracy/s", "Accuracy per second", "acc / time"]),
            [f"{share / seconds:.5f}" for share, seconds in zip(ten.shares, ten.seconds, strict=True)],
        ),
        "steps": ("Steps" if english else "Steg", [str(-(-60000 // one)) for one in SIZES]),
    }
    for name in way.besides:
        if name in extras:
            heading, cells = extras[name]
            columns.insert(draw.randrange(len(columns) + 1), (heading, [_sign(cell, way) for cell in cells]))
    columns.insert(0, (size[at], [size_written(one, way) for one in SIZES]))
    if "run" in way.besides:
        columns.insert(0, ("#" if draw.random() < 0.5 else "Run", [str(number) for number in range(1, 6)]))
    return [
        [heading for heading, _ in columns],
        *map(list, zip(*(cells for _, cells in columns), strict=True)),
    ]


def markdown(ten: Ten, way: Way) -> Rendered:
    """A pipe table."""
    rows = grid(ten, way)
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return Rendered("md", "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]]))


def markdown_turned(ten: Ten, way: Way) -> Rendered:
    """A pipe table with the sizes over its columns."""
    rows = [list(row) for row in zip(*grid(ten, way), strict=True)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return Rendered("md", "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]]))


def html(ten: Ten, way: Way) -> Rendered:
    """A table of HTML."""
    rows = grid(ten, way)
    made = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return Rendered("html", f"<table>{made}</table>")


def html_spans(ten: Ten, way: Way) -> Rendered:
    """A table of HTML with a heading over columns and one over rows."""
    way = way._replace(besides=())
    head, *rows = grid(ten, way)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    top = f"<tr><th rowspan=2>{head[0]}</th><th colspan=2>{'Training' if way.heading % 2 else 'Results'}</th></tr>"
    return Rendered("html", f"<table>{top}<tr><th>{head[1]}</th><th>{head[2]}</th></tr>{body}</table>")


def html_grouped(ten: Ten, way: Way) -> Rendered:
    """A table of HTML in which training and test are groups of columns."""
    english = way.language == "en"
    draw = random.Random(way.seed)
    names = ("Training", "Test") if english else ("Träning", "Test")
    inner = ("Time (s)", "Accuracy") if english else ("Tid (s)", "Noggrannhet")
    top = f"<tr><th rowspan=2>Batch</th><th colspan=2>{names[0]}</th><th colspan=2>{names[1]}</th></tr>"
    second = "<tr>" + "".join(f"<th>{name}</th>" for name in inner * 2) + "</tr>"
    body = "".join(
        f"<tr><td>{size_written(size, way)}</td><td>{_sign(_plain(seconds), way)}</td><td>{_sign(f'{share:.4f}', way)}</td>"
        f"<td>{_sign(f'{draw.uniform(0.4, 2):.1f}', way)}</td><td>{_sign(f'{draw.uniform(0.1, 0.86):.4f}', way)}</td></tr>"
        for size, seconds, share in zip(SIZES, ten.seconds, ten.shares, strict=True)
    )
    return Rendered("html", f"<table>{top}{second}{body}</table>")


def tex(ten: Ten, way: Way) -> Rendered:
    """A ``tabular`` with ``booktabs``."""
    rows = [[_tex(cell) for cell in row] for row in grid(ten, way)]
    body = " \\\\\n".join(" & ".join(row) for row in rows[1:])
    return Rendered(
        "tex",
        rf"\begin{{tabular}}{{{'r' * len(rows[0])}}}\toprule {' & '.join(rows[0])} \\ \midrule {body} \\ \bottomrule\end{{tabular}}",
    )


def _tex(cell: str) -> str:
    cell = cell.replace("%", r"\%").replace("_", r"\_").replace("#", r"\#")
    return f"${cell}$" if "^" in cell else cell


def tex_siunitx(ten: Ten, way: Way) -> Rendered:
    """A ``tabular`` with ``siunitx``."""
    rows = "".join(
        rf"\num{{{size}}} & \SI{{{_plain(seconds)}}}{{\second}} & \num{{{share:.4f}}} \\" + "\n"
        if way.heading % 2
        else rf"{size} & \qty{{{_plain(seconds)}}}{{s}} & {share:.4f} \\" + "\n"
        for size, seconds, share in zip(SIZES, ten.seconds, ten.shares, strict=True)
    )
    return Rendered(
        "tex",
        rf"\begin{{tabular}}{{rSS}} {{Batch size}} & {{Time}} & {{Accuracy}} \\ \midrule {rows}\bottomrule\end{{tabular}}",
    )


def _aligned(rows: Sequence[Sequence[str]], *, right: bool) -> list[str]:
    widths = [max(len(row[at]) for row in rows) + 2 for at in range(len(rows[0]))]
    return [
        "".join(
            cell.rjust(width) if right else cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def aligned(ten: Ten, way: Way) -> Rendered:
    """Columns of plain text."""
    return Rendered("txt", "\n".join(_aligned(grid(ten, way), right=way.heading % 2 == 0)))


def tabs(ten: Ten, way: Way) -> Rendered:
    """Columns parted by tabs."""
    return Rendered("txt", "\n".join("\t".join(row) for row in grid(ten, way)))


def csv(ten: Ten, way: Way) -> Rendered:
    """Comma-separated values, or semicolons where the comma is a decimal sign."""
    way = way._replace(sizes="plain" if way.sizes in {"comma", "dot"} else way.sizes)
    sign = ";" if way.comma or way.heading % 3 == 0 else ","
    rows = [[cell.replace(",", ".") if sign == "," else cell for cell in row] for row in grid(ten, way)]
    text = "\n".join(sign.join(row) for row in rows)
    return Rendered("md", f"```\n{text}\n```") if way.heading % 2 else Rendered("txt", text)


def boxed(ten: Ten, way: Way) -> Rendered:
    """A table drawn with signs."""
    rows = grid(ten, way)
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    return Rendered("md", "\n".join(["```", rule, lines[0], rule, *lines[1:], rule, "```"]))


def pandas(ten: Ten, way: Way) -> Rendered:
    """A data frame as it is printed, with its index or with the sizes as index."""
    way = way._replace(time="bare", comma=False, sizes="plain")
    head, *rows = grid(ten, way._replace(besides=tuple(one for one in way.besides if one != "run")))
    head = [cell.replace(" ", "_") for cell in head]
    if way.heading % 2:
        shown = [["", *head], *([str(at), *row] for at, row in enumerate(rows))]
        return Rendered("md", "```\n" + "\n".join(_aligned(shown, right=True)) + "\n```")
    shown = [["", *head[1:]], [head[0], *[""] * (len(head) - 1)], *rows]
    return Rendered("md", "```\n" + "\n".join(_aligned(shown, right=True)) + "\n```")


# --- lines and sentences ---------------------------------------------------------------------------------------


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


def two_grids(ten: Ten, way: Way) -> Rendered:
    """Two tables, one of times and one of accuracies."""
    way = way._replace(besides=())
    rows = grid(ten, way)
    made = []
    for at in (1, 2):
        made.append(
            "\n".join(
                [
                    f"| {rows[0][0]} | {rows[0][at]} |",
                    "| --- | --- |",
                    *(f"| {row[0]} | {row[at]} |" for row in rows[1:]),
                ]
            )
        )
    return Rendered("md", "\n\n".join(made))


def _joined(cells: Sequence[str], way: Way) -> str:
    gap = "; " if way.comma and way.time != "clock" else ", "
    return gap.join(cells[:-1]) + (" and " if way.language == "en" else " och ") + cells[-1]


def respectively(ten: Ten, way: Way) -> Rendered:
    """Lists of numbers in a sentence."""
    way = way._replace(sizes="plain" if way.sizes in {"comma", "words", "power", "full"} else way.sizes)
    sizes = _joined([size_written(size, way) for size in SIZES], way._replace(comma=way.sizes == "space"))
    bare = [_sign(_plain(one), way) for one in ten.seconds]
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


# --- logs ------------------------------------------------------------------------------------------------------


def _log_line(dialect: str, size: int, seconds: float, share: float) -> str:
    steps, whole = -(-60000 // size), int(seconds)
    if dialect == "samples":
        return f"60000/60000 [==============================] - {whole}s {int(seconds / 0.06)}us/sample - loss: 0.5121 - acc: {share:.4f}"
    if dialect == "steps":
        return f"{steps}/{steps} [==============================] - {whole}s 2ms/step - loss: 0.5121 - accuracy: {share:.4f}"
    if dialect == "keras3":
        return (
            f"{steps}/{steps} ━━━━━━━━━━━━━━━━━━━━ {whole}s 2ms/step - accuracy: {share:.4f} - loss: 0.5121"
        )
    if dialect == "verbose 2":
        return (
            f"{steps}/{steps} - {whole}s - loss: 0.5121 - accuracy: {share:.4f} - {whole}s/epoch - 2ms/step"
        )
    if dialect == "verbose 2 keras3":
        return f"{steps}/{steps} - {whole}s - 2ms/step - accuracy: {share:.4f} - loss: 0.5121"
    return f" - {whole}s - loss: 0.5121 - acc: {share:.4f}"  # verbose=2 of the first Keras


_EVALUATED: Final = {
    "samples": "10000/10000 [==============================] - 1s 51us/sample - loss: 0.4571 - acc: 0.8391",
    "steps": "313/313 [==============================] - 1s 2ms/step - loss: 0.4571 - accuracy: 0.8391",
    "keras3": "313/313 ━━━━━━━━━━━━━━━━━━━━ 1s 1ms/step - accuracy: 0.8391 - loss: 0.4571",
    "verbose 2": "313/313 - 1s - loss: 0.4571 - accuracy: 0.8391 - 501ms/epoch - 2ms/step",
    "verbose 2 keras3": "313/313 - 1s - 2ms/step - accuracy: 0.8391 - loss: 0.4571",
    "first": "10000/10000 - 1s - loss: 0.4571 - acc: 0.8391",
}


def whole(ten: Ten) -> Ten:
    """The figures as a log prints them: whole seconds, four digits."""
    return Ten(tuple(float(int(one)) for one in ten.seconds), tuple(round(one, 4) for one in ten.shares))


def logs(ten: Ten, way: Way) -> Rendered:
    """What training prints, of every Keras."""
    draw = random.Random(way.seed)
    dialect = draw.choice(["samples", "steps", "keras3", "verbose 2", "verbose 2 keras3", "first"])
    headed = dialect in {"samples", "first"} or draw.random() < 0.6
    evaluated = draw.random() < 0.4
    overwritten = draw.random() < 0.2 and dialect in {"samples", "steps", "keras3"}
    made = []
    for size, seconds, share in zip(SIZES, ten.seconds, ten.shares, strict=True):
        if headed:
            made.append(f"{'Batch size' if way.language == 'en' else 'Batchstorlek'} {size}:")
        if draw.random() < 0.5 or dialect == "first":
            made.append("Epoch 1/1")
        line = _log_line(dialect, size, seconds, share)
        if overwritten:
            steps = line.split("/", 1)[0]
            early = line.replace(f"{steps}/", "1/", 1).replace(f"{share:.4f}", "0.1250")
            line = early + "\b" * len(early) + line if size != 60000 else line
        made.append(line)
        if evaluated:
            made.append(_EVALUATED[dialect])
        made.append("")
    text = "\n".join(made)
    return Rendered("md", f"```\n{text}\n```") if way.heading % 2 else Rendered("txt", text)


# --- code ------------------------------------------------------------------------------------------------------


def code(ten: Ten, way: Way) -> Rendered:
    """Figures typed in Python."""
    draw = random.Random(way.seed)
    rows = list(zip(SIZES, map(_plain, ten.seconds), (_plain(one) for one in ten.shares), strict=True))
    sizes, times, shares = (
        ", ".join(map(str, SIZES)),
        ", ".join(row[1] for row in rows),
        ", ".join(row[2] for row in rows),
    )
    made = draw.choice(
        [
            "results = {" + ", ".join(f"{b}: ({t}, {a})" for b, t, a in rows) + "}",
            "results = {" + ", ".join(f"{b}: {{'time': {t}, 'acc': {a}}}" for b, t, a in rows) + "}",
            "results = [" + ", ".join(f"({b}, {t}, {a})" for b, t, a in rows) + "]",
            "rows = ["
            + ", ".join(f"{{'batch': {b}, 'time': {t}, 'accuracy': {a}}}" for b, t, a in rows)
            + "]",
            f"batch_sizes = [{sizes}]\ntimes = [{times}]\naccuracies = [{shares}]\nplt.plot(batch_sizes, times)",
            f"batch_sizes = np.array([{sizes}])\ntraining_time = np.array([{times}])\ntrain_acc = np.array([{shares}])",
            f"df = pd.DataFrame({{'batch_size': [{sizes}], 'time_s': [{times}], 'accuracy': [{shares}]}})",
            "times = {"
            + ", ".join(f"{b}: {t}" for b, t, _ in rows)
            + "}\naccs = {"
            + ", ".join(f"{b}: {a}" for b, _, a in rows)
            + "}",
            f"x, times, acc = [{sizes}], [{times}], [{shares}]",
        ]
    )
    return Rendered("md", f"```python\n{made}\n```")


ARRANGEMENTS: Final[dict[str, Callable[[Ten, Way], Rendered]]] = {
    one.__name__: one
    for one in (
        markdown,
        markdown_turned,
        html,
        html_spans,
        html_grouped,
        tex,
        tex_siunitx,
        aligned,
        tabs,
        csv,
        boxed,
        pandas,
        lines,
        short_lines,
        paragraph,
        nested,
        apart,
        two_grids,
        respectively,
        logs,
        code,
    )
}


def report(made: Rendered, language: str) -> str:
    """The answer under its question, with a choice."""
    if made.format == "html":
        return f"<!doctype html><html><body><h2>Question 3</h2>{made.text}<p>{CHOICE[language]}</p></body></html>"
    if made.format == "tex":
        return (
            rf"\documentclass{{article}}\usepackage{{booktabs,siunitx}}\begin{{document}}\section*{{Question 3}}"
            f"\n\n{made.text}\n\n{CHOICE[language]}\n" + r"\end{document}"
        )
    return f"{'# ' if made.format == 'md' else ''}Question 3\n\n{made.text}\n\n{CHOICE[language]}\n"


class ReadBack(NamedTuple):
    """How many of the ten figures came back, and those that came back otherwise."""

    equal: int
    wrong: tuple[str, ...]


def read_back(made: Rendered, ten: Ten, way: Way, folder: Path) -> ReadBack:
    """Reads a rendered report and compares its figures with those that were rendered."""
    path = folder / f"report.{made.format}"
    path.write_text(report(made, way.language), encoding="utf-8")
    table = read_batch_table(read_document(path).blocks)
    found = {row.batch: row for row in table.rows}
    equal, wrong = 0, []
    for size, seconds, share in zip(SIZES, ten.seconds, ten.shares, strict=True):
        row = found.get(size)
        for name, want, have in (
            ("s", seconds, row.seconds if row else None),
            ("acc", share, row.accuracy if row else None),
        ):
            if have is None:
                continue
            if isclose(have, want, rel_tol=1e-4, abs_tol=6e-5):
                equal += 1
            else:
                wrong.append(f"{size} {name}: {have:g} for {want:g}")
    return ReadBack(equal, tuple(wrong))


def drawn(name: str, seed: int) -> tuple[Rendered, Ten, Way]:
    """One rendering of an arrangement."""
    draw = random.Random(f"{name} {seed}")
    ten, way = drawn_ten(draw), drawn_way(draw)
    if name == "logs":
        ten = whole(ten)
    return ARRANGEMENTS[name](ten, way), ten, way


def main() -> None:
    """Prints the share that comes back, by arrangement; with a number, so many renderings of each; ``-v`` shows the rest."""
    numbers = [int(one) for one in sys.argv[1:] if one.isdecimal()]
    only = [one for one in sys.argv[1:] if one in ARRANGEMENTS] or list(ARRANGEMENTS)
    each = numbers[0] if numbers else 40
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for name in only:
            own: Counter[str] = Counter()
            for seed in range(each):
                made, ten, way = drawn(name, seed)
                back = read_back(made, ten, way, Path(folder))
                own.update(figures=10, equal=back.equal, wrong=len(back.wrong))
                if "-v" in sys.argv and (back.wrong or back.equal < 10):
                    print(
                        json.dumps(
                            {"name": name, "seed": seed, "wrong": back.wrong, "equal": back.equal, "way": way}
                        )
                    )
                    print(made.text, "\n")
            total.update(own)
            print(f"{name:18} {own['equal'] / own['figures']:7.1%} come back, {own['wrong']} otherwise")
    print(f"{'all':18} {total['equal'] / total['figures']:7.1%} come back, {total['wrong']} otherwise")


if __name__ == "__main__":
    main()
