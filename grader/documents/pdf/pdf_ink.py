"""Which characters of a PDF page leave no ink: told by what PDFium paints with its text and without it.

Whatever the trick (white, transparent, clipped, covered, a hidden layer, no such pattern), taking a text away that
nobody sees changes nothing in the picture. Pages whose text is plainly dark on light are not drawn at all.
All lengths are points from the upper left corner of the page as it is displayed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from grader.documents.page.page_tables import Box4
from grader.documents.pdf.pdf_objects import (
    Thing,
    has_annotations,
    is_plain,
    meet,
    switch,
    things_of,
)
from grader.documents.pdf.pdf_overprint import COARSE, FINE, Char, address, counts, overprinted, owners_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

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
_LEAST_SHARE: Final = 0.15  # of where letters stand that shows ink if more than slivers of them are seen
_STRAY: Final = 4  # times as many characters of a run as have ink: then it is that of other text
_FEW: Final = 5
_MOST_PICTURES: Final = 40  # of a page that are looked at for whether they lie under or over text
_MOST_CROWDED: Final = 400  # pieces of text on a page that stand upon others
_LAYERS: Final = 4  # of text printed over text that are looked at one by one


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
    things = list(things_of(sheet))
    if looked_at and (
        has_annotations(sheet)
        or any(chars[index]["fontname"] in drawn_fonts for index in looked_at)
        or not is_plain(things, [chars[index] for index in looked_at], frame)
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
        if run and (own != style or _is_apart(chars[run[-1]], char)):
            yield run
            run = []
        style = own
        run.append(index)
    if run:
        yield run


def _is_apart(before: Char, char: Char) -> bool:
    return _level(char) and bool(abs(char["x0"] - before["x1"]) > 3 * max(char["size"], before["size"], 1))


def _line_of(char: Char) -> int:
    return round(float(char["matrix"][5] if _level(char) else char["matrix"][4]))


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
    covering = [
        image
        for at, image in enumerate(images)
        if at < _MOST_PICTURES and any(_touches(image.box, char, frame) for char in chars)
    ]
    switch(
        [image for image in images[:_MOST_PICTURES] if image not in covering], on=False
    )  # they would only cost time
    texts = [thing for thing in things if thing.kind == pdfium.FPDF_PAGEOBJ_TEXT]
    crowded = overprinted(chars, frame, COARSE) and overprinted(chars, frame, FINE)
    owners = owners_of(sheet, chars, frame) if crowded else []  # as long as they are switched on
    shown = _picture(sheet, scale)
    switch(texts, on=False)
    bare = _picture(sheet, scale)
    boxes = _pixel_boxes(chars, frame, scale, (shown.shape[1], shown.shape[0]))
    everything = range(len(chars))
    ink = _difference(shown, bare)
    strong, weak = counts(ink >= _INK, boxes, everything), counts(ink >= _TRACE, boxes, everything)
    if len({owners[index] for index in crowded}) > _MOST_CROWDED:
        for index in crowded:
            strong[index] = weak[index] = 0  # a heap of text that nobody reads
    elif crowded:
        for layer in _layers(texts, [owners[index] for index in crowded]):
            switch(layer, on=True)
            alone = _difference(_picture(sheet, scale), bare)
            switch(layer, on=False)
            handles = {address(thing.handle) for thing in layer}
            own = [index for index in crowded if owners[index] in handles]
            for found, level in ((strong, _INK), (weak, _TRACE)):
                for index, count in zip(own, counts(alone >= level, boxes, own), strict=True):
                    found[index] = count
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


def _layers(texts: Sequence[Thing], owners: Sequence[int]) -> list[list[Thing]]:
    """The texts that take part in overprinting, sorted so that none stands upon another of its layer."""
    wanted = set(owners)
    layers: list[list[Thing]] = []
    for thing in texts:
        if address(thing.handle) not in wanted:
            continue
        for layer in layers:
            if thing.nested or any(other.nested or meet(thing.box, other.box) for other in layer):
                continue
            layer.append(thing)
            break
        else:
            if len(layers) < _LAYERS:
                layers.append([thing])
    return layers


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
        if slivers or (len(run) >= _FEW and _STRAY * sum(bool(strong[index]) for index in run) < len(run)):
            continue  # what little is there belongs to other text
        for index in run:
            seen[index] = bool(strong[index] or (weak[index] and mostly))
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
