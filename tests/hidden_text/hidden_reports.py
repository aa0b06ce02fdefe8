"""Reports whose answers stand in a given piece of a format: hidden from a reader, or visible as the hidden piece's twin."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any, Final

ANSWERS: Final = {
    "q1": "gradient = tape.gradient(loss, parameters)",
    "q2": "28*28*128 + 128 = 784*128 + 128 = 100480",
}
NOTHING: Final = "We did not come to this one."
FILES: Final = {
    "html": "report.html",
    "md": "report.md",
    "tex": "report.tex",
    "docx": "report.docx",
    "odt": "report.odt",
}
_W: Final = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml"'
)
_O: Final = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"), ("text", "text"), ("style", "style"), ("table", "table"), ("draw", "drawing"),
        ("fo", "xsl-fo-compatible"), ("svg", "svg-compatible"),
    )
) + ' xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'  # fmt: skip


def report(form: str, piece: str, head: str = "", parts: dict[str, str] | None = None) -> bytes:
    """A report of a format, where the answer to each question stands in the place of ``ANSWER`` in a piece of it.

    `head` is what the format keeps in front: style rules, a preamble, styles. `parts` are further members of an archive,
    each with the type of its relationship before a colon.
    """
    pieces = [piece.replace("ANSWER", answer) for answer in ANSWERS.values()]
    return _WRITERS[form](pieces, head, parts or {})


def _html(pieces: list[str], head: str, _parts: dict[str, str]) -> bytes:
    body = "".join(f"<h2>Question {n}</h2><p>{NOTHING}</p>{piece}" for n, piece in enumerate(pieces, start=1))
    return (
        f"<!doctype html><html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>".encode()
    )


def _md(pieces: list[str], head: str, _parts: dict[str, str]) -> bytes:
    body = (f"## Question {n}\n\n{NOTHING}\n\n{piece}" for n, piece in enumerate(pieces, start=1))
    return (f"{head}\n\n" + "\n\n".join(body)).encode()


def _tex(pieces: list[str], head: str, _parts: dict[str, str]) -> bytes:
    body = "".join(
        f"\\section{{Question {n}}}\n{NOTHING}\n\n{piece}\n\n" for n, piece in enumerate(pieces, start=1)
    )
    return f"\\documentclass{{article}}\n{head}\n\\begin{{document}}\n{body}\\end{{document}}\n".encode()


def _docx(pieces: list[str], head: str, parts: dict[str, str]) -> bytes:
    def paragraph(text: str, style: str = "") -> str:
        named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
        return f"<w:p>{named}<w:r><w:t>{text}</w:t></w:r></w:p>"

    body = "".join(
        paragraph(f"Question {n}", "Heading1") + paragraph(NOTHING) + piece
        for n, piece in enumerate(pieces, start=1)
    )
    styles = f'<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>{head}'
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="x/{kind}" Target="{name}"/>'
        for n, (kind, _, name) in enumerate((key.partition(":") for key in parts), start=1)
    )
    members = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": _relations(
            '<Relationship Id="r" Type="x/officeDocument" Target="word/document.xml"/>'
        ),
        "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>",
        "word/_rels/document.xml.rels": _relations(relations),
    }
    for key, text in parts.items():
        members[f"word/{key.partition(':')[2]}"] = text.replace("NAMESPACES", _W).replace(
            "ANSWER", ANSWERS["q1"]
        )
    return _zipped(members)


def _relations(entries: str) -> str:
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{entries}</Relationships>'


def _odt(pieces: list[str], head: str, _parts: dict[str, str]) -> bytes:
    body = "".join(
        f'<text:h text:outline-level="1">Question {n}</text:h><text:p>{NOTHING}</text:p>{piece}'
        for n, piece in enumerate(pieces, start=1)
    )
    content = (
        f"<office:document-content {_O}><office:automatic-styles>{head}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return _zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def _zipped(members: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return stream.getvalue()


def _ipynb(pieces: list[str], _head: str, _parts: dict[str, str]) -> bytes:
    """A piece is the JSON of a cell, or of a list of them."""
    cells: list[Any] = []
    for n, piece in enumerate(pieces, start=1):
        cells.append({"cell_type": "markdown", "metadata": {}, "source": f"## Question {n}\n\n{NOTHING}"})
        made = json.loads(piece)
        cells += made if isinstance(made, list) else [made]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


_WRITERS: Final[dict[str, Callable[[list[str], str, dict[str, str]], bytes]]] = {
    "html": _html,
    "md": _md,
    "tex": _tex,
    "docx": _docx,
    "odt": _odt,
    "ipynb": _ipynb,
}
