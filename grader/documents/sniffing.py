"""What a file is, by its first bytes before its name: a PDF that is called ``report.docx`` is read as a PDF."""

from __future__ import annotations

import re
import zipfile
from enum import StrEnum
from pathlib import Path
from typing import Final

from grader.documents.blocks.picture_references import media_type
from grader.errors import EmptyDocumentError, UnreadableDocumentError

HEAD: Final = 8_192  # bytes that are looked at


class Format(StrEnum):
    """The formats that are read."""

    MARKDOWN = "markdown"
    TEXT = "text"
    NOTEBOOK = "notebook"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    ODT = "odt"
    TEX = "tex"
    PICTURE = "picture"


EXTENSIONS: Final[dict[str, Format]] = {
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".mdown": Format.MARKDOWN,
    ".rmd": Format.MARKDOWN,
    ".qmd": Format.MARKDOWN,
    ".txt": Format.TEXT,
    ".text": Format.TEXT,
    ".rst": Format.TEXT,
    ".org": Format.TEXT,
    ".py": Format.TEXT,
    ".ipynb": Format.NOTEBOOK,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".xhtml": Format.HTML,
    ".pdf": Format.PDF,
    ".docx": Format.DOCX,
    ".docm": Format.DOCX,
    ".odt": Format.ODT,
    ".fodt": Format.ODT,
    ".tex": Format.TEX,
    ".ltx": Format.TEX,
    ".png": Format.PICTURE,
    ".jpg": Format.PICTURE,
    ".jpeg": Format.PICTURE,
    ".gif": Format.PICTURE,
    ".bmp": Format.PICTURE,
    ".webp": Format.PICTURE,
    ".tif": Format.PICTURE,
    ".tiff": Format.PICTURE,
}
_AS_PDF: Final = "Save it as PDF (File, Export or Print) and hand that in."
_OTHER: Final = (
    (b"{\\rtf", f"The file is RTF, which is not read. {_AS_PDF}"),
    (b"\xd0\xcf\x11\xe0", f"The file is an old Word document (.doc) or is encrypted. {_AS_PDF}"),
    (b"7z\xbc\xaf", "The file is a 7z archive, not a report. Hand in the report itself."),
    (b"Rar!", "The file is a RAR archive, not a report. Hand in the report itself."),
    (b"\x1f\x8b", "The file is a compressed archive, not a report. Hand in the report itself."),
    (b"\x00\x00\x00\x18ftypheic", f"The file is a HEIC photograph, which is not read. {_AS_PDF}"),
    (b"SQLite format 3", "The file is a database, not a report."),
    (b"\x7fELF", "The file is a program, not a report."),
    (b"MZ", "The file is a program, not a report."),
)
_TEX: Final = re.compile(rb"\\documentclass|\\begin\s?\{document\}|\\section\s?\*?\{|\\usepackage")
_HTML: Final = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.I)


def sniff(path: Path, name: str) -> Format:
    """The format of a file. Raises `UnreadableDocumentError` for one that is empty or of a kind that is not read."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if len(head) < HEAD and not head.strip(b"\x00\xff\xfe\xef\xbb\xbf \t\r\n"):
        raise EmptyDocumentError("The file is empty.")
    by_name = EXTENSIONS.get(Path(name).suffix.lower())
    if b"%PDF-" in head[:1_024]:
        return Format.PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_archive(path)
    kind = media_type(head)
    if kind.startswith("image/") and kind not in {"image/svg+xml", "image/bmp", "image/x-emf"}:
        return Format.PICTURE
    if by_name is Format.PICTURE and kind.startswith("image/"):
        return Format.PICTURE
    for signature, message in _OTHER:
        if head.startswith(signature):
            raise UnreadableDocumentError(message)
    return _of_text(head, by_name)


def _of_text(head: bytes, by_name: Format | None) -> Format:
    text = head.replace(b"\x00", b"")  # so that UTF-16 is recognised too
    bare = text.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if bare.startswith(b"{") and re.search(rb'"(?:cells|nbformat|worksheets|cell_type)"\s*:', text):
        return Format.NOTEBOOK
    if by_name is Format.NOTEBOOK:
        return Format.NOTEBOOK
    if b"<office:document" in text:
        return Format.ODT
    if _HTML.search(bare[:2_048]):
        return Format.HTML if by_name is not Format.MARKDOWN or bare.startswith(b"<") else Format.MARKDOWN
    if by_name in {Format.MARKDOWN, Format.TEX, Format.HTML, Format.TEXT}:
        if by_name is Format.TEXT and bare.startswith(b"\\documentclass"):
            return Format.TEX
        return by_name
    if by_name in {Format.PDF, Format.DOCX, Format.ODT, Format.PICTURE}:
        known = {
            Format.PDF: "PDF",
            Format.DOCX: "Word",
            Format.ODT: "OpenDocument",
            Format.PICTURE: "picture",
        }[by_name]
        raise UnreadableDocumentError(
            f"The file is called a {known} file but is none, or it is damaged. Save the report as PDF and hand it in again."
        )
    return Format.TEX if _TEX.search(text) else Format.TEXT


def _of_archive(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist()[:20_000])
            mimetype = archive.open("mimetype").read(100) if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError) as problem:
        raise UnreadableDocumentError(
            f"The file is damaged: it breaks off or cannot be unpacked. {_AS_PDF}"
        ) from problem
    if "word/document.xml" in names or (
        "[Content_Types].xml" in names and any(n.startswith("word/") for n in names)
    ):
        return Format.DOCX
    if mimetype.startswith(b"application/vnd.oasis.opendocument.text") or (
        "content.xml" in names and b"opendocument" not in mimetype.replace(b"opendocument.text", b"")
    ):
        return Format.ODT
    if any(name.startswith("Index/") and name.endswith(".iwa") for name in names):
        raise UnreadableDocumentError(f"The file is an Apple Pages document, which is not read. {_AS_PDF}")
    raise UnreadableDocumentError("The file is an archive, not a report. Hand in the report itself.")
