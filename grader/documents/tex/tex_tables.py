r"""Tables in TeX: the nodes of a ``tabular`` to rows of cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from grader.documents.core.limits import ReadingLimits
from grader.documents.tex.tex_grammar import Node, inner, kind, required, source

_SKIP: Final = re.compile(
    r"^\s*\*?\s*\[\s*[-+]?\d{0,4}(?:\.\d{1,4})?\s*(?:pt|ex|em|mm|cm|in|bp|pc|sp|\\?[a-z]+)?\s*\]"
)

Rows = list[list[str]]


def is_caption(node: Node) -> bool:
    """Tell whether a node is the caption that a ``longtable`` holds among its rows."""
    return kind(node) == "Macro" and node.macroname == "caption"


def rows_of(nodes: Sequence[Node], words_of: Callable[[Sequence[Node]], str], limits: ReadingLimits) -> Rows:
    """Give the cells of a table; rules, colours and spans are cleaned out of them.

    `words_of` gives the text of the nodes of one cell.
    """
    rows: list[list[str]] = [[]]
    cell: list[Node] = []
    colours: list[Node] = []  # of the row

    def end_cell() -> None:
        words, cell[:] = list(cell), []
        span = 1
        for node in words:
            if kind(node) == "Macro" and node.macroname == "multicolumn" and required(node):
                count = source(inner(required(node)[0]))
                span = min(int(count), limits.table_columns) if count.isdecimal() and len(count) < 4 else 1
        colours.extend(node for node in words if kind(node) == "Macro" and node.macroname == "rowcolor")
        if len(rows[-1]) < limits.table_columns:
            text = words_of([*colours, *(_within_span(node) for node in words)])
            only = re.fullmatch(r"\$([^$]+)\$", text)
            rows[-1] += [only[1] if only else text, *[""] * (span - 1)]

    skip = False  # whether a row has just ended: the space that it asks for may come next
    for given in nodes:
        node = _without_skip(given) if skip and kind(given) == "Chars" else given
        skip = False
        if len(rows) > limits.table_rows:
            break
        if kind(node) == "Specials" and node.specials_chars == "&":
            end_cell()
        elif kind(node) == "Macro" and node.macroname in {"\\", "tabularnewline", "cr"}:
            end_cell()
            colours.clear()
            skip = True
            rows.append([])
        elif not is_caption(node):
            cell.append(node)
    end_cell()
    return [row for row in rows if any(entry.strip() for entry in row)]


def _without_skip(node: Node) -> Node:
    """Give the text behind ``\\\\`` without the star and the space that may follow, as in ``\\\\ [1.5ex]``."""
    from pylatexenc.latexwalker import LatexCharsNode  # noqa: PLC0415 - half a tenth of a second, for TeX alone

    text = _SKIP.sub("", node.chars)
    return node if text == node.chars else LatexCharsNode(chars=text, parsing_state=node.parsing_state)


def _within_span(node: Node) -> Node:
    """Give what a ``\\multicolumn`` or ``\\multirow`` shows; any other node as it is."""
    if kind(node) == "Macro" and node.macroname in {"multicolumn", "multirow"} and required(node):
        return required(node)[-1]
    return node
