"""A folder or a file on disk -> a `Source`, without following links or opening anything but regular files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from grader.errors import IntakeError
from grader.intake.entries import DistinctNames, Entry, Source, clean_name, is_ignored
from grader.intake.intake_types import IntakeLimits


def read_folder(folder: Path, limits: IntakeLimits) -> Source:
    """All files below `folder`. Raises `IntakeError` if there are too many or the folder cannot be read."""
    walk = _Walk(folder, limits)
    walk.descend(folder, "", 0)
    return Source(
        label=clean_name(folder.resolve().name),
        entries=tuple(sorted(walk.entries, key=lambda entry: entry.name)),
        empty_folders=tuple(sorted(walk.empty)),
    )


def read_file(path: Path, limits: IntakeLimits) -> Entry:
    """One file that was named on its own; a link given by the user himself is followed."""
    real = path.resolve()
    found = real.stat()
    return Entry(
        name=clean_name(path.name), path=real, size=found.st_size, refused=_refusal(found, limits, links=True)
    )


class _Walk:
    """What a walk through a folder has found so far."""

    def __init__(self, top: Path, limits: IntakeLimits) -> None:
        self.top = top
        self.limits = limits
        self.entries: list[Entry] = []
        self.empty: list[str] = []
        self.names = DistinctNames()

    def descend(self, folder: Path, inside: str, depth: int) -> int:
        """Adds what is below `folder` and returns how many files it saw, the ignored ones left out."""
        try:
            with os.scandir(folder) as scan:
                children = sorted(scan, key=lambda child: child.name)
        except OSError as problem:
            if not inside:
                raise IntakeError(
                    f"{folder}: cannot be read ({problem.strerror}); check its permissions"
                ) from problem
            self._refuse(inside, folder, f"the folder cannot be read ({problem.strerror})")
            return 1
        return sum(
            self._add(child, inside, depth) for child in children if not is_ignored(clean_name(child.name))
        )

    def _add(self, child: os.DirEntry[str], inside: str, depth: int) -> int:
        name = self.names.of(inside, child.name)
        path = Path(child.path)
        if child.is_dir(follow_symlinks=False):
            if depth + 1 >= self.limits.depth:
                self._refuse(name, path, f"folders nested over {self.limits.depth} deep")
                return 1
            below = self.descend(path, name, depth + 1)
            if not below:
                self.empty.append(name)
            return below
        try:
            found = child.stat(follow_symlinks=False)
        except OSError as problem:
            self._refuse(name, path, f"cannot be read ({problem.strerror})")
            return 1
        refused = _refusal(found, self.limits) or _unreadable(path)
        self.entries.append(Entry(name=name, path=path, size=found.st_size, refused=refused))
        if len(self.entries) > self.limits.entries:
            raise IntakeError(
                f"{self.top}: more than {self.limits.entries} files; name the folder with the submissions"
            )
        return 1

    def _refuse(self, name: str, path: Path, reason: str) -> None:
        self.entries.append(Entry(name=name, path=path, refused=reason))


def _unreadable(path: Path) -> str:
    return "" if os.access(path, os.R_OK) else "this user may not read it; check its permissions"


def _refusal(found: os.stat_result, limits: IntakeLimits, *, links: bool = False) -> str:
    mode = found.st_mode
    if stat.S_ISLNK(mode):
        return "a symbolic link, which is never followed"
    if not stat.S_ISREG(mode):
        return "not an ordinary file (a device, pipe or socket)"
    if found.st_nlink > 1 and not links:
        return "a hard link: the same file has another name; copy the folder and grade the copy"
    if found.st_size > limits.file_bytes:
        return f"{found.st_size} bytes, over the limit of {limits.file_bytes}"
    return ""
