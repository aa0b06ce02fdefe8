"""Pictures and charts in a Word document: where their bytes are, and what is said of them."""

from __future__ import annotations

import re

from lxml import etree

from grader.documents.core.curve import MOST_CURVES, MOST_POINTS, Curve
from grader.documents.core.document import Figure, FigureKind
from grader.documents.figures.number_curves import curve_of_numbers, kept, number
from grader.documents.office.docx_package import Target
from grader.documents.office.office_xml import attribute, children, name_of
from grader.model import Value

_MOST_WORDS = 200
_NO_ALT = re.compile(
    r"(?:picture|bild|image|grafik|graphic|object|objekt|chart|diagram)\s?\d{0,4}|\S+\.(?:png|jpe?g|gif|emf)",
    re.I,
)


class PictureFound(Value, frozen=True):
    """One picture: the `member` that holds it, or the `chart` it is drawn from; neither if it is linked."""

    member: str = ""
    chart: str = ""
    alt: str = ""
    formula: bool = False


def pictures_of(element: etree._Element, targets: dict[str, Target]) -> list[PictureFound]:
    """Give the pictures of a ``drawing``, ``pict`` or ``object``, each once, outside of its text boxes."""
    alt = ""
    formula = False
    found: list[PictureFound] = []
    for inner in element.iter():
        name = name_of(inner)
        if name in {"docPr", "cNvPr"} and not alt:
            alt = attribute(inner, "descr") or attribute(inner, "title") or ""
        elif name in {"shape", "rect"} and not alt:
            alt = attribute(inner, "alt")
        elif name == "OLEObject" and "equation" in attribute(inner, "ProgID").lower():
            formula = True
        elif name in {"blip", "imagedata", "chart"}:
            key = attribute(inner, "embed") or attribute(inner, "link") or attribute(inner, "id")
            target = targets.get(key)
            if target is None:
                continue
            if any(name_of(above) == "txbxContent" for above in _within(inner, element)):
                continue
            member = "" if target.external else target.name
            found.append(PictureFound("", member) if name == "chart" else PictureFound(member))
    shown = "" if _NO_ALT.fullmatch(alt.strip()) else alt
    return [PictureFound(one.member, one.chart, shown, formula) for one in dict.fromkeys(found)]


def _within(element: etree._Element, top: etree._Element) -> list[etree._Element]:
    above: list[etree._Element] = []
    for ancestor in element.iterancestors():
        if ancestor is top:
            break
        above.append(ancestor)
    return above


def chart_words(root: etree._Element | None) -> Figure:
    """Give what stands on a native chart: titles of axes, names of series, how many values it shows."""
    if root is None:
        return Figure(FigureKind.PLOT)
    words: list[str] = []
    values = 0
    titled = 0
    for inner in root.iter():
        match name_of(inner):
            case "title":
                text = " ".join("".join(str(part) for part in inner.itertext()).split())
                if text and len(words) < _MOST_WORDS:
                    words.append(text[:200])
                    above = inner.getparent()
                    titled += above is not None and name_of(above).endswith("Ax")
            case "tx":
                if len(words) < _MOST_WORDS:
                    words += [(cell.text or "")[:200] for cell in inner.iter() if name_of(cell) == "v"]
            case "pt":
                values += 1
    legend = any(name_of(inner) == "legend" for inner in root.iter())
    return Figure(
        FigureKind.PLOT,
        None,
        "",
        " ".join(filter(None, words)),
        min(values, 999),
        titled > 0 or (legend and bool(words)),
        curves=_series(root),
    )


def _series(root: etree._Element) -> tuple[Curve, ...]:
    """The values that Word keeps of each series of a chart."""
    curves: list[Curve | None] = []
    for series in root.iter():
        if name_of(series) != "ser" or len(curves) >= MOST_CURVES:
            continue
        across: dict[int, str] = {}
        heights: dict[int, str] = {}
        label = ""
        for part in series:
            match name_of(part):
                case "xVal" | "cat":
                    across = _cached(part)
                case "yVal" | "val":
                    heights = _cached(part)
                case "tx":
                    label = " ".join((cell.text or "") for cell in part.iter() if name_of(cell) == "v")
        order = sorted(heights)
        curves.append(
            curve_of_numbers(
                [number(across.get(at)) for at in order], [number(heights[at]) for at in order], label
            )
        )
    return kept(curves)


def _cached(part: etree._Element) -> dict[int, str]:
    points = [point for point in part.iter() if name_of(point) == "pt"][:MOST_POINTS]
    return {
        int(place): next((cell.text or "" for cell in children(point, "v")), "")
        for point in points
        if (place := attribute(point, "idx")).isdecimal() and len(place) < 7
    }
