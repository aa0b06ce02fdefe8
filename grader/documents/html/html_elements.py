"""Parts of an HTML tree: the rows of a table, what stands around a listing, all text under an element."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from grader.documents.formulas.mathml import local_name


def rows_of(table: etree._Element) -> Iterator[list[etree._Element]]:
    """The cells of a table row by row; tables within its cells stay there."""
    for element in table:
        name = local_name(element)
        if name == "tr":
            yield [cell for cell in element if local_name(cell) in {"td", "th"}]
        elif name in {"thead", "tbody", "tfoot"}:
            yield from rows_of(element)


def near(element: etree._Element) -> Iterator[etree._Element]:
    """The element and what it stands in, up to five steps: far enough for highlighters, not for the page's layout."""
    yield element
    yield from (child for child in element if local_name(child) == "code")
    for step, ancestor in enumerate(element.iterancestors()):
        if step >= 5:
            return
        yield ancestor


def all_text(element: etree._Element) -> str:
    """All text under an element as it stands, ``<br>`` as newlines."""
    return "".join(
        "\n"
        if local_name(inner) == "br" and event == "start"
        else (inner.text if event == "start" else inner.tail) or ""
        for event, inner in etree.iterwalk(element, events=("start", "end"))
        if event == "start" or inner is not element
    )
