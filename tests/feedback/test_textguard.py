"""What a reader sees of a hostile text."""

from __future__ import annotations

import unicodedata

import pytest
from growth import is_linear
from hypothesis import given
from hypothesis import strategies as st

from grader.feedback.textguard import MAX_MARKS, on_one_line, shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain åäö × π 你好 🙂", "plain åäö × π 你好 🙂"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("user\u202egnp.exe", "user⟨U+202E⟩gnp.exe"),
        ("\u2066x\u2069", "⟨U+2066⟩x⟨U+2069⟩"),
        ("zero\u200bwidth\ufeff", "zero⟨U+200B⟩width⟨U+FEFF⟩"),
        ("nul\x00bell\x07", "nul⟨U+0000⟩bell⟨U+0007⟩"),
        ("a\u2028b", "a⟨U+2028⟩b"),
        ("lone \ud800", "lone ⟨U+D800⟩"),
        ("soft\u00adhyphen", "soft⟨U+00AD⟩hyphen"),
        ("100\u00a0480", "100 480"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]8;;http://example.org\x07link\x1b]8;;\x07", "link"),
        ("\x1b]0;title\x1b\\text", "text"),
        ("\x1bcreset", "reset"),
        ("half \x1b[", "half ⟨U+001B⟩["),
        ("l\u043ess", "l⟨U+043E⟩ss"),
        ("русский текст, 12 µs, Δt, ρg", "русский текст, 12 µs, Δt, ρg"),
        ("tag \U000e0041", "tag ⟨U+E0041⟩"),
    ],
)
def test_a_text_is_shown_as_it_is(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_marks_do_not_pile_up() -> None:
    piled = shown("o" + "\u0336" * 500 + "k")
    assert piled == "o" + "\u0336" * MAX_MARKS + "k"


def test_a_long_text_is_cut_and_says_so() -> None:
    assert shown("x" * 11, 10) == "x" * 10 + " …"
    assert shown("x" * 10, 10) == "x" * 10


def test_one_line_has_no_line_ends() -> None:
    assert on_one_line(" a\n\n b\tc ") == "a b c"


@given(st.text(st.characters(exclude_categories=[]), max_size=300))
def test_nothing_invisible_is_left(text: str) -> None:
    for char in shown(text):
        assert char in "\t\n" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    shown(text).encode("utf-8")


@pytest.mark.parametrize(
    "text",
    ["\x1b[" * 50_000, "\x1b]" * 50_000, "\x1b[" + "1;" * 50_000, "\u043ea" * 50_000, "\u0301" * 100_000],
    ids=["csi", "osc", "parameters", "lookalikes", "marks"],
)
@pytest.mark.timeout(60)  # a quadratic pattern takes minutes
def test_work_grows_with_the_text(text: str) -> None:
    assert is_linear(lambda part: shown(part, 100_000), text)
