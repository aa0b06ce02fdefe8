"""Statements in order: what a number stands for follows it from line to line."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from grader.checks.chains import Account, read_account
from grader.checks.claims import Stance
from grader.checks.counted_things import Vocabulary
from grader.checks.derivation import ANSWER, Derivation

ROWS, SEATS = 6, 4
HALL = Derivation(  # a hall of rows with as many seats each, and a lamp to each row
    free={"rows": ROWS, "seats": SEATS},
    derived={"places": lambda q: q["rows"] * q["seats"]},
    steps=frozenset(("places",)),
    target=lambda q: q["rows"] * q["seats"] + q["rows"],
    mistakes={"no-lamps": lambda q: q["rows"] * q["seats"]},
)
WORDS = Vocabulary(
    nouns={"row": re.compile("rows?"), "seat": re.compile("seats?"), "lamp": re.compile("lamps?")},
    owners=frozenset(("row",)),
    sizes={Fraction(ROWS): "row"},
)


def read(*texts: str) -> Account:
    return read_account(texts, HALL, WORDS)


@pytest.mark.parametrize(
    "texts",
    [
        ("6*4 + 6 = 30",),
        ("6*4 = 24. Adding 6 gives 30.",),
        ("6*4 = 24, plus 6 is 30",),
        ("6*4 = 24", "+ 6 = 30"),
        ("24 + 6 = 30, where 24 = 6*4",),
        ("rows = 6\nseats = 4\nrows * seats + rows",),
        ("n * m + n, with n = 6 and m = 4",),
        ("n, m = 6, 4\nn*m + n",),
        ("With n = 6 and m = 4: nm + n = 30",),
        ("6 rows, 4 seats each. rows * seats + rows = 30",),
        ("6 (4 + 1) = 30",),
        ("24 (6*4) + 6 = 30",),
        ("the sum of 6 and the product of 6 and 4 is 30",),
        ("six times four plus six is thirty",),
        ("add 6 to 6*4",),
        ("  6\nx 4\n---\n 24\n+ 6\n---\n 30",),
    ],
)
def test_every_way_to_the_result_is_followed(texts: tuple[str, ...]) -> None:
    right = [one for one in read(*texts).worked if one.seen.right]
    assert right
    assert not right[-1].seen.grounds


def test_what_nothing_derives_is_taken_for_granted() -> None:
    (worked,) = read("24 + 6 = 30").worked
    assert worked.seen.right
    assert worked.seen.grounds == {"places"}


def test_a_circle_rests_on_the_answer() -> None:
    last = read("30/6 = 5, and 5*6 = 30").worked[-1]
    assert last.seen.right
    assert last.seen.grounds == {ANSWER}


def test_an_equation_turned_round_derives_it_all_the_same() -> None:
    account = read("30 - 6 = 24 = 6*4")
    assert any(HALL.turned_round(one.side.tree, other.side.tree) for one, other in account.turned_round)
    circular = read("30/6 = 5")
    assert not circular.turned_round


def test_a_slip_is_carried_on() -> None:
    last = read("6*4 = 42. 42 + 6 = 30").worked[-1]
    assert last.seen.right
    assert "slip" in last.seen.grounds


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("It is 6*4 + 6.", Stance.ASSERTED),
        ("It is not 6*4 + 6.", Stance.DENIED),
        ("It would be 6*4 + 6 if there were lamps.", Stance.SUPPOSED),
        ("This would be 6*4 + 6 = 30.", Stance.ASSERTED),
        ("Some people say it is 6*4 + 6.", Stance.OTHERS),
    ],
)
def test_each_side_has_its_writers_stance(text: str, stance: Stance) -> None:
    assert read(text).worked[0].stance is stance


def test_a_name_with_two_values_stands_for_neither() -> None:
    assert "n" not in read("n = 6\nn = 4\nn * 4").names


def test_it_is_quoted_as_it_stands() -> None:
    account = read(r"We get $6 \cdot 4 \approx 30$ (see above)")
    (worked,) = account.worked
    assert worked.passage.quote(worked.chain.start, worked.chain.end) == r"6 \cdot 4 \approx 30"
