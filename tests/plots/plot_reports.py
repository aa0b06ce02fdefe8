"""Whole reports around drawn figures, in every format that may hold them."""

from __future__ import annotations

import base64
import io
import json
import random
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import matplotlib.pyplot as plt
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from plot_drawing import SIZES, WORDS, Look, figures

FORMATS: Final = (
    "md png",
    "md svg",
    "html png",
    "html svg",
    "ipynb",
    "docx png",
    "tex png",
    "tex pdf",
    "pdf",
    "pdf png",
)
NUMBERED: Final = ("docx chart", "pgfplots")  # no drawing is made for these: the program draws it
_ONE, _TWO = "gradient = tape.gradient(loss, parameters)", "28*28*128 + 128 = 784*128 + 128 = 100480"
_CHOICE: Final = (
    "Batch size 100 is best to start with: it is nearly as accurate as 10 and takes only a few seconds."
)


def written(folder: Path, kind: str, one: Look, chance: random.Random) -> Path:
    """A report in a folder of its own; its path."""
    if kind in NUMBERED:
        return {"docx chart": _docx_chart, "pgfplots": _pgfplots}[kind](folder, one)
    drawn = figures(one, chance)
    try:
        return _written(folder, kind, one, drawn)
    finally:
        for figure in drawn:
            plt.close(figure)


def with_pictures(folder: Path, kind: str, one: Look, drawn: Sequence[Figure]) -> Path:
    """A report with these figures in it, or with none."""
    return _written(folder, kind, one, drawn)


def _written(folder: Path, kind: str, one: Look, drawn: Sequence[Figure]) -> Path:
    form, _, drawing = kind.partition(" ")
    if form == "pdf":
        return _pdf(folder, one, drawn, drawing == "png")
    suffix = drawing or "png"
    pictures = [_saved(figure, suffix, one.pixels) for figure in drawn]
    for at, data in enumerate(pictures):
        if form in {"md", "tex"}:
            (folder / f"plot{at}.{suffix}").write_bytes(data)
    if form == "md":
        shown = "\n\n".join(f"![{_caption(one)}](plot{at}.{suffix})" for at in range(len(pictures)))
        return _text(folder / "report.md", _markdown(one, shown))
    if form == "tex":
        shown = "\n".join(rf"\includegraphics{{plot{at}.{suffix}}}" for at in range(len(pictures)))
        if len(pictures) > 1:
            shown = r"\begin{tabular}{cc}" + " & ".join(shown.split("\n")) + r"\end{tabular}"
        return _text(folder / "report.tex", _tex(one, shown))
    if form == "html":
        shown = "".join(
            data.decode()[data.decode().index("<svg") :]
            if suffix == "svg"
            else f'<img src="data:image/png;base64,{base64.b64encode(data).decode()}">'
            for data in pictures
        )
        return _text(folder / "report.html", _html(one, shown))
    if form == "ipynb":
        return _notebook(folder, one, pictures)
    return _docx(folder, one, [(f"media/plot{at}.png", data) for at, data in enumerate(pictures)], "")


def _caption(one: Look) -> str:
    return WORDS[one.words][3]


def _saved(figure: Figure, suffix: str, pixels: int) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format=suffix, dpi=pixels / figure.get_size_inches()[0])
    return stream.getvalue()


def _text(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def _rows(one: Look) -> list[tuple[str, str, str]]:
    return [
        (str(size), f"{time:g}", f"{share:.4f}")
        for size, time, share in zip(SIZES, one.times, one.shares, strict=True)
    ]


def _markdown(one: Look, shown: str) -> str:
    rows = "\n".join(f"| {' | '.join(row)} |" for row in _rows(one))
    head = "| Batch size | Time (s) | Accuracy |\n| --- | --- | --- |"
    return (
        f"# Lab report\n\n## Question 1\n\n`{_ONE}`\n\n## Question 2\n\n{_TWO}\n\n"
        f"## Question 3\n\n{head}\n{rows}\n\n{shown}\n\n{_CHOICE}\n"
    )


def _html(one: Look, shown: str) -> str:
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in _rows(one))
    head = "<tr><th>Batch size</th><th>Time (s)</th><th>Accuracy</th></tr>"
    return (
        f"<!doctype html><html><body><h2>Question 1</h2><pre>{_ONE}</pre><h2>Question 2</h2><p>{_TWO}</p>"
        f"<h2>Question 3</h2><table>{head}{rows}</table><p>{shown}</p><p>{_CHOICE}</p></body></html>"
    )


def _tex(one: Look, shown: str) -> str:
    rows = "\n".join(" & ".join(row) + r" \\" for row in _rows(one))
    return (
        r"\documentclass{article}\usepackage{graphicx,pgfplots}\begin{document}" + "\n"
        rf"\section*{{Question 1}} \verb|{_ONE}|" + "\n\n"
        rf"\section*{{Question 2}} ${_TWO.replace('*', chr(92) + 'cdot ')}$" + "\n\n"
        r"\section*{Question 3}" + "\n"
        r"\begin{tabular}{rrr} Batch size & Time (s) & Accuracy \\" + f"\n{rows}\n" + r"\end{tabular}"
        f"\n\n{shown}\n\n{_CHOICE}\n" + r"\end{document}" + "\n"
    )


def _pgfplots(folder: Path, one: Look) -> Path:
    _, up, right, _ = WORDS[one.words]
    times, shares = _numbers(one)
    plots = []
    for name, values in ((up, times), (right, shares)):
        pairs = " ".join(f"({size},{value:g})" for size, value in zip(SIZES, values, strict=True))
        label = f", ylabel={{{name}}}" if name else ""
        plots.append(
            r"\begin{tikzpicture}\begin{axis}[xmode=log" + label + "]\n"
            rf"\addplot coordinates {{{pairs}}};" + "\n" + r"\end{axis}\end{tikzpicture}"
        )
    return _text(
        folder / "report.tex", _tex(one, "\n\n".join(plots[: 1 if one.wrong.startswith("only") else 2]))
    )


def _numbers(one: Look) -> tuple[tuple[float, ...], tuple[float, ...]]:
    if one.wrong == "reversed":
        return one.times[::-1], one.shares[::-1]
    if one.wrong:
        return (60.0, 44.0, 31.0, 12.0, 9.0), (0.5, 0.71, 0.9, 0.93, 0.6)
    return one.times, one.shares


def _notebook(folder: Path, one: Look, pictures: Sequence[bytes]) -> Path:
    code = f"times = {list(one.times)}\nacc = {list(one.shares)}\nshow(times, acc)"
    outputs = [
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"image/png": base64.b64encode(data).decode()},
        }
        for data in pictures
    ]
    head, _, rest = _markdown(one, "\x00").partition("\x00")
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": head},
        {"cell_type": "code", "metadata": {}, "source": code, "execution_count": 1, "outputs": outputs},
        {"cell_type": "markdown", "metadata": {}, "source": rest},
    ]
    return _text(
        folder / "lab.ipynb", json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells})
    )


def _pdf(folder: Path, one: Look, drawn: Sequence[Figure], pixels: bool) -> Path:
    """Pages with text and a figure below it; the figure's own page is its paper, larger by the text."""
    path = folder / "report.pdf"
    with plt.rc_context({"pdf.fonttype": 42}), PdfPages(path) as pages:
        page = plt.figure(figsize=(8.3, 11.7))
        lines = [
            "Question 1",
            _ONE,
            "",
            "Question 2",
            _TWO,
            "",
            "Question 3",
            "Batch size     Time (s)     Accuracy",
        ]
        lines += ["        ".join(row) for row in _rows(one)] + ["", *_CHOICE.split(": ")]
        for at, line in enumerate(lines):
            for column, cell in enumerate(line.split("     ") if at >= 7 else [line]):
                if cell.strip():
                    page.text(
                        0.1 + 0.2 * column,
                        0.93 - 0.025 * at,
                        cell.strip(),
                        size=14 if line.startswith("Question") else 10,
                    )
        pages.savefig(page)
        plt.close(page)
        for figure in drawn:
            if not pixels:
                pages.savefig(figure)
                continue
            image = plt.imread(io.BytesIO(_saved(figure, "png", one.pixels)))
            sheet = plt.figure(figsize=(8.3, 11.7))
            axes = sheet.add_axes((0.1, 0.5, 0.8, 0.4))
            axes.imshow(image)
            axes.axis("off")
            pages.savefig(sheet, dpi=200)
            plt.close(sheet)
    return path


_OFFICE: Final = "http://schemas.openxmlformats.org"


def _docx(folder: Path, one: Look, members: Sequence[tuple[str, bytes]], kind: str) -> Path:
    rows = [("Batch size", "Time (s)", "Accuracy"), *_rows(one)]
    cells = "".join(
        "<w:tr>" + "".join(f"<w:tc>{_paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in rows
    )
    shown = "".join(
        f'<w:p><w:r><w:drawing><wp:inline><wp:docPr id="{at}" name="p{at}"/><a:graphic><a:graphicData>'
        + (
            f'<c:chart r:id="r{at}"/>'
            if kind
            else f'<pic:pic><pic:blipFill><a:blip r:embed="r{at}"/></pic:blipFill></pic:pic>'
        )
        + "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
        for at in range(len(members))
    )
    body = "".join(
        (_paragraph("Question 1"), _paragraph(_ONE), _paragraph("Question 2"), _paragraph(_TWO), _paragraph("Question 3"),
         f"<w:tbl>{cells}</w:tbl>", shown, _paragraph(_CHOICE))
    )  # fmt: skip
    document = (
        f'<w:document xmlns:w="{_OFFICE}/wordprocessingml/2006/main" xmlns:r="{_OFFICE}/officeDocument/2006/relationships"'
        f' xmlns:a="{_OFFICE}/drawingml/2006/main" xmlns:pic="{_OFFICE}/drawingml/2006/picture"'
        f' xmlns:c="{_OFFICE}/drawingml/2006/chart" xmlns:wp="{_OFFICE}/drawingml/2006/wordprocessingDrawing">'
        f"<w:body>{body}</w:body></w:document>"
    )
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml"'
        ' ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Override'
        ' PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.document.main+xml"/></Types>'
    )
    relation = f"{_OFFICE}/officeDocument/2006/relationships"
    package = f'<Relationships xmlns="{_OFFICE}/package/2006/relationships">'
    with zipfile.ZipFile(folder / "report.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr(
            "_rels/.rels",
            f'{package}<Relationship Id="d" Type="{relation}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        archive.writestr("word/document.xml", document)
        archive.writestr(
            "word/_rels/document.xml.rels",
            package
            + "".join(
                f'<Relationship Id="r{at}" Type="{relation}/{kind or "image"}" Target="{name}"/>'
                for at, (name, _) in enumerate(members)
            )
            + "</Relationships>",
        )
        for name, data in members:
            archive.writestr(f"word/{name}", data)
    return folder / "report.docx"


def _paragraph(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f'<w:p><w:r><w:t xml:space="preserve">{escaped}</w:t></w:r></w:p>'


def _docx_chart(folder: Path, one: Look) -> Path:
    _, up, right, _ = WORDS[one.words]
    charts = []
    for name, values in zip((up, right), _numbers(one), strict=True):
        title = (
            f"<c:title><c:tx><c:rich><a:p><a:r><a:t>{name}</a:t></a:r></a:p></c:rich></c:tx></c:title>"
            if name
            else ""
        )
        points = "".join(f'<c:pt idx="{at}"><c:v>{value!r}</c:v></c:pt>' for at, value in enumerate(values))
        keys = "".join(f'<c:pt idx="{at}"><c:v>{size}</c:v></c:pt>' for at, size in enumerate(SIZES))
        charts.append(
            f'<c:chartSpace xmlns:c="{_OFFICE}/drawingml/2006/chart" xmlns:a="{_OFFICE}/drawingml/2006/main"><c:chart>{title}'
            f"<c:plotArea><c:lineChart><c:ser><c:cat><c:strRef><c:strCache>{keys}</c:strCache></c:strRef></c:cat><c:val>"
            f"<c:numRef><c:numCache>{points}</c:numCache></c:numRef></c:val></c:ser></c:lineChart></c:plotArea></c:chart>"
            "</c:chartSpace>"
        )
    charts = charts[: 1 if one.wrong.startswith("only") else 2]
    return _docx(
        folder, one, [(f"charts/chart{at}.xml", chart.encode()) for at, chart in enumerate(charts)], "chart"
    )
