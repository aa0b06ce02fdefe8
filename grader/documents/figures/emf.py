"""Enhanced metafiles, as Windows programs paste charts: the words in them and their paths, by [MS-EMF] 2.3."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

import msgspec

from grader.documents.core.curve import MOST_POINTS
from grader.documents.core.document import Figure, FigureKind
from grader.documents.figures.drawn_paths import DrawnPath, Points
from grader.documents.figures.path_curves import curves_among
from grader.documents.figures.plot_words import plot_words

_MAX_BYTES: Final = 4_000_000  # of a metafile that is looked into
_MOST_RECORDS: Final = 60_000
_MOST_WORDS: Final = 400
_MOST_PATHS: Final = 20_000
_SIGNATURE: Final = b" EMF"
_HEADER, _END = 1, 14
_WINDOW_EXTENT, _WINDOW_ORIGIN, _VIEW_EXTENT, _VIEW_ORIGIN = 9, 10, 11, 12
_MOVE, _LINE, _ELLIPSE, _RECTANGLE = 27, 54, 42, 43
_WORLD, _CHANGE_WORLD, _SELECT, _PEN, _BRUSH, _FULL_PEN, _TEXT = 35, 36, 37, 38, 39, 95, 84
_BEGIN_PATH, _FILL_PATH, _STROKE_AND_FILL, _STROKE_PATH = 59, 62, 63, 64
_LINES: Final = {4: "i", 6: "i", 87: "h", 89: "h"}  # polylines with points of 32 and of 16 bits
_AREAS: Final = {3: "i", 86: "h"}
_CURVES: Final = {2: "i", 5: "i", 85: "h", 88: "h"}  # Bézier: three points to each corner
_GOING_ON: Final = frozenset((5, 6, 88, 89))  # from where the pen stands
_MANY: Final = {7: "i", 8: "i", 90: "h", 91: "h"}
_MANY_AREAS: Final = frozenset((8, 91))
_NO_PEN, _NO_BRUSH = 5, 1  # styles
_STOCK: Final = {0x80000000: "#ffffff", 0x80000004: "#000000", 0x80000005: "none", 0x80000006: "#ffffff", 0x80000007: "#000000", 0x80000008: "none"}  # fmt: skip
_STOCK_PENS: Final = frozenset((0x80000006, 0x80000007, 0x80000008))
Matrix = tuple[float, float, float, float, float, float]
_SAME: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def described(figure: Figure) -> Figure:
    """A figure whose picture is an enhanced metafile, with its words, kind and curves; others as they are."""
    picture = figure.picture
    if picture is None or picture.media_type != "image/x-emf" or len(picture.data) > _MAX_BYTES:
        return figure
    reading = _Reading()
    try:
        for kind, body in _records(picture.data):
            reading.take(kind, body)
    except (struct.error, ValueError, IndexError, OverflowError):
        pass  # cut off: what was drawn before counts
    if not reading.paths:
        return figure
    places = [x for path in reading.paths for x, _ in path.points]
    words = plot_words(reading.words)
    curves = curves_among(reading.paths, max(places) - min(places))
    kind_of = FigureKind.PLOT if words.ticks >= 4 and curves else figure.kind
    return msgspec.structs.replace(
        figure, kind=kind_of, words=words.words, ticks=words.ticks, labelled=words.labelled, curves=curves
    )


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    if data[40:44] != _SIGNATURE:
        return
    at = 0
    for _ in range(_MOST_RECORDS):
        if at + 8 > len(data):
            return
        kind, size = struct.unpack_from("<II", data, at)
        if size < 8 or kind == _END:
            return
        yield kind, data[at : at + size]
        at += size


class _Reading:
    """Plays a metafile: what is selected, where the pen stands, what was drawn."""

    def __init__(self) -> None:
        self.paths: list[DrawnPath] = []
        self.words: list[str] = []
        self._objects: dict[int, tuple[bool, str]] = {}  # whether it is a pen, and its colour
        self._pen, self._brush = "#000000", "#ffffff"
        self._world: Matrix = _SAME
        self._window = [0.0, 0.0, 1.0, 1.0]  # origin, extent
        self._view = [0.0, 0.0, 1.0, 1.0]
        self._at = (0.0, 0.0)
        self._open: list[list[tuple[float, float]]] | None = None  # outlines of a path that is being built

    def take(self, kind: int, body: bytes) -> None:
        """Plays one record."""
        if kind in _LINES or kind in _AREAS or kind in _CURVES:
            self._polygon(kind, body)
        elif kind in _MANY:
            self._polygons(kind, body)
        elif kind == _MOVE:
            self._at = self._placed(*struct.unpack_from("<ii", body, 8))
            if self._open is not None:
                self._open.append([self._at])
        elif kind == _LINE:
            end = self._placed(*struct.unpack_from("<ii", body, 8))
            self._draw([self._at, end], filled=False, going_on=True)
            self._at = end
        elif kind in {_ELLIPSE, _RECTANGLE}:
            left, top, right, bottom = struct.unpack_from("<iiii", body, 8)
            corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
            self._draw([self._placed(*corner) for corner in corners], filled=True)
        elif kind == _TEXT:
            self._text(body)
        elif kind in {_BEGIN_PATH, _FILL_PATH, _STROKE_AND_FILL, _STROKE_PATH}:
            self._path(kind)
        else:
            self._set(kind, body)

    def _set(self, kind: int, body: bytes) -> None:
        if kind in {_WINDOW_EXTENT, _WINDOW_ORIGIN, _VIEW_EXTENT, _VIEW_ORIGIN}:
            pair = [float(value) for value in struct.unpack_from("<ii", body, 8)]
            own = self._window if kind in {_WINDOW_EXTENT, _WINDOW_ORIGIN} else self._view
            first = 2 if kind in {_WINDOW_EXTENT, _VIEW_EXTENT} else 0
            own[first : first + 2] = [value or 1.0 for value in pair] if first else pair
        elif kind in {_WORLD, _CHANGE_WORLD}:
            a, b, c, d, e, f = struct.unpack_from("<6f", body, 8)
            mode = struct.unpack_from("<I", body, 32)[0] if kind == _CHANGE_WORLD else 4
            change = (a, b, c, d, e, f)
            self._world = {1: _SAME, 2: _times(self._world, change), 3: _times(change, self._world)}.get(
                mode, change
            )
        elif kind == _PEN:
            handle, style = struct.unpack_from("<II", body, 8)
            self._objects[handle] = (True, "none" if style & 15 == _NO_PEN else _colour(body, 24))
        elif kind == _FULL_PEN:
            (handle,) = struct.unpack_from("<I", body, 8)
            (style,) = struct.unpack_from("<I", body, 28)
            self._objects[handle] = (True, "none" if style & 15 == _NO_PEN else _colour(body, 40))
        elif kind == _BRUSH:
            handle, style = struct.unpack_from("<II", body, 8)
            self._objects[handle] = (False, "none" if style == _NO_BRUSH else _colour(body, 16))
        elif kind == _SELECT:
            (handle,) = struct.unpack_from("<I", body, 8)
            stock = (handle in _STOCK_PENS, _STOCK.get(handle, "#808080")) if handle >> 31 else None
            is_pen, colour = stock or self._objects.get(handle, (False, ""))
            if is_pen:
                self._pen = colour
            elif colour:
                self._brush = colour

    def _polygon(self, kind: int, body: bytes) -> None:
        sign = (_LINES | _AREAS | _CURVES)[kind]
        (count,) = struct.unpack_from("<I", body, 24)
        points = self._points(sign, body, 28, count)
        if kind in _CURVES:
            points = points[::3] if kind not in _GOING_ON else points[2::3]
        going_on = kind in _GOING_ON
        if points:
            self._draw([self._at, *points] if going_on else points, filled=kind in _AREAS, going_on=going_on)
            self._at = points[-1] if going_on else self._at

    def _polygons(self, kind: int, body: bytes) -> None:
        parts, total = struct.unpack_from("<II", body, 24)
        if parts > MOST_POINTS or total > 4 * MOST_POINTS:
            return
        counts = struct.unpack_from(f"<{parts}I", body, 32)
        points = self._points(_MANY[kind], body, 32 + 4 * parts, total)
        at = 0
        for count in counts:
            if points[at : at + count]:
                self._draw(points[at : at + count], filled=kind in _MANY_AREAS)
            at += count

    def _points(self, sign: str, body: bytes, start: int, count: int) -> list[tuple[float, float]]:
        if count > 4 * MOST_POINTS:
            return []
        numbers = struct.unpack_from(f"<{2 * count}{sign}", body, start)
        return [self._placed(*pair) for pair in zip(numbers[::2], numbers[1::2], strict=True)]

    def _draw(self, points: list[tuple[float, float]], *, filled: bool, going_on: bool = False) -> None:
        if self._open is not None:
            if going_on and self._open:
                self._open[-1] += points[1:]
            else:
                self._open.append(points)
            return
        if going_on and self.paths and not self.paths[-1].filled and self.paths[-1].points[-1] == points[0]:
            before = self.paths[-1]
            if len(before.points) < MOST_POINTS and before.colour == f"none/{self._pen}":
                self.paths[-1] = before._replace(points=before.points + tuple(points[1:]))
                return
        self._keep(tuple(points), filled=filled and self._brush != "none")

    def _keep(self, points: Points, *, filled: bool) -> None:
        if len(self.paths) < _MOST_PATHS:
            self.paths.append(DrawnPath(points, filled, f"{self._brush if filled else 'none'}/{self._pen}"))

    def _path(self, kind: int) -> None:
        if kind == _BEGIN_PATH:
            self._open = []
            return
        outlines, self._open = self._open or [], None
        for outline in outlines:
            if len(outline) > 1:
                self._keep(tuple(outline), filled=kind != _STROKE_PATH and self._brush != "none")

    def _text(self, body: bytes) -> None:
        count, start = struct.unpack_from("<II", body, 44)
        if 0 < count <= 500 and start + 2 * count <= len(body) and len(self.words) < _MOST_WORDS:
            words = " ".join(body[start : start + 2 * count].decode("utf-16-le", "replace").split())
            self.words += [words[:200]] if words else []

    def _placed(self, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = self._world
        x, y = a * x + c * y + e, b * x + d * y + f
        across = self._view[2] / self._window[2]
        up = self._view[3] / self._window[3]
        return self._view[0] + (x - self._window[0]) * across, -(self._view[1] + (y - self._window[1]) * up)


def _colour(body: bytes, at: int) -> str:
    red, green, blue = struct.unpack_from("<BBB", body, at)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _times(one: Matrix, other: Matrix) -> Matrix:
    """First `other`, then `one`."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f)
