"""What the fonts of a PDF page say of their signs: which draw them by themselves, and which name them falsely."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_MOST_FONTS = 200


def drawn_fonts(page: Any) -> frozenset[str]:
    """The names of the page's Type 3 fonts, whose signs are drawings of any scale, as they come with its characters."""
    return frozenset(
        _name(entries.get("FontDescriptor"), "FontName")
        for _, entries in _fonts(page)
        if _literal(entries.get("Subtype")) == "Type3"
    )


def misnamed_signs(page: Any) -> frozenset[tuple[str, str]]:
    """Fonts and letters that are said to be others than the page shows.

    A font that is not in the file is drawn by its encoding, whatever its map to Unicode says. Of a font that is in the
    file only its own drawings would tell; it is believed.
    """
    found = set()
    for reference, entries in _fonts(page):
        descriptor = _entries(entries.get("FontDescriptor"))
        if any(key.startswith("FontFile") for key in descriptor) or "ToUnicode" not in entries:
            continue
        if _literal(entries.get("Subtype")) not in {"Type1", "TrueType"}:
            continue
        font = page.pdf.rsrcmgr.get_font(getattr(reference, "objid", None), entries)
        said, drawn = getattr(font, "unicode_map", None), getattr(font, "cid2unicode", None)
        if said is None or not drawn:
            continue
        for code, letter in list(drawn.items())[:1_000]:
            text = said.cid2unichr.get(code, letter)
            if text != letter and text.isascii() and letter.isascii() and (text.isalnum() or len(text) > 1):
                found.add((font.fontname, text))
    return frozenset(found)


def _fonts(page: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    fonts = _entries(page.page_obj.resources.get("Font"))
    for reference in list(fonts.values())[:_MOST_FONTS]:
        yield reference, _entries(reference)


def _entries(value: Any) -> dict[str, Any]:
    from pdfminer.pdftypes import resolve1  # noqa: PLC0415 - loaded only for PDF

    found = resolve1(value)
    return found if isinstance(found, dict) else {}


def _literal(value: Any) -> str:
    from pdfminer.pdftypes import resolve1  # noqa: PLC0415 - the same

    return str(getattr(resolve1(value), "name", ""))


def _name(value: Any, key: str) -> str:
    return _literal(_entries(value).get(key)) or "unknown"
