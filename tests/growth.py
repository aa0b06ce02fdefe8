"""Whether work grows with its input, counted and not timed: the same on every machine, however busy.

Counted are calls, of Python's functions and of C's. What one regular expression does is a single call: where that is the
danger the test has a limit that stops it (`pytest.mark.timeout`) and an input on which a quadratic pattern takes far longer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Sized = TypeVar("Sized", bound=Sequence[Any])

TWICE = 2.4  # what twice the input may cost, and a little
SETTING_UP = 2_000  # calls that do not depend on the input


def calls(do: Callable[[], object]) -> int:
    """How many calls `do` comes to in this thread, its own included."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        do()
    finally:
        sys.setprofile(before)
    return count


def is_linear(do: Callable[[Sized], object], given: Sized) -> bool:
    """Whether all of `given` costs at most about twice what its first half does."""
    half = given[: len(given) // 2]
    do(half)  # what is loaded, compiled or remembered once is no part of it
    return calls(lambda: do(given)) <= TWICE * calls(lambda: do(half)) + SETTING_UP


def grows_linearly(do: Callable[[int], object], size: int) -> bool:
    """Whether `do` with a size costs at most about twice what it does with half of it, beside what any size costs.

    Where a threshold lies between the two (what is too short to be a table, too long to be a formula), the next doubling counts.
    """
    do(size // 2)  # what is loaded, compiled or remembered once is no part of it
    half, whole = calls(lambda: do(size // 2)), calls(lambda: do(size))
    if whole <= TWICE * half + SETTING_UP:
        return True
    return calls(lambda: do(2 * size)) <= TWICE * whole + SETTING_UP
