"""MathML as one line of TeX: from HTML pages, OpenDocument formulas and MathJax's assistive markup.

What the arithmetic reader needs is kept (products, fractions, powers, thin spaces between thousands), what is
only for the eye is dropped. A TeX source that the page carries along is preferred to a reconstruction.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

MAX_DEPTH: Final = 60  # of nested formulas; what is deeper is read as plain text
MAX_CHARACTERS: Final = 20_000  # of one formula; the rest is cut

SIGNS: Final = str.maketrans(
    {
        "\u2061": "",  # function application, invisible times, invisible separator: nothing to see
        "\u2062": "",
        "\u2063": "",
        "\u2064": "+",
        "\u200b": "",
        "\u00b7": r"\cdot ",
        "\u22c5": r"\cdot ",
        "\u2219": r"\cdot ",
        "\u00d7": r"\times ",
        "\u2217": "*",
        "\u2212": "-",
        "\u00f7": r"\div ",
        "\u2248": r"\approx ",
        "\u2211": r"\sum ",
        "\u220f": r"\prod ",
        "\u2202": r"\partial ",
        "\u2207": r"\nabla ",
        "\u221e": r"\infty ",
        "\u2026": r"\dots ",
        "\u22ef": r"\dots ",
        "\u00a0": " ",
    }
)
FUNCTIONS: Final = frozenset(("sin", "cos", "tan", "log", "ln", "exp", "max", "min", "arg", "argmax"))
ACCENTS: Final = frozenset("¯ˉ‾^ˆ~˜→⃗.˙¨_\u0332\u0305\u0302\u0303\u20d7⏞⏜")

_TEX_ENCODINGS: Final = frozenset({"application/x-tex", "text/x-latex", "tex", "latex"})
_THIN: Final = (
    "0.1667em",
    "0.167em",
    "0.17em",
    "0.2em",
    "0.2222em",
    "thinmathspace",
    "verythinmathspace",
    "mediummathspace",
)


def local_name(element: etree._Element) -> str:
    """Give an element's name in lower case without namespace or prefix; empty for comments."""
    tag: object = element.tag
    if not isinstance(tag, str):
        return ""
    return tag.rsplit("}", 1)[-1].rsplit(":", 1)[-1].lower()


def mathml_to_text(element: etree._Element) -> str:
    r"""Give the formula in or under a ``math`` element as TeX on one line, such as ``\frac{200960}{2}``.

    An annotation in TeX is taken as it stands. What is nested deeper than `MAX_DEPTH` is read as plain text.
    """
    for annotation in element.iter():
        if local_name(annotation) == "annotation" and _encoding(annotation) in _TEX_ENCODINGS:
            source = " ".join((annotation.text or "").split())
            if source:
                return source[:MAX_CHARACTERS]
    return " ".join(_linear(element, 0).split())[:MAX_CHARACTERS]


def _encoding(annotation: etree._Element) -> str:
    return annotation.get("encoding", "").lower()


def fraction(over: str, under: str) -> str:
    r"""``\frac{over}{under}``."""
    return rf"\frac{{{over.strip()}}}{{{under.strip()}}}"


def scripts(base: str, below: str = "", above: str = "") -> str:
    """Join a base with its index and exponent, in braces so that nothing runs together: ``28^{2}``."""
    base = base.strip()
    if not (len(base) <= 1 or base.isalnum() or base.endswith((")", "]", "}")) or base.startswith("\\")):
        base = f"{{{base}}}"
    return (
        base
        + (f"_{{{below.strip()}}}" if below.strip() else "")
        + (f"^{{{above.strip()}}}" if above.strip() else "")
    )


def words(text: str) -> str:
    r"""Words inside a formula as ``\text{...}``; what holds no letter stands by itself."""
    text = text.replace("\u00a0", " ")
    return rf"\text{{{text}}}" if any(char.isalpha() for char in text) else text


def plain_text(element: etree._Element) -> str:
    """All words under an element with single blanks, without its annotations."""
    return " ".join("".join(str(part) for part in element.itertext()).split())


def _linear(element: etree._Element, depth: int) -> str:
    if depth > MAX_DEPTH:
        return plain_text(element)
    parts = [child for child in element if local_name(child) not in {"annotation", "annotation-xml", ""}]

    def part(index: int) -> str:
        return _linear(parts[index], depth + 1) if index < len(parts) else ""

    def all_parts(separator: str = "") -> str:
        return separator.join(_linear(child, depth + 1) for child in parts)

    match local_name(element):
        case "mi" | "mn" | "mo" | "ms":
            return _token(element)
        case "mtext":
            return words("".join(str(piece) for piece in element.itertext()))
        case "mspace":
            return r"\," if element.get("width", "").strip() in _THIN else " "
        case "mfrac":
            return fraction(part(0), part(1))
        case "msqrt":
            return rf"\sqrt{{{all_parts().strip()}}}"
        case "mroot":
            return rf"\sqrt[{part(1).strip()}]{{{part(0).strip()}}}"
        case "msup":
            return scripts(part(0), above=part(1))
        case "msub":
            return scripts(part(0), part(1))
        case "msubsup" | "munderover":
            return scripts(part(0), part(1), part(2))
        case "mover":
            return part(0) if part(1).strip() in ACCENTS else scripts(part(0), above=part(1))
        case "munder":
            return (
                rf"\underbrace{{{part(0).strip()}}}"
                if part(1).strip() in {"⏟", "⏝"}
                else scripts(part(0), part(1))
            )
        case "mfenced":
            separator = (element.get("separators", ",").strip() or " ")[:1]
            return f"{element.get('open', '(')}{all_parts(separator)}{element.get('close', ')')}"
        case "mtable":
            return all_parts(r" \\ ")
        case "mtr" | "mlabeledtr":
            return all_parts(" & ")
        case "mphantom":
            return " "
        case _:
            return (element.text or "").strip() + all_parts()


def _token(element: etree._Element) -> str:
    text = "".join(str(piece) for piece in element.itertext()).strip()
    if text in FUNCTIONS:
        return f"\\{text} "
    shown = text.translate(SIGNS)
    return f"{shown} " if len(text) > 1 and text.isalpha() else shown
