"""Ten figures as a grid: tables of Markdown, HTML and TeX, columns of text, data frames."""

from __future__ import annotations

import random
from collections.abc import Sequence

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
            columns.insert(draw.randrange(len(columns) + 1), (heading, [signed(cell, way) for cell in cells]))
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
        f"<tr><td>{size_written(size, way)}</td><td>{signed(plain(seconds), way)}</td><td>{signed(f'{share:.4f}', way)}</td>"
        f"<td>{signed(f'{draw.uniform(0.4, 2):.1f}', way)}</td><td>{signed(f'{draw.uniform(0.1, 0.86):.4f}', way)}</td></tr>"
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
        rf"\num{{{size}}} & \SI{{{plain(seconds)}}}{{\second}} & \num{{{share:.4f}}} \\" + "\n"
        if way.heading % 2
        else rf"{size} & \qty{{{plain(seconds)}}}{{s}} & {share:.4f} \\" + "\n"
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
