"""The keys of a table in every spelling: ``60 000``, ``60k``, ``6*10^4``, ``sixty thousand``, ``full batch``.

`in_digits` writes the spellings of a text as plain digits, so that whoever reads on needs to know digits only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from grader.checks.notation import plain
from grader.checks.number_words import spelled_numbers
from grader.checks.numerals import NUMBER, numeral
from grader.checks.record_types import Table

MAX_CELL: Final = 120  # characters of a cell that names a key
_POWER: Final = re.compile(
    r"(?<![\w.,^*/])(?:(?P<factor>\d{1,3}(?:[.,]\d{1,3})?)\s?[*x]\s?)?10\s?\^\s?\(?(?P<exponent>\d)\)?(?!\w|\.\d)"
)
_EXPONENT: Final = re.compile(
    r"(?<![\w.,^*/])(?P<factor>\d(?:\.\d{1,3})?)[eE]\+?0?(?P<exponent>\d)(?!\w|\.\d)"
)
_KILO: Final = re.compile(r"(?<![\w.,^*/])(?P<factor>\d{1,3}(?:[.,]\d)?)\s?(?:[kK]|tusen|thousand)(?![\w/])")
_NOISE: Final = re.compile(r"[\dOolI|]{1,6}")
_MOST: Final = 4  # keys in a column, from which letters like digits are some of them
_NOTE: Final = re.compile(r"\[\^\w{1,4}\]|[¹²³⁴⁵⁶⁷⁸⁹*†‡]{1,3}\s?$")
_NOISE_SHARE: Final = re.compile(r"[0Oo][.,][\dOolI]{2,6}")
_AS_DIGITS: Final = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1"})


def in_digits(shown: str, table: Table) -> str:
    """A `prepared` text with powers, thousands as ``k``, number words and names of keys as digits.

    Only what comes to a key is changed, so that ``6e-1`` and ``2 k`` stay. Number words are changed whatever
    they come to where a unit or a name of the key stands beside them.
    """
    keys = frozenset(table.keys)

    def scaled(match: re.Match[str]) -> str:
        factor = float((match["factor"] or "1").replace(",", "."))
        exponent = int(match["exponent"]) if "exponent" in match.re.groupindex else 3
        value = round(factor * 10**exponent, 6)
        return str(int(value)) if value in keys else match[0]

    for pattern in (_POWER, _EXPONENT, _KILO):
        shown = pattern.sub(scaled, shown)
    for key, pattern in _names(table):
        shown = pattern.sub(lambda match, key=key: _named(match, key), shown)  # type: ignore[misc] # the default binds the key of this turn of the loop
    shown = _A_UNIT.sub(lambda match: "0.5 " if match["half"] else "1 ", shown)
    return _words_in_digits(shown, table)


@cache
def _names(table_or_names: Table) -> tuple[tuple[int, re.Pattern[str]], ...]:
    return tuple((key, re.compile(pattern, re.I)) for key, pattern in table_or_names.key_names)


def _named(match: re.Match[str], key: int) -> str:
    """The key in the place of its name, unless it stands there in digits as well: ``60000 (full batch)``."""
    line = match.string[match.string.rfind("\n", 0, match.start()) + 1 : match.start()][-24:]
    behind = match.string[match.end() : match.end() + 24].split("\n", 1)[0]
    grouped = re.compile(re.sub(r"(?<=\d)(?=(?:\d{3})+$)", r"\\W?", str(key)))
    return match[0] if grouped.search(line) or grouped.search(behind) else f" {key} "


_UNIT_BEHIND: Final = re.compile(r"\s?(?:s\b|sec|sek|minut|min\b|hour|timm|%|per ?cent|procent|milli)", re.I)


_A_UNIT: Final = re.compile(  # "a second", but not "a second run"
    r"\b(?P<half>half\s)?(?:a|an|en)\s(?=(?:second|minute|hour|sekund|minut|timme)\b(?!\s(?!(?:and|och|or|eller|for|per|with|to|in|at|on|för|med|vid|på|each|only|when|while)\b)[a-zåäö]))",
    re.I,
)
_LED: Final = re.compile(r"\b(?:for|with|at|using|and|vid|för|med|och)\s$", re.I)
_VERB_BEHIND: Final = re.compile(r"\s(?:it|the|we|i|tog|det|blev|var|was|took|gave|gav|,|:)(?!\w)", re.I)


def _words_in_digits(shown: str, table: Table) -> str:
    parts: list[str] = []
    at = 0
    heading = re.compile(rf"(?:{table.key_heading})[^\d\n.;]{{0,10}}$", re.I)
    for spelled in spelled_numbers(shown):
        before = shown[max(at, spelled.start - 40) : spelled.start]
        beside = _UNIT_BEHIND.match(shown, spelled.end) or heading.search(before)
        led = _LED.search(before) and (not spelled.article or _VERB_BEHIND.match(shown, spelled.end))
        if not (beside or led) and (spelled.article or spelled.end - spelled.start <= 3):
            continue  # "one of them", "en", "sex": no number as a rule
        if spelled.value not in table.keys and not _UNIT_BEHIND.match(shown, spelled.end):
            continue
        parts += (shown[at : spelled.start], str(spelled.value))
        at = spelled.end
    return "".join((*parts, shown[at:]))


def possible_keys(cell: str, table: Table) -> tuple[int, ...]:
    """The keys that a cell may state: one, or two for ``1.000``, or none. The likeliest first."""
    shown = in_digits(plain(cell[:MAX_CELL]).strip(), table)
    keys = frozenset(table.keys)
    counted = re.compile(rf"\s?-?(?:{table.counted})", re.I)
    named: tuple[int, ...] = ()
    for match in NUMBER.finditer(shown):
        number = numeral(match)
        if number is None:
            return ()
        fitting = tuple(int(value) for value in number.readings if value in keys)
        if not fitting or (named and not set(named) & set(fitting)):
            return ()
        if _UNIT_BEHIND.match(shown, match.end()) or shown[match.end() : match.end() + 1].isalpha():
            return ()
        if len(shown[: match.start()].split()) > 1 and counted.match(shown, match.end()):
            return ()  # "Results for 1 epoch"
        named = tuple(key for key in fitting if not named or key in named)
    if not named and len(shown) <= 24:
        words = [spelled for spelled in spelled_numbers(shown) if spelled.value in keys]
        rest = f"{shown[: words[0].start]} {shown[words[0].end :]}" if words else ""
        alone = not re.search(r"[^\W\d]", rest) or re.search(table.key_heading, rest, re.I)
        if len(words) == 1 and alone and not re.search(r"\d", shown):
            return (words[0].value,)
    return named


def keys_of_cells(cells: Sequence[str], table: Table) -> dict[int, int]:
    """Which cells of a row or column state which key; each key once, the first time that it stands there.

    ``1.000`` is whichever of one and a thousand is stated by no other cell. Letters that only look like digits
    (``l``, ``1OO``) are read where most other cells state keys.
    """
    possible = [possible_keys(cell, table) for cell in cells]
    sure = sum(len(fitting) == 1 for fitting in possible)
    if sure:
        meant = {
            at: possible_keys(cell.strip().translate(_AS_DIGITS), table)
            for at, cell in enumerate(cells)
            if not possible[at] and _NOISE.fullmatch(cell.strip()) and not cell.strip().isdigit()
        }
        if sure + sum(map(bool, meant.values())) >= _MOST:
            for at, fitting in meant.items():
                possible[at] = fitting
    stated = {fitting[0] for fitting in possible if len(fitting) == 1}
    chosen: dict[int, int] = {}
    for at, fitting in enumerate(possible):
        if len(fitting) > 1:
            left = [key for key in fitting if key not in stated]
            fitting = tuple(left) if len(left) == 1 else fitting[:1] if not stated else ()  # noqa: PLW2901 - narrowed in place, nothing else needs the wider one
        if fitting:
            chosen[at] = fitting[0]
    return chosen


def without_noise(cell: str) -> str:
    """A cell without marks of notes (``159 s[^1]``); a figure in which letters were read for digits (``O.8164``) as it was meant."""
    cell = _NOTE.sub("", cell)
    bare = cell.strip()
    return bare.translate(_AS_DIGITS) if _NOISE_SHARE.fullmatch(bare) else cell


def grouped_by_key(cells: Mapping[int, int]) -> dict[int, list[int]]:
    """The places of each key, in order."""
    places: dict[int, list[int]] = {}
    for at, key in cells.items():
        places.setdefault(key, []).append(at)
    return places
