"""Where an answer may stand, and what is said where none is found: shared by all kinds of checks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from grader.checks.answer import Answer
from grader.checks.finding import Finding, missing, review
from grader.documents.core.document import Block, BlockKind

_TEXTUAL: Final = frozenset(BlockKind) - {BlockKind.FIGURE, BlockKind.HEADING}


def own_blocks(answer: Answer) -> tuple[Block, ...]:
    """The blocks under the question; where there are none, those under no other question."""
    blocks = answer.section or answer.elsewhere or answer.everything
    return tuple(block for block in blocks if block.kind in _TEXTUAL and block.text.strip())


def possible_blocks(answer: Answer) -> tuple[Block, ...]:
    """The blocks under the question, and behind them those under no other."""
    blocks = answer.elsewhere or answer.everything
    return tuple(block for block in blocks if block.kind in _TEXTUAL and block.text.strip())


def nothing(answer: Answer, what: str) -> Finding:
    """What is said where `what` was looked for and not found: a picture nobody could read may hold it."""
    pictures = answer.unread_pictures
    if pictures:
        shown = [block.evidence(block.text or "a picture") for block in pictures[:2]]
        return review(
            f"No {what} was found in the text; it may stand in a picture, which a person will look at.",
            shown,
            staff=f"No {what} was found, and there are pictures without readable text.",
        )
    return missing(f"No {what} was found.")


def pattern_of(names: Sequence[str], place: str) -> re.Pattern[str]:
    """Names as one pattern of whole words; a name may hold blanks. Raises `ValueError`."""
    if not names or not all(isinstance(name, str) and name.strip() for name in names):
        raise ValueError(f'{place} takes names, as in names = ["precision"]')
    parts = (
        r"[\s_-]{1,3}".join(re.escape(word) for word in re.split(r"[\s_-]+", name.strip())) for name in names
    )
    words = "|".join(sorted(parts, key=len, reverse=True))
    return re.compile(
        rf"(?<![^\W_])(?:{words})(?:(?<=\w\w\w\w)(?:s|n|t|en|et))?(?![^\W_])", re.I
    )  # Swedish: precisionen
