"""Which elements of a page leave ink on a screen: styles computed from the root downwards, as a browser does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from lxml import etree

from grader.documents.blocks.ink import (
    BLACK,
    CLIPPED,
    NOT_DISPLAYED,
    OFF_PAGE,
    SMALLEST_POINTS,
    TOO_SMALL,
    TRANSPARENT,
    WHITE,
    Colour,
    over,
    too_faint,
    why_unseen,
)
from grader.documents.core.document import STRUCK
from grader.documents.formulas.mathml import local_name
from grader.documents.html.html_selectors import Place
from grader.documents.html.html_stylesheet import Declaration, StyleSheet, cascaded, declared
from grader.documents.html.html_values import (
    HEIGHT,
    ROOT_SIZE,
    WIDTH,
    Tokens,
    arguments,
    attribute_colour,
    colour,
    keyword,
    length,
    number,
    with_variables,
    words,
)
from grader.model import Value

_AWAY: Final = 250.0  # pixels out of the window from which no usual layout places text there
_SLIT: Final = 4.0  # pixels: a box that cuts off what is beyond is no longer a box of text
_ATTRIBUTES: Final = 2_000  # characters of a ``style`` attribute
_SIZES: Final = {
    "xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0, "xx-large": 32.0,
}  # fmt: skip
_FONT_TAG: Final = {"1": 10.0, "2": 13.0, "3": 16.0, "4": 18.0, "5": 24.0, "6": 32.0, "7": 48.0}
_NOT_SHOWN: Final = frozenset(
    ("datalist", "noscript", "template", "noembed", "noframes", "rp", "area", "param")
)
_BACKED: Final = frozenset(("table", "tr", "td", "th", "tbody", "thead", "tfoot", "body"))
_DARK: Final = Colour(0.07, 0.07, 0.07)  # a browser's paper in dark colours
_MOST_WORK: Final = (
    4_000_000  # parts of selectors that are tried, and declarations that apply; 1 % of it is much
)
_UNTOLD: Final = "the page has more styles than can be followed"
_NONE: Mapping[str, Tokens] = {}


class Look(Value, frozen=True):
    """How the text of an element is set.

    `gone` says why nothing in it is seen, `unseen` why its own text is not.
    `masked` is a reason for the latter that what stands in it inherits, such as letters laid over one another.

    `size` is in pixels, `ground` what is painted behind it, `opaque` the opacity of all that it stands in.
    """

    colour: Colour = BLACK
    ground: Colour = WHITE
    size: float = ROOT_SIZE
    scale: float = 1.0
    opaque: float = 1.0
    visible: bool = True
    indent: float = 0.0
    gone: str = ""
    unseen: str = ""
    masked: str = ""
    backed: bool = False  # an element around it has a background of its own
    variables: Mapping[str, Any] = _NONE


class Element(Value, frozen=True):
    """An element that has been entered: its look, and its place for the selectors of what is in it."""

    look: Look
    place: Any


class Cascade:
    """The styles of a page, given to its elements one by one from the root downwards."""

    def __init__(self, style_sheets: Iterable[str]) -> None:
        self.sheet = StyleSheet(style_sheets)
        self._applied = 0  # declarations so far

    @property
    def tired(self) -> bool:
        """Whether the styles are more than can be followed: from there on nothing is taken for visible."""
        return self._applied + self.sheet.selectors.tried > _MOST_WORK

    def root(self) -> Element:
        """Where the outermost element is entered: black text on white paper."""
        return Element(Look(), Place(None))

    def enter(self, parent: Element, element: etree._Element) -> Element:
        """An element within one that has been entered; siblings come in order."""
        if self.tired:
            return Element(msgspec.structs.replace(parent.look, gone=_UNTOLD, unseen=_UNTOLD), parent.place)
        place, found = self.sheet.selectors.enter(parent.place, element)
        style = element.get("style", "")
        own: list[Declaration] = declared(style[:_ATTRIBUTES]) if style else []
        if not found and not own and not _is_special(element):
            return Element(parent.look, place)
        layers = [self.sheet.rules[order] for _, order in sorted(found)]
        self._applied += sum(map(len, layers)) + len(own) + len(parent.look.variables)
        return Element(_computed(parent.look, element, cascaded([*layers, own])), place)


_SPECIAL: Final = frozenset(
    ("font", "s", "strike", "del", "dialog", "svg", "text", "tspan", "g", "basefont", "mark")
)


def _is_special(element: etree._Element) -> bool:
    name = local_name(element)
    if name in _NOT_SHOWN or name in _SPECIAL:
        return True
    attributes = element.attrib
    return bool(attributes) and any(
        key in attributes for key in ("hidden", "bgcolor", "text", "color", "inert")
    )


def _computed(above: Look, element: etree._Element, values: Mapping[str, Tokens]) -> Look:
    variables = above.variables
    named = {key: tokens for key, tokens in values.items() if key.startswith("--")}
    if named:
        variables = {**variables, **named}
    values = {key: with_variables(tokens, variables) for key, tokens in values.items() if key not in named}
    name = local_name(element)
    size = _size(above, element, name, values)
    text = _text_colour(above, element, name, values)
    ground, backed = _ground(above, element, name, values, text)
    opaque = above.opaque * _opacity(values)
    scale = above.scale * _scale(values)
    visible = _visible(above, values)
    indent = above.indent
    if "text-indent" in values:
        found = length(values["text-indent"][:1], size, WIDTH)
        indent = indent if found is None else found
    gone = above.gone or _why_gone(above, element, name, values, size, opaque)
    look = Look(
        text, ground, size, scale, opaque, visible, indent, gone, "", _masked(above, values, size), backed or above.backed,
        variables,
    )  # fmt: skip
    return msgspec.structs.replace(look, unseen=gone or _why_text_unseen(look))


def _masked(above: Look, values: Mapping[str, Tokens], size: float) -> str:
    if keyword(values.get("-webkit-text-security", ())) in {"disc", "circle", "square"}:
        return NOT_DISPLAYED
    if "letter-spacing" not in values:
        return above.masked
    spacing = length(values["letter-spacing"], size, 0.0)
    return TOO_SMALL if spacing is not None and spacing <= -0.8 * size else ""


def _why_text_unseen(look: Look) -> str:
    if not look.visible:
        return NOT_DISPLAYED
    if look.size * look.scale < SMALLEST_POINTS * 4 / 3:
        return TOO_SMALL
    if look.indent <= -_AWAY or look.indent >= WIDTH:
        return OFF_PAGE
    return look.masked or why_unseen(look.colour, look.ground)


# --- what is inherited


def _size(above: Look, element: etree._Element, name: str, values: Mapping[str, Tokens]) -> float:
    size = above.size
    if name == "font" and element.get("size"):
        asked = element.get("size", "").strip()
        size = _FONT_TAG.get(asked, 10.0 if asked == "0" or asked.startswith("-") else size)
    elif name in {"text", "tspan", "g", "svg"} and element.get("font-size"):
        size = _svg_length(element.get("font-size", ""), size)
    tokens = values.get("font-size", ())
    word = keyword(tokens)
    if word:
        return _SIZES.get(word, size * {"smaller": 5 / 6, "larger": 6 / 5}.get(word, 1.0))
    found = length(tokens, above.size, above.size)
    return size if found is None else max(found, 0.0)


def _svg_length(text: str, otherwise: float) -> float:
    digits = text.strip().lower().removesuffix("px")
    try:
        return float(digits[:12])
    except ValueError:
        return otherwise


def _text_colour(above: Look, element: etree._Element, name: str, values: Mapping[str, Tokens]) -> Colour:
    text = above.colour
    if _is_dark(values):
        text = WHITE
    if name in {"font", "basefont"}:
        text = attribute_colour(element.get("color", "")) or text
    elif name == "body":
        text = attribute_colour(element.get("text", "")) or text
    elif name in {"text", "tspan", "g", "svg"} and element.get("fill"):
        fill = element.get("fill", "").strip().lower()
        text = Colour(0, 0, 0, 0) if fill == "none" else attribute_colour(fill) or text
    names = ("color", "fill") if name in {"text", "tspan", "g", "svg"} else ("color",)
    for key in (*names, "-webkit-text-fill-color"):
        tokens = values.get(key, ())
        word = keyword(tokens)
        if word in {"inherit", "unset", "revert"}:
            text = above.colour
        elif word == "initial":
            text = BLACK
        elif key == "fill" and word == "none":
            text = Colour(0, 0, 0, 0)
        elif tokens:
            text = colour(tokens[0], above.colour) or text
    share = number(values.get("fill-opacity", ()))
    if share is not None:
        text = Colour(*text[:3], text.alpha * share)
    return text


def _visible(above: Look, values: Mapping[str, Tokens]) -> bool:
    word = keyword(values.get("visibility", ()))
    if word in {"hidden", "collapse"}:
        return False
    return True if word in {"visible", "initial"} else above.visible


# --- what is painted


def _ground(
    above: Look, element: etree._Element, name: str, values: Mapping[str, Tokens], text: Colour
) -> tuple[Colour, bool]:
    """What is painted behind the text, and whether the element paints it itself."""
    layers: list[Colour] = []
    attribute = element.get("bgcolor", "") if name in _BACKED else ""
    if attribute and (found := attribute_colour(attribute)) is not None:
        layers.append(found)
    if name == "mark":
        layers.append(Colour(1, 1, 0))
    if "text" in words(values.get("background-clip", ())):
        return above.ground, False
    for token in values.get("background-color", ())[:20]:
        found = colour(token, text)
        if found is not None:
            layers = [found]
    if keyword(values.get("background-color", ())) in {"none", "transparent", "initial", "unset"}:
        layers = []
    for token in values.get("background-image", ())[:20]:
        if token.type == "function" and token.lower_name.endswith("gradient"):
            stops = [
                one for part in arguments(token) for item in part if (one := colour(item, text)) is not None
            ]
            layers += stops[:1]
    ground = _DARK if _is_dark(values) else above.ground
    for layer in layers:
        ground = over(layer, ground)
    return ground, bool(layers) and name not in {"html", "body"}


def _is_dark(values: Mapping[str, Tokens]) -> bool:
    return keyword(values.get("color-scheme", ())) == "dark"


def _opacity(values: Mapping[str, Tokens]) -> float:
    share = number(values.get("opacity", ()))
    opaque = 1.0 if share is None else min(max(share, 0.0), 1.0)
    for token in values.get("filter", ())[:10]:
        if token.type == "function" and token.lower_name == "opacity":
            share = number([*token.arguments][:1])
            opaque *= 1.0 if share is None else share
        elif token.type == "function" and token.lower_name == "blur":
            radius = length([*token.arguments][:1], ROOT_SIZE, 0.0)
            opaque *= 0.0 if radius is not None and radius >= 6 else 1.0
    mask = [
        token
        for token in values.get("mask", ())
        if token.type == "function" and "gradient" in token.lower_name
    ]
    for token in mask[:2]:
        stops = [
            one for part in arguments(token) for item in part if (one := colour(item, BLACK)) is not None
        ]
        if stops and all(too_faint(one.alpha) for one in stops):
            opaque = 0.0
    return opaque


def _scale(values: Mapping[str, Tokens]) -> float:
    factors = [number([token]) for token in values.get("scale", ())[:2]]
    zoom = number(values.get("zoom", ()))
    if zoom is not None and zoom > 0:
        factors.append(zoom)
    for token in values.get("transform", ())[:10]:
        if token.type != "function":
            continue
        parts = arguments(token)
        numbers = [number(part) for part in parts]
        if token.lower_name in {"scale", "scalex", "scaley"}:
            factors += numbers[:2]
        elif token.lower_name == "matrix" and len(numbers) == 6:
            factors += [
                numbers[0] if numbers[0] or numbers[1] else 0.0,
                numbers[3] if numbers[3] or numbers[2] else 0.0,
            ]
        elif token.lower_name == "scale3d":
            factors += numbers[:2]
        elif (
            token.lower_name in {"rotatex", "rotatey"}
            and parts
            and parts[0]
            and parts[0][0].type == "dimension"
        ):
            turned = parts[0][0]
            degrees = turned.value * {"turn": 360.0, "rad": 57.2958, "grad": 0.9}.get(turned.lower_unit, 1.0)
            factors += [0.0] if abs(degrees % 180 - 90) < 2 else []
    return min([1.0, *(abs(factor) for factor in factors if factor is not None)])


# --- what takes everything away


def _why_gone(
    above: Look, element: etree._Element, name: str, values: Mapping[str, Tokens], size: float, opaque: float
) -> str:
    display = keyword(values.get("display", ()))
    unseen_by_itself = (
        element.get("hidden") is not None
        or (name in _NOT_SHOWN and name != "template")
        or (name == "dialog" and element.get("open") is None)
    )
    if display == "none" or name == "template" or (unseen_by_itself and display in {"", "none"}):
        return NOT_DISPLAYED
    if keyword(values.get("content-visibility", ())) == "hidden":
        return NOT_DISPLAYED
    if too_faint(opaque):
        return TRANSPARENT
    if name in {"s", "strike", "del"} and "text-decoration-line" not in values:
        return STRUCK
    if "line-through" in words(values.get("text-decoration-line", ())):
        return STRUCK
    if _is_clipped(values, size):
        return CLIPPED
    if _is_away(values, size):
        return OFF_PAGE
    layer = number(values.get("z-index", ()))
    if layer is not None and layer < 0 and above.backed and _position(values) != "static":
        return "behind what is painted over it"
    return ""


def _position(values: Mapping[str, Tokens]) -> str:
    return keyword(values.get("position", ())) or "static"


def _is_clipped(values: Mapping[str, Tokens], size: float) -> bool:
    cut = {
        axis: keyword(values.get(f"overflow-{axis}", ())) in {"hidden", "clip", "scroll", "auto"}
        for axis in ("x", "y")
    }
    for axis, names in (("x", ("width", "max-width")), ("y", ("height", "max-height"))):
        for one in names:
            measured = length(values.get(one, ()), size, WIDTH)
            if cut[axis] and measured is not None and measured < _SLIT:
                return True
    for token in values.get("clip", ())[:1] if _position(values) in {"absolute", "fixed"} else ():
        if token.type == "function" and token.lower_name == "rect":
            edges = [length(part, size, WIDTH) for part in arguments(token)]
            if len(edges) == 4 and (_shut(edges[0], edges[2]) or _shut(edges[3], edges[1])):
                return True
    for token in values.get("clip-path", ())[:2]:
        if token.type == "function" and _shape_is_empty(token.lower_name, arguments(token), size):
            return True
    return False


def _shut(start: float | None, end: float | None) -> bool:
    return start is not None and end is not None and end - start < _SLIT


def _shape_is_empty(name: str, parts: list[list[Any]], size: float) -> bool:
    edges = [length(part[:1], size, 100.0) for part in parts[:8]]
    percent = [part[0].type == "percentage" if part else False for part in parts[:8]]
    known = [edge for edge in edges if edge is not None]
    if name == "inset" and known:
        top, right, bottom, left = (known * 4)[:4] if len(known) == 1 else (known + known)[:4]
        return (all(percent[:1]) and (top + bottom >= 100 or left + right >= 100)) or min(top, left) > HEIGHT
    if name in {"circle", "ellipse"} and parts:
        return bool(known) and known[0] < _SLIT
    if name == "polygon":
        corners = [(length(p[:1], size, 100.0), length(p[1:2], size, 100.0)) for p in parts if len(p) >= 2]
        across, down = ({corner[axis] for corner in corners} for axis in (0, 1))
        return bool(corners) and (len(across) < 2 or len(down) < 2)
    return False


def _is_away(values: Mapping[str, Tokens], size: float) -> bool:
    """Whether an element is placed where no window shows it: far off to the left, above, or out of reach."""
    position = _position(values)
    across, down = _margin(values, "left", size), _margin(values, "top", size)
    if position not in {"static", "sticky"}:
        for edge, sign, whole in (
            ("left", 1, WIDTH),
            ("right", -1, WIDTH),
            ("top", 1, HEIGHT),
            ("bottom", -1, HEIGHT),
        ):
            moved = length(values.get(edge, ()), size, whole)
            if moved is None:
                continue
            if edge in {"right", "bottom"} and position != "relative":
                if (
                    moved <= -_AWAY or moved >= whole + _AWAY
                ):  # out to the right or below, or beyond the other edge
                    return True
                continue
            if edge in {"left", "right"}:
                across += sign * moved
            else:
                down += sign * moved
    moved_across, moved_down = _translated(values, size)
    across, down = across + moved_across, down + moved_down
    if across <= -_AWAY or down <= -_AWAY or across >= 2 * WIDTH:
        return True
    return down >= 20 * HEIGHT or (position == "fixed" and (across >= WIDTH or down >= HEIGHT))


def _margin(values: Mapping[str, Tokens], side: str, size: float) -> float:
    return length(values.get(f"margin-{side}", ()), size, WIDTH) or 0.0


def _translated(values: Mapping[str, Tokens], size: float) -> tuple[float, float]:
    across = down = 0.0
    moves = [("translate", [[token] for token in values.get("translate", ())[:2]])]
    moves += [
        (token.lower_name, arguments(token))
        for token in values.get("transform", ())[:10]
        if token.type == "function"
    ]
    for name, parts in moves:
        numbers = [
            length(part, size, WIDTH if not at else HEIGHT) or 0.0 for at, part in enumerate(parts[:6])
        ]
        if name in {"translate", "translate3d", "translatex"} and numbers:
            across += numbers[0]
            down += numbers[1] if len(numbers) > 1 else 0.0
        elif name == "translatey" and parts:
            down += length(parts[0], size, HEIGHT) or 0.0
        elif name == "matrix" and len(numbers) == 6:
            across, down = across + numbers[4], down + numbers[5]
    return across, down
