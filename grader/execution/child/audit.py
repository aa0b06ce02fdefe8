"""What this host can do to hold a notebook, found by doing it: run as a process of its own, prints JSON.

A trial starts a child exactly as a notebook's is started, so that what is found here is what is used.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from grader.execution.child import landlock, seccomp, supervisor
from grader.execution.shared import cgroups
from grader.execution.shared.child_request import ChildRequest, Namespaces
from grader.execution.shared.installation import visible_paths
from grader.execution.shared.sandbox_user import sandbox_user

_TRIAL_SECONDS = 20.0


def main() -> None:
    """Prints one JSON object; its keys are the fields of `isolation.HostIsolation`."""
    own_filter = sys.argv[1:] == ["own-filter"]
    found: dict[str, Any] = {"namespaces": "", "problems": {}}
    try:
        found["seccomp"], program = seccomp.compiled(own=own_filter)
    except OSError as problem:
        found["seccomp"], program = "", b""
        found["problems"]["seccomp"] = str(problem)
    found["landlock"] = landlock.version()
    ways: tuple[Namespaces, ...] = ("root", "user") if os.getuid() == 0 else ("user",)
    for namespaces in ways:
        refused = _trial(namespaces, program, bool(found["landlock"]))
        if not refused:
            found["namespaces"] = namespaces
            break
        found["problems"][f"{namespaces} namespaces"] = refused
    try:
        group = cgroups.make(f"{cgroups.PREFIX}audit-{secrets.token_hex(4)}", 64, 16)
    except OSError as problem:
        found["control_group"] = 0
        found["problems"]["control group"] = str(problem)
    else:
        found["control_group"] = group.version
        group.remove()
    found["reduced"] = False
    if program and found["landlock"]:
        refused = _trial("", program, landlocked=True)
        found["reduced"] = not refused
        if refused:
            found["problems"]["reduced"] = refused
    sys.stdout.write(json.dumps(found))


def _trial(namespaces: Namespaces, program: bytes, landlocked: bool) -> str:
    """Starts and ends one confined child; what went wrong, or nothing."""
    with tempfile.TemporaryDirectory(prefix="report-grader-") as directory:
        Path(directory).chmod(0o711)
        home = Path(directory, "home")
        sockets = Path(directory, "sockets")
        root = Path(directory, "root")
        for path in (home, sockets, root):
            path.mkdir()
        user = sandbox_user() if os.getuid() == 0 and namespaces != "user" else None
        if user is not None:
            os.chown(home, user, user)
        request = ChildRequest(
            task="probe",
            namespaces=namespaces,
            uid=user,
            cgroup="",
            landlock=landlocked,
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
        )
        return _run(request, program)


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
