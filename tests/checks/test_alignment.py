"""Cells are recognised wherever they went."""

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.alignment import Change, align

HANDOUT = [
    "import numpy as np\nx = np.arange(10)",
    "y = x * x  # squares\nprint(y.sum(), y.mean())",
    "for i in range(10):\n    total = total + x[i] * y[i]\n    print(i, total)",
    "answer = ???",
]


def changes(student: list[str]) -> dict[int, tuple[Change, tuple[int, ...], bool]]:
    return {one.handout: (one.change, one.cells, one.moved) for one in align(student, HANDOUT).aligned}


def test_the_handout_itself() -> None:
    assert changes(HANDOUT) == {index: (Change.SAME, (index,), False) for index in range(4)}
    assert align(HANDOUT, HANDOUT).likeness == 1


def test_comments_and_blanks_change_nothing() -> None:
    assert changes(["# mine\nimport numpy as np\n\nx = np.arange( 10 )", *HANDOUT[1:]])[0][0] is Change.SAME


def test_moved_edited_left_out_and_added() -> None:
    found = align([HANDOUT[3], "my_own = 1", HANDOUT[0], "y = x * x\nprint(y.sum(), y.max())"], HANDOUT)
    by_cell = {one.handout: one for one in found.aligned}
    assert by_cell[0].change is Change.SAME
    assert by_cell[1].change is Change.EDITED
    assert by_cell[2].change is Change.LEFT_OUT
    assert by_cell[3].moved
    assert not by_cell[0].moved
    assert found.added == (1,)


def test_split() -> None:
    student = [
        HANDOUT[0],
        HANDOUT[1],
        "for i in range(10):\n    total = total + x[i] * y[i]",
        "print(i, total)",
        HANDOUT[3],
    ]
    assert changes(student)[2][0] in {Change.SPLIT, Change.EDITED}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=8), st.lists(st.text(max_size=60), max_size=8))
def test_every_cell_is_placed_once(student: list[str], handout: list[str]) -> None:
    found = align(student, handout)
    placed = [cell for one in found.aligned for cell in one.cells] + list(found.added)
    assert len(placed) == len(set(placed))
