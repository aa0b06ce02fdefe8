"""Drawings in SVG: the words in them, and whether they are a plot with ticks and labelled axes."""

from __future__ import annotations

import re
from typing import Final

import msgspec
from lxml import etree

from grader.documents.core.document import Figure, FigureKind, Picture
from grader.documents.core.limits import Budget
from grader.documents.figures.path_curves import curves_among
from grader.documents.figures.plot_words import PlotWords, plot_words
from grader.documents.figures.svg_paths import paths_of
from grader.documents.formulas.mathml import local_name

_MAX_WORDS: Final = 400
_MAX_BYTES: Final = 4_000_000  # of a drawing that is looked into
_SMALL: Final = 40  # pixels; smaller drawings are icons
_SHAPES: Final = frozenset(("path", "line", "polyline", "circle", "rect", "polygon", "use"))


def drawing(element: etree._Element, budget: Budget) -> Figure | None:
    """An inline SVG as a figure; None if it is an icon or empty."""
    width, height = (_pixels(element.get(name, "")) for name in ("width", "height"))
    reading, shapes = _look_into(element)
    if (0 < width < _SMALL and 0 < height < _SMALL) or (not reading.words and shapes < 3):
        return None
    data = etree.tostring(element, method="xml", encoding="utf-8", with_tail=False)
    picture = Picture("image/svg+xml", data) if budget.take_picture(len(data)) else None
    return _described(Figure(picture=picture), reading, shapes, element)


def described(figure: Figure) -> Figure:
    """A figure whose picture is SVG, with its words and kind; others as they are."""
    picture = figure.picture
    if (
        picture is None
        or picture.media_type != "image/svg+xml"
        or figure.words
        or len(picture.data) > _MAX_BYTES
    ):
        return figure
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    try:
        root = etree.fromstring(picture.data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return figure
    return figure if root is None else _described(figure, *_look_into(root), root)


def _described(figure: Figure, reading: PlotWords, shapes: int, root: etree._Element) -> Figure:
    kind = FigureKind.PLOT if reading.ticks >= 4 and shapes >= 6 else figure.kind
    paths = paths_of(root)
    places = [x for path in paths for x, _ in path.points]
    curves = curves_among(paths, max(places) - min(places)) if places else ()
    return msgspec.structs.replace(
        figure,
        kind=kind,
        words=reading.words,
        ticks=reading.ticks,
        labelled=reading.labelled,
        curves=curves,
    )


def _look_into(root: etree._Element) -> tuple[PlotWords, int]:
    """The words of a drawing and how many shapes it has. Matplotlib draws its words and leaves them as comments."""
    words: list[str] = []
    comments: list[str] = []
    shapes = 0
    for inner in root.iter():
        name = local_name(inner)
        shapes += name in _SHAPES
        if name == "text" and len(words) < _MAX_WORDS:
            words.append(" ".join("".join(str(part) for part in inner.itertext()).split())[:200])
        elif isinstance(inner, etree._Comment) and len(comments) < _MAX_WORDS:
            comments.append(" ".join((inner.text or "").split())[:200])
    return plot_words([word for word in words or comments if word]), shapes


def _pixels(size: str) -> float:
    number = re.match(r"\s*(\d{1,6}(?:\.\d{1,4})?)", size)
    return float(number[1]) if number else 0.0
