"""A cell's messages, honest or not: bounded, in order, and never the end of the grader."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.execution.notebook import cell_view
from grader.execution.notebook.cell_output import CellOutput, OutputBudget, OutputFloodError
from grader.execution.shared.limits import Limits
from grader.execution.shared.wire import CLAIM_TYPE, FIGURE_TYPE

SMALL = Limits(cell_output_kb=1, image_kb=1, notebook_output_mb=1, cell_messages=50, flood_mb=1)


def collected(*messages: tuple[str, Any], limits: Limits = SMALL, budget: int = 1 << 20) -> CellOutput:
    output = CellOutput(3, limits, OutputBudget(budget), {})
    for kind, content in messages:
        assert not output.take({"msg_type": kind, "content": content})
    return output


def stream(text: str, name: str = "stdout") -> tuple[str, dict[str, str]]:
    return "stream", {"name": name, "text": text}


def test_streams_are_joined_and_errors_kept() -> None:
    error = (
        "error",
        {"ename": "ValueError", "evalue": "bad \x1b[31mred\x1b[0m", "traceback": ["a", "\x1b[1mb"]},
    )
    output = collected(stream("one "), stream("oops", "stderr"), stream("two"), error)
    assert cell_view.streams(output, "stdout") == "one two"
    assert cell_view.streams(output, "stderr") == "oops"
    assert cell_view.error(output) == ("ValueError", "bad red", "a\nb")
    assert [item["output_type"] for item in cell_view.as_notebook(output)] == ["stream", "stream", "error"]


def test_idle_ends_the_cell() -> None:
    assert CellOutput(0, SMALL, OutputBudget(1), {}).take(
        {"msg_type": "status", "content": {"execution_state": "idle"}}
    )


def test_beginning_and_end_of_long_output_are_kept() -> None:
    output = collected(
        *(stream(f"line {number}\n") for number in range(40)), stream("x" * 3000), stream("the end")
    )
    text = cell_view.streams(output, "stdout")
    assert text.startswith("line 0\n")
    assert text.endswith("the end")
    assert "characters left out" in text
    assert len(text) < 1024 + 100
    assert output.cut


def test_the_budget_of_the_notebook_is_shared() -> None:
    output = collected(stream("x" * 500), budget=100)
    assert output.budget.left == 0
    assert len(cell_view.streams(output, "stdout").replace("x", "")) < 60
    assert collected(stream("y"), budget=0).cut


def test_clear_output_now_and_with_the_next() -> None:
    output = collected(stream("old"), ("clear_output", {"wait": True}), stream("new"))
    assert cell_view.streams(output, "stdout") == "new"
    assert cell_view.streams(collected(stream("old"), ("clear_output", {})), "stdout") == ""


def test_a_display_can_be_updated_from_a_later_cell() -> None:
    shown = {"data": {"text/plain": "1%"}, "transient": {"display_id": "bar"}}
    first = collected(("display_data", shown))
    later = CellOutput(4, SMALL, OutputBudget(1000), first.displays)
    later.take({"msg_type": "update_display_data", "content": {**shown, "data": {"text/plain": "100%"}}})
    assert cell_view.result(first) == "100%"


def test_pictures_are_decoded_or_left_out() -> None:
    png = base64.b64encode(b"\x89PNG small").decode()
    output = collected(
        ("display_data", {"data": {"image/png": png, "text/plain": "<Figure>"}}),
        ("display_data", {"data": {"image/png": "not base64!"}}),
        ("display_data", {"data": {"image/png": "A" * 5000, "text/plain": "<Figure>"}}),
        ("display_data", {"data": {"application/javascript": "alert(1)"}}),
    )
    assert [image.data for image in cell_view.images(output)] == [b"\x89PNG small"]
    assert "too large to keep" in cell_view.result(output)
    assert "javascript" not in json.dumps(cell_view.as_notebook(output))


def test_figures_and_claims_are_data_of_a_known_form() -> None:
    axes = {
        **dict.fromkeys(("title", "x_label", "y_label", "x_scale", "y_scale"), "t"),
        "legend": ["a"],
        "series": [{"kind": "line", "label": "a", "x": [1, None], "y": [2, 3.5]}],
        "images": 0,
    }
    figure = {"title": "f", "axes": [axes], "cut": False}
    output = collected(
        ("display_data", {"data": {FIGURE_TYPE: figure, "text/plain": "<Figure>"}}),
        ("display_data", {"data": {FIGURE_TYPE: {**figure, "axes": [{"title": 3}]}}}),
        ("display_data", {"data": {CLAIM_TYPE: '{"a": [1]}'}}),
        ("display_data", {"data": {CLAIM_TYPE: '"text"'}}),
    )
    (found,) = cell_view.figures(output)
    assert (found.cell, found.axes[0].series[0].y) == (3, (2.0, 3.5))
    assert output.claims == {"a": [1]}
    assert output.malformed == 1


def test_too_many_messages_are_dropped_then_refused() -> None:
    output = collected(*(stream("a") for _ in range(60)))
    assert cell_view.streams(output, "stdout") == "a" * 50
    with pytest.raises(OutputFloodError):
        collected(*(stream("a") for _ in range(101)))
    with pytest.raises(OutputFloodError):
        collected(*(stream("a" * 200_000) for _ in range(6)))


NAMES = (
    "name",
    "text",
    "data",
    "text/plain",
    "image/png",
    "transient",
    "display_id",
    "ename",
    "evalue",
    "traceback",
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner),
    max_leaves=10,
)
KINDS = (
    "stream",
    "display_data",
    "execute_result",
    "update_display_data",
    "error",
    "clear_output",
    "comm_open",
)


@given(st.lists(st.tuples(st.sampled_from(KINDS), ANYTHING), max_size=10))
def test_any_message_is_kept_or_counted(messages: list[tuple[str, Any]]) -> None:
    output = CellOutput(0, SMALL, OutputBudget(1 << 16), {})
    for kind, content in messages:
        output.take({"msg_type": kind, "content": content})
    json.dumps(cell_view.as_notebook(output))
    assert len(cell_view.streams(output, "stdout")) <= 2048
    cell_view.result(output), cell_view.error(output), cell_view.images(output), cell_view.html(output)
