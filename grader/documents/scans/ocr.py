"""Words in pictures, by RapidOCR (extra `ocr`): offline, with the models that its wheel brings along."""

from __future__ import annotations

import importlib.util
import os
import re
import threading
import warnings
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from grader.documents.figures.plot_words import is_tick
from grader.documents.figures.raster import Recognised
from grader.documents.page.page_columns import column_boxes
from grader.documents.page.page_glyphs import Glyph
from grader.documents.page.page_lines import TextLine, Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Image


_SCORE: Final = 0.5  # confidence from which a reading counts
_SIZE: Final = 10.0  # points that text of the usual height is scaled to, so that layout rules fit
_BODY: Final = 0.72  # of a word's box is the size of its type, the rest ascenders' and descenders' room
_STRIPS: Final = 4  # margins of a figure whose labels are read: two panels side by side, two axes each
_STRIP_MARGIN: Final = 6  # pixels left and right of a label that belong to its strip
_LEAST_STRIP: Final = 12  # pixels left of the ticks in which a label may stand
_LETTERS: Final = re.compile(r"[^\W\d_]{3}")
_TICK_WITH_MARK: Final = re.compile(
    r"^(-?\d[\d.,]{0,8})\s?[-–—_]$"
)  # the mark at an axis, read with its number
_LEAST_WORDS: Final = 4  # lines with words from which a picture can be told to lie on its side
_SURE: Final = 0.93  # mean score of a character from which a page stands the right way up
_UNSURE: Final = 0.8  # mean score of a character below which a page may stand on its head
_lock: Final = threading.Lock()


class Page(NamedTuple):
    """What was recognised in a picture, as lines in points, and the words that are turned; `scale` is points a pixel."""

    lines: list[TextLine]
    turned: list[str]
    scale: float


def available() -> bool:
    """Whether the extra `ocr` is installed with its models, so that nothing would be fetched."""
    found = importlib.util.find_spec("rapidocr")
    if found is None or found.origin is None or importlib.util.find_spec("onnxruntime") is None:
        return False
    models = Path(found.origin).parent / "models"
    return any(models.glob("*rec*.onnx")) and any(models.glob("*det*.onnx"))


@cache
def _engine() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries that we do not mend
        from rapidocr import RapidOCR  # noqa: PLC0415 - an extra, and a second to load

        return RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": False,  # pages upside down are told by their scores; it costs a third of the time
                "Global.max_side_len": 2_200,
                "Det.limit_type": "max",  # words are found in a reduced picture, and read in the full one: half the time
                "Det.limit_side_len": 1_280,
                "Rec.rec_img_shape": [
                    3,
                    48,
                    64,
                ],  # widths follow the words: padded to 320, a tick cost as much as a sentence
                "EngineConfig.onnxruntime.intra_op_num_threads": max(1, min(4, os.cpu_count() or 1)),
            }
        )


def recognise(image: Image) -> list[Recognised]:
    """The lines of words in an RGB picture; empty if there are none."""
    return _recognise(image)[0]


def _recognise(image: Image) -> tuple[list[Recognised], float]:
    """The lines of words, and how surely they were read: the scores of all their characters."""
    import numpy as np  # noqa: PLC0415 - loaded with the engine

    pixels = np.ascontiguousarray(np.asarray(image)[:, :, ::-1])
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = _engine()(pixels)
    if found.boxes is None or found.txts is None:
        return [], 0.0
    words, sure = [], 0.0
    for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        if score >= _SCORE and text.strip():
            xs, ys = [int(point[0]) for point in corners], [int(point[1]) for point in corners]
            plain = _TICK_WITH_MARK.sub(r"\1", text.strip())
            words.append(Recognised(plain, (min(xs), min(ys), max(xs), max(ys))))
            sure += float(score) * len(plain)
    return words, sure


def recognise_upright(image: Image) -> tuple[list[Recognised], Image, int]:
    """The words of a picture, the picture turned so that they stand upright, and by how many degrees to the right.

    A page that was scanned lying on its side shows in its words: they are high and narrow.
    """
    words, sure = _recognise(image)
    on_side = [word for word in words if _is_turned(word) and _LETTERS.search(word.text)]
    upright = [word for word in words if not _is_turned(word) and _LETTERS.search(word.text)]
    if len(on_side) >= _LEAST_WORDS and len(on_side) > 2 * len(upright):
        turns = [90, 270]
    elif len(upright) >= _LEAST_WORDS and sure < _UNSURE * sum(len(word.text) for word in words):
        turns = [180]
    else:
        return words, image, 0
    best = (words, image, 0)
    for turn in turns:
        turned = image.rotate(-turn, expand=True)
        anew, surely = _recognise(turned)
        if surely > sure and sum(_is_turned(word) for word in anew) * 2 < len(anew):
            best, sure = (anew, turned, turn), surely
            if surely > _SURE * sum(len(word.text) for word in anew):
                break
    return best


def with_upright_labels(image: Image, words: Sequence[Recognised]) -> list[Recognised]:
    """The words of a plot with its turned axis labels read anew, each margin as a strip turned upright.

    Recognition reads a turned label letter by letter, with slips; upright and enlarged it reads it as it stands.
    """
    turned = [word for word in words if _is_turned(word)]
    numbers = [word.box[0] for word in words if is_tick(word.text)]
    strips = _united_columns([(word.box[0], word.box[2]) for word in turned])
    if not turned and numbers and min(numbers) >= _LEAST_STRIP:
        strips = [(0, min(numbers))]  # a label that was not found at all
    kept = [word for word in words if not _is_turned(word)]
    for left, right in strips[:_STRIPS]:
        box = (max(0, left - _STRIP_MARGIN), 0, min(image.width, right + _STRIP_MARGIN), image.height)
        strip = image.crop(box).rotate(-90, expand=True)
        larger = strip.resize((2 * strip.width, 2 * strip.height))
        read = [Recognised(word.text, box) for word in recognise(larger) if _LETTERS.search(word.text)]
        kept += read or [word for word in turned if left <= word.box[0] < right]
    return kept


def _united_columns(columns: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    united: list[tuple[int, int]] = []
    for left, right in sorted(columns):
        if united and left <= united[-1][1] + _STRIP_MARGIN:
            united[-1] = (united[-1][0], max(right, united[-1][1]))
        else:
            united.append((left, right))
    return united


def page_of(words: Sequence[Recognised], scale: float = 0.0) -> Page:
    """Recognised words as the lines of a page, so that they are read as a PDF's are. `scale` is found if it is 0."""
    upright = [word for word in words if not _is_turned(word)]
    turned = [word.text for word in words if _is_turned(word)]
    scale = scale or scale_of(words)
    lines = [_line(row, scale) for row in _rows(upright)]
    return Page(sorted(lines, key=lambda line: (line.base, line.x0)), turned, scale)


def scale_of(words: Sequence[Recognised]) -> float:
    """Points a pixel, so that most words are of the usual size."""
    heights = [word.box[3] - word.box[1] for word in words if not _is_turned(word)]
    return _SIZE / (_BODY * median(heights)) if heights else 1.0


def in_columns(words: Sequence[Recognised], size: tuple[int, int]) -> list[list[Recognised]]:
    """The words in the order of the parts of a page: one part, or column by column. `size` is that of the picture."""
    scale = scale_of(words)
    glyphs = [
        glyph for word in words if not _is_turned(word) for glyph in _as_glyphs(word, scale)
    ]  # a letter each, since columns are told by the length of their lines
    boxes = column_boxes(glyphs, frozenset(), (), (0.0, 0.0, size[0] * scale, size[1] * scale))
    if len(boxes) == 1:
        return [list(words)]
    parts: list[list[Recognised]] = [[] for _ in boxes]
    for word in words:
        x, y = (word.box[0] + word.box[2]) * scale / 2, (word.box[1] + word.box[3]) * scale / 2
        places = (index for index, box in enumerate(boxes) if box[0] <= x < box[2] and box[1] <= y < box[3])
        parts[next(places, -1)].append(word)
    return [part for part in parts if part]


def _as_glyphs(word: Recognised, scale: float) -> list[Glyph]:
    left, top, right, bottom = (edge * scale for edge in word.box)
    step, size = (right - left) / len(word.text), _BODY * (bottom - top)
    base = bottom - 0.22 * (bottom - top)
    return [
        Glyph(letter, left + at * step, left + (at + 1) * step, top, bottom, base, size, "")
        for at, letter in enumerate(word.text[:400])
    ]


def _is_turned(word: Recognised) -> bool:
    width, height = word.box[2] - word.box[0], word.box[3] - word.box[1]
    return len(word.text) > 2 and height > 1.5 * width


def _rows(words: Sequence[Recognised]) -> list[list[Recognised]]:
    """Words whose middles stand level, from left to right."""
    rows: list[list[Recognised]] = []
    for word in sorted(words, key=lambda entry: entry.box[1] + entry.box[3]):
        middle, height = (word.box[1] + word.box[3]) / 2, word.box[3] - word.box[1]
        for row in rows[-4:]:
            last = row[-1].box
            level = abs(middle - (last[1] + last[3]) / 2) < 0.45 * min(height, last[3] - last[1])
            if level and not any(
                min(word.box[2], other.box[2]) - max(word.box[0], other.box[0]) > 4 for other in row
            ):
                row.append(word)
                break
        else:
            rows.append([word])
    return [sorted(row, key=lambda entry: entry.box[0]) for row in rows]


def _line(row: Sequence[Recognised], scale: float) -> TextLine:
    """A row as a line whose words are the pieces that were found: what stands close together was found as one."""
    words = tuple(Word(piece.text, *(piece.box[side] * scale for side in (0, 2, 1, 3))) for piece in row)
    top, bottom = min(word.top for word in words), max(word.bottom for word in words)
    height = median(word.bottom - word.top for word in words)
    size = _BODY * height
    text = row[0].text if len(row) == 1 else ""
    return TextLine(
        words,
        words[0].x0,
        words[-1].x1,
        top,
        bottom,
        bottom - 0.22 * height,
        _SIZE
        if 0.7 < size / _SIZE < 1.4
        else round(size, 1),  # boxes differ by a fifth in height for the same type
        (words[-1].x1 - words[0].x0) / len(text) if text else 0.0,
        monospace=False,
        bold=False,
        maths=False,
        fixed=text,
        trailing=False,
    )
