"""Runs a command as an ordinary user: ``python ordinary_user.py HOME COMMAND...``, started by root.

HOME is an empty directory, which becomes the user's.

The interpreter, its environment and this checkout may lie below directories that only root may enter; in a
mount namespace of its own, such a directory is replaced by one that shows just what is needed.
"""

from __future__ import annotations

import os
import site
import stat
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT))

from grader.execution.child import syscalls  # noqa: E402
from grader.execution.shared.sandbox_user import sandbox_user  # noqa: E402


def open_up(needed: list[Path]) -> None:
    """Makes every path in `needed` reachable for all users, in this mount namespace only."""
    closed: dict[Path, list[tuple[Path, int]]] = {}
    for path in needed:
        if any(other in path.parents for other in needed):  # it comes along with the one around it
            continue
        for ancestor in reversed(path.parents):
            if not stat.S_IMODE(ancestor.stat().st_mode) & stat.S_IXOTH:
                closed.setdefault(ancestor, []).append((path, os.open(path, os.O_PATH)))
                break
    for ancestor, paths in closed.items():
        syscalls.mount("tmpfs", str(ancestor), "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "mode=755")
        for path, descriptor in paths:
            path.mkdir(parents=True)
            syscalls.mount(f"/proc/self/fd/{descriptor}", str(path), None, syscalls.MS_BIND | syscalls.MS_REC)


def main() -> None:
    """Becomes the user and the command."""
    syscalls.unshare(syscalls.CLONE_NEWNS)
    syscalls.mount(None, "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
    needed = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parents[1], CHECKOUT}
    if site.ENABLE_USER_SITE:
        needed.add(Path(site.getusersitepackages()))
    open_up([path for path in sorted(needed) if path.exists()])
    user = sandbox_user()
    home = sys.argv[1]
    os.chown(home, user, user)
    environment = {
        "HOME": home,
        "XDG_RUNTIME_DIR": home,
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(CHECKOUT),
    }
    os.chdir(home)
    syscalls.become(user)
    os.execve(sys.argv[2], sys.argv[2:], environment)


if __name__ == "__main__":
    main()
