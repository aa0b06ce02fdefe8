"""Parts of an HTML tree: the rows of a table, what stands around a listing, all text under an element."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from grader.documents.formulas.mathml import local_name
from grader.documents.html.html_appearance import Appearance
from grader.model import Value

_MAX_SPAN: Final = 20  # columns, or rows, that one cell reaches over


def rows_of(table: etree._Element) -> Iterator[list[etree._Element]]:
    """The cells of a table row by row; tables within its cells stay there."""
    for element in table:
        name = local_name(element)
        if name == "tr":
            yield [cell for cell in element if local_name(cell) in {"td", "th"}]
        elif name in {"thead", "tbody", "tfoot"}:
            yield from rows_of(element)


class SpanningCell(Value, frozen=True):
    """The text of a cell, and how many columns and rows it reaches over."""

    text: str
    columns: int = 1
    rows: int = 1


def spanning(cell: etree._Element, text: str) -> SpanningCell:
    """A ``td`` or ``th`` with its text, as its attributes span it."""
    return SpanningCell(text, _span(cell.get("colspan", "1")), _span(cell.get("rowspan", "1")))


def _span(written: str) -> int:
    return max(1, min(int(written), _MAX_SPAN)) if written.isdecimal() and len(written) < 4 else 1


def laid_out(rows: Sequence[Sequence[SpanningCell]]) -> tuple[tuple[str, ...], ...]:
    """The rows of a table with each cell in its own column; the places that it reaches over are empty."""
    laid: list[tuple[str, ...]] = []
    held: dict[int, int] = {}  # by column: into how many more rows a cell from above reaches
    for row in rows:
        cells: list[str] = []
        for cell in (*row, None):
            while held.get(len(cells), 0) > 0:
                held[len(cells)] -= 1
                cells.append("")
            if cell is not None:
                held.update(dict.fromkeys(range(len(cells), len(cells) + cell.columns), cell.rows - 1))
                cells += [cell.text, *[""] * (cell.columns - 1)]
        laid.append(tuple(cells))
    return tuple(laid)


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
