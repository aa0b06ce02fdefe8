"""A whole class compared at once finds what each compared with each would, and stays linear where all are alike."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from math import prod

import numpy as np
from growth import is_linear
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.grading.alike_figures import FEW_FIGURES, RARE, Points, alike_figures
from grader.grading.alike_texts import ALIKE, COMMON, ENOUGH, WIDE, Marks, alike_texts, packed, unpacked
from grader.grading.likeness import MOST_FLAGS, flags
from grader.page_data import Pair

BATCHES = (1.0, 10.0, 100.0, 1000.0, 60000.0)


def texts_by_hand(marks: Sequence[set[int]]) -> dict[tuple[int, int], float]:
    """Each compared with each."""
    frequency = Counter(mark for one in marks for mark in one)
    many = max(3, COMMON * len(marks))
    own = [{mark for mark in one if frequency[mark] < many} for one in marks]
    found = {}
    for one, other in combinations(range(len(marks)), 2):
        shorter, count = min(len(own[one]), len(own[other])), len(own[one] & own[other])
        if shorter >= ENOUGH and count >= ALIKE * shorter:
            found[one, other] = count / shorter
    return found


def figures_by_hand(own: Sequence[Points], chance: float | None) -> dict[tuple[int, int], float | None]:
    """Each compared with each."""
    pairs = len(own) * (len(own) - 1) / 2
    found: dict[tuple[int, int], float | None] = {}
    for one, other in combinations(range(len(own)), 2):
        counts = Counter(chart for chart, _, _ in own[one] & own[other])
        telling = [count for count in counts.values() if count >= FEW_FIGURES]
        odds = None if chance is None else prod(chance**count for count in telling)
        if telling and (odds is None or odds * pairs < RARE):
            found[one, other] = odds
    return found


def as_marks(own: set[int]) -> Marks:
    return unpacked(packed(sorted(own)))


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 60), st.randoms(use_true_random=False))
def test_texts_are_found_as_by_hand(count: int, chance: random.Random) -> None:
    groups = [chance.sample(range(2**56), 40) for _ in range(max(1, count // 4))]
    marks = []
    for _ in range(count):
        own = set(chance.sample(range(2**56), chance.randrange(60)))
        for group in chance.sample(groups, min(len(groups), chance.randrange(3))):
            own.update(chance.sample(group, chance.randrange(41)))
        marks.append(own)
    found = {(same.one, same.other): same.share for same in alike_texts([as_marks(own) for own in marks])}
    assert found == texts_by_hand(marks)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 40),
    st.sampled_from([None, 0.3, 0.05, 0.001]),
    st.integers(1, 6),
    st.randoms(use_true_random=False),
)
def test_figures_are_found_as_by_hand(
    count: int, likely: float | None, spread: int, chance: random.Random
) -> None:
    own: list[Points] = []
    for _ in range(count):
        points: set[tuple[str, float, float]] = set()
        for chart in ("accuracy", "time", "third")[: chance.randrange(1, 4)]:
            points.update((chart, x, float(chance.randrange(spread))) for x in BATCHES)
        own.append(frozenset(points))
    expected = figures_by_hand(own, likely)

    def odds(_chart: str, points: Sequence[tuple[float, float]]) -> float:
        return (likely or 0.0) ** len(points)

    for each_with_each in (0, 1_000):
        pairs = list(alike_figures(own, odds if likely is not None else None, each_with_each=each_with_each))
        found = {(same.one, same.other): same.odds for same in pairs}
        assert len(found) == len(pairs)
        assert found.items() <= expected.items()
        crowded = max(Counter(own).values()) > 4 or len(set(own)) > WIDE
        if not crowded:
            assert found.keys() == expected.keys()
        # Whoever is like anybody is like somebody here as well.
        assert {one for pair in found for one in pair} == {one for pair in expected for one in pair}


def test_a_long_chart_is_compared_too() -> None:
    chance = random.Random(5)
    curves: list[Points] = [
        frozenset(("loss", float(x), chance.random()) for x in range(50)) for _ in range(30)
    ]
    copied = [point for point in sorted(curves[3]) if point[1] < 20]
    curves[17] = frozenset([*copied, *(("loss", float(x), chance.random()) for x in range(20, 50))])
    found = [
        (same.one, same.other, len(same.points)) for same in alike_figures(curves, None, each_with_each=0)
    ]
    assert found == [(3, 17, 20)]


def crowd(count: int) -> tuple[list[Marks], list[Points]]:
    """A class that copied one text and one table, each with a little of its own."""
    chance = random.Random(7)
    text = chance.sample(range(2**56), 200)
    marks = [
        as_marks({*chance.sample(text, 150), *chance.sample(range(2**56), 100)}) if place % 11 == 0
        else as_marks(set(chance.sample(range(2**56), 100)))
        for place in range(count)
    ]  # fmt: skip
    own = [
        frozenset(("accuracy", x, float(place) if x == 1.0 and place % 2 else x / 7) for x in BATCHES)
        for place in range(count)
    ]
    return marks, own


def test_a_crowd_is_tied_together_and_not_each_with_each() -> None:
    marks, own = crowd(1_100)
    pairs = list(alike_texts(marks))
    assert {one for pair in pairs for one in (pair.one, pair.other)} == set(range(0, 1_100, 11))
    assert len(pairs) < 8 * 100
    figures = list(alike_figures(own, None))
    assert {one for pair in figures for one in (pair.one, pair.other)} == set(range(1_100))
    assert len(figures) < 6 * 1_100


def test_a_crowd_of_twice_as_many_costs_twice() -> None:
    marks, own = crowd(2_200)
    assert is_linear(lambda some: list(alike_texts(some)), marks)
    assert is_linear(lambda some: list(alike_figures(some, None)), own)


def test_partners_of_the_first_of_a_crowd_are_tied_to_the_next() -> None:
    table: Points = frozenset(("accuracy", x, x / 7) for x in BATCHES)
    pairs = list(alike_figures([table] * 8, None, related=lambda one, other: {one, other} == {0, 7}))
    assert [(pair.one, pair.other) for pair in pairs] == [(0, other) for other in range(1, 7)] + [(1, 7)]


def test_marks_come_back_as_they_were_kept() -> None:
    assert unpacked(packed([5, 3, 5, 2**56 - 1])).tolist() == [3, 5, 2**56 - 1]
    assert unpacked(packed([])).dtype == np.uint64
    assert list(alike_texts([unpacked(packed([]))] * 3)) == []


def test_who_is_like_hundreds_has_few_flags() -> None:
    pairs = [Pair("a", f"b{number:03}", "figures", 1.0) for number in range(300)]
    found = flags(pairs)
    assert len(found["a"]) == MOST_FLAGS + 1
    assert found["a"][-1].message.startswith(f"It is alike in figures to {300 - MOST_FLAGS} more")
    assert [flag.message for flag in found["b007"]] == ["The same figures as a."]
