r"""TeX source made safe to parse: comments out, listings set aside, brackets balanced, split where paragraphs end.

One pass, linear in the source. Nothing is expanded or read from elsewhere: a macro bomb stays a definition.
"""

from __future__ import annotations

import re
from typing import Final

from grader.model import Value

MAX_CHARACTERS: Final = 200_000  # of source that is read; the rest is left, with a note
MAX_DEPTH: Final = 30  # of nested groups, environments and formulas; deeper brackets are dropped
MAX_LISTINGS: Final = 2_000

_LISTINGS: Final = {
    "lstlisting": "[",
    "verbatim": "",
    "verbatim*": "",
    "Verbatim": "[",
    "BVerbatim": "[",
    "LVerbatim": "[",
    "minted": "[{",
    "pycode": "[",
    "python": "[",
    "pyverbatim": "[",
    "pyconsole": "[",
    "tcblisting": "{",
    "alltt": "",
    "spverbatim": "",
    "tikzpicture": "",
    "pgfpicture": "",
    "comment": "",
    "filecontents": "{",
    "filecontents*": "{",
}
PICTURES: Final = frozenset(("tikzpicture", "pgfpicture"))
_LEFT_OUT: Final = frozenset(("comment", "filecontents", "filecontents*"))
_TOKEN: Final = re.compile(
    r"\\(?P<way>begin|end)\s*\{(?P<name>[A-Za-z]{1,40}\*?)\}"
    r"|\\(?P<inline>verb|lstinline|mintinline|pyv|py)(?![A-Za-z])\*?"
    r"|\\(?P<shift>[()\[\]])"
    r"|\\(?P<rule>cmidrule|cline|specialrule)\s*(?:\[[^\]\n]{0,20}\])?"
    r"(?:\([^()\n]{0,20}\))?(?:\s?\{[^{}]{0,20}\}){0,3}"
    r"|\\[A-Za-z@]+\*?|\\(?s:.)"
    r"|(?P<comment>%[^\n]*(?:\n[ \t]*(?!\n))?)"
    r"|(?P<brace>[{}])"
    r"|(?P<dollar>\$\$?)"
    r"|(?P<blank>\n[ \t]*\n\s*)"
)
_OPTIONS: Final = {
    "[": re.compile(r"[ \t]*\[[^\[\]]{0,600}(?:\[[^\[\]]{0,200}\][^\[\]]{0,600})?\]"),
    "{": re.compile(r"\s*\{[^{}]{0,600}\}"),
}
_CLOSERS: Final = {"{": "}", "$": "$", "$$": "$$", r"\(": r"\)", r"\[": r"\]"}
_OPENERS: Final = {r"\)": r"\(", r"\]": r"\["}
_FORMULAS: Final = frozenset(("$", "$$", r"\(", r"\["))


class Listing(Value, frozen=True):
    """What stood in an environment (or, `inline`, a macro) whose text is not TeX; `line` counts from 1."""

    name: str
    text: str
    line: int
    language: str = ""


class Chunk(Value, frozen=True):
    """A balanced piece of source between blank lines; ``\\graderlisting{3}`` stands for listing 3."""

    text: str
    line: int


class Source(Value, frozen=True):
    """A document in TeX: what stands before ``\\begin{document}``, the chunks of its body, its listings."""

    preamble: str
    chunks: tuple[Chunk, ...]
    listings: tuple[Listing, ...]
    cut: bool = False


def prepare(text: str) -> Source:
    """Give the source as balanced chunks. Whatever the text is, this never fails."""
    return _Scan(text[:MAX_CHARACTERS]).run(cut=len(text) > MAX_CHARACTERS)


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.counted = 0  # up to where lines have been counted
        self.out: list[str] = []
        self.chunk_line = 1
        self.chunks: list[Chunk] = []
        self.listings: list[Listing] = []
        self.open: list[str] = []
        self.opened: dict[str, int] = {}

    def run(self, *, cut: bool) -> Source:
        preamble = ""
        while (found := _TOKEN.search(self.text, self.at)) is not None:
            self.out.append(self.text[self.at : found.start()])
            self.at = found.end()
            if found["way"]:
                name = found["name"]
                if name == "document":
                    self._end_chunk()
                    if found["way"] == "end":
                        break
                    preamble = "\n\n".join(chunk.text for chunk in self.chunks)
                    self.chunks = []
                elif name in _LISTINGS and found["way"] == "begin":
                    self._listing(name, found.start())
                elif found["way"] == "begin":
                    self._push(name, f"\\begin{{{name}}}")
                else:
                    self._close(name)
            elif found["inline"]:
                self._inline(found["inline"], found.start())
            elif found["shift"]:
                self._shift(found[0])
            elif found["brace"]:
                self._push("{", "{") if found[0] == "{" else self._close("{")
            elif found["dollar"]:
                self._dollar(found[0])
            elif found["blank"]:
                self._blank()
            elif not (found["comment"] or found["rule"]):
                self.out.append(found[0])
        else:
            self.out.append(self.text[self.at :])
        self._end_chunk()
        return Source(preamble, tuple(self.chunks), tuple(self.listings), cut)

    # --- brackets

    def _push(self, opener: str, written: str) -> None:
        if len(self.open) < MAX_DEPTH:
            self.open.append(opener)
            self.opened[opener] = self.opened.get(opener, 0) + 1
            self.out.append(written)

    def _pop(self) -> str:
        opener = self.open.pop()
        self.opened[opener] -= 1
        self.out.append(_CLOSERS.get(opener) or f"\\end{{{opener}}}")
        return opener

    def _close(self, opener: str) -> None:
        """Close what is open down to the innermost `opener`; a bracket that closes nothing is dropped."""
        if self.opened.get(opener):
            while self._pop() != opener:
                pass

    def _shift(self, sign: str) -> None:
        if sign in _OPENERS:
            self._close(_OPENERS[sign])
        elif not (self.open and self.open[-1] in _FORMULAS):
            self._push(sign, sign)

    def _dollar(self, sign: str) -> None:
        top = self.open[-1] if self.open else ""
        if sign == "$$" and top == "$":
            self._pop()
            self._push("$", "$")
        elif top == sign:
            self._pop()
        elif top not in _FORMULAS:
            self._push(sign, sign)

    def _blank(self) -> None:
        while self.open and self.open[-1] in _FORMULAS:
            self._pop()
        if self.open:
            self.out.append("\n\n")
        else:
            self._end_chunk()

    def _end_chunk(self) -> None:
        while self.open:
            self._pop()
        text, self.out = "".join(self.out), []
        if text.strip():
            self.chunks.append(Chunk(text, self.chunk_line))
        self.chunk_line = self._line_of(self.at)

    def _line_of(self, at: int) -> int:
        self.line += self.text.count("\n", self.counted, at)
        self.counted = max(self.counted, at)
        return self.line

    # --- what is not TeX

    def _listing(self, name: str, start: int) -> None:
        options = self._options(_LISTINGS[name])
        end = self.text.find(f"\\end{{{name}}}", self.at)
        body = self.text[self.at :] if end < 0 else self.text[self.at : end]
        self.at = len(self.text) if end < 0 else end + len(name) + 6
        if name in _LEFT_OUT:
            return
        language = re.search(r"language\s*=\s*\{?\s*(\w+)", options) or re.search(r"\{(\w+)\}$", options)
        line = self._line_of(start)
        self._set_aside(Listing(name, body, line, language[1] if language else ""), "graderlisting")

    def _options(self, form: str) -> str:
        """Step over ``[...]`` and ``{...}`` behind the name of an environment."""
        start = self.at
        for bracket in form:
            found = _OPTIONS[bracket].match(self.text, self.at)
            self.at = found.end() if found else self.at
        return self.text[start : self.at]

    def _inline(self, name: str, start: int) -> None:
        self._options({"lstinline": "[", "mintinline": "[{"}.get(name, ""))
        delimiter = self.text[self.at : self.at + 1]
        closing = "}" if delimiter == "{" else delimiter
        stop = self.text.find("\n", self.at)
        end = (
            self.text.find(closing, self.at + 1, stop if stop >= 0 else len(self.text))
            if closing.strip()
            else -1
        )
        if end < 0 or delimiter.isalnum():
            return
        body = self.text[self.at + 1 : end]
        self.at = end + 1
        self._set_aside(Listing(name, body, self._line_of(start)), "graderinline")

    def _set_aside(self, listing: Listing, macro: str) -> None:
        if len(self.listings) < MAX_LISTINGS:
            self.out.append(f"\\{macro}{{{len(self.listings)}}}")
            self.listings.append(listing)
