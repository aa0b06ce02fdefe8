"""Pictures written into a text as ``data:`` URLs: set aside, so that parsers meet short names instead of megabytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from grader.documents.blocks.picture_references import PictureSource, from_data_url
from grader.documents.core.document import Picture
from grader.documents.core.limits import Budget

_PREFIX: Final = "embedded-picture:"
_URL: Final = re.compile(
    r"data:image/[a-zA-Z.+-]{1,20}(?:;[a-zA-Z0-9=-]{1,40}){0,3};base64,[A-Za-z0-9+/=%]*"
    r"(?:\s{1,8}[A-Za-z0-9+/]{60,}={0,2})*"  # broken into lines, as mail programs do
    r"(?:\s{1,8}[A-Za-z0-9+/]{1,76}={0,2}(?=\s{0,8}[\"')>]))?"
)


def set_aside(text: str) -> tuple[str, list[str]]:
    """The text with every embedded picture replaced by a name, and their URLs in order."""
    if ";base64," not in text:
        return text, []
    urls: list[str] = []

    def name(match: re.Match[str]) -> str:
        urls.append(match[0])
        return f"{_PREFIX}{len(urls) - 1}"

    return _URL.sub(name, text), urls


def with_embedded(pictures: PictureSource, urls: Sequence[str], budget: Budget) -> PictureSource:
    """A source that knows the pictures set aside, before those of another source."""

    def find(name: str) -> Picture | None:
        number = name.removeprefix(_PREFIX)
        if name.startswith(_PREFIX) and number.isdecimal() and int(number[:9]) < len(urls):
            return from_data_url(urls[int(number)], budget)
        return pictures(name)

    return find
