"""Seccomp: the filter of `syscall_policy`, compiled to BPF once and loaded by every child.

With libseccomp it is a list of what is allowed; without, a list of what is denied, assembled here for
x86_64 and aarch64. Compiling costs milliseconds and is done before forking; loading costs microseconds.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import tempfile
from collections.abc import Mapping

from grader.execution.child import syscall_policy as policy
from grader.execution.child.syscalls import NAMESPACE_FLAGS, checked, libc, no_new_privileges

_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000

# linux/filter.h and linux/seccomp.h
_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_AND = 0x54  # BPF_ALU | BPF_AND | BPF_K
_ALLOW, _KILL_PROCESS, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16

_SOCK_DGRAM = 2
_SOCK_TYPE_MASK = 0xF

# seccomp.h of libseccomp
_SCMP_OPTIMIZE = 8
_SCMP_EQ, _SCMP_MASKED_EQ = 4, 7
_SCMP_UNKNOWN = -1
_LOW_WORD = 0xFFFFFFFF


class NoFilterError(OSError):
    """No filter can be made on this host."""


def compiled(*, own: bool = False) -> tuple[str, bytes]:
    """The policy as a BPF program, and what made it: ``libseccomp`` or ``built-in``.

    `own` leaves libseccomp out. Raises `NoFilterError` if neither way exists on this machine.
    """
    if not own:
        for name in ("libseccomp.so.2", "libseccomp.so"):
            try:
                return "libseccomp", _from_libseccomp(ctypes.CDLL(name, use_errno=True))
            except (OSError, AttributeError):
                continue
    return "built-in", deny_program(platform.machine())


def load(program: bytes) -> None:
    """Puts `program` over this process and all it starts, for good."""

    class _Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))

    buffer = ctypes.create_string_buffer(program, len(program))
    filter_ = _Program(len(program) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    no_new_privileges()
    result = libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_SECCOMP_MODE_FILTER), ctypes.byref(filter_), 0, 0)
    checked(result, "seccomp")


class _Comparison(ctypes.Structure):
    """struct scmp_arg_cmp: argument `number` compared with `first` (and `second`)."""

    _fields_ = (
        ("number", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def _from_libseccomp(library: ctypes.CDLL) -> bytes:
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = (ctypes.c_uint32,)
    library.seccomp_release.argtypes = (ctypes.c_void_p,)
    library.seccomp_attr_set.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32)
    library.seccomp_syscall_resolve_name.argtypes = (ctypes.c_char_p,)
    library.seccomp_rule_add_array.argtypes = (
        ctypes.c_void_p,
        ctypes.c_uint32,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_void_p,
    )
    library.seccomp_export_bpf.argtypes = (ctypes.c_void_p, ctypes.c_int)
    context = library.seccomp_init(_ERRNO | errno.ENOSYS)
    if not context:
        raise NoFilterError("libseccomp gave no context")

    def rule(action: int, name: str, *comparisons: _Comparison) -> None:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number == _SCMP_UNKNOWN:  # newer than this libseccomp
            return
        array = (_Comparison * len(comparisons))(*comparisons)
        if library.seccomp_rule_add_array(context, action, number, len(comparisons), array) < 0:
            raise NoFilterError(f"libseccomp refused the rule for {name}")

    try:
        library.seccomp_attr_set(context, _SCMP_OPTIMIZE, 2)  # binary tree; libseccomp 2.5, else unchanged
        for name in policy.ALLOWED:
            rule(_ALLOW, name)
        for name in policy.DENIED:
            rule(_ERRNO | errno.EPERM, name)
        rule(_ALLOW, "clone", _Comparison(0, _SCMP_MASKED_EQ, NAMESPACE_FLAGS, 0))
        for command in policy.ALLOWED_FCNTL:
            rule(_ALLOW, "fcntl", _Comparison(1, _SCMP_MASKED_EQ, _LOW_WORD, command))
            rule(_ALLOW, "fcntl64", _Comparison(1, _SCMP_MASKED_EQ, _LOW_WORD, command))
        for family in policy.ALLOWED_FAMILIES:
            rule(_ALLOW, "socket", _Comparison(0, _SCMP_MASKED_EQ, _LOW_WORD, family))
        rule(
            _ALLOW,
            "socket",
            _Comparison(0, _SCMP_MASKED_EQ, _LOW_WORD, policy.AF_NETLINK),
            _Comparison(2, _SCMP_EQ, 0, 0),
        )
        with tempfile.TemporaryFile() as file:
            if library.seccomp_export_bpf(context, file.fileno()) < 0:
                raise NoFilterError("libseccomp could not write the filter")
            file.seek(0, os.SEEK_SET)
            return file.read()
    finally:
        library.seccomp_release(context)


class _Assembler:
    """Collects BPF instructions; every jump is to the next instructions, so offsets stay small."""

    def __init__(self, machine: str) -> None:
        if machine not in _AUDIT_ARCH:
            raise NoFilterError(f"no system call filter is built in for {machine}: install libseccomp")
        self.machine = machine
        self._code: list[bytes] = []
        self.add(_LOAD, _ARCHITECTURE)
        self.add(_EQUAL, _AUDIT_ARCH[machine], yes=1)
        self.add(_RETURN, _KILL_PROCESS)
        self.add(_LOAD, _NUMBER)
        if machine == "x86_64":
            self.add(_AT_LEAST, _X32_BIT, no=1)
            self.add(_RETURN, _KILL_PROCESS)

    def add(self, code: int, value: int, *, yes: int = 0, no: int = 0) -> None:
        self._code.append(struct.pack("HBBI", code, yes, no, value))

    def refuse(self, numbers: Mapping[str, int], error: int) -> None:
        """The call answers `error`, if this architecture has it."""
        if self.machine in numbers:
            self.add(_EQUAL, numbers[self.machine], no=1)
            self.add(_RETURN, _ERRNO | error)

    def when(self, numbers: Mapping[str, int], *body: tuple[int, int, int, int]) -> None:
        """Runs `body` (code, value, yes, no), which must end by returning, for this call alone."""
        self.add(_EQUAL, numbers[self.machine], no=len(body))
        for code, value, yes, no in body:
            self.add(code, value, yes=yes, no=no)

    def program(self) -> bytes:
        self.add(_RETURN, _ALLOW)
        return b"".join(self._code)


def deny_program(machine: str) -> bytes:
    """The policy as a list of denied calls for `machine` (``x86_64`` or ``aarch64``)."""
    code = _Assembler(machine)
    for numbers in policy.DENIED.values():
        code.refuse(numbers, errno.EPERM)
    for numbers in policy.PRETEND_MISSING.values():
        code.refuse(numbers, errno.ENOSYS)
    code.when(
        policy.CLONE,
        (_LOAD, _ARGUMENTS, 0, 0),
        (_ANY_BIT, NAMESPACE_FLAGS, 0, 1),
        (_RETURN, _ERRNO | errno.EPERM, 0, 0),
        (_RETURN, _ALLOW, 0, 0),
    )
    commands = policy.ALLOWED_FCNTL
    code.when(
        policy.FCNTL,
        (_LOAD, _ARGUMENTS + 8, 0, 0),
        *((_EQUAL, command, len(commands) - place, 0) for place, command in enumerate(commands)),
        (_RETURN, _ERRNO | errno.ENOSYS, 0, 0),
        (_RETURN, _ALLOW, 0, 0),
    )
    families = policy.ALLOWED_FAMILIES
    code.when(
        policy.SOCKET,
        (_LOAD, _ARGUMENTS, 0, 0),
        *((_EQUAL, family, len(families) - place + 3, 0) for place, family in enumerate(families)),
        (_EQUAL, policy.AF_NETLINK, 0, 2),
        (_LOAD, _ARGUMENTS + 16, 0, 0),
        (_EQUAL, 0, 1, 0),
        (_RETURN, _ERRNO | errno.ENOSYS, 0, 0),
        (_RETURN, _ALLOW, 0, 0),
    )
    return code.program()


def last_program(machine: str, *, closed: bool, uncounted: bool) -> bytes:
    """What is loaded besides, just before a student's code runs; no bytes if there is nothing to refuse.

    `closed`, where no namespace hides the machine's own: no new socket, no connection, no datagram pair (it
    could address any socket by path), no System V or POSIX message queue, no times or extended attributes of
    files. `uncounted`, where no control group counts memory: none that outlives its mapping, no larger
    buffers of sockets, no pages that a pipe alone holds, no rules of one's own that the kernel has to keep.
    """
    if not closed and not uncounted:
        return b""
    code = _Assembler(machine)
    if closed:
        for numbers in (policy.SOCKET, policy.CONNECT, *policy.SYSTEM_V.values()):
            code.refuse(numbers, errno.EACCES)
        for numbers in policy.BY_PERMISSION.values():
            code.refuse(numbers, errno.EPERM)
        code.when(
            policy.SOCKETPAIR,
            (_LOAD, _ARGUMENTS + 8, 0, 0),
            (_AND, _SOCK_TYPE_MASK, 0, 0),
            (_EQUAL, _SOCK_DGRAM, 0, 1),
            (_RETURN, _ERRNO | errno.EACCES, 0, 0),
            (_RETURN, _ALLOW, 0, 0),
        )
    if uncounted:
        for numbers in policy.UNCOUNTED.values():
            code.refuse(numbers, errno.ENOSYS)
        code.when(
            policy.MMAP,
            (_LOAD, _ARGUMENTS + 24, 0, 0),
            (_AND, policy.MAP_SHARED | policy.MAP_ANONYMOUS, 0, 0),
            (_EQUAL, policy.MAP_SHARED | policy.MAP_ANONYMOUS, 0, 1),
            (_RETURN, _ERRNO | errno.EPERM, 0, 0),
            (_RETURN, _ALLOW, 0, 0),
        )
        sizes = policy.BUFFER_SIZES
        code.when(
            policy.SETSOCKOPT,
            (_LOAD, _ARGUMENTS + 8, 0, 0),
            (_EQUAL, policy.SOL_SOCKET, 0, len(sizes) + 1),
            (_LOAD, _ARGUMENTS + 16, 0, 0),
            *((_EQUAL, option, len(sizes) - place, 0) for place, option in enumerate(sizes)),
            (_RETURN, _ALLOW, 0, 0),
            (_RETURN, _ERRNO | errno.EPERM, 0, 0),
        )
    return code.program()
