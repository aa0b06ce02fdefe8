"""Python as it stands in reports: with smart quotes, prompts, lost indentation, blanks left in, half lines.

Nothing is run. Code is read statement by statement, so that one line that does not parse hides no other.
"""

from __future__ import annotations

import ast
import itertools
import re
import unicodedata
import warnings
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from grader.model import Value

BLANK: Final = "blank_left_in"  # the name that stands for ``???`` in parsed code
MAX_CODE: Final = 60_000  # characters of one block; what comes after is not read
MAX_STATEMENT: Final = 4_000  # characters of one statement
MAX_CALLS: Final = 200  # of one name in one block
MAX_CALL: Final = 600  # characters between the brackets of a call
_MAX_BRACKETS: Final = 40  # nested; deeper is no student's code, and Python's parser has limits

_SIGNS: Final = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("–—−‐‑‒", "-"),
        **dict.fromkeys("\u00a0\u2007\u202f\u2009\u200a\u2002\u2003", " "),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
        "，": ",",
        "（": "(",
        "）": ")",
        "\r": "",
        "\t": "    ",
    }
)
_PROMPT: Final = re.compile(r"^([ ]{0,80})(?:(?:In\s?)?\[[ ]?\d{0,4}[ ]?\]:?[ ]|>>>[ ]?|\.\.\.[ ])", re.M)
_BLANKS: Final = re.compile(r"(?<![\w?])(?:\?{1,6}|_{3,12}|\.{3,6}|…)(?![\w?])")
# Letters that only look different: mathematical alphabets and full width. Others' alphabets are other letters.
_STYLED: Final = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in (*range(0x1D400, 0x1D800), *range(0xFF01, 0xFF5F))
    if len(unicodedata.normalize("NFKC", chr(code))) == 1
}
_EMPHASIS: Final = re.compile(
    r"(?<![\w)\]*.])\*\*([A-Za-z_]\w{0,40})\*\*(?![\w(*])"
)  # Markdown that was left in
_STRUCK: Final = re.compile(r"~~[^~\n]{1,120}~~")  # its author took it back
_ARROW: Final = re.compile(
    r"^([ ]{0,80}[A-Za-z_]\w{0,40}[ ]?)(?:<-|←|:=)(?!=)", re.M
)  # as pseudo-code assigns
_ESCAPES: Final = re.compile(r"\\([_*\[\]()#])")


def clean(text: str) -> str:
    """Code as its author typed it: straight quotes, plain spaces and dashes, no prompts, blanks as `BLANK`."""
    text = _ESCAPES.sub(r"\1", text[:MAX_CODE].translate(_SIGNS).translate(_STYLED))
    text = _ARROW.sub(r"\1=", _EMPHASIS.sub(r"\1", _STRUCK.sub("", text)))
    return _BLANKS.sub(BLANK, _PROMPT.sub(r"\1", text))


class Statement(Value, frozen=True):
    """One logical line: its source without comment, the column it begins in, and its line from 1."""

    source: str
    indent: int
    line: int


def statements(code: str) -> Iterator[Statement]:
    """The logical lines of cleaned code; brackets join lines, comments and strings are respected."""
    pending, depth, first, indent = "", 0, 0, 0
    for number, line in enumerate(code.split("\n"), start=1):
        bare = _without_comment(line)
        if not pending:
            if not bare.strip():
                continue
            first, indent = number, len(bare) - len(bare.lstrip())
        pending = f"{pending} {bare.strip()}" if pending else bare.strip()
        depth += sum(bare.count(sign) for sign in "([{") - sum(bare.count(sign) for sign in ")]}")
        if (depth <= 0 and not pending.endswith("\\")) or len(pending) > MAX_STATEMENT:
            yield Statement(pending.rstrip("\\").strip(), indent, first)
            pending, depth = "", 0
    if pending:
        yield Statement(pending, indent, first)


_STRING_OR_COMMENT: Final = re.compile(r"'[^'\\\n]*'|\"[^\"\\\n]*\"|#.*")


def _without_comment(line: str) -> str:
    return _STRING_OR_COMMENT.sub(lambda found: "" if found[0][0] == "#" else found[0], line)


def parse_expression(source: str) -> ast.expr | None:
    """The tree of one expression, or None if it is none."""
    if len(source) > MAX_STATEMENT or _too_deep(source):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a student's "\d" is no business of ours
            return ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def parse_statement(source: str) -> ast.stmt | None:
    """The tree of one logical line, the first of several; the head of a block (``with ...:``) counts with an empty body."""
    found = parse_statements(source)
    return found[0] if found else None


def parse_statements(source: str) -> list[ast.stmt]:
    """The statements of one logical line, as semicolons part them; none if it is no Python."""
    if len(source) > MAX_STATEMENT or _too_deep(source):
        return []
    for candidate in (source, f"{source} pass"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                body = ast.parse(candidate).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return body
    return []


def _too_deep(source: str) -> bool:
    depth = deepest = 0
    for char in source:
        depth += (char in "([{") - (char in ")]}")
        deepest = max(deepest, depth)
    return deepest > _MAX_BRACKETS or source.count("-") + source.count("~") + source.count("not ") > 200


class Call(Value, frozen=True):
    """A method call found in text: ``receiver.method(arguments)``.

    `arguments` are positional, `keywords` by name; `parsed` is false if what stands between the brackets is no
    Python. `text` is the whole call as written, `line` counts from 1, `start` and `end` are its place in the
    cleaned text, `assigned` is what it is assigned to.
    """

    method: str
    receiver: str
    text: str
    line: int
    indent: int
    commented: bool
    start: int = 0
    end: int = 0
    arguments: tuple[str, ...] = ()
    keywords: Mapping[str, str] = msgspec.field(default_factory=dict)
    parsed: bool = True
    assigned: str = ""

    def argument(self, position: int, name: str) -> str | None:
        """The source of an argument given by position or by name."""
        if len(self.arguments) > position:
            return self.arguments[position]
        return self.keywords.get(name)


def find_calls(text: str, method: str) -> list[Call]:
    """Every call of a method by that name in code or prose, in order; also where the code around is broken."""
    code = clean(text)
    pattern = re.compile(
        rf"(?<!\w)((?:[A-Za-z_]\w{{0,40}}\s?\.\s?){{0,4}}[A-Za-z_]\w{{0,40}})\s?\.\s?{re.escape(method)}\s{{0,3}}\("
    )
    found = []
    for match in itertools.islice(pattern.finditer(code), MAX_CALLS):
        close = _closing(code, match.end())
        line_start = code.rfind("\n", 0, match.start()) + 1
        before = code[line_start : match.start()]
        inner = (
            code[match.end() : close]
            if close is not None
            else code[match.end() : match.end() + MAX_CALL].split("\n")[0]
        )
        tree = parse_expression(f"f({_joined(inner)})") if close is not None else None
        assigned = re.search(r"([\w\s,\[\]().*]{1,120})=\s*$", before[-160:])
        common = Call(
            method=method,
            receiver=re.sub(r"\s", "", match[1]),
            text=_joined(match[0] + inner) + (")" if close is not None else ""),
            line=code.count("\n", 0, match.start()) + 1,
            indent=len(before) - len(before.lstrip()),
            start=match.start(),
            end=match.end() if close is None else close + 1,
            commented="#" in _STRING_LITERAL.sub("", before),
            parsed=False,
            assigned=assigned[1].strip() if assigned else "",
        )
        if not isinstance(tree, ast.Call):
            found.append(common)
            continue
        found.append(
            msgspec.structs.replace(
                common,
                arguments=tuple(ast.unparse(argument) for argument in tree.args),
                keywords={
                    keyword.arg: ast.unparse(keyword.value) for keyword in tree.keywords if keyword.arg
                },
                parsed=True,
            )
        )
    return found


_STRING_LITERAL: Final = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")


def _joined(inner: str) -> str:
    return " ".join(_without_comment(line).strip() for line in inner.split("\n")).strip()


def _closing(code: str, at: int) -> int | None:
    """Where the bracket that was opened before `at` closes, within `MAX_CALL` characters."""
    depth = 1
    for index in range(at, min(len(code), at + MAX_CALL)):
        depth += (code[index] in "([{") - (code[index] in ")]}")
        if depth == 0:
            return index
    return None
