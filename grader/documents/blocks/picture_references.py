"""Pictures that a document refers to: ``data:`` URLs, attachments of a notebook, and files that lie beside it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote, unquote_to_bytes

from grader.documents.blocks.collector import Collector
from grader.documents.blocks.ink import ALTERNATIVE
from grader.documents.core.document import BlockKind, Figure, Picture, Place
from grader.documents.core.limits import Budget
from grader.documents.figures.badges import is_badge_address

PictureSource = Callable[[str], Picture | None]

_SIGNATURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"\xd7\xcd\xc6\x9a", "image/x-wmf"),
    (b"\x01\x00\x00\x00", "image/x-emf"),
)
_LONGEST_ADDRESS: Final = 2_000  # characters; a browser follows none that is longer
_SUFFIXES: Final = ("", ".png", ".jpg", ".jpeg", ".pdf", ".gif", ".svg", ".bmp", ".PNG", ".JPG")

_SHORTEST_ANSWER: Final = 8  # characters


def media_type(data: bytes) -> str:
    """The media type of a picture by its first bytes; ``application/octet-stream`` if it is none we know."""
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    head = data[:400].lstrip().lower()
    if head.startswith((b"<svg", b"<?xml")) and b"<svg" in data[:2_000].lower():
        return "image/svg+xml"
    return "application/octet-stream"


def picture(data: bytes, budget: Budget) -> Picture | None:
    """Bytes as a picture, if they are one and the budget has room for it."""
    kind = media_type(data)
    if kind == "application/octet-stream" or not budget.take_picture(len(data)):
        return None
    return Picture(kind, data)


def from_data_url(url: str, budget: Budget) -> Picture | None:
    """The picture in a ``data:`` URL; None if there is none that can be read."""
    head, comma, body = url.partition(",")
    if not comma or not head.lower().startswith("data:"):
        return None
    if len(body) > budget.limits.picture_bytes * 4 // 3 + 4:
        budget.take_picture(len(body))
        return None
    if head.lower().endswith(";base64"):
        return from_base64(unquote(body), budget)
    return picture(unquote_to_bytes(body), budget)


def from_base64(text: str, budget: Budget) -> Picture | None:
    """The picture in base64 text, however it is broken into lines; None if it is none."""
    if len(text) > budget.limits.picture_bytes * 4 // 3 + 100_000:
        budget.take_picture(len(text))
        return None
    try:
        data = base64.b64decode(re.sub(r"\s+", "", text), validate=False)
    except (binascii.Error, ValueError):
        return None
    return picture(data, budget)


def none_beside(_: str) -> Picture | None:
    """A source for documents that lie alone."""
    return None


def beside(document: Path, budget: Budget) -> PictureSource:
    """Pictures in the document's own folder and below, by relative name. Links and ways out are not followed."""
    folder = document.parent

    def find(name: str) -> Picture | None:
        wanted = unquote(name.strip().replace("\\", "/"))
        if not wanted or "\x00" in wanted or "://" in wanted or len(wanted) > 300:
            return None
        for candidate in (wanted, wanted.rsplit("/", 1)[-1]):
            if candidate.startswith(("/", "~")) or ".." in candidate.split("/"):
                continue
            for suffix in _SUFFIXES:
                found = _regular_file(folder, candidate + suffix)
                if found is not None and found.stat().st_size <= budget.limits.picture_bytes:
                    return picture(found.read_bytes(), budget)
        return None

    return find


def _regular_file(folder: Path, name: str) -> Path | None:
    try:
        file = folder / name
        inside = file.resolve().is_relative_to(folder.resolve())
        return file if inside and file.is_file() and not file.is_symlink() else None
    except (OSError, ValueError):
        return None


def attached(attachments: Mapping[str, Picture]) -> PictureSource:
    """Pictures of a notebook cell, named ``attachment:name``."""
    return lambda name: attachments.get(unquote(name.removeprefix("attachment:")))


def add_figure(
    collector: Collector, url: str, alt: str, place: Place, pictures: PictureSource, caption: str = ""
) -> None:
    """Adds the figure that an image reference stands for, with its picture if that can be had without network."""
    address = ""
    if url[:5].lower() == "data:":
        found = from_data_url(url, collector.budget)
    else:
        found = pictures(url)
        if found is None:
            address = url[:_LONGEST_ADDRESS]
            shown = url if len(url) <= 80 else url[:77] + "..."
            if not is_badge_address(address):
                collector.budget.note(f"the picture “{shown}” was not handed in with the report")
    collector.add(
        BlockKind.FIGURE, alt, place, figure=Figure(picture=found, caption=caption, address=address)
    )
    if found is None and len(alt) >= _SHORTEST_ANSWER:
        collector.add(BlockKind.PROSE, alt, place, unseen=ALTERNATIVE)
