"""Plain text: headings, code, tables and paragraphs by their look. Text that is Markdown is read as Markdown."""

from __future__ import annotations

import re
from typing import Final

from grader.documents.blocks.collector import Collector
from grader.documents.blocks.lines import Line
from grader.documents.core.document import Place
from grader.documents.core.limits import shortened

_MARKDOWN: Final = re.compile(r"^(?:```|~~~)|^\s{0,3}\|?\s?:?-{3,}:?\s?\|[\s|:-]*$|^\$\$", re.M)
_UNDER: Final = 0.6  # of a line's length, from which it is underlined in the midst of others
_UNDERLINE: Final = re.compile(r"[=\-~*_]{3,}\s*")
_NUMBERED: Final = re.compile(
    r"(?:question|fråga|uppgift|task|exercise|problem|part|del|lab\w*)\s{0,2}\d{1,2}\s?[.:)]?\s*$|\d{1,2}[.)]\s[A-ZÅÄÖ][^.!?]{0,60}$",
    re.I,
)


def is_markdown(text: str) -> bool:
    """Whether plain text uses Markdown's fences, table rules, or display maths."""
    return bool(_MARKDOWN.search(text[:200_000]))


def read_text(text: str, source: str, collector: Collector) -> None:
    """Adds the blocks of a plain text; `text` is decoded and clean."""
    collector.add_lines(_lines(shortened(text, collector.budget), source))


def _lines(text: str, source: str) -> list[Line]:
    raw = text.split("\n")
    lines: list[Line] = []
    for index, line in enumerate(raw):
        place = Place(source, f"line {index + 1}", line=index + 1)
        after = raw[index + 1] if index + 1 < len(raw) else ""
        before_blank = index == 0 or not raw[index - 1].strip()
        bare = line.strip()
        if _UNDERLINE.fullmatch(line):  # of a title, or a rule between paragraphs
            lines.append(Line("", place))
            continue
        under = after.strip() if _UNDERLINE.fullmatch(after) else ""
        underlined = 0 < len(bare) < 100 and bool(under) and "|" not in line
        underlined = underlined and (before_blank or len(under) >= _UNDER * len(bare))
        level = 0
        if underlined:
            level = 1 if after.startswith("=") else 2
        elif bare and before_blank and _NUMBERED.match(bare):
            level = 2
        lines.append(Line(line.rstrip(), place, level=level))
    return lines
