"""Values of CSS as far as they decide whether text is seen: lengths in pixels, colours, numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import tinycss2
from tinycss2 import color4

from grader.documents.blocks.ink import BLACK, WHITE, Colour

WIDTH: Final = 1280.0  # of the window that a page is looked at in, in pixels
HEIGHT: Final = 800.0
ROOT_SIZE: Final = 16.0
_DEPTH: Final = 8  # of custom properties that stand for others, and of nested functions
_MOST_TOKENS: Final = 400  # of one value
_UNITS: Final = {
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 37.8,
    "mm": 3.78,
    "q": 0.945,
    "rem": ROOT_SIZE,
}
_UNITS_OF_SIZE: Final = {"em": 1.0, "ex": 0.5, "ch": 0.5, "ic": 1.0, "lh": 1.2, "rlh": 1.2, "cap": 0.7}
_UNITS_OF_WINDOW: Final = {
    "vw": WIDTH,
    "vh": HEIGHT,
    "vmin": HEIGHT,
    "vmax": WIDTH,
    "vi": WIDTH,
    "vb": HEIGHT,
}
_SYSTEM: Final = {
    "canvas": WHITE,
    "canvastext": BLACK,
    "field": WHITE,
    "fieldtext": BLACK,
    "linktext": Colour(0, 0, 0.9),
}

Tokens = Sequence[Any]


def significant(tokens: Tokens) -> list[Any]:
    """Tokens without blanks and comments."""
    return [token for token in tokens if token.type not in {"whitespace", "comment"}]


def with_variables(tokens: Tokens, variables: Mapping[str, Tokens], depth: int = 0) -> list[Any]:
    """Tokens with ``var(--name)`` replaced by what it stands for, also as a whole value of another function's argument."""
    if depth > _DEPTH or not any(token.type == "function" for token in tokens):
        return list(tokens)[:_MOST_TOKENS]
    found: list[Any] = []
    for token in tokens:
        if token.type == "function" and token.lower_name == "var" and len(found) < _MOST_TOKENS:
            inner = significant(token.arguments)
            name = inner[0].value if inner and inner[0].type == "ident" else ""
            found += with_variables(variables.get(name, inner[2:]), variables, depth + 1)
        else:
            found.append(token)
    return found[:_MOST_TOKENS]


def keyword(tokens: Tokens) -> str:
    """The one word that a value is; empty for other values."""
    return str(tokens[0].lower_value) if len(tokens) == 1 and tokens[0].type == "ident" else ""


def words(tokens: Tokens) -> list[str]:
    """All words of a value."""
    return [token.lower_value for token in tokens if token.type == "ident"]


def length(tokens: Tokens, size: float, whole: float) -> float | None:
    """A length in pixels; `size` is the type's, `whole` what per cent are of. None for words and what cannot be told."""
    return _measured(tokens[0], size, whole, 0) if len(tokens) == 1 else None


def _measured(token: Any, size: float, whole: float, depth: int) -> float | None:
    match token.type:
        case "number":
            return float(token.value)
        case "percentage":
            return float(token.value) * whole / 100
        case "dimension":
            unit = (
                token.lower_unit.lstrip("sdl")
                if token.lower_unit.endswith(("vw", "vh"))
                else token.lower_unit
            )
            value = float(token.value)
            if unit in _UNITS:
                return value * _UNITS[unit]
            if unit in _UNITS_OF_SIZE:
                return value * _UNITS_OF_SIZE[unit] * size
            return value * _UNITS_OF_WINDOW[unit] / 100 if unit in _UNITS_OF_WINDOW else None
        case "function" | "() block" if depth < _DEPTH:
            name = token.lower_name if token.type == "function" else "calc"
            inner = significant(token.arguments if token.type == "function" else token.content)
            if name in {"calc", ""}:
                return _sum(inner, size, whole, depth + 1)
            if name in {"min", "max", "clamp"}:
                parts = [_sum(part, size, whole, depth + 1) for part in _by_commas(inner)]
                known = [part for part in parts if part is not None]
                if len(known) != len(parts) or not known:
                    return None
                if name == "clamp":
                    return max(known[0], min(known[1:])) if len(known) == 3 else None
                return min(known) if name == "min" else max(known)
    return None


def _sum(tokens: Tokens, size: float, whole: float, depth: int) -> float | None:
    """What sums, differences, products and quotients come to, from left to right, products first."""
    total, product, sign, operator = 0.0, None, 1.0, ""
    for token in tokens:
        if token.type == "literal" and token.value in "+-*/":
            if token.value in "+-":
                total += sign * (product or 0.0)
                product, sign = None, -1.0 if token.value == "-" else 1.0
            operator = token.value
            continue
        value = _measured(token, size, whole, depth)
        if value is None:
            return None
        if product is None:
            product = value
        elif operator == "*":
            product *= value
        elif operator == "/" and value:
            product /= value
        else:
            return None
    return total + sign * (product or 0.0)


def _by_commas(tokens: Tokens) -> list[list[Any]]:
    parts: list[list[Any]] = [[]]
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def arguments(token: Any) -> list[list[Any]]:
    """The arguments of a function, at its commas, or at its blanks if it has none."""
    inner = significant(token.arguments)
    parts = _by_commas(inner)
    return parts if len(parts) > 1 else [[one] for one in inner]


def number(tokens: Tokens) -> float | None:
    """A number or percentage as a share; None for anything else."""
    if len(tokens) != 1:
        return None
    if tokens[0].type == "percentage":
        return float(tokens[0].value) / 100
    value = _measured(tokens[0], ROOT_SIZE, 1.0, 0)
    return value if tokens[0].type in {"number", "function"} else None


def colour(token: Any, current: Colour) -> Colour | None:
    """The colour that a token names; None if it names none. `current` is that of the text."""
    if token.type == "ident" and token.lower_value == "currentcolor":
        return current
    if token.type == "ident" and token.lower_value in _SYSTEM:
        return _SYSTEM[token.lower_value]
    if token.type == "function" and token.lower_name == "color-mix":
        return _mixed(token, current)
    try:
        parsed = color4.parse_color(token)
        if parsed is None or isinstance(parsed, str):
            return None
        if parsed.space in {"lab", "lch", "oklab", "oklch"}:
            light = (parsed.coordinates[0] or 0.0) / (100.0 if parsed.space in {"lab", "lch"} else 1.0)
            grey = min(max(light, 0.0), 1.0)  # its lightness is all that is needed
            return Colour(grey, grey, grey, parsed.alpha)
        red, green, blue = (min(max(part or 0.0, 0.0), 1.0) for part in parsed.to("srgb").coordinates)
    except (ValueError, NotImplementedError, AttributeError, TypeError, IndexError):
        return None
    return Colour(red, green, blue, parsed.alpha)


def _mixed(token: Any, current: Colour) -> Colour | None:
    """The second and third argument of ``color-mix`` in equal parts, whatever parts are asked for."""
    found = [
        one
        for part in _by_commas(significant(token.arguments))[1:3]
        for item in part
        if (one := colour(item, current))
    ]
    if len(found) != 2:
        return None
    return Colour(*((one + other) / 2 for one, other in zip(*found, strict=True)))


def attribute_colour(text: str) -> Colour | None:
    """The colour of an attribute such as ``color`` or ``bgcolor``, with or without its number sign."""
    text = text.strip()[:40]
    token = tinycss2.parse_one_component_value(text)
    found = colour(token, BLACK) if token.type != "error" else None
    if found is None and text and not text.startswith("#"):
        token = tinycss2.parse_one_component_value(f"#{text}")
        found = colour(token, BLACK) if token.type != "error" else None
    return found
