"""Cells to segments, as an assignment's plan says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.execution import NotebookPlan, segments

RESTART = NotebookPlan(
    restart=lambda source: source.startswith("setup"),
    skip=lambda source: "optional" if source.startswith("skip") else None,
)


def test_a_restart_point_begins_a_segment() -> None:
    assert segments(["a", None, "setup", "b", "setup"], RESTART) == ((0,), (2, 3), (4,))


def test_a_restart_point_at_the_start_makes_no_empty_segment() -> None:
    assert segments([None, "setup", "a"], RESTART) == ((1, 2),)
    assert segments(["skip", "setup", "a"], RESTART) == ((0, 1, 2),)


def test_empty_cells_and_other_kinds_belong_to_no_segment() -> None:
    assert segments(["", "  \n", None, "a"], RESTART) == ((3,),)
    assert segments([], RESTART) == ()
    assert segments([None, ""], RESTART) == ()


@given(st.lists(st.sampled_from([None, "", "setup", "a", "skip"])))
def test_every_cell_with_code_is_in_exactly_one_segment_in_order(sources: list[str | None]) -> None:
    parts = segments(sources, RESTART)
    assert [index for part in parts for index in part] == [
        index for index, source in enumerate(sources) if source
    ]
    for part in parts:
        ran = [sources[index] for index in part if sources[index] != "skip"]
        assert "setup" not in ran[1:]
