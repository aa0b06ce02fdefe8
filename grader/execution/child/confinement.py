"""The last steps before a student's code runs: another user, no rights, bounded resources, filtered calls."""

from __future__ import annotations

import os
import platform
import resource
from pathlib import Path

from grader.execution.child import landlock, seccomp, syscalls
from grader.execution.child.container import HARMLESS_ETC
from grader.execution.shared.child_request import (
    SANDBOX_SHARED_MEMORY,
    SANDBOX_SOCKETS,
    SANDBOX_TEMPORARY,
    ChildRequest,
)

_MEGABYTE = 1 << 20
_WRITABLE_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", SANDBOX_SHARED_MEMORY, "/dev/pts", "/dev/ptmx")


def confine(request: ChildRequest, program: bytes) -> None:
    """Gives up, for good, all that a notebook does not need. Raises `OSError` if any layer fails."""
    os.environ.clear()
    os.environ.update(request.environment)
    _limit_resources(request)
    if request.uid is not None:
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
    """Takes back what only starting a kernel needs: sockets in the host's directory.

    Where no namespace hides the host's own sockets, every way to another socket is closed besides.
    """
    if request.landlock:
        own = (
            (request.home, SANDBOX_TEMPORARY, SANDBOX_SHARED_MEMORY)
            if request.namespaces
            else (request.home,)
        )
        landlock.forbid_new_sockets(except_below=own)
    if not request.namespaces and request.seccomp:
        seccomp.load(seccomp.closed_program(platform.machine()))


def _lock_files(request: ChildRequest) -> None:
    readable, listable = landlock.readable_except(("/usr", *request.visible), request.hidden)
    system = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/dev", "/proc", *HARMLESS_ETC)
    if request.namespaces:
        landlock.restrict(
            readable=(*readable, *system, "/etc"),
            listable=(*listable, "/"),
            writable=(request.home, SANDBOX_TEMPORARY, *_WRITABLE_DEVICES),
            socket_directories=(SANDBOX_SOCKETS,),
            forbid_tcp=False,  # its network namespace has nothing but itself
        )
    else:
        data = [str(Path(source).resolve()) for source, _ in request.data_files]
        landlock.restrict(
            readable=(*readable, *system, *data),
            listable=listable,
            writable=(request.home, "/dev/null", "/dev/zero", "/dev/full", "/dev/pts", "/dev/ptmx"),
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
    own = processes_of(os.getuid()) if request.uid is None and not request.namespaces else 0
    limit(resource.RLIMIT_NPROC, request.processes + own)
    limit(resource.RLIMIT_DATA, data_size() + request.memory_mb * _MEGABYTE)


def data_size() -> int:
    """Bytes that count against RLIMIT_DATA in this process already; most of it is the zygote's imports."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0


def processes_of(uid: int) -> int:
    """How many processes and threads the user has now: RLIMIT_NPROC counts them all."""
    count = 0
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                if process.stat().st_uid == uid:
                    count += sum(1 for _ in (process / "task").iterdir())
            except OSError:
                continue
    return count
