"""Style sheets as rules: the declarations that decide whether text is seen, of the rules that a screen applies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import tinycss2

from grader.documents.html.html_selectors import Selectors
from grader.documents.html.html_values import HEIGHT, WIDTH, Tokens, length, significant

MAX_CSS: Final = (
    1_500_000  # characters of style sheets that are read, comments aside; notebooks' exports have 400,000
)
_COMMENT: Final = re.compile(r"/\*(?:[^*]|\*(?!/))*+(?:\*/|$)")
_MOST_NESTED: Final = 100  # selectors of one rule within another
_DEPTH: Final = 6  # of at-rules in one another
# fmt: off
_DECIDING: Final = frozenset((
    "display", "visibility", "opacity", "color", "background", "background-color", "background-image", "font", "font-size",
    "text-indent", "position", "left", "right", "top", "bottom", "inset", "margin", "margin-left", "margin-top", "margin-right",
    "transform", "scale", "translate", "zoom", "clip", "clip-path", "width", "height", "max-width", "max-height",
    "overflow", "overflow-x", "overflow-y", "z-index", "filter", "text-decoration", "text-decoration-line",
    "-webkit-text-fill-color", "content-visibility", "mask", "mask-image", "-webkit-mask", "-webkit-mask-image", "fill",
    "fill-opacity", "letter-spacing", "inline-size", "block-size", "max-inline-size", "max-block-size",
    "-webkit-text-security", "background-clip", "-webkit-background-clip", "color-scheme",
))
# fmt: on


class Declaration:
    """A property's value as tokens, and whether it is ``!important``."""

    __slots__ = ("important", "name", "tokens")

    def __init__(self, name: str, tokens: Tokens, important: bool) -> None:
        self.name = name
        self.tokens = tokens
        self.important = important


class StyleSheet:
    """All rules of a page that a screen applies, with their selectors."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.selectors = Selectors()
        self.rules: list[list[Declaration]] = []
        self.cut = False
        left = MAX_CSS
        for text in texts:
            rules = _COMMENT.sub(" ", text)
            self.cut = self.cut or len(rules) > left
            if left > 0:
                self._take(
                    tinycss2.parse_stylesheet(rules[:left], skip_comments=True, skip_whitespace=True), 0
                )
            left -= len(rules)

    def _take(self, rules: Iterable[Any], depth: int) -> None:
        for rule in rules:
            if rule.type == "qualified-rule":
                self._take_rule(rule.prelude, rule.content, depth)
            elif rule.type == "at-rule" and rule.content is not None and depth < _DEPTH and _applies(rule):
                inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
                self._take(inner, depth + 1)

    def _take_rule(self, prelude: Tokens, content: Tokens, depth: int) -> None:
        """Takes a rule, and the rules nested in it."""
        declarations = declared(content)
        if declarations:
            self.selectors.add(prelude, len(self.rules))
            self.rules.append(declarations)
        if depth >= _DEPTH or not any(token.type == "{} block" for token in content):
            return
        for inner in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
            if inner.type == "qualified-rule":
                self._take_rule(_nested(prelude, inner.prelude), inner.content, depth + 1)
            elif inner.type == "at-rule" and inner.content is not None and _applies(inner):
                self._take_rule(prelude, inner.content, depth + 1)


def _nested(outer: Tokens, inner: Tokens) -> list[Any]:
    """The selectors of a rule within another: each of its own behind each of the outer one, or in place of ``&``."""
    made: list[str] = []
    for one in _queries(outer):
        around = tinycss2.serialize(one).strip()
        for other in _queries(inner):
            own = tinycss2.serialize(other).strip()
            made.append(own.replace("&", around) if "&" in own else f"{around} {own}")
    text = ", ".join(made[:_MOST_NESTED])[:2_000]
    return list(tinycss2.parse_component_value_list(text))


def declared(content: Tokens | str) -> list[Declaration]:
    """The declarations of a block or a ``style`` attribute that decide whether text is seen."""
    found = []
    for one in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if one.type == "declaration" and (one.lower_name in _DECIDING or one.name.startswith("--")):
            name = one.name if one.name.startswith("--") else one.lower_name
            found.append(Declaration(name, significant(one.value), one.important))
    return found


def cascaded(layers: Iterable[Iterable[Declaration]]) -> Mapping[str, Tokens]:
    """What remains of declarations that come with rising weight: the last of each, unless one is important."""
    values: dict[str, Tokens] = {}
    important: set[str] = set()
    for layer in layers:
        for one in layer:
            for name, tokens in _longhands(one.name, one.tokens):
                if one.important or name not in important:
                    values[name] = tokens
                if one.important:
                    important.add(name)
    return values


def _longhands(name: str, tokens: Tokens) -> Iterator[tuple[str, Tokens]]:
    if name in {"margin", "inset"} and 1 <= len(tokens) <= 4:
        prefix = "margin-" if name == "margin" else ""
        which = {1: (0, 0, 0, 0), 2: (0, 1, 0, 1), 3: (0, 1, 2, 1), 4: (0, 1, 2, 3)}[len(tokens)]
        for side, at in zip(("top", "right", "bottom", "left"), which, strict=True):
            yield f"{prefix}{side}", [tokens[at]]
    elif name == "background":
        yield "background-color", tokens
        yield "background-image", tokens
    elif name == "overflow":
        yield "overflow-x", tokens[:1]
        yield "overflow-y", tokens[-1:]
    elif name == "text-decoration":
        yield "text-decoration-line", tokens
    elif name == "font":
        size = _size_in_font(tokens)
        if size:
            yield "font-size", size
    else:
        yield _SAME.get(name, name), tokens


_SAME: Final = {
    "inline-size": "width",
    "block-size": "height",
    "max-inline-size": "max-width",
    "max-block-size": "max-height",
    "-webkit-mask": "mask",
    "-webkit-mask-image": "mask",
    "mask-image": "mask",
    "-webkit-background-clip": "background-clip",
}
_SIZES: Final = frozenset(
    ("xx-small", "x-small", "small", "medium", "large", "x-large", "xx-large", "smaller", "larger")
)


def _size_in_font(tokens: Tokens) -> Tokens:
    """The size in a ``font`` shorthand: the last measure before the line height or the family."""
    found: Tokens = ()
    for token in tokens:
        if token.type == "literal" and token.value == "/":
            break
        if (
            token.type in {"dimension", "percentage", "function"}
            or (token.type == "number" and token.value < 1)
            or (token.type == "ident" and token.lower_value in _SIZES)
        ):
            found = (token,)
    return found


def _applies(rule: Any) -> bool:
    match rule.lower_at_keyword:
        case "media":
            return any(_query_holds(part) for part in _queries(significant(rule.prelude)))
        case "supports" | "layer" | "scope" | "document":
            return True
        case "container":
            return _query_holds([token for token in significant(rule.prelude) if token.type == "() block"])
    return False


def _queries(tokens: Tokens) -> Iterator[list[Any]]:
    part: list[Any] = []
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _query_holds(tokens: Tokens) -> bool:
    """Whether a media query holds for a screen of the usual size in light colours."""
    denied = bool(tokens) and tokens[0].type == "ident" and tokens[0].lower_value == "not"
    holds = True
    for token in tokens:
        if token.type == "ident" and token.lower_value in {"print", "speech", "tty", "braille", "handheld"}:
            holds = False
        elif token.type == "() block":
            holds = holds and _feature_holds(significant(token.content))
    return holds != denied


def _feature_holds(tokens: Tokens) -> bool:
    text = "".join(token.serialize() for token in tokens[:12]).lower().replace(" ", "")
    named = re.match(r"(min|max)-(?:device-)?(width|height):", text)
    if named is not None:
        bound = length(tokens[-1:], 16.0, 0.0)
        have = WIDTH if named[2] == "width" else HEIGHT
        return bound is None or (have >= bound if named[1] == "min" else have <= bound)
    ranged = re.match(r"(?:device-)?(width|height)([<>]=?)", text)
    if ranged is not None:
        bound = length(tokens[-1:], 16.0, 0.0)
        have = WIDTH if ranged[1] == "width" else HEIGHT
        return bound is None or (have > bound if ">" in ranged[2] else have < bound)
    return text not in {
        "prefers-color-scheme:dark", "prefers-contrast:more", "prefers-reduced-motion:reduce", "forced-colors:active",
        "inverted-colors:inverted", "hover:none", "pointer:coarse", "orientation:portrait", "monochrome", "scripting:none",
    }  # fmt: skip
