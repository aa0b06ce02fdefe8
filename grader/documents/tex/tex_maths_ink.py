r"""What of a formula in TeX is seen: ``\color{white}``, ``\phantom`` and the like taken out of it."""

from __future__ import annotations

import re
from typing import Final

from grader.documents.tex.tex_ink import CHANGES, DROPPED, SETS, Ink, Palette, changed, within

_MOST_GROUPS: Final = 200
_TOKEN: Final = re.compile(r"\\([A-Za-z]+)|\\.|[{}]|[^\\{}]+", re.S)
_ARGUMENT: Final = re.compile(r"\s*(?:\[([^\[\]]{0,200})\]|\{([^{}]{0,200})\})")
_TAKES: Final = {
    "textcolor": 1, "colorbox": 1, "fcolorbox": 2, "scalebox": 1, "resizebox": 2, "raisebox": 1, "texttransparent": 1,
    "style": 1, "mathtip": 1, "texttip": 1, "newcommand": 1, "renewcommand": 1, "textpdfrender": 1,
}  # fmt: skip
_DEFINES: Final = frozenset(("newcommand", "renewcommand", "def", "gdef"))
_REMARK: Final = re.compile(r"(?<!\\)%[^\n]*")
_TELLS: Final = re.compile(r"\\(?:" + "|".join(sorted(CHANGES | SETS | _DEFINES)) + r")(?![A-Za-z])")


def seen_of_maths(
    tex: str, ink: Ink | None = None, palette: Palette | None = None
) -> tuple[str, dict[str, str]]:
    r"""The part of a formula that is seen, and the rest of it by the reason why it is not.

    ``\color{white}{...}`` is read as MathJax does, where the group behind it is what is coloured, and as TeX does.
    """
    ink = ink or Ink()
    if "%" in tex:
        tex = _REMARK.sub("", tex)
    if not _TELLS.search(tex):
        return ("", {ink.unseen: tex}) if ink.unseen else (tex, {})
    palette = palette or Palette()
    seen: list[str] = []
    unseen: dict[str, list[str]] = {}
    stack = [ink]  # of the groups that are open
    following: Ink | None = None  # of the group that comes next
    at = 0
    while (token := _TOKEN.match(tex, at)) is not None:
        at = token.end()
        name = token[1] or ""
        if name in _DEFINES:
            _, at = _arguments(tex, at, _TAKES.get(name, 0))
            following = stack[-1].hidden(DROPPED)
            continue
        if name in SETS or name in CHANGES:
            arguments, at = _arguments(tex, at, _TAKES.get(name, 1 if name in CHANGES else 0))
            if name in SETS:
                following = within(stack[-1], name, arguments, palette)
            else:
                stack[-1] = changed(stack[-1], name, arguments, palette) or stack[-1]
            continue
        if token[0] == "{" and len(stack) < _MOST_GROUPS:
            stack.append(following or stack[-1])
            following = None
        reason = stack[-1].unseen
        (unseen.setdefault(reason, []) if reason else seen).append(token[0])
        if token[0] == "}" and len(stack) > 1:
            stack.pop()
    return "".join(seen), {reason: "".join(parts).strip("{} ") for reason, parts in unseen.items()}


def _arguments(tex: str, at: int, count: int) -> tuple[list[str], int]:
    """Options and as many arguments in braces as a macro takes before what it sets."""
    found: list[str] = []
    taken = 0
    while (argument := _ARGUMENT.match(tex, at)) is not None and (taken < count or argument[1] is not None):
        found.append(f"[{argument[1]}]" if argument[1] is not None else argument[2])
        taken += argument[1] is None
        at = argument.end()
    return found, at
