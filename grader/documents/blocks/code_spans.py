"""Where code stands between other lines: grown from lines that are code for certain."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from grader.documents.blocks.line_kinds import LABEL, Look
from grader.documents.blocks.lines import Line

_MAX_BLANKS: Final = 4  # blank lines that one listing may hold in a row


def code_runs(lines: Sequence[Line], looks: Sequence[Look]) -> dict[int, int]:
    """Where runs of code begin and where each ends, in order; `looks` belong to the lines one by one.

    A run grows from lines that are code, or are set in a fixed pitch, over blank lines and lines that may be code.
    """
    runs: dict[int, int] = {}
    at = last_end = 0
    while at < len(lines):
        if not _seeds(lines[at], looks[at]):
            at += 1
            continue
        start = at
        while (
            start > last_end
            and not lines[start].apart
            and _continues(lines[start - 1], looks[start - 1], up=True)
        ):
            start -= 1
        end = at + 1
        while end < len(lines) and not lines[end].apart and not _heads_prose(lines, looks, end):
            if _seeds(lines[end], looks[end]) or _continues(lines[end], looks[end]):
                end += 1
                continue
            beyond = end
            while beyond < len(lines) and looks[beyond] is Look.BLANK and beyond - end < _MAX_BLANKS:
                beyond += 1
            if (
                beyond == end
                or beyond == len(lines)
                or lines[beyond].apart
                or _heads_prose(lines, looks, beyond)
            ):
                break
            if not _resumes(lines[beyond], looks[beyond]):
                break
            end = beyond + 1
        runs[start] = at = last_end = end
    return runs


def _heads_prose(lines: Sequence[Line], looks: Sequence[Look], at: int) -> bool:
    """Whether a line such as ``# Question 2`` is a heading rather than a comment: no code follows it."""
    text = lines[at].text
    if not text.startswith("#") or not LABEL.match(text):
        return False
    following = next(
        (looks[index] for index in range(at + 1, min(at + 4, len(lines))) if looks[index] is not Look.BLANK),
        None,
    )
    return following not in {Look.CODE, Look.MAYBE_CODE}


def _seeds(line: Line, kind: Look) -> bool:
    return not line.level and (kind is Look.CODE or (line.monospace and kind is not Look.BLANK))


def _resumes(line: Line, kind: Look) -> bool:
    return _seeds(line, kind) or (_continues(line, kind) and line.text[:1] in {" ", "\t", "\u00a0", "#"})


def _continues(line: Line, kind: Look, *, up: bool = False) -> bool:
    if line.level or kind not in {Look.MAYBE_CODE, Look.MATHS}:
        return False
    if kind is Look.MATHS:  # x = 3 * 4 stands among code, a formula after it does not
        return bool(re.match(r"\s*[A-Za-z_]\w*\s*=\s*[\w.]+", line.text)) and not up
    return not (up and line.text.strip()[:1] in ")]}")
