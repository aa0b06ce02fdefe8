"""Runs a command as an ordinary user: ``python ordinary_user.py HOME COMMAND...``, started by root.

HOME is an empty directory, which becomes the user's. With ``--no-user-namespaces`` first, the kernel refuses these
from then on, by a filter such as containers have; with ``--stay-root`` the command stays root's, and no namespace at
all is to be had.

The interpreter, its environment and this checkout may lie below directories that only root may enter; in a
mount namespace of its own, such a directory is replaced by one that shows just what is needed.
"""

from __future__ import annotations

import ctypes
import os
import platform
import site
import stat
import struct
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


_NR = {
    "x86_64": {"unshare": 272, "clone": 56, "clone3": 435},
    "aarch64": {"unshare": 97, "clone": 220, "clone3": 435},
}


def refuse_namespaces(flags: int) -> None:
    """No process from here on makes a namespace of these kinds; root may still have set-user-ID programs run."""
    machine = platform.machine()
    numbers = _NR[machine]
    load, equal, any_bit, give = 0x20, 0x15, 0x45, 0x06
    eperm, enosys, allow = 0x00050001, 0x00050026, 0x7FFF0000
    code = [(load, 0, 0, 0), (equal, 0, 1, numbers["clone3"]), (give, 0, 0, enosys)]
    for name in ("unshare", "clone"):
        code += [
            (equal, 0, 4, numbers[name]),
            (load, 0, 0, 16),
            (any_bit, 0, 1, flags),
            (give, 0, 0, eperm),
            (give, 0, 0, allow),
        ]
    code.append((give, 0, 0, allow))
    program = b"".join(struct.pack("HBBI", *instruction) for instruction in code)
    buffer = ctypes.create_string_buffer(program, len(program))
    filter_ = struct.pack("HxxxxxxQ", len(code), ctypes.addressof(buffer))
    # Without no_new_privs, which root may: set-user-ID programs keep their meaning.
    syscalls.checked(syscalls.libc.prctl(22, ctypes.c_ulong(2), filter_, 0, 0), "seccomp")


def main() -> None:
    """Becomes the user and the command."""
    options = [option for option in sys.argv[1:3] if option.startswith("--")]
    del sys.argv[1 : 1 + len(options)]
    stay_root = "--stay-root" in options
    syscalls.unshare(syscalls.CLONE_NEWNS)
    syscalls.mount(None, "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
    needed = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parents[1], CHECKOUT}
    if site.ENABLE_USER_SITE:
        needed.add(Path(site.getusersitepackages()))
    open_up([path for path in sorted(needed) if path.exists()])
    user = 0 if stay_root else sandbox_user()
    home = sys.argv[1]
    os.chown(home, user, user)
    environment = {
        "HOME": home,
        "XDG_RUNTIME_DIR": home,
        "PATH": os.environ["PATH"],
        **{name: value for name, value in os.environ.items() if name.startswith("GRADER_TEST_")},
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(CHECKOUT),
    }
    os.chdir(home)
    if "--no-user-namespaces" in options or stay_root:
        refuse_namespaces(syscalls.NAMESPACE_FLAGS if stay_root else syscalls.CLONE_NEWUSER)
    if not stay_root:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    os.execve(sys.argv[2], sys.argv[2:], environment)


if __name__ == "__main__":
    main()
