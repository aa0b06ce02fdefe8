"""Landlock: which files a process may read and write, and where it may make sockets (landlock(7)).

Rights add up along a path: what a directory grants, everything below has. A path must therefore never lie
below one that grants more than it should have.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.execution.child.syscalls import checked, libc, no_new_privileges

# The same numbers on every architecture since Linux 5.13.
_NR_CREATE_RULESET = 444
_NR_ADD_RULE = 445
_NR_RESTRICT_SELF = 446
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1

# linux/landlock.h, LANDLOCK_ACCESS_FS_*
EXECUTE = 1 << 0
WRITE_FILE = 1 << 1
READ_FILE = 1 << 2
READ_DIR = 1 << 3
MAKE_SOCK = 1 << 9
_TRUNCATE = 1 << 14
_IOCTL_DEV = 1 << 15
READ = EXECUTE | READ_FILE | READ_DIR
_FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | _TRUNCATE | _IOCTL_DEV
_FIRST_ABI_RIGHTS = (1 << 13) - 1
_ADDED_RIGHTS = ((2, 1 << 13), (3, _TRUNCATE), (5, _IOCTL_DEV))

_NET_BIND_AND_CONNECT = 0x3  # from ABI 4
_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 0x3  # from ABI 6


def version() -> int:
    """The kernel's Landlock ABI; 0 if it has none or it is switched off."""
    return int(max(0, libc.syscall(_NR_CREATE_RULESET, None, ctypes.c_size_t(0), _CREATE_RULESET_VERSION)))


def restrict(
    *,
    readable: Iterable[str] = (),
    listable: Iterable[str] = (),
    writable: Iterable[str] = (),
    socket_directories: Iterable[str] = (),
    forbid_tcp: bool,
) -> int:
    """Confines this process and all it starts to the paths given; missing paths are passed over.

    `listable` directories show their names and nothing of what the files hold. In `socket_directories`
    sockets may be made and nothing else, nothing removed. `forbid_tcp` refuses TCP where the kernel can
    (ABI 4). Abstract sockets and signals stay within (ABI 6). Returns the ABI that was used.
    """
    abi = version()
    if abi < 1:
        raise OSError(0, "this kernel has no Landlock")
    known = _FIRST_ABI_RIGHTS
    for since, right in _ADDED_RIGHTS:
        known |= right if abi >= since else 0
    network = _NET_BIND_AND_CONNECT if abi >= 4 and forbid_tcp else 0
    scope = _SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS if abi >= 6 else 0
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    attributes = struct.pack("QQQ", known, network, scope)
    ruleset = checked(
        libc.syscall(_NR_CREATE_RULESET, attributes, ctypes.c_size_t(size), 0), "landlock_create_ruleset"
    )
    try:
        grants: Sequence[tuple[Iterable[str], int]] = (
            (readable, READ),
            (listable, READ_DIR),
            (writable, known),
            (socket_directories, WRITE_FILE | READ_FILE | READ_DIR | MAKE_SOCK | _TRUNCATE),
        )
        for paths, rights in grants:
            for path in paths:
                _grant(ruleset, path, rights & known)
        no_new_privileges()
        checked(libc.syscall(_NR_RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    finally:
        os.close(ruleset)
    return abi


def forbid_new_sockets(*, except_below: Iterable[str]) -> None:
    """From here on this process makes no socket in the file system but below the directories `except_below`.

    A second layer, for when the kernel listens: what `restrict` granted for that is taken back.
    """
    attributes = struct.pack("QQQ", MAKE_SOCK, 0, 0)
    ruleset = checked(
        libc.syscall(_NR_CREATE_RULESET, attributes, ctypes.c_size_t(8), 0), "landlock_create_ruleset"
    )
    try:
        for path in except_below:
            _grant(ruleset, path, MAKE_SOCK)
        checked(libc.syscall(_NR_RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    finally:
        os.close(ruleset)


def _grant(ruleset: int, path: str, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not Path(path).is_dir():
            rights &= _FILE_RIGHTS
        rule = struct.pack("=Qi", rights, parent)
        checked(libc.syscall(_NR_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0), f"landlock_add_rule {path}")
    finally:
        os.close(parent)


def readable_except(roots: Iterable[str], hidden: Sequence[str]) -> tuple[list[str], list[str]]:
    """Splits `roots` into (readable, listable) so that nothing below `hidden` can be read.

    A root that holds something hidden is only listable, its other children are readable one by one. Links among
    them are left out: a grant would be for what they lead to, as a virtual environment's ``lib64`` to its ``lib``.
    """
    readable: list[str] = []
    listable: list[str] = []
    waiting = list(roots)
    while waiting:
        path = waiting.pop()
        if path in hidden:
            continue
        prefix = path.rstrip("/") + "/"
        if not any(secret.startswith(prefix) for secret in hidden):
            readable.append(path)
            continue
        listable.append(path)
        try:
            waiting.extend(str(child) for child in Path(path).iterdir() if not child.is_symlink())
        except OSError:
            continue
    return readable, listable
