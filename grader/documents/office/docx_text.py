"""The running text of a Word paragraph: runs, raised digits, symbols, formulas; what was deleted or hidden is not in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from grader.documents.blocks.typed_paragraphs import GatheredText
from grader.documents.formulas.omml import is_maths, omml_to_text
from grader.documents.office.docx_package import Styles, font_is_fixed
from grader.documents.office.office_xml import attribute, child, children, name_of, value

_GONE: Final = frozenset(
    ("del", "moveFrom", "instrText", "delText", "delInstrText", "rPr", "pPr", "annotationRef")
)
_SYMBOLS: Final = {  # of the font Symbol, by code point within its private area
    0xB4: "×", 0xD7: "⋅", 0xB7: "•", 0x2D: "-", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xAE: "→", 0xB3: "≥",
    0xA3: "≤", 0xB1: "±", 0xB6: "∂", 0xD1: "∇", 0xE5: "∑", 0x71: "θ", 0x61: "α", 0x44: "Δ",
}  # fmt: skip
_PRIVATE: Final = {0xF000 + code: _SYMBOLS.get(code, chr(code)) for code in range(0x20, 0x100)}


def gathered(paragraph: etree._Element, styles: Styles, *, fixed: bool = False) -> GatheredText:
    """Gather the text of a paragraph; `fixed` says that its style is set in a fixed-pitch font.

    Deleted and hidden text is left out. Drawings are kept aside, in order.
    """
    segment = GatheredText()
    _inline(paragraph, segment, styles, fixed=fixed)
    return segment


def _inline(element: etree._Element, segment: GatheredText, styles: Styles, *, fixed: bool) -> None:
    for entry in element:
        name = name_of(entry)
        if name in _GONE:
            continue
        if name == "r" and not is_maths(entry):
            _run(entry, segment, styles, fixed=fixed)
        elif name in {"oMath", "oMathPara"}:
            segment.formula(omml_to_text(entry))
        elif name == "AlternateContent":
            for choice in chosen(entry):
                _inline(choice, segment, styles, fixed=fixed)
        elif name not in {"sdtPr", "tbl"}:
            _inline(entry, segment, styles, fixed=fixed)


def _run(run: etree._Element, segment: GatheredText, styles: Styles, *, fixed: bool) -> None:
    properties = child(run, "rPr")
    if properties is not None:
        if _is_on(child(properties, "vanish")):
            return
        own = font_is_fixed(properties)
        named = value(properties, "rStyle")
        fixed = own if own is not None else fixed or bool(named and styles.of(named).monospace)
    raised = {"superscript": "^", "subscript": "_"}.get(value(properties, "vertAlign"), "")
    for entry in run:
        match name_of(entry):
            case "t":
                segment.add((entry.text or "").translate(_PRIVATE), fixed=fixed, raised=raised)
            case "tab" | "ptab":
                segment.add("\t", fixed=fixed)
            case "br" | "cr":
                segment.add("\n", fixed=fixed)
            case "noBreakHyphen":
                segment.add("-", fixed=fixed, raised=raised)
            case "sym":
                segment.add(_symbol(attribute(entry, "char")), fixed=fixed, raised=raised)
            case "drawing" | "pict" | "object":
                segment.frames.append(entry)
            case "AlternateContent":
                for choice in chosen(entry):
                    _run(choice, segment, styles, fixed=fixed)
            case "oMath":
                segment.formula(omml_to_text(entry))


def chosen(alternatives: etree._Element) -> Iterator[etree._Element]:
    """Give the one alternative that is read: the first choice, else the fallback."""
    found = next(children(alternatives, "Choice"), None)
    found = next(children(alternatives, "Fallback"), None) if found is None else found
    if found is not None:
        yield found


def _symbol(char: str) -> str:
    if not re.fullmatch(r"[0-9A-Fa-f]{2,4}", char):
        return ""
    code = int(char, 16)
    return _PRIVATE.get(code if code >= 0xF000 else 0xF000 + code, "")


def _is_on(switch: etree._Element | None) -> bool:
    return switch is not None and attribute(switch, "val") not in {"0", "false", "off"}
