"""HTML from any program: browsers' saved pages, Google Docs, notebooks' exports, pandoc, MathJax and KaTeX.

Nothing is fetched and no script is run. Formulas are taken from their source (annotation, script, image address).
"""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html

from grader.documents.blocks.collector import Collector
from grader.documents.blocks.embedded_pictures import set_aside, with_embedded
from grader.documents.blocks.picture_references import PictureSource, none_beside
from grader.documents.core.document import Place
from grader.documents.core.encoding import clean, decode
from grader.documents.html.html_appearance import Appearance
from grader.documents.html.html_styles import Styles
from grader.documents.html.html_walk import Walk
from grader.errors import UnreadableDocumentError


def decode_page(data: bytes) -> str:
    """The text of a page in the encoding that it names in its head, or by the look of its bytes."""
    named = re.search(rb"<meta[^>]{1,200}charset\s*=\s*[\"']?([\w-]{3,30})", data[:4_096], re.I)
    if named is not None and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        try:
            return clean(data.decode(named[1].decode("ascii")))
        except (LookupError, UnicodeError):
            pass
    return decode(data)


def read_html(text: str, source: str, collector: Collector, pictures: PictureSource) -> None:
    """Adds the blocks of a page; `text` is decoded. Raises `UnreadableDocumentError` if nothing can be parsed."""
    text, urls = set_aside(text)
    pictures = with_embedded(pictures, urls, collector.budget)
    root = _parsed(text, collector)
    body = root.find(".//body")
    styles = Styles.of(root)
    appearance = Appearance.of(root, collector.budget)
    Walk(collector, pictures, styles, source, appearance=appearance).run(root if body is None else body)


def read_fragment(
    html: str, collector: Collector, place: Place, pictures: PictureSource = none_beside
) -> None:
    """Adds the blocks of a piece of HTML that stands in Markdown or in a notebook's output, all at one place."""
    if not html.strip():
        return
    try:
        root = _parsed(f"<div>{html}</div>", collector)  # a comment alone is a page, too
    except UnreadableDocumentError:
        return
    appearance = Appearance.of(root, collector.budget)
    Walk(collector, pictures, Styles.of(root), place.source, place, appearance).run(root)


def _parsed(text: str, collector: Collector) -> etree._Element:
    parser = lxml_html.HTMLParser(no_network=True, huge_tree=False, recover=True, remove_pis=True)
    limit = collector.budget.limits.xml_elements
    if text.count("<") > 3 * limit:
        raise UnreadableDocumentError(
            f"The page has more than {limit} elements. Save the report as PDF and hand it in again."
        )
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        root = lxml_html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as problem:
        raise UnreadableDocumentError(
            "The page is empty or no HTML. Save the report as PDF and hand it in again."
        ) from problem
    return root
