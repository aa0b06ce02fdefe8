r"""Macros and environments that a source defines: what becomes of what is given to them. Nothing is expanded.

A macro is tried once, on a word of its own: if the body sets the word where it is seen, so is what is given to the macro.
"""

from __future__ import annotations

import re
from typing import Final

from grader.model import Value

SENTINEL: Final = "graderargument"
_MOST: Final = 300  # definitions that are looked at
_LONGEST: Final = 4_000  # characters of a body
_DEFINED: Final = re.compile(
    r"\\(?:(?P<new>(?:re)?newcommand|providecommand|DeclareRobustCommand)\*?\s*\{?\s*\\(?P<name>[A-Za-z@]+)\s*\}?"
    r"\s*(?:\[(?P<count>\d)\])?(?:\s*\[[^\[\]]{0,200}\])?"
    r"|(?:[gex]?def)\s*\\(?P<primitive>[A-Za-z@]+)\s*(?P<hashes>(?:#\d){0,9})"
    r"|(?:New|Renew|Provide|Declare)(?:Expandable)?DocumentCommand\s*\{?\s*\\(?P<document>[A-Za-z@]+)\s*\}?"
    r"\s*\{(?P<form>[^{}]{0,60})\}"
    r"|(?:re)?newenvironment\*?\s*\{(?P<environment>[A-Za-z@]+\*?)\}\s*(?:\[(?P<of>\d)\])?(?:\s*\[[^\[\]]{0,200}\])?"
    r"|NewEnviron\s*\{(?P<environ>[A-Za-z@]+\*?)\})\s*(?=\{)"
)
_ALIAS: Final = re.compile(r"\\let\s*\\(?P<name>[A-Za-z@]+)\s*=?\s*\\(?P<other>[A-Za-z@]+)")
_EXCLUDED: Final = re.compile(r"\\excludecomment\s*\{([A-Za-z@]+\*?)\}")


class Macro(Value, frozen=True):
    """The body of a macro and how many arguments it takes."""

    body: str
    count: int


class Definitions:
    """What a source defines, by name."""

    def __init__(self, text: str) -> None:
        self.macros: dict[str, Macro] = {}
        self.environments: dict[str, str] = {}
        self.aliases: dict[str, str] = {}
        self.excluded = frozenset(_EXCLUDED.findall(text)) if "excludecomment" in text else frozenset[str]()
        for found in _DEFINED.finditer(text):
            if len(self.macros) + len(self.environments) >= _MOST:
                break
            body, end = _group(text, found.end())
            name = found["name"] or found["primitive"] or found["document"]
            if name:
                count = (
                    found["count"]
                    or (len(found["hashes"] or "") // 2)
                    or len(re.findall("[a-zA-Z]", found["form"] or ""))
                )
                self.macros[name] = Macro(body, int(count))
            elif found["environ"]:
                self.environments[found["environ"]] = body.replace("\\BODY", SENTINEL)
            else:
                last, _ = _group(text, end) if text[end : end + 1] == "{" else ("", end)
                self.environments[found["environment"]] = f"{{{body} {SENTINEL} {last}}}"
        for found in list(_ALIAS.finditer(text))[:_MOST]:
            other = found["other"]
            self.aliases[found["name"]] = f"grader{other[1:]}" if other.startswith("@") else other

    def tried(self, name: str, argument: int) -> str:
        """The body of a macro with the sentinel in place of one of its arguments, from 1, and nothing for the others."""
        body = self.macros[name].body
        return re.sub(r"#([1-9])", lambda found: SENTINEL if int(found[1]) == argument else "", body)


def _group(text: str, start: int) -> tuple[str, int]:
    """What stands between the brace at `start` and the one that closes it, and where that ends."""
    depth = 0
    for at in range(start, min(len(text), start + _LONGEST)):
        if text[at] in "{}" and text[at - 1 : at] != "\\":
            depth += 1 if text[at] == "{" else -1
            if not depth:
                return text[start + 1 : at], at + 1
    return text[start + 1 : start + _LONGEST], min(len(text), start + _LONGEST)
