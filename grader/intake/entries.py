"""A download as intake sees it: entries with their name in it and our path, then their placement."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import msgspec

from grader.class_tables import clean_name
from grader.intake.intake_types import Unplaced
from grader.model import FileKind, Student, Value

__all__ = [
    "Entry",
    "Placed",
    "Placement",
    "Source",
    "clean_name",
    "is_ignored",
    "kind_of",
    "seen_part",
    "without_top_folder",
]

_REPORTS = frozenset((".pdf", ".docx", ".odt", ".md", ".markdown", ".txt", ".tex", ".html", ".htm", ".rtf"))
_IGNORED = frozenset(
    (
        "__macosx", "thumbs.db", "desktop.ini", "$recycle.bin", ".ds_store", ".localized", ".trashes", ".fseventsd",
        ".spotlight-v100", ".git", ".github", ".gitignore", ".gitattributes", ".gitkeep", ".ipynb_checkpoints", ".idea",
        ".vscode", ".venv", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".directory",
    )
)  # fmt: skip


class Entry(Value, frozen=True):
    """One file: `name` is its ``/``-separated name in the download, `path` where its bytes are.

    `refused` says why its bytes must not be read; then `path` leads nowhere.
    """

    name: str
    path: Path
    size: int = 0
    refused: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of its folders and then its own."""
        return tuple(self.name.split("/"))


class Source(Value, frozen=True):
    """One path that was given: its label (the folder's or archive's name), files, empty folders."""

    label: str
    entries: tuple[Entry, ...]
    empty_folders: tuple[str, ...] = ()
    archive: bool = False


class Placement(Value, frozen=True):
    """Entries that belong to one submission; each with the name it has inside of it.

    `same` is equal for attempts by the same student or group; the latest by `submitted_at`, then `attempt`,
    counts.
    """

    label: str
    entries: tuple[tuple[str, Entry], ...]
    students: tuple[Student, ...] = ()
    same: str = ""
    attempt: int = 1
    late: bool = False
    submitted_at: str = ""
    lms: dict[str, str] = msgspec.field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Placed(Value, frozen=True):
    """What a layout made of a source."""

    placements: tuple[Placement, ...]
    unplaced: tuple[Unplaced, ...] = ()
    problems: tuple[str, ...] = ()


def kind_of(name: str) -> FileKind:
    """The kind of a file by its extension."""
    extension = PurePosixPath(name).suffix.lower()
    if extension == ".ipynb":
        return FileKind.NOTEBOOK
    return FileKind.REPORT if extension in _REPORTS else FileKind.OTHER


def is_ignored(name: str) -> bool:
    """Whether a path is what systems and editors leave behind: ``__MACOSX``, ``._name``, ``Thumbs.db``, ``.git``.

    Another hidden file may be a student's work that was given an odd name, and is taken in.
    """
    return any(part.startswith("._") or part.lower() in _IGNORED for part in name.split("/"))


def seen_part(name: str) -> str:
    """An ignored path up to the first part for which it is ignored."""
    parts = name.split("/")
    at = next(place for place, part in enumerate(parts) if is_ignored(part))
    return "/".join(parts[: at + 1])


class DistinctNames:
    """Cleaned names under which what was apart stays apart.

    Two files or folders of one folder may have names that differ only in their Unicode form, or in characters that
    `clean_name` replaces: the later ones get a number, ``Åsa~2``, and what lies in such a folder stays together.
    """

    def __init__(self) -> None:
        self._shown: dict[
            tuple[str, str], str
        ] = {}  # by the cleaned name of its folder and its own as written
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def of(self, folder: str, name: str) -> str:
        """The cleaned path of a file or folder, as written, in a folder whose cleaned path is known."""
        known = self._shown.get((folder, name))
        if known is None:
            known = self._free(f"{folder}/{clean_name(name)}" if folder else clean_name(name))
            self._shown[folder, name] = known
        return known

    def another(self, path: str) -> str:
        """A free path for a further file of the same name."""
        return self._free(path)

    def _free(self, path: str) -> str:
        free, number = path, self._next.get(path, 2)
        while free in self._taken:
            free, number = numbered(path, number), number + 1
        self._next[path] = number
        self._taken.add(free)
        return free


def numbered(path: str, number: int) -> str:
    """A path whose last part has a number before its extension."""
    parent, slash, last = path.rpartition("/")
    stem, _, extension = last.rpartition(".")
    return f"{parent}{slash}" + (f"{stem}~{number}.{extension}" if stem else f"{last}~{number}")


def without_top_folder(source: Source) -> Source | None:
    """The same source seen from inside its only top folder, or None if it has no such folder."""
    names = [entry.name for entry in source.entries] + [f"{folder}/" for folder in source.empty_folders]
    tops = {name.split("/", 1)[0] if "/" in name else "" for name in names}
    if len(tops) != 1 or "" in tops:
        return None
    (top,) = tops
    cut = len(top) + 1
    return Source(
        label=top,
        entries=tuple(
            Entry(name=entry.name[cut:], path=entry.path, size=entry.size, refused=entry.refused)
            for entry in source.entries
        ),
        empty_folders=tuple(folder[cut:] for folder in source.empty_folders if len(folder) > cut),
        archive=source.archive,
    )
