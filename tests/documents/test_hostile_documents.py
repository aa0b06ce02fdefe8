"""Documents made to hang, fill or fool the grader: bounded time, a plain message or a document, and the next one is read.

Made here rather than kept as files: most of them would be large, and a virus scanner would take offence at others.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from written_pdf import bomb, pdf, text

from grader.documents import Document, ReadingLimits, UnreadableDocumentError, read_document
from grader.documents.core.document import BlockKind
from grader.documents.figures.raster import decode
from grader.documents.scans.scan_reading import read_pictures
from grader.errors import ReaderFaultError

LIMITS = ReadingLimits(hard_seconds=15.0, seconds=5.0)
MOST_SECONDS = 120  # for one document, on a busy machine: the reader's own limits end it long before


def docx(document: bytes | None = None, **more: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        if document is not None:
            made.writestr("word/document.xml", document)
        for name, content in more.items():
            made.writestr(name, content)
    return stream.getvalue()


def many_members(count: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("word/document.xml", "<w/>")
        for index in range(count):
            made.writestr(f"word/{index}.xml", "")
    return stream.getvalue()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">'
    + b"".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "&a;" * 10}">'.encode() for n in range(10))
    + b"]><w>&a9;</w>"
)
ENTITY = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w>&x;</w>'


def nested_html(depth: int) -> str:
    return "<div>" * depth + "words" + "</div>" * depth


def png_header(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\x00" * 1_000)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


SAMPLES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "zip bomb": ("report.docx", lambda: docx(b"<w>" + b" " * 300_000_000 + b"</w>")),
    "billion laughs": ("report.docx", lambda: docx(LAUGHS)),
    "external entity": ("report.docx", lambda: docx(ENTITY)),
    "flat odt with an entity": ("report.fodt", lambda: ENTITY.replace(b"<w>", b"<office:document>")),
    "deep xml": ("report.docx", lambda: docx(b"<w>" * 200_000 + b"</w>" * 200_000)),
    "100 000 members": ("report.docx", lambda: many_members(100_000)),
    "no document": ("report.docx", lambda: docx(None, **{"word/styles.xml": b"<w/>"})),
    "names that lead out": ("report.docx", lambda: docx(b"<w/>", **{"../../evil": b"x", "/etc/evil": b"x"})),
    "locked pdf": ("report.pdf", lambda: pdf([text(72, 700, "x")], locked=True)),
    "truncated pdf": ("report.pdf", lambda: pdf([text(72, 700, "x")] * 20)[:3_000]),
    "pdf bomb": ("report.pdf", lambda: pdf(["x"], compressed=bomb(3_000))),
    "pdf of thousands of pages": ("report.pdf", lambda: pdf([text(72, 700, "Words.")] * 5_000)),
    "pdf of a hundred thousand characters": (
        "report.pdf",
        lambda: pdf(["".join(text(72, 700 - n % 600, "wwwwwwwwww") for n in range(20_000))]),
    ),
    "pdf whose pages are each other's parents": (
        "report.pdf",
        lambda: pdf(["x"]).replace(b"/Kids [8 0 R]", b"/Kids [2 0 R]"),
    ),
    "deep json": ("lab.ipynb", lambda: b'{"cells": ' + b"[" * 1_000_000),
    "wide json": ("lab.ipynb", lambda: json.dumps({"cells": [[]] * 300_000}).encode()),
    "deep html": ("report.html", lambda: nested_html(100_000).encode()),
    "wide html": ("report.html", lambda: b"<html><body>" + b"<b>x</b>" * 300_000),
    "html table of tables": ("report.html", lambda: b"<html><table><tr><td>" * 3_000 + b"x"),
    "html list of a hundred thousand items": (
        "report.html",
        lambda: b"<html><body><ol>" + b"<li>x" * 100_000,
    ),
    "stars": ("report.md", lambda: b"*a **b " * 60_000),
    "brackets": ("report.md", lambda: b"[" * 300_000),
    "quotes in quotes": ("report.md", lambda: b">" * 100_000 + b" words"),
    "nested lists": ("report.md", lambda: b"".join(b"  " * n + b"- x\n" for n in range(1_500))),
    "open fences": ("report.md", lambda: b"```python\nx = 1\n" * 30_000),
    "open formulas": ("report.md", lambda: b"$$ \\[ \\( \\begin{align} " * 40_000),
    "pipes": ("report.md", lambda: b"|" * 400_000),
    "dollars": ("report.txt", lambda: b"$$\n" * 100_000),
    "gaps": ("report.txt", lambda: b"a  b c   d\n" * 60_000),
    "equals": ("report.txt", lambda: b"x = " * 400_000),
    "parentheses": ("report.txt", lambda: b"f(" * 500_000),
    "one long line": ("report.txt", lambda: b"word " * 400_000),
    "a million empty lines": ("report.txt", lambda: b"\n" * 1_000_000 + b"x"),
    "braces": ("report.tex", lambda: b"\\begin{document}" + b"{" * 100_000),
    "environments": ("report.tex", lambda: b"\\begin{document}" + b"\\begin{itemize}\\item " * 20_000),
    "formulas in tex": ("report.tex", lambda: b"\\begin{document}" + b"$x$ " * 60_000),
    "huge picture": ("plot.png", lambda: png_header(60_000, 60_000)),
    "broken picture": ("plot.png", lambda: png_header(300, 300)[:-30]),
}


def read_or_refused(path: Path) -> Document | UnreadableDocumentError:
    try:
        return read_document(path, limits=LIMITS, ocr="off")
    except UnreadableDocumentError as problem:
        return problem


@pytest.mark.timeout(MOST_SECONDS)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_hostile_document_ends_in_time_with_a_document_or_a_plain_message(
    name: str, tmp_path: Path
) -> None:
    file, make = SAMPLES[name]
    path = tmp_path / file
    path.write_bytes(make())
    came = read_or_refused(path)
    if isinstance(came, Document):
        assert sum(len(block.text) for block in came.blocks) <= 2 * LIMITS.characters
        assert "root:" not in came.text()
    else:
        assert not isinstance(came, ReaderFaultError), getattr(came, "fault", "")
        assert 15 < len(str(came)) < 300
        assert "Traceback" not in str(came)


@pytest.mark.parametrize(
    "name",
    [
        "zip bomb",
        "billion laughs",
        "external entity",
        "deep xml",
        "100 000 members",
        "locked pdf",
        "deep json",
        "no document",
    ],
)
def test_bombs_and_locked_files_are_refused(name: str, tmp_path: Path) -> None:
    file, make = SAMPLES[name]
    path = tmp_path / file
    path.write_bytes(make())
    with pytest.raises(UnreadableDocumentError):
        read_document(path, limits=LIMITS)


def test_the_batch_goes_on_after_each_of_them(tmp_path: Path) -> None:
    good = tmp_path / "good.pdf"
    good.write_bytes(pdf([text(72, 750, "gradient = tape.gradient(loss, parameters)", "F2")]))
    for name in ("pdf bomb", "truncated pdf", "huge picture"):
        file, make = SAMPLES[name]
        path = tmp_path / file
        path.write_bytes(make())
        with suppress(UnreadableDocumentError):
            read_document(path, limits=LIMITS, ocr="off")
        assert read_document(good, limits=LIMITS).blocks[0].kind is BlockKind.CODE


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "report.md").write_text(
        "![x](pipe.png)\n\n![y](/etc/passwd)\n\n![z](file:///etc/passwd)\n\nWords."
    )
    document = read_document(tmp_path / "report.md")
    assert [block.figure.picture for block in document.blocks if block.figure] == [None, None]
    assert document.blocks[-1].text == "Words."


def test_a_picture_that_is_too_large_is_never_decoded(tmp_path: Path) -> None:
    from grader.documents.core.document import Picture

    assert decode(Picture("image/png", png_header(60_000, 60_000)), LIMITS) is None
    path = tmp_path / "plot.png"
    path.write_bytes(png_header(60_000, 60_000))
    document = read_document(path, limits=LIMITS, ocr="off")
    assert read_pictures(document, LIMITS).blocks[0].figure == document.blocks[0].figure


def test_text_that_reverses_or_hides_itself_is_shown_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_text(
        "gradient = tape.gradient(\u202eparameters\u202c, \u2066loss\u2069)\x00\x1b[8m", encoding="utf-8"
    )
    assert read_document(path).text() == "gradient = tape.gradient(parameters, loss)"


def test_words_in_the_report_are_never_more_than_words(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    source = "{{ 7*7 }} {% for x in y %} %s %(name)s \\input{/etc/passwd} =cmd|' /C calc'!A0 `rm -rf /`"
    path.write_text(source)
    text_read = read_document(path).text()
    assert "{{ 7*7 }}" in text_read
    assert "root:" not in text_read
