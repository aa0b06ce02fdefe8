"""An ordinary user's control group: asked of the user's own service manager, used only if it gives one."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from grader.execution.host import isolation
from grader.execution.host.isolation import HostIsolation
from grader.execution.host.zygote_process import ZygoteProcess
from grader.execution.shared import cgroups

MANAGER = """#!/bin/sh
echo "$XDG_RUNTIME_DIR $*" > "$0.asked"
while [ "$1" != -- ]; do shift; done
shift
exec "$@"
"""


@pytest.fixture
def service_manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for ``systemd-run`` that starts what it is given where it is."""
    program = tmp_path / "systemd-run"
    program.write_text(MANAGER)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    return program


@pytest.mark.parametrize(("given", "used"), [(2, True), (0, False)])
def test_a_scope_is_used_if_it_gives_a_group(
    service_manager: Path, monkeypatch: pytest.MonkeyPatch, given: int, used: bool
) -> None:
    def audited(scope: tuple[str, ...], *_: object) -> HostIsolation:
        return HostIsolation(namespaces="user", control_group=given if scope else 0)

    monkeypatch.setattr(isolation, "_audited", audited)
    found = isolation.audit()
    assert found.control_group == given
    assert found.scope[:3] == ((str(service_manager), "--user", "--scope") if used else ())


def test_a_host_that_has_a_group_asks_nobody(service_manager: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_audited", lambda *_: HostIsolation(control_group=1))
    assert isolation.audit().scope == ()
    assert not service_manager.with_name("systemd-run.asked").exists()


def test_a_zygote_is_started_in_the_scope(service_manager: Path, tmp_path: Path) -> None:
    async def start() -> bool:
        configuration = {"modules": [], "aliases": {}, "own_filter": False, "startup": "", "wall": True}
        zygote = await ZygoteProcess.start(
            configuration=json.dumps(configuration),
            environment={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
            directory=tmp_path,
            log=tmp_path / "log",
            scope=(str(service_manager), "--user", "--"),
        )
        alive = zygote.alive()
        zygote.stop()
        return alive

    assert asyncio.run(start())
    asked = service_manager.with_name("systemd-run.asked").read_text()
    assert asked.startswith(f"{tmp_path} --user -- ")


def test_room_is_made_beside_groups_with_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 2 gives controllers to no group that holds processes itself."""
    own = tmp_path / "user.slice/run-1.scope"
    own.mkdir(parents=True)
    monkeypatch.setattr(cgroups, "_memberships", lambda: iter([("", "/user.slice/run-1.scope")]))
    cgroups.make_room(root=tmp_path)
    assert (own / "zygote/cgroup.procs").read_text() == "0"
