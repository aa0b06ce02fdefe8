"""The reader of arithmetic: what people write is read, and nothing that is written can hurt."""

import json
import os
from fractions import Fraction
from pathlib import Path

import pytest
from growth import is_linear
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.arithmetic import read_chains
from grader.checks.equations import Step
from grader.checks.expressions import MAX_BITS

CORPUS = Path(__file__).parents[1] / "corpora" / "arithmetic.jsonl"
LINES = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]


def values(text: str) -> list[Fraction]:
    return [value for chain in read_chains(text) for value in chain.values]


def test_corpus_is_read() -> None:
    """At least 60 of the 64 ways to write the parameter count; in fact all of them."""
    wrong = [
        line["text"]
        for line in LINES
        if [pytest.approx(value) for value in line["values"]]
        != [float(value) for value in values(line["text"])]
    ]
    assert len(LINES) == 64
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("784 × 128 = 100.352 och 100.352 + 128 = 100.480", [100352, 100352, 100480, 100480]),
        ("(A * B) + C = (28*28*128)+128 = 100~480", [100480, 100480]),
        ("784*128\n+128\n=100480", [100480, 100480]),
        ("(784 inputs + 1 for bias) x 128 = 100480", [100480, 100480]),
        ("128 neurons × (784 + 1) weights = 100480", [100480, 100480]),
        (r"\dfrac{a}{b} \text{ and } \frac{1}{\frac{1}{2}} = 2", [2, 2]),
        ("13,5 + 1 = 14.5", [Fraction(29, 2), Fraction(29, 2)]),
        ("Parameters: 100480", []),
        ("in 2023 there were 128 neurons", []),
        ("2 ^ 10 = 1024", [1024, 1024]),
        ("3 * -2 = -6", [-6, -6]),
    ],
)
def test_prose_notation_and_line_breaks(text: str, expected: list[Fraction]) -> None:
    assert values(text) == expected


def test_steps_tell_run_on_from_false() -> None:
    (run_on,) = read_chains("784*128 = 100352 + 128 = 100480")
    assert run_on.steps() == (Step.RUN_ON, Step.EQUAL)
    (false,) = read_chains("785*128 = 100380")
    assert false.steps() == (Step.FALSE,)


def test_lost_signs_are_doubted() -> None:
    (chain,) = read_chains("28 128 + 128 = 784 128 + 128 = 100352 + 128 = 100480")
    assert chain.doubtful


HOSTILE = [
    "9**9**9**9",
    "9^9^9^9^9",
    "(" * 100_000,
    "1" * 100_000,
    "1+" * 100_000,
    "(1+" * 20_000,
    "2^" * 10_000,
    "\\frac{" * 5_000,
    "{" * 50_000,
    "x" * 100_000,
    "1 " * 50_000,
    "(1 " * 30_000,
    "-" * 50_000,
    "1e999999999",
    "1/0",
    "0^-1",
    "\\underbrace{1}_" * 5_000,
    "100 480 " * 20_000,
    "=1" * 30_000,
    "1=\n" * 30_000,
    "times " * 20_000,
    "\n" * 100_000 + "1",
    "\\" * 100_000,
    "&#" * 50_000,
    "²" * 50_000,
    "1.1." * 30_000,
    "1,000" * 20_000,
    "99999999999!" * 10,
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_hostile_text_is_bounded(text: str) -> None:
    for value in values(text):
        assert max(value.numerator.bit_length(), value.denominator.bit_length()) <= MAX_BITS
    assert is_linear(values, text)


def test_code_in_text_is_never_run(tmp_path: Path) -> None:
    marker = tmp_path / "was-run"
    for text in (
        f"__import__('os').system('touch {marker}') + 1 = 2",
        f"(lambda: open({str(marker)!r}, 'w'))() * 1 = 1",
    ):
        read_chains(text)
    assert not os.path.exists(marker)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_without_error(text: str) -> None:
    for chain in read_chains(text):
        assert chain.sides


NUMBERS = st.integers(min_value=1, max_value=99_999)


@settings(max_examples=300, deadline=None)
@given(
    st.recursive(
        NUMBERS.map(str),
        lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
        max_leaves=8,
    )
)
def test_agrees_with_python_on_whole_numbers(expression: str) -> None:
    """The same value as Python's own reading, for brackets and the three signs that both write alike."""
    expected = eval(expression)  # the test's own text, of digits, signs and brackets only
    found = values(f"{expression} = {expected}") if expected >= 0 else values(expression + " + 0")
    assert found[0] == expected
