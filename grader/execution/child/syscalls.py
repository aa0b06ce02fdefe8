"""The Linux system calls that isolation needs and the standard library lacks, as typed functions.

Every function raises `OSError` with the call's name if the kernel refuses. Nothing here decides anything.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
import socket
import struct

# linux/sched.h
CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
NAMESPACE_FLAGS = (
    CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET
)

# linux/mount.h
MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_REMOUNT = 32
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18

_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_MOUNT_ATTR_RDONLY = 1
_MOUNT_ATTR_NOSUID = 2
_MOUNT_ATTR_NODEV = 4
_MNT_DETACH = 2
_MADV_COLLAPSE = 25

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_LINUX_CAPABILITY_VERSION_3 = 0x20080522
CAP_KILL = 1 << 5

_SIOCSIFFLAGS = 0x8914
_IFF_UP = 1
_IFF_RUNNING = 64

_NR_MOUNT_SETATTR = 442  # the same number on every architecture since Linux 5.12
_NR_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}

libc = ctypes.CDLL(None, use_errno=True)


def checked(result: int, what: str) -> int:
    """`result`, or the `OSError` that the C library's errno stands for."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _path(path: str | None) -> bytes | None:
    return None if path is None else os.fsencode(path)


def unshare(flags: int) -> None:
    """Leaves the namespaces named by `flags` for new ones; a new pid namespace begins with the next child."""
    checked(libc.unshare(flags), f"unshare {flags:#x}")


def mount(
    source: str | None, target: str, kind: str | None = None, flags: int = 0, data: str | None = None
) -> None:
    """Attaches a file system or changes how one is attached, as the manual page says."""
    result = libc.mount(_path(source), _path(target), _path(kind), ctypes.c_ulong(flags), _path(data))
    checked(result, f"mount {source} on {target}")


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("attr_set", ctypes.c_uint64),
        ("attr_clr", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    )


def bind(source: str, target: str, *, writable: bool = False, devices: bool = False) -> None:
    """Makes `source`, with all mounted below it, appear at `target`; set-user-ID bits never count there."""
    mount(source, target, None, MS_BIND | MS_REC)
    wanted = _MOUNT_ATTR_NOSUID
    wanted |= 0 if writable else _MOUNT_ATTR_RDONLY
    wanted |= 0 if devices else _MOUNT_ATTR_NODEV
    attributes = _MountAttributes(wanted, 0, 0, 0)
    size = ctypes.sizeof(attributes)
    where = os.fsencode(target)
    result = libc.syscall(
        _NR_MOUNT_SETATTR, _AT_FDCWD, where, _AT_RECURSIVE, ctypes.byref(attributes), ctypes.c_size_t(size)
    )
    if result < 0:  # before Linux 5.12: the outermost mount only
        flags = MS_BIND | MS_REMOUNT | MS_NOSUID
        flags |= 0 if writable else MS_RDONLY
        flags |= 0 if devices else MS_NODEV
        mount(None, target, None, flags)


def collapse(address: int, size: int) -> None:
    """Gathers the memory there into huge pages, `size` bytes at most, both whole multiples of one (since Linux 6.1)."""
    where, length = ctypes.c_void_p(address), ctypes.c_size_t(size)
    checked(libc.madvise(where, length, _MADV_COLLAPSE), f"madvise {address:#x}")


def pivot_to_current_directory() -> None:
    """Makes the current directory the root and lets go of the old one."""
    number = _NR_PIVOT_ROOT.get(platform.machine())
    if number is None:
        raise OSError(0, f"pivot_root is not known for {platform.machine()}")
    checked(libc.syscall(number, b".", b"."), "pivot_root")
    checked(libc.umount2(b".", _MNT_DETACH), "umount2")
    os.chdir("/")


def prctl(option: int, *arguments: int) -> None:
    """Changes an attribute of this process, as the manual page says; missing arguments are 0."""
    padded = [ctypes.c_ulong(argument) for argument in (option, *arguments, 0, 0, 0, 0)[:5]]
    checked(libc.prctl(*padded), f"prctl {option}")


def die_with_parent(signal_number: int = 9) -> None:
    """Has the kernel send `signal_number` to this process when its parent ends."""
    prctl(_PR_SET_PDEATHSIG, signal_number)


def adopt_orphans() -> None:
    """Makes this process the parent of its descendants' orphans."""
    prctl(_PR_SET_CHILD_SUBREAPER, 1)


def set_dumpable(readable: bool) -> None:
    """Whether other processes of the same user may look into this one; /proc/self is unreadable without."""
    prctl(_PR_SET_DUMPABLE, int(readable))


def no_new_privileges() -> None:
    """From here on no program started gains rights: set-user-ID bits and file capabilities are void."""
    prctl(_PR_SET_NO_NEW_PRIVS, 1)


def keep_capabilities(mask: int) -> None:
    """Gives up for good every capability that is not in `mask` (the first 32)."""
    for number in range(64):
        if libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0) < 0:
            break
    libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = struct.pack("Ii", _LINUX_CAPABILITY_VERSION_3, 0)
    checked(libc.capset(header, struct.pack("6I", mask, mask, 0, 0, 0, 0)), "capset")


def become(uid: int) -> None:
    """Turns this process into user and group `uid`, with no other group and no capability left."""
    for number in range(64):
        if libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0) < 0:
            break
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def loopback_up() -> None:
    """Brings up ``lo`` in the current network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", _IFF_UP | _IFF_RUNNING)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)
