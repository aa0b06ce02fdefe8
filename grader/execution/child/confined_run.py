"""The confined process: makes a copy what a fresh process would be, gives up all rights, runs what was asked."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from grader.execution.child import kernel, probe
from grader.execution.child.confinement import close_behind, confine
from grader.execution.child.preloading import run_startup
from grader.execution.shared.child_request import SANDBOX_SOCKETS, ChildRequest

TRIED = "tried"  # the socket that a trial makes, to see whether the host sees it
Run = Callable[[ChildRequest, Callable[[], None]], NoReturn]


@dataclass(frozen=True)
class Inheritance:
    """What a child has to do about being a copy: the home its imports saw, constants made of it, its startup."""

    home: str
    constants: list[tuple[str, str]]
    startup: str

    def run(self, request: ChildRequest, ready: Callable[[], None], job: int, result: int) -> NoReturn:
        """Runs the kernel, or the probe whose job and result are these descriptors; `ready` comes just before."""

        def listening() -> None:
            close_behind(request)
            ready()

        settle(self.home, request.home, self.constants)
        run_startup(self.startup)
        if request.task == "trial":
            with socket.socket(socket.AF_UNIX) as kernels:
                kernels.bind(f"{SANDBOX_SOCKETS}/{TRIED}")
            listening()
            os._exit(0)
        if request.task == "kernel":
            kernel.run(request.connection, listening, namespaces=bool(request.namespaces))
        listening()
        probe.run(job, result)


def inheritance(startup: str) -> Inheritance:
    """To be called when all is imported."""
    home = os.environ["HOME"]
    return Inheritance(home, constants_below(home), startup)


def constants_below(home: str) -> list[tuple[str, str]]:
    """(module, name) of every module constant that an import made from the home directory's path."""
    return [
        (module_name, name)
        for module_name, module in list(sys.modules.items())
        for name, value in list(getattr(module, "__dict__", {}).items())
        if type(value) is str and value.startswith(home)
    ]


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


def run_confined(request: ChildRequest, program: bytes, report: int, run: Run) -> NoReturn:
    """Confines this process and calls `run`; what goes wrong until it is ready is reported as ours."""
    ready = False

    def about_to_run() -> None:
        nonlocal ready
        ready = True
        os.write(report, b'{"ready": true}\n')
        os.close(report)

    try:
        confine(request, program)
        run(request, about_to_run)
    except BaseException:  # never back into the caller's loop
        if not ready:
            report_failure(report)
    os._exit(98)


def report_failure(report: int) -> NoReturn:
    """Reports the exception at hand, and ends."""
    with contextlib.suppress(OSError):
        os.write(report, json.dumps({"error": traceback.format_exc()[-3000:]}).encode() + b"\n")
    os._exit(97)
