"""Which layers hold a notebook on this host, what the absence of each means, and what is strong enough."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from grader.execution.shared.limits import Isolation, Settings
from grader.model import Value

_AUDIT_SECONDS = 90


class Layer(Value, frozen=True):
    """One layer of isolation: whether this host has it, how, and what is lost where it is missing."""

    name: str
    available: bool
    detail: str
    absence: str


class HostIsolation(Value, frozen=True):
    """What the audit found. `control_group` is the version, 0 for none; `landlock` the ABI, 0 for none."""

    namespaces: Literal["root", "user", ""] = ""
    control_group: int = 0
    landlock: int = 0
    seccomp: str = ""
    reduced: bool = False
    problems: Mapping[str, str] = {}


def audit(*, own_filter: bool = False) -> HostIsolation:
    """Tries every layer once, in a process of its own (about a fifth of a second)."""
    if sys.platform != "linux":
        return HostIsolation(problems={"platform": f"isolation needs Linux; this is {sys.platform}"})
    command = [*python_command("grader.execution.child.audit"), *(["own-filter"] if own_filter else [])]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command, capture_output=True, timeout=_AUDIT_SECONDS, stdin=subprocess.DEVNULL, check=True
        )
        return msgspec.json.decode(done.stdout, type=HostIsolation)
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError) as problem:
        return HostIsolation(problems={"audit": str(problem)})


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
    if settings.isolation is Isolation.FULL and found.namespaces and found.seccomp:
        return Isolation.FULL
    if settings.isolation is not Isolation.NONE and found.reduced:
        return Isolation.REDUCED
    return Isolation.NONE


def refusal(found: HostIsolation, settings: Settings) -> str:
    """Why notebooks are not run on this host under `settings`; empty if they are."""
    order = list(Isolation)
    reached = strength(found, settings)
    if settings.allow_unsafe or order.index(reached) <= order.index(settings.weakest):
        return ""
    why = "; ".join(f"{what}: {problem}" for what, problem in found.problems.items())
    return (
        f"notebooks are not run: isolation here is '{reached}', at least '{settings.weakest}' is asked for"
        f" ({why or 'as set'}); run on Linux, see 'grader doctor', or allow it if you trust every notebook"
    )


def layer_names(found: HostIsolation, settings: Settings) -> tuple[str, ...]:
    """The layers that hold a notebook under `settings`, for the result file."""
    reached = strength(found, settings)
    if reached is Isolation.NONE:
        return ("none",)
    names = ["limits", f"seccomp ({found.seccomp})"]
    if found.landlock:
        names.append(f"landlock {found.landlock}")
    if reached is Isolation.FULL:
        names.append("namespaces" if found.namespaces == "root" else "user namespaces")
    if found.control_group and settings.control_groups:
        names.append(f"control group v{found.control_group}")
    else:
        names.append("memory watch")
    return tuple(names)


def isolation_report(*, own_filter: bool = False) -> tuple[Layer, ...]:
    """Every layer, for ``grader doctor``, as tried on this host just now."""
    found = audit(own_filter=own_filter)

    def problem(*names: str) -> str:
        return "; ".join(found.problems[name] for name in names if name in found.problems)

    platform = problem("platform", "audit")
    return (
        Layer(
            "namespaces",
            bool(found.namespaces),
            {"root": "made by root, with a user of its own", "user": "through a user namespace"}.get(
                found.namespaces, problem("root namespaces", "user namespaces") or platform
            ),
            "a notebook sees the host's processes and shares its loopback network; only landlock and seccomp"
            " keep it from files and sockets",
        ),
        Layer(
            "landlock",
            bool(found.landlock),
            f"ABI {found.landlock}" if found.landlock else platform or "not in this kernel, or switched off",
            "files are hidden by namespaces alone; without those too, notebooks are not run",
        ),
        Layer(
            "seccomp",
            bool(found.seccomp),
            {"libseccomp": "list of allowed calls, by libseccomp", "built-in": "list of denied calls"}.get(
                found.seccomp, problem("seccomp") or platform
            ),
            "a notebook may make every system call: a hole in the kernel is within its reach; not run",
        ),
        Layer(
            "control group",
            bool(found.control_group),
            f"version {found.control_group}" if found.control_group else problem("control group") or platform,
            "memory is bounded for each process and watched ten times a second for all together, so it may"
            " rise above its limit for a moment",
        ),
        Layer(
            "reduced mode",
            found.reduced,
            "landlock, seccomp and limits" if found.reduced else problem("reduced") or platform,
            "where namespaces are missing too, notebooks are not run unless that is explicitly allowed",
        ),
    )
