"""The last steps before a student's code runs: another user, no rights, bounded resources, filtered calls."""

from __future__ import annotations

import os
import platform
import resource
from pathlib import Path

from grader.execution.child import landlock, seccomp, syscalls
from grader.execution.shared.child_request import (
    SANDBOX_SHARED_MEMORY,
    SANDBOX_SOCKETS,
    SANDBOX_TEMPORARY,
    ChildRequest,
)
from grader.execution.shared.sandbox_root import HARMLESS_ETC, SHOWN_OF_PROC

_MEGABYTE = 1 << 20
_HARMLESS_DEVICES = ("/dev/null", "/dev/full")
_TERMINALS = ("/dev/pts", "/dev/ptmx")  # of its own only in a root of its own


def confine(request: ChildRequest, program: bytes) -> None:
    """Gives up, for good, all that a notebook does not need. Raises `OSError` if any layer fails."""
    os.environ.clear()
    os.environ.update(request.environment)
    _limit_resources(request)
    if request.uid not in {None, os.getuid()}:
        syscalls.become(request.uid)
    elif request.namespaces:
        syscalls.keep_capabilities(0)
    syscalls.die_with_parent()  # a change of user has undone it
    syscalls.set_dumpable(True)
    syscalls.no_new_privileges()
    os.umask(0o077)
    os.chdir(request.home)
    if request.landlock:
        _lock_files(request)
    if request.seccomp:
        seccomp.load(program)


def close_behind(request: ChildRequest) -> None:
    """Takes back what only starting a kernel needs: sockets in the host's directory, filters of one's own.

    Where no namespace hides the machine's own sockets, every way to another socket is closed besides, and
    what the user of a file alone does not decide: times and extended attributes. Where no control group
    counts memory, so is every kind of memory that belongs to no process.
    """
    if request.landlock:
        own = (
            (request.home, SANDBOX_TEMPORARY, SANDBOX_SHARED_MEMORY)
            if request.namespaces
            else (request.home,)
        )
        landlock.forbid_new_sockets(except_below=own)
    if request.seccomp:
        closed = not request.namespaces
        if program := seccomp.last_program(platform.machine(), closed=closed, uncounted=not request.cgroup):
            seccomp.load(program)


def _lock_files(request: ChildRequest) -> None:
    readable, listable = landlock.readable_except(("/usr", *request.visible), request.hidden)
    system = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", *HARMLESS_ETC)
    if request.namespaces:
        devices = (*_HARMLESS_DEVICES, *_TERMINALS, *(("/dev/zero",) if request.cgroup else ()))
        landlock.restrict(
            readable=(*readable, *system, "/proc", "/etc", "/dev/random", "/dev/urandom"),
            listable=(*listable, "/", "/dev"),
            writable=(request.home, SANDBOX_TEMPORARY, SANDBOX_SHARED_MEMORY, *devices),
            socket_directories=(SANDBOX_SOCKETS,),
            # Its network namespace has nothing but itself; but what lies in TCP's buffers, nobody counts.
            forbid_tcp=not request.cgroup,
        )
    else:
        data = [str(Path(source).resolve()) for source, _ in request.data_files]
        own = Path("/proc", str(os.getpid()))
        os.open(
            own, os.O_PATH | os.O_CLOEXEC
        )  # kept: the rule holds as long as the kernel knows the directory
        landlock.restrict(
            readable=(
                *(*readable, *system, *data, str(own), "/dev/random", "/dev/urandom"),
                *(f"/proc/{name}" for name in SHOWN_OF_PROC),
            ),
            listable=listable,
            writable=(request.home, *_HARMLESS_DEVICES),
            socket_directories=(request.sockets,) if request.sockets else (),
            forbid_tcp=True,
        )


def _limit_resources(request: ChildRequest) -> None:
    """Limits of each process: the second line behind a control group, the first where there is none."""

    def limit(what: int, value: int) -> None:
        hard = resource.getrlimit(what)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(what, (value, value))

    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_CPU, request.cpu_seconds)
    limit(resource.RLIMIT_FSIZE, request.file_mb * _MEGABYTE)
    limit(resource.RLIMIT_NOFILE, request.open_files)
    limit(resource.RLIMIT_MEMLOCK, 8 * _MEGABYTE)
    limit(resource.RLIMIT_NPROC, request.processes)
    limit(resource.RLIMIT_DATA, data_size() + request.memory_mb * _MEGABYTE)


def data_size() -> int:
    """Bytes that count against RLIMIT_DATA in this process already; most of it is the zygote's imports."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0
