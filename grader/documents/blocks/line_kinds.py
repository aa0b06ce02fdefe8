"""Whether lines are Python, something a program printed, or maths: by their look, wherever they come from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from typing import Final

from grader.documents.core.document import BlockKind

MAX_LINE: Final = 600  # characters of a line that are looked at


class Look(Enum):
    """What a line looks like by itself. `MAYBE_CODE` is code only beside code."""

    BLANK = "blank"
    CODE = "code"
    MAYBE_CODE = "maybe code"
    PRINTED = "printed"
    MATHS = "maths"
    WORDS = "words"


_NAME: Final = r"[A-Za-z_]\w{0,60}"
_DOTTED: Final = rf"{_NAME}(?:\.{_NAME}){{0,5}}"
_NAMES: Final = rf"{_DOTTED}(?:\[[^\]=]{{0,60}}\])?(?:\s?,\s?{_NAME}(?:\[[^\]=]{{0,60}}\])?){{0,6}}"
_IMPORT: Final = re.compile(
    rf"import\s+{_DOTTED}(?:\s+as\s+{_NAME})?(?:\s*,.*)?$|from\s+{_DOTTED}\s+import\s+[\w(*]"
)
_HEADS: Final = {  # what must stand in the line of a compound statement beside its word and its colon
    "for": re.compile(rf"for\s+{_NAME}(?:\s?,\s?{_NAME}){{0,4}}\s+in\s+(?:{_DOTTED}\s?:|{_DOTTED}\(|[\[(])"),
    "with": re.compile(rf"with\s+{_DOTTED}(?:\(|\s+as\s)"),
    "if": re.compile(r"if\s.*?(?:[=<>!]=|[<>(\[]|\bnot\b|\bin\b|True|False)"),
    "elif": re.compile(r"elif\s"),
    "while": re.compile(r"while\s.*?(?:[=<>!]=|[<>(\[]|\bnot\b|True)"),
    "def": re.compile(rf"def\s+{_NAME}\s?\("),
    "class": re.compile(rf"class\s+{_NAME}\s?[(:]"),
    "else": re.compile(r"else\s?:"),
    "try": re.compile(r"try\s?:"),
    "finally": re.compile(r"finally\s?:"),
    "except": re.compile(r"except\b"),
}
_CALL: Final = re.compile(rf"(?:{_NAME}\.){{1,5}}{_NAME}\s?\(|print\s?\(")
_ASSIGNED: Final = re.compile(
    rf"(?:{_NAMES}|_)\s{{0,12}}[-+*/]?=(?!=)\s{{0,4}}"
    rf"(?:(?P<call>{_DOTTED}\s?\()|(?P<literal>[\[{{\"“]|True\b|False\b|None\b)|(?P<attribute>{_NAME}\.{_NAME})|(?P<other>\S))"
)
_MAGIC: Final = re.compile(r">>>\s|%matplotlib\b|%tensorflow_version\b|!pip\s|@[A-Za-z_][\w.]*(?:\(.*\))?$")
_REMARK: Final = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|“[^”\n]*”|‘[^’\n]*’|(#.*)")
_BESIDE_CODE: Final = re.compile(
    rf"\#|[)\]}}]|['\"“‘]|(?:return|yield|raise|assert|del|global|pass|break|continue)\b|{_NAMES}\s{{0,12}}[-+*/]?=(?!=)|{_NAME}\(.*\)$"
)


def _is_code(line: str) -> bool:
    bare = _without_remark(line).strip()
    word = re.match(r"[a-z]{2,7}\b", bare)
    head = _HEADS.get(word[0]) if word else None
    if head is not None and bare.endswith(":"):
        return bool(head.match(bare))
    if _IMPORT.match(bare) or _MAGIC.match(bare):
        return True
    if _CALL.match(bare):
        return bare.endswith((")", ",", "(", "[", "\\", ".")) or bare.count("(") > bare.count(")")
    assigned = _ASSIGNED.match(bare)
    if assigned is None:
        return False
    return assigned["other"] is None or "." in bare[: assigned.start("other")].split("=")[0]


def _is_beside_code(line: str) -> bool:
    bare = line.strip()
    if _BESIDE_CODE.match(bare):
        return True
    return bare.endswith((",", "(", "[", "{", "\\")) and not re.search(
        r"[a-zåäö]{2,} [a-zåäö]{2,} [a-zåäö]{2,}", bare
    )


def _without_remark(line: str) -> str:
    return _REMARK.sub(lambda found: "" if found[1] else '""', line) if "#" in line else line


_PRINTED: Final = re.compile(
    r"\s{0,20}(?:"
    r"\d{1,8}/\d{1,8}\s{0,3}(?:\[|[━╸╺]|-\s|\s?\d{1,5}\s?m?s\b)"
    r"|Epoch\s\d{1,4}(?:/\d{1,4})?\s*$|ETA:"
    r"|Train on \d+ samples"
    r"|Model: [\"“”']|Layer \(type\)\s{2,}|(?:Total|Trainable|Non-trainable) params:"
    r"|[=_━─┏┗┡└├╇╈]{20,}"
    r"|(?:tf\.)?(?:Tensor|tensor|array)\(|<tf\.|<matplotlib|<Figure size|\[<matplotlib|Text\(|<keras"
    r"|Traceback \(most recent|[A-Z]\w{2,40}Error: "
    r"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    r"|.{0,80}[A-Za-z)]:\s{1,3}\[?[-+]?\d+\.\d{2,}(?:\s[-+]?\d+\.\d+)*\]?\s*$"
    r")"
)
_MATHS: Final = re.compile(
    r"[\s\d.,=+\-−–*×·⋅∗•/÷^()\[\]{}²³≈→⇒⟹&;:~_xXA-Za-zα-ωΑ-Ω∂∇∑π𝐴-𝟿\\|'’<>!%\u2009\u202f\u00a0]{3,400}"
)
_OPERATOR: Final = re.compile(r"[=+*×·⋅∗÷^≈→⇒]|[\d)]\s?[xX/−–-]\s?[\d(]")
_WORD: Final = re.compile(r"(?<![\\\w])[^\W\d_]{2,}")
_MATHS_WORDS: Final = frozenset(
    ["in", "out", "sin", "cos", "log", "exp", "max", "min", "relu", "dw", "db", "nin", "nout"]
)
LABEL: Final = re.compile(
    r"\s{0,12}(?:[*_#>\s]{0,6})(?:(?:question|fråga|uppgift|task|exercise|problem|svar|answer|part|del)\s{0,2}[.:#]?\s{0,2}\d{1,2}\b"
    r"|q\s?\d{1,2}\b|\(?(?:\d{1,2}|[a-h]|i{1,3}|iv)[.):](?:\s|$)|[-*•‣▪◦–]\s)",
    re.I,
)


def look(line: str) -> Look:
    """What one line looks like; only its first `MAX_LINE` characters are read."""
    line = line[:MAX_LINE].replace("\u00a0", " ")
    bare = line.strip()
    if not bare:
        return Look.BLANK
    if _PRINTED.match(line):
        return Look.PRINTED
    if _is_code(line) and not _reads_like_a_sentence(bare):
        return Look.CODE
    if is_maths(bare):
        return Look.MATHS
    if _is_beside_code(line) and not _reads_like_a_sentence(bare):
        return Look.MAYBE_CODE
    return Look.WORDS


def is_maths(line: str) -> bool:
    """Whether a line holds a formula and no words."""
    bare = line.strip()
    if (
        len(bare) > 400
        or not _MATHS.fullmatch(bare)
        or not _OPERATOR.search(bare)
        or not re.search(r"\d|=", bare)
    ):
        return False
    words = [word for word in _WORD.findall(bare) if word.lower() not in _MATHS_WORDS]
    return not words and not LABEL.match(bare) and not bare.startswith(("-", "*", "•")) and "==" not in bare


def _reads_like_a_sentence(line: str) -> bool:
    """Whether, comments and strings aside, a line is made of words as people write them."""
    rest = _REMARK.sub(" ", line)
    words = re.findall(r"(?<![\w.(\[])[a-zåäö]{2,}(?=[\s,.;]|$)(?![\w(.\[])", rest)
    return len(words) >= 5


def listing_kind(lines: Sequence[str]) -> BlockKind:
    """CODE, OUTPUT or PROSE: what a run of lines in a fixed-pitch type or a fence is, if nothing says so."""
    looks = [look(line) for line in lines]
    code, printed = looks.count(Look.CODE), looks.count(Look.PRINTED)
    if code and code >= printed:
        return BlockKind.CODE
    if printed:
        return BlockKind.OUTPUT
    maybe = looks.count(Look.MAYBE_CODE)
    words = looks.count(Look.WORDS) + looks.count(Look.MATHS)
    return BlockKind.CODE if maybe > words else BlockKind.PROSE
