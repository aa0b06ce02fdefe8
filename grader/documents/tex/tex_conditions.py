r"""Branches of TeX that are never set: ``\iffalse ... \fi``, ``\ifnum0=1``, a ``\newif`` that is never made true."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

FALSE_BRANCH: Final = "a branch that is never set"
OPEN_BRANCH: Final = "behind a condition of the source"
_PRIMITIVES: Final = frozenset(
    (
        "if", "ifcat", "ifnum", "ifdim", "ifodd", "ifvmode", "ifhmode", "ifmmode", "ifinner", "ifvoid", "ifhbox", "ifvbox",
        "ifx", "ifeof", "iftrue", "iffalse", "ifcase", "ifdefined", "ifcsname", "iffontchar", "ifpdf", "ifxetex", "ifluatex",
        "ifPDFTeX", "ifdraft",
    )
)  # fmt: skip
_MOST_NESTED: Final = 60
_WORD: Final = re.compile(
    r"(?P<comment>(?<!\\)%[^\n]*)|\\newif\s*\\if(?P<new>[A-Za-z@]+)|\\(?P<word>(?:if[A-Za-z@]*|else|or|fi|[A-Za-z@]{1,40}true)(?![A-Za-z@]))"
)
_NUMBERS: Final = re.compile(r"\s*([-+]?\d{1,9})\s*([<=>])\s*([-+]?\d{1,9}) ?")
_LENGTHS: Final = re.compile(
    r"\s*([-+]?\d{0,6}\.?\d{1,6})\s*[a-z]{2}\s*([<=>])\s*([-+]?\d{0,6}\.?\d{1,6})\s*[a-z]{2} ?"
)
_ODD: Final = re.compile(r"\s*(\d{1,9}) ?")
_SIGNS: Final = re.compile(r"\s*([^\\\s{}])([^\\{}\n])")
_TWO_NAMES: Final = re.compile(r"\s*(\\[A-Za-z@]+|[^\\\s{}])\s*(\\[A-Za-z@]+|[^\\\s{}])")


class _Open:
    __slots__ = ("outer", "truth")

    def __init__(self, truth: bool | None, outer: str) -> None:
        self.truth = truth
        self.outer = outer  # why what is around it is not set


def without_branches(text: str, aside: Callable[[str, str], str]) -> str:
    """The source without what conditions keep from being set. `aside` takes each such piece and the reason.

    What it returns is put in the piece's place.
    """
    if "\\if" not in text:
        return text
    kept: list[str] = []
    switches: dict[str, bool] = {}
    opened: list[_Open] = []
    at, reason = 0, ""

    def take(end: int) -> None:
        piece = text[at:end]
        kept.append(aside(piece, reason) if reason and piece.strip() else "" if reason else piece)

    for found in _WORD.finditer(text):
        word = found["word"] or ""
        if found.start() < at or found["comment"]:
            continue
        if found["new"]:
            switches[found["new"]] = False
        elif word.endswith("true") and word.removesuffix("true") in switches:
            if not reason:
                switches[word.removesuffix("true")] = True
        elif word in _PRIMITIVES or (word.startswith("if") and word[2:] in switches):
            if len(opened) >= _MOST_NESTED:
                continue
            take(found.start())
            truth, at = _truth(word, text, found.end(), switches)
            opened.append(_Open(truth, reason))
            reason = reason or _why(truth)
        elif word in {"else", "or", "fi"} and opened:
            take(found.start())
            at = found.end()
            this = opened[-1]
            if word == "fi":
                opened.pop()
                reason = this.outer
            else:
                this.truth = None if this.truth is None else not this.truth
                reason = this.outer or _why(this.truth)
    take(len(text))
    return "".join(kept)


def _why(truth: bool | None) -> str:
    return "" if truth else OPEN_BRANCH if truth is None else FALSE_BRANCH


def _truth(word: str, text: str, at: int, switches: dict[str, bool]) -> tuple[bool | None, int]:
    """Whether a condition holds, None where that cannot be told, and where it ends."""
    if word in {"iftrue", "iffalse"}:
        return word == "iftrue", at
    if word[2:] in switches:
        return switches[word[2:]], at
    if word in {"ifpdf", "ifPDFTeX"}:
        return True, at
    if word in {"ifxetex", "ifluatex", "ifmmode"}:
        return False, at
    numbers = (
        (_NUMBERS if word == "ifnum" else _LENGTHS).match(text, at) if word in {"ifnum", "ifdim"} else None
    )
    if numbers is not None:
        left, right = float(numbers[1]), float(numbers[3])
        return {"<": left < right, "=": left == right, ">": left > right}[numbers[2]], numbers.end()
    odd = _ODD.match(text, at) if word == "ifodd" else None
    if odd is not None:
        return int(odd[1]) % 2 == 1, odd.end()
    signs = _SIGNS.match(text, at) if word in {"if", "ifcat"} else None
    if signs is not None:
        return (signs[1] == signs[2], signs.end()) if word == "if" else (None, signs.end())
    names = _TWO_NAMES.match(text, at) if word == "ifx" else None
    if names is not None:
        return (True if names[1] == names[2] else None), names.end()
    return None, at
