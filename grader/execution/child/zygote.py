"""The zygote: one process that has paid for the imports and forks a child a request.

It is single-threaded and never runs an operation: a TensorFlow that has computed anything before a fork
leaves every child hanging. It holds no answer, no submission and no secret, so a child inherits none.
It ends when the grader, or the grader's end of its channel, goes away.

Run as ``python -c 'from grader.execution.child.zygote import main; main()' CONFIGURATION`` with the channel as
standard input; the configuration is JSON: ``modules``, ``aliases``, ``own_filter``, ``startup``.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from grader.execution.child import kernel, probe, seccomp, supervisor, syscalls
from grader.execution.child.confinement import close_behind
from grader.execution.child.preloading import preload, run_startup
from grader.execution.shared.child_request import ChildRequest

REQUEST_LIMIT = 1 << 18  # bytes; a request is a few kilobytes
DESCRIPTORS = 3  # at most, with one request: control, job, result


def main() -> None:
    """Imports, answers ``{"ready": ...}`` or ``{"error": ...}``, then serves until the channel closes."""
    channel = socket.socket(fileno=os.dup(0))
    syscalls.die_with_parent()  # while it imports, it does not listen
    with contextlib.suppress(BlockingIOError):
        if not channel.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
            return
    configuration = json.loads(sys.argv[1])
    started = time.monotonic()
    try:
        preload(configuration["modules"], configuration["aliases"])
        maker, program = seccomp.compiled(own=configuration["own_filter"])
    except BaseException as problem:
        detail = traceback.format_exc()[-3000:]
        channel.send(json.dumps({"error": f"{type(problem).__name__}: {problem}", "detail": detail}).encode())
        return
    threads = sum(1 for _ in Path("/proc/self/task").iterdir())
    if threads != 1:
        channel.send(json.dumps({"error": f"the imports left {threads} threads; a fork needs one"}).encode())
        return
    homes = constants_below(os.environ["HOME"])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    channel.send(json.dumps({"ready": time.monotonic() - started, "filter": maker}).encode())
    _serve(channel, program, _Inheritance(os.environ["HOME"], homes, configuration["startup"]))


def constants_below(home: str) -> list[tuple[str, str]]:
    """(module, name) of every module constant that an import made from the home directory's path."""
    return [
        (module_name, name)
        for module_name, module in list(sys.modules.items())
        for name, value in list(getattr(module, "__dict__", {}).items())
        if type(value) is str and value.startswith(home)
    ]


@dataclass(frozen=True)
class _Inheritance:
    """What a child has to do about being a copy: the home its imports saw, constants made of it, its startup."""

    home: str
    constants: list[tuple[str, str]]
    startup: str


def _serve(channel: socket.socket, program: bytes, inheritance: _Inheritance) -> None:
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, REQUEST_LIMIT, DESCRIPTORS)
        if not message:
            return
        try:
            child = os.fork()
        except OSError as problem:
            os.write(descriptors[0], json.dumps({"error": f"no process could be made: {problem}"}).encode())
            child = -1
        if child == 0:
            try:
                channel.detach()
                supervisor.take_places(socket.socket(fileno=descriptors[0]), descriptors[1:])
                _supervise(ChildRequest.from_json(message), len(descriptors) - 1, program, inheritance)
            finally:
                os._exit(99)
        for descriptor in descriptors:
            os.close(descriptor)


def _supervise(request: ChildRequest, extra: int, program: bytes, inheritance: _Inheritance) -> NoReturn:
    def run(request: ChildRequest, ready: Callable[[], None]) -> NoReturn:
        def listening() -> None:
            close_behind(request)
            ready()

        settle(inheritance.home, request.home, inheritance.constants)
        run_startup(inheritance.startup)
        if request.task == "kernel":
            kernel.run(request.connection, listening)
        listening()
        probe.run(supervisor.FIRST_EXTRA, supervisor.FIRST_EXTRA + 1)

    supervisor.supervise(request, extra, program, run)


def settle(old_home: str, home: str, constants: list[tuple[str, str]]) -> None:
    """Makes this process what a freshly started one would be: its own randomness, its own home."""
    for module_name, name in constants:
        namespace = sys.modules[module_name].__dict__
        value = namespace.get(name)
        if type(value) is str and value.startswith(old_home):
            namespace[name] = home + value.removeprefix(old_home)
    random = sys.modules.get("numpy.random")
    if random is not None:
        random.seed()  # NumPy's global state is inherited; random's is renewed at every fork
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, signal.SIG_DFL)
    checkout = str(Path(__file__).resolve().parents[3])
    if not checkout.startswith(sys.prefix):
        sys.path[:] = [place for place in sys.path if place != checkout]
    for name in [name for name in sys.modules if name == "grader" or name.startswith("grader.")]:
        del sys.modules[name]
    gc.enable()
