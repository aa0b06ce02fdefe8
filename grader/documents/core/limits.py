"""Every cap on reading a document, and what happens when it is reached.

A document that is too big to open at all is refused with a plain message; one that is merely long is read up
to the cap, and a note in the `Document` says where reading stopped.
"""

from __future__ import annotations

import time
from typing import Final, Literal

from grader.errors import UnreadableDocumentError
from grader.model import Value

OcrMode = Literal["auto", "off"]
MEBIBYTE: Final = 1024 * 1024


class ReadingLimits(Value, frozen=True):
    """Caps for one document; sizes in bytes, times in seconds. Reports seen are below a tenth of each.

    Refused when reached: `file_bytes` (`text_bytes` for Markdown, text, HTML and TeX), `archive_members`, `unpacked_bytes`, `compression_ratio`, `xml_elements`,
    `xml_depth`, `json_depth`, `memory_bytes` and `hard_seconds` (the last two end the process that reads).
    Read up to there, with a note: `seconds` (of the processor: a busy machine reads no less), `pages`, `page_objects`, `cells`, `lines`, `blocks`, `characters`.
    Cut without more ado: `block_characters`, `table_rows`, `table_columns`.
    Left undecoded: pictures above `picture_bytes` or `picture_pixels`, and those after the first `pictures`.
    OCR stops after `ocr_pictures` pictures or `ocr_seconds`, with a note; `hard_seconds` later its process is ended.
    """

    file_bytes: int = 100 * MEBIBYTE
    text_bytes: int = 30 * MEBIBYTE
    seconds: float = 20.0
    hard_seconds: float = 60.0
    memory_bytes: int = 3_072 * MEBIBYTE
    pages: int = 60
    page_objects: int = 60_000
    cells: int = 1_000
    lines: int = 60_000
    blocks: int = 4_000
    characters: int = 1_500_000
    block_characters: int = 120_000
    table_rows: int = 500
    table_columns: int = 60
    pictures: int = 100
    picture_bytes: int = 20 * MEBIBYTE
    picture_pixels: int = 30_000_000
    archive_members: int = 3_000
    unpacked_bytes: int = 200 * MEBIBYTE
    compression_ratio: int = 250
    xml_elements: int = 400_000
    xml_depth: int = 200
    json_depth: int = 100
    ocr_pictures: int = 12
    ocr_seconds: float = 120.0


DEFAULT_LIMITS: Final = ReadingLimits()


class Budget:
    """What one reading may still spend, and the notes it leaves. Checked between steps, never by signals."""

    def __init__(self, limits: ReadingLimits = DEFAULT_LIMITS) -> None:
        self.limits = limits
        self.pictures_left = limits.pictures
        self.partial = False  # whether something was left out that may hold an answer
        self._until = time.thread_time() + limits.seconds
        self._notes: dict[str, None] = {}

    def note(self, text: str) -> None:
        """Keeps a note for the reader of the document; the same note is kept once."""
        if len(self._notes) < 40:
            self._notes.setdefault(text)

    def cut(self, text: str) -> None:
        """Keeps a note of something that may hold an answer and was not read."""
        self.partial = True
        self.note(text)

    @property
    def notes(self) -> tuple[str, ...]:
        """All notes in the order they came up."""
        return tuple(self._notes)

    def in_time(self) -> bool:
        """Whether there is time left; the first time there is not, a note says so."""
        if time.thread_time() < self._until:
            return True
        self.cut(
            f"reading stopped after {self.limits.seconds:g} seconds: the rest of the document was not read"
        )
        return False

    def take_picture(self, size: int) -> bool:
        """Whether one more picture of `size` bytes may be kept."""
        if size > self.limits.picture_bytes or self.pictures_left <= 0:
            self.note("some pictures are too large or too many to be looked at")
            return False
        self.pictures_left -= 1
        return True


def shortened(text: str, budget: Budget) -> str:
    """As much of a text as may be read, by its characters and lines; a note says so if that is not all."""
    limits = budget.limits
    cut = text[: limits.characters]
    if cut.count("\n") > limits.lines:
        cut = "\n".join(cut.split("\n", limits.lines)[: limits.lines])
    if len(cut) < len(text):
        budget.cut("the document is very long: the rest of it was not read")
    return cut


def refuse_large(size: int, most: int) -> None:
    """Raises `UnreadableDocumentError` for a file of more than `most` bytes."""
    if size > most:
        raise UnreadableDocumentError(
            f"The file is {size / MEBIBYTE:.0f} MB; at most {most // MEBIBYTE} MB are read. "
            "Make its pictures smaller and hand it in again."
        )
