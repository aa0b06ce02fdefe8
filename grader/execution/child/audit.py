"""What this host can do to hold a notebook, found by doing it: run as a process of its own, prints JSON.

A trial starts a child exactly as a notebook's is started, so that what is found here is what is used.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from grader.execution.child import landlock, seccomp, supervisor, walled
from grader.execution.child.confined_run import TRIED
from grader.execution.shared import cgroups
from grader.execution.shared.child_request import ChildRequest, Namespaces, Wall
from grader.execution.shared.installation import copy_for_children, visible_paths
from grader.execution.shared.sandbox_user import sandbox_user

_TRIAL_SECONDS = 20.0


def main() -> None:
    """Prints one JSON object; its keys are the fields of `isolation.HostIsolation`.

    Argument: JSON with ``own_filter``, ``wall`` (the only way to namespaces that is tried, if any) and ``scope``.
    """
    asked = json.loads(sys.argv[1])
    found: dict[str, Any] = {"namespaces": "", "problems": {}}
    try:
        found["seccomp"], program = seccomp.compiled(own=asked["own_filter"])
    except OSError as problem:
        found["seccomp"], program = "", b""
        found["problems"]["seccomp"] = str(problem)
    found["landlock"] = landlock.version()
    _find_namespaces(found, program, asked)
    try:
        if asked["scope"]:
            cgroups.make_room()
        group = cgroups.make(f"{cgroups.PREFIX}audit-{secrets.token_hex(4)}", 64, 16)
    except OSError as problem:
        found["control_group"] = 0
        found["problems"]["control group"] = str(problem)
    else:
        found["control_group"] = group.version
        group.remove()
    found["throwaway"] = False
    if program and found["landlock"]:
        refused = _trial("", program, found)
        found["throwaway"] = not refused
        if refused:
            found["problems"]["throwaway machine"] = refused
    sys.stdout.write(json.dumps(found))


def _find_namespaces(found: dict[str, Any], program: bytes, asked: dict[str, Any]) -> None:
    ways: tuple[Namespaces, ...] = ("root", "user") if os.getuid() == 0 else ("user",)
    for namespaces in () if asked["wall"] else ways:
        refused = _trial(namespaces, program, found)
        if not refused:
            found["namespaces"] = namespaces
            return
        found["problems"][f"{namespaces} namespaces"] = refused
    for wall, command in walled.COMMANDS.items():
        path = shutil.which(command)
        if path is None:
            refused = f"{command} is not installed"
        elif asked["wall"] not in {"", wall}:
            continue
        else:
            refused = _trial("wall", program, found, wall, path)
        if not refused:
            found.update(namespaces="wall", wall=wall, program=path)
            if wall == "gvisor":
                found["landlock"] = 0  # its kernel has none
            return
        found["problems"][wall] = refused


def _trial(
    namespaces: Namespaces, program: bytes, found: dict[str, Any], wall: Wall = "", path: str = ""
) -> str:
    """Starts and ends one confined child; what went wrong, or nothing."""
    with tempfile.TemporaryDirectory(prefix="report-grader-") as directory:
        Path(directory).chmod(0o711)
        home, sockets, root, package = (
            Path(directory, name) for name in ("home", "sockets", "root", "package")
        )
        for place in (home, sockets, root, package):
            place.mkdir()
        user = sandbox_user() if os.getuid() == 0 and namespaces != "user" else None
        if not namespaces and user in {None, os.getuid()}:
            return "only root can give a notebook a user of its own"
        if user is not None:
            for place in (home, sockets):
                os.chown(place, user, user)
        if wall:
            copy_for_children(package)
        request = ChildRequest(
            task="trial",
            namespaces=namespaces,
            uid=user,
            cgroup="",
            landlock=bool(found["landlock"]) and wall != "gvisor",
            seccomp=bool(program),
            memory_mb=512,
            processes=16,
            disk_mb=4,
            inodes=100,
            open_files=64,
            file_mb=4,
            cpu_seconds=10,
            wall_seconds=_TRIAL_SECONDS,
            home="/home/student" if namespaces else str(home),
            visible=visible_paths(),
            hidden=(),
            mount_point=str(root),
            sockets=str(sockets),
            data_files=(),
            environment={},
            connection={},
            wall=wall,
            program=path,
            package=str(package),
            configuration=json.dumps(
                {"modules": [], "aliases": {}, "startup": "", "own_filter": found["seccomp"] == "built-in"}
            ),
        )
        problem = _run(request, program)
        if wall and not problem and not (sockets / TRIED).exists():
            problem = f"{path} does not show the host the sockets that are made behind it: it is too old"
        return problem


def _run(request: ChildRequest, program: bytes) -> str:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child == 0:
        ours.detach()
        supervisor.take_places(theirs, [])
        supervisor.supervise(request, 0, program, _succeed)
    theirs.close()
    ours.settimeout(_TRIAL_SECONDS)
    problem = "the trial did not start"
    try:
        while message := ours.recv(1 << 16):
            report = json.loads(message)
            if "started" in report:
                problem = ""
            elif "error" in report:
                problem = report["error"].strip().splitlines()[-1]
            elif report.get("ended") != 0 and not problem:
                problem = f"the trial ended with {report.get('ended')}"
    except OSError as failure:
        problem = str(failure)
    ours.close()
    os.waitpid(child, 0)
    return problem


def _succeed(_order: ChildRequest, ready: Callable[[], None]) -> NoReturn:
    Path(os.__file__).read_bytes()  # Python itself can be read from inside
    any(Path(sys.prefix).iterdir())
    ready()
    os._exit(0)


if __name__ == "__main__":
    main()
