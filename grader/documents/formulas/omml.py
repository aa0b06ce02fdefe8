"""Office Math (OMML, ISO/IEC 29500-1 part 22) as one line of TeX: the formulas of Word's equation editor."""

from __future__ import annotations

from typing import Final

from lxml import etree

from grader.documents.formulas.mathml import (
    ACCENTS,
    FUNCTIONS,
    MAX_CHARACTERS,
    MAX_DEPTH,
    SIGNS,
    fraction,
    plain_text,
)
from grader.documents.formulas.mathml import scripts as with_scripts
from grader.documents.formulas.mathml import words as as_words

NAMESPACES: Final = frozenset(
    (
        "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "http://purl.oclc.org/ooxml/officeDocument/math",
    )
)
_OPERATORS: Final = {"∑": r"\sum", "∏": r"\prod", "∫": r"\int", "": r"\int"}
_SKIPPED: Final = frozenset(("del", "moveFrom"))


def is_maths(element: etree._Element) -> bool:
    """Tell whether an element is of Office Math."""
    tag: object = element.tag
    return isinstance(tag, str) and tag[1:].partition("}")[0] in NAMESPACES


def omml_to_text(element: etree._Element) -> str:
    r"""Give an ``oMath`` element as TeX on one line, such as ``\frac{84}{2}=42``.

    An ``oMathPara`` gives one line a formula. What is nested deeper than `MAX_DEPTH` is read as plain text.
    """
    if _name(element) == "oMathPara":
        formulas = [omml_to_text(child) for child in element if _name(child) == "oMath"]
        return "\n".join(filter(None, formulas))
    lines = (" ".join(line.split()) for line in _linear(element, 0).split("\n"))
    return "\n".join(filter(None, lines))[:MAX_CHARACTERS]


def _name(element: etree._Element) -> str:
    tag: object = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def _linear(element: etree._Element, depth: int) -> str:
    if depth > MAX_DEPTH:
        return plain_text(element)
    name = _name(element)
    if name.endswith("Pr") or name in _SKIPPED or not name:
        return ""

    def part(wanted: str) -> str:
        return "".join(_linear(child, depth + 1) for child in element if _name(child) == wanted).strip()

    def every(wanted: str) -> list[str]:
        return [_linear(child, depth + 1).strip() for child in element if _name(child) == wanted]

    match name:
        case "t":
            return (element.text or "").translate(SIGNS)
        case "br":
            return "\n"
        case "r":
            return _run(element, depth)
        case "f":
            flat = _value(element, "fPr", "type") in {"lin", "skw"}
            return f"({part('num')})/({part('den')})" if flat else fraction(part("num"), part("den"))
        case "sSup":
            return with_scripts(part("e"), above=part("sup"))
        case "sSub":
            return with_scripts(part("e"), part("sub"))
        case "sSubSup":
            return with_scripts(part("e"), part("sub"), part("sup"))
        case "sPre":
            return with_scripts("{}", part("sub"), part("sup")) + part("e")
        case "rad":
            degree = part("deg")
            return (rf"\sqrt[{degree}]" if degree else r"\sqrt") + f"{{{part('e')}}}"
        case "d":
            opening, closing = _value(element, "dPr", "begChr", "("), _value(element, "dPr", "endChr", ")")
            return opening + _value(element, "dPr", "sepChr", "|").join(every("e")) + closing
        case "nary":
            sign = _value(element, "naryPr", "chr", "∫")
            return with_scripts(_OPERATORS.get(sign, sign), part("sub"), part("sup")) + " " + part("e")
        case "func":
            return f"{part('fName')} {part('e')}"
        case "limLow":
            return with_scripts(part("e"), part("lim"))
        case "limUpp":
            return with_scripts(part("e"), above=part("lim"))
        case "groupChr":
            below = _value(element, "groupChrPr", "pos", "bot") == "bot"
            return rf"\underbrace{{{part('e')}}}" if below else part("e")
        case "acc":
            accent = _value(element, "accPr", "chr", "\u0302")
            return part("e") if accent in ACCENTS else with_scripts(part("e"), above=accent)
        case "m":
            return r" \\ ".join(every("mr"))
        case "mr":
            return " & ".join(every("e"))
        case "eqArr":
            return "\n".join(line.replace("&", "") for line in every("e"))
        case "phant":
            return " "
        case _:
            return "".join(_linear(child, depth + 1) for child in element)


def _run(element: etree._Element, depth: int) -> str:
    text = "".join(_linear(child, depth + 1) for child in element)
    normal = any(_name(inner) == "nor" for child in element if _name(child) == "rPr" for inner in child)
    if text.strip() in FUNCTIONS:
        return f"\\{text.strip()} "
    return as_words(text) if normal and len(text.strip()) > 1 else text


def _value(element: etree._Element, properties: str, wanted: str, default: str = "") -> str:
    """Read a property such as the opening bracket of a delimiter; an empty ``val`` means none is shown."""
    for child in element:
        if _name(child) == properties:
            for inner in child:
                if _name(inner) == wanted:
                    return next(
                        (str(value) for key, value in inner.attrib.items() if str(key).endswith("val")), ""
                    )
    return default
