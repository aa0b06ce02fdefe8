r"""TeX source made safe to parse: comments out, listings set aside, brackets balanced, split where paragraphs end.

One pass, linear in the source. Nothing is expanded or read from elsewhere: a macro bomb stays a definition.
"""

from __future__ import annotations

import re
from typing import Final

from grader.documents.blocks.ink import COMMENT
from grader.documents.tex.tex_conditions import without_branches
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
    r"|(?P<end>\\endinput(?![A-Za-z@]))|\\@(?P<internal>[A-Za-z]+)|\\[A-Za-z@]+\*?|\\(?s:.)"
    r"|\ue000(?P<aside>\d{1,6})\ue001"
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


class Aside(Value, frozen=True):
    """Source that is never set on the page, and why."""

    text: str
    reason: str


class Chunk(Value, frozen=True):
    """A balanced piece of source between blank lines; ``\\graderlisting{3}`` stands for listing 3.

    `asides` is what stands in and behind it and is never set.
    """

    text: str
    line: int
    asides: tuple[Aside, ...] = ()


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
        self.branches: list[Aside] = []
        self.asides: list[tuple[str, list[str]]] = []  # of the chunk: why, and the pieces
        self.open: list[str] = []
        self.opened: dict[str, int] = {}

    def run(self, *, cut: bool) -> Source:
        preamble = ""
        self.text = without_branches(self.text.replace("\ue000", " "), self._branch)
        while (found := _TOKEN.search(self.text, self.at)) is not None:
            self.out.append(self.text[self.at : found.start()])
            self.at = found.end()
            if found["way"]:
                name = found["name"]
                if name == "document":
                    if found["way"] == "end":
                        self._aside(self.text[self.at :], "behind the end of the document")
                        break
                    self._end_chunk()
                    preamble = "\n\n".join(chunk.text for chunk in self.chunks)
                    asides = tuple(aside for chunk in self.chunks for aside in chunk.asides)
                    self.chunks = [Chunk("", 1, asides)] if asides else []
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
            elif found["comment"]:
                self._aside(found[0].lstrip("% "), COMMENT)
            elif found["aside"]:
                if int(found["aside"]) < len(self.branches):
                    branch = self.branches[int(found["aside"])]
                    self._aside(branch.text, branch.reason)
            elif found["end"]:
                self._aside(self.text[self.at :], "behind the end of the source")
                break
            elif found["internal"]:
                self.out.append(f"\\grader{found['internal']}")
            elif not found["rule"]:
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
        asides, self.asides = self.asides, []
        if text.strip() or asides:
            kept = tuple(Aside("\n".join(pieces), reason) for reason, pieces in asides)
            self.chunks.append(Chunk(text, self.chunk_line, kept))
        self.chunk_line = self._line_of(self.at)

    def _line_of(self, at: int) -> int:
        self.line += self.text.count("\n", self.counted, at)
        self.counted = max(self.counted, at)
        return self.line

    # --- what is never set

    def _branch(self, text: str, reason: str) -> str:
        self.branches.append(Aside(text, reason))
        lines = text.count("\n")  # kept as empty comments, so that the lines behind keep their numbers
        return f"\ue000{len(self.branches) - 1}\ue001" + "%\n" * lines

    def _aside(self, text: str, reason: str) -> None:
        """Keeps what is never set; comments in one chunk are one text."""
        if not text.strip():
            return
        if self.asides and self.asides[-1][0] == reason:
            self.asides[-1][1].append(text.rstrip())
        else:
            self.asides.append((reason, [text.rstrip()]))

    # --- what is not TeX

    def _listing(self, name: str, start: int) -> None:
        options = self._options(_LISTINGS[name])
        end = self.text.find(f"\\end{{{name}}}", self.at)
        body = self.text[self.at :] if end < 0 else self.text[self.at : end]
        self.at = len(self.text) if end < 0 else end + len(name) + 6
        if name in _LEFT_OUT:
            self._aside(body, COMMENT if name == "comment" else "a file that the source writes")
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
