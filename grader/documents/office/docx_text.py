"""The running text of a Word paragraph: runs, raised digits, symbols, formulas; what is deleted or unseen is kept aside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

import msgspec
from lxml import etree

from grader.documents.blocks.ink import COMMENT, WHITE, Colour
from grader.documents.blocks.typed_paragraphs import GatheredText
from grader.documents.core.document import STRUCK
from grader.documents.formulas.omml import is_maths, omml_to_text
from grader.documents.office.docx_ink import Setting, run_setting, why_run_unseen
from grader.documents.office.docx_package import Styles, font_is_fixed
from grader.documents.office.office_xml import attribute, child, children, name_of, value
from grader.model import Value

_GONE: Final = frozenset(("delText", "delInstrText", "rPr", "pPr", "annotationRef"))
_TAKEN_OUT: Final = {"del": STRUCK, "moveFrom": "moved away by its author"}
_OWN_FIELDS: Final = re.compile(
    r"\s*(?:HYPERLINK|TOC|PAGE|NUMPAGES|PAGEREF|REF|SEQ|EQ|DATE|TIME|INCLUDEPICTURE|CITATION|BIBLIOGRAPHY|FORM\w*|AUTHOR|TITLE)\b"
)
_FIELD: Final = "the code of a field"
_RUBY: Final = "set as the reading of another word"
_FALLBACK: Final = "kept for programs that cannot show what stands there"
_SYMBOLS: Final = {  # of the font Symbol, by code point within its private area
    0xB4: "×", 0xD7: "⋅", 0xB7: "•", 0x2D: "-", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xAE: "→", 0xB3: "≥",
    0xA3: "≤", 0xB1: "±", 0xB6: "∂", 0xD1: "∇", 0xE5: "∑", 0x71: "θ", 0x61: "α", 0x44: "Δ",
}  # fmt: skip
_PRIVATE: Final = {0xF000 + code: _SYMBOLS.get(code, chr(code)) for code in range(0x20, 0x100)}


_PLAIN: Final[Setting] = MappingProxyType({})


class Surroundings(Value, frozen=True):
    """What the text of a paragraph is set in: its styles' settings, its ground, a reason why nothing there is seen."""

    setting: Setting = _PLAIN
    ground: Colour = WHITE
    unseen: str = ""
    comments: Mapping[str, str] = _PLAIN


def gathered(
    paragraph: etree._Element, styles: Styles, *, fixed: bool = False, around: Surroundings | None = None
) -> GatheredText:
    """Gather the text of a paragraph; `fixed` says that its style is set in a fixed-pitch font.

    Deleted and unseen text is kept aside, as are drawings, in order.
    """
    segment = GatheredText()
    _inline(paragraph, segment, styles, around or Surroundings(), fixed=fixed)
    return segment


def _inline(
    element: etree._Element, segment: GatheredText, styles: Styles, around: Surroundings, *, fixed: bool
) -> None:
    for entry in element:
        name = name_of(entry)
        if name in _GONE:
            continue
        if name in _TAKEN_OUT:
            segment.hide(all_text(entry), _TAKEN_OUT[name])
        elif name == "r" and not is_maths(entry):
            _run(entry, segment, styles, around, fixed=fixed)
        elif name in {"oMath", "oMathPara"}:
            segment.formula(
                omml_to_text(entry), unseen=around.unseen or _why_maths_unseen(entry, styles, around)
            )
        elif name == "AlternateContent":
            for choice in chosen(entry):
                _inline(choice, segment, styles, around, fixed=fixed)
            segment.hide(unchosen(entry), _FALLBACK)
        elif name not in {"sdtPr", "tbl"}:
            _inline(entry, segment, styles, around, fixed=fixed)


def _run(
    run: etree._Element, segment: GatheredText, styles: Styles, around: Surroundings, *, fixed: bool
) -> None:
    properties = child(run, "rPr")
    setting, named = around.setting, value(properties, "rStyle")
    if properties is not None:
        own = font_is_fixed(properties)
        fixed = own if own is not None else fixed or bool(named and styles.of(named).monospace)
        setting = {
            **setting,
            **(styles.setting(named) if named else {}),
            **run_setting(properties, styles.theme),
        }
    unseen = around.unseen or why_run_unseen(setting, around.ground)
    raised = {"superscript": "^", "subscript": "_"}.get(value(properties, "vertAlign"), "")
    for entry in run:
        match name_of(entry):
            case "t":
                segment.add((entry.text or "").translate(_PRIVATE), fixed=fixed, raised=raised, unseen=unseen)
            case "tab" | "ptab":
                segment.add("\t", fixed=fixed, unseen=unseen)
            case "br" | "cr":
                segment.add("\n", fixed=fixed, unseen=unseen)
            case "noBreakHyphen":
                segment.add("-", fixed=fixed, raised=raised, unseen=unseen)
            case "sym":
                segment.add(_symbol(attribute(entry, "char")), fixed=fixed, raised=raised, unseen=unseen)
            case "drawing" | "pict" | "object" if not setting.get("vanish"):
                segment.frames.append(entry)
            case "AlternateContent":
                for choice in chosen(entry):
                    _run(choice, segment, styles, _within(around, setting), fixed=fixed)
                segment.hide(unchosen(entry), _FALLBACK)
            case "oMath":
                segment.formula(omml_to_text(entry), unseen=unseen)
            case "ruby":
                for base in children(entry, "rubyBase"):
                    _inline(base, segment, styles, around, fixed=fixed)
                segment.hide("".join(all_text(reading) for reading in children(entry, "rt")), _RUBY)
            case "instrText" if not _OWN_FIELDS.match(entry.text or ""):
                segment.hide(entry.text or "", _FIELD)
            case "commentReference":
                segment.hide(around.comments.get(attribute(entry, "id"), ""), COMMENT)


def _within(around: Surroundings, setting: Setting) -> Surroundings:
    return msgspec.structs.replace(around, setting=setting)


def _why_maths_unseen(element: etree._Element, styles: Styles, around: Surroundings) -> str:
    """Why a formula is not seen: the first reason of its runs, if all of them have one."""
    reasons = [
        why_run_unseen({**around.setting, **run_setting(properties, styles.theme)}, around.ground)
        for properties in (
            next((inner for inner in run if name_of(inner) == "rPr" and len(inner)), None)
            for run in element.iter()
            if name_of(run) == "r"
        )
    ]
    return reasons[0] if reasons and all(reasons) else ""


def all_text(element: etree._Element) -> str:
    """All words under an element, deleted ones too; breaks, tabs and new paragraphs as newlines."""
    return "".join(
        (inner.text or "") if name_of(inner) in {"t", "delText"} else "\n"
        for inner in element.iter()
        if name_of(inner) in {"t", "delText", "br", "p", "tab"}
    )


def unchosen(alternatives: etree._Element) -> str:
    """The words of the alternatives that are not read, where they say something else than the one that is."""
    read = [" ".join(all_text(one).split()) for one in chosen(alternatives)]
    others = [
        text
        for one in children(alternatives, "Choice", "Fallback")
        if (text := " ".join(all_text(one).split())) and text not in read
    ]
    return "\n".join(dict.fromkeys(others))


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
