"""The process between the grader and one child: it starts the child, keeps time and memory, and ends it.

Three processes make one child. The *supervisor* stays outside, holds the control socket and is trusted. The
*container* is pid 1 of the namespaces; where the host makes none for us, the program that does takes its place
(`walled`). The *confined* process runs the student's code. The supervisor ends
the other two when the grader says so or goes away, when the zygote goes away, when time is up, or, where no
control group or file system of its own bounds it, when memory or disk is used up. What it reports is
therefore what really happened.

On the control socket, one JSON object a packet. Out: ``{"started": ...}`` or ``{"error": ...}``, then
``{"ended": ...}``. In: ``interrupt`` and ``kill``.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import time
import traceback
from typing import Any, NoReturn

from grader.execution.child import container, memory_watch, syscalls, walled
from grader.execution.child.confined_run import Run, report_failure, run_confined
from grader.execution.child.disk_watch import Disk, DiskWatch, MemoryDiskWatch
from grader.execution.shared import cgroups
from grader.execution.shared.child_request import (
    ChildRequest,
)

CONTROL = 3  # the control socket's descriptor in a supervisor
FIRST_EXTRA = 4  # where the descriptors that belong to the child begin
_WATCH_EVERY = 0.1  # seconds between looks at memory
_IMPORTS_MB = 640  # what a kernel with TensorFlow has before its first cell, where no zygote has it for all
_SENTRY_THREADS = 256  # of gVisor itself, beside the notebook's
_SIGNALLED = 128  # what a wall adds to the number of the signal that ended its child
_KILL_GRACE = 5.0  # seconds after which a second kill is tried


def supervise(request: ChildRequest, extra: int, program: bytes, run: Run) -> NoReturn:
    """Runs `request` to its end in a process of its own and exits.

    The child has `extra` descriptors from `FIRST_EXTRA` on. `run` is called in it when it is confined, with
    a function to call just before any code of a student's; until then what goes wrong is reported as ours.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    syscalls.adopt_orphans()
    group = None
    try:
        if request.cgroup:
            imports = _IMPORTS_MB if request.wall else 0
            processes = request.processes + (_SENTRY_THREADS if request.wall == "gvisor" else 0)
            group = cgroups.make(request.cgroup, request.memory_mb + imports, processes)
        child, report = _start(request, group, extra, program, run)
    except BaseException:
        _tell({"error": traceback.format_exc()[-3000:]})
        if group is not None:
            group.remove()
        os._exit(1)
    _Watch(request, group, child, report).until_the_end()
    os._exit(0)


def _tell(message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # the grader has gone
        os.write(CONTROL, json.dumps(message).encode())


def _start(
    request: ChildRequest,
    group: cgroups.Group | None,
    extra: int,
    program: bytes,
    run: Run,
) -> tuple[int, int]:
    """Forks the child; returns its pid and the pipe on which it reports."""
    if request.namespaces == "user":
        _enter_user_namespace()
    elif request.namespaces == "root":
        syscalls.unshare(syscalls.CLONE_NEWPID)
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        for descriptor in range(FIRST_EXTRA, FIRST_EXTRA + extra):
            os.close(descriptor)
        return child, reading
    os.close(CONTROL)  # the control socket never enters the sandbox
    os.close(reading)
    try:
        syscalls.die_with_parent()
        if group is not None:
            group.enter()
        if request.wall:
            walled.enter(request, range(FIRST_EXTRA, FIRST_EXTRA + extra), writing)
        if request.namespaces:
            container.enter(request)
            container.watch_over(
                lambda: run_confined(request, program, writing, run),
                writing,
                owned=request.namespaces == "root",
            )
        os.setsid()
        run_confined(request, program, writing, run)
    except BaseException:
        report_failure(writing)


def _enter_user_namespace() -> None:
    uid, gid = os.getuid(), os.getgid()
    syscalls.unshare(syscalls.CLONE_NEWUSER | syscalls.CLONE_NEWPID)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123 - each needs to be a single write(2)
            file.write(text)


class _Watch:
    """A supervisor's loop: events in, one kill at most, one last report."""

    def __init__(self, request: ChildRequest, group: cgroups.Group | None, child: int, report: int) -> None:
        self._request = request
        self._group = group
        self._child = child
        self._report = report
        self._reported = b""
        self._own_namespaces = request.namespaces in {"root", "user"}
        self._how = "exit"
        self._started = time.monotonic()
        self._deadline = self._started + request.wall_seconds
        places = (request.home, *walled.FILE_SYSTEMS) if request.namespaces else ()
        self._memory = None
        if group is None:
            self._memory = memory_watch.MemoryWatch(child, request.memory_mb, places, cold=bool(request.wall))
        self._disk: Disk | None = None
        if request.wall:
            self._disk = MemoryDiskWatch(child, places, request.disk_mb, request.inodes)
        elif not request.namespaces:
            self._disk = DiskWatch(request.home, request.disk_mb, request.inodes)
        self._selector = selectors.DefaultSelector()

    def until_the_end(self) -> None:
        alive = os.pidfd_open(self._child)
        zygote = os.pidfd_open(os.getppid())
        for descriptor, what in ((CONTROL, "control"), (alive, "end"), (zygote, "zygote")):
            self._selector.register(descriptor, selectors.EVENT_READ, what)
        self._selector.register(self._report, selectors.EVENT_READ, "report")
        ended = False
        while not ended:
            pause = max(0.0, self._deadline - time.monotonic())
            if self._memory is not None or self._disk is not None:
                pause = min(pause, _WATCH_EVERY)
            for key, _ in self._selector.select(pause):
                ended = self._handle(key.data, key.fd) or ended
            if time.monotonic() >= self._deadline:
                self._kill("time")
            if self._how == "exit":
                if self._memory is not None and self._memory.exceeded():
                    self._kill("memory")
                elif self._disk is not None and self._disk.exceeded():
                    self._kill("disk")
        self._finish()

    def _handle(self, what: str, descriptor: int) -> bool:
        if what == "end":
            return True
        if what == "report":
            self._read_report()
        elif what == "zygote":
            self._selector.unregister(descriptor)
            self._kill("zygote gone")
        else:
            try:
                command = os.read(CONTROL, 64)
            except OSError:
                command = b""
            if command == b"interrupt":
                self._interrupt()
            elif command == b"kill":
                self._kill("asked")
            else:
                self._selector.unregister(CONTROL)
                self._kill("grader gone")
        return False

    def _read_report(self) -> None:
        chunk = os.read(self._report, 65536)
        if not chunk:
            self._selector.unregister(self._report)
        before = self._reported.count(b"\n")
        self._reported += chunk
        for line in self._reported.split(b"\n")[before:-1]:
            message = json.loads(line)
            if "ready" in message:
                if self._memory is not None:
                    self._memory.begin()
                _tell({"started": self._child, "seconds": time.monotonic() - self._started})
            elif "error" in message:
                _tell(message)

    def _kill(self, why: str) -> None:
        if self._how == "exit":
            self._how = why
        self._deadline = time.monotonic() + _KILL_GRACE
        self._signal(signal.SIGKILL)
        if not self._own_namespaces:
            with contextlib.suppress(OSError):
                os.killpg(self._child, signal.SIGKILL)

    def _interrupt(self) -> None:
        if (
            self._request.wall == "bubblewrap"
        ):  # it has an init of its own, and the kernel is that one's child
            for pid in memory_watch.descendants(self._child)[2:3]:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGINT)
        else:
            self._signal(signal.SIGUSR1 if self._own_namespaces else signal.SIGINT)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(OSError):
            os.kill(self._child, number)

    def _finish(self) -> None:
        _, status, usage = os.wait4(self._child, 0)
        if not self._own_namespaces:
            end_descendants()
        while chunk := os.read(self._report, 65536):
            self._reported += chunk
        code = os.waitstatus_to_exitcode(status)
        for line in self._reported.split(b"\n")[:-1]:
            code = json.loads(line).get("exit", code)
        if self._request.wall and not self._reported:
            _tell({"error": walled.complaint(self._request)})
        if self._request.wall and code > _SIGNALLED:
            code = _SIGNALLED - code
        peak = usage.ru_maxrss << 10
        killed_for_memory = 0
        if self._group is not None:
            peak = self._group.memory_peak()
            killed_for_memory = self._group.out_of_memory()
            self._group.remove()
        elif self._memory is not None:
            peak = self._memory.peak
            killed_for_memory = int(self._how == "memory")
        _tell(
            {
                "ended": code,
                "how": self._how,
                "out_of_memory": killed_for_memory,
                "memory_peak": peak,
                "seconds": time.monotonic() - self._started,
                "cpu_seconds": usage.ru_utime + usage.ru_stime,
            }
        )


def end_descendants() -> None:
    """Kills and reaps all that this process has adopted, until nothing is left."""
    deadline = time.monotonic() + _KILL_GRACE
    while children := memory_watch.children_of(os.getpid()):
        if time.monotonic() > deadline:
            return
        for pid in children:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def take_places(control: socket.socket, extra: list[int]) -> None:
    """Puts the control socket and the child's descriptors at their places and closes all others."""
    high = 200
    wanted = [control.detach(), *extra]
    for place, descriptor in enumerate(wanted):
        os.dup2(descriptor, high + place)
    null = os.open(os.devnull, os.O_RDWR)
    for place in range(3):
        os.dup2(null, place)
    for place in range(len(wanted)):
        os.dup2(high + place, CONTROL + place)
    os.closerange(CONTROL + len(wanted), 1 << 16)
