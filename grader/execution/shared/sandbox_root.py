"""What of the host's file system a sandbox shows, whoever builds its root."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SYSTEM_DIRECTORIES: Final = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
HARMLESS_ETC: Final = (
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/timezone",
)
SHARED_MEMORY_MB: Final = 64

# Of /proc besides the processes: what libraries ask for. Everything else reads as empty (the kernel's symbols,
# memory, messages, keys, command line and hardware among it).
SHOWN_OF_PROC: Final = (
    "cpuinfo",
    "filesystems",
    "loadavg",
    "meminfo",
    "stat",
    "swaps",
    "uptime",
    "version",
    "vmstat",
)
# Links into the directory of the process itself, and the settings, which are shown read-only.
LINKS_OF_PROC: Final = ("mounts", "net", "self", "thread-self")
SETTINGS_OF_PROC: Final = "sys"


def accounts(user: int, home: str) -> tuple[str, str]:
    """``/etc/passwd`` and ``/etc/group`` of a sandbox whose user is `user`."""
    passwd = f"root:x:0:0::/:/bin/false\nstudent:x:{user}:{user}::{home}:/bin/sh\n"
    return passwd, f"root:x:0:\nstudent:x:{user}:\n"


def covered_of_proc(proc: Path) -> list[str]:
    """The names in `proc`, a ``/proc``, that a notebook is not to read, in order."""
    shown = {*SHOWN_OF_PROC, *LINKS_OF_PROC, SETTINGS_OF_PROC}
    names = (path.name for path in proc.iterdir())
    return sorted(name for name in names if not name.isdigit() and name not in shown)
