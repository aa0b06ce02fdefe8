"""Dates as systems write them into names, in six languages."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

_MONTHS: Final = (
    "jan january januari januar janvier jänner",
    "feb february februari februar février fevrier fév févr feber",
    "mar march mars märz maart mär mrt mrs",
    "apr april avril avr",
    "may maj mai mei",
    "jun june juni juin",
    "jul july juli juillet juil",
    "aug august augusti augustus août aout",
    "sep sept september septembre",
    "oct okt october oktober octobre",
    "nov november novembre",
    "dec dez des december dezember desember décembre decembre déc",
)  # fmt: skip
_MONTH: Final = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
_WORDS: Final = re.compile(
    r"(?:[^\W\d_]+,? )?(?:(?P<day>[0-9]{1,2})\.? (?P<month>[^\W\d_]+)\.?,?|(?P<month2>[^\W\d_]+)\.? (?P<day2>[0-9]{1,2}),?)"
    r" (?P<year>[0-9]{4})"
)
_FIGURES: Final = re.compile(r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})")
_DAY_FIRST: Final = re.compile(r"(?P<day>[0-9]{1,2})[-.](?P<month>[0-9]{1,2})[-.](?P<year>[0-9]{4})")


def read_day(text: str) -> dt.date | None:
    """The day of *Sep 24, 2024*, *20 oktober 2026*, *le 3 août 2026*, *2026-10-20*, *20.10.2026*; None for others.

    A date of figures with slashes and the year last may be either way round, and is left unread.
    """
    plain = " ".join(text.split())
    match = _WORDS.fullmatch(plain)
    try:
        if match is not None:
            month = _MONTH.get((match["month"] or match["month2"]).casefold())
            day = match["day"] or match["day2"]
            return dt.date(int(match["year"]), month, int(day)) if month is not None else None
        for pattern in (_FIGURES, _DAY_FIRST):
            if (match := pattern.fullmatch(plain)) is not None:
                return dt.date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
    return None
