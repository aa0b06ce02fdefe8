"""What is typed onto a PDF rather than into it: text boxes, stamps and form fields as the page shows them, and notes that it does not.

PDFium draws what a reader sees of them into the page (ISO 32000-2, 12.5.5), flags and appearances considered; from
there they are read, and told from what leaves no ink, as all other text is. What it draws nothing of is unseen.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from grader.documents.blocks.ink import NOT_DISPLAYED

NOTE: Final = "a note that is read only where it is clicked on"
NOT_EVERYWHERE: Final = "a text box that not every program shows"
_DRAWN: Final = frozenset(("FreeText", "Widget", "Stamp"))
_NOTES: Final = frozenset(
    (
        "Text",
        "Popup",
        "Highlight",
        "Underline",
        "StrikeOut",
        "Squiggly",
        "Square",
        "Circle",
        "Ink",
        "Caret",
        "Line",
    )
)
_MOST: Final = 400  # annotations of one page
_MOST_CHARACTERS: Final = 20_000  # of one page's notes
_HIDDEN: Final = 0x02 | 0x20  # the flags Hidden and NoView (table 167)
_ANCESTORS: Final = 8  # of a form field that its value may stand in
_SHORTEST: Final = 8  # characters of a note that may be an answer


class Annotation(NamedTuple):
    """One annotation: its kind, whether its page shows it, and the words that it holds."""

    kind: str
    displayed: bool
    words: str
    reason: str = NOT_DISPLAYED  # why its words are not seen, where they are not


def annotations_of(page: Any) -> list[Annotation]:
    """The annotations of a page of pdfplumber, links left out."""
    return list(_annotations(page))


def _annotations(page: Any) -> Iterator[Annotation]:
    from pdfminer.pdftypes import resolve1  # noqa: PLC0415 - loaded only for PDF

    listed = resolve1(page.page_obj.annots)
    for reference in listed[:_MOST] if isinstance(listed, list) else ():
        entries = resolve1(reference)
        if not isinstance(entries, dict):
            continue
        kind = str(getattr(resolve1(entries.get("Subtype")), "name", ""))
        if kind not in _DRAWN | _NOTES:
            continue
        flags = resolve1(entries.get("F"))
        displayed = not (isinstance(flags, int) and flags & _HIDDEN)
        if kind == "Widget":
            yield Annotation(kind, displayed, _value(entries))
            continue
        drawn = displayed and kind in _DRAWN and (kind == "Stamp" or resolve1(entries.get("AP")) is not None)
        reason = NOTE if kind in _NOTES else NOT_EVERYWHERE if displayed else NOT_DISPLAYED
        yield Annotation(kind, drawn, _text(entries.get("Contents")), reason)


def _value(entries: dict[str, Any]) -> str:
    """The value of a form field, which may stand in one of those that it is a part of."""
    from pdfminer.pdftypes import resolve1  # noqa: PLC0415 - loaded only for PDF

    above: Any = entries
    for _ in range(_ANCESTORS):
        if not isinstance(above, dict):
            break
        if "V" in above:
            return _text(above["V"])
        above = resolve1(above.get("Parent"))
    return ""


def _text(value: Any) -> str:
    from pdfminer.pdftypes import resolve1  # noqa: PLC0415 - loaded only for PDF
    from pdfminer.utils import decode_text  # noqa: PLC0415 - the same

    found = resolve1(value)
    return decode_text(found[: 2 * _MOST_CHARACTERS]) if isinstance(found, bytes) else ""


def is_typed_upon(annotations: list[Annotation]) -> bool:
    """Whether a page shows text that stands in an annotation."""
    return any(one.displayed and one.kind in _DRAWN for one in annotations)


def unseen_notes(annotations: list[Annotation]) -> list[tuple[str, str]]:
    """The words of a page's annotations that it does not show, each with the reason first."""
    found: list[tuple[str, str]] = []
    left = _MOST_CHARACTERS
    for one in annotations:
        words = one.words.replace("\r\n", "\n").replace("\r", "\n").strip()[: max(left, 0)]
        if len(words) >= _SHORTEST and not (one.displayed and one.kind in _DRAWN):
            found.append((one.reason, words))
            left -= len(words)
    return found


def drawn_into_pages(file: Path | bytes, pages: list[int]) -> bytes | None:
    """The file with what is typed upon some of its pages drawn into them; they count from 0. None where that cannot be done."""
    import pypdfium2  # noqa: PLC0415 - loaded only where something is drawn
    import pypdfium2.raw as pdfium  # noqa: PLC0415 - the same

    stream = io.BytesIO()
    try:
        document = pypdfium2.PdfDocument(file)
        try:
            document.init_forms()  # makes what fields show where the file leaves that to its reader
            for number in pages:
                page = document[number]
                pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
                page.close()
            document.save(stream)
        finally:
            document.close()
    except (pypdfium2.PdfiumError, OSError, ValueError, IndexError):
        return None
    return stream.getvalue()
