"""Which layers hold a notebook on this host, and whether they are enough to run it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from grader.execution.shared.child_request import Namespaces, Wall
from grader.execution.shared.limits import Isolation, Settings
from grader.model import Value

REFUSED = "notebooks are not run"  # what every refusal begins with
_AUDIT_SECONDS = 90


class HostIsolation(Value, frozen=True):
    """What the audit found. `control_group` is the version, 0 for none; `landlock` the ABI, 0 for none.

    `namespaces` says who gives them: root, an ordinary user through a user namespace, or another program, which
    is then the `wall`, at the path `program`. `scope` is what a command has to begin with to get a control group.
    `throwaway` says whether a child can be held without namespaces, on a machine that is thrown away after it.
    """

    namespaces: Namespaces = ""
    wall: Wall = ""
    program: str = ""
    control_group: int = 0
    scope: tuple[str, ...] = ()
    landlock: int = 0
    seccomp: str = ""
    throwaway: bool = False
    problems: Mapping[str, str] = {}


def audit(*, own_filter: bool = False, wall: Wall = "") -> HostIsolation:
    """Tries every layer once, in a process of its own (about a fifth of a second).

    With `wall`, namespaces are those that this program gives, and no others.
    """
    if sys.platform != "linux":
        return HostIsolation(problems={"platform": f"isolation needs Linux; this is {sys.platform}"})
    found = _audited((), own_filter, wall)
    scope = _user_scope()
    if found.control_group or not scope:
        return found
    scoped = _audited(scope, own_filter, wall)
    return msgspec.structs.replace(scoped, scope=scope) if scoped.control_group else found


def _audited(scope: tuple[str, ...], own_filter: bool, wall: Wall) -> HostIsolation:
    asked = json.dumps({"own_filter": own_filter, "wall": wall, "scope": bool(scope)})
    command = [*scope, *python_command("grader.execution.child.audit"), asked]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command, capture_output=True, timeout=_AUDIT_SECONDS, stdin=subprocess.DEVNULL, check=True
        )
        return msgspec.json.decode(done.stdout, type=HostIsolation)
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError) as problem:
        return HostIsolation(problems={"audit": str(problem)})


def _user_scope() -> tuple[str, ...]:
    """How an ordinary user's own service manager starts a command in a control group that is the user's."""
    program = shutil.which("systemd-run")
    bus = os.environ.get("DBUS_SESSION_BUS_ADDRESS") or os.environ.get("XDG_RUNTIME_DIR")
    if os.getuid() == 0 or program is None or not bus:
        return ()
    return (program, *["--user", "--scope", "--quiet", "--collect", "--property=Delegate=yes", "--"])


def python_command(module: str) -> list[str]:
    """How to run ``main()`` of a module of this package in a fresh interpreter, wherever the package lies."""
    parent = str(Path(__file__).resolve().parents[3])
    code = (
        f"import sys; sys.path.insert(0, {json.dumps(parent)}); from {module} import main; "
        f"sys.path.remove({json.dumps(parent)}); main()"
    )
    return [sys.executable, "-P", "-c", code]


def strength(found: HostIsolation, settings: Settings) -> Isolation:
    """What `settings` come to on a host where `found` holds."""
    if settings.isolation is Isolation.NONE:
        return Isolation.NONE
    if settings.isolation is Isolation.FULL and found.namespaces and found.seccomp:
        return Isolation.FULL
    if found.throwaway and (settings.throwaway_machine or settings.allow_unsafe):
        return Isolation.THROWAWAY
    return Isolation.NONE


def refusal(found: HostIsolation, settings: Settings) -> str:
    """Why notebooks are not run on this host under `settings`; empty if they are."""
    if settings.allow_unsafe or strength(found, settings) is not Isolation.NONE:
        return ""
    why = next((found.problems[name] for name in ("platform", "audit") if name in found.problems), "")
    why = why or (
        "asked for without" if settings.isolation is Isolation.NONE else "none of three ways is open"
    )
    return f"{REFUSED}: this machine gives them no namespaces ({why}); 'grader doctor' says what is missing"


def layer_names(found: HostIsolation, settings: Settings) -> tuple[str, ...]:
    """The layers that hold a notebook under `settings`, for the result file."""
    reached = strength(found, settings)
    if reached is Isolation.NONE:
        return ("none",)
    names = ["limits", f"seccomp ({found.seccomp})"]
    if found.landlock:
        names.append(f"landlock {found.landlock}")
    if reached is Isolation.FULL:
        names.append({"root": "namespaces", "user": "user namespaces"}.get(found.namespaces, found.wall))
    else:
        names.append("throwaway machine")
    if found.control_group and settings.control_groups:
        names.append(f"control group v{found.control_group}")
    else:
        names.append("memory watch")
    return tuple(names)
