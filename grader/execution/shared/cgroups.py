"""Control groups: one group a child, bounding its memory and its number of processes (cgroups(7)).

Version 1 and 2 are served. Where a group may be made depends on the host; `available` tells by making one.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
PREFIX = "report-grader-"
_MEGABYTE = 1 << 20
_REMOVAL_TRIES = 100
_REMOVAL_PAUSE = 0.02  # seconds


@dataclass(frozen=True)
class Group:
    """One group: its directory for memory and for processes, the same one under version 2."""

    version: int
    directories: Mapping[str, Path]

    def enter(self) -> None:
        """Moves this process into the group."""
        for directory in set(self.directories.values()):
            _write(directory / "cgroup.procs", "0")

    def out_of_memory(self) -> int:
        """How many of its processes the kernel ended for want of memory. `failcnt` stays 0 in version 1."""
        name = "memory.events" if self.version == 2 else "memory.oom_control"
        for line in _read(self.directories["memory"] / name).splitlines():
            key, _, value = line.partition(" ")
            if key == "oom_kill" and value.isdigit():
                return int(value)
        return 0

    def memory_peak(self) -> int:
        """The most memory it ever used, in bytes; 0 if the kernel does not tell (version 2, old Linux)."""
        name = "memory.peak" if self.version == 2 else "memory.max_usage_in_bytes"
        text = _read(self.directories["memory"] / name).strip()
        return int(text) if text.isdigit() else 0

    def remove(self) -> bool:
        """Ends what still runs in the group and removes it; false if it would not go."""
        removed = [remove(directory) for directory in set(self.directories.values())]
        return all(removed)


def make(name: str, memory_mb: int, processes: int, *, root: Path = ROOT) -> Group:
    """Makes the group `name` with its limits. Raises `OSError` if this process may not, leaving nothing."""
    group = _unified(name, root) if (root / "cgroup.controllers").exists() else _version_1(name, root)
    memory, pids = group.directories["memory"], group.directories["pids"]
    try:
        if group.version == 2:
            _write(memory / "memory.max", str(memory_mb * _MEGABYTE))
            with contextlib.suppress(OSError):
                _write(memory / "memory.swap.max", "0")
        else:
            _write(memory / "memory.limit_in_bytes", str(memory_mb * _MEGABYTE))
            with contextlib.suppress(OSError):
                _write(memory / "memory.memsw.limit_in_bytes", str(memory_mb * _MEGABYTE))
        _write(pids / "pids.max", str(processes))
    except OSError:
        group.remove()
        raise
    return group


def make_room(*, root: Path = ROOT) -> None:
    """Moves this process into a leaf of its own group: beside it, groups with limits can then be made (version 2)."""
    own = next((path for controllers, path in _memberships() if controllers == ""), "/")
    leaf = root / own.lstrip("/") / "zygote"
    leaf.mkdir()
    _write(leaf / "cgroup.procs", "0")


def _version_1(name: str, root: Path) -> Group:
    own = {
        controller: path
        for controllers, path in _memberships()
        for controller in controllers.split(",")
        if controller
    }
    directories: dict[str, Path] = {}
    try:
        for controller in ("memory", "pids"):
            directory = root / controller / own.get(controller, "/").lstrip("/") / name
            directory.mkdir()
            directories[controller] = directory
    except OSError:
        for directory in directories.values():
            remove(directory)
        raise
    return Group(1, directories)


def _unified(name: str, root: Path) -> Group:
    """The first place from our own group upwards where a child with both controllers can be made."""
    own = next((path for controllers, path in _memberships() if controllers == ""), "/")
    place = root / own.lstrip("/")
    problem: OSError = OSError(0, f"no place below {root} for a control group")
    while True:
        with contextlib.suppress(OSError):
            _write(place / "cgroup.subtree_control", "+memory +pids")
        directory = place / name
        try:
            directory.mkdir()
        except OSError as refused:
            problem = refused
        else:
            if (directory / "memory.max").exists() and (directory / "pids.max").exists():
                return Group(2, {"memory": directory, "pids": directory})
            remove(directory)
            problem = OSError(0, f"{place} does not hand on the memory and pids controllers")
        if place == root:
            raise problem
        place = place.parent


def _memberships() -> Iterator[tuple[str, str]]:
    """(controllers, path) for each hierarchy this process is in; controllers are empty for version 2."""
    for line in _read(Path("/proc/self/cgroup")).splitlines():
        _, controllers, path = line.split(":", 2)
        yield controllers, path


def remove(directory: Path) -> bool:
    """Kills all in the group at `directory` until it can be removed."""
    for _ in range(_REMOVAL_TRIES):
        for pid in _read(directory / "cgroup.procs").split():
            with contextlib.suppress(OSError, ValueError):
                os.kill(int(pid), 9)
        try:
            directory.rmdir()
        except FileNotFoundError:
            return True
        except OSError:
            time.sleep(_REMOVAL_PAUSE)
        else:
            return True
    return False


def find(prefix: str, *, root: Path = ROOT) -> list[Path]:
    """Every group whose name begins with `prefix`, wherever `make` may have put it."""
    own = {root / path.lstrip("/") for controllers, path in _memberships() if controllers == ""}
    places = {
        parent for place in own for parent in (place, *place.parents) if root in (parent, *parent.parents)
    }
    for controllers, path in _memberships():
        for controller in controllers.split(","):
            if controller in {"memory", "pids"}:
                places.add(root / controller / path.lstrip("/"))
    found: list[Path] = []
    for place in places:
        with contextlib.suppress(OSError):
            found.extend(child for child in place.iterdir() if child.name.startswith(prefix))
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _write(path: Path, text: str) -> None:
    path.write_text(text)
