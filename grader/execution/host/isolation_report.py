"""What ``grader doctor`` says of isolation: each layer as tried just now, what its absence means, how to get it."""

from __future__ import annotations

import shutil
from pathlib import Path

from grader.execution.host.isolation import HostIsolation, audit
from grader.model import Value

_CONTAINERS = ("docker", "podman")


class Layer(Value, frozen=True):
    """One layer of isolation: whether this host has it, how, and what is lost where it is missing."""

    name: str
    available: bool
    detail: str
    absence: str


def isolation_report(*, own_filter: bool = False) -> tuple[Layer, ...]:
    """Every layer, as tried on this host just now."""
    return layers(audit(own_filter=own_filter))


def layers(found: HostIsolation) -> tuple[Layer, ...]:
    """Every layer of `found`."""

    def problem(*names: str) -> str:
        return "; ".join(found.problems[name] for name in names if name in found.problems)

    platform = problem("platform", "audit")
    return (
        Layer(
            "namespaces",
            bool(found.namespaces),
            _given_by(found),
            f"{platform or 'none to be had'}; notebooks of a batch are read but not run",
        ),
        *([] if found.namespaces or platform else _ways_to_namespaces(found)),
        Layer(
            "landlock",
            bool(found.landlock),
            f"ABI {found.landlock}" if found.landlock else platform or "not in this kernel, or switched off",
            "files are hidden by namespaces alone; Linux 5.13 and later have it, if the boot parameter lsm= does"
            " not leave it out",
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
            f"version {found.control_group}" + (" by systemd-run --user" if found.scope else "")
            if found.control_group
            else problem("control group") or platform,
            "memory is bounded for each process and watched ten times a second for all together, so it may"
            " rise above its limit for a moment; an ordinary user gets one where systemd-run --user --scope works"
            f" ({problem('control group') or platform or 'not tried'})",
        ),
        _gvisor(found),
    )


def _given_by(found: HostIsolation) -> str:
    return {
        "root": "made by root, with a user of its own",
        "user": "through a user namespace",
        "wall": f"by {found.wall} ({found.program}); each kernel imports for itself, which costs seconds",
    }.get(found.namespaces, "none to be had")


def _ways_to_namespaces(found: HostIsolation) -> list[Layer]:
    """For a host that gives none: the three ways, why each is shut, and what opens it. One is enough."""

    def way(name: str, problem: str, opening: str) -> Layer:
        said = found.problems.get(problem, "not tried")
        return Layer(f"way to namespaces: {name}", False, said, f"{said}; {opening}")

    return [
        way("user namespaces", "user namespaces", _opening_user_namespaces()),
        way(
            "bubblewrap",
            "bubblewrap",
            "install the package bubblewrap; where user namespaces stay shut, make it set-user-ID:"
            " chmod u+s /usr/bin/bwrap",
        ),
        way(
            "a container runtime",
            "gvisor",
            f"{_containers()}; start the grader in a container that may make namespaces: docker run --cap-add"
            " SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt"
            " systempaths=unconfined",
        ),
    ]


def _opening_user_namespaces() -> str:
    switches = (
        ("kernel/unprivileged_userns_clone", "0", "sysctl kernel.unprivileged_userns_clone=1"),
        (
            "kernel/apparmor_restrict_unprivileged_userns",
            "1",
            "sysctl kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        ("user/max_user_namespaces", "0", "sysctl user.max_user_namespaces=10000"),
    )
    for name, shut, opening in switches:
        try:
            if Path("/proc/sys", name).read_text().strip() == shut:
                return opening
        except OSError:
            continue
    inside = " (this is a container)" if _in_container() else ""
    return f"a filter or the container around this process refuses them{inside}"


def _in_container() -> bool:
    return any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv"))


def _containers() -> str:
    there = [name for name in _CONTAINERS if shutil.which(name)]
    return f"{' and '.join(there)} installed" if there else "neither docker nor podman is installed"


def _gvisor(found: HostIsolation) -> Layer:
    program = shutil.which("runsc")
    used = found.wall == "gvisor"
    return Layer(
        "gVisor",
        program is not None,
        f"{program}, in use" if used else f"{program}; --wall gvisor runs each notebook behind it",
        "a hole in the host's kernel is not behind a second kernel; install runsc (gvisor.dev), then --wall gvisor",
    )
