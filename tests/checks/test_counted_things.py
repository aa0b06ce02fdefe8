"""Counts in prose: how many of what, and of what each has so many."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from grader.checks.arithmetic import read_arithmetic
from grader.checks.counted_things import Vocabulary, counted_things

WORDS = Vocabulary(
    nouns={
        "row": re.compile(r"rows?|rad(?:er|erna)?"),
        "hall": re.compile(r"halls?"),
        "lamp": re.compile(r"lamps?|lamp(?:a|or)"),
        "seat": re.compile(r"seats?|stol(?:ar)?"),
    },
    owners=frozenset(("row", "hall")),
    sizes={Fraction(6): "row"},
)


def lamps(text: str) -> list[tuple[int | None, str | None]]:
    found = counted_things(read_arithmetic(text), WORDS, {})
    return [
        (None if one.number is None else int(one.number), one.per) for one in found if one.thing == "lamp"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There are 6 lamps.", (6, None)),
        ("There are six lamps.", (6, None)),
        ("lamps: 6", (6, None)),
        ("lamps = 6", (6, None)),
        ("6 (lamps)", (6, None)),
        ("6 for the lamps", (6, None)),
        ("24 are seats and 6 are lamps", (6, None)),
        ("n_lamps = 6", (6, None)),
        ("some lamps", (None, None)),
        ("one lamp per row", (1, "row")),
        ("a lamp for each row", (1, "row")),
        ("a lamp for each of the 6", (1, "row")),
        ("each row has 4 seats and one lamp", (1, "row")),
        ("Each of the 6 rows has 4 seats and a lamp.", (1, "row")),
        ("6 rows, each with 4 seats and a lamp", (1, "row")),
        ("6 rows with 4 seats and one lamp each", (1, "row")),
        ("A row has 4 seats and a lamp", (1, "row")),
        ("one lamp for the whole hall", (1, "hall")),
        ("number of lamps per row: 1", (1, "row")),
        ("varje rad har fyra stolar och en lampa", (1, "row")),
        ("en lampa per rad", (1, "row")),
        ("W*x: 4 rows and lamps", (None, None)),
    ],
)
def test_a_count_and_its_share(text: str, expected: tuple[int | None, str | None]) -> None:
    assert lamps(text) == [expected]


def test_where_it_cannot_be_told_there_is_no_share() -> None:
    assert lamps("Each row of each hall is lit by a lamp") == [(1, None)]


def test_a_sentence_ends_what_each_has() -> None:
    assert lamps("Each row has 4 seats. There is a lamp.") == [(1, None)]
