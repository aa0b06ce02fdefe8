"""What a child is given to see and to use, worked out once for an executor: paths, environment, limits."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
from pathlib import Path
from typing import Any

from grader.execution.host.isolation import HostIsolation, strength
from grader.execution.host.runtime_directory import RuntimeDirectory
from grader.execution.shared import cgroups
from grader.execution.shared.child_request import (
    SANDBOX_HOME,
    SANDBOX_SOCKETS,
    SANDBOX_TEMPORARY,
    ChildRequest,
    Task,
)
from grader.execution.shared.installation import copy_for_children, hidden_paths, visible_paths
from grader.execution.shared.limits import Isolation, Limits, Settings
from grader.execution.shared.plan import DataFile, Profile
from grader.execution.shared.sandbox_user import sandbox_user
from grader.model import Value

INLINE_BACKEND = "module://matplotlib_inline.backend_inline"
_WALL_SLACK = 10.0  # seconds by which the supervisor's clock runs behind the grader's own
_PROCESSORS = os.cpu_count() or 1


class ChildPlace(Value, frozen=True):
    """The directories of one child on the host; `sockets` as the child itself sees it is `inside`."""

    directory: Path
    sockets: Path
    inside: str
    request: ChildRequest


def thread_environment(threads: int) -> dict[str, str]:
    """Pins the numeric libraries to `threads` and TensorFlow to the processor."""
    names = (
        "OPENBLAS_NUM_THREADS",
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
        "TF_NUM_INTRAOP_THREADS",
        "TF_NUM_INTEROP_THREADS",
    )
    return {
        **dict.fromkeys(names, str(threads)),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "MPLBACKEND": INLINE_BACKEND,
        "PYTHONHASHSEED": "0",
    }


def zygote_environment(settings: Settings, profile: Profile, home: Path) -> dict[str, str]:
    """The environment of a zygote: nothing of the grader's own gets in, as its children could read it."""
    return {
        "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "HOME": str(home),
        "MPLCONFIGDIR": str(_matplotlib_cache(home)),
        **thread_environment(settings.threads),
        # OpenBLAS starts its threads at import, and the zygote must have one.
        **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
        **profile.environment,
    }


def child_environment(settings: Settings, profile: Profile, home: str, temporary: str) -> dict[str, str]:
    """The environment of a notebook's kernel."""
    return {
        "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "HOME": home,
        "USER": "student",
        "TMPDIR": temporary,
        "IPYTHONDIR": f"{temporary}/.ipython",
        "JUPYTER_RUNTIME_DIR": f"{temporary}/.jupyter",
        "MPLCONFIGDIR": f"{temporary}/.matplotlib",
        "XDG_CACHE_HOME": f"{temporary}/.cache",
        "HDF5_USE_FILE_LOCKING": "FALSE",  # the system call filter has no flock
        "PIP_NO_INDEX": "1",  # there is no network: fail at once
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        **thread_environment(settings.threads),
        **profile.environment,
    }


def _matplotlib_cache(home: Path) -> Path:
    """A directory that outlives the zygote, so that the fonts are searched once a machine."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser(), "report-grader")
    with contextlib.suppress(OSError, RuntimeError):
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.access(cache, os.W_OK):
            return cache
    return home


class Sandbox:
    """Makes the orders of one executor's children."""

    def __init__(self, found: HostIsolation, settings: Settings, runtime: RuntimeDirectory) -> None:
        self._settings = settings
        self._found = found
        self._full = strength(found, settings) is Isolation.FULL
        self._runtime = runtime
        self._numbers = itertools.count()
        self._mount_point = runtime.make("root", 0o755)
        self._visible = visible_paths()
        inside = (*self._visible, "/usr")
        self._package = ""
        if self._full and found.wall:
            package = runtime.make("package", 0o755)
            copy_for_children(package)
            self._package = str(package)
        self._hidden = tuple(
            path for path in hidden_paths() if any(Path(root) in Path(path).parents for root in inside)
        )

    def place(
        self,
        task: Task,
        profile: Profile,
        limits: Limits,
        *,
        wall_seconds: float,
        data_files: tuple[DataFile, ...] = (),
        key: str = "",
        configuration: str = "",
    ) -> ChildPlace:
        """Makes the directories of a new child and the request for it.

        `key` signs a kernel's messages; `configuration` is that of its zygote.
        """
        number = next(self._numbers)
        own_user = os.getuid() == 0 and self._found.namespaces != "user"
        user = sandbox_user() if own_user else None
        directory = self._runtime.make(f"{number}", 0o711)
        sockets = directory / "s"
        sockets.mkdir(mode=0o700)
        if user is not None:
            os.chown(sockets, user, user)
        home, temporary = SANDBOX_HOME, SANDBOX_TEMPORARY
        if not self._full:
            home = temporary = str(self._private_home(directory, user, data_files))
        inside = SANDBOX_SOCKETS if self._full else str(sockets)
        group = f"{cgroups.PREFIX}{self._runtime.name}-{number}"
        request = ChildRequest(
            task=task,
            namespaces=self._found.namespaces if self._full else "",
            uid=user,
            cgroup=group if self._found.control_group and self._settings.control_groups else "",
            landlock=bool(self._found.landlock),
            seccomp=bool(self._found.seccomp),
            memory_mb=limits.memory_mb,
            processes=limits.processes,
            disk_mb=limits.disk_mb,
            inodes=limits.inodes,
            open_files=limits.open_files,
            file_mb=limits.file_mb,
            cpu_seconds=int(wall_seconds * _PROCESSORS + _WALL_SLACK) + 1,
            wall_seconds=wall_seconds + _WALL_SLACK,
            home=home,
            visible=self._visible,
            hidden=self._hidden,
            mount_point=str(self._mount_point),
            sockets=str(sockets),
            data_files=tuple((str(file.source), file.target) for file in data_files),
            environment=child_environment(self._settings, profile, home, temporary),
            connection=connection(f"{inside}/k", key) if task == "kernel" else {},
            wall=self._found.wall if self._full else "",
            program=self._found.program,
            package=self._package,
            configuration=configuration if self._package else "",
        )
        return ChildPlace(directory=directory, sockets=sockets, inside=inside, request=request)

    @staticmethod
    def _private_home(directory: Path, user: int | None, data_files: tuple[DataFile, ...]) -> Path:
        """A home on the host's disk, for children without a file system of their own."""
        home = directory / "home"
        home.mkdir(mode=0o700)
        owner = user if user is not None else -1
        for file in data_files:
            target = home / file.target
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(file.source.resolve())
        for place, _, _ in os.walk(home):
            os.chown(place, owner, owner)
        return home


def connection(path: str, key: str) -> dict[str, Any]:
    """A kernel's connection information: sockets ``path-1`` to ``path-5``."""
    return {
        "transport": "ipc",
        "ip": path,
        "shell_port": 1,
        "iopub_port": 2,
        "stdin_port": 3,
        "control_port": 4,
        "hb_port": 5,
        "key": key,
        "signature_scheme": "hmac-sha256",
    }
