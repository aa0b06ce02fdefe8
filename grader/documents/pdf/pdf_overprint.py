"""Text printed over other text: which characters stand so, and from which objects of PDFium they come."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any, Final

from grader.documents.page.page_tables import Box4

Char = Mapping[str, Any]  # of pdfplumber

COARSE: Final = 300  # cells across a page in which text that stands upon other text is looked for
FINE: Final = 1_200
_MOST: Final = 60_000  # characters of a page


def overprinted(chars: Sequence[Char], frame: Box4, grid: int) -> list[int]:
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
    counted = counts(twice, boxes.T.tolist(), range(len(chars)))
    return [index for index, count in enumerate(counted) if count]


def counts(mask: Any, boxes: Sequence[Sequence[int]], wanted: Sequence[int]) -> list[int]:
    """How many pixels of a mask lie in each of the wanted boxes."""
    import numpy as np  # noqa: PLC0415 - the same

    return [
        int(np.count_nonzero(mask[box[1] : box[3], box[0] : box[2]])) for box in (boxes[at] for at in wanted)
    ]


def owners_of(sheet: Any, chars: Sequence[Char], frame: Box4) -> list[int]:
    """The text object that each character comes from, told by its place and sign; 0 if there is none."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415 - the same

    width, height = sheet.get_size()
    pixels = int(width * 100), int(height * 100)
    page = sheet.get_textpage()
    known: dict[tuple[int, int], list[tuple[float, float, str, int]]] = {}
    x, y = ctypes.c_double(), ctypes.c_double()
    left, top = ctypes.c_int(), ctypes.c_int()
    for index in range(min(page.count_chars(), _MOST)):
        pdfium.FPDFText_GetCharOrigin(page, index, x, y)
        pdfium.FPDF_PageToDevice(sheet, 0, 0, *pixels, 0, x.value, y.value, left, top)
        handle = pdfium.FPDFText_GetTextObject(page, index)
        if handle:
            sign = chr(pdfium.FPDFText_GetUnicode(page, index) or 0xFFFD)
            spot = round(left.value / 50), round(top.value / 50)
            known.setdefault(spot, []).append((left.value / 100, top.value / 100, sign, address(handle)))
    page.close()
    owners = []
    for char in chars:
        x0 = (char["x0"] if abs(char["matrix"][0]) > abs(char["matrix"][1]) else char["matrix"][4]) - frame[0]
        y0 = char["bottom"] + char["y0"] - char["matrix"][5] - frame[1]
        near = [
            (found[2] != char["text"][:1], abs(found[0] - x0) + abs(found[1] - y0), found[3])
            for across in (0, -1, 1)
            for down in (0, -1, 1)
            for found in known.get((round(2 * x0) + across, round(2 * y0) + down), ())
        ]
        owners.append(min(near)[2] if near else 0)
    return owners


def address(handle: Any) -> int:
    """What tells one object of PDFium from another."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0
