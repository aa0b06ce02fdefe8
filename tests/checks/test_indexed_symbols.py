"""Symbols with an index and a power, in every order and spelling: read as they are meant, and another one is never the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.checks.notation import plain
from grader.checks.toolkit.formula import _compared, _spellings
from grader.checks.toolkit.symbolic import Outcome, Parsed, indices_first, parse

SYMBOLS = ("s_p", "n_1", "n_2", "x_ij", "v")
SPELLED = _spellings(SYMBOLS, {})
Term = tuple[str, int]  # a symbol, and its power

terms = st.lists(st.tuples(st.sampled_from(SYMBOLS), st.integers(1, 3)), min_size=1, max_size=4)
ways = st.sampled_from(("typed", "brackets", "turned", "signs", "turned brackets"))
HIGH = str.maketrans("123", "¹²³")


def written(term: Term, way: str) -> str:
    """One factor in TeX or as it is typed."""
    symbol, power = term
    letter, _, index = symbol.partition("_")
    if way == "signs":
        return symbol + (str(power).translate(HIGH) if power > 1 else "")
    braced = way.endswith("brackets")
    low = ("_{" + index + "}" if braced else "_" + index) if index else ""
    high = ("^{" + str(power) + "}" if braced else f"^{power}") if power > 1 else ""
    return letter + (high + low if way.startswith("turned") and (braced or len(index) < 2) else low + high)


def read(factors: list[Term], order: list[str]) -> Parsed | None:
    text = r" \cdot ".join(written(term, way) for term, way in zip(factors, order, strict=True))
    return parse(indices_first(plain(f"${text}$")).strip(), SPELLED)


@given(terms, st.data())
def test_the_order_of_index_and_power_is_no_matter(factors: list[Term], data: st.DataObject) -> None:
    order = data.draw(st.lists(ways, min_size=len(factors), max_size=len(factors)))
    found, expected = read(factors, order), read(factors, ["brackets"] * len(factors))
    assert found is not None
    assert expected is not None
    assert _compared(found, expected) is Outcome.EQUAL


@given(terms, st.data())
def test_another_power_or_index_is_another_expression(factors: list[Term], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(factors) - 1))
    other = data.draw(
        st.tuples(st.sampled_from(SYMBOLS), st.integers(1, 3)).filter(lambda one: one != factors[at])
    )
    changed = [*factors[:at], other, *factors[at + 1 :]]
    order = data.draw(st.lists(ways, min_size=len(factors), max_size=len(factors)))
    found, expected = read(changed, order), read(factors, ["typed"] * len(factors))
    assert found is not None
    assert expected is not None
    assert _compared(found, expected) is not Outcome.EQUAL
