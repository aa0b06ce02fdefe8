"""A zip archive -> a `Source`: members are written under our own names, counted while they are written."""

from __future__ import annotations

import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from grader.errors import ArchiveRefused
from grader.intake.archive_directory import Member, check_end_record, read_directory
from grader.intake.entries import Entry, Source, clean_name
from grader.intake.intake_types import IntakeLimits

_CHUNK = 256 * 1024
_EXTENSION = re.compile(r"\.[a-z0-9]{1,8}")
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError)


def unpack(
    path: Path, workspace: Path, limits: IntakeLimits, *, nested: bool = False, label: str | None = None
) -> Source:
    """Unpacks the zip at `path` into a new folder of `workspace`.

    `nested` applies the tighter limits of a student's own archive. Raises `ArchiveRefused` if it is no zip
    or a whole-archive limit is passed; a single bad member becomes a refused entry.
    """
    most_entries = limits.nested_entries if nested else limits.entries
    most_bytes = limits.nested_bytes if nested else limits.total_bytes
    with _opened(path, most_entries) as archive:
        directory = read_directory(archive, path.stat().st_size, most_bytes, limits)
        infos = archive.infolist()
        target = Path(tempfile.mkdtemp(prefix="unpacked-", dir=workspace))
        left = most_bytes
        entries: list[Entry] = []
        for number, member in enumerate(directory.members):
            entry = (
                Entry(name=member.name, path=target, size=member.size, refused=member.refused)
                if member.refused
                else _unpack_member(
                    archive, infos[member.index], member, target / _disk_name(number, member), limits
                )
            )
            left -= 0 if entry.refused else entry.size
            if left < 0:
                raise ArchiveRefused(f"over {most_bytes} bytes when unpacked")
            entries.append(entry)
    entries.sort(key=lambda entry: entry.name)
    return Source(
        label=label or clean_name(path.name).removesuffix(path.suffix),
        entries=tuple(entries),
        empty_folders=directory.empty_folders,
        archive=True,
    )


@contextmanager
def _opened(path: Path, most_entries: int) -> Iterator[zipfile.ZipFile]:
    with path.open("rb") as file:
        check_end_record(file, most_entries)
        try:
            archive = zipfile.ZipFile(file)
        except _DAMAGE as problem:
            raise ArchiveRefused(f"not a zip archive that can be read ({problem})") from problem
        with archive:
            yield archive


def _disk_name(number: int, member: Member) -> str:
    extension = PurePosixPath(member.name).suffix.lower()
    return f"{number:06}{extension if _EXTENSION.fullmatch(extension) else ''}"


def _unpack_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, member: Member, path: Path, limits: IntakeLimits
) -> Entry:
    written = 0
    try:
        with (
            archive.open(info) as source,
            path.open("xb") as file,
        ):
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                if written > min(limits.file_bytes, info.file_size):
                    raise ArchiveRefused("larger than the archive declares")
                file.write(chunk)
    except _DAMAGE as problem:
        path.unlink(missing_ok=True)
        return Entry(
            name=member.name, path=path, refused=f"damaged in the archive ({clean_name(str(problem))[:120]})"
        )
    return Entry(name=member.name, path=path, size=written)
