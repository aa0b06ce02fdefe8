"""Memory of a tree of processes, for hosts where no control group bounds it.

Counted are: what the processes have for themselves, swapped out or not, with the tables of their pages; the
files in the sandbox's own file systems in memory; and the sockets of its network, each with what it may hold.
Memory that outlives its mapping is not counted: the system call filter refuses it (`syscall_policy.UNCOUNTED`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

_PROC = Path("/proc")
_MEGABYTE = 1 << 20
_SOCKET_BYTES = 512 << 10  # a pair at its default size keeps twice 208 kB, with the kernel's own structures


class MemoryWatch:
    """Looks at what the descendants of `root`, itself included, have made their own since their zygote.

    What a child shares with the zygote, it has not used: the cheap upper bound counts it, so the exact
    figure (which costs a walk through the page tables) is read only when that bound is above the limit.
    `file_systems` are the paths, as the processes see them, of what lies in memory. A `cold` child imports by
    itself first: what it has until `begin` is called is not its notebook's.
    """

    def __init__(
        self, root: int, limit_mb: int, file_systems: Sequence[str] = (), *, cold: bool = False
    ) -> None:
        self._root = root
        self._limit = limit_mb * _MEGABYTE
        self._file_systems = file_systems
        self._inherited = _sum(_read(_PROC / "self" / "status"), ("RssAnon:", "VmSwap:"))
        self._cold = cold
        self._waiting = cold
        self._sockets = 0
        self._shared = 0
        self._before = 0
        self.peak = 0

    def begin(self) -> None:
        """To be called when the student's code is about to run."""
        self._waiting = False
        tree = descendants(self._root)
        self._sockets = _sockets(tree)
        if self._cold:
            self._inherited = self._shared = self.peak = 0
            self._before = self._exact(tree)

    def exceeded(self) -> bool:
        """Whether the tree holds more than its limit now. `peak` keeps the most that was seen, in bytes.

        Between exact looks, `peak` takes as shared what was shared at the last one.
        """
        if self._waiting:
            return False
        tree = descendants(self._root)
        beside = self._beside(tree)
        bound = sum(_bound(pid) for pid in tree) + beside - self._before
        if bound <= self._limit and self.peak:
            self.peak = max(self.peak, bound - self._shared)
            return False
        own = self._exact(tree) + beside - self._before
        self._shared = max(0, bound - own)
        self.peak = max(self.peak, own)
        return own > self._limit

    def _exact(self, tree: list[int]) -> int:
        """What the processes have alone; or, if it is more, their part of what they share beyond the zygote's.

        Two processes that share a page have it neither of them alone, and their parts add up to it.
        """
        alone = parts = 0
        for pid in tree:
            fields = _read(_PROC / str(pid) / "smaps_rollup")
            tables = _sum(_read(_PROC / str(pid) / "status"), ("VmPTE:",))
            if fields:
                private = _sum(fields, ("Private_Clean:", "Private_Dirty:"))
                alone += tables + max(0, private - _sum(fields, ("Pss_Shmem:",)))
                parts += tables + _sum(fields, ("Pss_Anon:", "SwapPss:"))
            else:  # it may have made itself unreadable
                alone += _bound(pid)
                parts += _bound(pid)
        return max(alone, parts - self._inherited)

    def _beside(self, tree: list[int]) -> int:
        """What no process is seen to have: files in memory, and what sockets hold."""
        sockets = max(0, _sockets(tree) - self._sockets) if self._sockets else 0
        files = sum(size for size, _ in used_of(tree, self._file_systems))
        return files + sockets * _SOCKET_BYTES


def used_of(tree: Sequence[int], file_systems: Sequence[str]) -> list[tuple[int, int]]:
    """Bytes and inodes in use of each of `file_systems`, as one of the processes in `tree` sees them.

    A process that still has the host's root does not count.
    """
    for pid in reversed(tree):
        root = f"{_PROC}/{pid}/root"
        try:
            if os.path.samestat(os.stat(root), os.stat("/")):  # noqa: PTH116 - a dozen times a second
                continue
            found = [os.statvfs(root + path) for path in file_systems]
        except OSError:  # it has ended, or may not be looked into: another one will do
            continue
        return [((one.f_blocks - one.f_bfree) * one.f_frsize, one.f_files - one.f_ffree) for one in found]
    return []


def children_of(pid: int) -> list[int]:
    """The children of all threads of `pid`; empty if it has ended."""
    children: list[int] = []
    try:
        for task in (_PROC / str(pid) / "task").iterdir():
            children.extend(int(child) for child in (task / "children").read_text().split())
    except OSError:
        pass
    return children


def descendants(root: int) -> list[int]:
    """`root` and all below it, orphans of a pid namespace included, since its first process adopts them."""
    found = [root]
    for pid in found:
        found.extend(children_of(pid))
    return found


def _bound(pid: int) -> int:
    return _sum(_read(_PROC / str(pid) / "status"), ("RssAnon:", "VmSwap:", "VmPTE:"))


def _sockets(tree: Sequence[int]) -> int:
    """Sockets in the network namespace of the innermost process of `tree` that has not ended."""
    for pid in reversed(tree):
        for line in _lines(_PROC / str(pid) / "net" / "sockstat"):
            if line.startswith("sockets: used"):
                return int(line.split()[2])
    return 0


def _read(path: Path) -> Mapping[str, int]:
    """The fields in bytes of a file that gives them in kB; none if it cannot be read."""
    fields = {}
    for line in _lines(path):
        name, *values = line.split()
        if len(values) == 2 and values[1] == "kB":
            fields[name] = int(values[0]) * 1024
    return fields


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []


def _sum(fields: Mapping[str, int], names: tuple[str, ...]) -> int:
    return sum(fields.get(name, 0) for name in names)
