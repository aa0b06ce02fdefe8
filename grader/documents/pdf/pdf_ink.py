"""Which characters of a PDF page leave no ink: told by what PDFium paints with its text and without it.

Whatever the trick (white, transparent, clipped, covered, a hidden layer, no such pattern), taking a text away that
nobody sees changes nothing in the picture. Pages whose text is plainly dark on light are not drawn at all.
All lengths are points from the upper left corner of the page as it is displayed.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from grader.documents.page.page_tables import Box4

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

Char = Mapping[str, Any]

OUTSIDE: Final = "outside the visible part of the page"
TINY: Final = "too small to read"
NO_INK: Final = "it leaves no ink on the page"
OVER_PICTURE: Final = "invisible, over a picture"
OTHER_SIGNS: Final = "the page shows other signs in its place"

_LEAST_SIZE: Final = 2.5  # points, on a page as high as A4: smaller type is read by nobody
_PAGE_SIDE: Final = 842.0
_PIXELS: Final = 1_263  # of the longer side of a page that is drawn: 108 dots per inch of A4
_MOST_PIXELS: Final = 4_000
_INK: Final = 20  # of 255 levels of grey that a stroke differs from what is behind it, at its darkest
_TRACE: Final = 5  # less is nothing; what lies between is thin and pale, and goes as the text around it
_LEAST_SHARE: Final = (
    0.2  # of where letters stand that shows some ink at least, if more than slivers of them are seen
)
_DARK: Final = 150  # luminance below which text is plain on light ground
_LIGHT: Final = 200  # luminance from which a ground is light
_DEPTH: Final = 8  # of forms in forms
_MOST_OBJECTS: Final = 60_000
_COARSE: Final = 300  # cells across a page in which text that stands upon other text is looked for
_FINE: Final = 1_200
_LAYERS: Final = 4  # of text printed over text that are looked at one by one


class Thing(NamedTuple):
    """An object that PDFium paints, in its order: its handle, type, box, and whether it stands in a form."""

    handle: Any
    kind: int
    box: Box4
    nested: bool


def unseen_characters(
    sheet: Any, chars: Sequence[Char], frame: Box4, drawn_fonts: frozenset[str]
) -> list[str]:
    """Why a reader does not see each character; empty strings for those that are seen.

    `sheet` is the page of a `pypdfium2` document, and is left changed: load it anew to draw from it. `frame` is the
    part of the page that is displayed, in the coordinates of `chars`. `drawn_fonts` names the fonts whose signs are
    drawn by themselves (Type 3).
    """
    reasons = _by_place_and_size(chars, frame, drawn_fonts)
    looked_at = [index for index, char in enumerate(chars) if not reasons[index] and _prints(char["text"])]
    things = list(_things(sheet))
    if looked_at and (
        _has_annotations(sheet)
        or any(chars[index]["fontname"] in drawn_fonts for index in looked_at)
        or not _is_plain(things, [chars[index] for index in looked_at], frame)
    ):
        for index, reason in zip(
            looked_at, _by_ink(sheet, things, [chars[index] for index in looked_at], frame), strict=True
        ):
            reasons[index] = reason
    before = ""
    for index, char in enumerate(chars):  # blanks go with what stands before them
        if not _prints(char["text"]) and not reasons[index]:
            reasons[index] = before
        before = reasons[index]
    return reasons


def _prints(text: str) -> bool:
    return any(not char.isspace() and unicodedata.category(char) not in {"Cf", "Cc"} for char in text)


# --- without drawing


def _by_place_and_size(chars: Sequence[Char], frame: Box4, drawn_fonts: frozenset[str]) -> list[str]:
    scale = max(1.0, _PAGE_SIDE / max(frame[2] - frame[0], frame[3] - frame[1], 1.0))
    reasons = [""] * len(chars)
    for run in _runs(chars):
        widths = [char["width"] if _level(char) else char["height"] for char in (chars[at] for at in run)]
        wide = 2 * sum(widths) / len(widths) * scale  # an em is about two characters
        for index in run:
            char = chars[index]
            x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
            if not (frame[0] <= x <= frame[2] and frame[1] <= y <= frame[3]):
                reasons[index] = OUTSIDE
            elif char["fontname"] in drawn_fonts:
                continue  # its size says nothing, since it has a scale of its own
            elif (wide < _LEAST_SIZE and len(run) > 2) or _height(char) * scale < _LEAST_SIZE:
                reasons[index] = TINY
            elif len(char["text"]) > 4 and not char["text"].startswith("(cid:"):
                reasons[index] = OTHER_SIGNS  # one sign that stands for a sentence
    return reasons


def _height(char: Char) -> float:
    return float(char["height"] if _level(char) else char["width"])


def _level(char: Char) -> bool:
    matrix = char["matrix"]
    return bool(abs(matrix[0]) >= abs(matrix[1]))


def _runs(chars: Sequence[Char]) -> Iterator[list[int]]:
    """Indices of characters that were printed one after the other in one style."""
    run: list[int] = []
    style: tuple[Any, ...] = ()
    for index, char in enumerate(chars):
        own = (char["fontname"], round(char["size"], 1), char["non_stroking_color"], _line_of(char))
        if run and own != style:
            yield run
            run = []
        style = own
        run.append(index)
    if run:
        yield run


def _line_of(char: Char) -> int:
    return round(float(char["matrix"][5] if _level(char) else char["matrix"][4]))


# --- what PDFium knows of a page


def _things(sheet: Any) -> Iterator[Thing]:
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
            if not handle or count > _MOST_OBJECTS:
                continue
            kind = pdfium.FPDFPageObj_GetType(handle)
            yield Thing(handle, kind, (0, 0, 0, 0) if depth else box(handle), depth > 0)
            if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEPTH:
                yield from within(handle, depth + 1)

    yield from within(None, 0)


def _is_plain(things: Sequence[Thing], chars: Sequence[Char], frame: Box4) -> bool:
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
                and not any(_meet(thing.box, box) for box in painted)
            )
            if not plain:
                return False
            texts.append(thing.box)
            continue
        mode, stroked = ctypes.c_int(), ctypes.c_int()
        if thing.kind == pdfium.FPDF_PAGEOBJ_PATH:
            pdfium.FPDFPath_GetDrawMode(thing.handle, mode, stroked)
            if not mode.value and _is_thin(thing.box):
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
    if any(_meet(text, box) for text in texts for box in dark):
        return False
    return _all_painted(texts[::-1], chars, frame) and not _overprinted(chars, frame, _COARSE)


def _has_annotations(sheet: Any) -> bool:
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


def _meet(one: Box4, other: Box4) -> bool:
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


# --- by drawing


def _pixel_boxes(chars: Sequence[Char], frame: Box4, scale: float, size: tuple[int, int]) -> list[list[int]]:
    """Where the ink of each character is looked for, in pixels: between its baseline and the height of small letters.

    What reaches there from the lines above and below is little; signs that are no letters are looked for in all their box.
    """
    import numpy as np  # noqa: PLC0415 - the same

    rows = np.empty((4, len(chars)))
    for index, char in enumerate(chars):
        rows[:, index] = _core(char)
    rows[0::2] = np.clip((rows[0::2] - frame[0]) * scale, 0, size[0])
    rows[1::2] = np.clip((rows[1::2] - frame[1]) * scale, 0, size[1])
    rows[:2] = np.floor(rows[:2])
    rows[2:] = np.ceil(rows[2:])
    boxes: list[list[int]] = rows.astype(int).T.tolist()
    return boxes


def _core(char: Char) -> Box4:
    x0, top, x1, bottom = char["x0"] - 0.3, char["top"], char["x1"] + 0.3, char["bottom"]
    if _is_flat(char):  # a Type 3 font with a scale of its own, or type that was pressed flat
        em, base = 2 * char["width"], bottom + char["y0"] - char["matrix"][5]
        return x0, base - 0.45 * em, x1, base - 0.15 * em
    if not char["text"].isalnum() or not _level(char):
        return x0, top, x1, bottom
    high = bottom - top
    return x0, top + 0.25 * high, x1, bottom - 0.2 * high


def _is_flat(char: Char) -> bool:
    return _level(char) and bool(char["height"] < 0.15 * char["width"])


def _counts(mask: Any, boxes: Sequence[Sequence[int]], wanted: Sequence[int]) -> list[int]:
    """How many pixels of a mask lie in each of the wanted boxes."""
    import numpy as np  # noqa: PLC0415 - the same

    return [
        int(np.count_nonzero(mask[box[1] : box[3], box[0] : box[2]])) for box in (boxes[at] for at in wanted)
    ]


def _overprinted(chars: Sequence[Char], frame: Box4, grid: int) -> list[int]:
    """Which characters stand upon others, copies of themselves (false bold) not counted."""
    import numpy as np  # noqa: PLC0415 - the same

    known: set[tuple[str, int, int]] = set()
    single = np.ones(len(chars), bool)
    rows = np.empty((4, len(chars)))
    for index, char in enumerate(chars):
        size = max(char["size"], 1.0)
        key = char["text"], round(char["x0"] / (0.15 * size)), round(char["top"] / (0.15 * size))
        single[index] = key not in known
        known.add(key)
        wide, high = char["x1"] - char["x0"], char["bottom"] - char["top"]
        rows[:, index] = (
            char["x0"] + 0.2 * wide,
            char["top"] + 0.1 * high,
            char["x1"] - 0.2 * wide,
            char["bottom"] - 0.1 * high,
        )
    across, down = (grid / max(frame[2] - frame[0], 1.0), 1.4 * grid / max(frame[3] - frame[1], 1.0))
    rows[0::2] = np.clip((rows[0::2] - frame[0]) * across, 0, grid)
    rows[1::2] = np.clip((rows[1::2] - frame[1]) * down, 0, 1.4 * grid)
    boxes = np.rint(rows).astype(np.int32)
    cover = np.zeros((grid * 7 // 5 + 1, grid + 1), np.int32)
    own = boxes[:, single]
    for x, y, sign in ((0, 1, 1), (2, 3, 1), (0, 3, -1), (2, 1, -1)):
        np.add.at(cover, (own[y], own[x]), sign)
    twice = cover.cumsum(axis=0).cumsum(axis=1) > 1
    if not twice.any():
        return []
    counted = _counts(twice, boxes.T.tolist(), range(len(chars)))
    return [index for index, count in enumerate(counted) if count]


def _picture(sheet: Any, scale: float) -> Grey:
    bitmap = sheet.render(scale=scale, grayscale=True)
    grey: Grey = bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width].copy()
    bitmap.close()
    return grey


def _difference(one: Grey, other: Grey) -> Grey:
    import numpy as np  # noqa: PLC0415 - the same

    return np.maximum(one, other) - np.minimum(one, other)


def _by_ink(sheet: Any, things: Sequence[Thing], chars: Sequence[Char], frame: Box4) -> list[str]:
    import pypdfium2.raw as pdfium  # noqa: PLC0415 - the same

    longest = max(*sheet.get_size(), 1.0)
    scale = min(max(_PIXELS / longest, 0.75), _MOST_PIXELS / longest)
    images = [thing for thing in things if thing.kind == pdfium.FPDF_PAGEOBJ_IMAGE and not thing.nested]
    covering = [image for image in images if any(_touches(image.box, char, frame) for char in chars)]
    _switch([image for image in images if image not in covering], on=False)  # they would only cost time
    texts = [thing for thing in things if thing.kind == pdfium.FPDF_PAGEOBJ_TEXT]
    crowded = _overprinted(chars, frame, _COARSE) and _overprinted(chars, frame, _FINE)
    owners = _owners(sheet, chars, frame) if crowded else []  # as long as they are switched on
    shown = _picture(sheet, scale)
    _switch(texts, on=False)
    bare = _picture(sheet, scale)
    boxes = _pixel_boxes(chars, frame, scale, (shown.shape[1], shown.shape[0]))
    everything = range(len(chars))
    ink = _difference(shown, bare)
    strong, weak = _counts(ink >= _INK, boxes, everything), _counts(ink >= _TRACE, boxes, everything)
    if crowded:
        for layer in _layers(texts, [owners[index] for index in crowded]):
            _switch(layer, on=True)
            alone = _difference(_picture(sheet, scale), bare)
            _switch(layer, on=False)
            handles = {_address(thing.handle) for thing in layer}
            own = [index for index in crowded if owners[index] in handles]
            for counts, level in ((strong, _INK), (weak, _TRACE)):
                for index, count in zip(own, _counts(alone >= level, boxes, own), strict=True):
                    counts[index] = count
    seen = _seen(chars, strong, weak, boxes)
    _with_brackets(chars, seen, ink, boxes, scale)
    return [
        ""
        if seen[index]
        else OVER_PICTURE
        if any(_touches(image.box, char, frame) for image in covering)
        else NO_INK
        for index, char in enumerate(chars)
    ]


def _seen(
    chars: Sequence[Char], strong: Sequence[int], weak: Sequence[int], boxes: Sequence[Sequence[int]]
) -> list[bool]:
    """Which characters have ink enough; what is thin and pale goes as most of its run."""
    seen = [False] * len(chars)
    for run in _runs(chars):
        mostly = 2 * sum(bool(strong[index]) for index in run) >= len(run)
        letters = [index for index in run if chars[index]["text"].isalnum()]
        area = sum((boxes[at][2] - boxes[at][0]) * (boxes[at][3] - boxes[at][1]) for at in letters)
        slivers = len(letters) >= 4 and mostly and sum(weak[at] for at in letters) < _LEAST_SHARE * area
        for index in run:
            seen[index] = not slivers and bool(strong[index] or (weak[index] and mostly))
    return seen


def _with_brackets(
    chars: Sequence[Char], seen: list[bool], ink: Grey, boxes: Sequence[Sequence[int]], scale: float
) -> None:
    """Signs beside what is seen are seen if there is ink above or below: TeX's large brackets hang below their boxes."""
    for index, char in enumerate(chars):
        if seen[index] or char["text"].isalnum():
            continue
        near = (other for other in (index - 1, index + 1) if 0 <= other < len(chars) and seen[other])
        em = 2 * max(char["size"], char["width"])
        x0, y0, x1, y1 = boxes[index]
        room = round(0.6 * em * scale)
        patch = ink[max(0, y0 - room) : y1 + room, x0:x1]
        seen[index] = any(
            abs(chars[other]["x0"] - char["x0"]) < em and abs(chars[other]["top"] - char["top"]) < em
            for other in near
        ) and bool((patch >= _INK).any())


def _touches(box: Box4, char: Char, frame: Box4) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2 - frame[0], (char["top"] + char["bottom"]) / 2 - frame[1]
    return bool(box[0] - 2 <= x <= box[2] + 2 and box[1] - 2 <= y <= box[3] + 2)


def _switch(things: Sequence[Thing], *, on: bool) -> None:
    import pypdfium2.raw as pdfium  # noqa: PLC0415 - the same

    for thing in things:
        pdfium.FPDFPageObj_SetIsActive(thing.handle, on)


def _address(handle: Any) -> int:
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def _owners(sheet: Any, chars: Sequence[Char], frame: Box4) -> list[int]:
    """The text object that each character comes from, told by its place and sign; 0 if there is none."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415 - the same

    width, height = sheet.get_size()
    pixels = int(width * 100), int(height * 100)
    page = sheet.get_textpage()
    known: dict[tuple[int, int], list[tuple[str, int]]] = {}
    x, y = ctypes.c_double(), ctypes.c_double()
    left, top = ctypes.c_int(), ctypes.c_int()
    for index in range(min(page.count_chars(), _MOST_OBJECTS)):
        pdfium.FPDFText_GetCharOrigin(page, index, x, y)
        pdfium.FPDF_PageToDevice(sheet, 0, 0, *pixels, 0, x.value, y.value, left, top)
        handle = pdfium.FPDFText_GetTextObject(page, index)
        if handle:
            sign = chr(pdfium.FPDFText_GetUnicode(page, index) or 0xFFFD)
            spot = round(left.value / 50), round(top.value / 50)
            known.setdefault(spot, []).append((sign, _address(handle)))
    page.close()
    owners = []
    for char in chars:
        x0, y0 = char["matrix"][4], char["bottom"] + char["y0"] - char["matrix"][5]
        spot = round(2 * (x0 - frame[0])), round(2 * (y0 - frame[1]))
        near = [
            found
            for across in (0, -1, 1)
            for down in (0, -1, 1)
            for found in known.get((spot[0] + across, spot[1] + down), ())
        ]
        same = next((owner for sign, owner in near if sign == char["text"][:1]), 0)
        owners.append(same or (near[0][1] if near else 0))
    return owners


def _layers(texts: Sequence[Thing], owners: Sequence[int]) -> list[list[Thing]]:
    """The texts that take part in overprinting, sorted so that none stands upon another of its layer."""
    wanted = set(owners)
    layers: list[list[Thing]] = []
    for thing in texts:
        if _address(thing.handle) not in wanted:
            continue
        for layer in layers:
            if thing.nested or any(other.nested or _meet(thing.box, other.box) for other in layer):
                continue
            layer.append(thing)
            break
        else:
            if len(layers) < _LAYERS:
                layers.append([thing])
    return layers
