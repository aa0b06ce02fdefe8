"""Terminal output as a reader would see it, and nothing that could deceive one."""

from __future__ import annotations

import unicodedata

import pytest
from growth import is_linear
from hypothesis import given
from hypothesis import strategies as st

from grader.execution.shared.bounded_text import BoundedText
from grader.execution.shared.terminal_text import plain


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m \x1b]0;title\x07text", "red text"),
        ("1%\r50%\r100%\n", "100%\n"),
        ("100%\rabc", "abc%"),
        ("12\b\b34", "34"),
        ("windows\r\nline", "windows\nline"),
        ("a\u202eb\u202c", "a⟨U+202E⟩b⟨U+202C⟩"),
        ("bell\x07 null\x00 tab\t", "bell null tab\t"),
        ("å ≈ 16 512", "å ≈ 16 512"),
        ("\ud800", ""),
    ],
)
def test_what_a_reader_sees(raw: str, shown: str) -> None:
    assert plain(raw) == shown


@given(st.text())
def test_no_control_character_is_left(text: str) -> None:
    shown = plain(text)
    assert all(unicodedata.category(one) not in {"Cc", "Cs"} or one in "\n\t" for one in shown)
    assert "\u202e" not in shown


@pytest.mark.parametrize(
    "text", ["x" * 500_000, "\x1b[" * 100_000, "\r" * 200_000, "a\b" * 100_000, "\x1b]" * 100_000]
)
@pytest.mark.timeout(60)
def test_work_grows_with_the_text(text: str) -> None:
    assert is_linear(plain, text)


@given(st.lists(st.text(max_size=30)), st.integers(0, 50), st.integers(0, 20))
def test_a_bounded_text_keeps_its_beginning_and_its_end(parts: list[str], room: int, tail: int) -> None:
    text = BoundedText("stdout")
    whole, used = "".join(parts), 0
    for part in parts:
        used += text.add(part, max(0, room - used), tail)
    kept = text.text()
    if not text.dropped:
        assert kept == whole
    else:
        begin, end = kept.split("\n[… ")[0], kept.rsplit("left out …]\n")[1]
        assert whole.startswith(begin)
        assert whole.endswith(end)
        assert len(begin) + len(end) + text.dropped == len(whole)
        assert len(end) <= tail
