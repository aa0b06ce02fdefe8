"""A finished message is recognised by its template; what is quoted in it is never touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import TranslationError
from grader.translations import Phrasebook, language_of
from grader.translations.po_file import read_po

BOOK = Phrasebook(
    "sv",
    {
        "The oven is {0} after {1}.": "Efter {1} är ugnen {0}.",
        "warm": "varm",
        "{0} minutes": "{0} minuter",
        "Take it out.": "Ta ut den.",
        "burns the cake.": "bränner kakan.",
        "You write “{0}”.": "Du skriver “{0}”.",
        "tray {0}": "plåt {0}",
        "{0} and {1}": "{0} och {1}",
        "one cell": "en cell",
    },
)


@pytest.mark.parametrize(
    ("english", "swedish"),
    [
        ("The oven is warm after 10 minutes.", "Efter 10 minuter är ugnen varm."),
        ("The oven is `warm` after 10 minutes.", "Efter 10 minuter är ugnen `warm`."),
        ("The oven is warm after 10 minutes. Take it out.", "Efter 10 minuter är ugnen varm. Ta ut den."),
        ("Nobody knows this. Take it out.", "Nobody knows this. Ta ut den."),
        ("“300 degrees. For an hour” burns the cake.", "“300 degrees. For an hour” bränner kakan."),
        ("You write “warm”.", "Du skriver “warm”."),
        ("tray 3", "plåt 3"),
        ("One cell", "En cell"),
        ("Bread and butter are good, and so is cheese.", "Bread and butter are good, and so is cheese."),
        ("", ""),
    ],
)
def test_messages(english: str, swedish: str) -> None:
    assert BOOK.say(english) == swedish


@given(st.text(max_size=300))
def test_any_text_is_said_somehow(text: str) -> None:
    assert isinstance(BOOK.say(text), str)
    assert text in BOOK.say(f"You write “{text}”.") or text.strip() != text or not text.isprintable()


def test_a_hostile_message_is_no_more_work_than_its_length() -> None:
    for text in ("The oven is " * 300, "“" * 3_000, ". " * 1_900, " and " * 700, "{0} and {1} " * 300):
        assert isinstance(BOOK.say(text), str)


@pytest.mark.parametrize(
    ("text", "among", "language"),
    [
        ("Vi valde den här storleken för att den är snabb.", ("en", "sv"), "sv"),
        ("We chose this size because it is fast.", ("en", "sv"), "en"),
        ("We chose this size because it is fast.", ("sv", "en"), "en"),
        ("784 * 128 + 128", ("en", "sv"), "en"),
        ("784 * 128 + 128", ("sv", "en"), "sv"),
        ("Vi valde den här storleken för att den är snabb.", ("en",), "en"),
        ("Vi valde den här storleken för att den är snabb.", (), "en"),
        ("Vi valde den", ("de", "sv"), "sv"),
        ("", ("en", "sv"), "en"),
    ],
)
def test_the_language_of_a_text(text: str, among: tuple[str, ...], language: str) -> None:
    assert language_of([text], among) == language


def test_a_broken_catalogue_says_where(tmp_path: Path) -> None:
    path = tmp_path / "messages.po"
    path.write_text('msgid "a"\nmsgstr "b\n', encoding="utf-8")
    with pytest.raises(TranslationError, match="line 2"):
        read_po(path)
