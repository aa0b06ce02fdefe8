"""Which language a text is in, told by its commonest words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

ENGLISH: Final = "en"
_LONGEST: Final = 200_000  # characters of all texts together: more of a report tells no more
_WORD: Final = re.compile(r"[^\W\d_]+")

# Words that make up a third of any text in the language, and that the other does not have.
_COMMON: Final = {
    "en": frozenset(
        [
            "the",
            "of",
            "and",
            "to",
            "is",
            "it",
            "that",
            "with",
            "as",
            "are",
            "be",
            "this",
            "by",
            "not",
            "from",
            "which",
            "was",
            "we",
            "our",
            "has",
            "have",
            "you",
            "there",
            "than",
            "one",
            "each",
            "but",
            "so",
            "would",
            "when",
            "more",
            "if",
            "its",
            "an",
            "or",
            "they",
            "can",
            "only",
            "because",
        ]
    ),
    "sv": frozenset(
        [
            "och",
            "att",
            "det",
            "som",
            "är",
            "av",
            "på",
            "inte",
            "vi",
            "har",
            "till",
            "ett",
            "om",
            "eller",
            "blir",
            "från",
            "när",
            "vid",
            "kan",
            "var",
            "detta",
            "denna",
            "den",
            "de",
            "dem",
            "vår",
            "våra",
            "jag",
            "så",
            "men",
            "än",
            "bara",
            "finns",
            "också",
            "därför",
            "eftersom",
            "mellan",
            "varje",
            "skulle",
            "ska",
            "där",
            "vilket",
            "bättre",
        ]
    ),
}


def language_of(texts: Iterable[str], among: Sequence[str] = (ENGLISH,)) -> str:
    """The language `among` these whose common words the texts have most of; the first where nothing tells.

    A language that is not known here is chosen only by being the first.
    """
    first = among[0] if among else ENGLISH
    if len(among) < 2:
        return first
    counts = dict.fromkeys((one for one in among if one in _COMMON), 0)
    left = _LONGEST
    for text in texts:
        for word in _WORD.findall(text[:left].lower()):
            for language in counts:
                counts[language] += word in _COMMON[language]
        left -= len(text)
        if left <= 0:
            break
    best = max(counts, key=counts.__getitem__, default=first)
    return first if counts.get(best, 0) <= counts.get(first, 0) else best
