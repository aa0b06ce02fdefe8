"""`figure`: one number is given, with its name, and it is right.

``precision = 0.867``, ``a precision of 86.7 %``, a row or a column of a table, what a program printed. A number is right
when it is the expected one rounded (or cut off) to the digits it is written with, or lies `within` of it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from grader.checks.answer import Answer
from grader.checks.arithmetic import read_chains
from grader.checks.assignment import CheckFunction
from grader.checks.claims import Stance, stance_at
from grader.checks.equations import Chain
from grader.checks.finding import Finding, failed, passed, review
from grader.checks.quantities import Span, Unit, prepared, quantity_spans
from grader.checks.toolkit.places import nothing, own_blocks, pattern_of, possible_blocks
from grader.checks.toolkit.symbols import without_symbols
from grader.documents.core.document import Block, BlockKind
from grader.model import Value

_SAME: Final = 1e-6  # relative: the author's own rounding of what is expected
MIN_DIGITS: Final = 2  # significant ones: a number with fewer is right by chance too often
_LINK: Final = re.compile(  # what may stand between a name and its number
    r"[\s:=≈~(|,*_`'\"-]{0,6}(?:(?:is|was|are|of|at|equals?|equal\sto|comes\sto|came\sto|gives?|gave|becomes|be|then|therefore|about|approximately|roughly|around|nearly|"
    r"är|var|blir|blev|på|ger|gav|lika\smed|ungefär|cirka|ca|alltså|score|value|värde\w*|on|for|the|test|train|model|our|in|i|för|vår)[\s:=≈~(|,*_`'\".-]{0,4}){0,6}",
    re.I,
)
_BEFORE: Final = re.compile(
    r"[\s)%*_`]{0,4}(?:(?:as|in|for|som|i|for\sthe|as\sthe|of|the|a)\s){0,3}[*_`]{0,2}", re.I
)
_EQUALS: Final = re.compile(r"[\s)%*_`]{0,4}[=≈~]")
_CALCULATED: Final = re.compile(
    r"\s?[-+*/^×·÷]\s?[\w(\\]"
)  # a number that something is done to is not the result
_CALCULATES: Final = re.compile(r"[\w)\]]\s?[+*/^×·÷]\s?\(?$|[\w)\]]\s-\s\(?$")
_BOUND: Final = re.compile(  # what a value is held against is not the value
    r"(?:\b(?:than|below|above|under|over|least|most|än|över|minst|högst)|[<>≤≥])\s?(?:or\sequal\sto\s|the\s)?$",
    re.I,
)
_LEVEL: Final = re.compile(
    r"\s?-?(?:%|percent|procent)?\s?-?(?:significance|confidence|signifikans\w*|konfidens\w*)?\s?(?:level|nivå\w*)\b",
    re.I,
)
_PLAIN_WORDS: Final = re.compile(
    r"answer|svar(?:et)?|result(?:at(?:et)?)?|about|ungefär|equals|therefore|alltså|approximately", re.I
)
_OTHER_WORDS: Final = re.compile(r"[^\W\d_]{3,}")
_SIGN: Final = re.compile(r"[-+*/^×·÷]")
_LISTED: Final = re.compile(
    r"\w\W{0,3}(?:,|and|och|or|eller|&|/|resp\.?|respectively)\s(?:the\s|our\s)?$", re.I
)
_AFTER_NAME: Final = 160  # characters behind a name in which its number may stand
_MOST: Final = 60  # figures that are looked at


class _Told(Value, frozen=True):
    """A number that stands with the name. `surely`: nothing but linking words is between them."""

    value: float
    decimals: int
    percent: bool
    block: Block
    text: str
    surely: bool
    line: str = ""
    before: str = ""


def figure(
    expected: float, *, names: Sequence[str], within: float | None = None, share: bool = False
) -> CheckFunction:
    """A check that a number of one of these `names` is the `expected` one.

    `within` is how far it may be off, in its own unit; without it, rounding alone. `share`: it is a share of one, and may
    be given in per cent. Raises `ValueError` for settings that make no sense.
    """
    if isinstance(expected, bool) or not isinstance(expected, int | float) or not math.isfinite(expected):
        raise ValueError("takes a number as expected")
    if within is not None and (isinstance(within, bool) or not isinstance(within, int | float) or within < 0):
        raise ValueError("takes a distance of 0 or more as within")
    named = pattern_of(names, "figure")
    called = names[0]

    def right(told: _Told) -> bool | None:
        """Whether it is; None for one with too few digits to say."""
        readings = [(told.value, told.decimals)]
        if told.percent or (share and abs(told.value) > 1):
            readings = [(told.value / 100, told.decimals + 2)] if share else readings
        for value, decimals in readings:
            if abs(value - expected) <= max((within or 0.0) * (1 + 1e-9), _SAME * abs(expected)):
                return True
            if abs(value - expected) < 1.0001 * 10.0**-decimals and _is_rounded(value, expected, decimals):
                return True if _digits(value, decimals) >= MIN_DIGITS else None
        written = len(repr(float(expected)).partition(".")[2])
        value, decimals = readings[0]
        if decimals > written and round(value, written) == expected:
            return None  # more digits than the author gave
        return False

    def judge(answer: Answer) -> Finding:
        found = list(_told(possible_blocks(answer), named))[:_MOST]
        if not found:
            alone = _alone(answer)
            if (
                alone is not None
                and right(alone)
                and not _OTHER_WORDS.search(_PLAIN_WORDS.sub("", alone.line))
            ):
                return passed(f"The {called} is right.", [alone.block.evidence(alone.text)])
            if alone is not None:
                return review(
                    f"A number stands there without its name; a person will look whether it is the {called}.",
                    [alone.block.evidence(alone.text)],
                    staff=f"The only number under the question is not the expected {called}, and nothing names it.",
                )
            unnamed = next((one for one in _numbers(answer) if right(one)), None)
            if unnamed is not None:
                return review(
                    f"A number stands there without its name; a person will look whether it is the {called}.",
                    [unnamed.block.evidence(unnamed.text)],
                    staff=f"The expected number stands there, and nothing names it {called!r}.",
                )
            return nothing(answer, called)
        verdicts = [(one, right(one)) for one in found]
        shown = [one.block.evidence(one.text) for one, _ in verdicts[:3]]
        if all(verdict for _, verdict in verdicts):
            return passed(f"The {called} is right.", shown[:1])
        if any(verdict is not False for _, verdict in verdicts):
            unsure = [one for one, verdict in verdicts if not verdict]
            return review(
                f"Several numbers stand with the {called}, or it is rounded far; a person will look.",
                [one.block.evidence(one.text) for one in unsure[:3]],
                staff=f"Not every number that stands with {called!r} is the expected one, or it has too few digits.",
            )
        sure = [one for one, _ in verdicts if one.surely and not one.block.ocr]
        lines = {one.line for one in sure}
        if sure and any(right(one) for one in _numbers(answer) if one.line in lines):
            return review(
                f"It is not clear which number is the {called}; a person will look.",
                shown,
                staff=f"The expected number stands in the same line as another that stands with {called!r}.",
            )
        if sure:
            return failed(
                f"The {called} that is given is another one.",
                [one.block.evidence(one.text) for one in sure[:3]],
            )
        return review(
            f"It is not clear which number is the {called}; a person will look.",
            shown,
            staff=f"Numbers stand near {called!r}, none of them the expected one.",
        )

    return judge


def _is_rounded(value: float, expected: float, decimals: int) -> bool:
    """Whether a value is what is expected, rounded or cut off to so many decimals."""
    scale = 10.0**decimals
    return round(value * scale) in {
        round(expected * scale),
        math.floor(expected * scale + 0.5),
        math.trunc(expected * scale),
    }


def _digits(value: float, decimals: int) -> int:
    """How many significant digits a number is written with."""
    return len(f"{abs(value):.{max(decimals, 0)}f}".replace(".", "").lstrip("0"))


def _told(blocks: Sequence[Block], named: re.Pattern[str]) -> Iterator[_Told]:
    for block in blocks:
        if block.rows:
            yield from _in_rows(block, named)
        else:
            for line in prepared(block.text).split("\n"):
                yield from _in_line(block, line, named)


def _in_line(block: Block, line: str, named: re.Pattern[str]) -> Iterator[_Told]:
    names = [match[0] for match in named.finditer(line)]
    line = without_symbols(line, [word for name in names for word in (name, *name.split())])
    spans = quantity_spans(line)
    for match in named.finditer(line):
        chain = next(
            (
                one
                for one in read_chains(line[match.end() : match.end() + 4 * _AFTER_NAME])
                if one.start <= 60
            ),
            None,
        )
        behind = [span for span in spans if span.start >= match.end()]
        before = [span for span in spans if span.end <= match.start()]
        if (
            before
            and _BEFORE.fullmatch(line, before[-1].end, match.start())
            and not (behind and _linked(line, match.end(), behind[0].start))
        ):
            yield from _of_span(block, line, before[-1], match.start(), surely=True)
        elif chain is not None and (end := _end_of(chain, line[match.end() :])) is not None:
            ends = [span for span in behind if span.end >= match.end() + end]
            if ends:
                yield from _of_span(block, line, ends[0], match.end(), surely=True)
        elif (
            chain is not None
            and chain.sides[0].has_working
            and not chain.sides[0].unfinished
            and _SIGN.search(chain.text)
            and not chain.doubtful
        ):
            yield _Told(
                float(chain.sides[0].value),
                9,
                False,
                block,
                f"{match[0]} {chain.text}",
                True,
                _same_line(line),
            )
        elif behind and behind[0].start - match.end() <= _AFTER_NAME:
            linked = bool(_linked(line, match.end(), behind[0].start))
            surely = linked and not _LISTED.search(line, max(0, match.start() - 40), match.start())
            if linked or not named.search(line, match.end(), behind[0].start):
                yield from _of_span(block, line, behind[0], match.end(), surely=surely)


def _linked(line: str, start: int, end: int) -> bool:
    """Whether only linking words stand there; what symbols left blank is one blank."""
    return _LINK.fullmatch(re.sub(r"\s{2,}", " ", line[start:end])) is not None


def _end_of(chain: Chain, text: str) -> int | None:
    """Where the last side of a chain ends that an equals sign joins to those before; None for a chain of one side."""
    joined = 0
    for before, after in pairwise(chain.sides):
        if not _EQUALS.match(text, before.end, after.start):
            break
        joined += 1
    return chain.sides[joined].end if joined else None


def _of_span(block: Block, line: str, span: Span, at: int, *, surely: bool) -> Iterator[_Told]:
    stance, _ = stance_at(line, span.start, span.end)
    before = line[: span.start][-40:]
    if (
        stance is not Stance.ASSERTED
        or _CALCULATED.match(line, span.end)
        or _CALCULATES.search(before)
        or _BOUND.search(before)
        or _LEVEL.match(line, span.end)
    ):
        return
    start, end = min(at, span.start), max(at, span.end)
    text = line[max(0, start - 40) : end + 10].strip()
    yield _number(block, span, text, surely=surely, line=_same_line(line))


def _number(block: Block, span: Span, text: str, *, surely: bool, line: str = "") -> _Told:
    written = re.search(r"[.,](\d+)", span.quantity.text)
    decimals = len(written[1]) if written else 0
    return _Told(
        span.quantity.value, decimals, span.quantity.unit is Unit.PER_CENT, block, text, surely, line
    )


def _in_rows(block: Block, named: re.Pattern[str]) -> Iterator[_Told]:
    """A row that begins with the name, or the column under it."""
    for at, row in enumerate(block.rows):
        for place, cell in enumerate(row):
            if not named.search(cell):
                continue
            beside = _cells(row[place + 1 :])
            under = _cells([other[place] for other in block.rows[at + 1 :] if place < len(other)])
            for span, text in beside if beside and (place == 0 or not under) else under:
                yield _number(block, span, f"{cell} {text}", surely=True)


def _cells(cells: Sequence[str]) -> list[tuple[Span, str]]:
    """The cells that hold one number each, without words beside it."""
    found = []
    for cell in cells:
        spans = quantity_spans(prepared(cell).strip())
        if len(spans) == 1 and not re.search(
            r"[^\W\d_]{3}", cell.replace("procent", "").replace("percent", "")
        ):
            found.append((spans[0], cell.strip()))
    return found


def _same_line(line: str) -> str:
    """What tells a line from another, its symbols aside."""
    return "".join(re.findall(r"[^\W\d_]{4,}", line))


def _alone(answer: Answer) -> _Told | None:
    """The one number under the question, where there is no other."""
    found = _numbers(answer)
    if len(found) != 1 or not answer.section:
        return None
    held = _BOUND.search(found[0].before) is not None  # "p > 0.0342" gives no value
    return None if held else found[0]


def _numbers(answer: Answer) -> list[_Told]:
    """The numbers under the question that stand in no table and no code."""
    return [
        msgspec.structs.replace(
            _number(block, span, line.strip()[:200], surely=False, line=_same_line(line)),
            before=line[: span.start][-40:],
        )
        for block in own_blocks(answer)
        if not block.rows and block.kind is not BlockKind.CODE
        for line in prepared(block.text).split("\n")
        for span in quantity_spans(line)
        if stance_at(line, span.start, span.end)[0] is Stance.ASSERTED
    ][:_MOST]
