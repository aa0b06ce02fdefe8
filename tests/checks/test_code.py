"""Code as it stands in reports: broken, quoted, half a line."""

import pytest
from growth import is_linear
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.code import BLANK, find_calls, parse_expression
from grader.checks.listings import parse_listing


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("gradient = tape.gradient(loss, parameters) # QUESTION 1)", ("loss", "parameters")),
        ("  [23] gradient = tape.gradient(\n loss, # of\n parameters)", ("loss", "parameters")),
        ("we use “tape.gradient(loss,\u00a0parameters)” here", ("loss", "parameters")),
        ("In [5]: g = tape . gradient (a, b)", ("a", "b")),
        (">>> tape.gradient(f(x, y), [z])", ("f(x, y)", "[z]")),
        ("tape.gradient(???, ???)", (BLANK, BLANK)),
        (
            "for i in range(10): with tf.GradientTape() as tape: g = tape.gradient(loss, p) p.assign(p)",
            ("loss", "p"),
        ),
    ],
)
def test_calls_are_found_in_broken_code(text: str, arguments: tuple[str, ...]) -> None:
    (call,) = find_calls(text, "gradient")
    assert call.arguments == arguments


def test_keywords_comments_and_what_is_no_python() -> None:
    (call,) = find_calls("tape.gradient(sources=p, target=l)", "gradient")
    assert (call.argument(0, "target"), call.argument(1, "sources")) == ("l", "p")
    assert find_calls("# g = tape.gradient(a, b)", "gradient")[0].commented
    assert not find_calls("tape.gradient(loss parameters)", "gradient")[0].parsed
    assert find_calls("tf.GradientTape()", "gradient") == []


@pytest.mark.parametrize(
    "text",
    [
        "tape.gradient(" * 4_000,
        "a." * 30_000,
        "(" * 60_000,
        "\n" * 60_000,
        "'" * 60_000,
        "x=lambda:" * 8_000,
        "?" * 60_000,
    ],
)
@pytest.mark.timeout(60)
def test_hostile_code_is_bounded(text: str) -> None:
    assert is_linear(lambda part: find_calls(part, "gradient"), text)
    assert is_linear(parse_listing, text)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("tape.gradient(loss, parameters)[]'\"#\n =?\\x00é"), max_size=200))
def test_any_text_is_read_without_error(text: str) -> None:
    find_calls(text, "gradient")
    parse_listing(text)
    parse_expression(text)
