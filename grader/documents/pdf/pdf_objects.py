"""What PDFium paints on a page, object by object, and whether all text of a page is plain to see by cheap tests.

All lengths are points from the upper left corner of the page as it is displayed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from grader.documents.page.page_tables import Box4
from grader.documents.pdf.pdf_overprint import COARSE, Char, overprinted

_DARK: Final = 150  # luminance below which text is plain on light ground
_LIGHT: Final = 200  # luminance from which a ground is light
_DEPTH: Final = 8  # of forms in forms
_MOST_PAIRS: Final = 200_000  # of boxes that are compared
_MOST_OBJECTS: Final = 60_000


class Thing(NamedTuple):
    """An object that PDFium paints, in its order: its handle, type, box, and whether it stands in a form."""

    handle: Any
    kind: int
    box: Box4
    nested: bool


def things_of(sheet: Any) -> Iterator[Thing]:
    """The objects of a page in the order in which they are painted, those in forms after their form."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415 - loaded only for PDF

    width, height = sheet.get_size()
    pixels = int(width * 100), int(height * 100)
    edges = [ctypes.c_float() for _ in range(4)]
    spots = [ctypes.c_int() for _ in range(4)]

    def box(handle: Any) -> Box4:
        pdfium.FPDFPageObj_GetBounds(handle, *edges)
        for at in (0, 2):
            x, y = edges[at].value, edges[at + 1].value
            x, y = max(-1e5, min(x, 1e5)), max(-1e5, min(y, 1e5))
            pdfium.FPDF_PageToDevice(sheet, 0, 0, *pixels, 0, x, y, spots[at], spots[at + 1])
        xs, ys = (
            sorted(spots[at].value / 100 for at in (0, 2)),
            sorted(spots[at].value / 100 for at in (1, 3)),
        )
        return xs[0], ys[0], xs[1], ys[1]

    count = 0

    def within(parent: Any, depth: int) -> Iterator[Thing]:
        nonlocal count
        number = pdfium.FPDFFormObj_CountObjects(parent) if depth else pdfium.FPDFPage_CountObjects(sheet)
        for index in range(max(number, 0)):
            handle = (
                pdfium.FPDFFormObj_GetObject(parent, index)
                if depth
                else pdfium.FPDFPage_GetObject(sheet, index)
            )
            count += 1
            if count > _MOST_OBJECTS:
                return
            if not handle:
                continue
            kind = pdfium.FPDFPageObj_GetType(handle)
            yield Thing(handle, kind, (0, 0, 0, 0) if depth else box(handle), depth > 0)
            if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEPTH:
                yield from within(handle, depth + 1)

    yield from within(None, 0)


def is_plain(things: Sequence[Thing], chars: Sequence[Char], frame: Box4) -> bool:
    """Whether all characters are dark, on light ground, in one piece and covered by nothing, as cheap tests tell."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415 - the same

    if any(str(char.get("ncs")) == "Pattern" for char in chars):
        return False
    painted: list[Box4] = []
    dark: list[Box4] = []
    texts: list[Box4] = []
    colour = [ctypes.c_uint() for _ in range(4)]
    for thing in reversed(things):
        if thing.nested or thing.kind == pdfium.FPDF_PAGEOBJ_FORM:
            return False
        if thing.kind == pdfium.FPDF_PAGEOBJ_TEXT:
            pdfium.FPDFPageObj_GetFillColor(thing.handle, *colour)
            plain = (
                pdfium.FPDFTextObj_GetTextRenderMode(thing.handle) in {0, 2}
                and colour[3].value == 255
                and _luminance(colour) < _DARK
                and not pdfium.FPDFPageObj_HasTransparency(thing.handle)
                and not _may_be_hidden_layer(thing.handle)
                and pdfium.FPDFClipPath_CountPaths(pdfium.FPDFPageObj_GetClipPath(thing.handle)) <= 0
                and not any(meet(thing.box, box) for box in painted)
            )
            if not plain:
                return False
            texts.append(thing.box)
            if len(texts) * len(painted) > _MOST_PAIRS:
                return False  # drawing is quicker
            continue
        mode, stroked = ctypes.c_int(), ctypes.c_int()
        if thing.kind == pdfium.FPDF_PAGEOBJ_PATH:
            pdfium.FPDFPath_GetDrawMode(thing.handle, mode, stroked)
            if not mode.value and (_is_thin(thing.box) or _is_thin_dark_line(thing.handle)):
                continue
            pdfium.FPDFPageObj_GetFillColor(thing.handle, *colour)
            if mode.value and colour[3].value == 255 and _luminance(colour) >= _LIGHT:
                painted.append(
                    thing.box
                )  # a light ground below what comes later, a cover over what came before
                continue
        painted.append(thing.box)
        dark.append(thing.box)
        if len(painted) > 400:
            return False
    if len(texts) * len(dark) > _MOST_PAIRS or any(meet(text, box) for text in texts for box in dark):
        return False
    return _all_painted(texts[::-1], chars, frame) and not overprinted(chars, frame, COARSE)


def has_annotations(sheet: Any) -> bool:
    """Whether anything but links lies on the page: it may cover text."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415 - the same

    for index in range(min(pdfium.FPDFPage_GetAnnotCount(sheet), 200)):
        annotation = pdfium.FPDFPage_GetAnnot(sheet, index)
        kind = pdfium.FPDFAnnot_GetSubtype(annotation) if annotation else pdfium.FPDF_ANNOT_LINK
        pdfium.FPDFPage_CloseAnnot(annotation)
        if kind != pdfium.FPDF_ANNOT_LINK:
            return True
    return False


def _may_be_hidden_layer(handle: Any) -> bool:
    import pypdfium2.raw as pdfium  # noqa: PLC0415 - the same

    name, length = (ctypes.c_uint16 * 3)(), ctypes.c_ulong()
    for index in range(min(pdfium.FPDFPageObj_CountMarks(handle), 50)):
        mark = pdfium.FPDFPageObj_GetMark(handle, index)
        pdfium.FPDFPageObjMark_GetName(mark, name, ctypes.sizeof(name), length)
        if bytes(name)[:4].decode("utf-16-le", "replace") == "OC" and length.value == ctypes.sizeof(name):
            return True
    return False


def _luminance(colour: Sequence[ctypes.c_uint]) -> float:
    red, green, blue = (part.value for part in colour[:3])
    return 0.3 * red + 0.59 * green + 0.11 * blue


def _is_thin(box: Box4) -> bool:
    return min(box[2] - box[0], box[3] - box[1]) < 2


def _is_thin_dark_line(handle: Any) -> bool:
    """Whether strokes are too thin to cover text, and no white ones that could be laid side by side unnoticed."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415 - the same

    width = ctypes.c_float()
    colour = [ctypes.c_uint() for _ in range(4)]
    pdfium.FPDFPageObj_GetStrokeWidth(handle, width)
    pdfium.FPDFPageObj_GetStrokeColor(handle, *colour)
    return width.value < 2 and _luminance(colour) < _LIGHT


def meet(one: Box4, other: Box4) -> bool:
    """Whether two boxes share more than their edges."""
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > 0.5
        and min(one[3], other[3]) - max(one[1], other[1]) > 0.5
    )


def _all_painted(texts: Sequence[Box4], chars: Sequence[Char], frame: Box4) -> bool:
    """Whether PDFium has a text where each character stands; both come in the order of the file."""
    at = 0
    for char in chars:
        x, y = (char["x0"] + char["x1"]) / 2 - frame[0], (char["top"] + char["bottom"]) / 2 - frame[1]
        room = 0.5 * char["size"] + 1
        for step in range(len(texts)):
            box = texts[(at + step) % len(texts)]
            if box[0] - room <= x <= box[2] + room and box[1] - room <= y <= box[3] + room:
                at = (at + step) % len(texts)
                break
            if step > 40:
                return False
        else:
            return False
    return True


def switch(things: Sequence[Thing], *, on: bool) -> None:
    """Lets objects be painted, or left out, from now on."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415 - the same

    for thing in things:
        pdfium.FPDFPageObj_SetIsActive(thing.handle, on)
