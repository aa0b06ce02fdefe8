"""Where a text's sentences and clauses begin and end, in English and Swedish.

Offsets are those of the text given; nothing is changed in it. Numbers with points in them, calls such as
``f(a, b)`` and lists such as ``1, 10 and 100`` stay whole. Linear in the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from enum import IntEnum
from typing import Final

from grader.model import Value

_LINE: Final = (
    r"\n[ \t]*\n\s*|\n(?=[ \t]*(?:[-*•–+][ \t]|\d{1,2}[.)][ \t]|[|#>]))|(?<=[.!?:;|])[ \t]*\n\s*|(?<=~~)\n\s*"
)
_STOP: Final = r"(?<=\s)[:;]-?[)DPp(]+(?=\s|$)\s*|(?<=[\w)\]}\"'”’`*%²³~>$])[.!?]+[\"'”’)\]*`]{0,4}(?=\s)\s*|(?<=\?)[\"'”’)\]*`]{0,4}(?=\s)\s+"
_END: Final = re.compile(f"{_LINE}|{_STOP}")
_ABBREVIATED: Final = re.compile(
    r"\b(?:e\.?g|i\.?e|w\.?r\.?t|m\.?a\.?p|m\.?h\.?a|t\.?\s?ex|bl\.?\s?a|d\.?v\.?s|p\.?g\.?a|s\.?\s?k|approx|appr|vs|eq|cf|nr|fig|figs|tab|ca|resp)\.$|(?:^|\s)(?-i:[A-Z])\.$",
    re.I,
)
_ABBREVIATED_MAYBE: Final = re.compile(
    r"\b(?:etc|o\.?s\.?v|no|max|min|avg|acc|sec|dr|prof|ungef|inkl|incl|s|st|el|f\.?\s?d)\.$", re.I
)
_LONGEST_ABBREVIATION: Final = 12


class Edge(IntEnum):
    """How much ends where a clause begins: `JOINT` at an "and" with a clause of its own, `SOFT` at a comma, `COLON`, `STRONG` at "but", "so" or a semicolon."""

    JOINT = 0
    SOFT = 1
    COLON = 2
    STRONG = 3


class Span(Value, frozen=True):
    """From `start` to before `end`."""

    start: int
    end: int


class Sentence(Value, frozen=True):
    """One sentence; `edges` are the places where its clauses begin, `brackets` the matched round brackets in it.

    `edges` inside brackets count for what is inside the same brackets, and are kept by the innermost pair.
    """

    span: Span
    edges: tuple[tuple[int, Edge], ...]
    brackets: tuple[Span, ...]
    inner_edges: dict[int, tuple[tuple[int, Edge], ...]]  # by the place of the opening bracket
    asks: bool

    def bracket_around(self, place: int) -> Span | None:
        """The innermost pair of brackets around a place."""
        index = bisect_left(self.brackets, place, key=lambda pair: pair.start) - 1
        steps = 0
        while index >= 0 and steps < _MOST_BRACKETS_LOOKED_AT:
            if self.brackets[index].end > place:
                return self.brackets[index]
            index, steps = index - 1, steps + 1
        return None


_MOST_BRACKETS_LOOKED_AT: Final = 40
_LONGEST_BRACKET: Final = 400

_STRONG_WORDS: Final = (
    r"but(?!\s(?:also|even)\b)|however|nevertheless|nonetheless|hence|therefore|thus|consequently|otherwise|so(?=\s(?:we|i|it|the|that|this|there|for|our|my|in|one|you|as|a|ten|\d+)\b)"
    r"|men|däremot|dock|utan(?!\s(?:att|bias|tvekan|tvivel))|därför|alltså|således|annars|så(?=\s(?:vi|jag|är|det|den|man|att|blir|därför|\d+|hundra|tio)\b)"
)
_SOFT_WORDS: Final = (
    r"för(?=\s(?:att|den|det|vi|jag|man)\b)|"
    r"because|be(?:ac|cu|co)u?[as]+e|cuz|since(?!\s(?:the\s)?(?:start|beginning|then))|whereas|while|although|though|even\s(?:though|if)|despite|unless|whenever"
    r"|if(?!\snot\b)|eftersom|medan|fast(?=\s(?:än|att|det|den|vi|jag|man)\b)|trots|även\som|såvida|ifall"
    r"|(?:and|och)(?=\s(?:not|inte|then|so|therefore|hence|we|i|it|therefore|därför|alltså|vi|jag|det|den)\b)"
    r"|(?:rather|instead)(?=\s(?:than|of)\b)|as\sopposed\sto|i\s?stället\sför|istället\sför|snarare\sän|hellre\sän"
)
_JOINT_WORDS: Final = (
    r"and(?=\s(?:the|its|their|our|this|that)\s(?:\w+\s){1,3}(?:is|was|has|had|takes?|gets?|drops?|stays?|does)\b)"
    r"|(?<!en\s)(?<!et\s)och(?=\s\w+(?:en|et)\s(?:är|var|har|tar|blir|ligger|sjunker)\b)"
)
_EDGE: Final = re.compile(
    rf"(?P<joint>\b(?:{_JOINT_WORDS}))|(?P<strong>\b(?:{_STRONG_WORDS})\b|(?<=[,;]\s)yet\b|;|(?:-|=|–)>|→|⇒|⟹)|(?P<colon>:(?=\s))"
    rf"|(?P<soft>\b(?:{_SOFT_WORDS})\b|(?<=\s)[-–—](?=\s(?!\d))|—|~~)|(?P<comma>,(?=\s)|(?<=[^\d\s]),(?=[^\d\s]))|(?P<open>\()|(?P<close>\))",
    re.I,
)
_ITEM_BEHIND: Final = re.compile(r"\s*(?:(?:and|or|och|eller|samt|nor)\s+)?[\d`$(]")
_ITEM_BEFORE: Final = re.compile(r"[\d`$)%][a-z ]{0,3}$", re.I)
_CONTINUES: Final = re.compile(r"\s*(?:and|or|och|eller|samt|nor)\s", re.I)
_VERB: Final = re.compile(
    r"\s(?:is|are|was|were|has|have|gives?|takes?|would|should|will|can|makes?|gets?|needs?|seems?|does|do"
    r"|är|var|har|ger|tar|skulle|bör|kan|blir|får|behöver|verkar)\b",
    re.I,
)
_SEGMENT: Final = 48  # characters behind a comma that may hold the verb of a new clause


def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text with their clauses' edges, in order."""
    return tuple(_sentence(text, span) for span in sentence_spans(text))


def sentence_spans(text: str) -> tuple[Span, ...]:
    """Where the sentences of a text are; each without the blanks around it."""
    spans: list[Span] = []
    start = 0
    for match in _END.finditer(text):
        stop = text[match.start() : match.start() + 1]
        tail = text[max(start, match.start() - _LONGEST_ABBREVIATION) : match.start() + 1]
        if (
            stop == "."
            and match[0].count("\n") < 2
            and _abbreviated(tail, text[match.end() : match.end() + 1])
        ):
            continue
        if stop == "?" and text[match.start() : match.start() + 2] == "??":  # a blank to be filled in
            continue
        if stop == "?" and text[max(0, match.start() - 1) : match.start()] == "?":
            continue
        _add(spans, text, start, match.end())
        start = match.end()
    _add(spans, text, start, len(text))
    return tuple(spans)


def _abbreviated(tail: str, following: str) -> bool:
    """Whether the full stop at the end of `tail` ends a word, not a sentence."""
    return bool(_ABBREVIATED.search(tail)) or (following.islower() and bool(_ABBREVIATED_MAYBE.search(tail)))


def _add(spans: list[Span], text: str, start: int, end: int) -> None:
    part = text[start:end]
    if part.strip():
        left = start + len(part) - len(part.lstrip())
        spans.append(Span(left, left + len(part.strip())))


def _sentence(text: str, span: Span) -> Sentence:
    edges: dict[int, list[tuple[int, Edge]]] = {-1: []}
    open_at: list[int] = []
    pairs: list[Span] = []
    for match in _EDGE.finditer(text, span.start, span.end):
        kind = match.lastgroup
        if kind == "open":
            open_at.append(match.start())
            edges[match.start()] = []
        elif kind == "close":
            if open_at:
                opened = open_at.pop()
                if match.end() - opened <= _LONGEST_BRACKET:
                    pairs.append(Span(opened, match.end()))
                else:
                    edges[open_at[-1] if open_at else -1] += edges.pop(opened)
        elif kind != "comma" or not _in_a_list(text, match.start(), span):
            where = open_at[-1] if open_at else -1
            level = {"strong": Edge.STRONG, "colon": Edge.COLON, "joint": Edge.JOINT}.get(
                kind or "", Edge.SOFT
            )
            edges[where].append((match.end() if match[0] in {",", ";", ":"} else match.start(), level))
    for opened in open_at:  # never closed: no brackets
        edges[-1] += edges.pop(opened)
    outer = tuple(sorted(edges.pop(-1)))
    asks = text[span.start : span.end].rstrip("\"'”’)]*`").endswith("?") and not re.search(
        r"\?\W{0,4}\?\W{0,4}$", text[max(span.start, span.end - 10) : span.end]
    )
    return Sentence(
        span,
        outer,
        tuple(sorted(pairs, key=lambda pair: pair.start)),
        {place: tuple(own) for place, own in edges.items()},
        asks,
    )


def _in_a_list(text: str, comma: int, span: Span) -> bool:
    """Whether a comma stands between figures of a list, not between clauses: "1, 10 and 100"."""
    before, behind = (
        text[max(span.start, comma - 6) : comma],
        text[comma + 1 : min(span.end, comma + _SEGMENT)],
    )
    if not _ITEM_BEFORE.search(before):
        return False
    if not _ITEM_BEHIND.match(behind):
        return False
    upto = re.split(r"[,;]|:(?!\w)", behind, maxsplit=1)[0]
    return (
        bool(_CONTINUES.match(behind))
        or not _VERB.search(upto)
        or bool(re.search(r"\s(?:and|or|och|eller)\s", upto))
    )
