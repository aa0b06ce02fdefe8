"""Right value from the right numbers, or only the right value."""

import pytest

from grader.checks.arithmetic import read_chains
from grader.checks.derivation import Derivation, Recognition

BOX = Derivation(
    free={"width": 6, "height": 4},
    derived={"area": lambda q: q["width"] * q["height"]},
    target=lambda q: q["width"] * q["height"] + q["width"],
    mistakes={"area-only": lambda q: q["width"] * q["height"]},
)


def recognised(text: str) -> Recognition:
    return BOX.recognise(read_chains(text)[0].sides[0].tree)


@pytest.mark.parametrize("text", ["6*4+6", "6*(4+1)", "24+6", "(4+1)*6", "6*4 + 6*1", "6 + 24"])
def test_every_way_to_write_the_formula_is_right(text: str) -> None:
    assert recognised(text).right


@pytest.mark.parametrize("text", ["15*2", "3*10", "5*5+5", "31-1", "60/2"])
def test_a_true_but_unrelated_value_is_not(text: str) -> None:
    assert not recognised(text).right
    assert recognised(text).mistake == ""


def test_a_known_mistake_is_named() -> None:
    assert recognised("6*4").mistake == "area-only"


def test_a_superscript_that_was_lost_is_noticed() -> None:
    square = Derivation(free={"side": 28}, derived={}, target=lambda q: q["side"] ** 2 * 3, mistakes={})
    (chain,) = read_chains("282 * 3")
    assert square.lost_superscript(chain.sides[0].tree)
    assert not square.lost_superscript(read_chains("283 * 3")[0].sides[0].tree)
