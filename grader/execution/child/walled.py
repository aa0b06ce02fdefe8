"""Walls that another program makes, for hosts whose kernel gives this process no namespaces, or on request.

Bubblewrap, set-user-ID or not, makes namespaces as `container` does. gVisor's `runsc` gives a kernel of its own,
so that a hole in the host's is out of reach. Both start an interpreter that imports for itself: a notebook costs
what a cold kernel costs. The supervisor stays outside; `inside_wall` is what runs within.
"""

from __future__ import annotations

import dataclasses
import json
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from grader.execution.shared.child_request import (
    SANDBOX_SHARED_MEMORY,
    SANDBOX_SOCKETS,
    SANDBOX_TEMPORARY,
    ChildRequest,
    Wall,
)
from grader.execution.shared.sandbox_root import (
    HARMLESS_ETC,
    SHARED_MEMORY_MB,
    SYSTEM_DIRECTORIES,
    accounts,
    covered_of_proc,
)

FILE_SYSTEMS = (SANDBOX_SHARED_MEMORY, SANDBOX_TEMPORARY)  # in memory, besides the home
COMMANDS: Mapping[Wall, str] = {
    "bubblewrap": "bwrap",
    "gvisor": "runsc",
}  # in the order in which they are tried
_FONTS = f"{SANDBOX_TEMPORARY}/.matplotlib"  # as `host.sandbox` has it in the environment
_PACKAGE = "/.grader"
_START = f"import sys; sys.path.insert(0, {_PACKAGE!r}); from grader.execution.child.inside_wall import main; main()"
_MEGABYTE = 1 << 20
_SAID = 300  # characters of what the program says that are repeated


def enter(request: ChildRequest, descriptors: Sequence[int], report: int) -> NoReturn:
    """Becomes the program that makes the wall; `descriptors` are a probe's job and result, if it is one."""
    job = b""
    if descriptors:
        with os.fdopen(descriptors[0], "rb") as file:
            job = file.read()
    # Without a user namespace all processes of the user count, wherever they are.
    inside = dataclasses.replace(request, processes=request.processes + _processes_of(os.getuid()))
    asked = os.memfd_create("request", os.MFD_CLOEXEC)
    with os.fdopen(os.dup(asked), "wb") as file:
        file.write(inside.to_json() + b"\n" + job)
    os.lseek(asked, 0, os.SEEK_SET)
    complaints = os.open(_complaints(request), os.O_WRONLY | os.O_CREAT, 0o600)
    result = descriptors[1] if descriptors else complaints
    for place, descriptor in enumerate((asked, report, result)):
        os.dup2(descriptor, place)
    environment = {
        **os.environ,  # a zygote's: nothing of the grader's own
        "HOME": request.home,
        "MPLCONFIGDIR": request.environment.get("MPLCONFIGDIR", SANDBOX_TEMPORARY),
    }
    python = [sys.executable, "-P", "-c", _START]
    scratch = Path(request.sockets).parent
    if request.wall == "bubblewrap":
        command = [request.program, *_bubblewrap(request, scratch), "--", *python]
    else:
        command = [request.program, *_gvisor(request, scratch, python, environment)]
    os.execve(request.program, command, environment)  # noqa: S606 - found by the audit, arguments are ours


def complaint(request: ChildRequest) -> str:
    """What the program said that was to make the wall."""
    try:
        said = _complaints(request).read_text(errors="replace").strip()
    except OSError:
        said = ""
    return said[-_SAID:] or f"{request.program} started nothing"


def _complaints(request: ChildRequest) -> Path:
    return Path(request.sockets).parent / "complaints"


def _shown(request: ChildRequest) -> Iterator[tuple[str, str]]:
    """(path on the host, path inside) of all that is shown read-only."""
    for path in ("/usr", *request.visible, *HARMLESS_ETC):
        if Path(path).exists():
            yield str(Path(path).resolve()), path
    for name in SYSTEM_DIRECTORIES:
        if Path("/", name).is_dir() and not Path("/", name).is_symlink():
            yield f"/{name}", f"/{name}"
    yield request.package, _PACKAGE
    for source, target in request.data_files:
        yield source, f"{request.home}/{target}"
    # Searching for the fonts takes seconds.
    for fonts in Path(os.environ.get("MPLCONFIGDIR", "/nonexistent")).glob("fontlist-*.json"):
        yield str(fonts), f"{_FONTS}/{fonts.name}"


def _links() -> Iterator[tuple[str, str]]:
    for name in SYSTEM_DIRECTORIES:
        path = Path("/", name)
        if path.is_symlink():
            yield str(path.readlink()), str(path)


def _written(request: ChildRequest, scratch: Path) -> Iterator[tuple[str, str]]:
    """The same of files made for the purpose."""
    for path, text in zip(("passwd", "group"), accounts(_user(request), request.home), strict=True):
        (scratch / path).write_text(text)
        yield str(scratch / path), f"/etc/{path}"


def _user(request: ChildRequest) -> int:
    return os.getuid() if request.uid is None else request.uid


def _empty(request: ChildRequest, scratch: Path) -> Iterator[tuple[str, str]]:
    """What is covered: (what covers it, path inside)."""
    file, directory = scratch / "empty", scratch / "none"
    file.touch()
    directory.mkdir(exist_ok=True)
    for path in (*request.hidden, *(f"/proc/{name}" for name in covered_of_proc(Path("/proc")))):
        yield str(directory if Path(path).is_dir() else file), path


def _in_memory(request: ChildRequest) -> Iterator[tuple[str, int, str]]:
    """(path, megabytes, mode) of each file system in memory."""
    yield SANDBOX_SHARED_MEMORY, SHARED_MEMORY_MB, "1777"
    yield SANDBOX_TEMPORARY, request.disk_mb, "1777"
    yield request.home, request.disk_mb, "0700" if request.wall == "bubblewrap" else "1777"


def _bubblewrap(request: ChildRequest, scratch: Path) -> list[str]:
    found = Path(request.program).stat()
    privileged = os.getuid() == 0 or bool(found.st_mode & stat.S_ISUID and found.st_uid == 0)
    arguments = ["--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    arguments += [f"--unshare-{kind}" for kind in ["ipc", "pid", "net", "uts", "cgroup-try"]]
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    if not privileged:
        arguments.append("--unshare-user")
    if request.uid is not None:  # to become that user
        for capability in ("CHOWN", "SETGID", "SETUID"):
            arguments += ["--cap-add", f"CAP_{capability}"]
    for path, size, mode in _in_memory(request):
        # Not allowed where it is set-user-ID: `MemoryDiskWatch` then bounds it.
        for directory in _directories([path]):
            arguments += ["--perms", "0755", "--dir", directory]
        arguments += [] if privileged else ["--size", str(size * _MEGABYTE)]
        arguments += ["--perms", mode, "--tmpfs", path]
    shown = [*_shown(request), *_written(request, scratch)]
    for directory in _directories(target for _, target in shown):
        arguments += ["--perms", "1777" if directory == _FONTS else "0755", "--dir", directory]
    for source, target in shown:
        arguments += ["--ro-bind", source, target]
    for source, target in _links():
        arguments += ["--symlink", source, target]
    for source, target in (*_empty(request, scratch), (str(scratch / "empty"), "/dev/zero")):
        arguments += ["--ro-bind", source, target]
    return [*arguments, "--bind", request.sockets, SANDBOX_SOCKETS, "--remount-ro", "/"]


def _directories(paths: Iterable[str]) -> list[str]:
    """Those above `paths`, the outermost first: left to itself, it makes them for one user alone."""
    return sorted({str(parent) for path in paths for parent in Path(path).parents} - {"/", "/dev", "/proc"})


def _gvisor(
    request: ChildRequest, scratch: Path, python: Sequence[str], environment: dict[str, str]
) -> list[str]:
    root, state = scratch / "bundle" / "rootfs", scratch / "state"
    root.mkdir(parents=True)
    state.mkdir()
    for source, target in _links():
        (root / target.lstrip("/")).symlink_to(source)
    mounts = [{"destination": "/proc", "type": "proc", "source": "proc"}]
    closed = ["nosuid", "nodev"]

    def mount(source: str, target: str, kind: str, *options: str) -> None:
        mounts.append(
            {"destination": target, "type": kind, "source": source, "options": [*closed, *options]}  # type: ignore[dict-item]
        )

    mount("tmpfs", "/dev", "tmpfs", "mode=755")
    for path, size, mode in _in_memory(request):
        mount("tmpfs", path, "tmpfs", f"size={size}m", f"mode={mode}")
    covers = [(cover, path) for cover, path in _empty(request, scratch) if path in request.hidden]
    for source, target in (*_shown(request), *_written(request, scratch), *covers):
        mount(source, target, "bind", "rbind", "ro")
    mount(request.sockets, SANDBOX_SOCKETS, "bind", "rbind", "rw")
    user = _user(request)
    specification = {
        "ociVersion": "1.0.2",
        "root": {"path": str(root), "readonly": True},
        "hostname": "notebook",
        "process": {
            "args": list(python),
            "cwd": "/",
            "env": [f"{name}={value}" for name, value in environment.items()],
            "user": {"uid": user, "gid": user if request.uid is not None else os.getgid()},
            "noNewPrivileges": True,
            "capabilities": {},
        },
        "mounts": mounts,
        "linux": {"namespaces": [{"type": kind} for kind in ("pid", "network", "ipc", "uts", "mount")]},
    }
    (scratch / "bundle" / "config.json").write_text(json.dumps(specification))
    flags = ["--network=none", "--ignore-cgroups", "--host-uds=all", f"--root={state}"]
    if os.getuid():
        flags.append("--rootless")
    return [*flags, "run", f"--bundle={scratch / 'bundle'}", f"notebook-{os.getpid()}"]


def _processes_of(uid: int) -> int:
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
