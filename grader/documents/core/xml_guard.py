"""Office files are zip archives of XML: both are opened here under caps, or refused with a plain message.

Nothing is unpacked to disk, no name from the archive is ever used as a path, no entity is resolved, no
document type is accepted and nothing is fetched.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Final

from lxml import etree

from grader.documents.core.limits import ReadingLimits
from grader.errors import UnreadableDocumentError
from grader.model import Value

MEBIBYTE: Final = 1024 * 1024
_OLE: Final = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] 2.2: old Word files, and the shell of encrypted ones
)
_ENCRYPTED_STREAM: Final = "EncryptedPackage".encode("utf-16-le")  # [MS-OFFCRYPTO] 1.3.2
_ENTRY: Final = b"PK\x01\x02"  # begins each entry of the directory (APPNOTE.TXT 4.3.12)
_CHUNK: Final = 65_536
_RESOURCE_LIMIT: Final = 114  # XML_ERR_RESOURCE_LIMIT of libxml2: its own caps on depth and sizes
_AS_PDF: Final = "Export the report as PDF and hand that in."


class ArchiveLimits(Value, frozen=True):
    """Caps on an archive, which is refused above any of them; sizes in bytes.

    A report of ten pages with pictures has 20 members and 1 MB.
    """

    members: int = 3_000
    member_bytes: int = 64 * MEBIBYTE
    unpacked_bytes: int = 200 * MEBIBYTE
    ratio: int = 250  # unpacked to packed, looked at above `ratio_from`: XML seldom packs better than 1:30
    ratio_from: int = 4 * MEBIBYTE


class XmlLimits(Value, frozen=True):
    """Caps on one XML file, which is refused above any. A report of ten pages has 10,000, 20 deep."""

    elements: int = 400_000
    depth: int = 200


def guards(limits: ReadingLimits) -> tuple[ArchiveLimits, XmlLimits]:
    """Give the caps that the limits on reading a document set."""
    of_archive = ArchiveLimits(
        members=limits.archive_members, unpacked_bytes=limits.unpacked_bytes, ratio=limits.compression_ratio
    )
    return of_archive, XmlLimits(limits.xml_elements, limits.xml_depth)


ARCHIVE_LIMITS: Final = ArchiveLimits()
XML_LIMITS: Final = XmlLimits()


class Archive:
    """An opened archive whose directory has passed the caps; what is read counts against `unpacked_bytes`."""

    def __init__(self, file: zipfile.ZipFile, limits: ArchiveLimits) -> None:
        self._file = file
        self._limits = limits
        self._left = limits.unpacked_bytes
        self._members = {info.filename.replace("\\", "/").lstrip("/"): info for info in file.infolist()}

    @property
    def names(self) -> frozenset[str]:
        """The names of all members."""
        return frozenset(self._members)

    def read(self, name: str) -> bytes | None:
        """Unpack one member; None if there is none of that name.

        Raises `UnreadableDocumentError` where a member is encrypted, damaged or larger than it says.
        """
        info = self._members.get(name)
        if info is None:
            return None
        if info.flag_bits & 1:
            raise UnreadableDocumentError("The file is password-protected. Hand it in without a password.")
        most = min(self._limits.member_bytes, self._left, max(info.file_size, 0))
        parts: list[bytes] = []
        size = 0
        try:
            with self._file.open(info) as member:
                while size <= most and (chunk := member.read(_CHUNK)):
                    size += len(chunk)
                    parts.append(chunk)
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            ValueError,
            RuntimeError,
            NotImplementedError,
        ) as problem:
            raise _damaged() from problem
        if size > most:
            raise _bomb()
        self._left -= size
        return b"".join(parts)

    def xml(self, name: str, limits: XmlLimits = XML_LIMITS) -> etree._Element | None:
        """Parse one member as XML; None if there is none of that name."""
        data = self.read(name)
        return None if data is None else parse_xml(data, limits)


def open_archive(data: bytes, limits: ArchiveLimits = ARCHIVE_LIMITS) -> Archive:
    """Open a zip archive after looking at its directory alone; nothing is unpacked yet.

    Raises `UnreadableDocumentError` for what is no archive, password-protected, damaged, or over a cap.
    """
    if data.startswith(_OLE):
        if _ENCRYPTED_STREAM in data:
            raise UnreadableDocumentError(f"The file is password-protected. {_AS_PDF}")
        raise UnreadableDocumentError(
            f"The file is password-protected or an old Word document (.doc); neither can be read. {_AS_PDF}"
        )
    if not data.startswith(b"PK"):
        raise UnreadableDocumentError(f"The file is not the document that its name says it is. {_AS_PDF}")
    if data.count(_ENTRY) > limits.members:  # before a huge directory is built in memory
        raise _bomb()
    try:
        file = zipfile.ZipFile(io.BytesIO(data))
        members = file.infolist()
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, struct.error) as problem:
        raise _damaged() from problem
    unpacked = sum(info.file_size for info in members)
    if len(members) > limits.members or unpacked > limits.unpacked_bytes:
        raise _bomb()
    for info in members:
        suspicious = info.file_size > limits.ratio_from and info.file_size > limits.ratio * max(
            info.compress_size, 1
        )
        if info.file_size > limits.member_bytes or suspicious:
            raise _bomb()
    return Archive(file, limits)


def parse_xml(data: bytes, limits: XmlLimits = XML_LIMITS) -> etree._Element:
    """Parse XML without entities, document types or network, within `limits`; the root element.

    Raises `UnreadableDocumentError` for what is not well-formed, declares a document type, or is over a cap.
    """
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    head = data[:_CHUNK].replace(b"\x00", b"")  # so that UTF-16 is seen through
    if b"<!DOCTYPE" in head:  # before its entities are even declared
        raise _document_type()
    depth = count = 0
    try:
        for at in range(0, len(data), _CHUNK):
            parser.feed(data[at : at + _CHUNK])
            for event, element in parser.read_events():
                if not count and isinstance(element, etree._Element):
                    _refuse_document_type(element)
                if event == "end":
                    depth -= 1
                    continue
                depth, count = depth + 1, count + 1
                if depth > limits.depth or count > limits.elements:
                    raise _too_much()
        root: etree._Element = parser.close()
    except (etree.XMLSyntaxError, ValueError) as problem:
        if isinstance(problem, UnreadableDocumentError):
            raise
        if getattr(problem, "code", 0) == _RESOURCE_LIMIT:
            raise _too_much() from problem
        raise _damaged() from problem
    _refuse_document_type(root)
    return root


def _refuse_document_type(root: etree._Element) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise _document_type()


def _too_much() -> UnreadableDocumentError:
    return UnreadableDocumentError(
        f"The document has too many or too deeply nested parts to be read. {_AS_PDF}"
    )


def _document_type() -> UnreadableDocumentError:
    return UnreadableDocumentError(
        f"The document declares XML entities, which no word processor writes. {_AS_PDF}"
    )


def _damaged() -> UnreadableDocumentError:
    return UnreadableDocumentError(
        f"The file is damaged: it breaks off, or another program has changed it. {_AS_PDF}"
    )


def _bomb() -> UnreadableDocumentError:
    return UnreadableDocumentError(
        f"The file unpacks to far more than a report can hold, so it was not opened. {_AS_PDF}"
    )
