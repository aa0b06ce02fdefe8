"""The paths of an SVG drawing in one system of coordinates: lines, curves by their end points, uses, transforms."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from grader.documents.figures.drawn_paths import DrawnPath
from grader.documents.formulas.mathml import local_name

Matrix = tuple[float, float, float, float, float, float]
_SAME: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_NUMBER: Final = re.compile(r"[-+]?(?:\d{1,12}\.?\d{0,12}|\.\d{1,12})(?:e[-+]?\d{1,2})?", re.I)
_STEP: Final = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*)")
_TRANSFORM: Final = re.compile(r"(matrix|translate|scale|rotate)\s{0,3}\(([^()]{0,200})\)")
_ARGUMENTS: Final = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7}
_MOST: Final = 20_000  # shapes
_OPAQUE: Final = 0.9  # of opacity, from which a surface covers
_DEEP: Final = 60
_LONGEST_STYLE: Final = 20_000
_FAINT: Final = 0.05  # of opacity, below which nothing is seen
_PAINT: Final = (
    "fill",
    "stroke",
    "opacity",
    "fill-opacity",
    "stroke-opacity",
    "stroke-width",
    "visibility",
    "display",
)
_LONGEST: Final = 200_000  # characters of a path


def paths_of(root: etree._Element) -> list[DrawnPath]:
    """The drawn paths, y upwards. What stands in definitions is drawn only where it is used."""
    found: list[DrawnPath] = []
    shapes = {
        inner.get("id", ""): inner for inner in root.iter() if isinstance(inner.tag, str) and inner.get("id")
    }
    stack: list[tuple[etree._Element, Matrix, str, int]] = [(root, _SAME, "", 0)]
    while stack and len(found) < _MOST:
        element, outer, style, depth = stack.pop()
        name = local_name(element)
        if (
            not isinstance(element.tag, str)
            or depth > _DEEP
            or name in {"defs", "clipPath", "symbol", "marker", "text", "style"}
        ):
            continue
        own = element.get("transform")
        matrix = _times(outer, _matrix(own)) if own else outer
        painted = f"{style};{_colours(element)};{element.get('style', '')}"[:_LONGEST_STYLE]
        if _last(painted, "display") == "none" or _alpha(painted, "opacity") < _FAINT:
            continue
        if name == "use":
            href = next((value for key, value in element.attrib.items() if str(key).endswith("href")), "")
            shape = shapes.get(str(href).removeprefix("#"))
            moved = _times(matrix, (1.0, 0.0, 0.0, 1.0, _number(element, "x"), _number(element, "y")))
            if shape is not None and local_name(shape) not in {"use", "g", "symbol", "svg"}:
                found += _shape(shape, moved, f"{painted};{shape.get('style', '')};{_colours(shape)}")
            continue
        found += _shape(element, matrix, painted)
        stack += [(inner, matrix, painted, depth + 1) for inner in reversed(element)]
    return found


def _colours(element: etree._Element) -> str:
    return ";".join(f"{name}:{element.get(name)}" for name in _PAINT if element.get(name))


def _shape(element: etree._Element, matrix: Matrix, style: str) -> Iterator[DrawnPath]:
    outlines: list[list[tuple[float, float]]] = []
    match local_name(element):
        case "path":
            outlines = _outlines(element.get("d", "")[:_LONGEST])
        case "polyline" | "polygon":
            numbers = [float(number) for number in _NUMBER.findall(element.get("points", "")[:_LONGEST])]
            outlines = [list(zip(numbers[::2], numbers[1::2], strict=False))]
        case "line":
            ends = [_number(element, name) for name in ("x1", "y1", "x2", "y2")]
            outlines = [[(ends[0], ends[1]), (ends[2], ends[3])]]
        case "circle" | "ellipse":
            x, y = _number(element, "cx"), _number(element, "cy")
            across = _number(element, "r") or _number(element, "rx")
            up = _number(element, "r") or _number(element, "ry")
            outlines = [[(x - across, y), (x, y - up), (x + across, y), (x, y + up)]]
        case "rect":
            x, y = _number(element, "x"), _number(element, "y")
            wide, tall = _number(element, "width"), _number(element, "height")
            outlines = [[(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)]]
    if _last(style, "visibility") in {"hidden", "collapse"}:
        return
    fill, line = _last(style, "fill"), _last(style, "stroke")
    if _alpha(style, "fill-opacity") < _FAINT:
        fill = "none"
    if _alpha(style, "stroke-opacity") < _FAINT or _number_of(_last(style, "stroke-width")) == 0:
        line = "none"
    filled = fill != "none" and (bool(fill) or local_name(element) not in {"path", "polyline", "line"})
    for outline in outlines:
        if outline:
            placed = tuple(_placed(matrix, point) for point in outline)
            clear = _alpha(style, "opacity") * _alpha(style, "fill-opacity") < _OPAQUE
            yield DrawnPath(placed, filled, f"{fill}/{line}", clear)


def _alpha(style: str, name: str) -> float:
    """The product of all opacities of a style and of those around it."""
    alpha = 1.0
    for piece in style.split(";"):
        key, _, value = piece.partition(":")
        if key.strip() == name and (found := _number_of(value)) is not None:
            alpha *= min(found / 100 if value.strip().endswith("%") else found, 1.0)
    return alpha


def _number_of(text: str) -> float | None:
    match = _NUMBER.match(text.strip())
    return float(match[0]) if match else None


def _last(style: str, name: str) -> str:
    found = ""
    for piece in style.split(";"):
        key, _, value = piece.partition(":")
        if key.strip() == name and value.strip():
            found = value.strip()
    return found


def _outlines(path: str) -> list[list[tuple[float, float]]]:
    """The corners of each part of a path; of curves the end points."""
    outlines: list[list[tuple[float, float]]] = []
    x = y = 0.0
    for letter, text in _STEP.findall(path):
        if letter in "Zz":
            if outlines and outlines[-1]:
                x, y = outlines[-1][0]
                outlines[-1].append((x, y))
            continue
        numbers = [float(number) for number in _NUMBER.findall(text)]
        count = _ARGUMENTS[letter.upper()]
        for at in range(0, len(numbers) - count + 1, count):
            piece = numbers[at : at + count]
            base = (x, y) if letter.islower() else (0.0, 0.0)
            match letter.upper():
                case "H":
                    x = base[0] + piece[0]
                case "V":
                    y = base[1] + piece[0]
                case _:
                    x, y = base[0] + piece[-2], base[1] + piece[-1]
            if letter in "Mm" and at == 0:
                outlines.append([])
            if not outlines:
                outlines.append([])
            outlines[-1].append((x, y))
    return outlines


def _number(element: etree._Element, name: str) -> float:
    match = _NUMBER.search(element.get(name, "")[:60])
    return float(match[0]) if match else 0.0


def _matrix(text: str) -> Matrix:
    whole = _SAME
    for name, inner in _TRANSFORM.findall(text[:2_000])[:20]:
        numbers = [float(number) for number in _NUMBER.findall(inner)]
        if name == "matrix" and len(numbers) == 6:
            a, b, c, d, e, f = numbers
            whole = _times(whole, (a, b, c, d, e, f))
        elif name == "translate" and numbers:
            whole = _times(whole, (1.0, 0.0, 0.0, 1.0, numbers[0], numbers[1] if len(numbers) > 1 else 0.0))
        elif name == "scale" and numbers:
            whole = _times(whole, (numbers[0], 0.0, 0.0, numbers[-1], 0.0, 0.0))
        elif name == "rotate" and len(numbers) == 1:
            cos, sin = math.cos(math.radians(numbers[0])), math.sin(math.radians(numbers[0]))
            whole = _times(whole, (cos, sin, -sin, cos, 0.0, 0.0))
    return whole


def _times(outer: Matrix, inner: Matrix) -> Matrix:
    a, b, c, d, e, f = outer
    g, h, i, j, k, m = inner
    return (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f)


def _placed(matrix: Matrix, point: tuple[float, float]) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * point[0] + c * point[1] + e, -(b * point[0] + d * point[1] + f)
