"""Kernels started afresh, without isolation: for hosts that have none, and for comparison."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.execution.host.isolation import python_command
from grader.execution.host.live_kernel import wait_until_ready
from grader.execution.host.sandbox import child_environment
from grader.execution.host.zygote_process import ChildEnd
from grader.execution.shared.limits import Settings
from grader.execution.shared.plan import Profile

_NEEDED_BY_WINDOWS = ("SYSTEMROOT", "APPDATA", "USERPROFILE")


def cold_environment(settings: Settings, profile: Profile, directory: Path) -> dict[str, str]:
    """The environment of a process whose home is `directory`, with nothing of the grader's own."""
    environment = child_environment(settings, profile, str(directory), str(directory))
    return environment | {name: os.environ[name] for name in _NEEDED_BY_WINDOWS if name in os.environ}


class ColdKernel:
    """A kernel in an ordinary process of the grader's own user."""

    def __init__(self, manager: Any, client: Any) -> None:
        self._manager = manager
        self._began = time.monotonic()
        self.client = client
        self.ended: asyncio.Future[ChildEnd] = asyncio.get_running_loop().create_future()
        self._poll = asyncio.get_running_loop().create_task(self._watch())

    @classmethod
    async def start(
        cls,
        context: Any,
        *,
        configuration: str,
        environment: Mapping[str, str],
        directory: Path,
        seconds: float,
    ) -> ColdKernel:
        """Starts one in `directory`; `configuration` is that of a zygote. Raises `KernelStartError`."""
        from jupyter_client.kernelspec import KernelSpec  # noqa: PLC0415 - heavy
        from jupyter_client.manager import AsyncKernelManager  # noqa: PLC0415 - heavy

        transport = "tcp" if sys.platform == "win32" else "ipc"
        name = {"ip": str(directory / "k")} if transport == "ipc" else {}
        manager = AsyncKernelManager(
            transport=transport, connection_file=str(directory / "c.json"), context=context, **name
        )
        manager.session.key = secrets.token_hex(16).encode()
        command = [*python_command("grader.execution.child.cold_kernel"), configuration, "{connection_file}"]
        # jupyter_client offers no other way to give a manager a specification that is not installed.
        manager._kernel_spec = KernelSpec(argv=command, language="python")
        await manager.start_kernel(env=dict(environment), cwd=str(directory))
        client = manager.client()
        client.start_channels(hb=False)
        client.allow_stdin = False
        kernel = cls(manager, client)
        try:
            await wait_until_ready(client, kernel.ended, seconds)
        except BaseException:
            await kernel.close()
            raise
        return kernel

    async def _watch(self) -> None:
        while await self._manager.is_alive():
            await asyncio.sleep(0.1)
        code = await self._manager.provisioner.poll() if self._manager.provisioner else None
        seconds = time.monotonic() - self._began
        self.ended.set_result(ChildEnd(-1 if code is None else code, "exit", seconds=seconds))

    def interrupt(self) -> None:
        """Sends what Ctrl-C sends."""
        self._keep(self._manager.interrupt_kernel())

    def kill(self) -> None:
        """Ends it; processes that it detached live on: there is nothing here to hold them."""
        self._keep(self._manager.shutdown_kernel(now=True))

    def _keep(self, action: Any) -> None:
        self._action = asyncio.ensure_future(self._quietly(action))

    @staticmethod
    async def _quietly(action: Any) -> None:
        with contextlib.suppress(RuntimeError, OSError):  # it has ended by itself
            await action

    async def close(self) -> ChildEnd:
        """Ends it and removes its connection file."""
        self.client.stop_channels()
        self._poll.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._poll
        await self._quietly(self._manager.shutdown_kernel(now=True))
        if not self.ended.done():
            self.ended.set_result(ChildEnd(-9, "asked", seconds=time.monotonic() - self._began))
        return self.ended.result()
