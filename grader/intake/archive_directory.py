"""The central directory of a zip archive, judged before anything is unpacked.

The count and the size of the directory are read from the end record first, so that an archive of 10^5
entries is turned away without 10^5 objects. Format: PKWARE APPNOTE 6.3.10, sections 4.3.12-4.3.16 and 4.6.9.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from typing import IO

from grader.errors import ArchiveRefused
from grader.intake.entries import DistinctNames, is_ignored, seen_part
from grader.intake.intake_types import IntakeLimits
from grader.model import Value

_END, _END_SIZE = b"PK\x05\x06", 22
_END64_LOCATOR, _END64 = b"PK\x06\x07", b"PK\x06\x06"
_LONGEST_COMMENT = 65_535
_BYTES_PER_ENTRY = 1_024  # of the directory: 46 fixed, a name of up to a few hundred bytes, extra fields
_ENCRYPTED, _UTF8 = 0x1, 0x800
_METHODS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
_SMALL = 1024 * 1024  # a tight packing of less than this harms nobody
_UNICODE_PATH = 0x7075


class Member(Value, frozen=True):
    """One file of an archive: its place in the directory, its cleaned name, why it is refused if it is."""

    index: int
    name: str
    size: int
    refused: str = ""


class Directory(Value, frozen=True):
    """The files of an archive that are not ignored, and its folders that hold none."""

    members: tuple[Member, ...]
    empty_folders: tuple[str, ...]


def check_end_record(file: IO[bytes], most_entries: int) -> None:
    """Refuses an archive whose end record declares more than `most_entries`, or is missing."""
    length = file.seek(0, os.SEEK_END)
    start = max(0, length - _END_SIZE - _LONGEST_COMMENT)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or at + _END_SIZE > len(tail):
        raise ArchiveRefused("not a zip archive, or cut off before its end; download it again")
    count, size = struct.unpack_from("<HL", tail, at + 10)
    if count == 0xFFFF or size == 0xFFFFFFFF:
        locator = tail.rfind(_END64_LOCATOR, 0, at)
        if locator >= 0 and locator + 20 <= len(tail):
            file.seek(min(struct.unpack_from("<Q", tail, locator + 8)[0], length))
            record = file.read(56)
            if len(record) == 56 and record.startswith(_END64):
                count, size = struct.unpack_from("<QQ", record, 32)
    if count > most_entries or size > most_entries * _BYTES_PER_ENTRY:
        raise ArchiveRefused(f"more than {most_entries} entries")
    file.seek(0)


def read_directory(
    archive: zipfile.ZipFile, packed_bytes: int, most_bytes: int, limits: IntakeLimits
) -> Directory:
    """The members of an open archive of `packed_bytes`, each judged by its declared figures.

    Raises `ArchiveRefused` for overlapping members and for more than `most_bytes` unpacked. Declared figures
    may lie; unpacking counts for itself.
    """
    infos = archive.infolist()
    _refuse_overlap(infos, packed_bytes)
    members: list[Member] = []
    folders: list[str] = []
    names = DistinctNames()
    known: set[str] = set()
    for index, info in enumerate(infos):
        decoded = decoded_name(info)
        name, refused = _safe_name(decoded, limits, names)
        if not name:
            continue
        if is_ignored(name):  # the folder that it lies in was handed in all the same
            if parent := seen_part(name).rpartition("/")[0]:
                folders.append(parent)
            continue
        if decoded.endswith(("/", "\\")):
            folders.append(name)
            continue
        refused = refused or _refusal(info, limits)
        if name in known:
            name = names.another(name)
        known.add(name)
        members.append(Member(index=index, name=name, size=info.file_size, refused=refused))
    total = sum(member.size for member in members if not member.refused)
    if total > most_bytes:
        raise ArchiveRefused(f"{total} bytes when unpacked, over the limit of {most_bytes}")
    filled = {member.name[:at] for member in members for at in _slashes(member.name)}
    return Directory(
        members=tuple(members),
        empty_folders=tuple(sorted({folder for folder in folders if folder not in filled})),
    )


def decoded_name(info: zipfile.ZipInfo) -> str:
    """The name as the packer meant it: Unicode Path field, UTF-8 flag, unflagged UTF-8 or code page 437.

    Archive Utility of macOS writes UTF-8 without the flag; Windows Explorer writes the OEM code page, in
    which å, ä and ö are as in 437.
    """
    raw = getattr(info, "orig_filename", info.filename)
    if info.flag_bits & _UTF8:
        return str(raw)
    try:
        octets = str(raw).encode("cp437")
    except UnicodeEncodeError:
        return str(raw)
    unicode_path = _unicode_path(info.extra, octets)
    if unicode_path:
        return unicode_path
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return str(raw)


def _unicode_path(extra: bytes, name: bytes) -> str:
    at = 0
    while at + 4 <= len(extra):
        field, size = struct.unpack_from("<HH", extra, at)
        body = extra[at + 4 : at + 4 + size]
        if field == _UNICODE_PATH and len(body) > 5 and body[0] == 1:
            (checksum,) = struct.unpack_from("<L", body, 1)
            if checksum == zlib.crc32(name):
                return body[5:].decode("utf-8", errors="replace")
        at += 4 + size
    return ""


def _safe_name(raw: str, limits: IntakeLimits, names: DistinctNames) -> tuple[str, str]:
    """A relative name without ``.`` and ``..``, and why it is refused if it tried to leave."""
    refused = ""
    if "\0" in raw:
        refused = "its name holds a NUL character"
    slashed = raw.replace("\\", "/")
    drive = len(slashed) > 1 and slashed[1] == ":" and slashed[0].isascii() and slashed[0].isalpha()
    if slashed.startswith("/") or drive:
        refused = refused or "its name is absolute"
    parts = [part for part in slashed.split("/") if part not in {"", "."}]
    if ".." in parts:
        refused = refused or "its name leads out of the archive (..)"
        parts = [part for part in parts if part != ".."]
    if len(parts) > limits.depth:
        refused = refused or f"folders nested over {limits.depth} deep"
        parts = [*parts[: limits.depth - 1], parts[-1]]
    name = ""
    for part in parts:
        name = names.of(name, part)
    if len(name) > limits.name_chars:
        refused = refused or f"a name of {len(name)} characters"
        name = names.another(name[: limits.name_chars].rstrip("/"))
    if refused and not name:
        name = "unnamed"
    return name, refused


def _refusal(info: zipfile.ZipInfo, limits: IntakeLimits) -> str:
    mode = info.external_attr >> 16
    if stat.S_ISLNK(mode):
        return "a symbolic link, which is never followed"
    if stat.S_IFMT(mode) and not stat.S_ISREG(mode):
        return "not an ordinary file (a device, pipe or socket)"
    if info.flag_bits & _ENCRYPTED:
        return "protected by a password"
    if info.compress_type not in _METHODS:
        return f"packed by a method that cannot be read ({info.compress_type})"
    if info.file_size > limits.file_bytes:
        return f"{info.file_size} bytes, over the limit of {limits.file_bytes}"
    if info.file_size > _SMALL and info.file_size > limits.ratio * max(1, info.compress_size):
        return f"packed over {limits.ratio} to one, as zip bombs are"
    return ""


def _refuse_overlap(infos: list[zipfile.ZipInfo], packed_bytes: int) -> None:
    """Members that share bytes are how a small archive holds petabytes (Fifield, WOOT 2019)."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise ArchiveRefused("its members overlap, as zip bombs do")
        end = info.header_offset + 30 + info.compress_size
        if end > packed_bytes:
            raise ArchiveRefused("cut off or damaged: a member lies beyond its end; download it again")


def _slashes(name: str) -> list[int]:
    return [at for at, character in enumerate(name) if character == "/"]
