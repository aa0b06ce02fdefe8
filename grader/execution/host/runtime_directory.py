"""The place of an executor's sockets and mount points, and the clearing up of what a killed one left.

Each executor holds a lock on a file in a directory of its own. A directory whose lock is free belongs to a
process that has ended without clearing up: what it left behind is ended and removed.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from grader.errors import RuntimeDirectoryError
from grader.execution.shared import cgroups

_LOCK = "lock"
_END_SECONDS = 5.0
_TRIES = 20
_PAUSE = 0.1  # seconds
_PATH_LIMIT = 60  # characters; a socket's whole path must stay below 108


@dataclass(frozen=True)
class RuntimeDirectory:
    """`path` is this executor's own, `name` is unique on the host, `lock` the descriptor that keeps it."""

    path: Path
    name: str
    lock: int

    def make(self, name: str, mode: int = 0o700) -> Path:
        """A new directory in it."""
        path = self.path / name
        path.mkdir(mode=mode)
        return path

    def remove(self) -> None:
        """Removes it with all it holds, and the control groups named after it; lets go of the lock."""
        _remove_groups(self.name)
        shutil.rmtree(self.path, ignore_errors=True)
        if self.lock >= 0:
            os.close(self.lock)


def open_directory(parent: Path | None = None) -> RuntimeDirectory:
    """A fresh directory below `parent`, or below the system's own place, after clearing up there.

    Raises `RuntimeDirectoryError` if there is no directory that this user alone may write.
    """
    name = secrets.token_hex(4)
    if sys.platform == "win32":  # no sockets in files and nothing that could be left behind but these
        return RuntimeDirectory(Path(tempfile.mkdtemp(prefix="report-grader-", dir=parent)), name, -1)
    import fcntl  # noqa: PLC0415 - POSIX only; this module is also imported elsewhere

    base = _base(parent)
    path = base / name
    with _turn(base):
        _sweep(base)
        path.mkdir(mode=0o711)  # a kernel of another user passes through to its own directory
        lock = os.open(path / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return RuntimeDirectory(path, name, lock)


def sweep(base: Path) -> list[str]:
    """Ends and removes what killed executors left below `base`; the names of what was cleared."""
    with _turn(base):
        return _sweep(base)


@contextlib.contextmanager
def _turn(base: Path) -> Iterator[None]:
    """Nobody clears up between the making of a directory and its locking."""
    import fcntl  # noqa: PLC0415 - as above

    descriptor = os.open(base / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sweep(base: Path) -> list[str]:
    import fcntl  # noqa: PLC0415 - as above

    cleared: list[str] = []
    for path in sorted(child for child in base.iterdir() if child.is_dir()):
        try:
            lock = os.open(path / _LOCK, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            lock = -1  # killed while it was made, or while it was removed
        try:
            if lock >= 0:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _clear(path)
            cleared.append(path.name)
        except OSError:
            continue  # in use
        finally:
            if lock >= 0:
                os.close(lock)
    return cleared


def _clear(path: Path) -> None:
    for _ in range(_TRIES):  # a process that was only just being started may write once more
        _end_processes(path)
        _remove_groups(path.name)
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            return
        time.sleep(_PAUSE)


def _end_processes(path: Path) -> None:
    for process in psutil.process_iter():
        # The environment that a process began with names its home; a fork keeps its zygote's.
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get("HOME", "").startswith(f"{path}/"):
                process.kill()
                process.wait(_END_SECONDS)


def _remove_groups(name: str) -> None:
    """What a supervisor that was killed itself could not remove."""
    for group in cgroups.find(f"{cgroups.PREFIX}{name}-"):
        cgroups.remove(group)


def _base(parent: Path | None) -> Path:
    if parent is not None:
        parent.mkdir(parents=True, exist_ok=True, mode=0o711)
        return _private(parent)
    uid = os.getuid()
    candidates = []
    if uid == 0:
        candidates.append(Path("/run/report-grader"))
    elif os.environ.get("XDG_RUNTIME_DIR"):
        candidates.append(Path(os.environ["XDG_RUNTIME_DIR"], "report-grader"))
    candidates.append(Path(tempfile.gettempdir(), f"report-grader-{uid}"))
    candidates.append(Path("/tmp", f"report-grader-{uid}"))  # noqa: S108 - made private and checked below
    problem: OSError = RuntimeDirectoryError("no directory")
    for candidate in candidates:
        if len(str(candidate)) > _PATH_LIMIT:
            continue
        try:
            candidate.mkdir(mode=0o711, exist_ok=True)
            return _private(candidate)
        except OSError as refused:
            problem = refused
    raise RuntimeDirectoryError(
        f"no private directory for sockets ({problem}); set the runtime directory to a short path of your own"
    )


def _private(path: Path) -> Path:
    """`path` if it is a real directory that only this user can write."""
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise RuntimeDirectoryError(f"{path} is not a directory that only this user can write")
    return path.resolve()
