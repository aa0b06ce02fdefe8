"""Formulas in HTML, from their sources: MathML, MathJax's and KaTeX's annotations, scripts, and image addresses."""

from __future__ import annotations

import copy
import re
import unicodedata
from collections import Counter
from typing import Final, NamedTuple
from urllib.parse import parse_qs, unquote_plus, urlsplit

from lxml import etree

from grader.documents.formulas.mathml import local_name, mathml_to_text

_RENDERED: Final = re.compile(
    r"\b(?:MathJax(?:_Preview|_Display|_SVG|_CHTML)?|katex-html|MJX_Assistive_MathML_hidden)\b"
)
_DELIMITED: Final = re.compile(r"\\\[(.*)\\\]|\\\((.*)\\\)|\$\$(.*)\$\$|\$(.*)\$", re.S)
_SETTINGS: Final = re.compile(r"^(?:\\(?:inline|dpi\{\d+\}|bg_\w+|fn_\w+|large|small|huge)\s?)+")


class Formula(NamedTuple):
    """A formula as TeX; `display` if it stands on a line of its own."""

    tex: str
    display: bool


def only_drawn(element: etree._Element, classes: str) -> bool:
    """Whether an element is the drawing of a formula whose source stands elsewhere."""
    if not _RENDERED.search(classes):
        return False
    if "MathJax" not in classes:
        return True
    following = element.getnext()
    if following is not None and following.get("type", "").startswith("math/"):
        return True
    return element.get("data-mathml") is None and next(element.iter("{*}math", "math"), None) is None


def formula_of(element: etree._Element, name: str, classes: str) -> Formula | None:
    """The source that a rendered formula carries; None if the element is no formula or has no source."""
    if not (
        name.startswith("mjx-") or "katex" in classes or "MathJax" in classes or "math" in classes.split()
    ):
        return None
    display = "display" in classes or element.get("display") == "true"
    inner = next(element.iter("{*}math", "math"), None)
    if inner is not None:
        drawn = " ".join(
            "".join(str(part) for part in one.itertext())
            for one in element.iter()
            if "katex-html" in one.get("class", "").split()
        )
        return formula_of_maths(inner, drawn, display=display)
    if element.get("data-mathml"):
        return _of_markup(element.get("data-mathml", ""), display)
    if name in {"span", "div"}:
        source = _DELIMITED.fullmatch("".join(str(text) for text in element.itertext()).strip())
        if source is not None:
            return Formula(next(filter(None, source.groups()), ""), "display" in classes)
    return None


def formula_of_maths(element: etree._Element, drawn: str = "", *, display: bool = False) -> Formula:
    """A ``math`` element: the TeX that it carries, if that is what is drawn; else what is drawn.

    `drawn` is what another element draws for it; without it, the element draws itself.
    """
    display = display or element.get("display") == "block"
    source = mathml_to_text(element)
    shown = drawn or _without_annotations(element)
    return Formula(source if not shown or _agree(source, shown) else shown, display)


def _without_annotations(element: etree._Element) -> str:
    copied = copy.deepcopy(element)
    copied.tail = None
    for inner in [one for one in copied.iter() if local_name(one) in {"annotation", "annotation-xml"}]:
        above = inner.getparent()
        if above is not None:
            above.remove(inner)
    return mathml_to_text(copied)


def _agree(source: str, drawn: str) -> bool:
    """Whether a source and what is drawn hold the same figures and, commands aside, about the same letters."""
    digits = Counter(re.findall(r"\d", source)) - Counter(re.findall(r"\d", drawn))
    letters = re.findall(r"[A-Za-z]", re.sub(r"\\[A-Za-z]+|\{[a-z]{1,12}\*?\}", " ", source))
    lacking = Counter(letters) - Counter(re.findall(r"[A-Za-z]", unicodedata.normalize("NFKC", drawn)))
    return digits.total() <= 2 and lacking.total() <= 3 + len(letters) // 5


def formula_of_script(element: etree._Element) -> Formula | None:
    """The formula in a script of type ``math/tex`` or ``math/mml``; None for programs."""
    kind = element.get("type", "")
    if kind.startswith("math/tex"):
        return Formula(element.text or "", "mode=display" in kind.replace(" ", ""))
    return _of_markup(element.text or "", display=False) if kind.startswith("math/mml") else None


def _of_markup(markup: str, display: bool) -> Formula | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return Formula(mathml_to_text(root), display or root.get("display") == "block")


def formula_in_address(address: str) -> str:
    """The TeX that a formula service draws: Google's chart (``chl=``) or codecogs; empty for other pictures."""
    if address[:5].lower() == "data:" or len(address) > 8_000:
        return ""
    try:
        parts = urlsplit(address)
        query = parse_qs(parts.query, max_num_fields=30)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if "chart" in parts.path and query.get("cht", [""])[0] == "tx":
        return query.get("chl", [""])[0].strip()
    return _SETTINGS.sub("", unquote_plus(parts.query)).strip() if host.endswith("codecogs.com") else ""


def is_drawn_elsewhere(address: str) -> bool:
    """Whether an image comes from a site that draws formulas from their source, so that both are the same."""
    return bool(re.match(r"https?://(?:[a-z]{1,20}\.)?(?:wikimedia|wikipedia)\.org/", address[:200]))


def is_formula_image(element: etree._Element) -> bool:
    """Whether an image is said to be a formula by its class, so that its alternative text is the TeX."""
    classes = element.get("class", "")
    return bool(re.search(r"\b(?:math|tex|latex|mwe-math)", classes, re.I)) and bool(
        element.get("alt", "").strip()
    )
