"""The zygote: one process that has paid for the imports and forks a child a request.

It is single-threaded and never runs an operation: a TensorFlow that has computed anything before a fork
leaves every child hanging. It holds no answer, no submission and no secret, so a child inherits none.
It ends when the grader, or the grader's end of its channel, goes away.

Run as ``python -c 'from grader.execution.child.zygote import main; main()' CONFIGURATION`` with the channel as
standard input; the configuration is JSON: ``modules``, ``aliases``, ``own_filter``, ``startup``; ``wall``, if children
import for themselves behind a wall (it then imports nothing), and ``scope``, if it begins in a control group of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from grader.execution.child import huge_pages, seccomp, supervisor, syscalls
from grader.execution.child.confined_run import Inheritance, inheritance
from grader.execution.child.preloading import preload
from grader.execution.shared import cgroups
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
    imports = not configuration.get("wall")
    started = time.monotonic()
    try:
        if configuration.get("scope"):
            cgroups.make_room()
        if imports:
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
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    channel.send(json.dumps({"ready": time.monotonic() - started, "filter": maker}).encode())
    _serve(channel, program, inheritance(configuration["startup"]) if imports else None)


def _serve(channel: socket.socket, program: bytes, copy: Inheritance | None) -> None:
    children = 0
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, REQUEST_LIMIT, DESCRIPTORS)
        if not message:
            return
        if children == huge_pages.CHILDREN:
            huge_pages.collapse()
        children += 1
        try:
            child = os.fork()
        except OSError as problem:
            os.write(descriptors[0], json.dumps({"error": f"no process could be made: {problem}"}).encode())
            child = -1
        if child == 0:
            try:
                channel.detach()
                supervisor.take_places(socket.socket(fileno=descriptors[0]), descriptors[1:])
                _supervise(ChildRequest.from_json(message), len(descriptors) - 1, program, copy)
            finally:
                os._exit(99)
        for descriptor in descriptors:
            os.close(descriptor)


def _supervise(request: ChildRequest, extra: int, program: bytes, copy: Inheritance | None) -> NoReturn:
    def run(request: ChildRequest, ready: Callable[[], None]) -> NoReturn:
        assert copy is not None, "without imports, only walls can be made"
        copy.run(request, ready, supervisor.FIRST_EXTRA, supervisor.FIRST_EXTRA + 1)

    supervisor.supervise(request, extra, program, run)
