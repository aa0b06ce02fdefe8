"""Notebooks as they are handed in: any bytes at all, read or refused in plain words."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UnreadableNotebookError
from grader.execution.notebook.notebook_file import read_notebook, write_notebook
from grader.execution.shared.limits import Limits

LIMITS = Limits()
KEYS = (
    "cells",
    "cell_type",
    "source",
    "outputs",
    "text",
    "data",
    "worksheets",
    "input",
    "metadata",
    "text/plain",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner),
    max_leaves=20,
)


def test_both_forms_of_a_source_and_its_saved_output() -> None:
    outputs: list[Any] = [
        {"output_type": "stream", "name": "stdout", "text": ["one\n", "two\n"]},
        {"output_type": "execute_result", "data": {"text/plain": "3"}},
        {"output_type": "display_data", "data": {"image/png": "xx", "text/plain": "<Figure>"}},
        {"output_type": "error", "ename": "ValueError", "evalue": "bad"},
    ]
    book = {"cells": [{"cell_type": "code", "source": ["a\n", "b"], "outputs": outputs}], "nbformat": 4}
    (cell,) = read_notebook(json.dumps(book).encode(), LIMITS)
    assert (cell.kind, cell.source) == ("code", "a\nb")
    assert cell.saved.split("\n") == ["one", "two", "", "3", "ValueError: bad"]


def test_format_3_is_read() -> None:
    sheet = {"cells": [{"cell_type": "heading", "source": "H"}, {"cell_type": "code", "input": ["x = 1"]}]}
    cells = read_notebook(json.dumps({"worksheets": [sheet, 3], "nbformat": 3}).encode(), LIMITS)
    assert [(cell.kind, cell.source) for cell in cells] == [("markdown", "H"), ("code", "x = 1")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "not a notebook"),
        (b"[" * 50_000, "not a notebook"),
        (b"{}", "no list of cells"),
        (b"[1]", "no list of cells"),
        (b'{"cells": 3}', "no list of cells"),
        (json.dumps({"cells": [{}] * 1001}).encode(), "1001 cells"),
        (b" " * ((20 << 20) + 1), "larger than 20 MB"),
    ],
)
def test_what_is_not_a_notebook_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableNotebookError, match=words):
        read_notebook(data, LIMITS)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(UnreadableNotebookError):
        read_notebook(data, LIMITS)


@given(JSON)
def test_any_json_is_read_or_refused_and_what_is_read_can_be_written(tree: Any) -> None:
    for wrapped in (
        tree,
        {"cells": tree},
        {"cells": [tree, {"cell_type": "code", "source": tree, "outputs": [tree]}]},
    ):
        try:
            cells = read_notebook(json.dumps(wrapped).encode(), LIMITS)
        except UnreadableNotebookError:
            continue
        outputs: dict[int, list[dict[str, Any]]] = {
            index: [] for index, cell in enumerate(cells) if cell.kind == "code"
        }
        written = write_notebook(cells, outputs).decode()
        nbformat.validate(nbformat.reads(written, as_version=4))  # type: ignore[no-untyped-call]  # nbformat has no types
