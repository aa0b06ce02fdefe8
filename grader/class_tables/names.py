"""Names compared: by their letters and digits, whichever comes first of given and family name."""

from __future__ import annotations

import unicodedata

_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_MOST_WORDS = 12  # of a name; a longer one is compared as it stands


def matching_key(text: str) -> str:
    """A name reduced to its letters and digits, case and accents' spelling aside: equal keys, equal names."""
    composed = unicodedata.normalize("NFC", text).casefold()
    return "".join(character for character in composed if character.isalnum() or is_mark(character))


def name_keys(name: str) -> tuple[str, ...]:
    """The keys a full name may appear under where words are run together: every rotation of its words."""
    return tuple(dict.fromkeys("".join(words) for words in _rotations(name)))


def spaced_keys(name: str) -> tuple[str, ...]:
    """The same where words stand apart, so that *Ann Aberg* is not *Anna Berg*."""
    return tuple(dict.fromkeys(" ".join(words) for words in _rotations(name)))


def same_name(one: str, other: str) -> bool:
    """Whether two spellings may be one person's full name, whatever of punctuation and order was lost."""
    keys = {matching_key(word) for word in name_keys(one)}
    return bool(matching_key(one)) and (matching_key(other) in keys or bool(keys & set(name_keys(other))))


def is_mark(character: str) -> bool:
    """Whether a character belongs to the letter before it: accents, vowel signs of Indic scripts."""
    return unicodedata.category(character).startswith("M")


def _rotations(name: str) -> list[tuple[str, ...]]:
    words = name.replace(",", " , ").split()
    if "," in words:
        comma = words.index(",")
        words = [word for word in [*words[comma + 1 :], *words[:comma]] if word != ","]
    keys = [key for word in words if (key := matching_key(word))]
    if not keys:
        return [("",)]
    turns = len(keys) if len(keys) <= _MOST_WORDS else 1
    return [(*keys[turn:], *keys[:turn]) for turn in range(turns)]


def clean_name(name: str) -> str:
    """A name composed (NFC), with control, format, bidi and undecodable characters made visible as U+FFFD.

    Zero-width joiners stay: they are part of names in several scripts.
    """
    if name.isascii() and name.isprintable():
        return name
    composed = unicodedata.normalize("NFC", name)
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if unicodedata.category(character) in _INVISIBLE and character not in "\u200c\u200d"
        else character
        for character in composed
    )
