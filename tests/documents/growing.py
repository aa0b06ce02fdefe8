"""Hostile documents of any size, format by format: each shape is a kind of input on which some reader's work grew faster than it.

A shape takes a size and gives a file's bytes. `python tests/documents/growing.py md --size 20000` prints what the costly ones take at
that size and at half of it, and names those that take much more than twice as long.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar

from grader.documents import ReadingLimits, UnreadableDocumentError
from grader.documents.readers import read_here

sys.path.insert(0, str(Path(__file__).parent))
from written_pdf import pdf

Shape = Callable[[int], bytes]
T = TypeVar("T")

# Pieces of text repeated up to a size: what readers of running text look for the other end of.
_REPEATED = {
    "underscores": "_",
    "stars": "*",
    "stars apart": "* ",
    "emphasis opened": "*a ",
    "emphasis opened and closed wrongly": "*a_ ",
    "strong and weak": "**a *b ",
    "strong in weak": "*a **b ",
    "strikes": "~~a ",
    "tildes": "~",
    "backticks": "`",
    "backtick runs": "` `` ",
    "backslashes": "\\",
    "escapes": "\\*",
    "brackets": "[",
    "brackets closed": "[a](",
    "empty links": "[](",
    "links in links": "[a](<b",
    "pictures": "![a](",
    "pictures in pictures": "![",
    "references": "[a][",
    "definitions": "[a]: b\n",
    "definitions without end": "[a\n",
    "quotes": "> ",
    "quoted lines": "> a\n",
    "list in list": "- ",
    "numbered": "1. ",
    "list lines": "- a\n",
    "items between quotes": "- > ",
    "rules": "- - -\n",
    "headings": "# ",
    "heading lines": "# a\n",
    "underlines": "a\n=\n",
    "angles": "<",
    "tags": "<a ",
    "tags of nothing": "<>",
    "closing tags": "</a>",
    "open elements": "<b>",
    "deep elements": "<div>\n\n",
    "elements between": "<i>a</b>",
    "comments opened": "<!-- ",
    "declarations": "<!A ",
    "instructions": "<?",
    "character data": "<![CDATA[",
    "attributes": "<a b=\"",
    "entities": "&",
    "entity-like": "&a",
    "numbers as entities": "&#0;",
    "long entities": "&#x",
    "automatic links": "<http://a",
    "addresses": "http://a.b ",
    "mail": "a@",
    "dollars": "$",
    "dollars apart": "$ a ",
    "display dollars": "$$ ",
    "formulas": "\\(",
    "display formulas": "\\[ ",
    "environments": "\\begin{align} ",
    "environments of one letter": "\\begin{a}",
    "pipes": "|",
    "table rows": "|a|b|\n",
    "table rules": "|-|-|\n",
    "tables": "|a|b|\n|-|-|\n|1|2|\n\n",
    "wide table": "|a",
    "cells apart": "a  b\n",
    "tabs": "\t",
    "cells by tabs": "1\t2\n",
    "fences": "```\n",
    "fences of words": "```a\n",
    "fences of two kinds": "```\n~~~\n",
    "fence and answer": "```\nx = 1\n\n**Answer 1**\n",
    "answers": "\n**Answer 1**\n",
    "code": "x = f(1)\n",
    "blank code": "    \n",
    "code and words": "x = f(1)\nwords of a sentence here\n",
    "blanks": " ",
    "blank lines": "\n",
    "lines of blanks": "   \n",
    "no-break spaces": "\u00a0",
    "words": "word ",
    "long word": "a",
    "lines": "a\n",
    "digits": "1",
    "numbers": "1,",
    "thousands": "1 000 ",
    "products": "784*128",
    "products with underscores": "a_1*b_",
    "equals": "=",
    "sums": "1+",
    "parentheses": "(",
    "parentheses closed": "()",
    "in and out": "((a)",
    "quotation marks": "\"",
    "apostrophes": "'a ",
    "full stops": ". ",
    "dots": ".",
    "colons": "a: ",
    "questions": "Question 1\n",
    "questions in words": "Question 1 question 2 ",
    "labels": "a) ",
    "hashes": "# a # ",
    "sentences": "The gradient of the loss. ",
    "keras": "1/1 [====] - 1s\n",
    "dashes": "-",
    "escape codes": "\x1b[31m",
    "escape codes opened": "\x1b]",
    "returns": "a\r",
    "backspaces": "a\b",
    "front matter": "a: b\n",
    "remarks": "[a]: <> (b\n",
    "remarks closed": "[//]: # (b)\n",
    "superscripts": "x<sup>2</sup>",
    "footnotes": "[^a]: b\n",
    "combining": "e\u0301",
    "surrogates": "\U0001d400",
    "zero widths": "\u200b",
    "right to left": "\u202e",
}  # fmt: skip


def repeated(piece: str, size: int, before: str = "", behind: str = "") -> str:
    """A piece as often as it fits into a size."""
    return before + piece * max(1, size // len(piece)) + behind


def _text(piece: str, before: str = "", behind: str = "") -> Shape:
    return lambda size: repeated(piece, size, before, behind).encode()


def _around(piece: str) -> Shape:
    return lambda size: (repeated(piece, size // 2) + "a" + repeated(piece, size // 2)).encode()


def _halves(one: str, other: str) -> Shape:
    return lambda size: (repeated(one, size // 2) + "a" + repeated(other, size // 2)).encode()


def _each(pieces: Mapping[str, T], made: Callable[[T, int], bytes]) -> dict[str, Shape]:
    """One shape for each piece, made from it."""
    return {name: partial(made, piece) for name, piece in pieces.items()}


_NESTED = {
    "nested emphasis": ("*a ", " a*"),
    "nested links": ("[", "](a)"),
    "nested pictures": ("![", "](a)"),
    "nested brackets": ("[", "]"),
    "nested parentheses": ("(", ")"),
    "nested elements": ("<b>", "</b>"),
    "nested blocks": ("<div>", "</div>"),
    "nested tables": ("<table><tr><td>", "</td></tr></table>"),
    "nested lists": ("<ul><li>", "</li></ul>"),
    "nested spans": ("<span style='color:red'>", "</span>"),
    "nested formulas": ("$\\frac{", "}{a}$"),
    "nested braces": ("{", "}"),
    "stars and underscores": ("*_", "_*"),
    "strong and strikes": ("**~~", "~~**"),
}  # fmt: skip
_TEXTS: dict[str, Shape] = {
    **{name: _text(piece) for name, piece in _REPEATED.items()},
    **{f"{name} around a letter": _around(piece) for name, piece in _REPEATED.items() if len(piece) < 4},
    **{name: _halves(*pieces) for name, pieces in _NESTED.items()},
}

_HTML: dict[str, Shape] = {
    **_TEXTS,
    **{
        name: _text(piece, "<html><body>")
        for name, piece in {
            "paragraphs": "<p>a",
            "cells": "<td>a",
            "rows": "<tr><td>a",
            "tables not closed": "<table><tr><td>a",
            "formulas not closed": "<math><mrow>",
            "fractions": "<math><mfrac><mi>a</mi>",
            "formulas of TeX": "<script type='math/tex'>a</script>",
            "annotations": "<math><annotation encoding='application/x-tex'>a",
            "details": "<details><summary>a",
            "formatting across blocks": "<b><p>",
            "anchors across blocks": "<a><div>",
            "fonts": "<font color=red>",
            "forms": "<form><input value=a>",
            "options": "<select><option>a",
            "listings": "<pre>x = 1</pre>",
            "listings opened": "<pre>",
            "pictures of data": "<img src='data:image/png;base64,aaaa'>",
            "scripts": "<script>a",
            "templates": "<template>",
            "plaintext": "<plaintext>",
            "style of each": "<p style='color:red;font-size:1em'>a</p>",
            "classes": "<p class='a b c d e'>a</p>",
            "identical": "<p id=a>a</p>",
            "label for": "<label for=a>a</label>",
            "slots": "<svg><text>a</text></svg>",
            "foreign": "<svg><foreignObject>a",
        }.items()
    },
    "wide cells": lambda size: (
        "<table>" + "<tr><td rowspan=65534 colspan=1000>a" * (size // 36) + "</table>"
    ).encode(),
    "long rows": lambda size: ("<table>" + ("<tr>" + "<td rowspan=9999>1" * 60) * (size // 1_080) + "</table>").encode(),
    "deep sized": lambda size: ("<div style='font-size:.9em'>" * (size // 28) + "a").encode(),
    "many rules": lambda size: (
        "<style>" + ".a b{color:red}" * (size // 30) + "</style>" + "<p class=a>a<b>c</b>" * (size // 40)
    ).encode(),
    "rules of one class": lambda size: (
        "<style>" + ".a{color:red}" * (size // 26) + "</style>" + "<p class=a>a" * (size // 24)
    ).encode(),
    "any rules": lambda size: (
        "<style>" + "*{color:red}" * (size // 24) + "</style>" + "<p>a" * (size // 8)
    ).encode(),
    "long selector": lambda size: (
        "<style>" + "a " * (size // 4) + "{color:red}</style>" + "<a>" * (size // 6)
    ).encode(),
    "descendants": lambda size: ("<style>" + "* * * * * * b{color:red}</style>" + "<i>" * (size // 8) + "<b>a</b>" * (size // 16)).encode(),
    "siblings": lambda size: ("<style>p ~ p ~ p ~ p ~ b{color:red}</style>" + "<p>a</p>" * (size // 16) + "<b>a</b>" * (size // 16)).encode(),
    "nth children": lambda size: ("<style>p:nth-child(2n+1):last-child{color:red}</style>" + "<p>a</p>" * (size // 8)).encode(),
    "nested negations": lambda size: ("<style>" + ":not(" * (size // 5) + "a" + ")" * (size // 5) + "{color:red}</style><p>a").encode(),
    "selector list": lambda size: ("<style>" + "p," * (size // 4) + "p{color:red}</style>" + "<p>a" * (size // 8)).encode(),
    "nested rules": lambda size: ("<style>" + "@media all{" * (size // 11) + "p{color:red}</style><p>a").encode(),
    "variables": lambda size: ("<style>:root{" + "".join(f"--a{n}:var(--a{n + 1});" for n in range(size // 20)) + "}p{color:var(--a0)}</style><p>a").encode(),
    "variables twice": lambda size: ("<style>:root{" + "".join(f"--a{n}:var(--a{n + 1}) var(--a{n + 1});" for n in range(size // 33)) + "}p{color:var(--a0)}</style><p>a").encode(),
    "variables of each": lambda size: "".join(f"<div style='--a{n}:1'>" for n in range(size // 22)).encode() + b"a",
    "declarations of one": lambda size: ("<p style='" + "color:red;" * (size // 10) + "'>a").encode(),
    "calculations": lambda size: ("<p style='width:" + "calc(" * (size // 5) + "'>a").encode(),
    "attributes of one": lambda size: ("<p " + " ".join(f"a{n}=1" for n in range(size // 8)) + ">a").encode(),
    "attribute selectors": lambda size: ("<style>" + "[class*=a]{color:red}" * (size // 42) + "</style>" + "<p class=b>a" * (size // 24)).encode(),
}  # fmt: skip

_TEX_HEAD = "\\documentclass{article}\\begin{document}\n"
_TEX_BODY = {
    **_REPEATED,
    "groups": "{",
    "groups closed": "{}",
    "unknown commands": "\\a",
    "commands with groups": "\\a{",
    "optional": "\\a[",
    "sections": "\\section{a}\n",
    "sections opened": "\\section{",
    "tables in tables": "\\begin{tabular}{l}",
    "tables closed": "\\begin{tabular}{l}a\\end{tabular}\n",
    "ends": "\\end{a}",
    "table rows": "a & b \\\\\n",
    "cells over columns": "\\multicolumn{9999}{l}{a} & ",
    "cells over rows": "\\multirow{9999}{*}{a} & ",
    "fractions": "$\\frac{",
    "fractions apart": "$\\frac ",
    "left without right": "$\\left( ",
    "verbatim": "\\verb|a|",
    "verbatim opened": "\\verb|",
    "listings opened": "\\begin{verbatim}\n",
    "listings": "\\begin{lstlisting}\nx = 1\n\\end{lstlisting}\n",
    "conditions": "\\iffalse ",
    "conditions closed": "\\iffalse a\\fi ",
    "else": "\\iftrue\\else ",
    "percents": "%\n",
    "comments": "% a\n",
    "colours": "\\textcolor{red}{",
    "colour switches": "\\color{red}",
    "sizes": "{\\tiny ",
    "figures": "\\begin{figure}\\includegraphics{a}\\caption{b}\\end{figure}\n",
    "pictures": "\\includegraphics{a}\n",
    "plots": "\\begin{tikzpicture}\\begin{axis}\\addplot coordinates {(1,2)};\\end{axis}\\end{tikzpicture}\n",
    "plots opened": "\\begin{tikzpicture}",
    "coordinates": "(1,2) ",
    "boxes": "\\phantom{",
    "footnotes": "\\footnote{a",
    "accents": "\\'",
    "accents of groups": "\\\"{",
    "units": "\\SI{1}{\\second} ",
    "numbers": "\\num{1e3} ",
    "input": "\\input{a}",
    "new commands": "\\newcommand{\\a}{\\b}",
    "definitions": "\\def\\a{\\b}",
    "definitions of each other": "\\def\\a{\\b\\b}\\def\\b{\\a\\a}\\a ",
    "lets": "\\let\\a\\b ",
    "items": "\\begin{itemize}\\item a",
    "carets": "^^41",
    "hats": "$a^",
    "lows": "$a_{",
    "tildes": "~",
    "quotes opened": "``a ",
    "catcodes": "\\catcode`\\%=12 ",
    "ends of document": "\\end{document}",
}  # fmt: skip
_TEX: dict[str, Shape] = {
    **{name: _text(piece, _TEX_HEAD, "\\end{document}") for name, piece in _TEX_BODY.items()},
    **_each(
        {
            **_NESTED,
            "nested commands": ("\\textbf{", "}"),
            "nested fractions": ("\\frac{", "}{a}"),
            "nested tables": ("\\begin{tabular}{l}", "\\end{tabular}"),
            "nested environments": ("\\begin{a}", "\\end{a}"),
            "nested colours": ("\\textcolor{red}{", "}"),
            "nested conditions": ("\\iftrue ", "\\fi "),
            "nested sizes": ("{\\small ", "}"),
            "nested items": ("\\begin{itemize}\\item ", "\\end{itemize}"),
        },
        lambda pair, size: (_TEX_HEAD + repeated(pair[0], size // 2) + "a" + repeated(pair[1], size // 2)).encode(),
    ),
    "doubling commands": lambda size: (
        _TEX_HEAD + "\\newcommand{\\a0}{x}" + "".join(f"\\newcommand{{\\a{chr(97 + n % 26) * (1 + n // 26)}}}{{\\a{chr(97 + (n + 1) % 26) * (1 + (n + 1) // 26)} \\a{chr(97 + (n + 1) % 26) * (1 + (n + 1) // 26)}}}" for n in range(size // 60)) + "\\aa"
    ).encode(),
    "command used often": lambda size: (_TEX_HEAD.replace("\\begin", "\\newcommand{\\w}{" + "a" * (size // 2) + "}\\begin") + "\\w " * (size // 6)).encode(),
    "many commands": lambda size: (_TEX_HEAD.replace("\\begin", "".join("\\newcommand{\\" + "".join(chr(97 + int(d)) for d in str(n)) + "}{a}" for n in range(size // 40)) + "\\begin") + "\\bc " * (size // 8)).encode(),
    "command with arguments": lambda size: (_TEX_HEAD.replace("\\begin", "\\newcommand{\\w}[1]{#1#1}\\begin") + "\\w{" * (size // 6) + "a" + "}" * (size // 6)).encode(),
}  # fmt: skip


def notebook(*cells: dict[str, object]) -> bytes:
    """A notebook of these cells."""
    return json.dumps({"cells": list(cells), "nbformat": 4, "nbformat_minor": 5, "metadata": {}}).encode()


def _markdown(source: str) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def _code(source: str, *outputs: dict[str, object]) -> dict[str, object]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": list(outputs)}


def _shown(**data: str) -> dict[str, object]:
    return {
        "output_type": "display_data",
        "metadata": {},
        "data": {key.replace("_", "/"): value for key, value in data.items()},
    }


def _stream(text: str) -> dict[str, object]:
    return {"output_type": "stream", "name": "stdout", "text": text}


_NOTEBOOK: dict[str, Shape] = {
    "string of escapes": lambda size: notebook(_code("\n" * size)),
    "string of quotation marks": lambda size: notebook(_code('"' * size)),
    "string of backslashes": lambda size: notebook(_code("\\" * size)),
    "string of letters": lambda size: notebook(_code("a" * size)),
    "string without end": lambda size: b'{"cells": ["' + b"\\n" * (size // 2),
    "strings": lambda size: b'{"cells": [' + b'"a",' * (size // 4) + b"1]}",
    "numbers": lambda size: b'{"cells": [' + b"1" * size + b"]}",
    "fractions": lambda size: b'{"cells": [0.' + b"1" * size + b"]}",
    "exponents": lambda size: b'{"cells": [1e' + b"1" * size + b"]}",
    "keys": lambda size: b'{"cells": [], ' + b'"a": 1, ' * (size // 8) + b'"b": 1}',
    "blanks": lambda size: b'{"cells": [' + b" " * size + b"]}",
    "brackets": lambda size: b'{"cells": ' + b"[" * size,
    "brackets closed": lambda size: b'{"cells": [' + b"[]," * (size // 3) + b"[]]}",
    "source of lines": lambda size: notebook({"cell_type": "code", "source": ["a\n"] * (size // 8), "outputs": []}),
    "cells": lambda size: notebook(*([_markdown("a")] * (size // 60))),
    "cells of tables": lambda size: notebook(*([_markdown("|a|b|\n|-|-|\n|1|2|\n")] * (size // 80))),
    "outputs": lambda size: notebook(_code("1", *([_stream("a\n")] * (size // 60)))),
    "stream of colours": lambda size: notebook(_code("1", _stream("\x1b[31ma" * (size // 6)))),
    "stream of concealing": lambda size: notebook(_code("1", _stream("\x1b[8;8;8;8ma" * (size // 12)))),
    "stream of opened codes": lambda size: notebook(_code("1", _stream("\x1b[" * (size // 2)))),
    "stream of returns": lambda size: notebook(_code("1", _stream("a\r" * (size // 2)))),
    "stream of backspaces": lambda size: notebook(_code("1", _stream("a\b" * (size // 2)))),
    "stream of bare backspaces": lambda size: notebook(_code("1", _stream("a" + "\b" * size + "a" * 2))),
    "stream of lines": lambda size: notebook(_code("1", _stream("a\n" * (size // 2)))),
    "page of elements": lambda size: notebook(_code("1", _shown(text_html="<b>a" * (size // 4), text_plain="a"))),
    "page of angles": lambda size: notebook(_code("1", _shown(text_html="<" * size, text_plain="a"))),
    "page of an object": lambda size: notebook(_code("1", _shown(text_html=" " * size + "<pandas"))),
    "page of a table": lambda size: notebook(_code("1", _shown(text_html="<table>" + "<tr><td>1<td>2" * (size // 14)))),
    "formula": lambda size: notebook(_code("1", _shown(text_latex="$" + "{" * size))),
    "formula of dollars": lambda size: notebook(_code("1", _shown(text_latex="$" * size))),
    "words beside a page": lambda size: notebook(_code("1", _shown(text_html="<p>a b", text_plain="a b " * (size // 4)))),
    "vector picture": lambda size: notebook(_code("1", _shown(**{"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'>" + "<text>1</text>" * (size // 14) + "</svg>"}))),
    "vector picture of groups": lambda size: notebook(_code("1", _shown(**{"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'>" + "<g>" * (size // 3)}))),
    "picture of letters": lambda size: notebook(_code("1", _shown(image_png="A" * size))),
    "attachments": lambda size: notebook({**_markdown("![a](attachment:a.png)" * (size // 60)), "attachments": {f"a{n}.png": {"image/png": "AAAA"} for n in range(size // 40)}}),
}  # fmt: skip


def zipped(members: dict[str, str]) -> bytes:
    """An archive of these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


_WORD = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def docx(body: str, styles: str = "", numbering: str = "") -> bytes:
    """A Word document with this body."""
    members = {"[Content_Types].xml": "<Types/>", "word/document.xml": f"<w:document {_WORD}><w:body>{body}</w:body></w:document>"}  # fmt: skip
    if styles:
        members["word/styles.xml"] = f"<w:styles {_WORD}>{styles}</w:styles>"
    if numbering:
        members["word/numbering.xml"] = f"<w:numbering {_WORD}>{numbering}</w:numbering>"
    return zipped(members)


def _run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def _paragraph(text: str) -> str:
    return f"<w:p>{_run(text)}</w:p>"


_DOCX_PIECES = {
    "paragraphs": _paragraph("a"),
    "code": _paragraph("x = f(1)"),
    "empty paragraphs": "<w:p/>",
    "tables": f"<w:tbl><w:tr><w:tc>{_paragraph('1')}</w:tc><w:tc>{_paragraph('2')}</w:tc></w:tr></w:tbl>",
    "wide cells": f"<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='9999'/></w:tcPr>{_paragraph('1')}</w:tc></w:tr></w:tbl>",
    "breaks": "<w:p><w:r><w:br/></w:r></w:p>",
    "formulas": "<w:p><m:oMath><m:r><m:t>a</m:t></m:r></m:oMath></w:p>",
    "insertions": f"<w:p><w:ins>{_run('a')}</w:ins></w:p>",
    "deletions": "<w:p><w:del><w:r><w:delText>a</w:delText></w:r></w:del></w:p>",
    "fields": "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>a</w:instrText></w:r></w:p>",
    "styles": "<w:p><w:pPr><w:pStyle w:val='s0'/></w:pPr><w:r><w:t>a</w:t></w:r></w:p>",
    "numbered": "<w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr></w:pPr><w:r><w:t>a</w:t></w:r></w:p>",
    "pictures": "<w:p><w:r><w:drawing/></w:r></w:p>",
}  # fmt: skip


def _within(opening: str, closing: str, inner: str, deep: int = 40) -> str:
    return opening * deep + inner + closing * deep


_DOCX: dict[str, Shape] = {
    **_each(_DOCX_PIECES, lambda piece, size: docx(repeated(piece, size))),
    "one paragraph of runs": lambda size: docx("<w:p>" + _run("a") * (size // len(_run("a"))) + "</w:p>"),
    "one paragraph of formulas": lambda size: docx("<w:p>" + "<m:oMath><m:r><m:t>a</m:t></m:r></m:oMath>" * (size // 41) + "</w:p>"),
    "one paragraph of fields": lambda size: docx("<w:p>" + "<w:r><w:fldChar w:fldCharType='begin'/></w:r>" * (size // 45) + "</w:p>"),
    "one paragraph of breaks": lambda size: docx("<w:p>" + "<w:r><w:t>a</w:t><w:br/></w:r>" * (size // 30) + "</w:p>"),
    "one paragraph of raised runs": lambda size: docx("<w:p>" + "<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>2</w:t></w:r><w:r><w:t>a</w:t></w:r>" * (size // 90) + "</w:p>"),
    "one row of cells": lambda size: docx("<w:tbl><w:tr>" + f"<w:tc>{_paragraph('1')}</w:tc>" * (size // 50) + "</w:tr></w:tbl>"),
    "one table of rows": lambda size: docx("<w:tbl>" + f"<w:tr><w:tc>{_paragraph('1')}</w:tc><w:tc>{_paragraph('2')}</w:tc></w:tr>" * (size // 100) + "</w:tbl>"),
    "merged rows": lambda size: docx("<w:tbl>" + f"<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr>{_paragraph('1')}</w:tc></w:tr>" * (size // 90) + "</w:tbl>"),
    "tables in tables": lambda size: docx(_within("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", _paragraph("a")) * (size // 2_000)),
    "boxes in boxes": lambda size: docx(_within("<w:p><w:r><mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent>", "</w:txbxContent></wps:txbx></mc:Choice></mc:AlternateContent></w:r></w:p>", _paragraph("a"), 20) * (size // 3_400)),
    "boxes twice": lambda size: docx(_within("<w:p><w:r><mc:AlternateContent><mc:Choice/><mc:Fallback><w:pict><v:textbox><w:txbxContent>", "</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>", _paragraph("a"), 18) * (size // 3_400)),
    "formulas in formulas": lambda size: docx(("<w:p><m:oMath>" + _within("<m:f><m:num>", "</m:num><m:den><m:r><m:t>1</m:t></m:r></m:den></m:f>", "<m:r><m:t>a</m:t></m:r>", 60) + "</m:oMath></w:p>") * (size // 3_800)),
    "styles on styles": lambda size: docx(_DOCX_PIECES["styles"] * (size // 140), "".join(f"<w:style w:styleId='s{n}'><w:basedOn w:val='s{n + 1}'/></w:style>" for n in range(size // 120))),
    "styles in a ring": lambda size: docx(_DOCX_PIECES["styles"] * (size // 90), "<w:style w:styleId='s0'><w:basedOn w:val='s1'/></w:style><w:style w:styleId='s1'><w:basedOn w:val='s0'/></w:style>"),
    "numberings": lambda size: docx(_DOCX_PIECES["numbered"] * (size // 250), numbering="".join(f"<w:num w:numId='{n}'><w:abstractNumId w:val='{n}'/></w:num>" for n in range(size // 140))),
    "text": lambda size: docx(_paragraph("a " * (size // 2))),
    "text of blanks": lambda size: docx(_paragraph("a" + " " * size + "1")),
    "text of dollars": lambda size: docx(_paragraph("$" * size)),
    "text of digits": lambda size: docx(_paragraph("1" * size)),
    "bookmarks": lambda size: docx("<w:p>" + "<w:bookmarkStart w:id='1' w:name='a'/><w:bookmarkEnd w:id='1'/>" * (size // 70) + "</w:p>"),
    "comments": lambda size: docx("<w:p>" + "<w:commentRangeStart w:id='1'/><w:commentReference w:id='1'/>" * (size // 70) + "</w:p>"),
}  # fmt: skip
_OFFICE = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"), ("draw", "drawing"), ("fo", "xsl-fo-compatible"),
    )
)  # fmt: skip


def odt(body: str, styles: str = "") -> bytes:
    """An OpenDocument text with this body."""
    content = f"<office:document-content {_OFFICE}><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


_ODT_PIECES = {
    "paragraphs": "<text:p>a</text:p>",
    "code": "<text:p>x = f(1)</text:p>",
    "spaces": "<text:p><text:s text:c='999999999'/></text:p>",
    "spans": "<text:p><text:span text:style-name='s0'>a</text:span></text:p>",
    "repeated cells": "<table:table><table:table-row table:number-rows-repeated='999999'><table:table-cell table:number-columns-repeated='99999'><text:p>1</text:p></table:table-cell></table:table-row></table:table>",
    "frames": "<text:p><draw:frame><draw:text-box><text:p>a</text:p></draw:text-box></draw:frame></text:p>",
    "items": "<text:list><text:list-item><text:p>a</text:p></text:list-item></text:list>",
    "notes": "<text:p>a<text:note><text:note-body><text:p>b</text:p></text:note-body></text:note></text:p>",
    "changes": "<text:tracked-changes><text:changed-region><text:deletion><text:p>a</text:p></text:deletion></text:changed-region></text:tracked-changes>",
    "headings": "<text:h text:outline-level='1'>a</text:h>",
}  # fmt: skip
_ODT: dict[str, Shape] = {
    **_each(_ODT_PIECES, lambda piece, size: odt(repeated(piece, size))),
    "one paragraph of spans": lambda size: odt("<text:p>" + "<text:span>a</text:span>" * (size // 24) + "</text:p>"),
    "one paragraph of breaks": lambda size: odt("<text:p>" + "a<text:line-break/>" * (size // 19) + "</text:p>"),
    "one paragraph of spaces": lambda size: odt("<text:p>" + "<text:s text:c='999'/>" * (size // 22) + "</text:p>"),
    "one row": lambda size: odt("<table:table><table:table-row>" + "<table:table-cell><text:p>1</text:p></table:table-cell>" * (size // 55) + "</table:table-row></table:table>"),
    "rows": lambda size: odt("<table:table>" + "<table:table-row><table:table-cell><text:p>1</text:p></table:table-cell></table:table-row>" * (size // 90) + "</table:table>"),
    "tables in tables": lambda size: odt(_within("<table:table><table:table-row><table:table-cell>", "</table:table-cell></table:table-row></table:table>", "<text:p>a</text:p>") * (size // 4_000)),
    "frames in frames": lambda size: odt(_within("<text:p><draw:frame><draw:text-box>", "</draw:text-box></draw:frame></text:p>", "<text:p>a</text:p>") * (size // 2_800)),
    "lists in lists": lambda size: odt(_within("<text:list><text:list-item>", "</text:list-item></text:list>", "<text:p>a</text:p>") * (size // 2_200)),
    "styles on styles": lambda size: odt(_ODT_PIECES["spans"] * (size // 120), "".join(f"<style:style style:name='s{n}' style:family='text' style:parent-style-name='s{n + 1}'/>" for n in range(size // 150))),
    "text of blanks": lambda size: odt("<text:p>a" + " " * size + "1</text:p>"),
}  # fmt: skip


def _pdf_text(piece: str) -> Shape:
    return lambda size: pdf(["BT /F1 10 Tf 72 700 Td " + repeated(piece, size) + " ET"])


def _forms(count: int, twice: int) -> bytes:
    """Forms that each hold the next `twice` times."""
    objects = []
    for number in range(count):
        inner = f"/X{number + 1} Do " * twice if number + 1 < count else "BT /F1 10 Tf 72 700 Td (a) Tj ET"
        objects.append(inner)
    return _pdf_of_forms(objects)


def _pdf_of_forms(contents: list[str]) -> bytes:
    """A page that draws the first of these forms; each knows all of them."""
    first = 10
    names = " ".join(f"/X{number} {first + number} 0 R" for number in range(len(contents)))
    resources = "<</Font <</F1 5 0 R>> /XObject 6 0 R>>"
    objects = {
        1: "<</Type /Catalog /Pages 2 0 R>>",
        2: "<</Type /Pages /Kids [3 0 R] /Count 1>>",
        3: f"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources {resources}>>",
        4: _stream_object("/X0 Do"),
        5: "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
        6: f"<<{names}>>",
        **{
            first + number: _stream_object(content, f"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources {resources}")
            for number, content in enumerate(contents)
        },
    }  # fmt: skip
    return written(objects)


def _stream_object(content: str, entries: str = "") -> str:
    return f"<</Length {len(content)} {entries}>>\nstream\n{content}\nendstream"


def written(objects: dict[int, str]) -> bytes:
    """A PDF of these objects; the first is its catalog."""
    data = bytearray(b"%PDF-1.5\n")
    offsets = {}
    for number, content in objects.items():
        offsets[number] = len(data)
        data += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    start = len(data)
    data += b"xref\n0 1\n0000000000 65535 f \n"
    for number, offset in offsets.items():
        data += f"{number} 1\n{offset:010} 00000 n \n".encode()
    data += f"trailer\n<</Size {max(objects) + 1} /Root 1 0 R>>\nstartxref\n{start}\n%%EOF".encode()
    return bytes(data)


def _page(contents: str = "", more: str = "", **objects: str) -> bytes:
    return written(
        {
            1: "<</Type /Catalog /Pages 2 0 R>>",
            2: "<</Type /Pages /Kids [3 0 R] /Count 1>>",
            3: f"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>> {more}>>",
            4: _stream_object(contents),
            5: "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
            **{int(number[1:]): content for number, content in objects.items()},
        }
    )  # fmt: skip


_PDF: dict[str, Shape] = {
    **{
        name: _pdf_text(piece)
        for name, piece in {
            "text": "(words of a report) Tj 0 -12 Td ",
            "text upon text": "(words of a report) Tj ",
            "letters": "(a) Tj ",
            "letters turned": "0 1 -1 0 72 700 Tm (a) Tj 1 0 0 1 72 700 Tm (b) Tj ",
            "letters of many sizes": "/F1 9 Tf (a) Tj /F1 10 Tf (b) Tj ",
            "white": "1 g (a) Tj 0 g (b) Tj ",
            "invisible": "3 Tr (a) Tj 0 Tr (b) Tj ",
            "tiny": "/F1 1 Tf (a) Tj /F1 10 Tf (b) Tj ",
            "arrays": "[(a) 1 (b)] TJ ",
            "arrays opened": "[",
            "dictionaries": "<<",
            "parentheses": "(",
            "numbers": "1 ",
            "names": "/a ",
            "unknown operators": "aa ",
            "hexadecimal": "<61> Tj ",
            "lines of letters": "(a) Tj 0 -1 Td ",
            "columns": "(a b) Tj 100 0 Td (c d) Tj -100 -9 Td ",
        }.items()
    },
    **_each(
        {
            "saves": "q ",
            "saves and restores": "q Q ",
            "restores": "Q ",
            "lines": "1 1 m 9 9 l S ",
            "rectangles": "1 1 9 9 re f ",
            "boxes": "1 1 9 9 re S ",
            "grid": "0 0 m 500 0 l S 0 0 m 0 500 l S 9 9 99 99 re S ",
            "clips": "1 1 9 9 re W n ",
            "curves": "1 1 m 1 2 3 4 5 6 c S ",
            "one path": "1 1 l ",
            "one path of rectangles": "1 1 9 9 re ",
            "marked": "/OC /a BDC ",
            "matrices": "1 0 0 1 1 1 cm ",
            "inline pictures": "BI /W 1 /H 1 /BPC 8 /CS /G ID a EI ",
            "inline pictures opened": "BI /W 1 /H 1 /BPC 8 /CS /G ID ",
            "missing forms": "/X1 Do ",
        },
        lambda piece, size: pdf([repeated(piece, size)]),
    ),
    "scattered boxes": lambda size: pdf(["".join(f"{n * 7 % 500} {n * 13 % 700} 9 9 re S " for n in range(size // 20))]),
    "scattered lines": lambda size: pdf(["".join(f"{n * 7 % 500} {n * 13 % 700} m {n * 11 % 500} {n * 17 % 700} l S " for n in range(size // 30))]),
    "table": lambda size: pdf(["".join(f"0 {n} m 500 {n} l S {n} 0 m {n} 500 l S " for n in range(size // 40))]),
    "scattered letters": lambda size: pdf(["BT /F1 9 Tf " + "".join(f"1 0 0 1 {n * 7 % 500} {n * 13 % 700} Tm (a) Tj " for n in range(size // 30)) + "ET"]),
    "pages": lambda size: pdf(["BT /F1 10 Tf 72 700 Td (a) Tj ET"] * (size // 400 + 1)),
    "page": lambda size: pdf([""]) + b"%" * size,
    "rubbish in front": lambda size: b"%PDF-1.4\n" + b"1 0 obj\n" * (size // 8),
    "objects opened": lambda size: b"%PDF-1.4\n" + b"1 0 obj <<" * (size // 10) + b"trailer <</Root 1 0 R>>",
    "cross-references": lambda size: b"%PDF-1.4\n" + b"xref\n0 1\n0000000000 65535 f \ntrailer <</Prev 9>>\n" * (size // 50) + b"startxref\n9\n%%EOF",
    "starts": lambda size: pdf([""]) + b"startxref\n9\n%%EOF\n" * (size // 18),
    "streams opened": lambda size: b"%PDF-1.4\n" + b"1 0 obj <</Length 9>> stream\n" * (size // 30),
    "forms in a row": lambda size: _forms(max(2, size // 400), 1),
    "forms in forms twice": lambda size: _forms(max(2, size // 4_000), 2),
    "form in itself": lambda size: _pdf_of_forms(["/X0 Do " * (size // 14)]),
    "form used often": lambda size: _pdf_of_forms(["/X1 Do " * (size // 14), "BT /F1 10 Tf 72 700 Td " + "(a) Tj " * (size // 14) + "ET"]),
    "forms in each other": lambda size: _pdf_of_forms(["/X1 Do " * (size // 28), "/X0 Do " * (size // 28)]),
    "annotations": lambda size: _page("", "/Annots [" + "6 0 R " * (size // 6) + "]", _6="<</Type /Annot /Subtype /FreeText /Rect [9 9 99 99] /Contents (a) /DA (/Helv 9 Tf)>>"),
    "annotation of text": lambda size: _page("", "/Annots [6 0 R]", _6=f"<</Type /Annot /Subtype /FreeText /Rect [9 9 99 99] /Contents ({'a ' * (size // 2)}) /DA (/Helv 9 Tf)>>"),
    "parents": lambda size: written({1: "<</Type /Catalog /Pages 2 0 R>>", **{2 + n: f"<</Type /Pages /Kids [{3 + n} 0 R] /Count 1>>" for n in range(size // 60)}}),
    "kids": lambda size: written({1: "<</Type /Catalog /Pages 2 0 R>>", 2: "<</Type /Pages /Kids [" + "2 0 R " * (size // 6) + "] /Count 9>>"}),
    "references": lambda size: written({1: "<</Type /Catalog /Pages 2 0 R>>", **{2 + n: f"{3 + n} 0 R" for n in range(size // 40)}}),
    "nested arrays": lambda size: written({1: "<</Type /Catalog /Pages 2 0 R>>", 2: "[" * size}),
    "nested dictionaries": lambda size: written({1: "<</Type /Catalog /Pages 2 0 R>>", 2: "<</a " * (size // 5)}),
    "kind of letters": lambda size: written({1: "<</Type /Catalog /Pages 2 0 R>>", 2: "<</Type /Pages /Kids [3 0 R] /Count 1>>", 3: "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>>", 4: _stream_object("BT /F1 10 Tf 72 700 Td (aaaa) Tj ET"), 5: "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R>>", 6: _stream_object("begincmap " + "1 beginbfrange <00> <ff> <0000> endbfrange " * (size // 43) + "endcmap")}),
    "widths": lambda size: written({1: "<</Type /Catalog /Pages 2 0 R>>", 2: "<</Type /Pages /Kids [3 0 R] /Count 1>>", 3: "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>>", 4: _stream_object("BT /F1 10 Tf 72 700 Td (aaaa) Tj ET"), 5: "<</Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [<</Type /Font /Subtype /CIDFontType2 /BaseFont /A /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /W [" + "0 65535 500 " * (size // 12) + "]>>]>>"}),
}  # fmt: skip

SHAPES: dict[str, dict[str, Shape]] = {
    "md": _TEXTS,
    "txt": _TEXTS,
    "html": _HTML,
    "tex": _TEX,
    "ipynb": _NOTEBOOK,
    "docx": _DOCX,
    "odt": _ODT,
    "pdf": _PDF,
}
LIMITS = ReadingLimits(seconds=600.0)
_NOTHING = 0.4  # seconds: what takes less at the whole size has no time to grow


def read(data: bytes, suffix: str, limits: ReadingLimits = LIMITS) -> None:
    """Reads a file of these bytes in this process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"report.{suffix}"
        path.write_bytes(data)
        try:
            read_here(path, path.name, limits, "off")
        except UnreadableDocumentError as problem:
            if type(problem) is not UnreadableDocumentError:
                print(getattr(problem, "fault", problem), file=sys.stderr)


def _measure(suffix: str, name: str, size: int, most: float, sender: object) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (int(most), int(most)))
    data = SHAPES[suffix][name](size)
    started = time.process_time()
    read(data, suffix)
    sender.send(time.process_time() - started)  # type: ignore[attr-defined] # a connection


def seconds(suffix: str, name: str, size: int, most: float) -> float:
    """The processor's seconds that a shape of a size takes in a process of its own; infinite above `most`."""
    receiver, sender = multiprocessing.Pipe(False)
    process = multiprocessing.get_context("fork").Process(
        target=_measure, args=(suffix, name, size, most, sender)
    )
    process.start()
    sender.close()
    try:
        return receiver.recv() if receiver.poll(20 * most) else float("inf")
    except EOFError:
        return float("inf")
    finally:
        process.kill()
        process.join()


def main() -> None:
    """Measures the shapes of some formats."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "formats", nargs="*", metavar="FORMAT", help=f"of {', '.join(SHAPES)}; all by default"
    )
    parser.add_argument("--size", type=int, default=80_000, help="characters; half as many are measured too")
    parser.add_argument("--most", type=float, default=15.0, help="seconds after which a reading is given up")
    parser.add_argument("--only", default="", help="part of the names of shapes")
    given = parser.parse_args()
    for suffix in given.formats or SHAPES:
        read(
            b"a"
            if suffix in {"md", "txt", "html", "tex"}
            else SHAPES[suffix][next(iter(SHAPES[suffix]))](400),
            suffix,
        )
        for name in SHAPES[suffix]:
            if given.only not in name:
                continue
            last = seconds(suffix, name, given.size, given.most)
            if last < _NOTHING:
                continue
            before = seconds(suffix, name, given.size // 2, given.most)
            steep = "STEEP" if last > 2.6 * before else ""
            print(f"{suffix} {name}: {before:.2f}, {last:.2f} s {steep}", flush=True)


if __name__ == "__main__":
    main()
