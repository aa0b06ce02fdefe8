"""What a file is told by its bytes before its name; what is not read is told in plain words."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from written_pdf import pdf, text

from grader.documents import ReadingLimits, UnreadableDocumentError, read_document
from grader.documents.sniffing import Format, sniff

FIXTURES = Path(__file__).parent / "fixtures"


def archive(**members: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/").replace("_x", ".x"), content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("report.docx", FIXTURES / "pdf" / "latex_listings.pdf", Format.PDF),
        ("report.pdf", FIXTURES / "docx" / "pandoc_omml.docx", Format.DOCX),
        ("report", FIXTURES / "odt" / "pandoc.odt", Format.ODT),
        ("report.txt", FIXTURES / "tex" / "listings.tex", Format.TEX),
        ("report", FIXTURES / "tex" / "pandoc.tex", Format.TEX),
        ("report.txt", FIXTURES / "html" / "pandoc_mathml.html", Format.HTML),
        ("report.json", FIXTURES / "ipynb" / "report.ipynb", Format.NOTEBOOK),
        ("report.ipynb", FIXTURES / "img" / "plot_good.png", Format.PICTURE),
        ("report.md", FIXTURES / "md" / "seed_anon.md", Format.MARKDOWN),
        ("REPORT.MD", FIXTURES / "md" / "seed_anon.md", Format.MARKDOWN),
        ("report", FIXTURES / "md" / "seed_anon.md", Format.TEXT),
    ],
)
def test_the_bytes_count_more_than_the_name(name: str, source: Path, expected: Format) -> None:
    assert sniff(source, name) is expected


def test_a_wrong_name_does_not_change_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(pdf([text(72, 750, "Some words")]))
    document = read_document(path)
    assert (document.format, document.text()) == ("pdf", "Some words")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("report.txt", b"", "empty"),
        ("report.pdf", b"\x00" * 5_000, "empty"),
        ("report.txt", b" \r\n\t ", "empty"),
        ("report.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old Word document"),
        ("report.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "encrypted"),
        ("report.rtf", rb"{\rtf1\ansi words}", "RTF"),
        ("report.pdf", b"these are words", "called a PDF"),
        ("report.docx", b"these are words", "called a Word"),
        ("report.zip", archive(a="b"), "archive"),
        ("report.docx", b"PK\x03\x04" + b"\x00" * 50, "damaged"),
        ("report.pages", archive(Index__Document="x"), "archive"),
        ("report.7z", b"7z\xbc\xaf\x27\x1c" + b"x" * 50, "7z"),
        ("a.exe", b"MZ" + b"\x90" * 50, "program"),
    ],
)
def test_what_is_not_read_is_told_in_plain_words(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnreadableDocumentError, match=words):
        read_document(path)


def test_a_missing_file_and_a_folder_are_told_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocumentError, match="cannot be opened"):
        read_document(tmp_path / "nothing.md")
    with pytest.raises(UnreadableDocumentError, match="cannot be opened"):
        read_document(tmp_path)


def test_a_file_above_the_cap_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"%PDF-" + b"x" * 2_000_000)
    with pytest.raises(UnreadableDocumentError, match="at most 1 MB"):
        read_document(path, limits=ReadingLimits(file_bytes=1_048_576))


def test_long_documents_are_read_up_to_the_caps_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_text("\n\n".join(f"Paragraph number {index}." for index in range(500)))
    document = read_document(path, limits=ReadingLimits(blocks=20))
    assert len(document.blocks) == 20
    assert document.notes == ("the document is very long: the rest of it was not read",)
    assert len(read_document(path, limits=ReadingLimits(characters=200)).text()) <= 240
    assert len(read_document(path, limits=ReadingLimits(lines=11)).blocks) == 6
    path.write_text("| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 900)
    assert len(read_document(path).blocks[0].rows) == ReadingLimits().table_rows


def test_the_student_s_name_of_a_file_is_the_source_of_its_places(tmp_path: Path) -> None:
    path = tmp_path / "0001.bin"
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": "words"}]}))
    document = read_document(path, "Lab 3 åäö.ipynb")
    assert (document.name, document.blocks[0].place.source) == ("Lab 3 åäö.ipynb", "Lab 3 åäö.ipynb")
