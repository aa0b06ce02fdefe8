"""Notebooks of every version, and what is left of broken ones."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.documents import Document, UnreadableDocumentError
from grader.documents.core.document import BlockKind, FigureKind

Read = Callable[..., Document]
PNG = (Path(__file__).parent / "fixtures" / "img" / "notaplot.png").read_bytes()
PICTURE = base64.encodebytes(PNG).decode()


def notebook(*cells: Any, **more: Any) -> str:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more})


def code(source: Any, *outputs: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "source": source,
        "outputs": list(outputs),
        "metadata": {},
        "execution_count": 1,
    }


def markdown(source: Any, **more: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": {}, **more}


def test_cells_are_counted_from_nought_and_keep_their_source(read: Read) -> None:
    document = read(
        "lab.ipynb", notebook(markdown("# Lab"), code(["x = 1\n", "    y = 2"]), markdown("Text"))
    )
    assert [(block.kind, block.text, block.place.cell) for block in document.blocks] == [
        (BlockKind.HEADING, "Lab", 0),
        (BlockKind.CODE, "x = 1\n    y = 2", 1),
        (BlockKind.PROSE, "Text", 2),
    ]
    assert document.blocks[1].place.where == "cell 1"


def test_outputs_of_every_sort(read: Read) -> None:
    outputs: list[Any] = [
        {"output_type": "stream", "name": "stdout", "text": ["Loss: 1\n", "Loss: 2"]},
        {"output_type": "execute_result", "data": {"text/plain": "[1, 2]"}, "metadata": {}},
        {"output_type": "display_data", "data": {"image/png": PICTURE, "text/plain": "<Figure size 1x1>"}},
        {
            "output_type": "display_data",
            "data": {"text/html": "<table><tr><td>1</td><td>2</td></tr></table>", "text/plain": "1 2"},
        },
        {
            "output_type": "error",
            "ename": "ValueError",
            "evalue": "shapes",
            "traceback": ["\x1b[0;31mValueError\x1b[0m"],
        },
        {"output_type": "display_data", "data": {"text/latex": "$28^2$"}},
    ]
    blocks = read("lab.ipynb", notebook(code("x", *outputs))).blocks[1:]
    assert [(block.kind.value, block.text) for block in blocks] == [
        ("output", "Loss: 1\nLoss: 2"),
        ("output", "[1, 2]"),
        ("figure", ""),
        ("table", "1\t2"),
        ("output", "ValueError: shapes"),
        ("maths", "28^2"),
    ]
    assert blocks[2].figure is not None
    assert blocks[2].figure.picture is not None
    assert blocks[2].figure.picture.data == PNG
    assert all(block.place.where == "cell 0, output" and block.place.cell == 0 for block in blocks)


def test_a_progress_bar_shows_what_it_came_to(read: Read) -> None:
    text = "\r  1/600 [.....] - ETA: 3:34 - loss: 2.4\b\b\b\b\b\r600/600 [=====] - 3s 4ms/step - loss: 0.5 - accuracy: 0.81\n"
    document = read("lab.ipynb", notebook(code("fit()", {"output_type": "stream", "text": text})))
    assert document.blocks[1].text == "600/600 [=====] - 3s 4ms/step - loss: 0.5 - accuracy: 0.81"


def test_attachments_are_figures(read: Read) -> None:
    cell = markdown("![image.png](attachment:image.png)", attachments={"image.png": {"image/png": PICTURE}})
    figure = read("lab.ipynb", notebook(cell)).blocks[0].figure
    assert figure is not None
    assert figure.picture is not None
    assert figure.picture.media_type == "image/png"


def test_a_drawing_in_svg_is_read(read: Read) -> None:
    ticks = "".join(f"<text x='{x}'>{x}</text>" for x in (0, 20, 40, 60, 80, 100))
    shapes = "<path d='M0 0L9 9'/>" * 8
    svg = f"<svg xmlns='http://www.w3.org/2000/svg'>{shapes}{ticks}<text>batch size</text></svg>"
    output = {"output_type": "display_data", "data": {"image/svg+xml": svg}}
    figure = read("lab.ipynb", notebook(code("plot()", output))).blocks[1].figure
    assert figure is not None
    assert (figure.kind, figure.ticks, figure.labelled) == (FigureKind.PLOT, 6, True)


def test_version_3_is_read(read: Read) -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": "Question 1"},
        {
            "cell_type": "code",
            "input": "x = 1",
            "language": "python",
            "outputs": [{"output_type": "pyout", "text": "1", "png": PICTURE}],
        },
        {
            "cell_type": "code",
            "input": "y",
            "outputs": [{"output_type": "pyerr", "ename": "NameError", "evalue": "y"}],
        },
    ]
    document = read("old.ipynb", json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}))
    assert [(block.kind.value, block.text) for block in document.blocks] == [
        ("heading", "Question 1"),
        ("code", "x = 1"),
        ("figure", ""),
        ("code", "y"),
        ("output", "NameError: y"),
    ]


@pytest.mark.parametrize(
    "cell",
    [
        None,
        7,
        [],
        {},
        {"cell_type": "code"},
        {"cell_type": "code", "source": None, "outputs": None},
        {"cell_type": "code", "source": 3, "outputs": [None, 3, {}, {"output_type": "stream", "text": 3}]},
        {
            "cell_type": "markdown",
            "source": ["a", None, 3],
            "attachments": {"x": 3, "y": {"image/png": "!!"}},
        },
        {
            "cell_type": "code",
            "source": "x",
            "outputs": [{"output_type": "display_data", "data": {"image/png": "%%%"}}],
        },
        {"cell_type": 9, "source": "words"},
        {"cell_type": "code", "source": "x", "metadata": 5},
    ],
)
def test_a_broken_cell_hides_no_other(read: Read, cell: Any) -> None:
    document = read("lab.ipynb", notebook(cell, code("gradient = tape.gradient(loss, parameters)")))
    assert document.blocks[-1].text == "gradient = tape.gradient(loss, parameters)"
    assert document.blocks[-1].place.cell == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        ("{}", "no cells"),
        ("[1, 2]", "no cells"),
        ('{"cells": [', "not valid JSON"),
        ("not json at all", "not valid JSON"),
        ('{"cells": ' + "[" * 5_000 + "]" * 5_000 + "}", "nested deeper"),
        ('{"cells": [' + '{"a":' * 5_000 + "1" + "}" * 5_000 + "]}", "nested deeper"),
        ('{"cells": [{"source": ' + "9" * 5_000 + "}]}", "not valid JSON"),
    ],
)
def test_what_is_no_notebook_is_told_in_plain_words(read: Read, content: str, words: str) -> None:
    with pytest.raises(UnreadableDocumentError, match=words):
        read("lab.ipynb", content)


def test_brackets_in_strings_do_not_count_as_nesting(read: Read) -> None:
    deep = "[" * 500 + '"\\"' + "{" * 500
    assert read("lab.ipynb", notebook(code(deep))).blocks[0].text == deep


def test_lone_surrogates_and_separators_do_no_harm(read: Read) -> None:
    document = read("lab.ipynb", '{"cells": [{"cell_type": "markdown", "source": "a\\ud800b\\u2028c"}]}')
    assert document.text() == "a\ufffdb\nc"


def test_more_cells_than_are_read_are_said(read: Read) -> None:
    from grader.documents import ReadingLimits

    document = read(
        "lab.ipynb", notebook(*[code(f"x{index}") for index in range(30)]), ReadingLimits(cells=10)
    )
    assert len(document.blocks) == 10
    assert document.notes == ("the notebook has 30 cells; the first 10 were read",)
