"""The inside of the namespaces: a minimal read-only root, and the process that is pid 1 there.

The root holds the system's programs and libraries, the Python environment and nothing else of the host: no
home, no ``/etc`` but a handful of harmless files, no submission. What can be written is memory that is
bounded and gone with the last process.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from grader.execution.child import syscalls
from grader.execution.shared.child_request import (
    SANDBOX_SHARED_MEMORY,
    SANDBOX_SOCKETS,
    SANDBOX_TEMPORARY,
    ChildRequest,
)
from grader.execution.shared.sandbox_root import (
    HARMLESS_ETC,
    SETTINGS_OF_PROC,
    SHARED_MEMORY_MB,
    SHOWN_OF_PROC,
    SYSTEM_DIRECTORIES,
    accounts,
    covered_of_proc,
)

_DEVICES = ("null", "full", "random", "urandom")
_NAMESPACES = (
    syscalls.CLONE_NEWNS
    | syscalls.CLONE_NEWNET
    | syscalls.CLONE_NEWIPC
    | syscalls.CLONE_NEWUTS
    | syscalls.CLONE_NEWCGROUP
)


def enter(request: ChildRequest) -> None:
    """Leaves the host's namespaces (the pid namespace is the caller's affair) and changes the root."""
    syscalls.unshare(_NAMESPACES)
    syscalls.loopback_up()
    _build_root(request)


def _build_root(request: ChildRequest) -> None:
    syscalls.mount(None, "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
    root = request.mount_point
    closed = syscalls.MS_NOSUID | syscalls.MS_NODEV
    syscalls.mount("tmpfs", root, "tmpfs", closed, "size=4m,nr_inodes=4000,mode=755")
    user = os.getuid() if request.uid is None else request.uid

    def inside(path: str) -> Path:
        return Path(root + path)

    for path in (SANDBOX_TEMPORARY, "/dev", "/proc", "/etc", "/usr"):
        inside(path).mkdir()
    for name in SYSTEM_DIRECTORIES:
        _copy_system_directory(Path("/", name), inside("/" + name))
    for path in HARMLESS_ETC:
        _bind_if_there(Path(path), inside(path))
    for path, text in zip(("/etc/passwd", "/etc/group"), accounts(user, request.home), strict=True):
        inside(path).write_text(text)
    # Mapped shared, /dev/zero is memory that belongs to no process: only a control group counts it.
    _make_devices(inside("/dev"), (*_DEVICES, "zero") if request.cgroup else _DEVICES)

    quota = f"size={request.disk_mb}m,nr_inodes={request.inodes}"
    shared = f"size={SHARED_MEMORY_MB}m,nr_inodes=2000"
    home = inside(request.home)
    syscalls.mount("tmpfs", str(inside(SANDBOX_SHARED_MEMORY)), "tmpfs", closed, f"{shared},mode=1777")
    syscalls.mount("tmpfs", str(inside(SANDBOX_TEMPORARY)), "tmpfs", closed, f"{quota},mode=1777")
    home.mkdir(parents=True)
    syscalls.mount("tmpfs", str(home), "tmpfs", closed, f"{quota},mode=700")
    # After the temporary file systems: an environment may live below /tmp.
    for path in ("/usr", *request.visible):
        _bind_if_there(Path(path), inside(path))
    for path in request.hidden:
        _cover(inside(path))
    _mount_proc(inside("/proc"), user, owned=request.namespaces == "root")
    if request.sockets:
        inside(SANDBOX_SOCKETS).mkdir()
        syscalls.bind(request.sockets, str(inside(SANDBOX_SOCKETS)), writable=True)
    for source, target in request.data_files:
        _bind_if_there(Path(source), home / target)
    if request.uid is not None:
        give_away(home, request.uid)

    os.chdir(root)
    syscalls.pivot_to_current_directory()
    syscalls.mount(None, "/", None, syscalls.MS_BIND | syscalls.MS_REMOUNT | syscalls.MS_RDONLY | closed)


def _copy_system_directory(path: Path, target: Path) -> None:
    if path.is_symlink():
        target.symlink_to(path.readlink())
    elif path.is_dir():
        _bind_if_there(path, target)


def _bind_if_there(path: Path, target: Path) -> None:
    """Shows the host's `path` at `target`, read-only; the directories above are made as needed."""
    if path.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    elif path.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    else:
        return
    syscalls.bind(str(path.resolve()), str(target))


def _cover(target: Path) -> None:
    """Hides what is at `target`: an empty directory or an empty file takes its place."""
    if target.is_dir():
        flags = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_RDONLY
        syscalls.mount("tmpfs", str(target), "tmpfs", flags, "size=4k,nr_inodes=2,mode=755")
    elif target.exists():
        syscalls.bind("/dev/null", str(target))


def _make_devices(directory: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (directory / name).touch()
        syscalls.bind(f"/dev/{name}", str(directory / name), writable=True, devices=True)
    (directory / "fd").symlink_to("/proc/self/fd")
    (directory / "ptmx").symlink_to("pts/ptmx")
    (directory / "shm").mkdir()
    (directory / "pts").mkdir()
    with contextlib.suppress(OSError):  # IPython runs shell commands on a pseudo-terminal
        flags = syscalls.MS_NOSUID | syscalls.MS_NOEXEC
        syscalls.mount(
            "devpts", str(directory / "pts"), "devpts", flags, "newinstance,ptmxmode=0666,mode=620"
        )


def _mount_proc(target: Path, user: int, *, owned: bool) -> None:
    """A /proc of the new pid namespace, in which what is the kernel's own reads as empty.

    Where the host's own is partly masked (in most containers) and so may not be mounted anew, only the
    files that libraries ask for.
    """
    flags = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC
    try:
        syscalls.mount("proc", str(target), "proc", flags, "hidepid=2" if owned else None)
    except OSError:
        for name in SHOWN_OF_PROC:
            _bind_if_there(Path("/proc", name), target / name)
        return
    empty_file, empty_directory = target.parent / "dev/.empty", target.parent / "dev/.none"
    empty_file.touch(mode=0o444)
    empty_directory.mkdir(mode=0o555)
    # What is attached from something read-only is read-only: one call each for what follows.
    for first in (empty_file, empty_directory):
        syscalls.bind(str(first), str(first))
    for name in covered_of_proc(target):
        mode = (target / name).stat().st_mode
        if user and not mode & stat.S_IROTH:  # root's alone already; each cover costs 40 microseconds
            continue
        empty = empty_directory if stat.S_ISDIR(mode) else empty_file
        syscalls.mount(str(empty), str(target / name), None, syscalls.MS_BIND)
    settings = str(target / SETTINGS_OF_PROC)
    syscalls.bind(settings, settings)


def give_away(home: Path, uid: int) -> None:
    """Makes the user `uid` the owner of a home and of all that is in it but can be changed."""
    for place, directories, files in os.walk(home):
        os.chown(place, uid, uid)
        for name in directories + files:
            with contextlib.suppress(OSError):  # a data file is read-only
                os.lchown(Path(place, name), uid, uid)


def watch_over(start: Callable[[], NoReturn], report: int, *, owned: bool) -> NoReturn:
    """Forks the process that runs `start`, then is pid 1 to it: passes on interrupts, reaps, reports its end.

    Gives up every right but that of signalling first. When this process ends, all of the namespace ends.
    """
    child = os.fork()
    if child == 0:
        os.setsid()
        start()

    def interrupt(_number: int, _frame: object) -> None:
        with contextlib.suppress(OSError):
            os.kill(child, signal.SIGINT)

    signal.signal(signal.SIGUSR1, interrupt)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    syscalls.keep_capabilities(syscalls.CAP_KILL if owned else 0)
    syscalls.set_dumpable(False)
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == child:
            os.write(report, json.dumps({"exit": os.waitstatus_to_exitcode(status)}).encode() + b"\n")
            os._exit(0)
