"""A piece of a notebook with what it needs, and nothing else."""

from __future__ import annotations

import ast

from grader.checks.slicing import CodeSlice, slice_of

CELLS = [
    "import numpy as np\nimport os\nxs = [1, 2]\nunused = 3",
    "def f(p):\n    return g(p) + np.sum(xs)\ndef g(p):\n    return p\ni = 5\nrate = 2\nrate = rate * 2",
    "print(unused)\nfor i in range(3):\n    y = f(i) * rate\n    z = y",
    "later = 1",
]


def sliced(*marks: tuple[int, int], begin: int = 0) -> CodeSlice:
    found = slice_of([ast.parse(cell) for cell in CELLS], marks, begin=begin)
    assert found is not None
    return found


def test_only_what_is_needed_comes_along() -> None:
    found = sliced((2, 2))
    needed = "\n".join(map(ast.unparse, found.needed))
    assert "import numpy as np" in needed
    assert "xs = [1, 2]" in needed
    assert "def g" in needed
    assert "rate = 2" in needed
    assert "rate = rate * 2" in needed
    for other in ("os", "unused", "i = 5", "later", "print"):
        assert other not in needed
    assert [ast.unparse(one).split("\n")[0] for one in found.piece] == ["for i in range(3):"]
    assert found.unbound == frozenset()


def test_names_from_before_a_restart_are_unbound() -> None:
    assert sliced((2, 2), begin=1).unbound == {"np", "xs"}


def test_marks_span_what_lies_between_them_in_their_cells() -> None:
    found = sliced((1, 5), (2, 2))
    assert [ast.unparse(one).split("\n")[0] for one in found.piece] == [
        "i = 5", "rate = 2", "rate = rate * 2", "print(unused)", "for i in range(3):",
    ]  # fmt: skip


def test_a_mark_that_is_not_there() -> None:
    assert slice_of([ast.parse("x = 1")], [(0, 7)]) is None
    assert slice_of([ast.parse("x = 1")], []) is None
