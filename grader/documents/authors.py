"""Who wrote a report, as its title page, header or first lines say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from grader.accounts import Accounts
from grader.documents.core.document import BlockKind, Document
from grader.model import Student

_NAME: Final = (
    r"[^\W\d_a-zåäöéü][\w'’-]*(?:[ \t]+(?:(?:af|av|de|der|la|van|von)[ \t]+)?[^\W\d_a-zåäöéü][\w'’-]*){1,3}"
)
_BEFORE: Final = re.compile(rf"({_NAME})\s*[(\[<,:;|/\-–—]*\s*$")
_AFTER: Final = re.compile(rf"^\s*[)\]>,:;|/\-–—]*\s*({_NAME})")
_FRONT: Final = 12  # blocks within which authors name themselves
_FRONT_CHARACTERS: Final = 1_500
_QUESTION: Final = re.compile(r"^\W{0,4}(?:question|fråga|uppgift|q)\s?1\b", re.I)


def authors(documents: Sequence[Document], accounts: Accounts) -> tuple[Student, ...]:
    """The students whose user names (`accounts` says what they look like) stand at the beginning of a report, with the names beside them, in order.

    Only prose and headings before the first question count: user names in code and output are no signatures.
    """
    found: dict[str, str] = {}
    for document in documents:
        for user, name in _signatures(_front(document), accounts):
            found[user] = found.get(user) or name
    return tuple(Student(user, name) for user, name in found.items())


def _front(document: Document) -> str:
    parts: list[str] = []
    for block in document.blocks[:_FRONT]:
        if _QUESTION.match(block.text) or sum(map(len, parts)) > _FRONT_CHARACTERS:
            break
        if block.kind in {BlockKind.PROSE, BlockKind.HEADING, BlockKind.TABLE} and not block.ocr:
            parts.append(block.text[:_FRONT_CHARACTERS])
    return "\n".join(parts)


def _signatures(text: str, accounts: Accounts) -> list[tuple[str, str]]:
    found = []
    earlier = -1  # the line of the last one: a name behind it is its own
    for match in accounts.matches(text):
        line_start = text.rfind("\n", 0, match.start()) + 1
        line_end = text.find("\n", match.end())
        before = _BEFORE.search(text[line_start : match.start()][-80:])
        after = _AFTER.match(text[match.end() : line_end if line_end >= 0 else len(text)][:80])
        name = before[1] if before else after[1] if after and earlier != line_start else ""
        found.append((match[0], " ".join(name.split())))
        earlier = line_start
    return found
