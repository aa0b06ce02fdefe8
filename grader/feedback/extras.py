"""What a page shows besides the result: passages as they stand in the original, and executed cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from grader.model import Value
from grader.page_data import Overlay, PageData

MAX_PICTURES: Final = 8_000_000  # bytes of all pictures on one page
MAX_HTML: Final = 200_000  # characters of all HTML outputs on one page
MAX_CELLS: Final = 60
MAX_PASSAGES: Final = 60


class ShownPassage(Value, frozen=True):
    """A passage that a check rests on, for staff: its words, or the page's picture with the passage marked (PNG).

    `check_id` is the `CheckResult.id` beside which it stands; an empty one puts it at the end of the page.
    """

    check_id: str
    title: str
    text: str = ""
    picture_png: bytes | None = None
    overlay: Overlay | None = None


class ShownCell(Value, frozen=True):
    """An executed cell, for everybody: all of it untrusted. Pictures are PNG."""

    label: str
    source: str
    output_text: str = ""
    output_html: str = ""
    images_png: tuple[bytes, ...] = ()


class FeedbackExtras(Value, frozen=True):
    """Passages for staff; cells for everybody."""

    passages: tuple[ShownPassage, ...] = ()
    cells: tuple[ShownCell, ...] = ()


def extras_of(page: PageData, blob: Callable[[str], bytes]) -> FeedbackExtras:
    """What the ledger keeps of a page, with its pictures; one that is gone is empty, so that the page can say so."""
    return FeedbackExtras(
        tuple(
            ShownPassage(
                one.check_id, one.title, one.text, blob(one.picture) if one.picture else None, one.overlay
            )
            for one in page.passages
        ),
        tuple(
            ShownCell(
                cell.label,
                cell.source,
                cell.output_text,
                cell.output_html,
                tuple(blob(picture) for picture in cell.pictures),
            )
            for cell in page.cells
        ),
    )


def bounded(extras: FeedbackExtras) -> FeedbackExtras:
    """The extras as far as they fit on one page: what comes too late loses its pictures and its HTML.

    A picture that is left out stays as an empty one, so that the page can say so.
    """
    pictures, markup = MAX_PICTURES, MAX_HTML
    passages, cells = [], []
    for passage in extras.passages[:MAX_PASSAGES]:
        size = len(passage.picture_png or b"")
        fits = size <= pictures
        pictures -= size if fits else 0
        passages.append(passage if fits else msgspec.structs.replace(passage, picture_png=b""))
    for cell in extras.cells[:MAX_CELLS]:
        kept = []
        for image in cell.images_png[:12]:
            fits = len(image) <= pictures
            pictures -= len(image) if fits else 0
            kept.append(image if fits else b"")
        html = cell.output_html if len(cell.output_html) <= markup else ""
        markup -= len(html)
        cells.append(msgspec.structs.replace(cell, images_png=tuple(kept), output_html=html))
    return FeedbackExtras(tuple(passages), tuple(cells))
