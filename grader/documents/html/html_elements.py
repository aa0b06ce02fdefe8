"""Parts of an HTML tree: the rows of a table, what stands around a listing, all text under an element."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from grader.documents.formulas.mathml import local_name
from grader.documents.html.html_appearance import Appearance


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
        for event, inner in etree.iterwalk(element, events=("start", "end", "comment", "pi"))
        if event == "start" or inner is not element
    )


def text_by_reason(element: etree._Element, appearance: Appearance) -> tuple[str, dict[str, str]]:
    """All text under an element that is seen, as it stands, and the rest of it by the reason why it is not."""
    if appearance.all_seen:
        return all_text(element), {}
    seen: list[str] = []
    unseen: dict[str, list[str]] = {}
    reasons: list[tuple[str, str]] = [
        ("", "")
    ]  # of the elements that are open: why all in it, why its own text
    for event, inner in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        if event == "start":
            whole = reasons[-1][0] or appearance.whole.get(inner, "")
            own = whole or appearance.own.get(inner, "")
            reasons.append((whole, own))
            text = "\n" if local_name(inner) == "br" else inner.text
        else:
            if event == "end":
                reasons.pop()
            text = inner.tail if inner is not element else ""
        if text:
            reason = reasons[-1][1]
            (unseen.setdefault(reason, []) if reason else seen).append(str(text))
    return "".join(seen), {reason: "".join(parts) for reason, parts in unseen.items()}
