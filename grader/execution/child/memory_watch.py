"""Memory of a tree of processes, for hosts where no control group bounds it."""

from __future__ import annotations

from pathlib import Path

_PROC = Path("/proc")
_MEGABYTE = 1 << 20


class MemoryWatch:
    """Looks at what the descendants of `root`, itself included, have made their own since their zygote.

    What a child shares with the zygote, it has not used: the cheap upper bound counts it, so the exact
    figure (which costs a walk through the page tables) is read only when that bound is above the limit.
    """

    def __init__(self, root: int, limit_mb: int) -> None:
        self._root = root
        self._limit = limit_mb * _MEGABYTE
        self._shared = 0
        self.peak = 0

    def exceeded(self) -> bool:
        """Whether the tree holds more than its limit now. `peak` keeps the most that was seen, in bytes.

        Between exact looks, `peak` takes as shared what was shared at the last one.
        """
        tree = descendants(self._root)
        bound = sum(_bound(pid) for pid in tree)
        if bound <= self._limit and self.peak:
            self.peak = max(self.peak, bound - self._shared)
            return False
        own = sum(_own(pid) for pid in tree)
        self._shared = max(0, bound - own)
        self.peak = max(self.peak, own)
        return own > self._limit


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
    return _field(_PROC / str(pid) / "status", ("RssAnon:", "RssShmem:"))


def _own(pid: int) -> int:
    path = _PROC / str(pid) / "smaps_rollup"
    own = _field(path, ("Private_Clean:", "Private_Dirty:", "Pss_Shmem:"))
    return own or _bound(pid)  # it may have made itself unreadable


def _field(path: Path, names: tuple[str, ...]) -> int:
    """The sum in bytes of the fields (which are in kB) called `names`; 0 if there is no such file."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(names))
